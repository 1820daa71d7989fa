"""Turn hygiene: which thoughts stay in a conversation's history.

Gemma 4's model card has one rule with two halves, and clients have broken by following only one of them:

- *between tool rounds thoughts stay*: while the model works on one question, by calls and results, its earlier
  thoughts of that question are context that it was trained to have. Dropped, it plans anew after every result, and
  loops.
- *from finished turns thoughts go*: as soon as the user speaks again, the thoughts of earlier turns go. Kept, they
  fill the context and teach the model to imitate them.

The border is the last user message, exactly as in the chat template, which drops the same thoughts while it renders. So
`render(drop_finished_thoughts(m))` is `render(m)`: what this function adds is that the *stored* history, its size and
what other runtimes are sent follow the rule, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gemwright.messages import Message, Thinking, ToolCall

__all__ = ["drop_finished_thoughts"]


def drop_finished_thoughts(messages: Sequence[Message], *, preserve_thinking: bool = False) -> tuple[Message, ...]:
    """Return a conversation without the thoughts of its finished turns.

    Doing it twice changes nothing. No message is dropped, not even one of which nothing remains, so that indices stay.

    Args:
        messages: the conversation, oldest first.
        preserve_thinking: keep thoughts that led to calls, as the template does under the same name.
    """
    last_user = max((at for at, message in enumerate(messages) if message.role == "user"), default=-1)
    return tuple(
        message if at > last_user or (preserve_thinking and _calls(message)) else _without_thoughts(message)
        for at, message in enumerate(messages)
    )


def _calls(message: Message) -> bool:
    return any(isinstance(part, ToolCall) for part in message.parts)


def _without_thoughts(message: Message) -> Message:
    if not any(isinstance(part, Thinking) for part in message.parts):
        return message
    return replace(message, parts=tuple(part for part in message.parts if not isinstance(part, Thinking)))
