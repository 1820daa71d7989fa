"""Chunks drawn by several processes at a time, with progress, and an end that leaves nothing half done."""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, cast

from gemwright.foundation.platform import end_group, own_group
from gemwright_visualizer.errors import DiskProblem, FilmProblem
from gemwright_visualizer.output import VideoSettings

__all__ = ["Chunk", "draw_chunks"]

_SILENCE: Final = 300.0
"""Seconds without a picture after which a process is taken for stuck."""
_TRIES: Final = 2
_TAIL: Final = 2000


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk to be drawn: its frames, and its file."""

    start: int
    end: int
    path: Path


class _Member:
    """A child process, the chunk that it works on, and the number of its run."""

    def __init__(
        self, command: Sequence[str], answers: queue.SimpleQueue[tuple[_Member, dict[str, Any] | None]], own: int
    ) -> None:
        self.own = own
        self.chunk: Chunk | None = None
        self.drawn = 0
        self.errors = ""
        self.process = subprocess.Popen(  # noqa: S603 - this program itself
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            **own_group(),
        )
        streams = cast("tuple[IO[str], IO[str]]", (self.process.stdout, self.process.stderr))
        self._threads = [
            threading.Thread(target=self._listen, args=(streams[0], answers), daemon=True),
            threading.Thread(target=self._keep, args=(streams[1],), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _listen(self, stream: IO[str], answers: queue.SimpleQueue[tuple[_Member, dict[str, Any] | None]]) -> None:
        for line in stream:
            with contextlib.suppress(ValueError):
                answers.put((self, json.loads(line)))
        answers.put((self, None))

    def _keep(self, stream: IO[str]) -> None:
        for line in stream:
            self.errors = (self.errors + line)[-_TAIL:]

    def ask(self, chunk: Chunk, settings: VideoSettings) -> None:
        """Hand out a chunk; a process that has ended already tells so by the end of what it says."""
        self.chunk, self.drawn = chunk, 0
        job = {
            "start": chunk.start,
            "end": chunk.end,
            "path": str(chunk.path),
            "width": settings.width,
            "height": settings.height,
            "fps": str(settings.fps),
            "crf": settings.crf,
            "speed": settings.speed,
        }
        with contextlib.suppress(OSError):
            stdin = cast("IO[str]", self.process.stdin)
            stdin.write(json.dumps(job) + "\n")
            stdin.flush()

    def end(self) -> None:
        """End the process at once."""
        end_group(self.process, grace=0.5)
        for thread in self._threads:
            thread.join(5)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()


def _shares(chunks: list[Chunk], workers: int) -> list[deque[Chunk]]:
    """Return a run of neighbours for each process: what one saw around a chunk, it need not draw again for the next."""
    runs: list[deque[Chunk]] = [deque() for _ in range(max(1, min(workers, len(chunks))))]
    total = sum(chunk.end - chunk.start for chunk in chunks)
    passed = 0
    for chunk in chunks:
        runs[min(len(runs) - 1, passed * len(runs) // max(1, total))].append(chunk)
        passed += chunk.end - chunk.start
    return runs


def _next(runs: list[deque[Chunk]], own: int) -> Chunk | None:
    """Take the next chunk of a process's own run; of the second half of the longest other run where it has none left."""
    if not runs[own]:
        longest = max(runs, key=len)
        runs[own].extendleft(longest.pop() for _ in range((len(longest) + 1) // 2))
    return runs[own].popleft() if runs[own] else None


def draw_chunks(
    command: Sequence[str],
    chunks: Sequence[Chunk],
    settings: VideoSettings,
    progress: Callable[[int, int], None],
    *,
    workers: int = 2,
) -> float:
    """Draw all chunks that are not there yet.

    Args:
        command: starts a process that speaks as `worker.serve` does.
        chunks: in the order in which they are wanted.
        settings: how they are encoded.
        progress: is told after each picture how many are there, and how many there will be.
        workers: processes at a time.

    Returns:
        CPU seconds that the processes took.

    Raises:
        DiskProblem: a chunk could not be written.
        FilmProblem: a chunk could not be drawn, twice where the process died of it.
    """
    waiting = [chunk for chunk in chunks if not chunk.path.exists()]
    total = sum(chunk.end - chunk.start for chunk in chunks)
    there = total - sum(chunk.end - chunk.start for chunk in waiting)
    progress(there, total)
    runs = _shares(waiting, workers)
    tries: dict[Path, int] = {}
    cpu = 0.0
    answers: queue.SimpleQueue[tuple[_Member, dict[str, Any] | None]] = queue.SimpleQueue()
    members: list[_Member] = []
    try:
        for own in range(min(workers, len(waiting))):
            if chunk := _next(runs, own):
                members.append(_Member(command, answers, own))
                members[-1].ask(chunk, settings)
        while any(member.chunk for member in members):
            try:
                member, answer = answers.get(timeout=_SILENCE)
            except queue.Empty:
                raise FilmProblem(f"no picture came for {_SILENCE:.0f} seconds") from None
            chunk = member.chunk
            if member not in members or chunk is None:
                continue
            if answer is None:
                tries[chunk.path] = tries.get(chunk.path, 0) + 1
                if tries[chunk.path] >= _TRIES:
                    code = member.process.wait(5)
                    last = member.errors.strip().splitlines()[-1:] or [f"it ended with {code}"]
                    raise FilmProblem(f"frames {chunk.start} to {chunk.end} cannot be drawn: {last[0]}")
                members.remove(member)
                member.end()
                members.append(_Member(command, answers, member.own))
                members[-1].ask(chunk, settings)
            elif "failed" in answer:
                kind = DiskProblem if answer.get("disk") else FilmProblem
                raise kind(f"frames {chunk.start} to {chunk.end}: {answer['failed']}")
            elif "done" in answer:
                cpu += float(answer.get("cpu", 0))
                there += chunk.end - chunk.start
                member.chunk, member.drawn = None, 0
                if chunk := _next(runs, member.own):
                    member.ask(chunk, settings)
            else:
                member.drawn += 1
            progress(there + sum(one.drawn for one in members), total)
    finally:
        for member in members:
            member.end()
            if member.chunk:
                for part in member.chunk.path.parent.glob(f".{member.chunk.path.name}.*.part"):
                    part.unlink(missing_ok=True)
    return cpu
