"""Which encoding a file is in, whatever it claims; and its text in pieces of whole lines, so that memory is bounded."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from gemwright_simon.errors import TreeProblem
from gemwright_simon.reading.ansel import decode_ansel

__all__ = ["LONGEST_LINE", "Chosen", "Opener", "choose_encoding", "text_pieces"]

Opener = Callable[[], BinaryIO]
"""Opens the bytes of a tree from their start; asked more than once."""

LONGEST_LINE: Final = 32 * 1024 * 1024
_PIECE: Final = 1024 * 1024
_HEAD: Final = 65536
_CHAR: Final = re.compile(r"^\s*1\s+CHAR\w*\s+(\S.*?)\s*$", re.IGNORECASE | re.MULTILINE)
_NAMES: Final = {
    "ANSI": "cp1252",
    "ASCII": "cp1252",
    "WINDOWS-1252": "cp1252",
    "CP1252": "cp1252",
    "IBM WINDOWS": "cp1252",
    "LATIN1": "cp1252",
    "ISO-8859-1": "cp1252",
    "ISO8859-1": "cp1252",
    "ISO-8859-15": "iso8859_15",
    "WINDOWS-1250": "cp1250",
    "ISO-8859-2": "iso8859_2",
    "WINDOWS-1251": "cp1251",
    "MACINTOSH": "mac_roman",
    "MACROMAN": "mac_roman",
    "ANSEL": "ansel",
}
_HIGH_WORD: Final = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_DOS: Final = frozenset(("IBMPC", "IBM DOS", "IBM", "MSDOS", "MS-DOS", "OEM", "CP437", "CP850"))
# Letters in code page 850, frames of tables and Greek letters in 437: nobody's name has a frame in it.
_ONLY_850: Final = frozenset(bytes.fromhex("b5b6b7bdbec6c7cfd0d1d2d3d4d5d6d7d8dddee0e2e3e4e5e7e8e9eaebeced"))


@dataclass(frozen=True, slots=True)
class Chosen:
    """An encoding, and why it.

    Attributes:
        name: a codec of Python, or `ansel`.
        reason: one clause for a person.
    """

    name: str
    reason: str


def _wide(head: bytes) -> Chosen | None:
    """Recognise byte order marks, and two bytes a letter by where the zero bytes are."""
    if head.startswith(codecs.BOM_UTF8):
        return None
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Chosen("utf-16", "it begins with a byte order mark")
    sample = head[:400]
    pairs = len(sample) // 2
    if pairs >= 4:
        for name, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
            if zeros.count(0) >= 0.8 * pairs:
                return Chosen(name, "every second byte is zero")
    return None


def _statistics(opener: Opener) -> tuple[int, int, bool, bytes]:
    """Count letters beyond ASCII that are well-formed UTF-8, and those that are not.

    Returns:
        both counts, whether DOS letters occur, and a word with a letter that is not UTF-8.
    """
    good = bad = 0
    dos = False
    word = b""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    with opener() as stream:
        while piece := stream.read(_PIECE):
            if piece.isascii() and not decoder.getstate()[0]:
                continue
            text = decoder.decode(piece)
            broken = text.count("\ufffd")
            bad += broken
            good += len(text) - len(text.encode("ascii", "ignore")) - broken
            if broken and not dos:
                dos = bool(_ONLY_850.intersection(piece))
            if broken and not word:
                word = _doubtful_word(piece)
        rest = decoder.decode(b"", final=True)
    return good, bad + (1 if rest and not good else 0), dos, word


def _doubtful_word(piece: bytes) -> bytes:
    """Return the first word with a letter that is not UTF-8."""
    for match in _HIGH_WORD.finditer(piece):
        try:
            match[0].decode()
        except UnicodeDecodeError:
            return match[0]
    return b""


def _as_read(word: bytes, name: str) -> str:
    """Return a clause with a word as the encoding reads it, so that a person can see whether it is right."""
    text = decode_ansel(word) if name == "ansel" else word.decode(name, "replace")
    return f"; it reads {text!r}" if text.isprintable() and text else ""


def choose_encoding(opener: Opener) -> Chosen:
    """Decide by the bytes first and by the file's claim second.

    Programs that write UTF-8 and claim ANSEL are common; text that happens to be well-formed UTF-8 without being so is not.
    """
    with opener() as stream:
        head = stream.read(_HEAD)
    wide = _wide(head)
    if wide is not None:
        return wide
    match = _CHAR.search(head.decode("latin-1").replace("\r", "\n"))
    claim = match[1].upper() if match else ""
    good, bad, dos, word = _statistics(opener)
    if head.startswith(codecs.BOM_UTF8):
        return Chosen("utf-8-sig", "it begins with a byte order mark")
    if not good and not bad:
        return Chosen("utf-8", "every byte is ASCII" + (f" (it claims {claim})" if claim else ""))
    if good and good >= bad:
        doubt = f"; {bad} bytes are not" if bad else ""
        told = "" if claim in ("UTF-8", "UTF8", "") else f", though it claims {claim}"
        return Chosen("utf-8", f"its letters beyond ASCII are well-formed UTF-8{told}{doubt}")
    if claim in _DOS:
        why = "it claims IBMPC" + (" and uses letters that only code page 850 has" if dos else "")
        name = "cp850" if dos else "cp437"
        return Chosen(name, why + _as_read(word, name))
    if claim in _NAMES:
        name = _NAMES[claim]
        return Chosen(
            name,
            f"it claims {claim}" + (", which has no such letters" if claim == "ASCII" else "") + _as_read(word, name),
        )
    if claim in ("UTF-8", "UTF8") and bad <= 1:
        return Chosen("utf-8", "it claims UTF-8; one letter is cut off")
    why = f"it is not well-formed UTF-8 and claims {claim or 'nothing'}"
    return Chosen("cp1252", why + _as_read(word, "cp1252"))


def _lines_one_by_one(data: bytes, name: str, first_line: int, doubtful: Callable[[int], None]) -> str:
    """Decode what is not all well-formed: a line that is not UTF-8 is read as cp1252, but for a letter that is cut off."""
    lines: list[str] = []
    for number, line in enumerate(data.split(b"\n"), first_line):
        try:
            lines.append(line.decode(name))
        except UnicodeDecodeError as error:
            doubtful(number)
            cut = error.reason.startswith("unexpected end")
            text = line.decode(name, "replace") if cut else line.decode("cp1252", "replace")
            lines.append(text)
    return "\n".join(lines)


def _cut_at_line(stream: BinaryIO) -> Iterator[bytes]:
    r"""Yield pieces that end with an end of line, with every kind of it as `\n`."""
    rest = b""
    while piece := stream.read(_PIECE):
        data = rest + piece
        at = data.rfind(b"\n")
        if at < 0:
            at = data.rfind(b"\r", 0, -1)  # one at the very end may be half of \r\n
        if at < 0:
            if len(data) > LONGEST_LINE:
                raise TreeProblem(f"a line is longer than {LONGEST_LINE} bytes", hint="is it the file that was meant?")
            rest = data
            continue
        done, rest = data[: at + 1], data[at + 1 :]
        yield done.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in done else done
    if rest:
        yield rest.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _wide_pieces(stream: BinaryIO, name: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(name)(errors="replace")
    rest = ""
    while True:
        piece = stream.read(_PIECE)
        data = rest + decoder.decode(piece, final=not piece)
        if not piece:
            if data:
                yield data.replace("\r\n", "\n").replace("\r", "\n")
            return
        at = max(data.rfind("\n"), data.rfind("\r", 0, -1))
        if len(data) - at > LONGEST_LINE:
            raise TreeProblem(f"a line is longer than {LONGEST_LINE} letters", hint="is it the file that was meant?")
        done, rest = data[: at + 1], data[at + 1 :]
        if done:
            yield done.replace("\r\n", "\n").replace("\r", "\n")


def text_pieces(opener: Opener, chosen: Chosen, doubtful: Callable[[int], None]) -> Iterator[str]:
    r"""Yield a file's text in pieces of whole lines, each line ended by `\n` but perhaps the last.

    Args:
        opener: opens the bytes.
        chosen: the encoding.
        doubtful: told the number of each line with bytes that the encoding does not know.

    Raises:
        TreeProblem: a line is longer than `LONGEST_LINE`.
    """
    with opener() as stream:
        if chosen.name.startswith("utf-16"):
            yield from _wide_pieces(stream, chosen.name)
            return
        line = 1
        for data in _cut_at_line(stream):
            if line == 1:
                data = data.removeprefix(codecs.BOM_UTF8)
            name = "utf-8" if chosen.name == "utf-8-sig" else chosen.name
            try:
                text = decode_ansel(data) if name == "ansel" else data.decode(name)
            except UnicodeDecodeError:
                text = _lines_one_by_one(data, name, line, doubtful)
            yield text
            line += data.count(b"\n")
