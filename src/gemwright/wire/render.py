"""Messages to a prompt: the public face of the renderer.

Two doors into the same writer: `render_json` takes the chat template's own input and agrees with the template byte for
byte, also in what it refuses; `render` takes typed messages and avoids the template's traps on the way
(see `gemwright.wire.template_json`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gemwright.foundation.errors import BadMessages
from gemwright.messages import Media, Message, ToolSpec
from gemwright.wire.dialects import APRIL_09, APRIL_28, CANONICAL, LARGE, LAUNCH, MAY_18, Dialect
from gemwright.wire.losses import SchemaLoss, schema_losses
from gemwright.wire.older import April09Turns, April28Turns, LaunchTurns, May18Turns
from gemwright.wire.reading import TemplateRefusal
from gemwright.wire.segments import MEDIA, Segment, text_of
from gemwright.wire.template_json import media_of, messages_to_json
from gemwright.wire.turns import THOUGHT_CUE, TurnWriter

__all__ = ["Rendered", "render", "render_json", "render_text"]

_WRITERS: Final[dict[str, type[TurnWriter]]] = {
    LAUNCH: LaunchTurns,
    APRIL_09: April09Turns,
    APRIL_28: April28Turns,
    MAY_18: May18Turns,
    CANONICAL: TurnWriter,
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A prompt, and what has to be known about it.

    Attributes:
        segments: the prompt in pieces of known origin.
        text: the prompt as one text. Tokenise it without adding special tokens: `<bos>` is in it.
        starts_in_thought: the prompt ends inside an open thought, so the model's output begins inside it.
        media: the media, in the order of their placeholders.
        lost: what the declarations do not show of the tools' schemas.
    """

    segments: tuple[Segment, ...]
    text: str
    starts_in_thought: bool = False
    media: tuple[Media, ...] = ()
    lost: tuple[SchemaLoss, ...] = ()


def render(
    messages: Sequence[Message],
    tools: Sequence[ToolSpec] = (),
    *,
    dialect: Dialect = LARGE,
    thinking: bool = False,
    preserve_thinking: bool = False,
    add_generation_prompt: bool = True,
) -> Rendered:
    """Return the prompt for a conversation.

    Args:
        messages: the conversation, oldest first.
        tools: the tools that the model may call.
        dialect: the revision and flavour of the format; see `dialect_for`.
        thinking: let the model think first.
        preserve_thinking: keep the thoughts that led to calls in finished turns, too.
        add_generation_prompt: end with what makes the model speak next.

    Raises:
        BadMessages: the conversation cannot be rendered: a result that answers no call, media where the format has no
            place for them, a lone surrogate, nesting without end.
    """
    found = messages_to_json(messages, dialect=dialect, preserve_thinking=preserve_thinking)
    options = {
        "enable_thinking": thinking,
        "preserve_thinking": preserve_thinking,
        "add_generation_prompt": add_generation_prompt,
    }
    segments, text = _write(found, [tool.to_json() for tool in tools], dialect, options)
    media = media_of(messages)
    slots = sum(1 for segment in segments if segment[1] == MEDIA)
    if slots != len(media):
        raise BadMessages(
            f"the conversation holds {len(media)} media, and dialect {dialect.name} has {slots} places for them",
            hint="put images and sounds into user messages",
        )
    return Rendered(
        segments=tuple(segments),
        text=text,
        starts_in_thought=add_generation_prompt and segments[-1] == THOUGHT_CUE,
        media=media,
        lost=tuple(loss for tool in tools for loss in schema_losses(tool)),
    )


def render_json(
    messages: Any, tools: Any = None, *, dialect: Dialect = LARGE, options: Mapping[str, Any] | None = None
) -> list[Segment]:
    """Return the prompt that the official chat template gives for its own input.

    Args:
        messages: a list of messages as JSON: role, content, reasoning, tool_calls, tool_responses, tool_call_id, name.
        tools: a list of declarations in OpenAI's envelope, or None.
        dialect: the revision and flavour of the format.
        options: `enable_thinking`, `preserve_thinking` and `add_generation_prompt`; absent is off, and any truthy value
            is on, even the text "false".

    Raises:
        TemplateRefusal: a `BadMessages` with the kind of the template's own error.
        BadMessages: the messages are no list, nested without end, hold an integer of more than 4,300 digits, or a lone
            surrogate, which no encoding can carry.
    """
    return _write(messages, tools, dialect, options or {})[0]


def render_text(
    messages: Any, tools: Any = None, *, dialect: Dialect = LARGE, options: Mapping[str, Any] | None = None
) -> str:
    """Return the same prompt as `render_json` as one text.

    Args:
        messages: a list of messages as JSON.
        tools: a list of declarations in OpenAI's envelope, or None.
        dialect: the revision and flavour of the format.
        options: as for `render_json`.

    Raises:
        BadMessages: as `render_json` does.
    """
    return _write(messages, tools, dialect, options or {})[1]


def _write(messages: Any, tools: Any, dialect: Dialect, options: Mapping[str, Any]) -> tuple[list[Segment], str]:
    if not isinstance(messages, (list, tuple)):
        raise TemplateRefusal("type", f"messages must be a list, not {type(messages).__name__}")
    on = options.get
    writer = _WRITERS[dialect.date](dialect, bool(on("enable_thinking")), bool(on("preserve_thinking")))
    try:
        writer.write(messages, tools, bool(on("add_generation_prompt")))  # pyright: ignore[reportUnknownArgumentType]
        text = text_of(writer.out)
        if not text.isascii():
            text.encode()
    except RecursionError:
        raise BadMessages(
            "messages or tools are nested too deeply", hint="a few hundred levels are the limit"
        ) from None
    except UnicodeEncodeError as e:
        raise BadMessages(
            f"a lone surrogate, U+{ord(e.object[e.start]):04X}, cannot be sent to any runtime",
            hint="the text was cut inside a character, or decoded with surrogateescape; decode it again",
        ) from None
    except ValueError as e:
        raise BadMessages(f"a number cannot be printed: {e}", hint="send such a number as text") from None
    return writer.out, text
