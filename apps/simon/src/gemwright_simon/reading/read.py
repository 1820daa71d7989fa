"""A family tree's file, whatever its format, as a stream of records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gemwright_simon.errors import TreeProblem
from gemwright_simon.reading.archive import open_tree_file
from gemwright_simon.reading.encoding import Chosen, Opener, choose_encoding, text_pieces
from gemwright_simon.reading.gramps import gramps_records
from gemwright_simon.reading.lines import RawRecord, clean_handle, records_of
from gemwright_simon.reading.warnings import Warnings

__all__ = ["READER_VERSION", "TreeFile"]

READER_VERSION: Final = "1"
"""Goes up whenever the same file would be read differently, so that indexes are made anew."""

_RECORD: Final = re.compile(r"^\s*0\s*(?:HEAD\b|@\s*[^@\n]+@\s*[A-Za-z_]+|TRLR\b)", re.IGNORECASE | re.MULTILINE)
_PREFIX: Final = {"INDI": "I", "FAM": "F", "SOUR": "S", "NOTE": "N", "SNOTE": "N"}


class TreeFile:
    """A file that holds a family tree.

    Args:
        path: a GEDCOM file, a GEDZIP archive, or Gramps XML, compressed or not. It is read and never written.

    Raises:
        TreeProblem: it is none of these.

    Attributes:
        warnings: what was put right; complete when all records have been read.
        encoding: the encoding and why it.
        version: the format and its version; known after the first record.
        producer: the program that wrote it; known after the first record.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.warnings = Warnings()
        self.format, self._opener = open_tree_file(path, self.warnings)
        self.encoding = Chosen("utf-8", "XML says so") if self.format == "gramps" else choose_encoding(self._opener)
        self.version = "Gramps XML" if self.format == "gramps" else "GEDCOM"
        self.producer = ""
        if self.format != "gramps":
            _refuse_other_text(path, self._opener, self.encoding)

    def records(self) -> Iterator[RawRecord]:
        """Yield the records in the order of the file, each with a handle of its own."""
        if self.format == "gramps":
            records = gramps_records(self._opener, self.path.name)
        else:
            records = records_of(text_pieces(self._opener, self.encoding, self._doubtful), self.warnings)
        seen: set[str] = set()
        ended, headed = False, False
        for record in records:
            tag = record.tag
            if tag == "HEAD":
                self._head(record)
                headed = True
            elif tag == "TRLR":
                ended = True
                if not record.lines and not record.value:
                    continue
            else:
                if not headed:
                    self.warnings.add("no HEAD record", record.line)
                    headed = True
                if ended:
                    self.warnings.add("record after the end", record.line)
                self._name(record, seen)
            yield record
        if not ended:
            self.warnings.add("no TRLR record", 0)

    def _doubtful(self, line: int) -> None:
        """Note a line with bytes that the encoding does not know."""
        self.warnings.add("bytes that the encoding does not know", line)

    def _name(self, record: RawRecord, seen: set[str]) -> None:
        """Give a record a handle that no other has."""
        xref = record.xref
        if not xref:
            if record.tag in ("INDI", "FAM"):
                self.warnings.add("record without a cross-reference", record.line)
            xref = f"{_PREFIX.get(record.tag, record.tag)}-{record.line}"
        xref = clean_handle(xref)
        if xref in seen:
            self.warnings.add("cross-reference used twice, the second renamed", record.line)
            number = 2
            while f"{xref}-{number}" in seen:
                number += 1
            xref = f"{xref}-{number}"
        seen.add(xref)
        record.xref = xref

    def _head(self, record: RawRecord) -> None:
        """Take version and producer from the header."""
        path: list[str] = []
        source: dict[str, str] = {}
        for level, tag, value in record.lines:
            del path[level - 1 :]
            path.append(tag)
            if path == ["GEDC", "VERS"]:
                version = re.sub(r"[^0-9.]", "", value)
                self.version = f"GEDCOM {version}" if version else self.version
            elif path in (["SOUR"], ["SOUR", "NAME"], ["SOUR", "VERS"]):
                source[path[-1]] = value.strip()
            elif path == ["_GRAMPS"]:
                self.version = f"Gramps XML {value}".strip()
        name = source.get("NAME") or source.get("SOUR", "")
        self.producer = f"{name} {source.get('VERS', '')}".strip()[:120]


def _refuse_other_text(path: Path, opener: Opener, chosen: Chosen) -> None:
    """Refuse a text that has no record of GEDCOM near its start.

    Raises:
        TreeProblem: with the words that it begins with.
    """
    start = ""
    for piece in text_pieces(opener, chosen, lambda _: None):
        start = piece[:262144].replace("\0", "")
        break
    if _RECORD.search(start):
        return
    words = "".join(one if one.isprintable() else " " for one in " ".join(start.split())[:50])
    raise TreeProblem(f"{path.name} is not GEDCOM: it begins {words!r}, and no line is a record such as '0 HEAD'")
