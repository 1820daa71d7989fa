"""A text file's letters, in whatever encoding, and its words without markup or control characters."""

from __future__ import annotations

import re
from pathlib import Path

from gemwright_visualizer.errors import SongProblem

__all__ = ["plain", "text_of"]

LARGEST = 2 * 1024 * 1024
LONGEST_LINE = 300
MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,80}>|\{\\[^{}]{0,80}\}")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def text_of(path: Path) -> tuple[str, str]:
    """Read a file.

    Args:
        path: of the lyrics.

    Returns:
        Its text, and a sentence when the encoding had to be guessed, else empty.

    Raises:
        SongProblem: it cannot be read, is too large, or is no text.
    """
    hint = "give an .lrc, .srt, .vtt or .txt file"
    try:
        if path.stat().st_size > LARGEST:
            raise SongProblem(f"{path.name} is too large for lyrics (more than {LARGEST // 1024} KiB)", hint=hint)
        raw = path.read_bytes()
    except OSError as problem:
        reason = (problem.strerror or "an unknown error").lower()
        raise SongProblem(f"the lyrics in {path.name} cannot be read: {reason}", hint="check the path") from None
    text, guessed = _decoded(raw)
    if "\x00" in text:
        raise SongProblem(f"{path.name} is no text file", hint=hint)
    return text, f"the lyrics are not UTF-8 and were read as {guessed}" if guessed else ""


def _decoded(raw: bytes) -> tuple[str, str]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace"), ""
    if raw[1:2] == b"\x00" and raw[3:4] == b"\x00":
        return raw.decode("utf-16-le", "replace"), "UTF-16"
    try:
        return raw.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        pass
    for name, shown in (("shift_jis", "Shift JIS"), ("cp1251", "Windows-1251"), ("gb18030", "GB 18030")):
        text = raw.decode(name, "replace")
        if _believable(text, raw):
            return text, shown
    return raw.decode("cp1252", "replace"), "Windows-1252"


def _believable(text: str, raw: bytes) -> bool:
    """Say whether the letters above ASCII belong together: one script, and no damage."""
    high = [letter for letter in text if ord(letter) > 127]
    if not high or "\ufffd" in text:
        return False
    share = sum(byte > 127 for byte in raw) / max(1, len(raw))
    kana = sum("\u3040" <= letter <= "\u30ff" for letter in high)
    han = sum("\u4e00" <= letter <= "\u9fff" for letter in high)
    cyrillic = sum("\u0430" <= letter <= "\u044f" or "\u0410" <= letter <= "\u042f" for letter in high)
    if cyrillic > 0.9 * len(high):
        return share > 0.3
    return share > 0.2 and (kana > 0.3 * len(high) or (kana == 0 and han > 0.8 * len(high)))


def plain(text: str) -> str:
    """Return a line without markup, control characters and needless spaces, cut at a length that fits on a screen."""
    return " ".join(CONTROLS.sub("", MARKUP.sub("", text)).split())[:LONGEST_LINE]
