"""What a prompt or an output is made of, mark by mark: runs of text that know what they are.

Knows: where turns, thoughts, calls, results and declarations begin and end; which characters came from the renderer and
which were untrusted; which the model writes itself; where the parser decided on a repair.
Never knows: how it looks (`gemwright.wire.explain_view`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from gemwright.messages import Folder, Malformed, RepairApplied, ToolSpec, Turn
from gemwright.wire.lexer import MARKER
from gemwright.wire.parse import Parser
from gemwright.wire.segments import MARKUP, MEDIA, TEXT, Segment, text_of
from gemwright.wire.tokens import (
    BOS,
    CALL_CLOSE,
    CALL_OPEN,
    CHANNEL_CLOSE,
    CHANNEL_OPEN,
    RESPONSE_CLOSE,
    RESPONSE_OPEN,
    SOFT_TOKENS,
    TOOL_CLOSE,
    TOOL_OPEN,
    TURN_CLOSE,
    TURN_OPEN,
)
from gemwright.wire.untrusted import untrusted_spellings

__all__ = ["Kind", "Note", "Origin", "Run", "Trace", "looks_like_prompt", "output_trace", "prompt_runs", "text_runs"]

Kind: TypeAlias = Literal["", "thought", "call", "result", "tool"]
"""What a run belongs to; empty for the plain text of a turn and its marks."""
Origin: TypeAlias = Literal["markup", "text", "media", "spelled"]
"""Where a run came from. `spelled` is untrusted text that spells a control token, or a part of it that is untrusted."""

_OPENERS: Final[dict[str, Kind]] = {
    CHANNEL_OPEN: "thought",
    TOOL_OPEN: "tool",
    CALL_OPEN: "call",
    RESPONSE_OPEN: "result",
}
_CLOSERS: Final = frozenset({CHANNEL_CLOSE, TOOL_CLOSE, CALL_CLOSE, RESPONSE_CLOSE})
_ROLE: Final = re.compile(r"[^\n<]{0,64}")
_ORIGINS: Final[dict[int, Origin]] = {MARKUP: "markup", TEXT: "text", MEDIA: "media"}


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text of one kind.

    Attributes:
        text: the piece; all of them joined are the whole.
        origin: where it came from. In a text without origins, what a tokenizer reads as a control token is `markup`.
        kind: what it belongs to.
        turn: number of its turn, from 1; 0 before the first.
        role: role of its turn, as the format spells it; untrusted where the format does not know it.
        trainable: whether the model writes it itself; None where that is not known.
    """

    text: str
    origin: Origin
    kind: Kind
    turn: int
    role: str
    trainable: bool | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something the parser decided.

    Attributes:
        where: how many characters it had seen when it decided.
        title: id of the repair, or `malformed`.
        detail: on what; may be empty.
    """

    where: int
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """An output: what it is made of, what was decided where, and what it was read as."""

    runs: tuple[Run, ...]
    notes: tuple[Note, ...]
    turn: Turn


class _Place:
    """Where in a conversation the next character stands. Only control tokens that count as such move it."""

    def __init__(self, role: str = "", kind: Kind = "") -> None:
        self.turn = 1 if role else 0
        self.role = role
        self.kind: Kind = kind
        self._close = False

    def enter(self, token: str, after: str) -> None:
        """Take a control token; what follows it names the role of a turn."""
        if token == TURN_OPEN:
            self.turn += 1
            self.role = after
            self.kind = ""
        elif token in _OPENERS:
            self.kind = _OPENERS[token]
        elif token == TURN_CLOSE:
            self.kind = ""
        self._close = token in _CLOSERS

    def leave(self) -> None:
        """The token taken last is over: a closer belongs to what it closes, what follows does not."""
        if self._close:
            self.kind = ""
            self._close = False


def prompt_runs(segments: Sequence[Segment]) -> tuple[Run, ...]:
    """Return the runs of a rendered prompt. Untrusted text that spells control tokens changes no turn and no kind.

    Args:
        segments: the prompt, as the renderer gives it.
    """
    whole = text_of(segments)
    place = _Place()
    runs: list[Run] = []
    for at, text, origin, trainable in _pieces(segments):
        is_token = origin == "markup" and MARKER.fullmatch(text) is not None
        if is_token:
            place.enter(text, _role_at(whole, at + len(text)))
        runs.append(Run(text, origin, place.kind, place.turn, place.role, trainable))
        if is_token:
            place.leave()
    return tuple(_joined(runs))


def text_runs(text: str, *, role: str = "", thinking: bool = False) -> tuple[Run, ...]:
    """Return the runs of a text whose origins nobody knows: every spelling of a control token counts as one.

    Args:
        text: a prompt, or a model's output.
        role: role of the turn that is open where the text begins; empty at the beginning of a conversation.
        thinking: whether a thought is open where it begins.
    """
    place = _Place(role, "thought" if thinking else "")
    runs: list[Run] = []
    for at, piece, is_token in _lexemes(text):
        if is_token:
            place.enter(piece, _role_at(text, at + len(piece)))
        origin: Origin = "media" if piece in SOFT_TOKENS else "markup" if is_token else "text"
        runs.append(Run(piece, origin, place.kind, place.turn, place.role))
        if is_token:
            place.leave()
    return tuple(_joined(runs))


def output_trace(
    text: str, tools: Sequence[ToolSpec] = (), *, thinking: bool = False, disabled: Iterable[str] = ()
) -> Trace:
    """Parse an output character by character, and remember where each repair was decided.

    Args:
        text: what the model generated.
        tools: the declared tools.
        thinking: whether the prompt ended inside an open thought.
        disabled: ids of repairs to leave out.

    Raises:
        BadOption: an id in `disabled` is unknown.
    """
    parser = Parser(tools, thinking=thinking, disabled=disabled)
    folder = Folder()
    notes: list[Note] = []
    for where, chunk in enumerate([*text, None], 1):
        for event in parser.finish() if chunk is None else parser.feed(chunk):
            folder.add(event)
            if isinstance(event, RepairApplied):
                notes.append(Note(min(where, len(text)), event.repair, event.detail))
            elif isinstance(event, Malformed):
                notes.append(Note(min(where, len(text)), "malformed", event.reason))
    return Trace(text_runs(text, role="model", thinking=thinking), tuple(notes), folder.turn())


def looks_like_prompt(text: str) -> bool:
    """Whether a text is more likely a prompt than an output: it begins as prompts do, or opens a turn of a user."""
    start = text.lstrip()
    return start.startswith((BOS, TURN_OPEN)) or f"{TURN_OPEN}user\n" in text


def _role_at(text: str, at: int) -> str:
    found = _ROLE.match(text, at)
    return found[0].strip() if found else ""


def _lexemes(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield where each piece begins, the piece, and whether it is a control token."""
    end = 0
    for match in MARKER.finditer(text):
        if match.start() > end:
            yield end, text[end : match.start()], False
        yield match.start(), match[0], True
        end = match.end()
    if end < len(text):
        yield end, text[end:], False


