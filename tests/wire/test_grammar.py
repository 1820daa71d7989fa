"""Strict calls: the grammar takes every valid call, and whatever it takes is one."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemwright.foundation.errors import BadOption, BadToolSchema
from gemwright.messages import ToolSpec
from gemwright.wire.grammar import strict_calls
from gemwright.wire.parse import parse
from gemwright.wire.values import encode
from tests.wire.gbnf import Gbnf
from tests.wire.strict_reading import fits, read_calls

Q = '<|"|>'
NAMES = st.sampled_from(
    ["a", "b", "Z", "ab", "abc", "First name", "@id", "client.ip", "größe", "_x", "10", "é", "text"]
)
TEXTS = st.text(
    st.sampled_from("ab \n\"'{}[],:|>é\\") | st.characters(min_codepoint=1, exclude_categories=("Cs",)), max_size=8
)
SCALARS: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-(10**39), 10**39)
    | st.floats(-1e299, 1e299).filter(lambda x: x == 0 or abs(x) > 1e-290)
    | TEXTS.filter(lambda text: "<" not in text)
)
ANY = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)
DEFINITIONS: dict[str, Any] = {
    "Point": {"type": "object", "properties": {"x": {"type": "integer"}, "y": {"type": "number"}}, "required": ["x"]},
    "Name": {"type": "string", "minLength": 1, "maxLength": 20},
}


def leaf_schemas() -> st.SearchStrategy[dict[str, Any]]:
    """Schemas without others in them."""
    bounds = st.tuples(st.integers(-50, 50), st.integers(0, 900))
    return st.one_of(
        st.sampled_from(["integer", "number", "boolean", "null", "string", "object", "array"]).map(
            lambda t: {"type": t}
        ),
        st.just({}),
        st.just({"type": ["string", "null"]}),
        st.lists(SCALARS, min_size=1, max_size=6).map(lambda values: {"enum": values}),
        bounds.map(lambda b: {"type": "integer", "minimum": b[0], "maximum": b[0] + b[1]}),
        st.sampled_from([0, 1]).map(lambda low: {"type": "integer", "minimum": low}),
        st.integers(0, 30).map(lambda n: {"type": "string", "maxLength": n}),
        st.just({"type": "string", "minLength": 1, "nullable": True}),
        st.sampled_from(sorted(DEFINITIONS)).map(lambda name: {"$ref": f"#/$defs/{name}"}),
    )


def object_schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Object schemas: some properties required, others taken or not."""

    @st.composite
    def build(draw: st.DrawFn) -> dict[str, Any]:
        properties = draw(st.dictionaries(NAMES, inner, min_size=1, max_size=4))
        schema = {"type": "object", "properties": properties}
        schema["required"] = draw(st.lists(st.sampled_from(sorted(properties)), unique=True))
        if draw(st.booleans()):
            schema["additionalProperties"] = draw(inner | st.booleans())
        return schema

    return build()


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Schemas with others in them."""
    sizes = st.tuples(st.integers(0, 3), st.integers(0, 3))
    return st.one_of(
        object_schemas(inner),
        st.tuples(inner, sizes).map(
            lambda t: {"type": "array", "items": t[0], "minItems": t[1][0], "maxItems": sum(t[1])}
        ),
        inner.map(lambda schema: {"type": "array", "items": schema}),
        inner.map(lambda schema: {"type": "object", "additionalProperties": schema}),
        st.lists(inner, min_size=1, max_size=3).map(lambda branches: {"anyOf": branches}),
    )


SCHEMAS = object_schemas(st.recursive(leaf_schemas(), containers, max_leaves=6)).map(
    lambda schema: {**schema, "$defs": DEFINITIONS}
)


def values(schema: Any) -> st.SearchStrategy[Any]:
    """Values that fit a schema."""
    if schema is True or schema == {}:
        return ANY
    if "$ref" in schema:
        return values(DEFINITIONS[schema["$ref"].removeprefix("#/$defs/")])
    if "anyOf" in schema:
        return st.one_of([values(branch) for branch in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    options = [typed_values(kind, schema) for kind in kinds]
    return st.one_of([*options, st.none()] if schema.get("nullable") else options)


def typed_values(kind: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of one type that fit a schema."""
    if kind == "null":
        return st.none()
    if kind == "boolean":
        return st.booleans()
    if kind == "integer":
        return st.integers(schema.get("minimum", -(10**39)), schema.get("maximum", 10**39))
    if kind == "number":
        return SCALARS.filter(lambda v: isinstance(v, int | float) and not isinstance(v, bool))
    if kind == "string":
        longest = schema.get("maxLength", 10**9)
        return TEXTS.filter(lambda v: "<" not in v and schema.get("minLength", 0) <= len(v) <= longest)
    if kind == "array":
        most = min(schema.get("maxItems", 3), 4)
        return st.lists(values(schema.get("items", True)), min_size=schema.get("minItems", 0), max_size=most)
    properties = schema.get("properties", {})
    required = schema.get("required", [])
    declared = st.fixed_dictionaries(
        {name: values(properties[name]) for name in required},
        optional={name: values(inner) for name, inner in properties.items() if name not in required},
    )
    extras = schema.get("additionalProperties", not properties)
    if extras is False:
        return declared
    others = st.dictionaries(NAMES.filter(lambda name: name not in properties), values(extras), max_size=2)
    return st.tuples(others, declared).map(lambda both: {**both[0], **both[1]})


