"""A song measured without a project: for programs that want its beats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gemwright_visualizer.records import Analysis

__all__ = ["hear"]


def hear(song: str, values: dict[str, Any]) -> tuple[Analysis, list[str]]:
    """Decode and measure a song.

    Args:
        song: the file.
        values: of the options of a grid.

    Returns:
        What was measured, and a sentence for each thing that was not as it should be.

    Raises:
        SongProblem: the song, or a file of beats, cannot be read.
        BadOption: the grid cannot be meant.
    """
    from gemwright_visualizer.audio import analyse, read_sound
    from gemwright_visualizer.cli.options import check_grid
    from gemwright_visualizer.project.making import grid_of

    check_grid(values)
    sound = read_sound(Path(song), long=values["long_song"])
    grid = grid_of(values["bpm"], values["first_beat"], values["meter"] or 0, values["beats"], sound.duration)
    found = analyse(sound, grid)
    return found, list(dict.fromkeys([*sound.warnings, *found.warnings]))
