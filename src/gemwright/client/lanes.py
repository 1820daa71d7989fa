"""Raw or chat: which way a request takes, and why.

Raw means that we render the prompt and parse the output: the same behaviour everywhere, and, with token ids, no untrusted
text that becomes a control token. Chat means that the runtime does both: the only way for media.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from gemwright.catalog.advisories import Advisory
from gemwright.catalog.load import catalog
from gemwright.foundation.errors import Unsupported
from gemwright.messages import Audio, Image, Message, Video
from gemwright.runtimes.base import RuntimeInfo

__all__ = ["Lane", "LaneName", "choose_lane", "lane_troubles"]

LaneName: TypeAlias = Literal["raw", "chat"]

_NO_TROUBLES: Final[Mapping[LaneName, Sequence[str]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane, and the reason for it as half a sentence."""

    name: LaneName
    why: str


def choose_lane(
    info: RuntimeInfo,
    messages: Sequence[Message],
    wanted: LaneName | None = None,
    troubles: Mapping[LaneName, Sequence[str]] = _NO_TROUBLES,
    *,
    needs_grammar: bool = False,
) -> Lane:
    """Choose the lane of a request.

    Args:
        info: what the runtime can take.
        messages: the conversation; media in it need the chat lane.
        wanted: the caller's choice, if any.
        troubles: known problems of this version of the runtime that one lane has and the other has not.
        needs_grammar: whether calls have to be held to their schemas.

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
        return _with_troubles("chat", "the conversation holds media", troubles)
    raw = can.raw_tokens or can.raw_text
    if wanted == "raw" and not raw:
        raise Unsupported(f"{info.runtime} takes no rendered prompts", hint="use the chat lane")
    if wanted == "chat" and not can.chat:
        raise Unsupported(f"{info.runtime} takes no chat messages", hint="use the raw lane")
    if not (raw or can.chat):
        raise Unsupported(f"{info.runtime} takes neither prompts nor messages", hint="is it a server for embeddings?")
    if wanted:
        return _with_troubles(wanted, "asked for", troubles)
    if not raw:
        return _with_troubles("chat", "the runtime renders and parses by itself", troubles)
    if can.chat and needs_grammar and can.grammar != "gbnf":
        return _with_troubles("chat", "calls are demanded, and rendered prompts take no grammar here", troubles)
    if can.chat and troubles.get("raw") and not troubles.get("chat"):
        return Lane("chat", f"the raw lane of this version has a known problem: {troubles['raw'][0]}")
    why = (
        "the runtime takes token ids" if can.raw_tokens else "the runtime takes rendered text, though not as token ids"
    )
    return _with_troubles("raw", why, troubles)


def lane_troubles(quirks: Iterable[str]) -> dict[LaneName, list[str]]:
    """Return which known problems speak against which lane.

    An advisory that names the lane which does not have its problem (`mitigation.lane`) speaks against the other one. An
    id that is no advisory's says nothing about lanes.

    Args:
        quirks: ids of what is known of this version of the runtime.

    Raises:
        CorpusProblem: the catalog cannot be read.
    """
    found: dict[LaneName, list[str]] = {}
    for name in quirks:
        known = catalog().all(Advisory).get(name)
        if known is not None and not known.withdrawn and known.mitigation.lane:
            found.setdefault("raw" if known.mitigation.lane == "chat" else "chat", []).append(name)
    return found


def _with_troubles(name: LaneName, why: str, troubles: Mapping[LaneName, Sequence[str]]) -> Lane:
    known = troubles.get(name)
    return Lane(name, f"{why}, although a problem of it is known: {', '.join(known)}" if known else why)


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