SCHEMA_AND_VALUE = SCHEMAS.flatmap(lambda schema: st.tuples(st.just(schema), values(schema)))


def call(name: str, arguments: dict[str, Any]) -> str:
    """A call as Gemma 4 writes it."""
    return f"<|tool_call>call:{name}{encode(arguments)}<tool_call|>"


def grammar_of(schema: dict[str, Any], **options: Any) -> Gbnf:
    """The grammar of one tool whose call is required."""
    return Gbnf(strict_calls([ToolSpec("f", "", schema)], required=True, **options).gbnf)


@given(SCHEMA_AND_VALUE, st.sampled_from(["token", "text"]))
def test_every_valid_call_is_accepted(case: tuple[dict[str, Any], dict[str, Any]], marks: str) -> None:
    """A grammar that forbids a valid call makes the model say something it did not mean."""
    schema, arguments = case
    assert fits(arguments, schema, schema)
    text = call("f", arguments)
    grammar = grammar_of(schema, marks=marks)
    assert grammar.matches(text)
    assert not grammar.matches(text + " ")
    assert not grammar.matches(text[:-1])


@given(SCHEMA_AND_VALUE, st.randoms(use_true_random=False))
def test_whatever_is_accepted_is_valid(case: tuple[dict[str, Any], dict[str, Any]], rng: random.Random) -> None:
    """Damage a valid call anywhere: the grammar refuses it, or it is another valid call."""
    schema, arguments = case
    text = call("f", arguments)
    grammar = grammar_of(schema)
    for _ in range(6):
        at, length = rng.randrange(len(text)), rng.randrange(4)
        other = text[:at] + rng.choice(["", "1", ",", "x", '"', Q, "null", "}", ":", "<"]) + text[at + length :]
        if grammar.matches(other):
            ((name, read),) = read_calls(other)
            assert name == "f"
            assert fits(read, schema, schema), other


@given(SCHEMAS, st.integers(0, 2**32))
def test_what_the_grammar_produces_is_valid_and_reads_without_repairs(schema: dict[str, Any], seed: int) -> None:
    """The promise of strict calls, in the two steps that users rely on: schema and parser."""
    tool = ToolSpec("f", "", schema)
    made = strict_calls([tool], required=True, max_calls=2, max_text_chars=12, max_items=3)
    text = Gbnf(made.gbnf).generate(random.Random(seed))
    calls = read_calls(text)
    assert all(name == "f" and fits(arguments, schema, schema) for name, arguments in calls), text
    turn = parse(text, ())
    assert [(c.name, dict(c.arguments)) for c in turn.tool_calls] == calls
    # Undeclared keys may come twice: a grammar has no memory for what it has seen. The last one counts.
    if turn.repairs:
        assert {repair.id for repair in turn.repairs} == {"repeated-key"}
    else:
        assert not turn.incomplete


