"""Strict calls on a real llama.cpp: a model that knows nothing still makes valid calls.

The weights are random, so every token that a grammar allows comes up sooner or later: the hardest test of a grammar, and
no test of a model.
"""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest

from gemwright.launch.embedded import Engine
from gemwright.messages import ToolSpec
from gemwright.wire.grammar import strict_calls
from gemwright.wire.parse import parse
from gemwright.wire.tokens import CONTROL_TOKENS
from tests.wire.strict_reading import fits, read_calls

PROMPT = "<|turn>user\nCall something.<turn|>\n<|turn>model\n"
LIMITS: dict[str, Any] = {"max_calls": 2, "max_text_chars": 40, "max_items": 3}

LIGHT = {
    "type": "object",
    "properties": {
        "room": {"enum": ["kitchen", "größe", "<", "<=", "a<|", 7, None]},
        "level": {"type": "integer", "minimum": 0, "maximum": 100},
        "on": {"type": "boolean"},
    },
    "required": ["on", "room"],
}
SEARCH = {
    "type": "object",
    "properties": {
        "query": {"type": "string", "minLength": 1, "maxLength": 30},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 5}, "minItems": 1, "maxItems": 2},
        "near": {"$ref": "#/$defs/Point", "nullable": True},
        "limit": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "a:b": {"type": "number"},
    },
    "required": ["query", "near"],
    "$defs": {
        "Point": {
            "type": "object",
            "properties": {"x": {"type": "number"}, "y": {"type": "number"}, "z": {"type": "integer"}},
            "required": ["x", "y"],
        }
    },
}
FREE = {
    "type": "object",
    "properties": {"data": {}, "counts": {"type": "object", "additionalProperties": {"type": "integer"}}},
    "required": ["data", "counts"],
}
TOOLS = [ToolSpec("set_light", "", LIGHT), ToolSpec("mcp:web/search.v2", "", SEARCH), ToolSpec("store", "", FREE)]
SCHEMAS = {tool.name: tool.parameters for tool in TOOLS}


def post(engine: Engine, path: str, body: dict[str, Any]) -> Any:
    """Return the engine's JSON answer."""
    request = urllib.request.Request(  # noqa: S310 - loopback
        engine.url + path, json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=50) as answer:  # noqa: S310 - loopback
        return json.load(answer)


def complete(engine: Engine, seed: int, *, prompt: str = PROMPT, **body: Any) -> Any:
    """Return a completion in which every allowed token has a chance."""
    sampling = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0, "seed": seed, "n_predict": 3000}
    return post(engine, "/completion", {"prompt": prompt, "return_tokens": True, **sampling, **body})


def ids(engine: Engine, *marks: str) -> list[int]:
    """Return the ids of control tokens."""
    return [post(engine, "/tokenize", {"content": mark, "parse_special": True})["tokens"][0] for mark in marks]


def check_calls(text: str) -> int:
    """Check that the text is calls that fit their schemas, for a strict reader and for the parser, and count them."""
    # Byte tokens can spell what is no character. llama.cpp counts an overlong sequence as one, and a character that is cut
    # off by a token literal as none, and delivers U+FFFD for each byte: so these do not count here.
    text = text.replace("\ufffd", "")
    calls = read_calls(text)
    for name, arguments in calls:
        assert fits(arguments, SCHEMAS[name], SCHEMAS[name]), text
    turn = parse(text, ())
    assert [(c.name, dict(c.arguments)) for c in turn.tool_calls] == calls
    if turn.repairs:
        assert {repair.id for repair in turn.repairs} == {"repeated-key"}  # undeclared keys may come twice
    else:
        assert not turn.incomplete
    return len(calls)


@pytest.mark.parametrize("marks", ["token", "text"])
def test_every_output_is_a_typed_call(noise: Engine, marks: Any) -> None:
    """What strict calls promise, over many seeds: no output is anything but valid calls, and every output ends."""
    grammar = strict_calls(TOOLS, required=True, marks=marks, **LIMITS).gbnf
    used: set[str] = set()
    for seed in range(30):
        answer = complete(noise, seed, grammar=grammar)
        assert answer["stop_type"] == "eos", answer["content"]
        assert 1 <= check_calls(answer["content"]) <= 2
        used |= {name for name, _ in read_calls(answer["content"])}
    assert used == set(SCHEMAS)


