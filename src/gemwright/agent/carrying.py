"""The calls of a turn: run side by side, each result written down as soon as it is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from gemwright.agent.calling import Carried, carry_out, refused
from gemwright.agent.conversation import Conversation
from gemwright.agent.limits import Limits
from gemwright.agent.signals import CallFinished, CallStarted
from gemwright.agent.state import Question, Said
from gemwright.agent.toolbox import Toolbox
from gemwright.messages import ToolCall

__all__ = ["carry"]


async def carry(
    conversation: Conversation, question: Question, toolbox: Toolbox, limits: Limits
) -> AsyncGenerator[CallStarted | CallFinished]:
    """Run the calls that have no result, at most `limits.parallel` at once; of equal ones the first runs first.

    Args:
        conversation: where beginnings and results are written.
        question: the open question; a person decided about all of its calls that need it.
        toolbox: the tools.
        limits: how many at once, and how long each.
    """
    pending = question.pending()
    gate = asyncio.Semaphore(limits.parallel)
    equal: dict[str, asyncio.Lock] = {}

    async def one(said: Said, at: int, call: ToolCall) -> Carried:
        async with equal.setdefault(repr((call.name, call.arguments)), asyncio.Lock()), gate:
            if question.decided.get((said.number, at)) is False:
                carried = refused(call, "the person did not allow this call. Do without it.")
            else:
                carried = await carry_out(toolbox, call, question.wholes, question.shown, limits.tool_seconds)
            conversation.result(said, at, carried)
            return carried

    for said, at, call in pending:
        conversation.began(said, at)
        yield CallStarted(call)
    tasks = [asyncio.create_task(one(*each)) for each in pending]
    try:
        for done in asyncio.as_completed(tasks):
            yield CallFinished((await done).result)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
