"""Does a quote end its string? The one question on which reading damaged arguments depends.

Gemma 4's strings know no escapes, so a model that needs a double quote inside a string sometimes writes the delimiter for
it. A delimiter therefore closes a string only where something can follow that makes sense after a value: the next key, the
next element, closing brackets, a marker, or the end. The same test serves JSON's and Python's quotes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from gemwright.wire.lexer import MARKER, could_become_marker
from gemwright.wire.tokens import QUOTE

__all__ = ["KEY", "PAIR", "VALUE_START", "closes", "declared_pair", "ends_with_pair"]

_FIRST = r"[^\s\"'<>{}\[\](),:=`]"
_LAST = r"[^\s\"<{\[(,}:=`]"
KEY: Final = rf"{_FIRST}(?:(?:[^\n\"{{}},:=|]|(?<!<)\|){{0,126}}(?:(?!\|){_LAST}|(?<!<)\|))?"
"""A bare key: template and model write keys raw, so `@timestamp`, `First name` and `filter[status]` all occur."""
_QUOTED_KEY = r"<\|\"\|>[^<\n]{0,128}<\|\"\|>|\"[^\"\n]{1,128}\"|'[^'\n]{1,128}'"
PAIR: Final = re.compile(rf"(?:(?P<bare>{KEY})|(?P<quoted>{_QUOTED_KEY}))\s{{0,64}}[:=]")
"""A key with its separator."""
VALUE_START: Final = re.compile(r"\s{0,64}(?:<\|\"\|>|[\"'\[{]|-?\d|true|false|null|True|False|None)")
_SPACE: Final = re.compile(r"\s{0,256}")
_CLOSERS: Final = re.compile(r"[\s}\]]{1,512}")
_ROUND_CLOSERS: Final = re.compile(r"[\s}\])]{1,512}")
_PARTIAL_PAIR: Final = re.compile(
    r"(?:<\|?\"?\|?|<\|\"\|>[^<\n]{0,128}(?:<\|?\"?\|?>?)?"
    r"|[\"'][^\"'\n]{0,128}[\"']?|[^\n\"{},:=]{0,128})\s{0,64}"
)
_PARTIAL_VALUE: Final = re.compile(r"\s{0,64}(?:<\|?\"?\|?|-|[A-Za-z]{0,4})")
_BARE_ELEMENT: Final = re.compile(r"[^<>\[\]{},\"\n]{1,64}(?:<\|\"\|>|[,\]])")
_PAIR_BEFORE: Final = re.compile(rf",\s{{0,64}}(?P<key>{KEY})\s{{0,8}}[:=]\s{{0,8}}\Z")


def closes(
    text: str,
    at: int,
    end: int,
    *,
    final: bool,
    closers: Sequence[str],
    keys: Collection[str],
    in_array: bool,
    odd: bool = False,
) -> bool | None:
    """Whether a quote that ends just before `text[at]` closes its string.

    Args:
        text: the arguments.
        at: first character after the quote.
        end: where the text ends.
        final: whether nothing more can arrive after `end`.
        closers: the brackets that would close what is open, outermost first.
        keys: the declared keys of the object around; empty where unknown.
        in_array: whether the string is an element, not the value of a key.
        odd: whether an odd number of delimiters has been taken for literal quotes so far in this string.

    Returns:
        True or False, or None where more text is needed to tell.
    """
    at = _skip(text, at, end)
    if at >= end:
        return True if final else None
    c = text[at]
    if c in "}])":
        return _closed_by_brackets(text, at, end, final=final, closers=closers)
    if c == ",":
        return _followed_by_more(text, at, end, final=final, in_array=in_array, keys=keys, odd=odd)
    return _marker_follows(text, at, final=final) if c == "<" else False


def _skip(text: str, at: int, end: int) -> int:
    found = _SPACE.match(text, at, end)
    return found.end() if found else at


def _marker_follows(text: str, at: int, *, final: bool) -> bool | None:
    """Whether the `<` at `at` begins a marker or a closing tag that can follow a value; a further quote cannot."""
    if text.startswith(QUOTE, at):
        return False
    if MARKER.match(text, at) or text.startswith("</", at):
        return True
    return None if not final and (could_become_marker(text, at) or len(text) - at == 1) else False


def _closed_by_brackets(text: str, at: int, end: int, *, final: bool, closers: Sequence[str]) -> bool | None:
    run = (_ROUND_CLOSERS if closers[0] == ")" else _CLOSERS).match(text, at, end)
    after = run.end() if run else at
    count = sum(1 for c in text[at:after] if not c.isspace())
    if count > len(closers):
        return True
    if after >= end:
        return True if final else None
    if text[after] == "<":
        return _marker_follows(text, after, final=final)
    if text[at] != closers[-1]:
        return False  # a bracket is missing, which only the end of the call proves
    if text[after] == "," or count >= len(closers):
        return True
    return _pair_with_value(text, after, end, final=final)


def _pair_with_value(text: str, at: int, end: int, *, final: bool) -> bool | None:
    """Whether a key and a value begin at `at`, without a comma before them."""
    pair = PAIR.match(text, at, end)
    if pair is None:
        return None if not final and _PARTIAL_PAIR.fullmatch(text, at, end) else False
    if VALUE_START.match(text, pair.end(), end):
        return True
    return None if not final and _PARTIAL_VALUE.fullmatch(text, pair.end(), end) else False


def _followed_by_more(
    text: str, at: int, end: int, *, final: bool, in_array: bool, keys: Collection[str], odd: bool
) -> bool | None:
    while at < end and text[at] == ",":
        at = _skip(text, at + 1, end)
    if at >= end:
        return True if final else None
    if text[at] in "}]":
        return in_array == (text[at] == "]")
    if in_array:
        if VALUE_START.match(text, at, end):
            return True
        if not final and _PARTIAL_VALUE.fullmatch(text, at, end):
            return None
        pair = PAIR.match(text, at, end)
        if pair and "]" not in pair[0] and VALUE_START.match(text, pair.end(), end):
            return True  # the array lacks its bracket, and the next key follows
        return not odd and _BARE_ELEMENT.match(text, at, end) is not None
    pair = PAIR.match(text, at, end)
    if pair is None:
        return None if not final and _PARTIAL_PAIR.fullmatch(text, at, end) else False
    if (pair["bare"] or _unquoted(pair["quoted"])) in keys:
        return True
    if keys and text[pair.end() - 1] == "=":
        return False  # code: a keyword argument
    if VALUE_START.match(text, pair.end(), end):
        return True
    return None if not final and _PARTIAL_VALUE.fullmatch(text, pair.end(), end) else False


def _unquoted(key: str) -> str:
    return key.replace(QUOTE, "").strip("\"'")


def declared_pair(keys: Collection[str]) -> re.Pattern[str]:
    """Return the pattern of `,key:` and a value for the declared keys of an object, which must not be empty.

    Inside a string that is not properly closed, it shows that the string lacks its closing delimiter.
    """
    names = "|".join(re.escape(key) for key in sorted(keys, key=len, reverse=True))
    return re.compile(rf",\s{{0,64}}(?:{names})\s{{0,8}}[:=](?={VALUE_START.pattern})")


def ends_with_pair(text: str, start: int, at: int, keys: Collection[str]) -> re.Match[str] | None:
    """Match `,key:` just before a quote: the string before it lacks its closing delimiter, and the quote opens a value.

    Args:
        text: the arguments.
        start: where the string began.
        at: where the quote stands.
        keys: the declared keys of the object around; empty where unknown, and then any one word will do.
    """
    from_ = max(start, at - 160)
    comma = text.rfind(",", from_, at)
    while comma >= 0:
        found = _PAIR_BEFORE.match(text, comma, at)
        if found and (found["key"] in keys if keys else " " not in found["key"]):
            return found
        comma = text.rfind(",", from_, comma)
    return None
