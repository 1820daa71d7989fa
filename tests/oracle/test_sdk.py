"""What the official SDKs of openai and ollama read from a stream, compared with what our adapters read from the same bytes.

The streams are the traffic tapes, and a conversation that the real llama.cpp had here, by its OpenAI endpoint. What arrives
is the same for everybody; where our events are something else, they say so: by a repair, a call that is none, or an error.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gemwright.acid.parrot import prompt
from gemwright.client import Client, problem_of
from gemwright.foundation.errors import GemwrightError
from gemwright.foundation.http import Http
from gemwright.launch.embedded import Engine
from gemwright.messages import Event, GenerationOptions, Message, ToolSpec, Turn, fold, system, tool_result, user
from gemwright.runtimes.base import Capabilities, ChatRequest, RawRequest, RuntimeInfo, Sampling
from gemwright.runtimes.echo import Echo, Step
from gemwright.runtimes.llamacpp_openai import DIFFERENCES
from gemwright.runtimes.openai_compat_json import chat_body
from gemwright.testing import checks
from gemwright.wire.chat_json import messages_to_openai
from tests.clients import run_with_clients
from tests.loopback import Loopback
from tests.tapes.traffic import Traffic, advisory_tapes

TWO_CALLS = (
    "<|channel>thought\nBoth at once.\n<channel|>"
    '<|tool_call>call:get_weather{city:<|"|>Oslo<|"|>}<tool_call|>'
    '<|tool_call>call:get_tide{station:<|"|>Vigo<|"|>}<tool_call|>'
)
"""What the demo model is made to say, in so many tokens; the server then streams it as it streams any other answer."""

WORD = re.compile(r"\w+")
MARK = re.compile(r'<\|?(?:"|[a-z_]+|unused\d+)\|?>')
MARKUP = {"call", "thought", "BEGIN_ARG", "END_ARG", "name", "arguments"}
"""Words of notations, which say nothing by themselves."""

EXCHANGE = Path(__file__).parents[1] / "tapes" / "exchange"
STREAMS = ("text/event-stream", "application/x-ndjson")
RUNTIMES = {"mlx-lm": "mlx", "transformers": "openai"}
"""Which adapter reads what the exchange calls otherwise."""

SCRIPT = Path(__file__).parent / "sdk_streams.py"
TOOLS = [
    ToolSpec(
        name,
        f"Get the {name[4:]} at a {place}.",
        {"type": "object", "properties": {place: {"type": "string", "description": place}}, "required": [place]},
    )
    for name, place in (("get_weather", "city"), ("get_tide", "station"))
]


@dataclass(frozen=True, kw_only=True)
class Recorded(Traffic):
    """Bytes that a real server said just now; it has no report and no fault."""

    body: bytes = b""

    def chunks(self) -> list[bytes]:
        """Return them."""
        return [self.body]


@dataclass(frozen=True)
class Reading:
    """What our adapter read of a stream, before any repair: its chunks, what they amount to, and the error that ended it."""

    content: str
    reasoning: str
    calls: list[tuple[str, str, str]]
    steps: list[Step]
    failed: bool


def read_by_both(tapes: Sequence[Traffic]) -> list[tuple[dict[str, Any], Reading]]:
    """Serve the tapes; one child process reads them all with the SDKs, and meanwhile our adapters read them here."""

    async def main() -> list[tuple[dict[str, Any], Reading]]:
        async with AsyncExitStack() as servers:
            asked: list[dict[str, Any]] = []
            for tape in tapes:
                server = await servers.enter_async_context(Loopback(tape.handler(tape.chunks())))
                sdk = "ollama" if tape.runtime == "ollama" else "openai"
                known = {"name": tape.name, "sdk": sdk, "url": server.url, "model": tape.model, "lane": tape.lane}
                asked.append({**known, "tools": tape.ask.get("tools", []), "thinking": tape.options.thinking})
            child = asyncio.create_task(asyncio.to_thread(run_with_clients, SCRIPT, stdin=json.dumps(asked)))
            ours = [await by_us(one["url"], tape) for one, tape in zip(asked, tapes, strict=True)]
            theirs = [json.loads(line) for line in (await child).stdout.splitlines()]
        assert [one["name"] for one in theirs] == [tape.name for tape in tapes]
        return list(zip(theirs, ours, strict=True))

    return asyncio.run(main())


async def by_us(url: str, tape: Traffic) -> Reading:
    """Read a stream with our adapter."""
    content = reasoning = ""
    calls: dict[int, tuple[str, str, str]] = {}
    steps: list[Step] = []
    request = ChatRequest(
        messages_to_openai([user("hi")]),
        [tool.to_json() for tool in tape.tools],
        thinking=tape.options.thinking,
        sampling=Sampling(),
    )
    runtime = tape.adapter(url)
    try:
        if tape.lane == "raw":
            async for chunk in runtime.generate(RawRequest("hi", Sampling())):
                steps.append(chunk)
                content += chunk.text
        else:
            async for chunk in runtime.chat(request):
                steps.append(chunk)
                content += chunk.content
                reasoning += chunk.reasoning
                for piece in chunk.tool_calls:
                    id_, name, arguments = calls.get(piece.index, ("", "", ""))
                    calls[piece.index] = (id_ or piece.id, name + piece.name, arguments + piece.arguments)
    except GemwrightError as error:
        return Reading(content, reasoning, list(calls.values()), [*steps, error], failed=True)
    finally:
        await runtime.aclose()
    return Reading(content, reasoning, list(calls.values()), steps, failed=False)


def delivered(arrived: Reading, tape: Traffic) -> Turn:
    """What our client makes of what arrived, up to an error."""
    can = Capabilities(raw_text=tape.lane == "raw", chat=tape.lane == "chat")
    runtime = Echo(arrived.steps, info=RuntimeInfo("echo", "1", "gemma-4-E4B-it", capabilities=can))
    with Client(runtime, lane=tape.lane, retries=0) as client:
        stream = client.stream([user("hi")], tape.tools, tape.options)
        events: list[Event] = []
        try:
            for event in stream:
                events.append(event)  # noqa: PERF402 - what came before an error is wanted too
        except GemwrightError:
            assert arrived.failed
        return fold(events)


def compare(tape: Traffic, sdk: dict[str, Any], arrived: Reading) -> Turn:
    """Hold what an SDK read against what we read, and what we deliver against that; return what we deliver."""
    turn = delivered(arrived, tape)
    assert (sdk["content"], sdk["reasoning"]) == (arrived.content, arrived.reasoning)
    assert bool(sdk["error"]) == arrived.failed
    names = [call["name"] for call in sdk["calls"]]
    assert names == [name for _, name, _ in arrived.calls]
    if tape.runtime == "ollama":  # its SDK knows no ids, and gives arguments as an object
        assert [json.loads(call["arguments"]) for call in sdk["calls"]] == [json.loads(a) for _, _, a in arrived.calls]
    else:
        assert [tuple(call.values()) for call in sdk["calls"]] == arrived.calls
    calls = [(call.name, dict(call.arguments)) for call in turn.tool_calls]
    assert lost_words(arrived, turn) <= MARKUP, tape.name
    same = (
        turn.text == arrived.content
        and turn.thinking.replace("\n", "") == arrived.reasoning.replace("\n", "")
        and calls == [(name, _object(arguments)) for _, name, arguments in arrived.calls]
    )
    named = bool(turn.repairs or turn.incomplete or arrived.failed)
    if tape.lane == "raw":  # an SDK leaves the model's notation as it is: reading it is what a parser is for
        assert same or named or turn.tool_calls
        return turn
    assert same or named, f"{tape.name} differs from what arrived, and nothing says why"
    if same and not turn.incomplete:
        told = {repair.id for repair in turn.repairs}
        assert told <= {"made-up-id", "wrong-finish"}, f"{tape.name} has repairs, and nothing differs"
    return turn


def lost_words(arrived: Reading, turn: Turn) -> set[str]:
    """Words that arrived and that nothing of what we deliver holds: neither texts, calls, halves nor details of repairs."""
    # Two calls under one index run together in what arrives, names and all: names are compared above.
    came: list[Any] = [arrived.content, arrived.reasoning, [_object(arguments) for _, _, arguments in arrived.calls]]
    calls = [[call.name, dict(call.arguments)] for call in turn.tool_calls]
    halves = [[half.name, _object(half.raw)] for half in turn.incomplete]
    said = [turn.text, turn.thinking, calls, halves, [repair.detail for repair in turn.repairs]]
    return set(WORD.findall(_flat(came))) - set(WORD.findall(_flat(said)))


def _flat(value: Any) -> str:
    """Everything that a value says, without marks."""
    if isinstance(value, dict):
        return " ".join(f"{_flat(key)} {_flat(item)}" for key, item in value.items())
    return " ".join(map(_flat, value)) if isinstance(value, list) else MARK.sub(" ", str(value))


def _object(text: str) -> Any:
    try:
        return json.loads(text or "{}")
    except ValueError:
        return text


def test_sdks_read_the_tapes_as_we_do() -> None:
    """Of every tape that ends; what we deliver otherwise is named."""
    tapes = [tape for tape in advisory_tapes() if not tape.stalls]
    assert len(tapes) > 60
    for tape, (sdk, arrived) in zip(tapes, read_by_both(tapes), strict=True):
        compare(tape, sdk, arrived)


def test_sdks_read_the_exchange_with_an_agent_as_we_do() -> None:
    """Thoughts, two calls, their results and an answer, over every server of which there is a tape of that traffic."""
    if not EXCHANGE.is_dir():
        pytest.skip("there are no tapes of the exchange: python -m tests.tapes.exchange writes them")
    tapes = exchanges()
    assert len({tape.source for tape in tapes}) >= 6
    for tape, (sdk, arrived) in zip(tapes, read_by_both(tapes), strict=True):
        turn = compare(tape, sdk, arrived)
        assert problem_of(turn) is None and (len(turn.tool_calls) == 2 or turn.text)


def exchanges() -> list[Recorded]:
    """The streams of the exchange, each as what a server says."""
    found: list[Recorded] = []
    for path in sorted(EXCHANGE.glob("*.jsonl")):
        head, *answers = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
        if "exchange" not in head:
            continue  # chunks of a runtime in its own process, which no SDK reads
        streams = [one for one in answers if one["status"] == 200 and one["kind"] in STREAMS]
        tools = [tool.to_json()["function"] for tool in checks.TOOLS]
        for number, one in enumerate(streams):
            runtime = RUNTIMES.get(head["runtime"], head["runtime"])
            named = {"name": f"{path.stem}-{number}", "runtime": runtime, "source": path.stem, "origin": head["origin"]}
            found.append(_recorded(one["body"].encode(), tools, thinking=True, **named))
    return found


def test_sdks_read_the_real_engine_as_we_do(engine: Engine) -> None:
    """A conversation with thoughts, calls and results, as the real server streams it: the same, and nothing to repair."""
    recorded = recordings(engine)
    turns = [compare(tape, *read) for tape, read in zip(recorded, read_by_both(recorded), strict=True)]
    assert all(turn.repairs == () and problem_of(turn) is None for turn in turns)
    assert turns[0].tool_calls and turns[0].thinking and "19 degrees" in turns[1].text and turns[2].finish == "length"
    assert [(call.name, dict(call.arguments)) for call in turns[3].tool_calls] == [
        ("get_weather", {"city": "Oslo"}),
        ("get_tide", {"station": "Vigo"}),
    ]
    assert turns[3].thinking == "Both at once."


def recordings(engine: Engine) -> list[Recorded]:
    """Ask the real server for each turn of a conversation, and keep the bytes of its answers."""
    options = GenerationOptions(thinking=True, temperature=0, max_tokens=200)
    asked: list[Message] = [user("What is the weather in Oslo?")]
    found: list[Recorded] = []

    async def main() -> None:
        http = Http(engine.url)
        try:
            for step in range(2):
                found.append(await _record(http, asked, options, f"engine-{step}"))
                turn = await _turn(found[-1])
                asked.append(turn.message())
                asked.extend(tool_result(call, "weather: 19 degrees, cloudy") for call in turn.tool_calls)
            short = GenerationOptions(temperature=0, max_tokens=5)
            found.append(await _record(http, [system("You are Tidewise."), user("hello")], short, "engine-cut"))
            parroted = [system("You are Tidewise."), user(prompt(TWO_CALLS))]
            found.append(await _record(http, parroted, options, "engine-two-calls"))
        finally:
            await http.aclose()

    asyncio.run(main())
    return found


async def _turn(tape: Traffic) -> Turn:
    async with Loopback(tape.handler(tape.chunks())) as server:
        arrived = await by_us(server.url, tape)
    return await asyncio.to_thread(delivered, arrived, tape)


async def _record(http: Http, messages: Sequence[Message], options: GenerationOptions, name: str) -> Recorded:
    sampling = Sampling(temperature=options.temperature, max_tokens=options.max_tokens)
    request = ChatRequest(
        messages_to_openai(messages), [tool.to_json() for tool in TOOLS], thinking=options.thinking, sampling=sampling
    )
    body = b""
    async with http.stream_post("/v1/chat/completions", chat_body(request, "demo", DIFFERENCES)) as stream:
        async for data in stream:
            body += data
    return _recorded(body, [tool.to_json()["function"] for tool in TOOLS], thinking=options.thinking, name=name)


def _recorded(body: bytes, tools: Sequence[Any], *, thinking: bool, **named: str) -> Recorded:
    unsaid = {"advisory": "", "source": "", "framing": "", "fault": "", "origin": "recorded", "runtime": "llamacpp"}
    ask = {"tools": tools, "thinking": thinking}
    known: dict[str, Any] = {**unsaid, "version": "1", "model": "gemma4:e2b", "lane": "chat", **named}
    return Recorded(**known, ask=ask, body=body)
