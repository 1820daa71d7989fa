"""Frames become H.264, a chunk at a time: each chunk stands alone, and chunks of the same settings can be joined.

High profile, 4:2:0, limited range tagged BT.709, two B-frames, closed groups of half a second: what players and upload
sites ask for (https://support.google.com/youtube/answer/1722171). One thread a chunk, so that the same frames give the
same bytes on any number of cores; who has more cores encodes more chunks at a time.
"""

# PyAV's stubs leave the parameter of `Packet` open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter

from gemwright.foundation.platform import replace
from gemwright_visualizer.records import Frame

__all__ = ["ChunkWriter", "Speed", "VideoSettings", "write_chunk"]

Speed = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium"]
_REFERENCE_PIXELS: Final = 1920 * 1080
_REFERENCE_BITS: Final = 8_000_000
"""What Google's page names for 1080p at up to 30 frames a second; one and a half times that above."""


@dataclass(frozen=True, slots=True)
class VideoSettings:
    """How pictures are encoded.

    Attributes:
        width: pixels, even.
        height: pixels, even.
        fps: frames a second, exact.
        crf: quality: smaller is better and larger; 18 is hard to tell from the source.
        speed: of x264: slower gives smaller files.
    """

    width: int
    height: int
    fps: Fraction
    crf: int = 18
    speed: Speed = "veryfast"

    @property
    def group(self) -> int:
        """Frames between two key frames at most: half a second."""
        return max(1, round(self.fps / 2))

    @property
    def most_bits(self) -> int:
        """Upper bound of bits a second that a stretch of noise may take: twice the usual rate of this size."""
        usual = _REFERENCE_BITS * (self.width * self.height / _REFERENCE_PIXELS) ** 0.75
        return max(500_000, round(usual * (1.5 if self.fps > 30 else 1.0) * 2))

    def options(self) -> dict[str, str]:
        """Return what x264 is told."""
        rate = self.most_bits
        x264 = {
            "keyint": self.group,
            "min-keyint": 1,
            "scenecut": 40,
            "open-gop": 0,
            "bframes": 2,
            "b-pyramid": "none",
            "8x8dct": 1,
            "cabac": 1,
            "threads": 1,
            "vbv-maxrate": rate // 1000,
            "vbv-bufsize": rate * 2 // 1000,
            "colorprim": "bt709",
            "transfer": "bt709",
            "colormatrix": "bt709",
            "fullrange": "off",
        }
        return {
            "preset": self.speed,
            "crf": str(self.crf),
            "profile": "high",
            "x264-params": ":".join(f"{name}={value}" for name, value in x264.items()),
        }


class ChunkWriter:
    """Writes a chunk, frame by frame; the file appears when the block is left without an error, whole.

    Args:
        path: the chunk.
        settings: how to encode; the same for all chunks of a film.
    """

    def __init__(self, path: Path, settings: VideoSettings) -> None:
        self.path = path
        self.settings = settings
        self.frames = 0
        self._scaler = VideoReformatter()  # one for all: making its tables takes longer than a picture
        self._part = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")

    def __enter__(self) -> ChunkWriter:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        settings = self.settings
        self._container = av.open(
            str(self._part), "w", format="mp4", options={"fflags": "+bitexact", "movflags": "+faststart"}
        )
        self._stream = self._container.add_stream("libx264", rate=settings.fps, options=settings.options())
        self._stream.width = settings.width
        self._stream.height = settings.height
        self._stream.pix_fmt = "yuv420p"
        context = self._stream.codec_context
        context.time_base = 1 / settings.fps
        context.thread_count = 1
        context.colorspace = Colorspace.ITU709
        context.color_range = ColorRange.MPEG
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        return self

    def add(self, picture: Frame) -> None:
        """Encode the next frame.

        Args:
            picture: height by width by 3, of the settings' size.

        Raises:
            ValueError: it has another size.
        """
        wanted = (self.settings.height, self.settings.width, 3)
        if picture.shape != wanted or picture.dtype != np.uint8:
            raise ValueError(f"a frame is {picture.shape} of {picture.dtype}, where {wanted} of uint8 was expected")
        source = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
        frame = self._scaler.reformat(
            source,
            format="yuv420p",
            src_colorspace=Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.BILINEAR,
        )
        frame.pts = self.frames
        frame.time_base = 1 / self.settings.fps
        self.frames += 1
        self._container.mux(self._stream.encode(frame))

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._container.mux(self._stream.encode(None))
            self._container.close()
            if kind is None:
                _settle(self._part, self.path)
        finally:
            self._part.unlink(missing_ok=True)


def _settle(part: Path, path: Path) -> None:
    """Give a finished file its name, once the disk has it."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    replace(part, path)


def write_chunk(path: Path, frames: Iterable[Frame], settings: VideoSettings) -> int:
    """Encode frames to a chunk, which appears whole or not at all.

    Args:
        path: the chunk.
        frames: in order.
        settings: how.

    Returns:
        How many frames it has.

    Raises:
        OSError: it cannot be written.
        ValueError: a frame has another size than the settings say.
    """
    with ChunkWriter(path, settings) as writer:
        for frame in frames:
            writer.add(frame)
    return writer.frames
