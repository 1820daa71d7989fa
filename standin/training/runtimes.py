"""The shipped weights in other runtimes: `python -m training.runtimes MODEL.gguf`.

transformers, mlx-lm and mistral.rs each get an environment of their own, are given the file in the layout of Hugging Face,
and answer the questions that llama.cpp answers with the file itself: one that is shown in full, and some of the frozen ones.
Each renders the prompt with the chat template and its own template engine, splits it with its own tokenizer, computes, and
takes the likeliest token. `gemwright.wire` then reads what was said.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from gemwright.launch.embedded import start_embedded
from gemwright.messages import Message, ToolSpec, user
from gemwright.wire import messages_to_openai, parse
from gemwright.wire.tokens import EOS, RESPONSE_OPEN, TURN_CLOSE
from training import peers, runtimes_child, to_huggingface
from training.evaluate_cases import load
from training.evaluate_engine import Engine, prompt_of
from training.parity import spread, words_of
from training.tokenizer import Tokenizer

__all__ = [
    "ATTEMPTS",
    "SHOWN",
    "Attempt",
    "Outcome",
    "Question",
    "Reply",
    "calls_of",
    "judge",
    "report",
    "without_end",
    "written",
]

_MOST: Final = 128
_SECONDS: Final = 600.0
_MARKS: Final = ("<!-- runtimes: written by training.runtimes -->", "<!-- /runtimes -->")
_ERROR: Final = 300
_EXAMPLES: Final = 2


@dataclass(frozen=True, slots=True)
class Attempt:
    """A way to load the model.

    Attributes:
        name: what it is called in the report.
        package: the runtime's package, by which its environment, its child and its version are found.
        layout: whether it is given the layout of Hugging Face, not the GGUF file.
    """

    name: str
    package: str
    layout: bool = True


ATTEMPTS: Final = (
    Attempt("transformers", "transformers"),
    Attempt("mlx-lm", "mlx-lm"),
    Attempt("mistral.rs", "mistralrs"),
    Attempt("mistral.rs, GGUF", "mistralrs", layout=False),
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: messages and tools, thinking off."""

    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...]