def test_token_literals_demand_the_control_tokens(noise: Engine) -> None:
    """A call that is spelt in pieces reads the same and is off the road the model was trained on."""
    opener, quote = ids(noise, "<|tool_call>", '<|"|>')
    grammar = strict_calls([TOOLS[1]], required=True, **LIMITS).gbnf
    for seed in range(5):
        answer = complete(noise, seed, grammar=grammar)
        assert answer["tokens"][0] == opener
        assert answer["tokens"].count(quote) == answer["content"].count('<|"|>')
        assert answer["tokens"].count(opener) == answer["content"].count("<|tool_call>")


@pytest.mark.parametrize("marks", ["token", "text"])
def test_marks_cannot_be_smuggled_into_strings(noise: Engine, marks: Any) -> None:
    """A model that wants nothing more than control tokens gets them where they belong and nowhere else."""
    grammar = strict_calls(TOOLS[1:2], required=True, marks=marks, **LIMITS).gbnf
    wanted = [[token, 12.0] for token in ids(noise, *CONTROL_TOKENS)]
    for seed in range(10):
        answer = complete(noise, seed, grammar=grammar, logit_bias=wanted)
        assert answer["stop_type"] == "eos", answer["content"]
        assert check_calls(answer["content"]) >= 1


@pytest.mark.parametrize("thinking", ["off", "may", "must", "opened"])
@pytest.mark.parametrize("required", [True, False])
def test_thoughts_and_text_around_calls(noise: Engine, thinking: Any, required: bool) -> None:
    """Thought, text and calls come apart as they should, whatever the model makes of its freedom."""
    grammar = strict_calls(TOOLS, thinking=thinking, required=required, **LIMITS).gbnf
    prompt = PROMPT + ("<|channel>thought\n" if thinking == "opened" else "")
    for seed in range(8):
        answer = complete(noise, seed, prompt=prompt, grammar=grammar)
        assert answer["stop_type"] == "eos", answer["content"]
        turn = parse(answer["content"], (), thinking=thinking == "opened")
        assert not turn.incomplete
        assert len(turn.tool_calls) >= (1 if required else 0)
        for call in turn.tool_calls:
            assert fits(dict(call.arguments), SCHEMAS[call.name], SCHEMAS[call.name])
        assert not any(mark in turn.text + turn.thinking for mark in CONTROL_TOKENS)
        assert thinking != "off" or not turn.thinking


def test_the_json_form_is_taken_by_the_engine(noise: Engine) -> None:
    """llama.cpp makes a grammar of its own from a schema; ours has to be one that it understands, references too."""
    schema = strict_calls([TOOLS[0], ToolSpec("at", "", {**SEARCH["$defs"]["Point"]})]).json_schema  # type: ignore[index]
    for seed in range(6):
        answer = complete(noise, seed, json_schema=schema)
        call = json.loads(answer["content"])
        expected = LIGHT if call["name"] == "set_light" else SEARCH["$defs"]["Point"]  # type: ignore[index]
        assert fits(call["arguments"], expected, expected), call
    moved = {
        "type": "object",
        "properties": {"on": {"$ref": "#/$defs/Switch"}},
        "required": ["on"],
        "$defs": {"Switch": {"type": "boolean"}},
    }
    answer = complete(noise, 1, json_schema=strict_calls([ToolSpec("f", "", moved)]).json_schema)
    assert isinstance(json.loads(answer["content"])["arguments"]["on"], bool)


def test_large_grammars_are_taken(noise: Engine) -> None:
    """Ten thousand choices and counted texts of a thousand characters are large, and no problem."""
    schema = {
        "type": "object",
        "properties": {
            "city": {"enum": [f"city {n}" for n in range(10_000)]},
            "note": {"type": "string", "maxLength": 999},
        },
        "required": ["city"],
    }
    grammar = strict_calls([ToolSpec("f", "", schema)], required=True, max_calls=1).gbnf
    assert len(grammar) > 250_000
    ((name, arguments),) = read_calls(complete(noise, 1, grammar=grammar)["content"])
    assert name == "f"
    assert fits(arguments, schema, schema)
