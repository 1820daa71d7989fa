"""A child process that draws and encodes chunks, one after the other, as its parent asks on standard input.

A line is a JSON object each way. It ends when its parent is gone: nothing comes any more, and nobody reads what it says.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

from gemwright_visualizer.output import ChunkWriter, VideoSettings
from gemwright_visualizer.records import Frame

__all__ = ["Draw", "main", "serve"]

Draw = Callable[[int, int], Iterator[Frame]]
"""Returns the pictures from a frame to the one before another."""


def serve(draw: Draw, given: IO[str], told: IO[str]) -> None:
    """Do chunk after chunk until nothing more is asked.

    Args:
        draw: makes the pictures.
        given: a chunk a line: `start`, `end`, `path`, and the settings `width`, `height`, `fps`, `crf`, `speed`.
        told: `{"frame": …}` after each picture, then `{"done": path, "cpu": seconds}`, or `{"failed": what}`.
    """
    for line in given:
        job: dict[str, Any] = json.loads(line)
        settings = VideoSettings(job["width"], job["height"], Fraction(job["fps"]), job["crf"], job["speed"])
        path = Path(job["path"])
        before = time.process_time()
        try:
            if not path.exists():
                with ChunkWriter(path, settings) as writer:
                    for number, picture in enumerate(draw(job["start"], job["end"]), job["start"]):
                        writer.add(picture)
                        _say(told, frame=number)
        except BrokenPipeError:
            return
        except Exception as problem:
            _say(told, failed=f"{type(problem).__name__}: {problem}", disk=isinstance(problem, OSError))
        else:
            _say(told, done=job["path"], cpu=time.process_time() - before)


def _say(told: IO[str], **values: object) -> None:
    told.write(json.dumps(values) + "\n")
    told.flush()


def main() -> None:
    """Serve the plan in the folder that the command names."""
    from gemwright_visualizer.project.drawing import drawing

    told, sys.stdout = sys.stdout, sys.stderr  # what a library prints must not be taken for an answer
    serve(drawing(Path(sys.argv[1]), Path(sys.argv[2])), sys.stdin, told)


if __name__ == "__main__":
    main()
