"""The same exchange with an agent over every runtime: `python -m tests.tapes.exchange`, in the checkout, writes its tapes anew.

A question that needs two calls, with thinking; their results; an answer. The demo model is asked over llama.cpp, which is met for
real in every test run; over mlx-lm's server and `transformers serve`, whose traffic is kept byte by byte; and over mistral.rs in
process, whose chunks are kept. Ollama, vLLM, SGLang and LM Studio do not run here: their traffic says the demo model's words
in the frames that their documentation shows (`origin`: "written").

A tape of traffic is JSON Lines: a head, then what the server answered, in order: path, status, kind and body. The model's folder
and mlx-lm's description of the machine are taken out.
"""

from __future__ import annotations

import asyncio
import datetime
import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gemwright.client import AsyncClient
from gemwright.client.lanes import LaneName
from gemwright.messages import (
    Event,
    GenerationOptions,
    Malformed,
    Message,
    RepairApplied,
    TextDelta,
    ThinkingDelta,
    ToolCallEnded,
    Turn,
    TurnEnded,
    system,
    tool_result,
    user,
)
from gemwright.runtimes.base import Runtime
from gemwright.testing.checks import BOTH, TOOLS
from tests.loopback import Asked, Handler, Loopback, Say, answer

HERE: Final = Path(__file__).parent / "exchange"
RIGHT: Final = HERE / "right.json"
"""The events of the two turns over llama.cpp's raw lane, as the demo model said them when the tapes were made."""
OPTIONS: Final = GenerationOptions(temperature=0, thinking=True, max_tokens=200)
RESULTS: Final = ("sunny", "12:30")
"""As text, which both lanes put into the prompt alike: an object is text in the chat lane."""
WRITTEN: Final[Mapping[str, tuple[str, str]]] = {
    "ollama": ("0.40.1", "https://github.com/ollama/ollama/blob/main/docs/api.md"),
    "vllm": ("0.33.0", "https://docs.vllm.ai/en/latest/features/reasoning_outputs.html"),
    "sglang": ("0.5.23", "https://docs.sglang.ai/advanced_features/separate_reasoning.html"),
    "lmstudio": ("", "https://lmstudio.ai/docs/developer/openai-compat/tools"),
}
MODEL: Final = "demo-model"
GEMMA: Final = "gemma4:e2b"
"""Ollama is asked for a Gemma 4 by its name, so the written one has such a name."""
_MACHINE: Final = re.compile(r'("system_fingerprint": ")[^"]*')


@dataclass(frozen=True)
class Spoken:
    """One turn of the exchange: its events, put together where they are pieces of one thing, and its repairs."""

    events: list[tuple[Any, ...]]
    repairs: list[str]
    ids: list[str]


async def exchange(runtime: Runtime, lane: LaneName) -> list[Spoken]:
    """Have the exchange over a runtime, and return its two turns."""
    client = AsyncClient(runtime, lane=lane, variant="E2B")
    messages: list[Message] = [system("You are a helpful assistant. Answer briefly."), user(BOTH)]
    turns: list[Spoken] = []
    for _ in range(2):
        async with asyncio.timeout(300), client.stream(messages, TOOLS, OPTIONS) as stream:
            events = [event async for event in stream]
            turn = stream.so_far()
        turns.append(spoken(events, turn))
        messages.append(Message("assistant", turn.parts))
        messages += [tool_result(call, found) for call, found in zip(turn.tool_calls, RESULTS, strict=False)]
    return turns


def spoken(events: Iterable[Event], turn: Turn) -> Spoken:
    """Return what was said, without cuts, ids and names of runtimes."""
    said: list[tuple[Any, ...]] = []
    for event in events:
        kind: tuple[Any, ...] = ()
        match event:
            case ThinkingDelta(text=text):
                kind = ("thought", text)
            case TextDelta(text=text):
                kind = ("text", text)
            case ToolCallEnded(index=index, call=call):
                kind = ("call", index, call.name, dict(call.arguments))
            case Malformed(raw=raw):
                kind = ("malformed", raw)
            case TurnEnded(finish=finish):
                kind = ("end", finish)
            case _:
                continue
        if said and kind[0] in ("thought", "text") and said[-1][0] == kind[0]:
            kind = (kind[0], said.pop()[1] + kind[1])
        said.append(kind)
    return Spoken(
        said,
        sorted({event.repair for event in events if isinstance(event, RepairApplied)}),
        [call.id for call in turn.tool_calls],
    )


