"""JSON: what is refused, that one value has one text, and that a line of JSON Lines is one line for everybody."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemwright.foundation import jsonx
from gemwright.foundation.errors import BadJSON

# Surrogates included: a model's tokens can be cut in the middle of a character pair.
texts = st.text(st.characters(exclude_categories=[])) | st.sampled_from(
    ["\u2028", "\x85", "\r\n", "\ud800", "\x7f", "\0"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_every_value_survives_both_ways_of_writing(value: Any) -> None:
    """Writing and reading must not change a value, whatever characters are in it."""
    assert jsonx.parse(jsonx.canonical(value)) == value
    assert jsonx.parse(jsonx.compact(value).encode()) == value


@given(values)
def test_a_line_is_one_line_for_every_reader(value: Any) -> None:
    """Many readers split at U+2028, U+0085 or a carriage return; no such character may be written."""
    text = jsonx.compact(value)
    assert len(text.splitlines()) == 1
    assert text.encode("utf-8").decode("utf-8") == text
    assert json.loads(text) == value


@given(st.dictionaries(texts, values, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_change_text_or_hash(value: dict[str, Any], random: Any) -> None:
    """The hash is a cache key and a content address: equal objects must have one."""
    keys = list(value)
    random.shuffle(keys)
    shuffled = {key: value[key] for key in keys}
    assert jsonx.canonical(shuffled) == jsonx.canonical(value)
    assert jsonx.stable_hash(shuffled) == jsonx.stable_hash(value)


def test_canonical_text_is_fixed() -> None:
    """Hashes are stored: the text must never change between releases or machines."""
    value = {"b": [1, 1.0, None, True], "a": "é\u2028\ud800", "Z": {}}
    assert jsonx.canonical(value) == '{"Z":{},"a":"é\\u2028\\ud800","b":[1,1.0,null,true]}'
    assert jsonx.stable_hash({"a": 1}) == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b'{"a": "\xff"}', "not UTF-8: byte 7 is 0xff"),
        ('{"a": 1,\n "a": 2}', 'key "a" stands twice'),
        ('[{"deep": {"a": 1, "b": 2, "a": 1}}]', 'key "a" stands twice'),
        ("[NaN]", "NaN is not JSON"),
        ("-Infinity", "-Infinity is not JSON"),
        ("1e999", "beyond the range"),
        ("-1e999", "beyond the range"),
        ('{"a": 1,\n "b" 2}', "line 2, column 6"),
        ('{"a": 1} x', "Extra data"),
        ("", "not JSON"),
        ("[" * 100_000, "nested deeper than 256"),
        ('{"a":' * 300 + "1" + "}" * 300, "nested deeper than 256"),
        ("9" * 5000, "not JSON that can be read"),
        ("'single'", "not JSON"),
    ],
)
def test_what_is_refused(source: str | bytes, says: str) -> None:
    """Each of these is read differently by two programs, or ends a program that did not expect it."""
    with pytest.raises(BadJSON, match=says):
        jsonx.parse(source)


def test_limits_are_exact() -> None:
    """A limit that is off by one refuses what was allowed."""
    nested = "[" * 256 + "]" * 256
    assert jsonx.parse(nested)
    with pytest.raises(BadJSON, match="deeper"):
        jsonx.parse(f"[{nested}]")
    assert jsonx.parse('"abc"', max_bytes=5) == "abc"
    with pytest.raises(BadJSON, match="larger than 5"):
        jsonx.parse('"abcd"', max_bytes=5)


def test_brackets_in_strings_are_no_nesting() -> None:
    """A model may well be asked about a page of brackets."""
    text = json.dumps(["[{" * 10_000, '\\"' + "[" * 1000, {"k]": "]" * 5000}])
    assert jsonx.parse(text) == json.loads(text)
    with pytest.raises(BadJSON, match="not JSON"):
        jsonx.parse('"' + "[" * 1000)


def test_a_limit_beyond_the_stack_is_an_error_and_no_crash() -> None:
    """A caller's own limit must not be able to end the process."""
    depth = sys.getrecursionlimit() * 100
    with pytest.raises(BadJSON):
        jsonx.parse("[" * depth + "]" * depth, max_depth=depth)


def test_a_byte_order_mark_is_passed_over() -> None:
    """Windows editors write one."""
    assert jsonx.parse(b"\xef\xbb\xbf[1]") == [1]
    assert jsonx.parse("\ufeff[1]") == [1]


def test_what_cannot_be_written() -> None:
    """The error must come from us and before anything was written."""
    circle: list[Any] = []
    circle.append(circle)
    stream = io.BytesIO()
    for value in (float("nan"), float("inf"), b"bytes", {1, 2}, circle):
        with pytest.raises(BadJSON, match="cannot be written"):
            jsonx.write_line(stream, value)
    assert stream.getvalue() == b""


@given(st.lists(values, max_size=5))
def test_lines_come_back_in_order(items: list[Any]) -> None:
    """What one end of a pipe writes, the other reads: same values, same order, numbered from 1."""
    stream = io.BytesIO()
    for item in items:
        jsonx.write_line(stream, item)
    stream.seek(0)
    lines = list(jsonx.read_lines(stream))
    assert [line.require() for line in lines] == items
    assert [line.number for line in lines] == list(range(1, len(items) + 1))


def test_only_the_line_feed_separates() -> None:
    """Other characters that end lines elsewhere are content here, raw as well as escaped; CRLF files are read too."""
    raw = '{"a":"x\u2028y\u0085z"}' + "\r\n" + '["b"]\n\n   \n3'
    lines = list(jsonx.read_lines(io.BytesIO(raw.encode())))
    assert [(line.number, line.value) for line in lines] == [(1, {"a": "x\u2028y\u0085z"}), (2, ["b"]), (5, 3)]
    [bad] = jsonx.read_lines(io.BytesIO(b'{"a":"x\ry"}\n'))
    assert bad.problem is not None  # a raw control character inside a string is not JSON, and not a separator either


def test_a_bad_line_is_told_in_its_place() -> None:
    """One bad record must not hide the answers to the others."""
    lines = list(jsonx.read_lines(io.BytesIO(b'1\n{"a"\n\xff\n[2]\n')))
    assert [line.number for line in lines] == [1, 2, 3, 4]
    assert [line.value for line in lines] == [1, None, None, [2]]
    with pytest.raises(BadJSON, match="line 2: not JSON"):
        lines[1].require()
    with pytest.raises(BadJSON, match="line 3: not UTF-8"):
        lines[2].require()


def test_a_line_over_the_limit_is_skipped_whole() -> None:
    """Its rest must neither be kept in memory nor read as another line."""
    source = b'"ok"\n' + b'"' + b"x" * 3_000_000 + b'"\n' + b'"' + b"y" * 8 + b'"\n' + b"z" * 100
    first, long, exact, unended = jsonx.read_lines(io.BytesIO(source), max_bytes=10)
    assert first.value == "ok"
    assert long.problem is not None and "line 2: longer than 10 bytes" in str(long.problem)
    assert exact.value == "yyyyyyyy"
    assert unended.problem is not None and unended.number == 4
