"""What of a model's words is delivered: what the check lets pass, and only where it says what code knows to be the answer."""

from __future__ import annotations

import re
from typing import Final

from gemwright_simon.checking import REMOVED, Checked, Pool, handles_in
from gemwright_simon.clerk import Answer, Claims, Evidence
from gemwright_simon.clerk.people import fold
from gemwright_simon.tree import Tree

__all__ = ["checked_answer", "says"]

_DENIALS: Final = (
    "not recorded",
    "no source",
    "no marriage",
    "no divorce",
    "no relationship",
    "none",
    "nobody",
    "no",
    "0",
    "no context on file",
)
_DENIED: Final = re.compile(
    r"\bnot recorded\b|\bno [\w -]{0,60}(?:recorded|found|known|on file|in th(?:is|e) tree)\b|\bnobody\b|\bnone\b|"
    r"\bno (?:source|match|relationship)|\bnot related\b",
    re.IGNORECASE,
)
_LISTS: Final = frozenset(
    {"relatives", "chain", "marriages", "event_place", "event_years", "end_of_line", "earliest", "longest"}
)
_LOOP: Final = re.compile(r"(.{4,120}?)\1{3,}", re.DOTALL)
"""The same words four times on end: a model that has lost the thread."""


def checked_answer(text: str, checked: Checked, pool: Pool, *, repaired: bool) -> Answer | None:
    """Return a checked text as an answer with the evidence it names; None where nothing of it is left."""
    struck = checked.unsupported
    kept = checked.struck() if struck else text.strip()
    if not checked.supported or _LOOP.search(kept) or not kept.replace(REMOVED, "").strip():
        return None
    named = dict.fromkeys(handles_in(kept))
    lines = [line for line in pool.lines for line in line.splitlines()]
    evidence = tuple(
        Evidence(handle, _said(line, handle), _source(line, handle))
        for handle in named
        if (line := next((one for one in lines if f"[{handle}]" in one), ""))
    )
    claims = Claims(checked.supported, 1 if repaired and not struck else 0, struck)
    return Answer(
        kept,
        evidence,
        answered_by="repair" if repaired or struck else "model",
        claims=claims,
        people=tuple(one for one in named if one in pool.people)[:1],
    )


def _said(line: str, handle: str) -> str:
    """Return what a tool's line says of a record, with whom it is about before it."""
    head, *fields = line.split(" | ")
    field = next((one for one in fields if f"[{handle}]" in one), "")
    about = re.sub(r"\s*\[[^\[\]]*\].*$", "", head)
    said = f"{about}: {field}" if field and "[" in head else field or head
    return " ".join(
        re.sub(r"\s*" + re.escape(f"[{handle}]") + r"\s*(?:{[^{}]*})?", " ", said).replace(" ,", ",").split()
    )[:400]


def _source(line: str, handle: str) -> str:
    found = re.search(re.escape(f"[{handle}]") + r"\s*\{([^{}]*)\}", line)
    return found[1] if found else ""


def says(text: str, known: Answer, tree: Tree) -> bool:
    """Tell whether a text in other words says what code knows: each core value, and nobody beside them in a list.

    Args:
        text: the model's, checked.
        known: the clerk's answer to the same question.
        tree: whose handles they are.
    """
    if REMOVED in text:
        return False
    plain, handles = fold(text), set(handles_in(text))
    for value in known.core:
        if value in _DENIALS:
            right = bool(_DENIED.search(re.sub(r"{[^{}]*}", "", text)))
        elif value == "yes":
            event = any("." in one.handle and one.handle in handles for one in known.evidence)
            right = bool(re.match(r"\W*yes\b", text, re.IGNORECASE)) or (event and not _DENIED.search(text))
        elif re.fullmatch(r"[\w.-]*\d[\w.-]*", value) and value in {one.handle for one in known.evidence} | set(
            known.listed
        ) | set(known.people):
            right = value in handles
        elif value.isdigit():
            right = re.search(rf"(?<![\w.]){value}(?![\w.]*\w)", text) is not None
        else:
            right = f" {fold(value)} " in f" {plain} "
        if not right:
            return False
    if known.kind in _LISTS:
        people = {one for one in handles if tree.person(one) is not None}
        return bool(known.core) and people <= {*known.listed, *known.people, *known.core}
    return bool(known.core)
