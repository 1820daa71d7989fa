"""A conversation to train on: typed messages, declared tools, and the options under which the model spoke."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from gemwright.foundation.errors import BadMessages, BadOption, BadToolSchema
from gemwright.messages import Message, ToolCall, ToolSpec
from gemwright.wire import LARGE, Dialect, Segment, messages_from_json, render

__all__ = ["Conversation", "Group", "conversation_from_json"]

_FLAVOURS: Final = ("large", "small")


@dataclass(frozen=True, slots=True)
class Group:
    """What the model wrote in one go: messages of the assistant with no result and no user between them.

    Attributes:
        message: index of the first message.
        calls: the calls, each with its place, as `messages[2].tool_calls[0]`.
    """

    message: int
    calls: tuple[tuple[str, ToolCall], ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation, and how it is rendered.

    Attributes:
        messages: oldest first.
        tools: the tools that were declared.
        thinking: whether the model was let think.
        keep_thinking: keep the thoughts that led to calls in finished turns, as the template's `preserve_thinking`.
        dialect: whose template; its flavour matters with thinking off.
    """

    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    thinking: bool = False
    keep_thinking: bool = False
    dialect: Dialect = LARGE

    def render(self) -> tuple[Segment, ...]:
        """Return the conversation without a generation prompt.

        Raises:
            BadMessages: it cannot be rendered.
        """
        return render(
            self.messages,
            self.tools,
            dialect=self.dialect,
            thinking=self.thinking,
            preserve_thinking=self.keep_thinking,
            add_generation_prompt=False,
        ).segments

    @property
    def last_user(self) -> int:
        """Index of the last message of the user; -1 where there is none."""
        return max((at for at, message in enumerate(self.messages) if message.role == "user"), default=-1)

    def groups(self) -> list[Group]:
        """Return what the model wrote, in the order of the messages."""
        found: list[Group] = []
        for at, message in enumerate(self.messages):
            if message.role != "assistant":
                continue
            calls = tuple((f"messages[{at}].tool_calls[{n}]", call) for n, call in enumerate(message.tool_calls))
            if found and self.messages[at - 1].role == "assistant":
                found[-1] = Group(found[-1].message, found[-1].calls + calls)
            else:
                found.append(Group(at, calls))
        return found


def conversation_from_json(value: Any, default: Dialect = LARGE) -> Conversation:
    """Read a conversation: a list of messages, or an object with `messages` and perhaps more.

    What an object may hold beside `messages`: `tools`; `flavour`; `thinking` and `keep_thinking`, or `options` with
    `enable_thinking` and `preserve_thinking`. `add_generation_prompt` has no meaning in a row that is trained on.

    Args:
        value: the JSON value.
        default: the dialect where the object names no flavour.

    Raises:
        BadMessages: it is no conversation; the message names the place.
        BadToolSchema: a tool is no tool.
        BadOption: an option is not what it should be, or is said twice in two ways.
    """
    if isinstance(value, list):
        return Conversation(tuple(messages_from_json(value)), dialect=default)
    if not isinstance(value, Mapping) or "messages" not in value:
        raise BadMessages(
            "this is no conversation", hint='it should be {"messages": [...], "tools": [...], "thinking": true}'
        )
    given = cast("Mapping[str, Any]", value)
    flavour = given.get("flavour")
    if flavour is not None and flavour not in _FLAVOURS:
        raise BadOption(f"`flavour` must be large or small, not {flavour!r}")
    return Conversation(
        tuple(messages_from_json(given["messages"])),
        _tools(given.get("tools")),
        thinking=_switch(given, "thinking", "enable_thinking"),
        keep_thinking=_switch(given, "keep_thinking", "preserve_thinking"),
        dialect=default if flavour is None else Dialect(default.date, flavour),
    )


def _tools(given: Any) -> tuple[ToolSpec, ...]:
    if given is None:
        return ()
    if not isinstance(given, list):
        raise BadToolSchema(f"tools must be a list, not {type(given).__name__}")
    return tuple(ToolSpec.from_json(tool) for tool in cast("Sequence[object]", given))


def _switch(given: Mapping[str, Any], name: str, option: str) -> bool:
    """Return a switch that may stand in the object, or among the template's options."""
    options = given.get("options")
    if options is not None and not isinstance(options, Mapping):
        raise BadOption(f"`options` must be an object, not {type(options).__name__}")
    inner = cast("Mapping[str, Any]", options or {}).get(option)
    outer = given.get(name)
    for key, found in ((name, outer), (f"options.{option}", inner)):
        if found is not None and not isinstance(found, bool):
            raise BadOption(f"`{key}` must be true or false, not {found!r}")
    if outer is not None and inner is not None and outer != inner:
        raise BadOption(f"`{name}` and `options.{option}` contradict each other", hint="say it once")
    return bool(outer if outer is not None else inner)
