"""A row's text is that of the canonical chat template, and so is the template that a trainer renders with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from gemwright.tuning.check.findings import Finding, Settings, excerpt
from gemwright.tuning.dataset import Row
from gemwright.wire.dialects import Flavour
from gemwright.wire.segments import text_of
from gemwright.wire.tokens import BOS
from gemwright.wire.turns import EMPTY_THOUGHT

__all__ = ["DESCRIPTION", "check", "check_template"]

DESCRIPTION: Final = "the text is what the canonical renderer writes"
HASHES: Final = "chat-template/canonical"
"""The claim that holds the hashes of the canonical templates."""


def check(row: Row, settings: Settings) -> Iterator[Finding]:
    """Compare a row's text with the renderer's.

    Args:
        row: the row.
        settings: not needed here.
    """
    if row.is_canonical:
        return
    ours = text_of(row.segments)
    at = next((at for at, (a, b) in enumerate(zip(row.text, ours, strict=False)) if a != b), None)
    if at is None:
        at = min(len(row.text), len(ours))
    line = ours.count("\n", 0, at) + 1
    yield Finding(
        "drift",
        row.number,
        f"character {at}, line {line} of the text",
        f"has {excerpt(row.text, at)}, and the canonical template gives {excerpt(ours, at)}",
        _hint(row.text, ours, at),
    )


def check_template(template: str, flavour: Flavour, number: int) -> Iterator[Finding]:
    """Compare a template's hash with that of the canonical template, whose text may or may not end in a line break.

    Args:
        template: its text.
        flavour: the flavour of the rows that it will render.
        number: line of the first such row.
    """
    from gemwright.catalog import catalog
    from gemwright.catalog.claims import Claim

    known = catalog().all(Claim)[HASHES].figures or {}
    wanted = str(known[f"sha256_{flavour}"])
    bare = template.rstrip("\n")
    found = [hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest() for text in (template, bare, bare + "\n")]
    if wanted in found:
        return
    other = next((name for name in ("large", "small") if str(known[f"sha256_{name}"]) in found), None)
    if other is not None:
        message = f"the template is the {other} flavour's, and this row is of the {flavour} flavour"
        hint = (
            "large is for 12B, 26B-A4B and 31B, small for E2B and E4B: name the row's flavour, or change the template"
        )
    else:
        message = f"the template's SHA-256 begins {found[0][:8]}, and that of the canonical one {wanted[:8]}"
        hint = "train with the template that the model will be served with; `gemwright wire diff --template` compares"
    yield Finding("drift", number, "template", message, hint)


def _hint(text: str, ours: str, at: int) -> str:
    if text.startswith(BOS * 2):
        return "the text begins with <bos> already: let nothing add another"
    if text in (ours.removeprefix(BOS), ours.removeprefix(BOS).removesuffix("\n")):
        return "where the tokenizer adds <bos>, check the text with it; where nothing does, put it there"
    if ours.startswith(EMPTY_THOUGHT[0], at):
        return "with thinking off, prompts of 12B, 26B-A4B and 31B hold this empty thought: put it before the answer"
    if ours.startswith(text):
        return "the text stops early: was it cut to a length?"
    return "render with the canonical template, or leave the text out and have it rendered here"
