"""What is asked in each section of an evaluation, and what is noted about each answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol, TypeAlias

from gemwright.messages import Thinking, assistant, tool_result, user
from gemwright.wire.tokens import TURN_CLOSE
from training.evaluate_cases import Case, Saying, Step
from training.evaluate_engine import ENDS, GREEDY, Prompt, Sampling, Speaker, prompt_of, say_on
from training.evaluate_score import Verdict, judge, same_calls

__all__ = ["CONTEXT", "Job", "Record", "Vocabulary", "conversation_jobs", "parrot_jobs", "speed_jobs"]

Record: TypeAlias = dict[str, Any]
"""What is noted about one case: JSON."""
CONTEXT: Final = 8192
"""Tokens that prompt and answer may have together: what the model was made for."""
_ROOM: Final = 256
"""Tokens that an answer may have beyond twice the expected one: what runs on longer is wrong anyway."""
_SHOWN: Final = 2000


class Vocabulary(Protocol):
    """The model's tokenizer."""

    def encode(self, text: str, markers: bool) -> list[int]:
        """Return the ids of a text; with `markers`, spellings of control tokens mean these."""
        ...

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ids, control tokens spelt out."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """One case, ready to be put to a model."""

    id: str
    ask: Callable[[Speaker], Awaitable[Record]]


def conversation_jobs(cases: Sequence[Case], words: Vocabulary, sampling: Sampling = GREEDY) -> Iterator[Job]:
    """Return the jobs of cases that are conversations.

    Args:
        cases: the cases.
        words: the model's tokenizer.
        sampling: how tokens are chosen.
    """
    for case in cases:
        yield Job(case.id, partial(_converse, case, words, sampling))


async def _converse(case: Case, words: Vocabulary, sampling: Sampling, speaker: Speaker) -> Record:
    """Ask for every step of a case: behind the right calls, with the model's own thoughts."""
    messages = list(case.messages)
    steps: list[Record] = []
    for step in case.steps:
        prompt = prompt_of(messages, case.tools, words.encode, thinking=case.thinking, flavour=case.flavour)
        wanted = words.encode(step.text + json.dumps([dict(call.arguments) for call in step.calls]), False)
        most = min(2 * len(wanted) + _ROOM, CONTEXT - len(prompt.ids))
        if most <= len(wanted):
            break  # nobody can answer this within the context; the report tells how many there were
        said = await speaker.say(prompt.ids, most, sampling)
        text = words.decode(said.ids)
        verdict = judge(text, case.tools, thinking=case.thinking, opened=prompt.opened, ended=said.ended)
        steps.append({**_noted(step, verdict), "prompt_tokens": len(prompt.ids), "said": text[:_SHOWN]})
        thought = (Thinking(verdict.thought.strip()),) if case.thinking and verdict.thought.strip() else ()
        messages.append(assistant(*thought, *step.calls))
        messages += (tool_result(call, result) for call, result in zip(step.calls, step.results, strict=False))
    return {
        "kind": case.kind,
        "group": case.group,
        "tools": len(case.tools),
        "thinking": case.thinking,
        "flavour": case.flavour,
        "left_out": len(case.steps) - len(steps),
        "steps": steps,
    }


def _noted(step: Step, verdict: Verdict) -> Record:
    right = same_calls(verdict.calls, step.calls)
    return {
        "wants": "calls" if step.calls else "text",
        "well_formed": verdict.well_formed,
        "fault": verdict.fault,
        "obeyed": verdict.obeyed,
        "fits": verdict.fits,
        "right_tools": [call.name for call in verdict.calls] == [call.name for call in step.calls],
        "calls_equal": right,
        "exact": right and verdict.well_formed and (bool(step.calls) or verdict.text.strip() == step.text.strip()),
        "text_right": not step.calls and not verdict.calls and all(quote in verdict.text for quote in step.quotes),
        "calls": [[call.name, dict(call.arguments)] for call in verdict.calls],
        "text": verdict.text[:_SHOWN],
    }


def parrot_jobs(sayings: Iterable[Saying], words: Vocabulary) -> Iterator[Job]:
    """Return the jobs that let a model say texts.

    Args:
        sayings: the texts.
        words: the model's tokenizer.
    """
    for saying in sayings:
        yield Job(saying.id, partial(_parrot, saying, words))


async def _parrot(saying: Saying, words: Vocabulary, speaker: Speaker) -> Record:
    prompt = prompt_of(saying.messages, saying.tools, words.encode, thinking=saying.thinking, flavour=saying.flavour)
    wanted = words.encode(saying.text, True)
    (last,) = words.encode(TURN_CLOSE, True)
    ends = frozenset(token for end in ENDS for token in words.encode(end, True))
    said = await say_on(speaker, prompt.ids, wanted, last, ends)
    pairs = zip(said, wanted, strict=False)
    right = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(said), len(wanted)))
    return {
        "tokens": len(wanted),
        "tools": len(saying.tools),
        "thinking": saying.thinking,
        "flavour": saying.flavour,
        "prompt_tokens": len(prompt.ids),
        "right": right,
        "exact": said == (*wanted, last),
        "went_on": words.decode(said[right : right + 12]),
        "should": words.decode(wanted[right : right + 12]),
    }


def speed_jobs(words: Vocabulary, cases: Sequence[Case]) -> Iterator[Job]:
    """Return the jobs that measure speed: behind prompts of about 50, 600 and 2,000 tokens.

    Args:
        words: the model's tokenizer.
        cases: conversations whose prompts are made longer to the length.
    """
    for length in (50, 600, 2000):
        yield Job(f"speed/{length}", partial(_time, _prompt_of_length(words, cases, length)))


def _prompt_of_length(words: Vocabulary, cases: Sequence[Case], length: int) -> Prompt:
    texts = [message.text for case in cases for message in case.messages if message.role == "user"]
    ids: list[int] = []
    for text in texts * 50:
        ids += words.encode(text + "\n", False)
        if len(ids) >= length:
            break
    body = words.decode(ids[: max(length - 12, 1)])
    return prompt_of((user(body),), (), words.encode, thinking=False, flavour="small")


async def _time(prompt: Prompt, speaker: Speaker) -> Record:
    """Measure three times and keep the best: whatever else ran on the machine only makes it slower."""
    best: Record = {}
    for _ in range(3):
        timings = (await speaker.say(prompt.ids, 256, through=True)).timings
        one = {
            "prompt_tokens": len(prompt.ids),
            "first_token_seconds": round((timings["prompt_ms"] + timings["predicted_per_token_ms"]) / 1000, 3),
            "prompt_tokens_per_second": round(timings["prompt_per_second"]),
            "tokens_per_second": round(timings["predicted_per_second"]),
        }
        if not best or one["tokens_per_second"] > best["tokens_per_second"]:
            best = one
    return best
