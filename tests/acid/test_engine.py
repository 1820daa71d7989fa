"""The acid test over a real llama.cpp with the demo model: one output of every family, and the same table twice."""

from __future__ import annotations

import asyncio
import os

import pytest

from gemwright.acid import Report, chosen, run, vectors
from gemwright.acid.endpoints import endpoint
from gemwright.acid.vectors import Vector
from gemwright.foundation.errors import ModelMissing
from gemwright.launch.embedded import Engine


def played(url: str, outputs: tuple[Vector, ...], *, speaks: str = "llama.cpp", **options: object) -> Report:
    """Play vectors through a server."""

    async def use() -> Report:
        runtime, _ = endpoint(url, speaks=speaks)
        try:
            return await run(runtime, outputs, **options)  # type: ignore[arg-type]
        finally:
            await runtime.aclose()

    return asyncio.run(use())


def test_every_family_through_the_engine(engine: Engine) -> None:
    """Through our client everything well-formed is right, and in the raw lane everything."""
    report = played(engine.url, chosen(limit=1), thinking=(False,), without=("whole",))
    table = report.table
    assert len(table.families) == 34
    assert {case.evidence for case in table.cases if case.said} == {"ids"}
    assert table.total("all").not_said <= 2
    for column in ("client_chat", "client_raw"):
        cell = table.total("well-formed").cells[column]
        assert cell.right == cell.of >= 10
    raw = table.total("all").cells["client_raw"]
    assert raw.right == raw.of
    alone, client = (table.total("malformed").cells[column] for column in ("alone_streamed", "client_chat"))
    assert alone.right < client.right < client.of
    assert "kept" not in client.wrong or client.wrong["kept"] <= 2


def test_a_second_run_gives_the_same_table(engine: Engine) -> None:
    """Whatever was asked before; streamed, in one piece and raw, thinking off and on."""
    outputs = chosen(names=["wf_multi/two_calls", "missing_comma/newline_separated"])
    first, second = played(engine.url, outputs), played(engine.url, outputs)
    assert first.to_json() == second.to_json()
    assert set(first.table.columns) == {"alone_streamed", "alone_whole", "client_chat", "client_raw"}
    assert first.table.total("all").cases == 4


@pytest.mark.skipif(not os.environ.get("GEMWRIGHT_PROVE"), reason="every output twice: `make prove` does it")
def test_two_whole_runs_give_the_same_table(engine: Engine) -> None:
    """Every output, every way; our client is right about all that arrives of well-formed ones."""
    first, second = played(engine.url, vectors()), played(engine.url, vectors())
    assert first.table.to_json() == second.table.to_json()
    assert first.table.kept_well_formed


def test_by_openais_protocol_it_is_the_same_server(engine: Engine) -> None:
    """The other adapter, the same verdicts in the chat lane."""
    outputs = chosen(names=["wf_multi/two_calls", "thought_leak/opener_lost"])
    reports = [
        played(engine.url, outputs, speaks=name, thinking=(False,), without=("raw",))
        for name in ("llama.cpp", "llama.cpp-openai")
    ]
    own, openai = ([dict(case.verdicts) for case in report.table.cases] for report in reports)
    assert own == openai


def test_another_model_is_refused(noise: Engine) -> None:
    """Random weights say nothing that was asked for; the refusal shows what they said."""
    with pytest.raises(ModelMissing, match=r"asked in parrot mode for .* it answered"):
        played(noise.url, chosen(limit=1))