def _pieces(segments: Sequence[Segment]) -> Iterator[tuple[int, str, Origin, bool]]:
    """Yield where each piece of a prompt begins, the piece, its origin and whether it is trainable.

    Markup is cut into tokens and the rest, untrusted text where it spells a control token or a part of one.
    """
    spelled = [(one.where, one.where + len(one.spelling)) for one in untrusted_spellings(segments)]
    next_spelled = 0
    start = 0
    for text, origin, trainable in segments:
        if origin == MARKUP:
            for at, piece, _ in _lexemes(text):
                yield start + at, piece, "markup", trainable
        elif origin == MEDIA:
            yield start, text, "media", trainable
        else:
            at, end = start, start + len(text)
            while next_spelled < len(spelled) and spelled[next_spelled][0] < end:
                first, last = spelled[next_spelled]
                if first > at:
                    yield at, text[at - start : first - start], "text", trainable
                if last > at:
                    yield max(at, first), text[max(at, first) - start : last - start], "spelled", trainable
                at = max(at, min(last, end))
                if last > end:  # the rest of the spelling is in the next segment
                    break
                next_spelled += 1
            if at < end:
                yield at, text[at - start :], "text", trainable
        start += len(text)


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    """Join neighbours that differ in nothing but their text."""
    kept: list[Run] = []
    for run in runs:
        if kept and _same(kept[0], run):
            kept.append(run)
            continue
        if kept:
            yield _join(kept)
        kept = [run]
    if kept:
        yield _join(kept)


def _same(a: Run, b: Run) -> bool:
    return (a.origin, a.kind, a.turn, a.role, a.trainable) == (b.origin, b.kind, b.turn, b.role, b.trainable)


def _join(runs: Sequence[Run]) -> Run:
    first = runs[0]
    text = "".join([run.text for run in runs])
    return Run(text, first.origin, first.kind, first.turn, first.role, first.trainable)
