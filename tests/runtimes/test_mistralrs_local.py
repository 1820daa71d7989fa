"""mistral.rs in this process, with a package that is made up: what goes in, and what is made of what comes out.

`make prove` runs the real one (`tests/contract/test_peers.py`).
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import sys
from pathlib import Path
from types import SimpleNamespace as Thing
from typing import Any

import pytest

from gemwright.foundation.errors import ContextOverflow, RuntimeGarbled, Unsupported
from gemwright.messages import Usage
from gemwright.runtimes.base import ChatRequest, RawRequest, Sampling
from gemwright.runtimes.mistralrs_local import MistralrsLocal
from tests.runtimes.answering import heard


def said(content: str | None = None, reasoning: str | None = None, finish: str | None = None, *calls: Any) -> Any:
    """Return a chunk as mistral.rs makes it."""
    delta = Thing(content=content, reasoning_content=reasoning, tool_calls=list(calls) or None)
    usage = Thing(prompt_tokens=7, completion_tokens=3) if finish else None
    return Thing(choices=[Thing(delta=delta, finish_reason=finish)], usage=usage)


@pytest.fixture
def mistralrs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A package whose runner says what `says` holds and keeps what it is asked."""
    package = Thing(asked=[], made=[], says=[], adapter=None)

    class Runner:
        """Says what it is told to."""

        def __init__(self, **options: Any) -> None:
            template = options.get("jinja_explicit")
            package.made.append(Path(template).read_text("utf-8") if template else "")

        def send_chat_completion_request(self, request: Any) -> Any:
            """Keep the request and say what was given, raising what is an error."""
            package.asked.append(request)
            for one in package.says:
                if isinstance(one, Exception):
                    raise one
                yield one

        def max_sequence_length(self) -> int:
            """Return the context."""
            return 8192

    package.Runner = Runner
    package.Which = Thing(MultimodalPlain=dict)
    package.ToolChoice = Thing(Auto="auto", NoTools="none")
    package.ChatCompletionRequest = dict
    monkeypatch.setitem(sys.modules, "mistralrs", package)
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "0.9.5")
    monkeypatch.setenv("RUST_LOG", "warn")
    (tmp_path / "config.json").write_text("{}", "utf-8")
    package.adapter = MistralrsLocal(tmp_path)
    return package


def raw(package: Any, prompt: str, *says: Any) -> str:
    """Return the text of an answer to a rendered prompt."""
    package.says[:] = says
    chunks, failure = asyncio.run(heard(package.adapter, RawRequest(prompt, Sampling(temperature=0, stop=("x",)))))
    assert failure is None
    assert chunks[-1].usage == Usage(7, 3)
    return "".join(chunk.text for chunk in chunks)


def test_a_thought_gets_its_marks_back(mistralrs: Any) -> None:
    """The package takes them away, and the parser of the raw lane needs them; each only where one was."""
    answer = (said("a"), said("b", None, "stop"))
    assert raw(mistralrs, "p", said(), said(None, "I "), said(None, "see.\n"), said(), *answer) == (
        "<|channel>thought\nI see.\n<channel|>ab"
    )
    assert raw(mistralrs, "p", *answer) == "ab"
    assert raw(mistralrs, "p<|channel>thought\n", said("I see.\n"), said(), *answer) == "I see.\n<channel|>ab"
    assert raw(mistralrs, "p", said(None, "I see."), said(None, None, "stop")) == "<|channel>thought\nI see.<channel|>"


def test_a_prompt_goes_through_a_template_that_passes_it_on(mistralrs: Any) -> None:
    """It must arrive as it was rendered, and nothing in it be taken for a call."""
    raw(mistralrs, "the prompt", said("a", None, "stop"))
    assert "{{ messages[0]['content'] }}" in mistralrs.made[0]
    request = mistralrs.asked[-1]
    assert request["messages"] == [{"role": "user", "content": "the prompt"}]
    assert (request["tool_choice"], request["temperature"], request["stop_seqs"]) == ("none", 0, ["x"])


def test_calls_of_the_chat_lane_are_numbered_through(mistralrs: Any) -> None:
    """Each comes whole; two chunks with a call each are two calls."""
    call = Thing(id="a", function=Thing(name="get", arguments="{}"))
    mistralrs.says[:] = [said(None, None, None, call), said(None, None, "tool_calls", call)]
    messages = [{"role": "user", "content": [{"type": "text", "text": "hi"}]}, {"role": "assistant", "content": None}]
    chunks, failure = asyncio.run(heard(mistralrs.adapter, ChatRequest(messages, [{"type": "function"}])))
    assert failure is None
    assert [fragment.index for chunk in chunks for fragment in chunk.tool_calls] == [0, 1]
    assert [one["content"] for one in mistralrs.asked[-1]["messages"]] == ["hi", ""]
    assert mistralrs.asked[-1]["tool_choice"] == "auto"
    assert mistralrs.made == [""]


def test_what_goes_wrong_is_named(mistralrs: Any) -> None:
    """A full context, a stream without an end, media and token ids: each by its own error."""
    full = ValueError("Prompt sequence length is greater than 8192, perhaps consider using `truncate_sequence`?")
    picture = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}]
    for says, request, error in (
        ([full], ChatRequest([]), ContextOverflow),
        ([said("a")], ChatRequest([]), RuntimeGarbled),
        ([], ChatRequest(picture), Unsupported),
        ([], RawRequest([1]), Unsupported),
        ([], RawRequest("a", grammar="root ::= [a]"), Unsupported),
    ):
        mistralrs.says[:] = says
        assert type(asyncio.run(heard(mistralrs.adapter, request))[1]) is error