def relay(url: str, kept: list[dict[str, Any]], hidden: Sequence[tuple[str, str]]) -> Handler:
    """Return a server that passes everything on to another one, and keeps what came back.

    Args:
        url: the other one.
        kept: takes each answer.
        hidden: texts that are no one's business, and what stands for them.
    """

    def passed_on(asked: Asked) -> tuple[int, str, bytes]:
        body = asked.body or None
        request = urllib.request.Request(url + asked.path, body, {"content-type": "application/json"})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=300) as found:  # noqa: S310 - our own, on loopback
                return found.status, found.headers.get_content_type(), found.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.headers.get_content_type(), refused.read()

    async def handle(asked: Asked, say: Say) -> None:
        status, kind, body = await asyncio.to_thread(passed_on, asked)
        text = body.decode()
        for secret, instead in hidden:
            text = text.replace(secret, instead)
        text = _MACHINE.sub(r"\1", text)
        kept.append({"path": asked.path, "status": status, "kind": kind, "body": text})
        await say(answer(body, status, kind))

    return handle


def replay(rows: Sequence[Mapping[str, Any]]) -> Handler:
    """Return a server that says again what was kept: by path, in order, the last for ever."""
    left: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        left.setdefault(row["path"], []).append(row)

    async def handle(asked: Asked, say: Say) -> None:
        found = left.get(asked.path, [])
        row = found.pop(0) if len(found) > 1 else found[0] if found else {"status": 404, "kind": "", "body": "{}"}
        await say(answer(row["body"].encode(), row["status"], row["kind"] or "application/json"))

    return handle


