"""What the file says of itself: boxes, codecs, colours, key frames, and when each picture is shown."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import Final

import av

from gemwright_visualizer.verifying.checks import Check, at_least, at_most, holds

# PyAV's stubs leave the parameter of `Packet` open.
# pyright: reportUnknownMemberType=false

__all__ = ["check_file"]

_MOST_BOXES: Final = 100_000
_TAGS_709: Final = (1, 1, 1, 1)
"""Limited range; matrix, primaries and curve of BT.709, as FFmpeg numbers them."""


def check_file(film: Path, fps: Fraction, size: tuple[int, int], frames: int) -> list[Check]:
    """Check a film's container and streams, without decoding.

    Args:
        film: the file.
        fps: frames a second, as planned.
        size: width and height, as planned.
        frames: how many, as planned.
    """
    boxes = _top_boxes(film)
    group = max(1, round(fps / 2))
    with av.open(str(film)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        context = video.codec_context
        tags = (context.color_range, context.colorspace, context.color_primaries, context.color_trc)
        facts = f"{context.name} {context.profile}, {context.pix_fmt}, {context.width}x{context.height}, {video.average_rate} fps"
        sound = f"{audio.codec_context.name} {audio.codec_context.profile}, {audio.rate} Hz, {audio.layout.name}"
        keys: list[int] = []
        shown: list[Fraction] = []
        closed, newest = True, Fraction(0)
        base = video.time_base or Fraction(1)
        for packet in container.demux(video):
            if packet.pts is None or packet.size == 0:
                continue
            time = packet.pts * base
            if packet.is_keyframe:
                keys.append(len(shown))
                newest = time
            elif time < newest:
                closed = False
            shown.append(time)
        shown.sort()
    distances = [b - a for a, b in zip(keys, [*keys[1:], len(shown)], strict=False)]
    exact = sum(time == number / fps for number, time in enumerate(shown))
    right_video = context.name == "h264" and context.profile == "High" and context.pix_fmt == "yuv420p"
    right_sound = audio.codec_context.name == "aac" and audio.rate == 48_000 and audio.layout.name == "stereo"
    return [
        holds("file", "video codec", "H.264 High, 4:2:0", right_video, facts),
        holds("file", "audio codec", "AAC-LC, 48 kHz, stereo", right_sound, sound),
        holds("file", "size", "Size as planned, pixels square", (context.width, context.height) == size, facts),
        holds("file", "colours", "Tagged BT.709, limited range", tags == _TAGS_709, str(tags)),
        holds(
            "file", "index first", "Plays before it is loaded whole", _before(boxes, "moov", "mdat"), " ".join(boxes)
        ),
        at_most("file", "group", "Frames between key frames", float(max(distances, default=0)), group, "frames"),
        holds("file", "closed groups", "Each group of pictures stands alone", closed),
        at_most("time", "frames", "Frames too many or missing", float(abs(len(shown) - frames)), 0, "frames"),
        at_least(
            "time", "exact times", "Frames shown at exactly n / fps", 100.0 * exact / max(1, len(shown)), 100, "%"
        ),
    ]


def _top_boxes(film: Path) -> list[str]:
    """Return the names of the boxes at the top of an MP4, in order (ISO/IEC 14496-12, 4.2)."""
    names: list[str] = []
    with film.open("rb") as file:
        for _ in range(_MOST_BOXES):
            head = file.read(8)
            if len(head) < 8:
                break
            length, name = struct.unpack(">I4s", head)
            if length == 1:
                length = struct.unpack(">Q", file.read(8))[0] - 8
            names.append(name.decode("latin-1"))
            if length < 8:
                break
            file.seek(length - 8, 1)
    return names


def _before(boxes: list[str], first: str, second: str) -> bool:
    return first in boxes and second in boxes and boxes.index(first) < boxes.index(second)