TOOLS = [
    ToolSpec("look.up", "", {"type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"]}),
    ToolSpec("stop"),
]
LOOK = call("look.up", {"q": "a <b> c"})
STOP = call("stop", {})
THOUGHT = "<|channel>thought\nhm\n<channel|>"


@pytest.mark.parametrize(
    ("options", "accepted", "refused"),
    [
        ({"required": True}, [LOOK, STOP, LOOK + STOP + LOOK], ["", "Hello", "x" + LOOK, THOUGHT + LOOK, LOOK + "x"]),
        ({"required": True, "max_calls": 1}, [LOOK, STOP], ["", LOOK + STOP]),
        ({"required": True, "preface": True}, [LOOK, "Let me see." + LOOK], ["", "Hello", LOOK + "x"]),
        ({"required": True, "thinking": "may"}, [LOOK, THOUGHT + LOOK], [THOUGHT, THOUGHT + THOUGHT + LOOK]),
        ({"required": True, "thinking": "must"}, [THOUGHT + LOOK], [LOOK, "<|channel>thought\n<channel|>" + LOOK]),
        (
            {"required": True, "thinking": "opened"},
            ["hm\n<channel|>" + LOOK, "<channel|>" + LOOK],
            [THOUGHT + LOOK, LOOK],
        ),
        ({}, ["", "Hello <b>", LOOK, "Hello" + LOOK, STOP + LOOK], [LOOK + "x", THOUGHT, "<|tool_call>", "a<turn|>"]),
        (
            {"thinking": "must", "max_calls": 1},
            [THOUGHT, THOUGHT + "Hello" + LOOK],
            ["", "Hello", THOUGHT + LOOK + LOOK],
        ),
    ],
)
@pytest.mark.parametrize("marks", ["token", "text"])
def test_what_may_stand_around_calls(
    options: dict[str, Any], accepted: list[str], refused: list[str], marks: Any
) -> None:
    """Each option opens exactly one door."""
    grammar = Gbnf(strict_calls(TOOLS, marks=marks, **options).gbnf)
    for text in accepted:
        assert grammar.matches(text), text
    for text in [*refused, call("other", {}), call("look.up", {}), call("look.up", {"q": 1}), call("stop", {"x": 1})]:
        assert not grammar.matches(text), text


def test_a_string_cannot_carry_marks() -> None:
    """A model that is talked into writing marks inside an argument must not be able to."""
    grammar = Gbnf(strict_calls(TOOLS, required=True).gbnf)
    for inside in ("<|turn>user", "<turn|>", "<tool_call|>", "<|tool_response>", "<eos>", f"{Q},x:{Q}", "<unused12>"):
        assert not grammar.matches(f"<|tool_call>call:look.up{{q:{Q}a{inside}b{Q}}}<tool_call|>"), inside
    assert grammar.matches(f"<|tool_call>call:look.up{{q:{Q}a < b <| c |> <turn> turn|> <|{Q}}}<tool_call|>")


def test_keys_that_are_not_bare_stand_between_marks() -> None:
    """Raw, as the template writes history, `a:b:1` could not be read back."""
    grammar = grammar_of({"type": "object", "properties": {"a:b": {"type": "integer"}, "z": {"type": "null"}}})
    assert grammar.matches(f"<|tool_call>call:f{{{Q}a:b{Q}:1,z:null}}<tool_call|>")
    assert not grammar.matches("<|tool_call>call:f{a:b:1}<tool_call|>")
    text = f"<|tool_call>call:f{{{Q}a:b{Q}:1}}<tool_call|>"
    assert [dict(c.arguments) for c in parse(text, ()).tool_calls] == [{"a:b": 1}]


def test_keys_come_in_the_order_of_the_wire() -> None:
    """The template sorts keys without regard to case, and a model learned that order."""
    schema = {"type": "object", "properties": {k: {"type": "null"} for k in ("b", "B", "a", "C")}}
    grammar = grammar_of(schema)
    for inside in ("a:null,b:null,B:null,C:null", "B:null", "", "a:null,C:null"):
        assert grammar.matches(f"<|tool_call>call:f{{{inside}}}<tool_call|>"), inside
    for inside in ("b:null,a:null", "a:null,a:null", "C:null,B:null", ",a:null", "a:null,"):
        assert not grammar.matches(f"<|tool_call>call:f{{{inside}}}<tool_call|>"), inside


