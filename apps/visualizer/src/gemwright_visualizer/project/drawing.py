"""What a process needs in order to draw: the plan and the song's measures as files, and the film made of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from gemwright_visualizer.audio import load_analysis
from gemwright_visualizer.project import plain
from gemwright_visualizer.records import Frame, Storyboard
from gemwright_visualizer.rendering import Film

__all__ = ["drawing"]


def drawing(plan: Path, project: Path) -> Callable[[int, int], Iterator[Frame]]:
    """Return what draws the frames of a plan.

    Args:
        plan: a folder with `result.json`, which holds the storyboard, and the analysis.
        project: the folder that pictures of shots are relative to.

    Raises:
        OSError: a file cannot be read.
        ProjectProblem: one is not as it was written, SongProblem likewise.
    """
    data: Any = json.loads((plan / "result.json").read_text("utf-8"))
    board = plain.read(Storyboard, data["board"], str(plan))
    film = Film(
        board,
        load_analysis(plan),
        title=str(data["title"]),
        artist=str(data["artist"]),
        card=bool(data["card"]),
        folder=project,
    )

    def draw(start: int, end: int) -> Iterator[Frame]:
        for number in range(start, end):
            yield film.frame(number)

    return draw
