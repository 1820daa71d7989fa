"""The shapes in which most people of most trees are written, as patterns: what has another shape is read line by line."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["STRUCTURE", "STRUCTURES", "structures"]

_CITED: Final = r"\n2 SOUR @(?!VOID@)([^@\s#]++)@(?:\n3 PAGE(?: ([^\n]*+))?)?(?:\n3 QUAY [^\n]*+)?"

STRUCTURE: Final = re.compile(r"\n1 [^\n]*(?:\n[2-9] [^\n]*)*")
"""A structure of the first level, of whatever shape."""

STRUCTURES: Final = re.compile(
    r"\n1 (?:(FAMS|FAMC|HUSB|WIFE|CHIL) @(?!VOID@)([A-Za-z0-9]++)@"
    r"|NAME ((?!@)[^\n]++)(?:\n2 TYPE [^\n]*+)?(?:\n2 GIVN ([^\n]*+))?(?:\n2 SURN ([^\n]*+))?"
    r"|SEX ([^\n]++)"
    r"|(BIRT|DEAT(?! [^Y])|MARR|BURI|OCCU|RESI|CHR|BAPM|CENS|DIV|EMIG|IMMI)(?: ([^\n]*+))?"
    r"(?:\n2 TYPE [^\n]*+)?(?:\n2 DATE ([^\n]*+))?(?:\n2 PLAC(?: ([^\n]*+))?)?"
    rf"(?:{_CITED})?"
    r"|NOTE ((?!@)[^\n]++(?:\n2 CON[CT](?: [^\n]*+)?)*))(?=\n1 |\Z)"
)
"""A structure of the first level in a usual shape, to the next of them.

Groups: a link and its handle; a name, its given name and its surname; a sex; an event's tag, value, date, place, source and
page; a note with the lines that continue it.
"""


def structures(body: str) -> list[tuple[str, ...]] | None:
    """Return the groups of all structures of a record; None where one of them has not a usual shape.

    Args:
        body: the lines of the record below its first, each with an end of line before it.
    """
    found: list[tuple[str, ...]] = STRUCTURES.findall(body)
    # Each begins where a line of level 1 does, and goes on to the next: so many of them are the whole record.
    return found if len(found) == body.count("\n1 ") else None
