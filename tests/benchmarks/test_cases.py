"""The comparison decides every score: too lenient or too strict, and the tables lie."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.cases import GROUPS, group, load_cases, right, same_json, same_text


def test_golden_cases_are_whole_and_named_once() -> None:
    """Each case has what the harness reads, and failures are told by name."""
    cases = load_cases()
    assert len({case["name"] for case in cases}) == len(cases) > 200
    assert {group(case) for case in cases} == set(GROUPS)
    for case in cases:
        assert {"reasoning", "content", "tool_calls"} == case["expected"].keys()
        assert right(case["expected"], case["expected"])


@pytest.mark.parametrize(
    ("origin", "wellformed", "expected"),
    [
        ("own", True, "well-formed"),
        ("vLLM #53642", False, "reported-malformed"),
        ("own; many strings", False, "own-malformed"),
    ],
)
def test_groups_tell_public_reports_from_our_own_inventions(origin: str, wellformed: bool, expected: str) -> None:
    """A peer must not be judged by cases we made up without the table saying so."""
    assert group({"origin": origin, "wellformed": wellformed}) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (1, True),
        (0, False),
        (2**63 + 1, 2**63),
        ("1", 1),
        (None, "null"),
        ([1], [1, 1]),
        ({"a": 1}, {"b": 1}),
    ],
)
def test_arguments_of_another_type_or_value_are_wrong(one: Any, other: Any) -> None:
    """Python holds 1 == 1.0 == True; a tool's schema does not."""
    assert same_json(one, one)
    assert not same_json({"x": [one]}, {"x": [other]})


def test_order_of_keys_does_not_matter() -> None:
    """JSON objects are unordered."""
    assert same_json({"a": 1, "b": 2}, {"b": 2, "a": 1})


def test_texts_may_differ_in_white_space_that_nobody_sees() -> None:
    """Peers strip differently; words must still be the same."""
    assert same_text(" a  \n\n\n\nb\n", "a\n\nb")
    assert not same_text("a b", "ab")
    assert not same_text("a\nb", "a\n\nb")


def test_an_error_is_never_right() -> None:
    """A crash on an empty output is still a crash."""
    assert not right({"reasoning": "", "content": "", "tool_calls": []}, {"error": "boom"})
