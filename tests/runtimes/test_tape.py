"""A tape plays what was said, cut as it was cut; what is no tape is refused with its line."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemwright.foundation.errors import (
    ContextOverflow,
    LimitReached,
    RuntimeFailure,
    RuntimeGarbled,
    RuntimeRejected,
    Unsupported,
    UsageProblem,
)
from gemwright.launch.embedded import Engine
from gemwright.messages import Usage
from gemwright.runtimes import tape as tapes
from gemwright.runtimes.base import (
    ChatChunk,
    ChatRequest,
    RawChunk,
    RawRequest,
    Runtime,
    Sampling,
    ToolCallFragment,
)
from gemwright.runtimes.echo import Echo
from gemwright.runtimes.llamacpp import LlamaCpp
from gemwright.runtimes.tape import Recorder, Tape, TapeEntry, TapeHeader, TapePlayer, read_tape, write_tape

RAW = TapeHeader("written", "raw", "llama.cpp", version="b9518", options={"seed": 1}, note="é\u2028")
CHAT = TapeHeader("fixture", "chat", "vllm", licence="Apache-2.0", source="somewhere")
COMMITTED = sorted(Path(__file__).parent.parent.joinpath("tapes").glob("*.jsonl"))


def played(runtime: Runtime, request: RawRequest | ChatRequest) -> tuple[list[Any], RuntimeFailure | None]:
    """Return the chunks of a stream and the failure that ended it."""

    async def main() -> tuple[list[Any], RuntimeFailure | None]:
        chunks: list[Any] = []
        asked: Any = runtime.generate(request) if isinstance(request, RawRequest) else runtime.chat(request)
        try:
            async for chunk in asked:
                chunks.append(chunk)  # noqa: PERF401 - what came before a failure is wanted too
        except RuntimeFailure as failure:
            return chunks, failure
        return chunks, None

    return asyncio.run(main())


USAGES = st.none() | st.builds(Usage, st.none() | st.integers(0, 9), st.none() | st.integers(0, 9))
FINISHES = st.sampled_from([None, "stop", "length", "tool_calls"])
CALLS = st.lists(st.builds(ToolCallFragment, st.integers(0, 3), st.text(), st.text(), st.text()), max_size=2).map(tuple)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
RAW_CHUNKS = st.builds(RawChunk, TEXTS, st.lists(st.integers(0, 300000), max_size=3).map(tuple), FINISHES, USAGES)
CHAT_CHUNKS = st.builds(ChatChunk, TEXTS, TEXTS, CALLS, FINISHES, USAGES)
TIMES = st.floats(0, 1000).map(lambda seconds: round(seconds, 6))


@pytest.mark.parametrize(("header", "chunks"), [(RAW, RAW_CHUNKS), (CHAT, CHAT_CHUNKS)])
@given(data=st.data())
def test_written_and_read_back(
    tmp_path_factory: pytest.TempPathFactory, header: TapeHeader, chunks: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    """Every chunk of either lane survives, empty ones and every character included."""
    entries = data.draw(st.lists(st.builds(TapeEntry, TIMES, chunks), max_size=6))
    path = tmp_path_factory.mktemp("tape") / "one.jsonl"
    tape = Tape(header, tuple(entries))
    write_tape(path, tape)
    assert read_tape(path) == tape


def test_what_a_tape_looks_like(tmp_path: Path) -> None:
    """People write and review tapes by hand: plain text is plain, and nothing empty is there."""
    entries = (TapeEntry(0.013, RawChunk("hé")), TapeEntry(0.5, RawChunk("", (1,), "stop", Usage(3))))
    write_tape(tmp_path / "t", Tape(TapeHeader("written", "raw", "x"), entries))
    assert (tmp_path / "t").read_bytes().decode().splitlines() == [
        '{"tape":1,"origin":"written","lane":"raw","runtime":"x"}',
        '{"t":0.013,"chunk":"hé"}',
        '{"t":0.5,"chunk":{"tokens":[1],"finish":"stop","usage":{"prompt_tokens":3}}}',
    ]


@pytest.mark.parametrize(
    "failure",
    [RuntimeRejected("no", status=503), RuntimeGarbled("cut"), ContextOverflow("too long"), RuntimeFailure("?")],
)
def test_failures_are_kept(tmp_path: Path, failure: RuntimeFailure) -> None:
    """A stream that broke breaks again, in the same place and the same way."""
    write_tape(tmp_path / "t", Tape(RAW, (TapeEntry(0.1, RawChunk("a")), TapeEntry(0.2, failure=failure))))
    chunks, found = played(TapePlayer(read_tape(tmp_path / "t")), RawRequest("x"))
    assert chunks == [RawChunk("a")]
    assert type(found) is type(failure) and str(found) == str(failure)
    assert found is not None and found.http_status == failure.http_status


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is empty"),
        ("nonsense", "line 1"),
        ("[]", "no object"),
        ('{"t":0,"chunk":"a"}', "no header of this version"),
        ('{"tape":2,"origin":"written","lane":"raw","runtime":"x"}', "no header of this version"),
        ('{"tape":1,"lane":"raw","runtime":"x"}', "does not say its origin"),
        ('{"tape":1,"origin":"guessed","lane":"raw","runtime":"x"}', "does not say its origin"),
        ('{"tape":1,"origin":"written","runtime":"x"}', "does not say its lane"),
        ('{"tape":1,"origin":"written","lane":"raw"}', "name the runtime"),
        ('{"tape":1,"origin":"written","lane":"raw","runtime":"x","license":"y"}', "unknown key 'license'"),
        ('{"tape":1,"origin":"written","lane":"raw","runtime":"x","options":7}', "options"),
        ('{"tape":1,"origin":"written","lane":"raw","runtime":"x","note":7}', "hold text"),
    ],
)
def test_headers_that_are_none(tmp_path: Path, text: str, words: str) -> None:
    """A tape without its origin proves nothing to anybody."""
    path = tmp_path / "t.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageProblem) as caught:
        read_tape(path)
    assert words in caught.value.message and str(path) in caught.value.message


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "{}",
        '{"chunk":"a"}',
        '{"t":"soon","chunk":"a"}',
        '{"t":0}',
        '{"t":0,"chunk":7}',
        '{"t":0,"chunk":{"txt":"a"}}',
        '{"t":0,"chunk":{"text":7}}',
        '{"t":0,"chunk":{"tokens":["a"]}}',
        '{"t":0,"chunk":{"finish":"done"}}',
        '{"t":0,"chunk":{"usage":{"tokens":1}}}',
        '{"t":0,"error":{"code":"GW-E999"}}',
        '{"t":0,"error":"x"}',
        '{"t":0,"chunk":"a"',
    ],
)
@pytest.mark.parametrize("lane", ["raw", "chat"])
def test_lines_that_are_none(tmp_path: Path, line: str, lane: str) -> None:
    """A broken line is named by its number, not skipped."""
    header = json.dumps({"tape": 1, "origin": "written", "lane": lane, "runtime": "x"})
    path = tmp_path / "t.jsonl"
    path.write_text(f'{header}\n{{"t":0,"chunk":"a"}}\n{line}\n', "utf-8")
    with pytest.raises(UsageProblem) as caught:
        read_tape(path)
    assert "line" in caught.value.message or "no object" in caught.value.message


def test_size_is_capped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a huge file nor an endless stream fills the memory; the stream itself goes on."""
    monkeypatch.setattr(tapes, "MAX_TAPE", 300)
    long = Tape(RAW, (TapeEntry(0, RawChunk("x" * 400)),))
    with pytest.raises(LimitReached):
        write_tape(tmp_path / "t", long)
    assert not (tmp_path / "t").exists()
    (tmp_path / "big").write_bytes(b" " * 301)
    with pytest.raises(LimitReached):
        read_tape(tmp_path / "big")
    recorder = Recorder(Echo(["x" * 100] * 9))
    assert len(played(recorder, RawRequest("x"))[0]) == 10
    assert recorder.tapes == []


