"""What the Visualizer refuses, in the manner of gemwright's errors: one sentence, and what to do."""

from __future__ import annotations

from gemwright import GemwrightError, UsageProblem

__all__ = ["DiskProblem", "FilmProblem", "ProjectProblem", "SongProblem", "StoryboardProblem"]


class SongProblem(UsageProblem):
    """A file cannot be read as a song, or as what belongs to one."""

    code = "GV-E100"
    default_hint = "the Visualizer reads what FFmpeg reads: mp3, flac, wav, m4a, ogg, opus, or a video's audio track"


class ProjectProblem(UsageProblem):
    """A project's folder holds something that cannot be used: a broken edit, a file of another program, another run."""

    code = "GV-E110"
    default_hint = "delete the project's folder to begin anew; your edits are in its edits.json"


class DiskProblem(GemwrightError):
    """There is no room, or no leave to write."""

    code = "GV-E120"
    exit_code = 1
    default_hint = "name another folder with --project"


class FilmProblem(GemwrightError):
    """A film could not be drawn or encoded to its end; what is finished is kept."""

    code = "GV-E130"
    exit_code = 1
    default_hint = "`gemwright-visualizer resume` goes on with what is finished"


class StoryboardProblem(UsageProblem):
    """A storyboard that was edited, or written by another program, has a wrong value; the row and the column are named."""

    code = "GV-E140"
    default_hint = "mend the cell that is named; `gemwright-visualizer plan` writes a fresh storyboard"
