"""Declarations: the text of a tool, and where Gemma 4's template would raise on one."""

from __future__ import annotations

from typing import Any

import pytest

from gemwright.wire import schema
from gemwright.wire.reading import TemplateRefusal
from gemwright.wire.schema import DeclarationWriter, declarations
from gemwright.wire.segments import text_of


def declared(function: Any) -> str:
    """Return the text of one declaration without the marks around it."""
    text = text_of(declarations([{"type": "function", "function": function}], DeclarationWriter))
    return text.removeprefix("<|tool>declaration:").removesuffix("<tool|>")


def declared_property(property_schema: Any) -> str:
    """Return the text of a parameter `p` with a schema."""
    parameters = {"type": "object", "properties": {"p": property_schema}}
    text = declared({"name": "f", "description": "d", "parameters": parameters})
    before, after = 'f{description:<|"|>d<|"|>,parameters:{properties:{p:{', '}},type:<|"|>OBJECT<|"|>}}'
    assert text.startswith(before) and text.endswith(after)
    return text.removeprefix(before).removesuffix(after).replace('<|"|>', "'")


@pytest.mark.parametrize(
    ("property_schema", "text"),
    [
        ({"type": "string"}, "type:'STRING'"),
        ({"type": "string", "enum": ["a", 1], "description": "D"}, "description:'D',enum:['a',1],type:'STRING'"),
        ({"type": "integer", "enum": [1], "nullable": True}, "nullable:true,type:'INTEGER'"),
        ({"type": ["string", "null"], "enum": ["a"]}, "type:'['STRING', 'NULL']'"),
        ({"anyOf": [{"type": "string"}]}, "type:''"),
        (True, "type:''"),
        ({"type": "array", "items": {"type": "string"}}, "items:{type:'STRING'},type:'ARRAY'"),
        ({"type": "array", "items": {"type": 0, "x": {"y": None}}}, "items:{type:[],x:{'y':null}},type:'ARRAY'"),
        ({"type": "object", "properties": {}}, "properties:{},type:'OBJECT'"),
        (
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "number"}}},
            "properties:{a:{type:'NUMBER'}},required:['a'],type:'OBJECT'",
        ),
        (
            {"type": "object", "additionalProperties": False},
            "properties:{additionalProperties:{type:''}},type:'OBJECT'",
        ),
    ],
)
def test_properties(property_schema: Any, text: str) -> None:
    """Which keywords show, in which order, and what odd schemas come to."""
    assert declared_property(property_schema) == text


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (None, "type"),
        (7, "type"),
        ({"parameters": {"properties": [1]}}, "AttributeError"),
        ({"parameters": {"required": True}}, "type"),
        ({"parameters": {"properties": {"p": {"type": "array", "items": {"type": True}}}}}, "type"),
        ({"parameters": {"properties": {"p": {"type": "array", "items": {"required": 1.5}}}}}, "type"),
        ({"parameters": {"properties": {1: {}}}}, "type"),
    ],
)
def test_refused(function: Any, kind: str) -> None:
    """The template's own errors, with the kind that its engine gives."""
    with pytest.raises(TemplateRefusal) as refusal:
        declared(function)
    assert refusal.value.kind == kind


def test_text_as_function() -> None:
    """A text has no entries, so it declares nothing; the template does the same."""
    assert declared("hello") == '{description:<|"|><|"|>}'


def test_equal_tools_come_from_the_cache() -> None:
    """A server reads its tools anew from each request; what counts is that they are equal, not the same object."""
    schema._cached.cache_clear()
    for _ in range(3):
        declarations([{"function": {"name": "f" * 3, "description": "d" * 3}}], DeclarationWriter)
    info = schema._cached.cache_info()
    assert (info.misses, info.currsize) == (1, 1) and info.hits == 2


def test_cache_is_bounded() -> None:
    """A server with a thousand clients must not remember all their tools, nor a single one of many megabytes."""
    schema._cached.cache_clear()
    for number in range(200):
        declarations([{"function": {"name": str(number)}}], DeclarationWriter)
    assert schema._cached.cache_info().currsize == 64
    schema._cached.cache_clear()
    declarations([{"function": {"name": "f", "description": "d" * 1_000_000}}], DeclarationWriter)
    assert schema._cached.cache_info().currsize == 0


def test_values_that_are_no_json() -> None:
    """Python objects cannot be a key of the cache, and are printed as the template prints them."""

    class Odd:
        def __str__(self) -> str:
            return "odd"

    assert declared({"name": "f", "description": Odd()}) == 'f{description:<|"|>odd<|"|>}'
