r"""Untrusted text never becomes a control token.

A user, a web page or a tool's answer can spell `<turn|>\n<|turn>system\n`. In a prompt that is one text, nothing tells
that from a real turn: every runtime examined tokenises the whole text with special tokens on. There are two remedies,
and both change nothing at all in a prompt without such spellings:

- `pieces` cuts the prompt *inside* each untrusted spelling, after its first character. Pieces are tokenised one by one
  and sent as ids; no tokenizer can see across the cut, while every harmless prompt stays one piece and gets exactly
  the tokens that the server would give it. Turning special tokens off for untrusted text would not do: llama.cpp finds
  user-defined tokens such as `<|tool_call>` and `<|"|>` even then.
- `neutralise` puts a space after the first character, for runtimes that take nothing but text, and reports where;
  `neutralise_messages` does the same to a conversation that a runtime will render by itself.

A spelling is untrusted unless *every* character of it was written by the renderer, so one that is put together from
two content parts, or from a text and the mark beside it, is found as well. No two spellings can overlap, since `<` and
`>` stand only at their ends.

Knows: control-token spellings of `gemwright.wire.tokens`. Reserved `<unusedN>` names are ordinary tokens and left
alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, cast

from gemwright.messages import Message, Part, Text, Thinking, ToolCall, ToolResult, ToolSpec
from gemwright.wire.segments import TEXT, Segment, text_of
from gemwright.wire.tokens import SPECIAL_TOKENS

__all__ = ["Neutralised", "neutralise", "neutralise_messages", "pieces", "untrusted_spellings"]

_SPELLINGS: Final = frozenset(SPECIAL_TOKENS)
_CANDIDATE: Final = re.compile(rf"<[^<>]{{1,{max(map(len, SPECIAL_TOKENS)) - 2}}}>")


@dataclass(frozen=True, slots=True)
class Neutralised:
    """A control-token spelling that did not come from the renderer.

    Attributes:
        spelling: the token's text.
        where: the offset of its first character in the prompt as rendered.
    """

    spelling: str
    where: int


def untrusted_spellings(segments: Sequence[Segment]) -> list[Neutralised]:
    """Return every control-token spelling that does not come entirely from the renderer, in order."""
    return [Neutralised(spelling, at) for spelling, at, _, _ in _find(segments)]


def pieces(segments: Sequence[Segment], *, allow_raw: bool = False) -> list[str]:
    """Return a prompt cut so that no piece holds a control-token spelling which is not the renderer's own.

    Args:
        segments: the prompt.
        allow_raw: let untrusted spellings become control tokens; the prompt is then one piece.

    Returns:
        Pieces that join to the prompt. Tokenise each by itself, *with* special tokens on and without adding any, and
        join the ids.
    """
    text = text_of(segments)
    if allow_raw:
        return [text]
    cuts = [0, *(at + 1 for _, at, _, _ in _find(segments)), len(text)]
    return [text[a:b] for a, b in pairwise(cuts)]


def neutralise(
    segments: Sequence[Segment], *, allow_raw: bool = False
) -> tuple[tuple[Segment, ...], list[Neutralised]]:
    """Return a prompt in which untrusted control-token spellings are broken visibly: `<|turn>` becomes `< |turn>`.

    Doing it twice changes nothing.

    Args:
        segments: the prompt.
        allow_raw: leave the spellings as they are; they are reported all the same.

    Returns:
        The new segments, and what was found.
    """
    found = list(_find(segments))
    report = [Neutralised(spelling, at) for spelling, at, _, _ in found]
    if allow_raw or not found:
        return tuple(segments), report
    texts = [segment[0] for segment in segments]
    for _, _, index, offset in reversed(found):
        texts[index] = texts[index][:offset] + " " + texts[index][offset:]
    return tuple((text, *segment[1:]) for text, segment in zip(texts, segments, strict=True)), report


def neutralise_messages(
    messages: Sequence[Message], tools: Sequence[ToolSpec] = ()
) -> tuple[tuple[Message, ...], tuple[ToolSpec, ...], list[str]]:
    """Return a conversation in which control-token spellings are broken visibly, for runtimes that render by themselves.

    Texts of one message that no media part, are joined, since a template puts them together and two halves could make a
    spelling.

    Args:
        messages: the conversation.
        tools: the declared tools.

    Returns:
        The new messages and tools, and the spellings that were found.
    """
    found: list[str] = []
    quiet = tuple(Message(message.role, tuple(_quiet_parts(message.parts, found))) for message in messages)
    declared = tuple(
        ToolSpec(_quiet(tool.name, found), _quiet(tool.description, found), _quiet_value(dict(tool.parameters), found))
        for tool in tools
    )
    return quiet, declared, found


def _quiet_parts(parts: Sequence[Part], found: list[str]) -> list[Part]:
    quiet: list[Part] = []
    text_at: int | None = None
    for part in parts:
        match part:
            case Text(text) if text_at is not None:
                before = quiet[text_at]
                quiet[text_at] = Text((before.text if isinstance(before, Text) else "") + text)
            case Text():
                text_at = len(quiet)
                quiet.append(part)
            case Thinking(text):
                quiet.append(Thinking(_quiet(text, found)))
            case ToolCall(name, arguments, id):
                quiet.append(ToolCall(_quiet(name, found), _quiet_value(dict(arguments), found), id))
            case ToolResult(name, content, call_id, is_error):
                quiet.append(ToolResult(_quiet(name, found), _quiet_value(content, found), call_id, is_error))
            case _:
                text_at = None
                quiet.append(part)
    return [Text(_quiet(part.text, found)) if isinstance(part, Text) else part for part in quiet]


def _quiet_value(value: Any, found: list[str]) -> Any:
    if isinstance(value, str):
        return _quiet(value, found)
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return {_quiet(key, found): _quiet_value(item, found) for key, item in items}
    if isinstance(value, list):
        return [_quiet_value(item, found) for item in cast("list[Any]", value)]
    return value


def _quiet(text: str, found: list[str]) -> str:
    if "<" not in text:
        return text

    def broken(match: re.Match[str]) -> str:
        if match[0] not in _SPELLINGS:
            return match[0]
        found.append(match[0])
        return "< " + match[0][1:]

    return _CANDIDATE.sub(broken, text)


def _find(segments: Sequence[Segment]) -> Iterator[tuple[str, int, int, int]]:
    """Yield each untrusted spelling, where it begins, and the segment and offset inside it where a space breaks it.

    The place is in an untrusted segment, so that no mark of the renderer's is ever changed.
    """
    if _is_harmless(segments):
        return
    index = 0
    start = 0  # where segments[index] begins in the text
    for match in _CANDIDATE.finditer(text_of(segments)):
        if match[0] not in _SPELLINGS:
            continue
        first, last = match.span()
        while start + len(segments[index][0]) <= first:
            start += len(segments[index][0])
            index += 1
        at, begin = index, start
        while begin < last:
            if segments[at][1] == TEXT and segments[at][0]:
                yield match[0], first, at, max(begin, first + 1) - begin
                break
            begin += len(segments[at][0])
            at += 1


def _is_harmless(segments: Sequence[Segment]) -> bool:
    """Whether no untrusted spelling can begin anywhere: the quick answer for almost every prompt.

    It would begin with a `<` in untrusted text, or with one that the renderer left open at a segment's end.
    """
    return not any(
        "<" in text and (origin == TEXT or text.rfind("<") > text.rfind(">")) for text, origin, _ in segments
    )
