"""Tapes of traffic that shows the fault of an advisory, played through adapter, framing and client.

What is right stands in each tape. Nothing may be lost, every repair has its name, and what cannot be restored is named:
as a call that is none, as the problem of the turn, or as the error that ends it. However the bytes are cut, it is the same.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gemwright.catalog.advisories import Advisory
from gemwright.catalog.load import catalog
from gemwright.client import AsyncClient, problem_of
from gemwright.client.structured import Structured
from gemwright.foundation.errors import GemwrightError, SchemaMismatch
from gemwright.messages import Turn, user
from tests.loopback import Loopback
from tests.tapes.traffic import ADAPTERS, Traffic, advisory_tapes, at_random

TAPES = advisory_tapes()
WANTED = 45
"""Advisories at least whose fault a tape shows."""

SINGLY = 1300
"""Bytes at most of a tape that is played byte by byte too: each costs a turn of the loop."""

PACKAGES = {
    "ollama": "ollama",
    "vllm": "vllm",
    "sglang": "sglang",
    "lmstudio": "lmstudio",
    "mlx": "mlx-lm",
    "llamacpp": "llama.cpp",
    "openai": "",
}
"""Names by which the corpus knows what spoke."""

NOTHING: dict[str, Any] = {
    "thinking": "",
    "text": "",
    "calls": [],
    "finish": "stop",
    "repairs": [],
    "incomplete": [],
    "problem": "",
    "error": "",
    "value": None,
}
"""What a tape's `expected` leaves out. `says`, part of an error's words, is compared apart."""


def expected_of(tape: Traffic) -> dict[str, Any]:
    """What is right, whole."""
    return {**NOTHING, **{key: value for key, value in tape.expected.items() if key != "says"}}


def cuts_of(tape: Traffic) -> dict[str, list[bytes]]:
    """The bytes of a tape, cut as the server did, at random, and, where they are few, into single bytes."""
    chunks = tape.chunks()
    whole = b"".join(chunks)
    found = {"as recorded": chunks}
    if not tape.stalls:
        found["at random"] = list(at_random(whole, tape.name))
    if not tape.stalls and len(whole) <= SINGLY:
        found["byte by byte"] = [whole[at : at + 1] for at in range(len(whole))]
    return found


def played(tape: Traffic) -> dict[str, dict[str, Any]]:
    """Play a tape in each cut, and return what the client delivers, and what it says of what it cannot."""

    async def main() -> dict[str, dict[str, Any]]:
        pieces: list[bytes] = []
        found: dict[str, dict[str, Any]] = {}
        async with Loopback(tape.handler(pieces)) as server:
            runtime = tape.adapter(server.url)
            client = AsyncClient(runtime, variant="E4B", lane=tape.lane)
            try:
                async with asyncio.timeout(20):
                    for name, cut in cuts_of(tape).items():
                        pieces[:] = cut
                        found[name] = await _delivered(client, tape)
            finally:
                await runtime.aclose()
        return found

    return asyncio.run(main())


async def _delivered(client: AsyncClient, tape: Traffic) -> dict[str, Any]:
    turn, value = Turn(), None
    failure: GemwrightError | None = None
    stream = client.stream([user("hi")], tape.tools, tape.options)
    try:
        turn = await stream.turn()
        if "schema" in tape.ask:
            answer: Structured[Any] = await client.structured(
                [user("hi")], tape.ask["schema"], tape.options, attempts=1
            )
            value = answer.value
    except SchemaMismatch as mismatch:
        failure = mismatch
    except GemwrightError as error:
        turn, failure = stream.so_far(), error
    problem = problem_of(turn) if failure is None else None
    said = tape.expected.get("says", "")
    assert failure is None or said in failure.message
    return {
        "thinking": turn.thinking,
        "text": turn.text,
        "calls": [[call.name, dict(call.arguments)] for call in turn.tool_calls],
        "finish": turn.finish,
        "repairs": sorted(repair.id for repair in turn.repairs),
        "incomplete": [call.name for call in turn.incomplete],
        "problem": type(problem).__name__ if problem else "",
        "error": type(failure).__name__ if failure else "",
        "value": value,
    }


@pytest.mark.parametrize("tape", TAPES, ids=lambda tape: tape.name)
def test_nothing_is_lost_without_a_name(tape: Traffic) -> None:
    """Thoughts, texts and calls come as they were meant; repairs, halves, problems and errors are named, in any cut."""
    right = expected_of(tape)
    for cut, found in played(tape).items():
        assert found == right, cut


def test_the_tapes_show_enough_advisories() -> None:
    """Of every runtime that has one, and of many advisories."""
    assert len({tape.advisory for tape in TAPES}) >= WANTED
    assert {tape.runtime for tape in TAPES} == ADAPTERS.keys()


@pytest.mark.parametrize("tape", TAPES, ids=lambda tape: tape.name)
def test_a_tape_says_where_it_comes_from(tape: Traffic) -> None:
    """Its advisory exists and cites the report, the version is one that it holds for, and the framing has a source."""
    known = catalog().all(Advisory)[tape.advisory]
    assert not known.withdrawn
    assert tape.origin in ("quoted", "described") and tape.fault and tape.model
    assert tape.source in {one.url for one in known.references} or _alias(tape.source) in known.aliases
    assert tape.framing.startswith("https://")
    assert not tape.expected.keys() - NOTHING.keys() - {"says"}
    ranges = [one for one in known.affected if one.package == PACKAGES[tape.runtime]]
    assert not ranges or any(one.holds(tape.version) is not False for one in ranges)


def _alias(url: str) -> str:
    owner, repository, _, number = url.removeprefix("https://github.com/").split("/")[:4]
    return f"{owner}/{repository}#{number}"
