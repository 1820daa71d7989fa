"""Records the tapes of this folder whose origin is "recorded": `python -m tests.tapes.record`, in the checkout.

The engine is the one that gemwright brings along, with random weights: the tapes show how a real llama.cpp cuts and
ends its streams, not what Gemma says. Tapes whose origin is "written" are by hand, and this program leaves them alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from gemwright.foundation.errors import RuntimeRejected
from gemwright.launch.embedded import start_embedded
from gemwright.runtimes.base import ChatChunk, ChatRequest, RawChunk, RawRequest, Sampling
from gemwright.runtimes.llamacpp import LlamaCpp
from gemwright.runtimes.tape import Recorder, write_tape
from tests.noise.model import RANDOM_MODEL

HERE = Path(__file__).parent
ENDS = ("<turn|>", "<eos>", "<|tool_response>")
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Tell the weather.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "enum": ["Oslo", "Rome"]}, "days": {"type": "integer"}},
            "required": ["city"],
        },
    },
}


async def record(url: str) -> None:
    """Record every tape from the engine at `url`."""
    runtime = LlamaCpp(url)
    await keep(runtime, "raw_noise", "random words and bytes, some of which are no UTF-8", noise())
    await keep(
        runtime, "raw_control_tokens", "a grammar held it to a thought and a call", await thought_and_call(runtime)
    )
    await keep_chat_error(runtime)
    await runtime.aclose()


def noise() -> RawRequest:
    """A request whose answer is hard on whoever decodes text."""
    return RawRequest([2], Sampling(temperature=1.0, top_k=0, top_p=1.0, seed=11, max_tokens=80), visible=ENDS)


async def thought_and_call(runtime: LlamaCpp) -> RawRequest:
    """A request whose answer holds real control tokens, since its grammar names them by their ids."""

    async def mark(spelling: str) -> str:
        (number,) = await runtime.tokenize(spelling, parse_special=True)
        return f" <[{number}]> "

    quote = await mark('<|"|>')
    thought = await mark("<|channel>") + '"thought\\n" [a-z ]{12}' + await mark("<channel|>")
    arguments = f'"{{city:" {quote} ("Oslo" | "Rome") {quote} ",days:" [1-9] "}}"'
    call = await mark("<|tool_call>") + f'"call:get_weather" {arguments}' + await mark("<tool_call|>")
    return RawRequest([2], Sampling(temperature=1.0, seed=12, max_tokens=200), f"root ::= {thought}{call}", ENDS)


async def keep(runtime: LlamaCpp, name: str, note: str, request: RawRequest) -> None:
    """Record the answer to a request."""
    recorder = recording(runtime, note)
    await read(recorder.generate(request))
    write_tape(HERE / f"{name}.jsonl", recorder.tapes[0])


async def keep_chat_error(runtime: LlamaCpp) -> None:
    """Record the first answer that the server's own parser gives up on after it has begun."""
    for seed in range(1000):
        recorder = recording(runtime, "made to call, it wrote what the server's parser gave up on in mid-stream")
        messages = [{"role": "user", "content": "How is the weather?"}]
        request = ChatRequest(messages, [TOOL], False, "required", Sampling(1.0, seed=seed, max_tokens=60))
        try:
            await read(recorder.chat(request))
        except RuntimeRejected:
            if len(recorder.tapes[0].entries) > 1:
                write_tape(HERE / "chat_error_in_mid_stream.jsonl", recorder.tapes[0])
                return
    raise SystemExit("no answer broke off")


def recording(runtime: LlamaCpp, note: str) -> Recorder:
    """Return a recorder of one tape."""
    return Recorder(runtime, licence="Apache-2.0", source="python -m tests.tapes.record", note=note)


async def read(chunks: AsyncIterator[RawChunk] | AsyncIterator[ChatChunk]) -> None:
    """Read a stream to its end."""
    async for _ in chunks:
        pass


if __name__ == "__main__":
    with start_embedded(RANDOM_MODEL) as engine:
        asyncio.run(record(engine.url))
