"""What the Visualizer refuses, in the manner of gemwright's errors: one sentence, and what to do."""

from __future__ import annotations

from gemwright import GemwrightError, UsageProblem

__all__ = [
    "DiskProblem",
    "FilmProblem",
    "ModelAway",
    "PictureProblem",
    "ProjectProblem",
    "SongProblem",
    "Stopped",
    "StoryboardProblem",
]


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


class ModelAway(GemwrightError):
    """The model's server went away in the middle, and the user wanted to stop then instead of going on by rules."""

    code = "GV-E150"
    exit_code = 3
    http_status = 502
    default_hint = "start the server again and run `gemwright-visualizer resume`; or go on without it: --on-fail rules"


class PictureProblem(GemwrightError):
    """A back end that makes pictures gave none that can be used."""

    code = "GV-E160"
    exit_code = 3
    http_status = 502
    default_hint = "look into the back end's own log; `--backend procedural` needs none"


class Stopped(GemwrightError):
    """The user stopped; what is finished is kept."""

    code = "GV-E170"
    exit_code = 130
    default_hint = "`gemwright-visualizer resume` goes on"
