"""Free text and free keys: what a model may write where nothing else is said."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gemwright.wire.delimiters import KEY
from gemwright.wire.grammar_rules import Rules
from gemwright.wire.grammar_text import FORBIDDEN, KEY_LENGTH, begun_mark, free_key, free_text, some_text
from gemwright.wire.lexer import MARKER
from gemwright.wire.tokens import CONTROL_TOKENS
from tests.wire.gbnf import Gbnf

PIECES = st.sampled_from(
    [*CONTROL_TOKENS, "<", "<|", "<|tool", "|>", "<b", "<bo", "<unused", "7>", "a", ">", '"', "\n", "é", "<<", "<|turn"]
)
NEARLY_MARKS = st.lists(PIECES, max_size=8).map("".join)


def text_grammar(longest: int | None = None) -> Gbnf:
    """The grammar of free text alone."""
    rules = Rules()
    rules.set("root", free_text(rules, longest))
    return Gbnf(rules.text())


def some_grammar(longest: int | None = None) -> Gbnf:
    """The grammar of text that is not empty, in its two parts."""
    rules = Rules()
    rules.set("root", f"{some_text(rules, longest)} | {begun_mark(rules, longest)}")
    return Gbnf(rules.text())


def solid_grammar(longest: int | None = None) -> Gbnf:
    """The grammar of text that is more than the beginning of a mark."""
    rules = Rules()
    rules.set("root", some_text(rules, longest))
    return Gbnf(rules.text())


UNBOUNDED = text_grammar()
BOUNDED = text_grammar(40)
NOT_EMPTY = some_grammar()
BOUNDED_NOT_EMPTY = some_grammar(40)
SOLID = (solid_grammar(), solid_grammar(40))


def spells_a_mark(text: str) -> bool:
    """The plain definition."""
    return any(mark in text for mark in FORBIDDEN)


@given(NEARLY_MARKS)
@example("a <| b |> c")
@example("<div><b>x</b></div> if a<b and c>d: print(f'{a}<|>')")
@example('<|"|')
def test_text_is_whatever_spells_no_mark(text: str) -> None:
    """Too little, and a model cannot write code; too much, and it closes its string from within."""
    assert UNBOUNDED.matches(text) == (not spells_a_mark(text))
    assert NOT_EMPTY.matches(text) == (not spells_a_mark(text) and text != "")


@given(NEARLY_MARKS)
def test_no_marker_of_the_parser_gets_through(text: str) -> None:
    """What the grammar calls text the parser must not call a marker."""
    if UNBOUNDED.matches(text):
        assert MARKER.search(text) is None


@given(NEARLY_MARKS)
def test_counted_text_is_never_too_long_and_spells_no_mark(text: str) -> None:
    """A counted text may leave out some that would just fit, never take one too many."""
    for grammar, least in ((BOUNDED, 0), (BOUNDED_NOT_EMPTY, 1)):
        if grammar.matches(text):
            assert least <= len(text) <= 40
            assert not spells_a_mark(text)


@given(NEARLY_MARKS)
def test_counted_text_has_room_for_what_looks_like_marks(text: str) -> None:
    """Each `<` costs 16 characters at most, so a text that is short enough by that measure is offered."""
    if not spells_a_mark(text) and len(text) + 15 * text.count("<") <= 40:
        assert BOUNDED.matches(text)


@given(NEARLY_MARKS)
def test_text_before_a_token_literal_does_not_end_like_a_mark_begins(text: str) -> None:
    """llama.cpp would take the mark for the text's end and for the mark at once, and fail."""
    begins = any(mark.startswith(text) for mark in FORBIDDEN)
    for solid, whole in zip(SOLID, (NOT_EMPTY, BOUNDED_NOT_EMPTY), strict=True):
        assert solid.matches(text) == (whole.matches(text) and not begins)


@pytest.mark.parametrize("length", [1, 2, 3, 15, 16, 39, 40])
def test_plain_text_is_counted_exactly(length: int) -> None:
    """Where nothing looks like a mark, the limit is the limit."""
    assert text_grammar(length).matches("é" * length)
    assert not text_grammar(length).matches("é" * (length + 1))


def test_short_tags_count_by_their_characters() -> None:
    """HTML and comparisons are the usual reason for `<`, and are not to use a limit up early."""
    for text in ("<x></x>a<y", "<p>x</p> <", "a<<2; <b>"):
        assert text_grammar(len(text)).matches(text)
        assert not text_grammar(len(text) - 1).matches(text)


def test_generated_text_keeps_the_rules() -> None:
    """The other direction: whatever the rules can produce is text."""
    rng = random.Random(1)
    for _ in range(300):
        text = BOUNDED_NOT_EMPTY.generate(rng)
        assert 1 <= len(text) <= 40
        assert not spells_a_mark(text)


def key_grammar(*declared: str) -> Gbnf:
    """The grammar of keys that are none of these."""
    rules = Rules()
    rules.set("root", free_key(rules, frozenset(declared)))
    return Gbnf(rules.text())


KEYS = key_grammar("name", "na", "first name", "é", "a:b", "x y z")


@pytest.mark.parametrize(
    "key", ["nam", "names", "n", "first", "first name x", "x y", "@id", "client.ip", "日本", "e", "a"]
)
def test_free_keys(key: str) -> None:
    """Keys of all kinds occur in the wild, and beginnings of declared names are keys of their own."""
    assert KEYS.matches(key)


@pytest.mark.parametrize(
    "key", ["name", "na", "first name", "é", "x y z", "", " a", "a ", "a  b", "a:b", "{", "a,b", '"a"', "<a"]
)
def test_no_free_keys(key: str) -> None:
    """A declared name written again would get round its schema, and punctuation would end the key."""
    assert not KEYS.matches(key)


def test_generated_keys_are_keys_for_the_parser() -> None:
    """What the rules produce, the parser reads as one bare key, and its length is bounded."""
    rng = random.Random(2)
    for _ in range(300):
        key = KEYS.generate(rng)
        assert re.fullmatch(KEY, key), key
        assert len(key) <= KEY_LENGTH + 16
