"""GBNF notation: what is written must mean what was meant, in the oracle's reading."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gemwright.wire.grammar_rules import Rules, any_char_but, any_of, literal, one_of, optional, repeat
from tests.wire.gbnf import Gbnf

CHARACTERS = st.characters(min_codepoint=1, exclude_categories=("Cs",))
TEXTS = st.text(CHARACTERS, max_size=12)
AWKWARD = st.sampled_from(['"', "\\", "]", "[", "^", "-", "\n", "\t", "<", "|", "\x7f", "\u2028", "\U0001f600", "a"])


def grammar(expression: str) -> Gbnf:
    """A grammar of one rule."""
    return Gbnf(f"root ::= {expression}\n")


@given(TEXTS, TEXTS)
def test_a_literal_matches_its_text_alone(text: str, other: str) -> None:
    """Tool names and keys hold any characters, and an escape gone wrong would change what is called."""
    read = grammar(literal(text))
    assert read.matches(text)
    assert read.matches(other) == (text == other)


@given(st.sets(AWKWARD | CHARACTERS, max_size=6), AWKWARD | CHARACTERS)
def test_a_class_leaves_out_what_it_should(without: set[str], char: str) -> None:
    """The rule "any text without marks" stands on these classes."""
    assert grammar(any_char_but(without)).matches(char) == (char not in without)


@given(
    st.sets(st.text(st.sampled_from("ab^-]"), max_size=5), min_size=1, max_size=40),
    st.text(st.sampled_from("ab^-]"), max_size=6),
)
def test_one_of_matches_the_words_and_no_others(words: set[str], other: str) -> None:
    """Shared beginnings are factored out; nothing may be gained or lost by that."""
    read = grammar(one_of(words))
    assert all(read.matches(word) for word in words)
    assert read.matches(other) == (other in words)


def test_many_words_do_not_become_many_alternatives() -> None:
    """An engine tries each alternative against its whole vocabulary: a thousand of them would take seconds a token."""
    read = grammar(one_of([f"{n:05}" for n in range(5000)]))
    assert len(read._expand(("ref", "root"), ())) <= 5  # pyright: ignore[reportPrivateUsage]


def test_words_that_begin_each_other_do_not_nest_without_end() -> None:
    """Every word a beginning of the next is the worst case of a tree."""
    words = ["a" * n for n in range(1, 300)]
    read = grammar(one_of(words))
    assert read.matches("a" * 299)
    assert not read.matches("a" * 300)


def test_repetitions() -> None:
    """Each form of a repetition has its own spelling."""
    for least, most in ((0, None), (1, None), (3, None), (0, 1), (1, 1), (2, 2), (0, 4), (2, 4), (0, 0)):
        read = grammar(repeat("[a]", least, most))
        lengths = [n for n in range(7) if read.matches("a" * n)]
        assert lengths == [n for n in range(7) if n >= least and (most is None or n <= most)], (least, most)
    assert grammar(f"{optional(literal('a'))} {any_of([literal('b'), literal('b')])}").matches("b")


def test_rules_are_shared_by_body_and_never_by_name() -> None:
    """Two properties of one name in different objects must not overwrite each other's rule."""
    rules = Rules()
    first, again, second = rules.share("x", '"a"'), rules.share("y", '"a"'), rules.share("x", '"b"')
    assert first == again != second
    taken = rules.set("x--1", '"c"')
    assert rules.share("x--1", '"d"') != taken
    assert rules.share("!?", '"e"').startswith("x-")
    rules.set("root", " ".join([first, second]))
    assert rules.text().startswith("root ::=")
    assert Gbnf(rules.text()).matches("ab")