def test_pace() -> None:
    """A tape plays at once, or as it was recorded, or slower, in the test's own time."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(round(seconds, 3))

    tape = Tape(RAW, tuple(TapeEntry(t, RawChunk("a")) for t in (0.1, 0.1, 0.4)))
    played(TapePlayer(tape, sleep=sleep), RawRequest("x"))
    assert waits == []
    played(TapePlayer(tape, pace=2, sleep=sleep), RawRequest("x"))
    assert waits == [0.2, 0.0, 0.6]


def test_a_tape_is_no_model() -> None:
    """Its lane is its own, it has no vocabulary, and it never passes for something that runs."""
    player = TapePlayer(Tape(RAW, ()))
    info = asyncio.run(player.describe())
    assert info.note == "a tape, written: no model runs; é\u2028"
    assert info.capabilities.raw_text and not info.capabilities.raw_tokens and not info.capabilities.chat
    for refused in (
        lambda: played(player, ChatRequest([])),
        lambda: asyncio.run(player.tokenize("a", parse_special=True)),
    ):
        with pytest.raises(Unsupported):
            refused()


def test_recorder_changes_nothing_and_keeps_everything() -> None:
    """The same chunks come out, and the tape says them again, with their times."""
    script = ["a", RawChunk("b", (3,), "stop", Usage(1, 2))]
    now = iter([0.0, 0.25, 0.5])
    recorder = Recorder(Echo(script), licence="CC0-1.0", source="a test", clock=lambda: next(now))
    chunks, _ = played(recorder, RawRequest("my secret prompt", Sampling(seed=4), grammar="root ::= secret"))
    assert chunks == [RawChunk("a"), script[1]]
    (tape,) = recorder.tapes
    assert [entry.t for entry in tape.entries] == [0.25, 0.5]
    assert tape.header.options == {"seed": 4, "grammar": True}
    assert (tape.header.origin, tape.header.runtime, tape.header.licence) == ("recorded", "echo", "CC0-1.0")
    assert played(TapePlayer(tape), RawRequest("y"))[0] == chunks


def test_recorder_keeps_no_secret(tmp_path: Path) -> None:
    """Tapes are shared and committed: neither prompts nor schemas nor addresses are on them."""
    request = ChatRequest(
        [{"role": "user", "content": "secret"}], [{"name": "secret"}], response_schema={"a": "secret"}
    )
    recorder = Recorder(Echo(["b", RuntimeGarbled("http://secret.host:8080/path broke off: sorry")]))
    played(recorder, request)
    write_tape(tmp_path / "t", recorder.tapes[0])
    assert "the server broke off: sorry" in (tmp_path / "t").read_text("utf-8")
    assert "secret" not in (tmp_path / "t").read_text("utf-8")


def test_recorder_keeps_what_came_before_the_end() -> None:
    """A failure is on the tape; an answer that was left is there as far as it came."""
    recorder = Recorder(Echo(["a", RuntimeGarbled("cut")], ["b", "c"]))
    _, failure = played(recorder, RawRequest("x"))
    assert isinstance(failure, RuntimeGarbled)

    async def leave() -> None:
        async with aclosing(recorder.generate(RawRequest("x"))) as chunks:
            async for _ in chunks:
                break

    asyncio.run(leave())
    first, second = recorder.tapes
    assert [(entry.chunk, entry.failure) for entry in first.entries] == [(RawChunk("a"), None), (None, failure)]
    assert [entry.chunk for entry in second.entries] == [RawChunk("b")]


def test_recording_the_engine(noise: Engine, tmp_path: Path) -> None:
    """A real stream of bytes that are hard on text, recorded, written, read and played: the same chunks."""

    async def main() -> list[RawChunk]:
        recorder = Recorder(LlamaCpp(noise.url, note=noise.label))
        request = RawRequest([2], Sampling(seed=5, temperature=1.0, max_tokens=60))
        chunks = [chunk async for chunk in recorder.generate(request)]
        write_tape(tmp_path / "t", recorder.tapes[0])
        await recorder.aclose()
        return chunks

    chunks = asyncio.run(main())
    tape = read_tape(tmp_path / "t")
    assert played(TapePlayer(tape), RawRequest("x"))[0] == chunks
    assert tape.header.origin == "recorded" and "random" in tape.header.model
    assert str(noise.model_path.parent) not in (tmp_path / "t").read_text("utf-8")


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_committed_tapes(path: Path) -> None:
    """Every tape of the project can be played, says whose words they are, and ends."""
    tape = read_tape(path)
    assert tape.header.licence and tape.header.note and tape.header.source
    assert [entry.t for entry in tape.entries] == sorted(entry.t for entry in tape.entries)
    if tape.header.origin == "recorded":
        assert "random weights" in tape.header.model
    ends = [entry for entry in tape.entries if entry.failure or (entry.chunk and entry.chunk.finish)]
    assert ends == [tape.entries[-1]]
