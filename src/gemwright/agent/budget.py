"""What of a conversation is sent, so that it fits into the context.

Knows: the order in which it gets shorter: results of finished questions, then whole questions, oldest first, then earlier
results of the open question. A cut goes down to half of the room at once and then stays where it is: between two cuts a
prompt only ever grows at its end, so that a runtime's cache of the beginning holds.
Never knows: how a prompt is written.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from gemwright.agent.paging import first_line
from gemwright.agent.signals import Result
from gemwright.agent.state import Cut, Question, State
from gemwright.client import AsyncClient
from gemwright.foundation.errors import ContextOverflow, Unsupported
from gemwright.messages import GenerationOptions, Message, ToolSpec, user

__all__ = ["SHARE", "UNKNOWN_CONTEXT", "Facts", "first_lines", "fitting", "measuring", "noted"]

SHARE: Final = 0.7
"""Share of the context that the conversation may fill; the rest is for the answer and for results to come."""

UNKNOWN_CONTEXT: Final = 8192
"""Tokens that are taken for granted where a runtime does not say how many it has loaded."""

LEDGER_LINES: Final = 150
_LEDGER_SHARE: Final = 0.15
_CHARACTERS_OF_A_TOKEN: Final = 3
_LINE: Final = 200
_LOW: Final = 0.5

Facts: TypeAlias = Callable[[Result], Iterable[str]]
"""Gives the lines of a result that are worth keeping when the result itself is not sent any more."""
Measure: TypeAlias = Callable[[Sequence[Message]], Awaitable[int]]


def first_lines(result: Result) -> Iterable[str]:
    """Return the first line of a result, behind its call: what the ledger keeps where nobody says better."""
    line = "" if result.is_error or result.cached else first_line(result.content, _LINE)
    given = ", ".join(f"{name}={value}" for name, value in result.call.arguments.items())
    return [f"{result.call.name}({given[:_LINE]}): {line}"] if line else []


async def fitting(state: State, context: int, measure: Measure, facts: Facts) -> Cut | None:
    """Return the cut that makes a conversation fit, or None where the present one does.

    Args:
        state: the conversation.
        context: tokens that the runtime has room for.
        measure: counts the tokens of a prompt with these messages.
        facts: what the ledger keeps of a result.

    Raises:
        ContextOverflow: the open question alone does not fit.
    """
    budget = int(context * SHARE)
    size = await measure(state.messages())
    if size <= budget:
        return None
    base = min(size, await measure([user("")]))
    rate = (size - base) / max(1, _characters(state.messages()))
    aim = base + (budget - base) * _LOW
    best: Cut | None = None
    for cut in _cuts(state):
        best = Cut(cut.first, cut.pruned, noted(state, cut, context, facts))
        if base + _characters(state.messages(best)) * rate <= aim:
            break
    if best is not None and (size := await measure(state.messages(best))) <= budget:
        return best
    raise ContextOverflow(
        f"the question with its latest results has {size} tokens, and {budget} of {context} may be used",
        needed=size,
        limit=budget,
        hint="load the model with a larger context, or let the tools return less at once (page_chars)",
    )


def measuring(
    client: AsyncClient, head: Sequence[Message], specs: Sequence[ToolSpec], options: GenerationOptions, context: int
) -> Measure:
    """Return what counts the tokens of a prompt: by the runtime's tokenizer where it has one, else by its bytes.

    Args:
        client: who can ask the runtime.
        head: messages before the conversation.
        specs: the tools that are declared.
        options: as the turn will have them.
        context: tokens that the runtime has room for; a prompt with fewer bytes than its share is not counted at all,
            since no token is less than a byte.
    """
    declared = sum(len(str(spec)) for spec in specs)

    async def measure(messages: Sequence[Message]) -> int:
        whole = [*head, *messages]
        size = declared + sum(
            16 + sum(len(str(part).encode("utf-8", "replace")) for part in one.parts) for one in whole
        )
        if size <= context * SHARE:
            return size
        try:
            return await client.count_tokens(whole, specs, options)
        except Unsupported:
            return size // _CHARACTERS_OF_A_TOKEN

    return measure


def noted(state: State, cut: Cut, context: int, facts: Facts) -> tuple[str, ...]:
    """Return the ledger of a cut: what is kept of results that are not sent any more, the latest mention last."""
    lines = dict.fromkeys(state.cut.ledger)
    for question in state.questions:
        for said in question.said:
            gone = question.number < cut.first or said.number < cut.pruned
            for at in sorted(said.results) if gone else ():
                for line in facts(said.results[at]):
                    text = " ".join(line.split())
                    lines.pop(text, None)  # a fact that comes again moves to the end
                    lines[text] = None
    room = int(context * _LEDGER_SHARE) * _CHARACTERS_OF_A_TOKEN
    kept: list[str] = []
    for line in reversed(lines):
        room -= len(line) + 1
        if len(kept) == LEDGER_LINES or room < 0:
            break
        kept.append(line)
    return tuple(reversed(kept))


def _cuts(state: State) -> Iterator[Cut]:
    """Yield cuts from the mildest to the hardest, none milder than the present one."""
    now = state.cut
    questions = [one for one in state.questions if one.number >= now.first]
    open_one = questions[-1]
    for question in questions[1:]:  # results of finished questions
        if question.number > now.pruned:
            yield Cut(now.first, question.number)
    for question in questions[1:]:  # whole questions
        yield Cut(question.number, max(now.pruned, open_one.number))
    for number in _steps(open_one):  # earlier results of the open question: its last turn's stay
        if number > now.pruned:
            yield Cut(open_one.number, number)


def _steps(question: Question) -> list[int]:
    return [said.number for said in question.said if said.results][1:]


def _characters(messages: Sequence[Message]) -> int:
    return sum(_size(message) for message in messages)


def _size(message: Message) -> int:
    return 16 + sum(len(str(part)) for part in message.parts)
