"""Differences between prompts: found if and only if there are any, in pieces that a person can read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gemwright.wire import compare
from gemwright.wire.compare import differences, differences_view, units
from gemwright.wire.tokens import CONTROL_TOKENS

prompts = st.lists(
    st.sampled_from([*CONTROL_TOKENS, "a", "b", "\n", "},", "{", '<|"|>,', "call:", " "]), max_size=20
).map("".join)


@given(prompts)
def test_units_are_the_prompt(text: str) -> None:
    """Cutting for the eye loses nothing."""
    assert "".join(units(text)) == text
    assert all(units(text))


def test_units_are_what_a_person_compares() -> None:
    """A declaration stands in one line of a prompt; its fields are compared, not the line."""
    text = '<|turn>system\nHi<|tool>declaration:f{description:<|"|>F<|"|>,parameters:{a:{},b:[1],}}<tool|><turn|>\n'
    assert units(text) == [
        "<|turn>system\n",
        "Hi",
        '<|tool>declaration:f{description:<|"|>F<|"|>,',
        "parameters:{a:{},",
        "b:[1],",
        "}}<tool|>",
        "<turn|>\n",
    ]


@given(prompts, prompts)
def test_hunks_hold_what_differs_and_nothing_else(left: str, right: str) -> None:
    """No hunk for equal prompts, at least one otherwise, and each side of a hunk is a part of its prompt."""
    hunks = differences(left, right)
    assert bool(hunks) is (left != right)
    for hunk in hunks:
        ours = "".join(text for sign, text in hunk.pieces if sign != "+")
        theirs = "".join(text for sign, text in hunk.pieces if sign != "-")
        assert ours != theirs
        assert ours in left
        assert theirs in right
        assert left.split("\n")[hunk.left_line - 1 :]
        assert "".join(left.splitlines(keepends=True)[hunk.left_line - 1 :]).count(ours) >= 1


@given(prompts, prompts, prompts)
def test_what_is_equal_around_is_left_out(before: str, left: str, right: str) -> None:
    """A difference in a prompt of a hundred turns is shown with two pieces around it, not with the hundred turns."""
    many = "x\n" * 50
    hunks = differences(many + left + many, many + right + many)
    shown = sum(len(hunk.pieces) for hunk in hunks)
    assert shown <= len(units(left)) + len(units(right)) + 4 * max(1, len(hunks)) + 4


def test_lines_are_named() -> None:
    """The numbers are those of the prompts, so an editor finds the place."""
    left, right = "a\nb\nc\nd\ne\nf\n", "a\nb\nc\nd\nE\nf\n"
    (hunk,) = differences(left, right)
    assert (hunk.left_line, hunk.right_line) == (3, 3)
    assert hunk.pieces == ((" ", "c\n"), (" ", "d\n"), ("-", "e\n"), ("+", "E\n"), (" ", "f\n"))
    assert differences("", "a")[0].pieces == (("+", "a"),)


def test_two_prompts_without_a_common_line_end_soon() -> None:
    """Aligning takes quadratic time, so what is too large to align is shown as replaced, whole."""
    size = 3 * compare.MAX_ALIGNED
    left, right = "".join(f"a{n}\n" for n in range(size)), "".join(f"b{n}\n" for n in range(size))
    (hunk,) = differences(left, right)
    assert [sign for sign, _ in hunk.pieces] == ["-"] * size + ["+"] * size


def test_the_view_marks_tokens_and_shows_line_breaks() -> None:
    """A token and its spelling in words would look alike otherwise; what would drive a terminal is shown."""
    hunks = differences("<|turn>user\nHi\x1b[2J<turn|>\n", "<|turn>user\nHi<turn|>")
    view = "".join(text for text, _ in differences_view(hunks, "left", "right"))
    assert view == (
        "--- left\n+++ right\n@@ line 1 | line 1 @@\n  ⟦<|turn>⟧user↵\n- Hi<U+001B>[2J⟦<turn|>⟧↵\n+ Hi⟦<turn|>⟧\n"
    )
