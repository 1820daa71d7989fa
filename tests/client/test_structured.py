"""Answers in a schema: held to it where the runtime can, validated always, asked for again a few times at most."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from gemwright.client import AsyncClient, Client, Structured
from gemwright.foundation.errors import (
    BadOption,
    BadToolSchema,
    RuntimeGarbled,
    RuntimeRejected,
    SchemaMismatch,
    Unsupported,
)
from gemwright.launch.embedded import Engine
from gemwright.messages import GenerationOptions, system, user
from gemwright.runtimes.base import Capabilities, ChatChunk, ChatRequest, RawChunk, RawRequest, RuntimeInfo
from gemwright.runtimes.echo import Echo, Step
from gemwright.wire.tokens import CONTROL_TOKENS

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "station": {"type": "string", "enum": ["Vigo", "Faro"]},
        "high": {"type": "array", "items": {"type": "number", "minimum": 0}, "minItems": 1, "maxItems": 4},
    },
    "required": ["station", "high"],
    "additionalProperties": False,
}
GOOD = {"station": "Vigo", "high": [3.4]}
RAW = Capabilities(raw_text=True, raw_tokens=True, chat=True, grammar="gbnf")
HOLDS = Capabilities(chat=True, response_schema=True)
TOLD = Capabilities(chat=True)


def runtime(can: Capabilities, *answers: Sequence[Step]) -> Echo:
    """A scripted runtime."""
    about = RuntimeInfo("written", "1", "gemma-4-E2B-it", context=4096, capabilities=can)
    return Echo(*answers, info=about, control_tokens=CONTROL_TOKENS)


def said(text: str) -> list[Step]:
    """An answer of the chat lane."""
    return [ChatChunk(content=text), ChatChunk(finish="stop")]


def called(arguments: str) -> list[Step]:
    """An answer of the raw lane: a call of the tool that carries the answer."""
    return [RawChunk(f"<|tool_call>call:answer{{{arguments}}}<tool_call|>"), RawChunk(finish="stop")]


def asked(echo: Echo, schema: dict[str, Any] = SCHEMA, **options: Any) -> Structured[Any]:
    """The structured answer of a scripted runtime."""
    with Client(echo) as client:
        return client.structured([user("tides?")], schema, **options)


def test_the_raw_lane_holds_the_model_by_a_grammar() -> None:
    """The schema is declared, demanded, and what comes is typed."""
    echo = runtime(RAW, called('high:[3.4],station:<|"|>Vigo<|"|>'))
    found = asked(echo)
    request = echo.requests[0]
    assert isinstance(request, RawRequest) and request.grammar and "station" in request.grammar
    assert (found.value, found.way, len(found.turns)) == (GOOD, "grammar", 1)
    assert found.turn.lane == "raw"


@pytest.mark.parametrize(
    ("schema", "answer", "value"),
    [
        ({"type": "integer"}, "value:3", 3),
        ({"type": "array", "items": {"type": "string"}}, 'value:[<|"|>a<|"|>]', ["a"]),
        ({"$ref": "#/$defs/n", "$defs": {"n": {"type": "integer", "maximum": 3}}}, "value:3", 3),
    ],
)
def test_what_is_no_object_is_wrapped(schema: dict[str, Any], answer: str, value: object) -> None:
    """Only objects can be arguments; who asks never sees the wrapping."""
    assert asked(runtime(RAW, called(answer)), schema).value == value


def test_a_schema_without_a_grammar_is_told() -> None:
    """References to the whole schema lead elsewhere once it is wrapped, so the model is told, and the rest is validated."""
    schema: dict[str, Any] = {"anyOf": [{"type": "null"}, {"type": "array", "items": {"$ref": "#"}}]}
    echo = runtime(RAW, [RawChunk("[null, []]"), RawChunk(finish="stop")])
    found = asked(echo, schema)
    assert (found.value, found.way) == ([None, []], "prompt")
    request = echo.requests[0]
    assert isinstance(request, RawRequest) and request.grammar is None


def test_the_chat_lane_leaves_it_to_a_runtime_that_can() -> None:
    """The schema goes out with the request, and the model is told as well."""
    echo = runtime(HOLDS, said(json.dumps(GOOD)))
    found = asked(echo)
    request = echo.requests[0]
    assert isinstance(request, ChatRequest) and request.response_schema == SCHEMA
    assert "minItems" in json.dumps(list(request.messages))
    assert (found.value, found.way) == (GOOD, "runtime")


@pytest.mark.parametrize("can", [TOLD, replace(HOLDS, ignores=("response_format",)), Capabilities(raw_text=True)])
def test_everywhere_else_the_model_is_told(can: Capabilities) -> None:
    """In the system message, beside what stands there."""
    text = json.dumps(GOOD)
    echo = runtime(can, said(text) if can.chat else [RawChunk(text), RawChunk(finish="stop")])
    with Client(echo) as client:
        found = client.structured([system("Be brief."), user("tides?")], SCHEMA)
    request = echo.requests[0]
    shown = json.dumps(list(request.messages)) if isinstance(request, ChatRequest) else str(request.prompt)
    assert found.way == "prompt" and found.value == GOOD
    assert shown.count("Be brief.") == 1 and "additionalProperties" in shown


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(GOOD),
        f"```json\n{json.dumps(GOOD, indent=1)}\n```",
        f"Here it is:\n```\n{json.dumps(GOOD)}\n```\nAnything else?",
        f"The answer is {json.dumps(GOOD)}.",
        '{"station": "Vigo", "high": ["3.4"]}',
    ],
)
def test_answers_are_found_and_typed(text: str) -> None:
    """Fences, words around it, and numbers as texts cost no second request."""
    found = asked(runtime(TOLD, said(text)))
    assert found.value == GOOD and len(found.turns) == 1


def test_thinking_stays_possible() -> None:
    """The thought is in the turn, and not in the value."""
    chunks = [ChatChunk(reasoning="Look: {1}"), ChatChunk(content=json.dumps(GOOD)), ChatChunk(finish="stop")]
    echo = runtime(HOLDS, chunks)
    found = asked(echo, options=GenerationOptions(thinking=True))
    request = echo.requests[0]
    assert isinstance(request, ChatRequest) and request.thinking
    assert found.turn.thinking == "Look: {1}" and found.value == GOOD


@pytest.mark.parametrize(
    ("can", "first", "second"),
    [
        (TOLD, said('{"station": "Vigo", "high": []}'), said(json.dumps(GOOD))),
        (RAW, called('high:[],station:<|"|>Vigo<|"|>'), called('high:[3.4],station:<|"|>Vigo<|"|>')),
        (TOLD, said("I do not know."), said(json.dumps(GOOD))),
        (TOLD, [ChatChunk(finish="stop")], said(json.dumps(GOOD))),
        (
            RAW,
            [RawChunk("<|tool_call>call:answer{high:[3"), RawChunk(finish="length")],
            called('high:[3.4],station:<|"|>Vigo<|"|>'),
        ),
    ],
)
def test_the_model_is_told_what_was_wrong(can: Capabilities, first: Sequence[Step], second: Sequence[Step]) -> None:
    """And asked again; both turns are kept."""
    echo = runtime(can, first, second)
    found = asked(echo)
    request = echo.requests[1]
    shown = json.dumps(list(request.messages)) if isinstance(request, ChatRequest) else echo.detokenize(request.prompt)  # pyright: ignore[reportArgumentType]
    assert "That does not fit" in shown
    assert found.value == GOOD and len(found.turns) == 2


def test_asking_again_has_an_end() -> None:
    """The error names the place, shows the answer, and says what to do."""
    bad = said('{"station": "Vigo", "high": [1, -2]}')
    echo = runtime(TOLD, bad, bad, bad, bad)
    with pytest.raises(SchemaMismatch) as caught:
        asked(echo, attempts=3)
    assert len(echo.requests) == 3
    assert caught.value.path == "high[1]" and "at least 0" in caught.value.message
    assert "-2" in caught.value.answer and caught.value.hint and caught.value.exit_code == 4


def test_an_answer_that_was_cut_off_says_so() -> None:
    """A larger budget helps, a looser schema does not."""
    cut = [ChatChunk(content='{"station": "Vi'), ChatChunk(finish="length")]
    with pytest.raises(SchemaMismatch) as caught:
        asked(runtime(TOLD, cut), attempts=1)
    assert "max_tokens" in caught.value.hint


@dataclass
class Tide:
    """What a caller makes of an answer."""

    station: str
    high: list[float]

    def __post_init__(self) -> None:
        if self.high == [0]:
            raise ValueError("a tide of nothing")


def test_values_can_be_made_of_it() -> None:
    """What the caller refuses is asked for again like anything else."""
    echo = runtime(TOLD, said('{"station": "Faro", "high": [0]}'), said(json.dumps(GOOD)))
    with Client(echo) as client:
        found = client.structured([user("tides?")], SCHEMA, read=lambda value: Tide(**value))
    assert found.value == Tide("Vigo", [3.4])
    assert "a tide of nothing" in json.dumps(list(echo.requests[1].messages))  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("schema", [{"type": "objekt"}, {"$ref": "#/nowhere"}, {"unevaluatedProperties": False}])
def test_a_schema_that_cannot_be_checked_is_refused_first(schema: dict[str, Any]) -> None:
    """Before the model is asked: an answer that nobody can judge is worth nothing."""
    echo = runtime(TOLD, said("{}"))
    with pytest.raises(BadToolSchema):
        asked(echo, schema)
    assert echo.requests == []


def test_attempts_have_a_range() -> None:
    """None is none, and too many is a loop."""
    for attempts in (0, 11):
        with pytest.raises(BadOption):
            asked(runtime(TOLD), attempts=attempts)


def test_failures_of_the_runtime_are_not_answers() -> None:
    """They are raised as they are, not asked for again."""
    echo = runtime(TOLD, [RuntimeRejected("no", status=400)], said(json.dumps(GOOD)))
    with pytest.raises(RuntimeRejected):
        asked(echo)
    assert len(echo.requests) == 1


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("thinking", [False, True])
def test_even_random_weights_answer_in_the_schema(noise: Engine, seed: int, thinking: bool) -> None:
    """A real llama.cpp with a grammar: whatever the weights, the answer is valid at the first try."""
    options = GenerationOptions(thinking=thinking, strict_max_chars=40, max_tokens=900, seed=seed)
    with Client(noise.url) as client:
        found = client.structured([user("tides?")], SCHEMA, options, attempts=1)
    assert found.way == "grammar" and found.value["station"] in ("Vigo", "Faro")
    assert bool(found.turn.thinking) == thinking


# -- embeddings


class Embedding(Echo):
    """A runtime that makes vectors of texts: their lengths."""

    vectors: list[list[float]] | None = None

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return what was given, or lengths."""
        return [[float(len(text)), 1.0] for text in texts] if self.vectors is None else self.vectors


