"""What is written in the usual shape takes a short way through the reader; it has to arrive where the long way leads."""

from __future__ import annotations

import random
from itertools import pairwise

from gemwright_simon.dates.parse import date_bounds, parse_date
from gemwright_simon.generate import generate
from gemwright_simon.reading.lines import RawRecord, lines_of, records_of
from gemwright_simon.reading.warnings import Warnings
from gemwright_simon.tree.rows import Rows, rows_of

TEXT = generate(7, 60)


def held(rows: Rows) -> list[object]:
    """Return everything that is taken from a record."""
    return [getattr(rows, name) for name in Rows.__slots__ if not name.startswith("_")]


def test_a_record_in_the_usual_shape_holds_what_its_lines_hold() -> None:
    """Names, events, links, notes and sources of each record are the same by pattern and line by line."""
    taken = 0
    for record in records_of([TEXT], Warnings()):
        if record.tag in ("INDI", "FAM"):
            quick = held(rows_of(record))
            assert record.body is not None
            long = RawRecord(record.tag, record.xref, record.value, record.line, list(record.lines))
            assert quick == held(rows_of(long))
            taken += 1
    assert taken > 60


def test_pieces_cut_anywhere_give_the_same_records() -> None:
    """Neither where a file is cut into pieces, nor one faulty line in a record, changes what its other lines say."""
    chance = random.Random(3)
    whole = [(one.tag, one.xref, one.value, one.line, one.lines) for one in records_of([TEXT], Warnings())]
    ends = [at + 1 for at, letter in enumerate(TEXT) if letter == "\n"]
    for _ in range(20):
        cuts = [0, *sorted(chance.sample(ends[:-1], 5)), len(TEXT)]
        pieces = [TEXT[start:end] for start, end in pairwise(cuts)]
        found = [(one.tag, one.xref, one.value, one.line, one.lines) for one in records_of(pieces, Warnings())]
        assert found == whole
    indented = TEXT.replace("\n1 SEX", "\n  1 SEX")
    warnings = Warnings()
    mended = [(one.tag, one.xref, one.value, one.line, one.lines) for one in records_of([indented], warnings)]
    assert mended == whole
    assert list(warnings.by_kind()) == ["indented line"]


def test_packed_lines_are_read_back() -> None:
    """The text that the index keeps of a record gives its lines again, whichever way it was read."""
    for text in (TEXT, TEXT.replace("\n1 SEX", "\n  1 SEX")):
        for record in records_of([text], Warnings()):
            assert lines_of(record.packed) == record.lines


def test_bounds_of_dates_are_those_of_the_date() -> None:
    """The quick way to the first and last day never differs from the whole one."""
    chance = random.Random(5)
    months = ["JAN", "FEB", "MAR", "JUN", "SEP", "DEC", "MÄR", "VEND"]
    for _ in range(3000):
        parts = [
            chance.choice(["", "", "ABT", "CAL", "EST", "BEF", "AFT", "FROM", "INT"]),
            chance.choice(["", "0", "1", "28", "29", "30", "31", "32"]),
            chance.choice(["", *months]),
            chance.choice(["1900", "1752", "2000", "804", "99", "1731/32", ""]),
        ]
        text = " ".join(filter(None, parts))
        date = parse_date(text)
        assert date_bounds(text) == (date.earliest, date.latest), text
