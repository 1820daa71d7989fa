"""Writes sound files of all kinds, for the tests of reading."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from gemwright_visualizer.records import RATE, Floats

SIZE = 1024


def encode(
    path: Path,
    samples: Floats,
    codec: str,
    *,
    rate: int = RATE,
    sample_format: str = "fltp",
    layout: str = "stereo",
    container: str | None = None,
    bit_rate: int = 192_000,
    tags: dict[str, str] | None = None,
    picture: bool = False,
) -> Path:
    """Encode samples (frames by channels, already at `rate`) with presentation times, as a good encoder does."""
    with av.open(str(path), "w", format=container) as file:
        file.metadata.update(tags or {})
        video: Any = None
        if picture:
            video = file.add_stream("mpeg4", rate=25)
            video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        stream: Any = file.add_stream(codec, rate=rate)
        stream.layout, stream.format = layout, sample_format
        if not codec.startswith(("pcm", "flac")):
            stream.bit_rate = bit_rate
        if video is not None:
            for index in range(25):
                shot = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")
                shot.pts = index
                file.mux(video.encode(shot))
            file.mux(video.encode(None))
        resampler = av.AudioResampler(sample_format, layout, rate)
        size = stream.codec_context.frame_size or SIZE
        for start in range(0, len(samples), size):
            part = np.ascontiguousarray(samples[start : start + size].T)
            frame = av.AudioFrame.from_ndarray(part, "fltp", layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            for ready in resampler.resample(frame):
                file.mux(stream.encode(ready))
        file.mux(stream.encode(None))
    return path
