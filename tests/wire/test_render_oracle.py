"""Our renderer against the official templates themselves, on generated input: text and kind of error alike."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given

from gemwright.wire.dialects import APRIL_09, APRIL_28, CANONICAL, DATES, LAUNCH, MAY_18, Dialect
from gemwright.wire.reading import TemplateRefusal
from gemwright.wire.render import render_json
from gemwright.wire.segments import text_of
from tests.oracle.conversations import conversations, options, tool_lists
from tests.oracle.jinja_template import Outcome, TemplateMissing, outcome, source

# Published by llama.cpp (launch, April) and by people who fetched the Hub's files; the files of April 9 end in a
# newline.
PUBLISHED = {
    (LAUNCH, "large"): ("2dfbfc7d538912f4ea11d29d85b4e25d7bc26386e53f57529f1d707c28b5828c", "\n"),
    (APRIL_09, "large"): ("85a08664d16d8f3b", "\n"),
    (APRIL_09, "small"): ("93a71eb61044635c", "\n"),
    (APRIL_28, "large"): ("94899c0f917d93f6", ""),
    (APRIL_28, "small"): ("33204f1acb5bd000", ""),
    (MAY_18, "large"): ("36e3a42e5cf14cd0020e72d92e1fdd9970f59b82170e421f0cbe1bb42bead3f0", ""),
    (MAY_18, "small"): ("2f1b4d75d067bae3fe44e676721c7f077d243bc007156cb9c2f8b5836613d082", ""),
    (CANONICAL, "small"): ("0a2c8073c878ab1da004bee933a998606537bbb62016310352c7285c3f01c5b5", ""),
}


def ours(dialect: Dialect, messages: Any, tools: Any, options: dict[str, Any]) -> Outcome:
    """Render, or say which kind of error we say the template ends in."""
    try:
        return Outcome(text_of(render_json(messages, tools, dialect=dialect, options=options)))
    except TemplateRefusal as refusal:
        return Outcome(error=refusal.kind)


def oracle_or_skip(dialect: Dialect) -> None:
    """Skip where the template cannot be had."""
    try:
        source(dialect)
    except TemplateMissing as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize(("date", "flavour"), PUBLISHED)
def test_the_oracle_is_the_published_file(date: str, flavour: Any) -> None:
    """A comparison is worth as much as the thing compared with: rebuilt large templates have the published hashes."""
    oracle_or_skip(Dialect(date, flavour))
    digest, ending = PUBLISHED[date, flavour]
    found = hashlib.sha256((source(Dialect(date, flavour)) + ending).encode()).hexdigest()
    assert found.startswith(digest)


@pytest.mark.parametrize("flavour", ["large", "small"])
@pytest.mark.parametrize("date", DATES)
def test_equal_to_the_template_on_anything(date: str, flavour: Any) -> None:
    """Whatever JSON comes in, the prompt is the template's to the byte, and so is the refusal."""
    dialect = Dialect(date, flavour)
    oracle_or_skip(dialect)

    @given(conversations, tool_lists, options)
    def compare(messages: Any, tools: Any, options: dict[str, Any]) -> None:
        assert ours(dialect, messages, tools, options) == outcome(dialect, messages, tools, options)

    compare()
