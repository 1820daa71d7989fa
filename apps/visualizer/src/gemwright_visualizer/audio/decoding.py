"""A song file, decoded whole into the one timeline.

FFmpeg (through PyAV) opens it by its content; the name counts for nothing. Encoders' padding is removed as the file says,
so the first sample is the first sample of the master. Files that point at other files, such as playlists, are not followed.
"""

from __future__ import annotations

import re
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.error import FFmpegError

from gemwright_visualizer.audio.mixing import to_stereo
from gemwright_visualizer.audio.pages import give_back
from gemwright_visualizer.errors import SongProblem
from gemwright_visualizer.records import RATE, Floats, Sound

__all__ = ["LONGEST_S", "SHORTEST_S", "read_sound"]

SHORTEST_S = 3.0
LONGEST_S = 30 * 60.0
LIMIT_S = 12 * 3600.0
"""No song: refused even where long ones are allowed."""
IN_MEMORY_S = 10 * 60.0
"""What is longer lies in an unnamed temporary file, mapped into memory, so that memory stays bounded."""
SILENT = 1e-4
"""Peak of full scale (-80 dB) below which nothing can be seen or heard."""
PADDING = 4096
"""Frames that an encoder may have added at the end."""
BROKEN_PACKETS = 500
"""So many damaged packets one after the other are no song any more."""

Playlists = frozenset({"hls", "concat", "dash", "sdp", "rtsp", "imf", "image2", "lrc", "srt", "webvtt", "ass", "tty"})
FORMATS = {
    ".mp3": "mp3", ".flac": "flac", ".wav": "wav", ".ogg": "ogg", ".oga": "ogg", ".opus": "ogg", ".m4a": "mp4",
    ".mp4": "mp4", ".mov": "mov", ".aac": "aac", ".wma": "asf", ".mkv": "matroska", ".webm": "webm", ".aiff": "aiff",
}  # fmt: skip


def read_sound(path: Path, *, long: bool = False) -> Sound:
    """Decode a song, or a video's first audio track.

    Args:
        path: any file that FFmpeg reads.
        long: allow more than thirty minutes.

    Returns:
        All of its samples at 48 kHz in two channels, and a sentence for each thing that was not as it should be.

    Raises:
        SongProblem: it cannot be read, holds no sound, is silent, shorter than 3 s or too long.
    """
    _need_file(path)
    tape = _Tape(path, LIMIT_S if long else LONGEST_S, long)
    try:
        return _read(path, tape)
    finally:
        tape.close()


def _read(path: Path, tape: _Tape) -> Sound:
    try:
        with path.open("rb") as handle, _opened(handle, path) as container:
            tape.name(container)
            tape.fill(container)
            tape.compare(handle)
    except FFmpegError as problem:
        raise _not_a_song(path, problem) from None
    except OSError as problem:
        raise SongProblem(f"{path.name} cannot be read: {_reason(problem)}") from None
    return tape.sound()


def _need_file(path: Path) -> None:
    try:
        facts = path.stat()
    except FileNotFoundError:
        raise SongProblem(f"there is no file {_shown(path)}", hint="check the path") from None
    except OSError as problem:
        raise SongProblem(f"{_shown(path)} cannot be opened: {_reason(problem)}", hint="check the path") from None
    if stat.S_ISDIR(facts.st_mode):
        raise SongProblem(f"{_shown(path)} is a folder", hint="name one song in it")
    if not stat.S_ISREG(facts.st_mode):
        raise SongProblem(f"{_shown(path)} is a device or a pipe, not a file", hint="save the song to a file first")
    if facts.st_size == 0:
        raise SongProblem(f"{_shown(path)} is empty (0 bytes)", hint="copy or download the song again")


def _shown(path: Path) -> str:
    return path.name.encode("utf-8", "replace").decode()


def _reason(problem: OSError) -> str:
    return (problem.strerror or "an unknown error").lower()


def _opened(handle: Any, path: Path) -> Any:
    """Open by content alone: through a handle no name reaches FFmpeg, and no nested address is followed."""
    container = cast(
        Any,
        av.open(  # pyright: ignore[reportUnknownMemberType]
            handle,
            metadata_errors="surrogateescape",
            options={"protocol_whitelist": "none", "ignore_editlist": "0"},
        ),
    )
    if Playlists & set(container.format.name.split(",")):
        container.close()
        raise SongProblem(
            f"{_shown(path)} is no sound but a list or text ({container.format.name})", hint="name the song itself"
        )
    return container


def _not_a_song(path: Path, problem: Exception) -> SongProblem:
    detail = getattr(problem, "strerror", None) or type(problem).__name__
    return SongProblem(f"{_shown(path)} is not a sound file that FFmpeg can read ({str(detail).lower()})")


