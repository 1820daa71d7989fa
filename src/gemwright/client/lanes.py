"""Raw or chat: which way a request takes, and why.

Raw means that we render the prompt and parse the output: the same behaviour everywhere, and, with token ids, no untrusted
text that becomes a control token. Chat means that the runtime does both: the only way for media.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from gemwright.foundation.errors import Unsupported
from gemwright.messages import Audio, Image, Message, Video
from gemwright.runtimes.base import RuntimeInfo

__all__ = ["Lane", "LaneName", "choose_lane"]

LaneName: TypeAlias = Literal["raw", "chat"]


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane, and the reason for it as half a sentence."""

    name: LaneName
    why: str


def choose_lane(info: RuntimeInfo, messages: Sequence[Message], wanted: LaneName | None = None) -> Lane:
    """Choose the lane of a request.

    Args:
        info: what the runtime can take.
        messages: the conversation; media in it need the chat lane.
        wanted: the caller's choice, if any.

    Raises:
        Unsupported: the runtime cannot take such media, or not in the lane that was asked for.
    """
    can = info.capabilities
    kinds = {type(part) for message in messages for part in message.parts}
    media = kinds & {Image, Audio, Video}
    if media:
        _check_media(info, kinds)
        if wanted == "raw":
            raise Unsupported(
                "media cannot go through the raw lane", hint="leave the lane to gemwright, or ask for chat"
            )
        return Lane("chat", "the conversation holds media")
    raw = can.raw_tokens or can.raw_text
    if wanted == "raw" and not raw:
        raise Unsupported(f"{info.runtime} takes no rendered prompts", hint="use the chat lane")
    if wanted == "chat" and not can.chat:
        raise Unsupported(f"{info.runtime} takes no chat messages", hint="use the raw lane")
    if wanted:
        return Lane(wanted, "asked for")
    if can.raw_tokens:
        return Lane("raw", "the runtime takes token ids")
    if can.raw_text:
        return Lane("raw", "the runtime takes rendered text")
    return Lane("chat", "the runtime renders and parses by itself")


def _check_media(info: RuntimeInfo, kinds: set[type]) -> None:
    can = info.capabilities
    if Video in kinds:
        raise Unsupported(f"{info.runtime} takes no video", hint="send frames as images")
    for kind, taken, word in ((Image, can.images, "images"), (Audio, can.audio, "audio")):
        if kind in kinds and not (taken and can.chat):
            raise Unsupported(
                f"{info.runtime} with {info.model or 'this model'} takes no {word}",
                hint="load a model with its multimodal projector (mmproj), or leave the media out",
            )
