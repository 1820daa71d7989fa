"""Which lane a request takes, why, what had no effect in it, and what is sent again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from gemwright.catalog.advisories import Advisory
from gemwright.catalog.load import catalog
from gemwright.client import Client
from gemwright.client.lanes import LaneName, choose_lane, lane_troubles
from gemwright.client.retry import retried
from gemwright.foundation.errors import (
    ContextOverflow,
    RuntimeFailure,
    RuntimeGarbled,
    RuntimeRejected,
    RuntimeTimeout,
    Unsupported,
)
from gemwright.messages import (
    GenerationOptions,
    Image,
    Media,
    Message,
    RepairApplied,
    Text,
    TurnStarted,
    Usage,
    user,
)
from gemwright.runtimes.base import Capabilities, ChatChunk, RawChunk, RawRequest, RuntimeInfo
from gemwright.runtimes.echo import Echo
from gemwright.wire.tokens import CONTROL_TOKENS, QUOTE, TURN_CLOSE
from tests.client.asking import TIDE

TOKENS = Capabilities(raw_text=True, raw_tokens=True, chat=True, grammar="gbnf", images=True)
TEXT = Capabilities(raw_text=True, chat=True)
CHAT = Capabilities(chat=True)
PICTURE = Message("user", (Text("what?"), Image(Media(b"\x89PNG\r\n\x1a\n", "image/png"))))


def info(can: Capabilities = TOKENS, **more: object) -> RuntimeInfo:
    """A runtime's self-description."""
    return RuntimeInfo("written", "1", "gemma-4-E2B-it", context=4096, capabilities=can, **more)  # pyright: ignore[reportArgumentType]


def of_lane(lane: LaneName) -> str:
    """The id of an advisory of the catalog that names this lane as the one without its problem."""
    found = catalog().all(Advisory).items()
    return next(name for name, one in found if one.mitigation.lane == lane and not one.withdrawn)


@pytest.mark.parametrize(
    ("can", "messages", "wanted", "grammar", "lane", "why"),
    [
        (TOKENS, [user("a")], None, True, "raw", "the runtime takes token ids"),
        (TEXT, [user("a")], None, False, "raw", "the runtime takes rendered text, though not as token ids"),
        (CHAT, [user("a")], None, True, "chat", "the runtime renders and parses by itself"),
        (TOKENS, [PICTURE], None, False, "chat", "the conversation holds media"),
        (TOKENS, [user("a")], "chat", False, "chat", "asked for"),
        (TEXT, [user("a")], None, True, "chat", "calls are demanded, and rendered prompts take no grammar here"),
    ],
)
def test_each_lane_has_its_reason(
    can: Capabilities, messages: list[Message], wanted: LaneName | None, grammar: bool, lane: str, why: str
) -> None:
    """Told in the turn, so that nobody has to guess."""
    chosen = choose_lane(info(can), messages, wanted, needs_grammar=grammar)
    assert (chosen.name, chosen.why) == (lane, why)


@pytest.mark.parametrize(
    ("can", "messages", "wanted"),
    [
        (CHAT, [user("a")], "raw"),
        (Capabilities(raw_text=True), [user("a")], "chat"),
        (TOKENS, [PICTURE], "raw"),
        (Capabilities(embeddings=True), [user("a")], None),
    ],
)
def test_a_lane_that_is_not_there(can: Capabilities, messages: list[Message], wanted: LaneName | None) -> None:
    """Refused with what to do, before anything is sent."""
    with pytest.raises(Unsupported) as caught:
        choose_lane(info(can), messages, wanted)
    assert caught.value.hint


def test_a_known_problem_of_one_lane_makes_the_other_one_better() -> None:
    """The catalog says which lane does not have a problem; where there is no choice, the problem is named."""
    bad_raw, bad_chat = of_lane("chat"), of_lane("raw")
    assert lane_troubles([bad_raw, bad_chat, "no/such"]) == {"raw": [bad_raw], "chat": [bad_chat]}
    avoided = choose_lane(info(), [user("a")], None, lane_troubles([bad_raw]))
    assert avoided.name == "chat" and bad_raw in avoided.why
    assert choose_lane(info(), [user("a")], None, lane_troubles([bad_chat])).why == "the runtime takes token ids"
    both = choose_lane(info(), [user("a")], None, lane_troubles([bad_raw, bad_chat]))
    assert both.name == "raw" and bad_raw in both.why
    stuck = choose_lane(info(CHAT), [user("a")], None, lane_troubles([bad_chat]))
    assert stuck.name == "chat" and bad_chat in stuck.why
    assert "although" in choose_lane(info(), [user("a")], "raw", lane_troubles([bad_raw])).why


