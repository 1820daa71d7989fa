"""Values against schemas. Each case says a value that fits, and one that does not, with the place of the fault."""

from __future__ import annotations

from typing import Any

import pytest

from gemwright.client.schema_check import check_schema, misfits
from gemwright.foundation.errors import BadToolSchema

TREE: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "under": {"type": "array", "items": {"$ref": "#"}}},
    "required": ["name"],
}

CASES: list[tuple[dict[str, Any] | bool, list[Any], list[tuple[Any, str]]]] = [
    (True, [1, None, {}], []),
    (False, [], [(1, "")]),
    ({"type": "integer"}, [1, 1.0, 10**30], [(1.5, ""), (True, ""), ("1", ""), (None, "")]),
    ({"type": "number"}, [1, 1.5], [(False, ""), ("1", "")]),
    ({"type": ["string", "null"]}, ["", None], [(0, "")]),
    ({"type": "string", "nullable": True}, ["a", None], [(0, "")]),
    ({"enum": [1, "a", None, [1, {"b": 2}]]}, [1.0, "a", None, [1, {"b": 2.0}]], [(True, ""), ("b", ""), ([1], "")]),
    ({"const": {"a": False}}, [{"a": False}], [({"a": 0}, ""), ({}, "")]),
    ({"minLength": 2, "maxLength": 3}, ["ab", "äöü", 1], [("a", ""), ("abcd", "")]),
    ({"pattern": "^a+$"}, ["aa", 3], [("b", "")]),
    ({"minimum": 1, "maximum": 2}, [1, 2, "9"], [(0.9, ""), (2.1, "")]),
    ({"exclusiveMinimum": 1, "exclusiveMaximum": 2}, [1.5], [(1, ""), (2, "")]),
    ({"multipleOf": 0.1}, [0.3, 1, -0.2], [(0.25, "")]),
    ({"required": ["a"]}, [{"a": None}, 3], [({}, ""), ({"b": 1}, "")]),
    ({"properties": {"a": {"type": "integer"}}}, [{}, {"a": 1, "b": 2}], [({"a": "x"}, "a")]),
    (
        {"properties": {"a": {}}, "patternProperties": {"^x": {"type": "integer"}}, "additionalProperties": False},
        [{"a": 1, "x1": 2}],
        [({"b": 1}, ""), ({"x1": "s"}, "x1")],
    ),
    ({"additionalProperties": {"type": "boolean"}}, [{"a": True}], [({"a": 1}, "a")]),
    ({"propertyNames": {"maxLength": 1}}, [{"a": 1}], [({"ab": 1}, "")]),
    ({"minProperties": 1, "maxProperties": 1}, [{"a": 1}], [({}, ""), ({"a": 1, "b": 2}, "")]),
    ({"dependentRequired": {"a": ["b"]}}, [{"b": 1}, {"a": 1, "b": 1}], [({"a": 1}, "")]),
    ({"dependentSchemas": {"a": {"required": ["b"]}}}, [{}, {"a": 1, "b": 1}], [({"a": 1}, "")]),
    ({"items": {"type": "integer"}}, [[], [1]], [([1, "a"], "[1]")]),
    ({"prefixItems": [{"type": "string"}], "items": False}, [["a"], []], [([1], "[0]"), (["a", 1], "[1]")]),
    ({"minItems": 1, "maxItems": 2}, [[1]], [([], ""), ([1, 2, 3], "")]),
    ({"uniqueItems": True}, [[1, True, "1"]], [([1, 1.0], ""), ([{"a": 1}, {"a": 1}], "")]),
    ({"contains": {"const": 1}, "maxContains": 1}, [[1, 2]], [([2], ""), ([1, 1], "")]),
    ({"allOf": [{"minimum": 1}, {"maximum": 2}]}, [1], [(3, ""), (0, "")]),
    ({"anyOf": [{"type": "string"}, {"minimum": 5}]}, ["a", 6], [(4, "")]),
    ({"oneOf": [{"minimum": 1}, {"maximum": 3}]}, [0, 4], [(2, "")]),
    ({"not": {"type": "string"}}, [1], [("a", "")]),
    (
        {"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}},
        [{"a": 1, "b": 1}, {"c": 1}],
        [({"a": 1}, ""), ({}, "")],
    ),
    ({"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "null"}}}, [None], [(1, "")]),
    (TREE, [{"name": "a", "under": [{"name": "b"}]}], [({"name": "a", "under": [{"name": 1}]}, "under[0].name")]),
    (
        {
            "type": "object",
            "properties": {"v": {"anyOf": [{"type": "object", "properties": {"n": {"type": "integer"}}}]}},
        },
        [{"v": {"n": 1}}],
        [({"v": {"n": "x"}}, "v.n")],
    ),
    ({"format": "date"}, ["never"], []),
]


@pytest.mark.parametrize(("schema", "good", "bad"), CASES, ids=lambda one: str(one)[:40])
def test_values_fit_or_do_not(schema: Any, good: list[Any], bad: list[tuple[Any, str]]) -> None:
    """The path leads to the fault, and the words say something."""
    check_schema(schema)
    for value in good:
        assert misfits(value, schema) == []
    for value, path in bad:
        found = misfits(value, schema)
        assert found and found[0].path == path and found[0].problem and str(found[0])


@pytest.mark.parametrize(
    "schema",
    [
        3,
        None,
        {"type": "text"},
        {"type": ["string", "text"]},
        {"properties": {"a": {"items": {"$dynamicRef": "#a"}}}},
        {"anyOf": [{"unevaluatedItems": False}]},
        {"$ref": "https://example.org/schema"},
        {"$ref": "#/$defs/none"},
        {"pattern": "("},
        {"patternProperties": {"[": {}}},
        {"properties": {"a": 3}},
    ],
)
def test_what_cannot_be_checked_is_refused(schema: Any) -> None:
    """A keyword that is passed over in silence would let everything through."""
    with pytest.raises(BadToolSchema):
        check_schema(schema)


def test_circles_end() -> None:
    """A schema that is only a reference to itself says nothing that a value could fit."""
    circle = {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}
    check_schema(circle)
    assert "refers to itself" in misfits(1, circle)[0].problem


def test_depth_of_values_is_no_problem() -> None:
    """A tree of fifty levels is data, not an attack."""
    value: dict[str, Any] = {"name": "leaf"}
    for _ in range(50):
        value = {"name": "a", "under": [value]}
    assert misfits(value, TREE) == []


def test_what_is_deeper_than_the_stack_is_no_crash() -> None:
    """Nobody knows whether it fits, so it does not."""
    value: dict[str, Any] = {"name": "leaf"}
    for _ in range(5000):
        value = {"name": "a", "under": [value]}
    assert "too deeply" in misfits(value, TREE)[0].problem