SHOWN: Final = Question(
    (user("Get the tides of the harbour Bergen for 3 days."),),
    (
        ToolSpec(
            "get_tides",
            "Get the tides of a harbour",
            {
                "type": "object",
                "properties": {
                    "harbour": {"type": "string", "description": "The name of the harbour"},
                    "days": {"type": "integer", "description": "For how many days"},
                },
                "required": ["harbour", "days"],
            },
        ),
    ),
)
"""The question that is shown in full."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What was said to one question.

    Attributes:
        text: control tokens spelt out.
        prompt_tokens: tokens of the prompt.
        seconds: how long it took, prompt included.
        read: the calls that the runtime itself read out of it; None if it reads none.
        unread: why it could not.
    """

    text: str
    prompt_tokens: int
    seconds: float
    read: list[dict[str, Any]] | None = None
    unread: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt.

    Attributes:
        name: of the attempt.
        package: the runtime's, as a package URL.
        error: why there are no replies, in the runtime's words.
        load_seconds: until the model was there, imports included.
        replies: to the shown question and to the others.
        same: replies that say what llama.cpp says.
        prompts: replies whose prompt has as many tokens as ours.
        read: replies out of which the runtime read the calls that gemwright reads; None if it reads none.
        otherwise: which replies it read otherwise.
    """

    name: str
    package: str
    error: str = ""
    load_seconds: float = 0.0
    replies: tuple[Reply, ...] = ()
    same: int = 0
    prompts: int = 0
    read: int | None = None
    otherwise: tuple[int, ...] = ()


def without_end(text: str) -> str:
    """Return a text without the token that ended it: some runtimes hand it on, some do not."""
    for end in (TURN_CLOSE, RESPONSE_OPEN, EOS):
        text = text.removesuffix(end)
    return text


def calls_of(text: str, tools: Sequence[ToolSpec]) -> list[dict[str, Any]]:
    """Return the calls that gemwright reads out of a text."""
    return [{"name": call.name, "arguments": dict(call.arguments)} for call in parse(text, tools).tool_calls]


def judge(
    attempt: Attempt,
    told: dict[str, Any],
    asked: Sequence[Question],
    expected: Sequence[Reply],
    words: Tokenizer,
    hide: str,
) -> Outcome:
    """Return what came of an attempt.

    Args:
        attempt: the attempt.
        told: what its child wrote.
        asked: the questions.
        expected: llama.cpp's replies.
        words: the model's tokenizer.
        hide: a path that is not to stand in the report.
    """
    replies = tuple(
        Reply(
            words.decode(one["ids"]) if "ids" in one else one["text"],
            one["prompt_tokens"],
            one["seconds"],
            one.get("read"),
            one.get("unread", ""),
        )
        for one in told["answers"]
    )
    pairs = list(zip(replies, expected, strict=False))
    read = [one.read == calls_of(one.text, its.tools) for one, its in zip(replies, asked, strict=False)]
    reads = any(one.read is not None or one.unread for one in replies)
    error = told.get("error", "").partition("\n")[0].replace(hide, "MODEL")[:_ERROR]
    return Outcome(
        attempt.name,
        f"pkg:pypi/{attempt.package}@{told['version']}",
        error,
        told.get("load_seconds", 0.0),
        replies,
        sum(without_end(one.text) == without_end(other.text) for one, other in pairs),
        sum(one.prompt_tokens == other.prompt_tokens for one, other in pairs),
        sum(read) if reads else None,
        tuple(at for at, right in enumerate(read) if reads and not right),
    )


def report(outcomes: Sequence[Outcome], asked: int, mark: str) -> str:
    """Return the outcomes as Markdown.

    Args:
        outcomes: llama.cpp's first.
        asked: how many questions there were.
        mark: the model's SHA-256.
    """
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d}, the model with SHA-256 `{mark}`, {os.cpu_count()} processors. {asked} questions, "
        "thinking off, temperature 0.",
        "",
        "| runtime | package | loads in | first answer in | prompt as long as ours | says what llama.cpp says "
        "| reads the calls that gemwright reads |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for one in outcomes:
        if not one.replies:
            lines.append(f"| {one.name} | {one.package} | refused | | | | |")
            continue
        times = f"{one.load_seconds:.1f} s | {one.replies[0].seconds:.2f} s"
        read = "" if one.read is None else f"{one.read} of {asked}"
        lines.append(
            f"| {one.name} | {one.package} | {times} | {one.prompts} of {asked} | {one.same} of {asked} | {read} |"
        )
    lines += ["", f"The shown question: *{SHOWN.messages[0].text}*"]
    for one in outcomes:
        lines += ["", f"**{one.name}**", "", "```"]
        if one.replies:
            lines.append(f"said            {one.replies[0].text!r}")
            lines += [f"gemwright.wire  {_call(call)}" for call in calls_of(one.replies[0].text, SHOWN.tools)]
            lines += [f"its own parser  {_call(call)}" for call in one.replies[0].read or ()]
            lines += _otherwise(one)
        if one.error:
            lines.append(f"error           {one.error}")
        lines.append("```")
    return "\n".join(lines)


def _otherwise(outcome: Outcome) -> list[str]:
    """Return what a runtime made of the first texts that it read otherwise."""
    lines: list[str] = []
    for at in outcome.otherwise[:_EXAMPLES]:
        reply = outcome.replies[at]
        made = reply.unread[:_ERROR] or "; ".join(map(_call, reply.read or ())) or "no call"
        lines += ["", f"of              {reply.text!r}", f"its own parser  {made}"]
    return lines


def _call(call: dict[str, Any]) -> str:
    return f"{call['name']}({json.dumps(call['arguments'])})"


def written(page: str, report: str) -> str:
    """Return a page with the report between its marks."""
    before, start, rest = page.partition(_MARKS[0])
    _, end, after = rest.partition(_MARKS[1])
    if not start or not end:
        raise ValueError(f"the page has no marks {' … '.join(_MARKS)}")
    return f"{before}{start}\n\n{report}\n\n{end}{after}"


def questions(count: int) -> list[Question]:
    """Return the shown question and others from the frozen set of calls.

    Only conversations that begin with their question: each runtime wants earlier calls in another form. The file's
    template is the small flavour's.
    """
    cases = [
        case
        for case in load("calls")
        if case.flavour == "small" and not case.thinking and {one.role for one in case.messages} <= {"system", "user"}
    ]
    return [SHOWN, *(Question(case.messages, case.tools) for case in spread(cases, count))]


async def _llamacpp(model: Path, asked: Sequence[Question], words: Tokenizer) -> Outcome:
    clock = asyncio.get_running_loop().time
    started = clock()
    replies: list[Reply] = []
    with start_embedded(model) as engine:
        loaded = clock() - started
        speaker = Engine(engine.url)
        for one in asked:
            prompt = prompt_of(one.messages, one.tools, words.encode, thinking=False, flavour="small")
            started = clock()
            said = await speaker.say(prompt.ids, _MOST)
            replies.append(Reply(words.decode(said.ids), len(prompt.ids), clock() - started))
        await speaker.close()
    package = f"pkg:pypi/xllamacpp@{version('xllamacpp')}"
    return Outcome("llama.cpp, GGUF", package, "", loaded, tuple(replies), len(replies), len(replies))


def ask_child(python: Path, attempt: Attempt, model: Path, asked: Sequence[Question], most: int = _MOST) -> Any:
    """Let a runtime answer in its own environment, and return what its child wrote.

    Args:
        python: the environment's Python.
        attempt: how the model is loaded.
        model: the file or the folder.
        asked: the questions.
        most: tokens that an answer may have.
    """
    with tempfile.TemporaryDirectory() as scratch:
        answer = Path(scratch) / "answer.json"
        order = {
            "runtime": attempt.package,
            "model": str(model.absolute()),
            "answer": str(answer),
            "most": most,
            "questions": [
                {
                    "messages": messages_to_openai(one.messages),
                    "tools": [tool.to_json() for tool in one.tools],
                    "thinking": False,
                }
                for one in asked
            ],
        }
        child = [str(python), "-I", str(Path(runtimes_child.__file__).absolute())]
        run = partial(subprocess.run, child, input=json.dumps(order), text=True, capture_output=True, check=False)
        done = run(env={**os.environ, "HF_HUB_OFFLINE": "1"}, timeout=_SECONDS)
        if answer.is_file():
            return json.loads(answer.read_text("utf-8"))
        last = done.stderr.strip().rpartition("\n")[2]
        return {"version": "?", "answers": [], "error": f"ended with status {done.returncode}: {last}"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask all; 1 if a runtime that was given the layout does not call the tool as llama.cpp does.

    Args:
        arguments: instead of the command line's.
    """
    parser = argparse.ArgumentParser(prog="training.runtimes", description="Serve a model through other runtimes.")
    parser.add_argument("model", type=Path, help="a GGUF file that training.export_gguf wrote")
    parser.add_argument("--only", default="", help="comma-separated packages of runtimes; all by default")
    parser.add_argument("--questions", type=int, default=20, help="how many frozen questions, beside the shown one")
    parser.add_argument("--write", type=Path, help="put the report between the marks of this page")
    parser.add_argument("--json", type=Path, help="write everything there as well")
    options = parser.parse_args(arguments)
    words, asked = words_of(options.model), questions(options.questions)
    outcomes = [asyncio.run(_llamacpp(options.model, asked, words))]
    expected = outcomes[0].replies
    right = bool(calls_of(expected[0].text, SHOWN.tools))
    with tempfile.TemporaryDirectory() as folder:
        to_huggingface.convert(options.model, Path(folder))
        for attempt in ATTEMPTS:
            if options.only and attempt.package not in options.only.split(","):
                continue
            python = peers.environment(peers.PEERS[attempt.package])
            model = Path(folder) if attempt.layout else options.model
            told = ask_child(python, attempt, model, asked)
            outcomes.append(judge(attempt, told, asked, expected, words, str(model.absolute())))
            if attempt.layout:
                said = outcomes[-1].replies[0].text if outcomes[-1].replies else ""
                right &= without_end(said) == without_end(expected[0].text)
    told = report(outcomes, len(asked), hashlib.sha256(options.model.read_bytes()).hexdigest())
    sys.stdout.write(told + "\n")
    if options.write:
        options.write.write_text(written(options.write.read_text("utf-8"), told), "utf-8")
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in outcomes], indent=1) + "\n", "utf-8")
    return int(not right)


if __name__ == "__main__":
    raise SystemExit(main())