@dataclass
class _Tape:
    """Collects what is decoded, in memory or in a temporary file."""

    path: Path
    limit: float
    long: bool
    title: str = ""
    artist: str = ""
    codec: str = ""
    channels: int = 0
    rate: int = 0
    promised: float = 0.0
    exact: int = 0
    frames: int = 0
    spoilt: int = 0
    damaged: int = 0
    pieces: list[Floats] = field(default_factory=list[Floats])
    spill: Any = None
    warnings: list[str] = field(default_factory=list[str])

    def name(self, container: Any) -> None:
        """Take the tags and the facts of the stream."""
        streams = container.streams.audio
        if not streams:
            kinds = sorted({stream.type for stream in container.streams}) or ["nothing"]
            raise SongProblem(f"{_shown(self.path)} has no audio stream, only {', '.join(kinds)}")
        stream = streams[0]
        if len(streams) > 1:
            self.warnings.append(f"{_shown(self.path)} has {len(streams)} audio streams; the first was taken")
        tags = {key.lower(): text for source in (stream, container) for key, text in source.metadata.items()}
        self.title = self._tag(tags.get("title", "")) or _shown(self.path.with_suffix(""))
        self.artist = self._tag(tags.get("artist", "") or tags.get("album_artist", ""))
        context = stream.codec_context
        if context is None:
            raise SongProblem(
                f"{_shown(self.path)} holds sound that cannot be decoded: its codec is unknown or protected",
                hint="export it as FLAC, WAV or MP3 with the program that plays it",
            )
        self.codec, self.rate, self.channels = context.name, context.rate or 0, context.channels or 0
        if stream.duration and stream.time_base and "mov" in container.format.name.split(","):
            self.exact = round(stream.duration * stream.time_base * RATE)
        if container.duration:
            self.promised = container.duration / av.time_base
        known = FORMATS.get(self.path.suffix.lower())
        if known and known not in container.format.name.split(","):
            self.warnings.append(
                f"the name ends in {self.path.suffix.lower()}, but the content is {container.format.name}"
            )

    def _tag(self, text: str) -> str:
        raw = text.encode("utf-8", "surrogateescape")
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", "replace")
            if not any("not UTF-8" in warning for warning in self.warnings):
                self.warnings.append("its tags are not UTF-8 and were read as Windows-1252")
        return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", " ", text).split())[:200]

    def fill(self, container: Any) -> None:
        """Decode everything; a damaged packet is left out and counted."""
        for block in _blocks(container, self):
            self._take(block)
            if self.frames > self.limit * RATE:
                raise self._too_long()

    def compare(self, handle: Any) -> None:
        """Compare a WAV file's length with what its head says; FFmpeg goes by the length alone."""
        handle.seek(0)
        head = handle.read(8)
        size = int.from_bytes(head[4:8], "little")
        rest = size - self.path.stat().st_size
        if head[:4] == b"RIFF" and size < 0xFFFF0000 and rest > 4096:
            self.warnings.append(f"it ends {rest // 1024} KiB before the length that its head gives: it was cut off")

    def _too_long(self) -> SongProblem:
        if self.long:
            return SongProblem(
                f"{_shown(self.path)} is longer than {self.limit / 3600:.0f} hours", hint="cut it into pieces"
            )
        return SongProblem(
            f"{_shown(self.path)} is longer than {self.limit / 60:.0f} minutes",
            hint="allow it with --long; it takes disk space and time in proportion",
        )

    def _take(self, block: Floats) -> None:
        spoilt = ~np.isfinite(block)
        if spoilt.any():
            self.spoilt += int(np.count_nonzero(spoilt))
            block = np.where(spoilt, np.float32(0), block)
        self.frames += len(block)
        if self.spill is not None:
            self.spill.write(np.ascontiguousarray(block))
            return
        self.pieces.append(block)
        if self.frames > IN_MEMORY_S * RATE:
            self.spill = tempfile.TemporaryFile(prefix="gemwright-visualizer-")
            for piece in self.pieces:
                self.spill.write(np.ascontiguousarray(piece))
            self.pieces.clear()

    def sound(self) -> Sound:
        """Return what was collected, after a look at it."""
        if self.spill is None and 0 < self.frames - self.exact <= PADDING and self.exact:
            self._shorten()
        seconds = self.frames / RATE
        if not self.frames:
            raise SongProblem(
                f"{_shown(self.path)} holds no sound that can be decoded ({self.codec or 'unknown codec'}): "
                "it is damaged, cut off or protected",
                hint="copy or download it again, or export it as FLAC, WAV or MP3 with the program that plays it",
            )
        samples = self._samples()
        if seconds < SHORTEST_S:
            raise SongProblem(
                f"{_shown(self.path)} lasts {seconds:.1f} s, and a video needs at least {SHORTEST_S:.0f} s of music",
                hint="take a longer song",
            )
        peak, clipped = _peak(samples)
        if peak < SILENT:
            what = (
                "holds only values that are no numbers"
                if self.spoilt >= self.frames
                else "is silent from beginning to end"
            )
            raise SongProblem(f"{_shown(self.path)} {what}", hint="check the export; was a track muted?")
        self._warn(seconds, clipped)
        return Sound(samples, self.title, self.artist, self.codec, self.channels, self.rate, tuple(self.warnings))

    def _shorten(self) -> None:
        """Cut the encoder's padding off the end: MP4 says how long the sound is, and FFmpeg's decoder goes on."""
        rest = self.frames - self.exact
        while rest > 0:
            last = self.pieces.pop()
            if len(last) > rest:
                self.pieces.append(last[:-rest])
            rest -= len(last)
        self.frames = self.exact

    def _samples(self) -> Floats:
        if self.spill is None:
            whole = np.empty((self.frames, 2), np.float32)
            place = 0
            while self.pieces:
                piece = self.pieces.pop(0)
                whole[place : place + len(piece)] = piece
                place += len(piece)
            return whole
        self.spill.flush()
        return cast(Floats, np.memmap(self.spill, np.float32, "r", shape=(self.frames, 2)))

    def close(self) -> None:
        """Close the temporary file; what was mapped stays."""
        if self.spill is not None:
            self.spill.close()

    def _warn(self, seconds: float, clipped: int) -> None:
        if self.channels not in (1, 2):
            self.warnings.append(f"its {self.channels} channels were mixed to two")
        if self.spoilt:
            self.warnings.append(f"{self.spoilt} values were no numbers; they are silent now")
        if self.damaged:
            self.warnings.append(f"{self.damaged} damaged packets were left out")
        if self.promised > seconds + max(2.0, 0.02 * self.promised) and self.promised < LIMIT_S:
            self.warnings.append(f"it promises {self.promised:.0f} s, but only {seconds:.0f} s could be decoded")
        if clipped:
            self.warnings.append(f"it is clipped in {clipped} places; nothing was changed")


