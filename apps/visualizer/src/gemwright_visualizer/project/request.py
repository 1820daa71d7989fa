"""What somebody asked for: a song and how its film is to be. It is kept in the project, so that a run can be resumed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from gemwright_visualizer.direction import Options, Ratio
from gemwright_visualizer.output import Preset, Speed

__all__ = ["Backend", "Request"]

Backend = Literal["procedural", "images", "comfyui"]


@dataclass(frozen=True, slots=True)
class Request:
    """A song and how its film is to be. Files are named by absolute paths; an empty text is none.

    Attributes:
        song: the file.
        lyrics: LRC, SRT, VTT or plain text.
        title, artist: instead of what the file's tags say.
        ratio, fps, height, seed, style, palette: as in `direction.Options`.
        bpm: tempo given by hand; 0 measures it. `first_beat` in seconds and `meter` belong to it; a meter of 0 is 4.
        beats: a file of beats given by hand.
        backend: where pictures come from: drawn scenes alone, the user's own files, or a ComfyUI server.
        pictures: folder of the user's pictures, for `images`.
        workflow: a ComfyUI workflow in API form, for `comfyui`; `server` is its address.
        model: whether a model may be asked; `endpoint` is its address, else one is looked for on this machine.
        budget: seconds that the model and the back end may take together; 0 is no limit.
        on_fail: when a server goes away: the rules go on, or the run stops and can be resumed.
        preset: of the film, `speed` of its encoder.
        long: allow songs of more than half an hour.
    """

    song: str
    lyrics: str = ""
    title: str = ""
    artist: str = ""
    ratio: Ratio = "16:9"
    fps: Fraction = Fraction(30)
    height: int = 1080
    seed: int = 7
    style: str = ""
    palette: str = ""
    bpm: float = 0.0
    first_beat: float = 0.0
    meter: int = 0
    beats: str = ""
    backend: Backend = "procedural"
    pictures: str = ""
    workflow: str = ""
    server: str = ""
    model: bool = True
    endpoint: str = ""
    budget: float = 0.0
    on_fail: Literal["rules", "stop"] = "rules"
    preset: Preset = "standard"
    speed: Speed = "veryfast"
    long: bool = False

    @property
    def options(self) -> Options:
        """What the director is told.

        Raises:
            BadOption: a value is out of its range.
        """
        return Options(
            ratio=self.ratio,
            fps=self.fps,
            height=self.height,
            seed=self.seed,
            style=self.style,
            palette=self.palette,
            pictures=self.backend != "procedural",
        )
