"""Text that a terminal only shows: nothing acts, nothing hides, nothing else changes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemwright.foundation.terminal import columns, harmless, visible

anything = st.text(st.characters(codec=None) | st.sampled_from("\x1b\x9b\r\u202e\u200b\ud800\n\t"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07", "<U+001B>]0;title<U+0007>"),
        ("\x9b2J", "<U+009B>2J"),
        ("safe\rrm -rf", "safe<U+000D>rm -rf"),
        ("a\u202etxt.exe", "a<U+202E>txt.exe"),
        ("x\u2028y", "x<U+2028>y"),
        ("\ud83d", "<U+D83D>"),
        ("tab\there\nnext", "tab\there\nnext"),
        ("Ålesund 雾 👩‍🚒", "Ålesund 雾 👩‍🚒"),
    ],
)
def test_harmless(text: str, shown: str) -> None:
    """Each of these has been used against people who looked at a file or a log in a terminal."""
    assert harmless(text) == shown


@given(anything)
def test_nothing_that_acts_is_left(text: str) -> None:
    """Whatever comes in, what comes out holds no control character, no direction mark, and can be encoded."""
    for shown in (harmless(text), visible(text)):
        assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]
        assert not [
            c for c in shown if unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI")
        ]
        shown.encode("utf-8")


@given(anything, anything)
def test_pieces_can_be_cleaned_one_by_one(a: str, b: str) -> None:
    """A stream is printed as it comes."""
    assert harmless(a) + harmless(b) == harmless(a + b)
    assert harmless(harmless(a)) == harmless(a)


def test_visible_shows_what_hides() -> None:
    """Instructions have been smuggled in tag characters, and words split by joiners that nobody sees."""
    assert visible("pass\u200bword\u00ad\U000e0041") == "pass<U+200B>word<U+00AD><U+E0041>"
    assert visible("❤\ufe0f") == "❤\ufe0f"


@pytest.mark.parametrize(("text", "width"), [("", 0), ("abc", 3), ("雾", 2), ("e\u0301", 1), ("한a", 3)])
def test_columns(text: str, width: int) -> None:
    """A table stays aligned with letters of any script."""
    assert columns(text) == width
