"""The report of what a declaration does not show."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from gemwright.foundation.errors import BadToolSchema
from gemwright.messages import ToolSpec
from gemwright.wire.losses import schema_losses
from gemwright.wire.render import render_text
from tests.oracle.conversations import PLAIN


def losses(parameters: dict[str, Any]) -> list[tuple[str, str]]:
    """Return paths and keywords of what is lost."""
    found = schema_losses(ToolSpec("f", "", parameters))
    assert all(loss.tool == "f" and loss.meaning for loss in found)
    return [(loss.path, loss.keyword) for loss in found]


def of_property(property_schema: Any) -> list[tuple[str, str]]:
    """Return what is lost of a parameter `p`."""
    return losses({"type": "object", "properties": {"p": property_schema}})


@pytest.mark.parametrize(
    ("property_schema", "lost"),
    [
        ({"type": "string", "description": "d", "enum": ["a"], "nullable": True, "title": "P"}, []),
        ({"type": "array", "items": {"type": "string", "minLength": 3, "enum": ["a"]}}, []),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, ["anyOf"]),
        ({"oneOf": []}, ["oneOf"]),
        ({"allOf": [{"$ref": "#"}]}, ["allOf"]),
        ({"$ref": "#/$defs/x"}, ["$ref"]),
        ({"const": 1}, ["const"]),
        ({"type": "string", "format": "date", "pattern": "x", "default": "y"}, ["format", "pattern", "default"]),
        ({"type": "integer", "minimum": 1, "maximum": 2}, ["minimum", "maximum"]),
        ({"type": "integer", "enum": [1, 2]}, ["enum"]),
        ({"type": ["string", "null"], "enum": ["a"]}, ["type", "enum"]),
        ({"description": "anything"}, ["type"]),
        ({"type": "array", "items": True}, ["items"]),
        ({"type": "string", "properties": {}}, ["properties"]),
        ({"type": "object", "properties": {}, "additionalProperties": False}, ["additionalProperties"]),
        ({"type": "object", "additionalProperties": {"type": "string"}}, ["additionalProperties"]),
        (True, ["schema"]),
        ({"type": "string", "x-own": 1}, ["x-own"]),
    ],
)
def test_property(property_schema: Any, lost: list[str]) -> None:
    """Each keyword that the template reads over, and none that it prints."""
    assert of_property(property_schema) == [("p", keyword) for keyword in lost]


def test_paths() -> None:
    """The reader has to find the place in a schema of many levels."""
    inner = {"type": "object", "properties": {"n": {"type": "number", "multipleOf": 5}}}
    schema = {"type": "object", "properties": {"rows": {"type": "array", "items": inner}, "one": inner}}
    assert losses(schema) == [("rows[].n", "multipleOf"), ("one.n", "multipleOf")]


def test_parameters_as_a_whole() -> None:
    """Of the outermost schema even the description goes."""
    schema = {"type": "object", "properties": {}, "description": "d", "$defs": {"a": {"$ref": "#/$defs/a"}}}
    assert losses(schema) == [("", "description"), ("", "$defs")]


def test_circle_of_references() -> None:
    """References are not followed here, so one that comes back to itself is just one loss."""
    schema = {"type": "object", "properties": {"next": {"$ref": "#"}}}
    assert losses(schema) == [("next", "$ref")]


def test_circle_of_objects() -> None:
    """A schema that contains itself is an error with a hint, not a dead process."""
    schema: dict[str, Any] = {"type": "object", "properties": {}}
    schema["properties"]["again"] = schema
    with pytest.raises(BadToolSchema, match="nested too deeply") as problem:
        losses(schema)
    assert problem.value.hint


@given(PLAIN.schemas)
def test_reported_keywords_do_not_show(schema: dict[str, Any]) -> None:
    """Honest in one direction that can be checked: take a reported keyword away, and the prompt stays the same."""
    parameters = {"type": "object", "properties": {"p": schema}}
    tool = ToolSpec("f", "", parameters)
    for loss in schema_losses(tool):
        if loss.path == "p" and loss.keyword not in ("type", "schema") and "as if" not in loss.meaning:
            without = {key: value for key, value in schema.items() if key != loss.keyword}
            less = ToolSpec("f", "", {"type": "object", "properties": {"p": without}})
            assert render_text([], [tool.to_json()]) == render_text([], [less.to_json()])