def test_a_turn_tells_it_all() -> None:
    """Version, lane, reason, quirks, and what was asked for and had no effect."""
    bad_raw = of_lane("chat")
    about = info(replace(TOKENS, ignores=("tool_choice", "seed", "top_k", "stop")), quirks=(bad_raw,))
    runtime = Echo([ChatChunk(content="Hi."), ChatChunk(finish="stop")], info=about)
    options = GenerationOptions(seed=3, strict_tools=True, tool_choice="auto")
    with Client(runtime) as client:
        turn = client.turn([user("a")], [TIDE], options)
    assert (turn.version, turn.lane, turn.quirks) == ("1", "chat", (bad_raw,))
    assert bad_raw in turn.lane_why
    assert turn.ignored == ("strict_tools", "top_k", "seed")


def test_what_was_not_asked_for_is_not_told_as_ignored() -> None:
    """No seed, no complaint about seeds."""
    about = info(replace(TOKENS, ignores=("seed", "tool_choice", "response_format")))
    with Client(Echo([RawChunk("Hi."), RawChunk(finish="stop")], info=about)) as client:
        assert client.turn([user("a")], [TIDE]).ignored == ()


def test_the_raw_lane_asks_for_marks_that_runtimes_hide() -> None:
    """Without them, a runtime takes calls and thoughts apart on its own."""
    runtime = Echo([RawChunk("Hi.")], info=info(), control_tokens=CONTROL_TOKENS)
    with Client(runtime) as client:
        client.turn([user("a")])
    request = runtime.requests[0]
    assert isinstance(request, RawRequest) and {QUOTE, TURN_CLOSE, "<|tool_call>"} <= set(request.visible)


def test_the_turn_begins_with_the_first_chunk() -> None:
    """Nothing is said to have begun that the runtime then refuses."""
    refusing = Echo([RuntimeRejected("no", status=400)], info=info())
    with Client(refusing) as client, client.stream([user("a")]) as stream:
        with pytest.raises(RuntimeRejected):
            next(stream)
        assert stream.so_far().runtime == ""


def test_frames_that_come_twice_are_noticed() -> None:
    """More tokens than were generated: a proxy repeated itself, and the text is wrong."""
    chunks = [RawChunk("a", (1,)), RawChunk("b", (2,)), RawChunk("b", (2,)), RawChunk(finish="stop", usage=Usage(1, 2))]
    with Client(Echo(chunks, info=info())) as client, pytest.raises(RuntimeGarbled, match="frames came twice"):
        client.turn([user("a")])


# -- sent again


async def _collect(script: list[list[object]], *, retries: int = 1) -> tuple[list[object], list[float]]:
    waits: list[float] = []
    attempts = iter(script)

    async def send() -> AsyncGenerator[object]:
        for step in next(attempts):
            if isinstance(step, Exception):
                raise step
            yield step

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    return [chunk async for chunk in retried(send, retries=retries, sleep=sleep)], waits


def settled(failure: RuntimeFailure) -> RuntimeFailure:
    """A failure after which the HTTP client has tried again already."""
    failure.settled = True
    return failure


@pytest.mark.parametrize("failure", [RuntimeGarbled("cut"), RuntimeRejected("busy", status=503)])
def test_a_stream_that_broke_before_its_first_chunk_is_asked_for_again(failure: RuntimeFailure) -> None:
    """Once more, after a wait, and no more often than that."""
    found, waits = asyncio.run(_collect([[failure], ["a", "b"]]))
    assert found == ["a", "b"] and len(waits) == 1 and waits[0] > 0
    with pytest.raises(RuntimeFailure):
        asyncio.run(_collect([[failure], [failure], ["a"]]))
    with pytest.raises(RuntimeFailure):
        asyncio.run(_collect([[failure], ["a"]], retries=0))


@pytest.mark.parametrize(
    "steps",
    [
        ["a", RuntimeGarbled("cut")],
        [settled(RuntimeGarbled("cut"))],
        [RuntimeRejected("bad", status=400)],
        [RuntimeRejected("broken", status=500)],
        [RuntimeTimeout("late")],
        [ContextOverflow("full")],
        [ValueError("a fault")],
    ],
)
def test_nothing_else_is_sent_again(steps: list[object]) -> None:
    """Not after the first chunk, not what the HTTP client has tried, not what would only come again."""
    with pytest.raises((RuntimeFailure, ValueError)):
        asyncio.run(_collect([steps, ["never"]]))


def test_a_client_asks_again() -> None:
    """The retry is part of the turn: one TurnStarted, and no repair."""
    runtime = Echo([RuntimeGarbled("cut")], [RawChunk("Hi.")], info=info())
    with Client(runtime) as client:
        events = list(client.stream([user("a")]))
    assert len(runtime.requests) == 2
    assert sum(isinstance(event, TurnStarted) for event in events) == 1
    assert not [event for event in events if isinstance(event, RepairApplied)]
    with Client(Echo([RuntimeGarbled("cut")], [RawChunk("Hi.")], info=info()), retries=0) as client:
        with pytest.raises(RuntimeGarbled):
            client.turn([user("a")])
