"""Results within a size: a long one is cut at a line's end into pages, and each page says how to get the next."""

from __future__ import annotations

from typing import Final

from gemwright.foundation import jsonx
from gemwright.foundation.errors import BadJSON
from gemwright.messages.parts import JSON

__all__ = ["MAX_WHOLE", "capped", "first_line", "page_of"]

MAX_WHOLE: Final = 1_000_000
"""Characters of a result that are kept at all."""


def capped(value: object) -> JSON:
    """Return a result that is a JSON value and no larger than `MAX_WHOLE`; a larger one becomes a text that is cut.

    Raises:
        BadJSON: it is no JSON value.
    """
    if isinstance(value, str):
        text = value.encode("utf-8", "replace").decode()
        return text if len(text) <= MAX_WHOLE else _cut(text)
    text = jsonx.compact(value)
    return jsonx.parse(text) if len(text) <= MAX_WHOLE else _cut(text)


def _cut(text: str) -> str:
    return text[:MAX_WHOLE] + f"\n[the rest of {len(text)} characters was not kept]"


def page_of(value: JSON, page: int, size: int) -> JSON:
    """Return one page of a result: the value itself where it fits into one.

    Args:
        value: the whole result.
        page: from 1.
        size: characters of a page at most, the note not counted.

    Raises:
        IndexError: there is no such page; the message says how many there are.
    """
    text = value if isinstance(value, str) else jsonx.compact(value)
    pages = _pages(text, size)
    if not 1 <= page <= len(pages):
        raise IndexError(f"there is no page {page}: the result has {len(pages)}")
    if len(pages) == 1:
        return value
    follows = f"; for more call again with the same arguments and page={page + 1}" if page < len(pages) else ""
    return f"{pages[page - 1]}\n[page {page} of {len(pages)}{follows}]"


def _pages(text: str, size: int) -> list[str]:
    pages: list[str] = []
    start = 0
    while len(text) - start > size:
        end = text.rfind("\n", start + size // 2, start + size)
        end = start + size if end < 0 else end + 1
        pages.append(text[start:end].rstrip("\n"))
        start = end
    if text[start:] or not pages:
        pages.append(text[start:])
    return pages


def first_line(value: JSON, size: int) -> str:
    """Return the first line of a result that says something, cut to a size."""
    try:
        text = value if isinstance(value, str) else jsonx.compact(value)
    except BadJSON:
        return ""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= size else line[: size - 1] + "…"
