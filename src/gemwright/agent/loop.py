"""The loop: ask the model, run what it calls, ask again, until it answers or a limit is reached.

Every step is written to the transcript before the next begins, and everything that the loop decides by is read from what
is written, so that going on after a crash is the same as going on.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import TypeAlias

from gemwright.agent.budget import UNKNOWN_CONTEXT, Facts, first_lines, fitting, measuring
from gemwright.agent.carrying import carry
from gemwright.agent.conversation import Conversation
from gemwright.agent.limits import Limits
from gemwright.agent.prompt import system_prompt
from gemwright.agent.replies import Check, End, judge, limit_hit, reply_of
from gemwright.agent.signals import (
    AgentEvent,
    Compacted,
    Finished,
    LimitHit,
    Nudged,
    Paused,
    Reply,
    StepStarted,
)
from gemwright.agent.state import Question
from gemwright.agent.tool import Runs, Tool
from gemwright.agent.toolbox import Toolbox
from gemwright.agent.transcript import Transcript
from gemwright.client import AsyncClient
from gemwright.foundation.errors import BadMessages
from gemwright.messages import Folder, GenerationOptions, Message, ToolCall, user
from gemwright.messages import system as system_message

__all__ = ["Approve", "AsyncAgent"]

Approve: TypeAlias = Callable[[ToolCall], bool | Awaitable[bool]]
"""Says whether a call may run."""


class AsyncAgent:
    """Answers questions with the help of tools.

    Args:
        client: who asks the model.
        tools: a toolbox, or what goes into one.
        system: the system prompt; None takes `system_prompt()`, which says who the model is, its limits and the form.
        limits: where it stops by itself.
        options: sampling and thinking of every turn.
        transcript: where the conversation is kept; None keeps it in memory. What is in it already is gone on with.
        approve: asked before a call of a tool that needs approval runs; None pauses instead.
        check: gets an answer and the results it rests on, and returns what is wrong with it, or None. The model is told,
            and may call tools again, `limits.repairs` times.
        facts: gives the lines of a result that are kept when the result itself has to go; else its first line.
        context: tokens that the runtime has room for; None takes what it says of itself.

    Raises:
        BadMessages: the transcript is damaged.
        BadToolSchema: a function cannot be declared.
    """

    def __init__(
        self,
        client: AsyncClient,
        tools: Toolbox | Iterable[Tool | Runs] = (),
        *,
        system: str | None = None,
        limits: Limits | None = None,
        options: GenerationOptions | None = None,
        transcript: Transcript | None = None,
        approve: Approve | None = None,
        check: Check | None = None,
        facts: Facts = first_lines,
        context: int | None = None,
    ) -> None:
        self.toolbox = tools if isinstance(tools, Toolbox) else Toolbox(tools)
        self.limits = limits or Limits()
        self.conversation = Conversation(transcript or Transcript())
        text = system_prompt() if system is None else system
        self._head = [system_message(text)] if text else []
        self._client = client
        self._options = options or GenerationOptions()
        self._approve = approve
        self._check = check
        self._facts = facts
        self._context = context

    @property
    def unfinished(self) -> bool:
        """Whether a question is open, after a crash, a failure or a pause, so that `resume` goes on with it."""
        return self.conversation.state.question is not None

    def history(self) -> list[Message]:
        """Return the conversation as it is sent, without the system prompt."""
        return self.conversation.state.messages()

    async def ask(self, question: str | Message) -> Reply:
        """Answer a question (see `events`)."""
        return await _reply(self.events(question))

    async def resume(self, decisions: Mapping[str, bool] | None = None) -> Reply:
        """Go on with the question that is open (see `resume_events`)."""
        return await _reply(self.resume_events(decisions))

    async def events(self, question: str | Message) -> AsyncGenerator[AgentEvent]:
        """Answer a question and yield what happens, `Finished` with the reply at last.

        A question that is still open is left: calls of it that did not run will not.

        Raises:
            UsageProblem: the request cannot be formed.
            RuntimeFailure: the runtime failed, or the question does not fit; `resume` goes on behind the last step.
        """
        opened = self.conversation.begin(user(question) if isinstance(question, str) else question)
        async with aclosing(self._go(opened)) as events:
            async for event in events:
                yield event

    async def resume_events(self, decisions: Mapping[str, bool] | None = None) -> AsyncGenerator[AgentEvent]:
        """Go on with the question that is open, after a crash, a failure or a pause, and yield what happens.

        Args:
            decisions: for calls that wait, by their ids: whether they may run. What is not named waits on.

        Raises:
            BadMessages: no question is open.
        """
        question = self.conversation.state.question
        if question is None:
            raise BadMessages("no question is open in this conversation", hint="ask one")
        self.conversation.decide_all(decisions or {})
        async with aclosing(self._go(question)) as events:
            async for event in events:
                yield event

    async def _go(self, question: Question) -> AsyncGenerator[AgentEvent]:
        clock = asyncio.get_running_loop().time
        deadline = clock() + self.limits.seconds
        while True:
            if question.pending():
                waiting = await self._undecided(question)
                if waiting:
                    yield Paused(waiting)
                    yield self._end(question, End("paused"), waiting)
                    return
                async with aclosing(carry(self.conversation, question, self.toolbox, self.limits)) as calls:
                    async for event in calls:
                        yield event
            verdict = judge(question, self.limits, self._check)
            if isinstance(verdict, End):
                yield self._end(question, verdict)
                return
            hit = None if question.limit else limit_hit(question, self.limits, over=clock() >= deadline)
            if hit and hit.limit:
                yield LimitHit(hit.limit, hit.detail)
            nudge = hit or verdict
            if nudge:
                self.conversation.nudge(nudge.why, nudge.text, nudge.limit)
                yield Nudged(nudge.text)
            until = clock() + self.limits.final_seconds if question.limit else deadline
            async with aclosing(self._speak(question, until)) as events:
                async for event in events:
                    yield event

    async def _speak(self, question: Question, until: float) -> AsyncGenerator[AgentEvent]:
        """Let the model speak, and write down what it said; a turn that runs out of time counts only as the last one."""
        final = question.limit is not None
        options = replace(self._options, tool_choice="none") if final else self._options
        if question.nudges.get("empty"):  # it may have spent everything on thinking
            options = replace(options, thinking=False)
        shortened = await self._shorten(options)
        if shortened:
            yield shortened
        yield StepStarted(question.steps + 1, final)
        folder = Folder()
        messages = [*self._head, *self.history()]
        async with self._client.stream(messages, () if final else self.toolbox.specs, options) as stream:
            while True:
                try:
                    async with asyncio.timeout_at(until):
                        event = await anext(stream)
                except StopAsyncIteration:
                    break
                except TimeoutError:
                    if final:
                        self.conversation.said(replace(folder.turn(), finish="cancelled"))
                    return
                folder.add(event)
                yield event
        self.conversation.said(folder.turn())

    async def _undecided(self, question: Question) -> tuple[ToolCall, ...]:
        """Ask about calls that need approval, and return those that nobody decided about."""
        waiting: list[ToolCall] = []
        for said, at, call in question.pending():
            found = self.toolbox.get(call.name)
            if found is None or not found.approval or question.is_decided(said, at):
                continue
            if self._approve is None:
                waiting.append(call)
                continue
            allowed = self._approve(call)
            self.conversation.decide(said, at, allowed=await allowed if inspect.isawaitable(allowed) else allowed)
        return tuple(waiting)

    async def _shorten(self, options: GenerationOptions) -> Compacted | None:
        context = self._context or (await self._client.info()).context or UNKNOWN_CONTEXT
        measure = measuring(self._client, self._head, self.toolbox.specs, options, context)
        state = self.conversation.state
        cut = await fitting(state, context, measure, self._facts)
        if cut is None:
            return None
        counts = state.lost_by(cut)
        self.conversation.cut(cut)
        return Compacted(*counts, len(cut.ledger))

    def _end(self, question: Question, end: End, waiting: tuple[ToolCall, ...] = ()) -> Finished:
        self.conversation.end(end.ended)
        return Finished(reply_of(question, end, waiting))


async def _reply(events: AsyncGenerator[AgentEvent]) -> Reply:
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Finished):
                return event.reply
    raise AssertionError("an agent's events end with Finished")
