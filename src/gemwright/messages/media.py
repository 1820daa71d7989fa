"""References to images, audio and video: bytes with a type, sniffed from their first bytes, never from their name."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path

from gemwright.foundation.errors import BadMessages

__all__ = ["Media", "sniff"]

MAX_BYTES = 64 * 1024 * 1024
"""Larger media are refused before they are read: 64 MiB is far above what any runtime takes."""


def sniff(head: bytes) -> str | None:
    """Return the MIME type that the first 16 bytes of a file show, or None."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12])
    if head.startswith(b"BM"):
        return "image/bmp"
    if head.startswith(b"ID3") or head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "audio/mpeg"
    if head.startswith(b"fLaC"):
        return "audio/flac"
    if head.startswith(b"OggS"):
        return "audio/ogg"
    if head[4:8] == b"ftyp":
        return "video/mp4"
    return None


@dataclass(frozen=True, slots=True)
class Media:
    """Bytes of a picture, a sound or a film, with their MIME type."""

    data: bytes
    mime: str

    @classmethod
    def from_bytes(cls, data: bytes, *, kind: str) -> Media:
        """Wrap bytes after looking at them.

        Args:
            data: the file's bytes.
            kind: "image", "audio" or "video": what the caller takes it for.

        Raises:
            BadMessages: the bytes are empty, too many, or of another kind.
        """
        if not data:
            raise BadMessages(f"the {kind} is empty", hint="an empty file was given")
        if len(data) > MAX_BYTES:
            raise BadMessages(f"the {kind} has {len(data)} bytes; {MAX_BYTES} is the limit", hint="scale it down first")
        mime = sniff(data[:16])
        if mime is None or mime.split("/")[0] != kind:
            raise BadMessages(
                f"these bytes are not {kind} that can be recognised" + (f" (they look like {mime})" if mime else ""),
                hint="PNG, JPEG, WebP, GIF; WAV, MP3, FLAC, Ogg; MP4",
            )
        return cls(data, mime)

    @classmethod
    def from_path(cls, path: Path | str, *, kind: str) -> Media:
        """Read a file.

        Raises:
            BadMessages: the file cannot be read, or is no such media.
        """
        path = Path(path)
        try:
            if path.stat().st_size > MAX_BYTES:
                raise BadMessages(f"{path} is larger than {MAX_BYTES} bytes", hint="scale it down first")
            data = path.read_bytes()
        except OSError as e:
            raise BadMessages(
                f"cannot read {path}: {e.strerror or e}", hint="give the path of a file you can read"
            ) from e
        return cls.from_bytes(data, kind=kind)

    @classmethod
    def from_data_url(cls, url: str, *, kind: str) -> Media:
        """Decode a `data:` URL. Remote addresses are never fetched from here.

        Raises:
            BadMessages: it is no base64 data URL, or holds other media.
        """
        head, comma, body = url.partition(",")
        if not comma or not head.startswith("data:") or not head.endswith(";base64"):
            raise BadMessages("only base64 data: URLs are taken as media", hint="read the file and send its bytes")
        try:
            return cls.from_bytes(base64.b64decode(body, validate=True), kind=kind)
        except binascii.Error as e:
            raise BadMessages(f"the data URL is not base64: {e}") from e

    def data_url(self) -> str:
        """Return the media as a base64 `data:` URL."""
        return f"data:{self.mime};base64,{base64.b64encode(self.data).decode('ascii')}"
