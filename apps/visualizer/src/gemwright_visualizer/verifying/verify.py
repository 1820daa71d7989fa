"""All checks of a finished film, in one go."""

from __future__ import annotations

from pathlib import Path

from gemwright_visualizer.records import Analysis, Floats, Storyboard
from gemwright_visualizer.verifying.checks import Findings
from gemwright_visualizer.verifying.container import check_file
from gemwright_visualizer.verifying.hearing import check_sound
from gemwright_visualizer.verifying.seeing import check_cuts, check_picture, pictures_needed
from gemwright_visualizer.verifying.type import Captions, check_type
from gemwright_visualizer.verifying.watching import watch

__all__ = ["verify"]


def verify(
    film: Path, board: Storyboard, analysis: Analysis, samples: Floats, captions: Captions | None = None
) -> Findings:
    """Measure a film against its plan, its song and the bars.

    Args:
        film: the finished file.
        board: the plan that it was drawn from.
        analysis: of the song.
        samples: of the song, as they were decoded.
        captions: tells what is written on a frame; None leaves type unmeasured.

    Raises:
        OSError: the film cannot be read.
    """
    size = (board.width, board.height)
    checks = check_file(film, board.fps, size, board.frames)
    checks += check_sound(film, samples, board.frames, board.fps)
    watched = watch(film, board.fps, pictures_needed(board, analysis))
    checks += check_cuts(board, analysis, watched)
    checks += check_picture(board, analysis, watched)
    if captions is not None and board.lines:
        checks += check_type(board, captions)
    return Findings(tuple(checks))