def embedding(vectors: list[list[float]] | None = None, *, can: bool = True) -> Embedding:
    """A runtime that says that it makes vectors."""
    made = Embedding(info=RuntimeInfo("written", "1", "m", capabilities=Capabilities(embeddings=can)))
    made.vectors = vectors
    return made


def test_texts_become_vectors() -> None:
    """In their order, by both clients."""

    async def ask() -> list[list[float]]:
        async with AsyncClient(embedding()) as client:
            return await client.embed(["a", "bb"])

    with Client(embedding()) as client:
        assert client.embed(["a", "bb"]) == asyncio.run(ask()) == [[1.0, 1.0], [2.0, 1.0]]
        assert client.embed([]) == []


@pytest.mark.parametrize("vectors", [[], [[1.0]], [[1.0], [1.0, 2.0]], [[], []]])
def test_vectors_that_do_not_match_are_refused(vectors: list[list[float]]) -> None:
    """One missing would shift all that follow."""
    with Client(embedding(vectors)) as client, pytest.raises(RuntimeGarbled):
        client.embed(["a", "bb"])


def test_a_runtime_without_vectors_says_so() -> None:
    """With what to load instead."""
    for one in (embedding(can=False), Echo(info=RuntimeInfo("e", capabilities=Capabilities(embeddings=True)))):
        with Client(one) as client, pytest.raises(Unsupported) as caught:
            client.embed(["a"])
        assert "EmbeddingGemma" in caught.value.hint
