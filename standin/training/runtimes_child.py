"""One runtime, asked in its own environment: started by `training.runtimes`, with that environment's Python.

It has nothing but that runtime and the standard library. An order comes on standard input, as JSON; what was answered is
written to the file that the order names, because runtimes write to standard output what they like.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

Order = dict[str, Any]
Answer = dict[str, Any]
Ask = Callable[[Order], Answer]
"""Messages and tools in chat JSON and whether to think, to: the ids or the text of what the model said, control tokens
spelt out; the number of prompt tokens; the calls that the runtime itself read out of it, or why it could not, where it
reads calls at all."""


def transformers(order: Order) -> Ask:
    """Load into transformers."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    words = AutoTokenizer.from_pretrained(order["model"])
    model = AutoModelForCausalLM.from_pretrained(order["model"], dtype=torch.float32).eval()

    def ask(one: Order) -> Answer:
        prompt = words.apply_chat_template(
            one["messages"],
            tools=one["tools"],
            enable_thinking=one["thinking"],
            add_generation_prompt=True,
            return_tensors="pt",
            return_dict=True,
        )
        start = prompt["input_ids"].shape[1]
        said = model.generate(**prompt, do_sample=False, max_new_tokens=order["most"])[0, start:]
        return {"ids": said.tolist(), "prompt_tokens": start}

    return ask


def mlx_lm(order: Order) -> Ask:
    """Load into mlx-lm."""
    from mlx_lm import load, stream_generate

    model, words = load(order["model"])[:2]

    def ask(one: Order) -> Answer:
        prompt = words.apply_chat_template(
            one["messages"], tools=one["tools"], enable_thinking=one["thinking"], add_generation_prompt=True
        )
        ids = [int(part.token) for part in stream_generate(model, words, prompt, max_tokens=order["most"])]
        return {"ids": ids, "prompt_tokens": len(prompt), **_read(lambda: _mlx_calls(words, words.decode(ids), one))}

    return ask


def _read(calls: Callable[[], list[Any]]) -> Answer:
    """Return the calls that a runtime reads out of its own text, or why it does not."""
    try:
        return {"read": calls()}
    except Exception as error:
        return {"unread": f"{type(error).__name__}: {error}"}


def _mlx_calls(words: Any, text: str, one: Order) -> list[Any]:
    """Return what the parser of mlx-lm's server makes of the calls in a text."""
    found: list[Any] = []
    while words.tool_call_start in text:
        text = text.partition(words.tool_call_start)[2]
        call, _, text = text.partition(words.tool_call_end)
        read = words.tool_parser(call, one["tools"])
        found += read if isinstance(read, list) else [read]
    return [{"name": call["name"], "arguments": call["arguments"]} for call in found]


def mistralrs(order: Order) -> Ask:
    """Load into mistral.rs; a file is taken as GGUF."""
    from mistralrs import ChatCompletionRequest, Runner, ToolChoice, Which

    model = Path(order["model"])
    if model.is_dir():
        which: Any = Which.MultimodalPlain(model_id=str(model))
    else:
        which = Which.GGUF(quantized_model_id=str(model.parent), quantized_filename=model.name)
    runner = Runner(which=which)

    def answer(one: Order, choice: Any) -> Any:
        return runner.send_chat_completion_request(
            ChatCompletionRequest(
                model="default",
                messages=one["messages"],
                tool_schemas=[json.dumps(tool) for tool in one["tools"]],
                tool_choice=choice,
                enable_thinking=one["thinking"],
                temperature=0.0,
                max_tokens=order["most"],
            )
        )

    def calls(one: Order) -> list[Any]:
        found = answer(one, ToolChoice.Auto).choices[0].message.tool_calls or []
        return [{"name": call.function.name, "arguments": json.loads(call.function.arguments)} for call in found]

    def ask(one: Order) -> Answer:
        raw = answer(one, ToolChoice.NoTools)  # the declarations are in the prompt; the text comes back unread
        text = raw.choices[0].message.content or ""
        return {"text": text, "prompt_tokens": raw.usage.prompt_tokens, **_read(lambda: calls(one))}

    return ask


RUNTIMES = {"transformers": transformers, "mlx-lm": mlx_lm, "mistralrs": mistralrs}


def run(order: Order) -> Answer:
    """Load the model and ask everything; what goes wrong is an answer as well."""
    started = time.monotonic()
    told: Answer = {"version": version(order["runtime"]), "answers": []}
    try:
        ask = RUNTIMES[order["runtime"]](order)
        told["load_seconds"] = time.monotonic() - started
        for one in order["questions"]:
            started = time.monotonic()
            answer = ask(one)
            told["answers"].append(answer | {"seconds": time.monotonic() - started})
    except Exception as error:
        told["error"] = f"{type(error).__name__}: {error}"
    return told


if __name__ == "__main__":
    given = json.load(sys.stdin)
    Path(given["answer"]).write_text(json.dumps(run(given)), "utf-8")
