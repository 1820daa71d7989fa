"""A message: one role's parts, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from gemwright.messages.parts import JSON, Part, Text, Thinking, ToolCall, ToolResult

__all__ = ["Message", "Role", "assistant", "system", "tool_result", "user"]

Role: TypeAlias = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Message:
    """One role's contribution to a conversation."""

    role: Role
    parts: tuple[Part, ...] = ()

    @property
    def text(self) -> str:
        """All plain text of the message, in order."""
        return "".join(p.text for p in self.parts if isinstance(p, Text))

    @property
    def thinking(self) -> str:
        """All thoughts of the message, in order."""
        return "".join(p.text for p in self.parts if isinstance(p, Thinking))

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The calls of the message, in order."""
        return tuple(p for p in self.parts if isinstance(p, ToolCall))


def _message(role: Role, parts: Iterable[Part | str]) -> Message:
    return Message(role, tuple(Text(p) if isinstance(p, str) else p for p in parts))


def system(*parts: Part | str) -> Message:
    """Return a system message; strings become text parts."""
    return _message("system", parts)


def user(*parts: Part | str) -> Message:
    """Return a user message; strings become text parts."""
    return _message("user", parts)


def assistant(*parts: Part | str) -> Message:
    """Return a model message; strings become text parts."""
    return _message("assistant", parts)


def tool_result(call: ToolCall | str, content: JSON, *, is_error: bool = False) -> Message:
    """Return a tool message that answers a call.

    Args:
        call: the call, or the tool's name where there was no id.
        content: any JSON value.
        is_error: whether the tool failed; the content then says how.
    """
    if isinstance(call, ToolCall):
        return Message("tool", (ToolResult(call.name, content, call.id, is_error),))
    return Message("tool", (ToolResult(call, content, "", is_error),))
