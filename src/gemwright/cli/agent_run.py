"""Runs an agent in the terminal: shows what it does, and asks before it runs a tool."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from gemwright.cli.opened import Opened
from gemwright.cli.output import session, write_json
from gemwright.cli.turns import keep_last, show_events, why
from gemwright.foundation.errors import BadOption, LimitReached
from gemwright.foundation.terminal import harmless

if TYPE_CHECKING:
    from gemwright.agent import AgentEvent, Reply, Tool
    from gemwright.messages import Event, GenerationOptions, Message, ToolCall

__all__ = ["answer_with_tools", "somebody_has_to_be_there"]

_SHOWN: Final = 400
_WARNINGS: Final = 5


def somebody_has_to_be_there(*, yes: bool) -> None:
    """Refuse to begin where a person would have to be asked and there is none.

    Raises:
        BadOption: standard input is no terminal, and `--yes` is not given.
    """
    if not yes and not sys.stdin.isatty():
        raise BadOption(
            "nobody can be asked whether a tool may run: standard input is no terminal",
            hint="--yes runs tools without asking",
        )


def answer_with_tools(
    opened: Opened,
    question: Message | None,
    tools: Sequence[Tool],
    options: GenerationOptions,
    *,
    system: str | None,
    yes: bool,
    transcript: Path | None,
    as_json: bool,
) -> None:
    """Let an agent answer, and show what it does.

    Args:
        opened: the model.
        question: what is asked; None goes on with the transcript's open question.
        tools: what it may call; each call is asked about, unless `yes`.
        options: sampling and thinking.
        system: the system prompt; None takes the agent's own.
        yes: run tools without asking.
        transcript: where the conversation is kept, and gone on with.
        as_json: print one JSON object at the end, and nothing else.

    Raises:
        LimitReached: the answer is what was asked for when a limit was reached.
        OutputProblem: there is no answer.
        BadMessages: there is nothing to go on with.
    """
    from gemwright.agent import Agent, Toolbox, Transcript
    from gemwright.client import problem_of
    from gemwright.foundation.errors import AnswerEmpty

    talk = session()
    box = Toolbox(replace(one, approval=not yes) for one in tools)
    findings = box.findings()
    for finding in findings[:_WARNINGS]:
        talk.say(harmless(f"warning: {finding}"), style="note")
    if len(findings) > _WARNINGS:
        talk.say(f"warning: {len(findings) - _WARNINGS} more of this kind", style="note")
    with Transcript(transcript) as kept:
        agent = Agent(opened.client, box, system=system, options=options, transcript=kept)
        events = agent.resume_events() if question is None else agent.events(question)
        reply = _follow(events, opened.mark, as_json=as_json)
        while reply.ended == "paused":
            decisions = {call.id: _allowed(call) for call in reply.waiting}
            reply = _follow(agent.resume_events(decisions), opened.mark, as_json=as_json)
    keep_last(reply.turn)
    if as_json:
        write_json(_reply_json(reply))
    if talk.verbose:
        talk.say(why(reply.turn).rstrip())
    if reply.ended == "empty":
        raise problem_of(reply.turn) or AnswerEmpty("the model gave no answer, and was asked again twice")
    if reply.ended != "answered":
        raise LimitReached(f"the limit `{reply.ended}` was reached: the answer was asked for without tools")


def _follow(events: Iterator[AgentEvent], mark: str, *, as_json: bool) -> Reply:
    """Show events until the reply; with JSON, only what is talk."""
    from gemwright.agent import CallFinished, Compacted, Finished, LimitHit, Nudged, StepStarted

    talk = session()
    waiting = _Peekable(events)
    for event in waiting:
        match event:
            case StepStarted():
                if as_json:
                    for _ in waiting.turn():
                        pass
                else:
                    show_events(waiting.turn(), mark)
            case CallFinished(result):
                content = result.content if isinstance(result.content, str) else json.dumps(result.content)
                cut = content if len(content) <= _SHOWN else content[:_SHOWN] + "…"
                again = " (called before)" if result.cached else ""
                style = "error" if result.is_error else "dim"
                talk.say(harmless(f"result of {result.call.name}{again}: {cut}"), style=style)
            case LimitHit(limit, detail):
                talk.say(f"limit: {limit}: {detail}", style="note")
            case Nudged(text):
                talk.say(harmless(f"to the model: {text}"), style="dim")
            case Compacted(dropped, pruned, noted):
                talk.say(
                    f"shortened: {dropped} questions and {pruned} results left out, {noted} facts noted", style="dim"
                )
            case Finished(reply):
                return reply
            case _:
                pass
    raise AssertionError("an agent's events end with Finished")


class _Peekable:
    """Events, of which those of one turn can be taken apart."""

    def __init__(self, events: Iterator[AgentEvent]) -> None:
        self._events = events
        self._next: AgentEvent | None = None

    def __iter__(self) -> Iterator[AgentEvent]:
        while True:
            event, self._next = self._next, None
            if event is None:
                event = next(self._events, None)
            if event is None:
                return
            yield event

    def turn(self) -> Iterator[Event]:
        """Yield the client's events up to the next event of the agent."""
        from gemwright.messages import Event

        for event in self._events:
            if not isinstance(event, Event):
                self._next = event
                return
            yield event


def _allowed(call: ToolCall) -> bool:
    arguments = json.dumps(dict(call.arguments), ensure_ascii=False)
    return click.confirm(harmless(f"Run {call.name} {arguments}?"), default=False, err=True)


def _reply_json(reply: Reply) -> dict[str, Any]:
    """Return the last turn as `run --json` prints it, with what the agent did."""
    from gemwright.messages import turn_to_json

    results = [
        {"name": one.call.name, "arguments": dict(one.call.arguments), "result": one.content, "is_error": one.is_error}
        | {"cached": one.cached, "seconds": round(one.seconds, 3)}
        for one in reply.results
    ]
    agent = {"ended": reply.ended, "steps": reply.steps, "results": results, "usage": asdict(reply.usage)}
    return {**turn_to_json(reply.turn), "text": reply.text, "agent": agent}