def _blocks(container: Any, tape: _Tape) -> Iterator[Floats]:
    """Yield stereo blocks of about a second."""
    stream = container.streams.audio[0]
    resampler: AudioResampler | None = None
    shape: tuple[object, ...] = ()
    waiting: list[Floats] = []
    held = 0
    for frame in _frames(container, stream, tape):
        if (now := (frame.format.name, frame.layout.name, frame.sample_rate)) != shape:
            waiting += _flushed(resampler)
            resampler, shape = AudioResampler("fltp", frame.layout, RATE), now
        frame.pts = None
        for part in cast(AudioResampler, resampler).resample(frame):
            block = to_stereo(part)
            waiting.append(block)
            held += len(block)
        if held >= RATE:
            yield np.concatenate(waiting)
            waiting, held = [], 0
    waiting += _flushed(resampler)
    if waiting:
        yield np.concatenate(waiting)


def _flushed(resampler: AudioResampler | None) -> list[Floats]:
    return [to_stereo(part) for part in resampler.resample(None)] if resampler else []


def _frames(container: Any, stream: Any, tape: _Tape) -> Iterator[Any]:
    broken = 0
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except (FFmpegError, OSError):
            tape.damaged += 1
            return
        if packet is None:
            return
        try:
            yield from packet.decode()
            broken = 0
        except (FFmpegError, ValueError):
            tape.damaged += packet.size > 0
            broken += 1
            if broken > BROKEN_PACKETS:
                return


def _peak(samples: Floats) -> tuple[float, int]:
    """Return the highest absolute value, and how many runs of five samples lie exactly at the top."""
    peak, runs = 0.0, 0
    for start in range(0, len(samples), 60 * RATE):
        part = np.abs(samples[start : start + 60 * RATE])
        peak = max(peak, float(part.max()))
        give_back(samples)
        if peak < 0.97:
            continue
        top = part >= max(0.999, peak * 0.9999) if peak <= 1.001 else part >= peak * 0.9999
        long = top[4:] & top[3:-1] & top[2:-2] & top[1:-3] & top[:-4]
        runs += int(np.count_nonzero(long[1:] & ~long[:-1]) + np.count_nonzero(long[:1]))
    return peak, runs
