"""Lines into records: levels, cross-references and tags put right where a program or an editor broke them.

A record that is written as the standard wants it is kept as the text that it is, and its lines are parted when somebody asks
for them; only a record with a faulty line is looked at line by line. Whatever a line holds ends up in a record: nothing is
dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from gemwright_simon.reading.shapes import structures
from gemwright_simon.reading.tags import KNOWN_TAGS
from gemwright_simon.reading.warnings import Warnings

__all__ = ["NEWLINE", "Line", "RawRecord", "clean_handle", "lines_of", "records_of"]

NEWLINE: Final = "\r"
"""Stands for an end of line inside a value; no other carriage return is left in one."""

Line = tuple[int, str, str]
"""Level, tag and value."""

_CLEAN: Final = re.compile(r"^(\d\d?) (?:@([^@\s]+)@ )?([A-Z_][A-Z0-9_]*)(?: (.*))?$", re.MULTILINE)
_LOOSE: Final = re.compile(r"^\s*(\d{1,2})(?:\s+|(?=@))(?:@\s*([^@]+?)\s*@\s*)?([A-Za-z_][A-Za-z0-9_]*)(?:\s(.*))?$")
_LEVELS: Final = {str(number): number for number in range(100)} | {f"{number:02}": number for number in range(10)}


_TAG: Final = r"[A-Z_][A-Z0-9_]*+(?: [^\n]*+)?"
_DEEPEST: Final = 9


def _below(level: int) -> str:
    """Return a pattern of lines of a level, with everything below them; no level is left out."""
    deeper = _below(level + 1) if level < _DEEPEST else ""
    return rf"(?>(?:\n{level} {_TAG}{deeper})*)"


_STRICT: Final = re.compile(rf"(?:@([^@\s]++)@ )?([A-Z_][A-Z0-9_]*+)(?: ([^\n]*+))?({_below(1)})")
"""A record that needs no mending, without its level: cross-reference, tag, value and the lines below."""

_HEADED: Final = re.compile(r"@([^@\s]++)@ (INDI|FAM)(?=\n1 )")
_CONTINUED: Final = re.compile(r"\n1 CON[CT](?![A-Z0-9_])")
_LONGEST: Final = 1 << 20  # how many letters are waited for until a record is whole


class RawRecord:
    """A record of level 0 as it stands in the file.

    Args:
        tag: `INDI`, `FAM` and so on.
        xref: its cross-reference without the at signs; empty where it has none.
        value: what stands on the first line after the tag.
        line: the number of its first line.
        lines: the lines below it; continuation lines are joined, with `NEWLINE` where a line of the value ends.
        body: instead of lines, their text where it is as the standard wants it, each line with an end of line before it.
        usual: what `shapes.structures` found in the body.

    Attributes:
        tag, xref, value, line: as given.
        body: as given; None where there are lines.
        usual: as given; None where it was not looked for, or the body has another shape.
    """

    __slots__ = ("_lines", "body", "line", "tag", "usual", "value", "xref")

    def __init__(
        self,
        tag: str,
        xref: str,
        value: str,
        line: int,
        lines: list[Line] | None = None,
        body: str | None = None,
        usual: list[tuple[str, ...]] | None = None,
    ) -> None:
        self.tag = tag
        self.xref = xref
        self.value = value
        self.line = line
        self.body = body
        self.usual = usual
        self._lines = lines if lines is not None or body is not None else []

    @property
    def lines(self) -> list[Line]:
        """The lines below it, joined as `lines_of` does."""
        if self._lines is None:
            self._lines, self.body, self.usual = lines_of((self.body or "")[1:]), None, None
        return self._lines

    def mend_levels(self) -> None:
        """Attach each line to the nearest line before it that has a lower level."""
        self._lines = _levels_mended(self.lines)

    @property
    def packed(self) -> str:
        """The lines below it as one text, which `lines_of` reads."""
        if self.body is not None:
            return self.body[1:]
        return "\n".join([f"{level} {tag} {value}" for level, tag, value in self.lines])


def lines_of(text: str) -> list[Line]:
    """Read the text of lines that are as the standard wants them, or as `RawRecord.packed` writes them."""
    lines: list[Line] = []
    for line in text.split("\n") if text else ():
        level_text, _, rest = line.partition(" ")
        tag, _, value = rest.partition(" ")
        level = int(level_text)
        if tag == "CONC" or tag == "CONT":
            at = len(lines) - 1
            while at >= 0 and lines[at][0] >= level:
                at -= 1
            if at >= 0:
                above, of, before = lines[at]
                lines[at] = (above, of, before + (value if tag == "CONC" else NEWLINE + value))
                continue
        lines.append((level, tag, value))
    return lines


_ODD: Final = re.compile(r"[\x00-\x20\x7f-\x9f\[\]{}|]")


def clean_handle(xref: str) -> str:
    """Return a cross-reference as a handle: without letters that would end it in a sentence, such as brackets."""
    return xref if xref.isalnum() or not _ODD.search(xref) else _ODD.sub("_", xref)


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
            record.mend_levels()
        self.jumped = False
        return record

    def lines(self) -> list[Line]:
        """Return the lines of the record that more may come to; the last of them is the one that is continued."""
        record = self.current
        if record is None:
            return []
        if record.body is not None:
            self.tail_at = len(record.lines) - 1
        return record.lines

    def continue_value(self, level: int, text: str) -> None:
        """Take a CONC or CONT line: it continues the last line that is one level above it."""
        lines = self.lines()
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
    rest = ""
    number = 0
    for piece in pieces:
        if "\0" in piece:
            for at, line in enumerate(piece.split("\n"), number + 1):
                if "\0" in line:
                    warnings.add("NUL byte removed", at)
            piece = piece.replace("\0", "")
        number += piece.count("\n")
        rest += piece
        cut = rest.rfind("\n0 ") + 1
        if cut:
            yield from _block(reader, rest[: cut - 1])
            rest = rest[cut:]
        if len(rest) > _LONGEST:
            yield from _mended(reader, rest.removesuffix("\n"))
            rest = ""
    if rest:
        yield from _block(reader, rest.removesuffix("\n"))
    last = reader.finish()
    if last is not None:
        yield last


def _block(reader: _Reader, text: str) -> Iterator[RawRecord]:
    """Part a text of whole records at the lines that seem to begin one."""
    strict, continued, headed = _STRICT.fullmatch, _CONTINUED.search, _HEADED.match
    if not text.startswith("0 "):
        first, _, text = text.partition("\n0 ")
        yield from _mended(reader, first)
        if not text:
            return
    else:
        text = text[2:]
    for part in text.split("\n0 "):
        value, usual = "", None
        match = headed(part)
        if match and (usual := structures(body := part[match.end() :])) is not None:
            xref, tag = match.groups()
        else:
            match = strict(part)
            if match is None:
                yield from _mended(reader, f"0 {part}")
                continue
            xref, tag, value, body = match.groups("")
            if "\n1 CON" in body and continued(body):
                yield from _mended(reader, f"0 {part}")
                continue
        done = reader.finish()
        if done is not None:
            yield done
        reader.current = RawRecord(tag, xref, value, reader.number + 1, None, body, usual)
        reader.number += part.count("\n") + 1
        reader.tail_at = -1


def _mended(reader: _Reader, text: str) -> Iterator[RawRecord]:
    """Read whole lines of which some may be faulty."""
    found: list[tuple[str, str, str, str]] = _CLEAN.findall(text)
    if len(found) == text.count("\n") + 1:
        yield from _clean(reader, found)
    else:
        yield from _faulty(reader, text.split("\n"))


def _clean(reader: _Reader, found: Sequence[tuple[str, str, str, str]]) -> Iterator[RawRecord]:
    """Sort lines that are well-formed into records."""
    levels, previous = _LEVELS, 99
    current = reader.current
    lines = reader.lines() if levels[found[0][0]] else []
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
            reader.lines()
            reader.tail.append(NEWLINE + line.strip())
            continue
        reader.number -= 1
        yield from _clean(reader, (found,))
