"""Chunks and sound become one film, with its index in front and no gap between picture and sound.

Two ways to say that an encoder starts early. `standard` uses edit lists, as every MP4 of FFmpeg does: players take away
the 1,024 samples that AAC begins with, and the delay of the B-frames. `upload` has none, since upload sites do not want
them: offsets of pictures may be negative instead, and the sound begins 1,024 samples later in the source, exactly what
the encoder puts in front.
"""

# PyAV's stubs leave the parameter of `Packet` open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal, TypeAlias, cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer

from gemwright.foundation.platform import replace
from gemwright_visualizer.records import RATE, Floats

__all__ = ["PRIMING", "Preset", "write_film"]

Preset = Literal["standard", "upload"]
PRIMING: Final = 1024
"""Samples that FFmpeg's AAC encoder puts in front of the sound: one frame of the codec."""
_FRAME: Final = 1024
_Packet: TypeAlias = "av.Packet[AudioStream]"
_BITS: Final = 384_000
_DELAY: Final = 1
"""Frames by which decoding is ahead of showing: one, since B-frames are not kept as references (`chunks`)."""
_OPTIONS: Final[Mapping[Preset, dict[str, str]]] = {
    "standard": {"movflags": "+faststart", "fflags": "+bitexact"},
    "upload": {"movflags": "+faststart+negative_cts_offsets", "use_editlist": "0", "fflags": "+bitexact"},
}


def write_film(
    path: Path,
    chunks: Sequence[Path],
    samples: Floats,
    fps: Fraction,
    *,
    preset: Preset = "standard",
    tags: Mapping[str, str] | None = None,
) -> int:
    """Join chunks and sound into an MP4, which appears whole or not at all.

    Args:
        path: the film.
        chunks: files of `write_chunk`, in order, all of the same settings.
        samples: the sound from the first frame on, frames by 2, at `RATE`.
        fps: the frame rate of the chunks.
        preset: `standard`, or `upload`: without edit lists.
        tags: title, artist and the like.

    Returns:
        How many frames the film has.

    Raises:
        OSError: it cannot be written.
        ValueError: there is no chunk, or one was encoded with other settings.
    """
    if not chunks:
        raise ValueError("a film has at least one chunk")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    try:
        with av.open(str(part), "w", format="mp4", options=dict(_OPTIONS[preset])) as container:
            container.metadata.update({name: value for name, value in (tags or {}).items() if value})
            frames = _mux(container, chunks, samples[PRIMING:] if preset == "upload" else samples, fps)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return frames


def _mux(container: OutputContainer, chunks: Sequence[Path], samples: Floats, fps: Fraction) -> int:
    with av.open(str(chunks[0])) as first:
        video = container.add_stream_from_template(first.streams.video[0])
        described = first.streams.video[0].codec_context.extradata
    video.time_base = 1 / fps
    audio = container.add_stream("aac", rate=RATE, layout="stereo")
    audio.codec_context.bit_rate = _BITS
    audio.codec_context.time_base = Fraction(1, RATE)
    container.start_encoding()
    sound = _sound(audio, samples)
    frames = 0
    for chunk in chunks:
        with av.open(str(chunk)) as source:
            stream = source.streams.video[0]
            if stream.codec_context.extradata != described:
                raise ValueError(f"{chunk.name} was encoded with other settings than {chunks[0].name}")
            count = 0
            for packet in source.demux(stream):
                if packet.dts is None or packet.pts is None or stream.time_base is None:
                    continue
                ticks = stream.time_base * fps
                packet.pts = frames + round(packet.pts * ticks)
                packet.dts = frames + count - _DELAY  # of a single frame x264 gives another one
                packet.duration = 1
                packet.time_base = 1 / fps
                packet.stream = video
                container.mux(packet)
                count += 1
            frames += count
        _feed(container, sound, float(frames / fps))
    _feed(container, sound, None)
    return frames


def _sound(audio: AudioStream, samples: Floats) -> Iterator[tuple[float, list[_Packet]]]:
    """Yield, frame of the codec by frame, until which second the sound is encoded, and the packets."""
    for start in range(0, len(samples), _FRAME):
        block = samples[start : start + _FRAME]
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(block.T, dtype=np.float32), format="fltp", layout="stereo"
        )
        frame.sample_rate = RATE
        frame.time_base = Fraction(1, RATE)
        frame.pts = start  # without it nothing in the file says that the encoder begins 1,024 samples early
        yield (start + len(block)) / RATE, cast("list[_Packet]", audio.encode(frame))
    yield len(samples) / RATE, cast("list[_Packet]", audio.encode(None))


def _feed(container: OutputContainer, sound: Iterator[tuple[float, list[_Packet]]], until: float | None) -> None:
    """Write sound up to a time, so that picture and sound lie side by side in the file; all of it for None."""
    for time, packets in sound:
        for packet in packets:
            container.mux(packet)
        if until is not None and time >= until:
            return
