"""JSON schemas as grammars: what each keyword comes to, what is reported as lost, and what is refused with a hint."""

from __future__ import annotations

from typing import Any

import pytest

from gemwright.foundation.errors import BadToolSchema
from gemwright.messages import ToolSpec
from gemwright.wire.grammar import strict_calls
from gemwright.wire.values import encode
from tests.wire.gbnf import Gbnf

Q = '<|"|>'


def losses(schema: Any) -> list[tuple[str, str]]:
    """Path and keyword of what a grammar of this parameter schema does not hold."""
    return [(loss.path, loss.keyword) for loss in strict_calls([ToolSpec("f", "", schema)]).losses]


def of(**properties: Any) -> dict[str, Any]:
    """An object schema whose properties are all required."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def accepts(schema: Any, value: Any, **options: Any) -> bool:
    """Whether a required property `x` with this schema takes the value."""
    made = strict_calls([ToolSpec("f", "", of(x=schema))], required=True, **options)
    return Gbnf(made.gbnf).matches(f"<|tool_call>call:f{encode({'x': value})}<tool_call|>")


CASES: list[tuple[Any, list[Any], list[Any]]] = [
    ({"type": "integer"}, [0, -1, 10**39], [1.5, "1", True, None]),
    ({"type": "integer", "minimum": 3, "maximum": 12}, list(range(3, 13)), [2, 13, -3, 33]),
    ({"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 3}, [1, 2], [0, 3]),
    ({"type": "integer", "minimum": 0, "maximum": 20, "multipleOf": 5}, [0, 5, 20], [1, 25]),
    ({"type": "integer", "minimum": 0}, [0, 7], [-1]),
    ({"type": "integer", "minimum": 0.5}, [1, 7], [0]),
    ({"type": "number"}, [0, -1.5, 1e-05, 1e30, 2], ["1", True]),
    ({"type": "number", "minimum": 0}, [0, 0.5], [-0.5]),
    ({"type": "string"}, ["", "a\nb", 'x"{}[],:', "日本"], [1, None]),
    ({"type": "string", "minLength": 1, "maxLength": 3}, ["a", "abc"], ["", "abcd"]),
    ({"type": "string", "maxLength": 0}, [""], ["a"]),
    ({"type": "boolean"}, [True, False], [0, "true", None]),
    ({"type": "null"}, [None], ["", 0]),
    ({"type": "STRING"}, ["a"], [1]),
    ({"type": ["string", "null"]}, ["a", None], [1]),
    ({"type": ["integer", "number"]}, [1, 1.5], ["1"]),
    ({"type": "integer", "nullable": True}, [1, None], ["1"]),
    (
        {"enum": ["a", "b", 1, None, True, [1, "x"], {"k": "v"}]},
        ["a", 1, None, True, [1, "x"], {"k": "v"}],
        ["c", 2, []],
    ),
    ({"type": "string", "enum": ["a", 1, None]}, ["a"], [1, None]),
    ({"type": "integer", "enum": [1, 2.0, "x"]}, [1], ["x"]),
    ({"type": "string", "enum": ["a"], "nullable": True}, ["a", None], ["b"]),
    ({"const": "only"}, ["only"], ["other"]),
    ({"const": 3, "enum": [2, 3]}, [3], [2]),
    ({"type": "array", "items": {"type": "integer"}}, [[], [1], [1, 2, 3]], [["a"], 1]),
    (
        {"type": "array", "items": {"type": "null"}, "minItems": 1, "maxItems": 2},
        [[None], [None, None]],
        [[], [None] * 3],
    ),
    ({"type": "array", "items": {"type": "null"}, "minItems": 2}, [[None] * 2, [None] * 9], [[None]]),
    ({"type": "array", "maxItems": 0}, [[]], [[1]]),
    ({"type": "array", "items": False}, [[]], [[1]]),
    ({"type": "array"}, [[], [1, "a", [None], {"k": 1}]], [{}]),
    ({"prefixItems": [{"type": "integer"}, {"type": "string"}]}, [[], [1], [1, "a"]], [["a"], [1, "a", 2]]),
    (
        {"prefixItems": [{"type": "integer"}], "items": {"type": "string"}, "minItems": 2},
        [[1, "a"], [1, "a", "b"]],
        [[1]],
    ),
    ({"prefixItems": [{"type": "integer"}] * 2, "minItems": 2, "maxItems": 2}, [[1, 2]], [[1], [1, 2, 3]]),
    ({"items": [{"type": "integer"}, {"type": "null"}], "additionalItems": False}, [[1, None]], [[1, None, 1]]),
    ({"type": "object"}, [{}, {"a": 1, "b": {"c": [True]}}], [[], "x"]),
    ({"type": "object", "additionalProperties": False}, [{}], [{"a": 1}]),
    ({"type": "object", "additionalProperties": {"type": "integer"}}, [{}, {"a": 1, "b c": 2}], [{"a": "1"}]),
    (of(a={"type": "null"}), [{"a": None}], [{}, {"a": 1}, {"a": None, "b": 1}]),
    (
        {"properties": {"a": {"type": "null"}}, "additionalProperties": True},
        [{}, {"a": None}, {"b": 1, "a": None}],
        [{"a": 1}],
    ),
    ({"required": ["a"]}, [{"a": 1}, {"a": "x"}], [{}, {"b": 1}]),
    ({"properties": {"a": False, "b": True}}, [{}, {"b": 1}], [{"a": 1}]),
    ({"patternProperties": {"^x": {"type": "integer"}}}, [{}, {"x": 1}], [{"x": "a"}]),
    ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, [1, None], ["a"]),
    ({"anyOf": [{"type": "integer"}, False]}, [1], [None]),
    (
        {"oneOf": [of(k={"const": "a"}), of(k={"const": "b"}, v={"type": "null"})]},
        [{"k": "a"}, {"k": "b", "v": None}],
        [{"k": "b"}],
    ),
    ({"type": "string", "anyOf": [{"enum": ["a"]}, {"type": "null"}, {"maxLength": 1}]}, ["a", "z"], [None, "zz"]),
    ({"allOf": [of(a={"type": "integer"}), of(b={"type": "null"})]}, [{"a": 1, "b": None}], [{"a": 1}, {"b": None}]),
    ({"allOf": [{"type": "integer"}, {"minimum": 1}, {"minimum": 2, "maximum": 3}]}, [2, 3], [1, 4]),
    ({"allOf": [{"type": ["integer", "null"]}, {"type": ["null", "number"]}]}, [None, 3], [1.5]),
    ({"allOf": [{"enum": [1, 2]}, {"enum": [2, 3]}]}, [2], [1, 3]),
    ({"allOf": [{"anyOf": [{"const": 1}, {"const": 2}]}, {"anyOf": [{"const": 2}, {"const": 3}]}]}, [2], [1, 3]),
    ({"allOf": [{"items": {"type": "integer"}}, {"type": "array", "items": {"minimum": 0}}]}, [[0, 5]], [[-1]]),
    (True, [1, None, {"a": []}], []),
    ({}, [1, "x", None, {"a": [{}]}, -0.5, True], []),
    ({"description": "whatever"}, [1, "x"], []),
]


@pytest.mark.parametrize(("schema", "valid", "invalid"), CASES)
def test_what_a_keyword_comes_to(schema: Any, valid: list[Any], invalid: list[Any]) -> None:
    """Each keyword that a grammar can hold, held exactly."""
    for value in valid:
        assert accepts(schema, value), value
    for value in invalid:
        assert not accepts(schema, value), value


def test_local_references_are_followed() -> None:
    """Pydantic puts every model into `$defs`, often with a description beside the reference."""
    schema = {
        **of(
            a={"$ref": "#/$defs/P", "description": "here"},
            b={"allOf": [{"$ref": "#/$defs/P"}], "default": None},
            c={"$ref": "#/$defs/E", "nullable": True},
            d={"$ref": "#/properties/e/items"},
            e={"type": "array", "items": {"const": 5}},
            f={"$ref": "#/$defs/a~1b~0c"},
            g={"$ref": "#/$defs/L/anyOf/1"},
        ),
        "$defs": {
            "P": of(x={"type": "integer"}),
            "E": {"enum": ["u", "v"]},
            "a/b~c": {"type": "null"},
            "L": {"anyOf": [{"const": 1}, {"const": 2}]},
        },
    }
    made = strict_calls([ToolSpec("f", "", schema)], required=True)
    arguments = {"a": {"x": 1}, "b": {"x": 2}, "c": None, "d": 5, "e": [5], "f": None, "g": 2}
    grammar = Gbnf(made.gbnf)
    assert grammar.matches(f"<|tool_call>call:f{encode(arguments)}<tool_call|>")
    assert not grammar.matches(f"<|tool_call>call:f{encode({**arguments, 'a': {}})}<tool_call|>")
    assert made.losses == ()


def test_a_definition_used_often_costs_one_rule() -> None:
    """References to references that double at each step would fill the memory if they were written out."""
    defs: dict[str, Any] = {"d0": {"type": "integer"}}
    for n in range(1, 20):
        ref = {"$ref": f"#/$defs/d{n - 1}"}
        defs[f"d{n}"] = of(a=ref, b=ref)
    made = strict_calls([ToolSpec("f", "", {**of(x={"$ref": "#/$defs/d19"}), "$defs": defs})])
    assert len(made.gbnf) < 30_000
    bomb = {name: {"allOf": [schema, {"title": "x", "minProperties": 0}]} for name, schema in defs.items()}
    for schema in bomb.values():
        properties = schema["allOf"][0].get("properties", {})
        schema["allOf"][0] = {
            **schema["allOf"][0],
            "properties": {k: {**v, "maxProperties": 9} for k, v in properties.items()},
        }
    with pytest.raises(BadToolSchema, match="places"):
        strict_calls([ToolSpec("f", "", {**of(x={"$ref": "#/$defs/d19"}), "$defs": bomb})])


@pytest.mark.parametrize(
    ("schema", "lost"),
    [
        (of(a={"type": "string", "pattern": "^x", "format": "date"}), [("a", "pattern"), ("a", "format")]),
        (of(a={"type": "integer", "minimum": 5}), [("a", "minimum")]),
        (of(a={"type": "integer", "minimum": 1}), []),
        (of(a={"type": "integer", "minimum": 0, "maximum": 10**6}), [("a", "maximum")]),
        (of(a={"type": "number", "minimum": 0, "maximum": 1}), [("a", "maximum")]),
        (of(a={"type": "number", "exclusiveMinimum": 0}), [("a", "exclusiveMinimum")]),
        (of(a={"type": "integer", "multipleOf": 7}), [("a", "multipleOf")]),
        (of(a={"type": "string", "minLength": 1}), []),
        (of(a={"type": "string", "minLength": 2, "maxLength": 1001}), [("a", "minLength"), ("a", "maxLength")]),
        (
            of(a={"type": "array", "uniqueItems": True, "items": {"pattern": "x"}}),
            [("a", "uniqueItems"), ("a[]", "pattern")],
        ),
        (of(a={"type": "array", "minItems": 2000, "maxItems": 3000}), [("a", "maxItems"), ("a", "minItems")]),
        (of(a={"prefixItems": [{"format": "uri"}]}), [("a[0]", "format")]),
        (of(a={"type": "object", "minProperties": 1}), [("a", "minProperties")]),
        (
            of(a={"additionalProperties": {"format": "x"}, "propertyNames": {}}),
            [("a", "propertyNames"), ("a.*", "format")],
        ),
        (of(a={"patternProperties": {"^x": True}}), [("a", "patternProperties")]),
        (of(a={"not": {"type": "null"}}), [("a", "not")]),
        (of(a={"if": {}, "then": {}, "type": "string"}), [("a", "if")]),
        (of(a={"type": "date"}), [("a", "type")]),
        (of(a={"enum": ["x"], "pattern": "y"}), [("a", "pattern")]),
        (of(a={"oneOf": [{"type": "integer"}, {"type": "number"}]}), [("a", "oneOf")]),
        (of(a={"oneOf": [{"type": "integer"}, {"type": "string"}]}), []),
        (of(a={"oneOf": [of(k={"const": 1}), of(k={"const": 2})]}), []),
        (of(a={"oneOf": [of(k={"const": 1}), of(j={"const": 2})]}), [("a", "oneOf")]),
        (of(a={"type": "string", "title": "t", "default": "d", "examples": [], "deprecated": True, "x-mine": 1}), []),
        (
            {**of(a={"$ref": "#/$defs/X"}, b={"$ref": "#/$defs/X"}), "$defs": {"X": {"format": "uri"}}},
            [("a", "format")],
        ),
    ],
)
def test_what_is_lost_is_reported(schema: Any, lost: list[tuple[str, str]]) -> None:
    """A demand that is silently dropped is found in production."""
    assert losses(schema) == lost
    assert all(loss.meaning and loss.tool == "f" for loss in strict_calls([ToolSpec("f", "", schema)]).losses)


CIRCLE = {"type": "object", "properties": {"next": {"$ref": "#"}}}
NESTED: dict[str, Any] = {"type": "integer"}
for _ in range(60):
    NESTED = {"type": "array", "items": NESTED}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ([1], "must be an object"),
        ({"type": "array"}, "type object"),
        ({"type": ["object", "null"]}, "type object"),
        (CIRCLE, "contains itself"),
        (
            {
                **of(a={"$ref": "#/$defs/A"}),
                "$defs": {"A": of(b={"$ref": "#/$defs/B"}), "B": {"items": {"$ref": "#/$defs/A"}}},
            },
            "contains itself",
        ),
        ({**of(a={"$ref": "#/$defs/A"}), "$defs": {"A": {"$ref": "#/$defs/A"}}}, "contains itself"),
        (of(a={"$ref": "https://example.org/s.json"}), "no pointer into the schema"),
        (of(a={"$ref": "other.json#/x"}), "no pointer into the schema"),
        (of(a={"$ref": "#/$defs/missing"}), "points to nothing"),
        (of(a={"$ref": 5}), "must be text"),
        (of(a=NESTED), "nests more than"),
        (of(a="string"), "must be an object or a boolean"),
        ({"properties": []}, "`properties`"),
        ({"properties": {1: {}}}, "no text"),
        ({"required": "a"}, "`required`"),
        (of(a={"enum": []}), "`enum`"),
        (of(a={"anyOf": []}), "`anyOf`"),
        (of(a={"anyOf": {}}), "`anyOf`"),
        (of(a={"type": 5}), "`type`"),
        (of(a={"type": "array", "minItems": -1}), "`minItems`"),
        (of(a={"type": "array", "maxItems": "9"}), "`maxItems`"),
        (of(a={"type": "integer", "minimum": True}), "`minimum`"),
        (of(a={"type": "integer", "minimum": float("inf")}), "`minimum`"),
        (of(a={"type": "integer", "minimum": 2, "maximum": 1}), "nothing satisfies"),
        (of(a={"type": "string", "minLength": 2, "maxLength": 1}), "nothing satisfies"),
        (of(a=False), "nothing satisfies"),
        (of(a={"allOf": [{"type": "string"}, {"type": "null"}]}), "nothing satisfies"),
        (of(a={"allOf": [{"const": 1}, {"const": 2}]}), "nothing satisfies"),
        (of(a={"prefixItems": [True] * 60}), "more than 48"),
        (of(a={"enum": ["a<turn|>"]}), "control token"),
        (of(a={"enum": [[{"k": 'x<|"|>'}]]}), "control token"),
        (of(a={"enum": ["\ud800"]}), "no tokenizer"),
        (of(a={"enum": [float("nan")]}), "JSON has not"),
        (of(**{"a<b": True}), "cannot be written"),
        (of(**{"": True}), "cannot be written"),
        (of(**{"x" * 129: True}), "cannot be written"),
        ({"type": "object", "required": ["a"], "additionalProperties": False}, "requires `a` and forbids it"),
    ],
)
def test_schemas_that_no_grammar_can_be_made_of(schema: Any, words: str) -> None:
    """Every bad schema gets one sentence and a hint, never a traceback from inside."""
    with pytest.raises(BadToolSchema, match=words) as caught:
        strict_calls([ToolSpec("f", "", schema)])
    assert caught.value.hint
    assert len(caught.value.message) < 300


def test_an_abyss_of_brackets_is_refused() -> None:
    """Schemas come from strangers' servers; one that only nests must not end in a RecursionError."""
    for word in ("allOf", "anyOf", "items", "properties"):
        schema: Any = {}
        for _ in range(5000):
            schema = {word: [schema] if word.endswith("Of") else {"x": schema} if word == "properties" else schema}
        with pytest.raises(BadToolSchema, match="nests more than"):
            strict_calls([ToolSpec("f", "", of(a=schema))])
        with pytest.raises(BadToolSchema, match="nests more than"):
            strict_calls([ToolSpec("f", "", {**of(a=True, b={"$ref": "#/properties/a"}), "$defs": {"unused": schema}})])
    value: Any = 1
    for _ in range(5000):
        value = [value]
    with pytest.raises(BadToolSchema, match="nests more than"):
        strict_calls([ToolSpec("f", "", of(a={"const": value}))])


