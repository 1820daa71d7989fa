"""The parts a message is made of: frozen values, one class each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from gemwright.messages.media import Media

__all__ = ["JSON", "Audio", "Image", "Part", "Text", "Thinking", "ToolCall", "ToolResult", "Video"]

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text, untrusted wherever it came from."""

    text: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """A thought of the model, without its channel marks."""

    text: str


def _no_arguments() -> dict[str, JSON]:
    return {}


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool: arguments are a JSON object, typed by the tool's schema where there is one."""

    name: str
    arguments: Mapping[str, JSON] = field(default_factory=_no_arguments)
    id: str = ""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool answered. `content` is any JSON value; Gemma 4 sees a string untouched and anything else as arguments."""

    name: str
    content: JSON = None
    call_id: str = ""
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Image:
    """An image."""

    media: Media


@dataclass(frozen=True, slots=True)
class Audio:
    """A piece of audio; Gemma 4 takes 16 kHz mono, 30 seconds at most, on E2B, E4B and 12B."""

    media: Media


@dataclass(frozen=True, slots=True)
class Video:
    """A video, which runtimes take as frames."""

    media: Media


Part: TypeAlias = Text | Thinking | ToolCall | ToolResult | Image | Audio | Video