def test_limits_bound_every_output() -> None:
    """With limits, every output is short: a model with random weights ends its call."""
    schema = {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "rows": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
            "pair": {"prefixItems": [{"type": "integer"}], "items": {"type": "integer"}},
            "map": {"type": "object", "additionalProperties": {"type": "number"}},
            "least": {"type": "array", "items": {"type": "null"}, "minItems": 5},
        },
        "required": ["text", "rows", "pair", "map", "least"],
    }
    made = strict_calls([ToolSpec("f", "", schema)], required=True, max_calls=1, max_text_chars=5, max_items=2)
    grammar = Gbnf(made.gbnf)
    rng = random.Random(3)
    for _ in range(100):
        ((_, arguments),) = read_calls(grammar.generate(rng))
        assert len(arguments["text"]) <= 5
        assert len(arguments["rows"]) <= 2
        assert all(len(row) <= 2 for row in arguments["rows"])
        assert len(arguments["map"]) <= 2
        assert len(arguments["pair"]) <= 3
        assert len(arguments["least"]) == 5


@pytest.mark.parametrize("name", ["", " ", "a b", "a{b", "f(x)", "a<b", 'a"b', "x" * 129, "a\nb", "a=b", "[a]"])
def test_tool_names_that_no_call_can_carry(name: str) -> None:
    """A name with the syntax in it would make every call unreadable."""
    with pytest.raises(BadToolSchema) as caught:
        strict_calls([ToolSpec(name)])
    assert caught.value.hint


@pytest.mark.parametrize(
    "name", ["get_weather", "mcp:server/tool.v2", "ocean-kit:tide", "日本", "a\\b", "^", "a|b", "call:x", "%s"]
)
def test_tool_names_are_escaped(name: str) -> None:
    """Whatever a call can carry, the notation must carry too."""
    grammar = Gbnf(strict_calls([ToolSpec(name)], required=True).gbnf)
    assert grammar.matches(call(name, {}))
    assert [c.name for c in parse(call(name, {}), ()).tool_calls] == [name]


def test_options_out_of_range() -> None:
    """A wrong limit is the caller's error and says so."""
    bad: list[dict[str, Any]] = [{"max_calls": 0}, {"max_text_chars": 0}, {"max_text_chars": 1001}, {"max_items": -1}]
    for options in bad:
        with pytest.raises(BadOption):
            strict_calls(TOOLS, **options)
    with pytest.raises(BadOption):
        strict_calls([])
    with pytest.raises(BadToolSchema, match="two tools"):
        strict_calls([ToolSpec("f"), ToolSpec("f")])


def test_huge_enumerations_are_refused_or_carried() -> None:
    """A list of ten thousand cities is carried; one of a hundred thousand gets a clear answer, not a slow engine."""
    cities = [f"city {n}" for n in range(10_000)]
    grammar = grammar_of({"type": "object", "properties": {"city": {"enum": cities}}, "required": ["city"]})
    assert grammar.matches(call("f", {"city": "city 9999"}))
    assert not grammar.matches(call("f", {"city": "city 10000"}))
    with pytest.raises(BadToolSchema, match="characters") as caught:
        strict_calls(
            [ToolSpec("f", "", {"type": "object", "properties": {"x": {"enum": [str(n) * 9 for n in range(10**5)]}}})]
        )
    assert "fewer tools" in caught.value.hint


def test_the_json_form_is_the_call_as_an_object() -> None:
    """Runtimes that constrain by JSON schema get the tools' own schemas, closed."""
    one = strict_calls([TOOLS[0]]).json_schema
    assert one == {
        "type": "object",
        "properties": {
            "name": {"type": "string", "const": "look.up"},
            "arguments": {**TOOLS[0].parameters, "additionalProperties": False},
        },
        "required": ["name", "arguments"],
        "additionalProperties": False,
    }
    both = strict_calls(TOOLS).json_schema
    assert len(both["anyOf"]) == 2  # type: ignore[arg-type]


