"""The argument mini-language, written."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given

from gemwright.foundation.errors import BadMessages
from gemwright.wire.segments import MARKUP, TEXT, Segment, text_of
from gemwright.wire.values import encode, write_value
from tests.oracle.conversations import values


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-7, "-7"),
        (2**70, "1180591620717411303424"),
        (1.0, "1.0"),
        (-0.0, "-0.0"),
        (1e16, "1e+16"),
        (1e-05, "1e-05"),
        (0.0001, "0.0001"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        ("", '<|"|><|"|>'),
        (" a\n", '<|"|> a\n<|"|>'),
        ('say "hi" {x:1}', '<|"|>say "hi" {x:1}<|"|>'),
        ([], "[]"),
        ([1, ["a"], {}], '[1,[<|"|>a<|"|>],{}]'),
        ((1, 2), "[1,2]"),
        ({}, "{}"),
        ({"b": 1, "a": {"c": None}, "": [True]}, "{:[true],a:{c:null},b:1}"),
        ({"b": "", "a": ""}, '{a:<|"|><|"|>,b:<|"|><|"|>}'),
    ],
)
def test_encode(value: Any, text: str) -> None:
    """Each kind of value as the template prints it."""
    assert encode(value) == text


def test_keys_are_sorted_by_lower_case_and_ties_keep_their_order() -> None:
    """As the template's engine sorts: `_` before letters, `10` before `9`, `B` between `a` and `c`."""
    value = dict.fromkeys(["c", "B", "a", "_", "9", "10", "x", "X"], 0)
    assert encode(value) == "{10:0,9:0,_:0,a:0,B:0,c:0,x:0,X:0}"
    assert encode(dict.fromkeys(["X", "x"], 0)) == "{X:0,x:0}"


def test_quoted_keys() -> None:
    """Declarations quote keys at every depth."""
    assert encode({"a": [{"b": "c"}]}, quote_keys=True) == '{<|"|>a<|"|>:[{<|"|>b<|"|>:<|"|>c<|"|>}]}'


def test_key_that_is_no_text() -> None:
    """JSON has no such keys, Python has."""
    with pytest.raises(BadMessages, match="key"):
        encode({1: 2})


@given(values)
def test_segments(value: Any) -> None:
    """Keys and scalars are text, punctuation and quotes are markup, so two texts never touch."""
    out: list[Segment] = []
    rest = write_value(value, "!", out, True)
    assert text_of(out) + rest == "!" + encode(value)
    assert all(text and trainable for text, _, trainable in out)
    assert not any(one[1] == other[1] == TEXT for one, other in pairwise(out))
    marks = "".join(text for text, origin, _ in out if origin == MARKUP) + rest
    assert not marks.removeprefix("!").replace('<|"|>', "").strip("{}[],:")


@given(values)
def test_order_of_keys_alone_changes_nothing(value: Any) -> None:
    """Unless two keys differ by case alone, a conversation's prompt does not depend on how its JSON was ordered."""

    def ties(item: Any) -> bool:
        if isinstance(item, dict):
            return len({key.lower() for key in item}) < len(item) or any(map(ties, item.values()))
        return isinstance(item, list) and any(map(ties, item))

    if not ties(value):
        assert encode(json.loads(json.dumps(value, sort_keys=True))) == encode(value)