def read(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a tape's head and rows."""
    head, *rows = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    assert head["exchange"] == 1 and head["origin"] in ("recorded", "written")
    return head, rows


def keep(name: str, head: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write a tape."""
    lines = [{"exchange": 1, "runtime": name, "licence": "Apache-2.0", **head}, *rows]
    path = HERE / f"{name}.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")


def written(name: str, turns: Sequence[Spoken]) -> list[dict[str, Any]]:
    """Return the traffic of a runtime that does not run here, with the words of these turns."""
    version = WRITTEN[name][0]
    if name == "ollama":
        can = {"capabilities": ["completion", "tools", "thinking"], "model_info": {"general.architecture": "gemma4"}}
        told: dict[str, Any] = {
            "/api/version": {"version": version},
            "/api/tags": {"models": [{"name": GEMMA, "model": GEMMA}]},
            "/api/ps": {"models": []},
            "/api/show": can,
        }
        streams = [("/api/chat", "application/x-ndjson", "".join(_ollama(turn))) for turn in turns]
    else:
        told = {"/v1/models": {"object": "list", "data": [{"id": MODEL, "object": "model"}]}}
        told |= {"vllm": {"/version": {"version": version}}, "sglang": {"/server_info": {"version": version}}}.get(
            name, {}
        )
        kind, path = "text/event-stream", "/v1/chat/completions"
        streams = [(path, kind, "".join(_sse(name, turn, at))) for at, turn in enumerate(turns)]
    rows = [
        {"path": path, "status": 200, "kind": "application/json", "body": json.dumps(body)}
        for path, body in told.items()
    ]
    return rows + [{"path": path, "status": 200, "kind": kind, "body": body} for path, kind, body in streams]


def _ollama(turn: Spoken) -> Iterator[str]:
    def line(message: dict[str, Any], **more: Any) -> str:
        head = {"model": GEMMA, "created_at": "2026-11-24T12:00:00Z", "message": {"role": "assistant", **message}}
        return json.dumps({**head, "done": False, **more}, ensure_ascii=False) + "\n"

    for event in turn.events:
        match event:
            case ("thought", str(text)):
                yield from (line({"content": "", "thinking": word}) for word in _words(text))
            case ("text", str(text)):
                yield from (line({"content": word}) for word in _words(text))
            case ("call", index, name, arguments):
                call = {"function": {"index": index, "name": name, "arguments": arguments}}
                yield line({"content": "", "tool_calls": [call]})
            case _:
                counts = {"prompt_eval_count": 100, "eval_count": 40, "eval_duration": 400_000_000}
                yield line({"content": ""}, done=True, done_reason="stop", **counts)


def _sse(name: str, turn: Spoken, at: int) -> Iterator[str]:
    """Yield the frames of a server that speaks OpenAI's protocol; they differ in where thoughts stand and how calls are cut."""
    thought = "reasoning" if name == "vllm" else "reasoning_content"

    def frame(choices: list[dict[str, Any]], **more: Any) -> str:
        head = {"id": f"chatcmpl-{at}", "object": "chat.completion.chunk", "created": 1795521600, "model": MODEL}
        return f"data: {json.dumps({**head, 'choices': choices, **more}, ensure_ascii=False)}\n\n"

    def delta(value: dict[str, Any], finish: str | None = None) -> str:
        return frame([{"index": 0, "delta": value, "finish_reason": finish}])

    def call(index: int, **function: str) -> dict[str, Any]:
        first = {"id": f"call_{at}{index}", "type": "function"} if "name" in function else {}
        return {"tool_calls": [{"index": index, **first, "function": function}]}

    yield delta({"role": "assistant", "content": ""})
    for event in turn.events:
        match event:
            case ("thought", str(text)):
                yield from (delta({thought: word}) for word in _words(text))
            case ("text", str(text)):
                yield from (delta({"content": word}) for word in _words(text))
            case ("call", int(index), str(called), arguments):
                yield delta(call(index, name=called, arguments=""))
                pieces = [json.dumps(arguments)] if name == "sglang" else _words(json.dumps(arguments))
                yield from (delta(call(index, arguments=part)) for part in pieces)
            case ("end", finish):
                yield delta({}, "tool_calls" if finish == "tool_calls" else "stop")
            case _:
                raise ValueError(f"{event} has no frame")
    yield frame([], usage={"prompt_tokens": 100, "completion_tokens": 40, "total_tokens": 140})
    yield "data: [DONE]\n\n"


def _words(text: str) -> list[str]:
    """Return a text cut behind its spaces."""
    return [word for word in text.replace(" ", " \0").split("\0") if word]


async def played(make: Callable[[str], Any], rows: Sequence[Mapping[str, Any]]) -> list[Spoken]:
    """Have the exchange with a tape."""
    async with Loopback(replay(rows)) as server:
        runtime = make(server.url)
        try:
            return await exchange(runtime, "chat")
        finally:
            await runtime.aclose()


def main() -> None:
    """Write all tapes; those of runtimes that `make peers-env` has not installed are left as they are."""
    from gemwright.launch.embedded import start_embedded
    from gemwright.runtimes.llamacpp import LlamaCpp
    from gemwright.runtimes.mlx import MLX
    from gemwright.runtimes.transformers_serve import TransformersServe

    sys.path.insert(0, str(Path(__file__).parents[2] / "standin"))
    from training.peers import PEERS, child, layout_of, peer, serving

    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    command = "python -m tests.tapes.exchange"
    with start_embedded() as engine:
        turns = asyncio.run(exchange(LlamaCpp(engine.url), "raw"))
    told = [{"events": turn.events, "repairs": turn.repairs} for turn in turns]
    RIGHT.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    for name, (version, source) in WRITTEN.items():
        head = {"origin": "written", "version": version, "date": today, "source": source, "command": command}
        keep(name, head, written(name, turns))

    async def recorded(make: Callable[[str], Any], url: str) -> list[dict[str, Any]]:
        kept: list[dict[str, Any]] = []
        async with Loopback(relay(url, kept, [(str(layout_of()), MODEL), (layout_of().name, MODEL)])) as between:
            runtime = make(between.url)
            await exchange(runtime, "chat")
            await runtime.aclose()
        return kept

    for name, make in (("mlx-lm", MLX), ("transformers", TransformersServe)):
        if peer(name) is None:
            continue
        with serving(name) as (url, _):
            rows = asyncio.run(recorded(make, url))
        known = PEERS[name]
        version = next(one.partition("==")[2] for step in known.steps for one in step if one.startswith(name))
        serve = " ".join(("python", *known.serve)).format(model=MODEL, port="PORT")
        keep(name, {"origin": "recorded", "version": version, "date": today, "serve": serve, "command": command}, rows)
    if peer("mistralrs") is not None:
        process = child("mistralrs", ["-m", "tests.tapes.exchange", "mistralrs", str(layout_of()), command])
        _, err = process.communicate(timeout=600)
        if process.returncode:
            raise SystemExit(err)


def record_mistralrs(folder: str, command: str) -> None:
    """Keep the chunks of both turns; run by the Python that has mistral.rs."""
    from dataclasses import replace

    from gemwright.runtimes.mistralrs_local import MistralrsLocal
    from gemwright.runtimes.tape import Recorder, write_tape

    async def run() -> None:
        recorder = Recorder(MistralrsLocal(folder), licence="Apache-2.0", source=command)
        await exchange(recorder, "raw")
        for number, tape in enumerate(recorder.tapes, 1):
            header = replace(tape.header, model=MODEL, note=f"{datetime.datetime.now(datetime.UTC).date()}, in process")
            write_tape(HERE / f"mistral.rs-{number}.jsonl", replace(tape, header=header))

    asyncio.run(run())


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        record_mistralrs(*sys.argv[2:])
        os._exit(0)  # its engine's threads do not end by themselves
