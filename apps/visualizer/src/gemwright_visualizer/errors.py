"""What the Visualizer refuses, in the manner of gemwright's errors: one sentence, and what to do."""

from __future__ import annotations

from gemwright import UsageProblem

__all__ = ["SongProblem"]


class SongProblem(UsageProblem):
    """A file cannot be read as a song, or as what belongs to one."""

    code = "GV-E100"
    default_hint = "the Visualizer reads what FFmpeg reads: mp3, flac, wav, m4a, ogg, opus, or a video's audio track"
