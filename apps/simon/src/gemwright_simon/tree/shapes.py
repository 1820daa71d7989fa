"""The shapes in which most people of most trees are written, as patterns: what has another shape is read line by line."""

from __future__ import annotations

import re
from typing import Final

from gemwright_simon.reading.tags import EVENTS

__all__ = ["IS_USUAL", "STRUCTURE", "STRUCTURES"]

# These say more in their value or below it than a pattern should know.
_ODD: Final = ("EVEN", "FACT", "IDNO", "ADOP")
_PLAIN: Final = "|".join(sorted((tag for tag in EVENTS if tag not in _ODD), reverse=True))
_CITED: Final = r"\n2 SOUR @(?!VOID@)([^@\s#]++)@(?:\n3 PAGE(?: ([^\n]*+))?)?(?:\n3 QUAY [^\n]*+)?"
_USUAL: Final = (
    r"\n1 (?:(FAMS|FAMC|HUSB|WIFE|CHIL) @(?!VOID@)([A-Za-z0-9]++)@"
    rf"|(?!DEAT [^Y])({_PLAIN})(?: ([^\n]*+))?(?:\n2 TYPE [^\n]*+)?(?:\n2 DATE ([^\n]*+))?(?:\n2 PLAC(?: ([^\n]*+))?)?"
    rf"(?:{_CITED})?"
    r"|NAME ((?!@)[^\n]++)(?:\n2 GIVN ([^\n]*+))?(?:\n2 SURN ([^\n]*+))?"
    r"|SEX ([^\n]++)"
    r"|NOTE ((?!@)[^\n]++))(?=\n1|\Z)"
)
STRUCTURE: Final = re.compile(r"\n1 [^\n]*(?:\n[2-9] [^\n]*)*")
"""A structure of the first level, of whatever shape."""

STRUCTURES: Final = re.compile(_USUAL)
"""A structure of the first level; a record that `IS_USUAL` matches consists of them.

Groups: a link and its handle; an event's tag, value, date, place, source and page; a name, its given name and its surname; a
sex; a note.
"""

# Repeated in an atomic group and not possessively, which `re` gets wrong up to Python 3.11.4 (python/cpython#106052).
IS_USUAL: Final = re.compile("(?>(?:" + re.sub(r"\((?!\?)", "(?:", _USUAL) + ")*)")
"""A record that consists of such structures."""
