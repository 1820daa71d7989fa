"""Lines into records: levels, cross-references and tags put right where a program or an editor broke them.

A clean piece of text is split by one pattern; only a piece with a faulty line is looked at line by line. Whatever a line
holds ends up in a record: nothing is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from gemwright_simon.reading.tags import KNOWN_TAGS
from gemwright_simon.reading.warnings import Warnings

__all__ = ["NEWLINE", "Line", "RawRecord", "clean_handle", "records_of"]

NEWLINE: Final = "\r"
"""Stands for an end of line inside a value; no other carriage return is left in one."""

Line = tuple[int, str, str]
"""Level, tag and value."""

_CLEAN: Final = re.compile(r"^(\d\d?) (?:@([^@\s]+)@ )?([A-Z_][A-Z0-9_]*)(?: (.*))?$", re.MULTILINE)
_LOOSE: Final = re.compile(r"^\s*(\d{1,2})(?:\s+|(?=@))(?:@\s*([^@]+?)\s*@\s*)?([A-Za-z_][A-Za-z0-9_]*)(?:\s(.*))?$")
_LEVELS: Final = {str(number): number for number in range(100)} | {f"{number:02}": number for number in range(10)}


@dataclass(slots=True)
class RawRecord:
    """A record of level 0 as it stands in the file.

    Attributes:
        tag: `INDI`, `FAM` and so on.
        xref: its cross-reference without the at signs; empty where it has none.
        value: what stands on the first line after the tag.
        line: the number of its first line.
        lines: the lines below it; continuation lines are joined, with `NEWLINE` where a line of the value ends.
    """

    tag: str
    xref: str
    value: str
    line: int
    lines: list[Line] = field(default_factory=list[Line])


_ODD: Final = re.compile(r"[\x00-\x20\x7f-\x9f\[\]{}|]")


def clean_handle(xref: str) -> str:
    """Return a cross-reference as a handle: without letters that would end it in a sentence, such as brackets."""
    return _ODD.sub("_", xref) if _ODD.search(xref) else xref


class _Reader:
    """Collects lines until a record is complete."""

    def __init__(self, warnings: Warnings) -> None:
        self.warn = warnings.add
        self.current: RawRecord | None = None
        self.tail: list[str] = []
        self.tail_at = -1  # index of the line that is continued; -1 is the record itself
        self.jumped = False
        self.number = 0

    def join(self) -> None:
        """Add continuation lines to the value that they continue."""
        record = self.current
        if record is not None and self.tail:
            if self.tail_at < 0:
                record.value += "".join(self.tail)
            else:
                level, tag, value = record.lines[self.tail_at]
                record.lines[self.tail_at] = (level, tag, value + "".join(self.tail))
        self.tail.clear()

    def finish(self) -> RawRecord | None:
        """Return the record that is complete."""
        self.join()
        record, self.current = self.current, None
        if record is not None and self.jumped:
            record.lines = _levels_mended(record.lines)
        self.jumped = False
        return record

    def continue_value(self, level: int, text: str) -> None:
        """Take a CONC or CONT line: it continues the last line that is one level above it."""
        lines = self.current.lines if self.current else []
        at = len(lines) - 1
        if at >= 0 and lines[at][0] >= level:
            while at >= 0 and lines[at][0] >= level:
                at -= 1
        if at != self.tail_at:
            self.join()
            self.tail_at = at
        self.tail.append(text)

    def loose(self, line: str) -> tuple[str, str, str, str] | None:
        """Read a faulty line; None where it has no level and so belongs to the value before it."""
        match = _LOOSE.match(line)
        if match is None:
            return None
        level, xref, tag, value = match[1], match[2] or "", match[3], match[4] or ""
        if not tag.isupper():
            upper = tag.upper()
            if upper not in KNOWN_TAGS and not upper.startswith("_"):
                return None  # "12 children were born" is text
            tag = upper
            self.warn("tag in lower case", self.number)
        if line[0].isspace():
            self.warn("indented line", self.number)
        elif tag == match[3] and not _CLEAN.match(line):
            self.warn("unusual spacing", self.number)
        return level, xref, tag, value.replace(NEWLINE, " ")


def _levels_mended(lines: list[Line]) -> list[Line]:
    """Attach each line to the nearest line before it that has a lower level."""
    stack: list[int] = [0]
    mended: list[Line] = []
    for level, tag, value in lines:
        while len(stack) > 1 and stack[-1] >= level:
            stack.pop()
        stack.append(level)
        mended.append((len(stack) - 1, tag, value))
    return mended


def records_of(pieces: Iterable[str], warnings: Warnings) -> Iterator[RawRecord]:
    r"""Yield the records of a file, one by one.

    Args:
        pieces: the text, in pieces of whole lines ended by `\n`.
        warnings: gets what had to be put right.
    """
    reader = _Reader(warnings)
    for piece in pieces:
        if "\0" in piece:
            for number, line in enumerate(piece.split("\n"), reader.number + 1):
                if "\0" in line:
                    warnings.add("NUL byte removed", number)
            piece = piece.replace("\0", "")
        found: list[tuple[str, str, str, str]] = _CLEAN.findall(piece)
        count = piece.count("\n") + (0 if piece.endswith("\n") else 1)
        if len(found) == count:
            yield from _clean(reader, found)
        else:
            yield from _faulty(reader, piece.removesuffix("\n").split("\n"))
    last = reader.finish()
    if last is not None:
        yield last


def _clean(reader: _Reader, found: Iterable[tuple[str, str, str, str]]) -> Iterator[RawRecord]:
    """Sort lines that are well-formed into records."""
    levels, previous = _LEVELS, 99
    current = reader.current
    lines = current.lines if current else []
    if lines:
        previous = lines[-1][0]
    elif current:
        previous = 0
    number = reader.number
    for level_text, xref, tag, value in found:
        number += 1
        level = levels[level_text]
        if level and current is not None:
            if tag == "CONC" or tag == "CONT":
                reader.continue_value(level, value if tag == "CONC" else NEWLINE + value)
                continue
            if reader.tail:
                reader.join()
            reader.tail_at = len(lines)
            if level > previous + 1:
                reader.jumped = True
                reader.warn("level jump", number)
            previous = level
            if xref:
                value = f"@{xref}@ {value}"
            lines.append((level, tag, value))
            continue
        reader.number = number
        done = reader.finish()
        if done is not None:
            yield done
        if level:
            reader.warn("line before the first record", number)
            current = RawRecord("HEAD", "", "", number, [(1, tag, value)])
        else:
            current = RawRecord(tag, xref, value, number)
        reader.current, lines, previous = current, current.lines, level and 1
        reader.tail_at = len(lines) - 1
    reader.number = number


def _faulty(reader: _Reader, lines: Iterable[str]) -> Iterator[RawRecord]:
    """Read lines one by one where some of them are not well-formed."""
    for line in lines:
        if not line.strip():
            reader.number += 1
            reader.warn("blank line", reader.number)
            continue
        match = _CLEAN.match(line)
        reader.number += 1
        found = (match[1], match[2] or "", match[3], match[4] or "") if match else reader.loose(line)
        if found is None:
            reader.warn("text without a level joined to the line before", reader.number)
            if reader.current is None:
                reader.current = RawRecord("HEAD", "", "", reader.number)
                reader.tail_at = -1
            reader.tail.append(NEWLINE + line.strip())
            continue
        reader.number -= 1
        yield from _clean(reader, (found,))