def test_parameters_that_say_nothing_take_no_arguments() -> None:
    """Tools without parameters are declared in three ways, and none of them invites a model to make some up."""
    for schema in ({}, {"type": "object"}, {"type": "object", "properties": {}}, {"description": "none"}):
        grammar = Gbnf(strict_calls([ToolSpec("f", "", schema)], required=True).gbnf)
        assert grammar.matches("<|tool_call>call:f{}<tool_call|>")
        assert not grammar.matches("<|tool_call>call:f{a:1}<tool_call|>")
    free = Gbnf(strict_calls([ToolSpec("f", "", {"type": "object", "additionalProperties": True})], required=True).gbnf)
    assert free.matches("<|tool_call>call:f{a:1}<tool_call|>")


def test_parameters_may_be_alternatives() -> None:
    """`anyOf` at the top says which arguments belong together."""
    schema = {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
        "anyOf": [{"required": ["id"]}, {"required": ["name"]}],
    }
    made = strict_calls([ToolSpec("f", "", schema)], required=True)
    grammar = Gbnf(made.gbnf)
    for arguments, valid in (({"id": 1}, True), ({"name": "x"}, True), ({"id": 1, "name": "x"}, True), ({}, False)):
        assert grammar.matches(f"<|tool_call>call:f{encode(arguments)}<tool_call|>") == valid


def test_a_key_written_again_does_not_get_round_its_schema() -> None:
    """Where undeclared keys are free, a declared name must not come back as one of them with any value."""
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "additionalProperties": {"type": "string"}}
    grammar = Gbnf(strict_calls([ToolSpec("f", "", schema)], required=True).gbnf)
    for inside, valid in (
        (f"a:{Q}x{Q},n:1,z:{Q}{Q}", True),
        ("n:1", True),
        (f"n:{Q}x{Q}", False),
        (f"n:1,n:{Q}x{Q}", False),
    ):
        assert grammar.matches(f"<|tool_call>call:f{{{inside}}}<tool_call|>") == valid, inside


def test_values_without_a_schema_nest_six_levels() -> None:
    """Deeper free values are rare, and a model that only opens brackets has to be stopped somewhere."""
    value: Any = 1
    for _ in range(6):
        value = [value]
    assert accepts({}, value)
    assert not accepts({}, [value])