def test_references_move_with_their_schema() -> None:
    """A pointer into the parameters would point to nothing once the parameters stand inside another schema."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            "$ref": {"type": "string"},
            "a": {"$ref": "#/$defs/T"},
            "b": {"type": "array", "items": {"$ref": "#/$defs/T"}},
            "c": {"enum": [{"$ref": "#/x"}]},
        },
        "$defs": {"T": {"type": "null"}},
    }
    made: Any = strict_calls([ToolSpec("x/y", "", schema)]).json_schema
    assert made["properties"]["arguments"] == {"$ref": "#/$defs/x~1y"}
    moved = made["$defs"]["x/y"]
    assert moved["properties"]["a"] == {"$ref": "#/$defs/x~1y/$defs/T"}
    assert moved["properties"]["b"]["items"] == {"$ref": "#/$defs/x~1y/$defs/T"}
    assert moved["properties"]["c"] == {"enum": [{"$ref": "#/x"}]}, "a value is no schema"
    assert moved["properties"]["$ref"] == {"type": "string"}, "a property may have any name"
    assert moved["$defs"]["T"] == {"type": "null"}


def test_the_json_form_closes_objects_where_that_is_one_schemas_business() -> None:
    """An open object invites made-up arguments; closing each part of a composed one would forbid every value."""
    plain = {"type": "object", "properties": {"a": {"items": {"properties": {"b": True}}}, "c": {"type": "object"}}}
    made: Any = strict_calls([ToolSpec("f", "", plain)]).json_schema["properties"]
    closed = made["arguments"]
    assert closed["additionalProperties"] is False
    assert closed["properties"]["a"]["items"]["additionalProperties"] is False
    assert closed["properties"]["c"] == {"type": "object"}
    shared: dict[str, Any] = {
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/A", "description": "here"}, "b": {"allOf": [{"$ref": "#/$defs/A"}]}},
        "$defs": {"A": {"properties": {"x": True}}},
    }
    made = strict_calls([ToolSpec("f", "", shared)]).json_schema
    assert made["$defs"]["f"]["$defs"]["A"]["additionalProperties"] is False
    composed: list[dict[str, Any]] = [
        {"allOf": [{"properties": {"x": True}}, {"properties": {"y": True}}]},
        {"properties": {"x": True}, "anyOf": [{"properties": {"y": True}}, {"properties": {"z": True}}]},
        {"properties": {"x": True}, "if": {"properties": {"x": {"const": 1}}}},
    ]
    for schema in composed:
        made = strict_calls([ToolSpec("f", "", {"type": "object", "properties": {"a": schema}})]).json_schema
        assert "additionalProperties" not in json.dumps(made["properties"]["arguments"])


def test_the_structural_tag_holds_the_inside_of_each_call() -> None:
    """Begin, grammar and end together are one call; xgrammar's shape is what its documentation shows."""
    made: Any = strict_calls(TOOLS, required=True, max_calls=1).structural_tag
    assert json.loads(json.dumps(made)) == made
    assert made["type"] == "structural_tag"
    tags = made["format"]
    assert (tags["type"], tags["at_least_one"], tags["stop_after_first"]) == ("tags_with_separator", True, True)
    look = tags["tags"][0]
    assert (look["begin"], look["end"]) == ("<|tool_call>call:look.up{", "}<tool_call|>")
    assert Gbnf(look["content"]["grammar"]).matches(f"q:{Q}x{Q}")
    assert Gbnf(tags["tags"][1]["content"]["grammar"]).matches("")
    free: Any = strict_calls(TOOLS, thinking="may").structural_tag
    thought, calls = free["format"]["elements"]
    assert thought["type"] == "optional"
    assert thought["content"]["begin"] == "<|channel>thought\n"
    assert calls["triggers"] == ["<|tool_call>"]
    assert "<|tool_call>" not in calls["excludes"]
    assert "<|turn>" in calls["excludes"]
    opened: Any = strict_calls(TOOLS, thinking="opened", required=True, preface=True).structural_tag
    assert [element["type"] for element in opened["format"]["elements"]] == ["tag", "any_text", "tags_with_separator"]
    assert opened["format"]["elements"][0]["begin"] == ""
