"""Conversations to rows: rendered by the renderer that prompts are made with, and masked by which turns are targets.

A row is trained as it will be run. So what a runtime writes ahead of an answer stands before each target, too, and is
not trained: the large flavour's empty thought where thinking is off. (After a result, the template forgets the empty
thought with which the turn began; a row is one text, and keeps it.) Earlier turns that are no targets look as they do in
a prompt: without their thoughts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, Literal, TypeAlias, cast

from gemwright.foundation.errors import BadMessages, BadOption, GemwrightError
from gemwright.foundation.jsonx import read_lines
from gemwright.tuning.conversation import Conversation, Group, conversation_from_json
from gemwright.tuning.masks import Span, spans
from gemwright.wire import LARGE, Dialect, Segment
from gemwright.wire.segments import text_of
from gemwright.wire.tokens import CHANNEL_OPEN
from gemwright.wire.turns import EMPTY_THOUGHT, MODEL_OPENER, OPENERS, THOUGHT_CUE

__all__ = ["Generation", "Line", "Row", "Targets", "read", "row", "row_from_json"]

Targets: TypeAlias = Literal["last", "all"]
"""Which turns are trained on: what the model wrote after the last user message, or everything it wrote."""

USER_OPENER: Final = OPENERS["user"]


@dataclass(frozen=True, slots=True)
class Generation:
    """What the model has to write in one go, from the prompt to its stop.

    Attributes:
        group: the messages that it comes from.
        start: where it begins in the row's text, in characters.
        text: what it writes, its stop token included.
        cued: whether the prompt opens the thought, so that the text begins inside it.
    """

    group: Group
    start: int
    text: str
    cued: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row of training data: what is trained on, beside what it should be.

    Attributes:
        conversation: where it comes from.
        segments: the conversation as the renderer writes it; `trainable` is true for what is a target.
        targets: which turns are targets.
        text: the text that is trained on; that of the segments unless the row came with its own.
        trained: which of its characters count, as `(first, after the last)`, in order.
        number: its line in a file, from 1; 0 where it came from no file.
    """

    conversation: Conversation
    segments: tuple[Segment, ...]
    targets: Targets
    text: str
    trained: tuple[Span, ...]
    number: int = 0

    @property
    def is_canonical(self) -> bool:
        """Whether the text is the renderer's; the line break after the last turn, which nobody trains, may be missing."""
        ours = text_of(self.segments)
        return self.text in (ours, ours.removesuffix("\n"))

    def generations(self) -> list[Generation]:
        """Return what the model has to write in this row, in order."""
        after = self.conversation.last_user if self.targets == "last" else -1
        groups = [group for group in self.conversation.groups() if group.message > after]
        found: list[tuple[int, list[str], bool]] = []
        at = 0
        last: Segment | None = None
        for segment in self.segments:
            if segment[2]:
                if last is None or not last[2]:
                    found.append((at, [], last == THOUGHT_CUE))
                found[-1][1].append(segment[0])
            at += len(segment[0])
            last = segment
        return [
            Generation(group, start, "".join(texts), cued)
            for group, (start, texts, cued) in zip(groups, found, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its number (from 1) and its row, or what is wrong with it."""

    number: int
    row: Row | None = None
    problem: GemwrightError | None = None

    def require(self) -> Row:
        """Return the row.

        Raises:
            GemwrightError: the line cannot be read as a row; its number is in the message.
        """
        if self.row is None:
            raise self.problem or BadMessages(f"line {self.number} holds no row")
        return self.row


def read(stream: BinaryIO, *, targets: Targets = "last", default: Dialect = LARGE) -> Iterator[Line]:
    """Read rows from JSON Lines one by one; a bad line is told in its place, and reading goes on.

    Args:
        stream: one conversation a line; see `conversation_from_json` and `row_from_json`.
        targets: which turns are trained on.
        default: the dialect of lines that name no flavour.
    """
    for line in read_lines(stream):
        try:
            yield Line(line.number, row_from_json(line.require(), targets, default, line.number))
        except GemwrightError as e:
            if line.problem is None:  # what is wrong with the JSON names its line already
                e.message = f"line {line.number}: {e.message}"
            yield Line(line.number, problem=e)


def row_from_json(value: Any, targets: Targets = "last", default: Dialect = LARGE, number: int = 0) -> Row:
    """Read one row.

    A row that another program has rendered brings `text`, and may bring `trained`: a list of `[first, after the last]`
    in characters (code points). They are kept as they are, so that they can be compared with ours.

    Args:
        value: a conversation as JSON, perhaps with `text` and `trained`.
        targets: which turns are trained on.
        default: the dialect where it names no flavour.
        number: its line in a file.

    Raises:
        BadMessages: it cannot be read or rendered.
        BadToolSchema: a tool is no tool.
        BadOption: an option, its text or its mask is not what it should be.
    """
    made = row(conversation_from_json(value, default), targets, number)
    if not isinstance(value, Mapping):
        return made
    given = cast("Mapping[str, Any]", value)
    text, trained = given.get("text"), given.get("trained")
    if text is not None and not isinstance(text, str):
        raise BadOption(f"`text` must be text, not {type(text).__name__}")
    if text is None and trained is None:
        return made
    return Row(
        made.conversation,
        made.segments,
        targets,
        made.text if text is None else text,
        made.trained if trained is None else _spans(trained),
        number,
    )


def row(conversation: Conversation, targets: Targets = "last", number: int = 0) -> Row:
    """Render a conversation into a row.

    Args:
        conversation: the conversation.
        targets: which turns are trained on.
        number: its line in a file.

    Raises:
        BadMessages: it cannot be rendered.
    """
    segments = tuple(_masked(conversation, conversation.render(), targets))
    return Row(conversation, segments, targets, text_of(segments), tuple(spans(segments)), number)


def _masked(conversation: Conversation, segments: Sequence[Segment], targets: Targets) -> Iterator[Segment]:
    first = _first_target(segments) if targets == "last" else 0
    ahead = conversation.dialect.empty_thought and not conversation.thinking
    for at, segment in enumerate(segments):
        if at < first:
            yield (segment[0], segment[1], False)
            continue
        yield segment
        if ahead and segment == MODEL_OPENER and not _opens_thought(segments[at + 1 : at + 2]):
            yield EMPTY_THOUGHT


def _first_target(segments: Sequence[Segment]) -> int:
    return max((at for at, segment in enumerate(segments) if segment == USER_OPENER), default=0)


def _opens_thought(segments: Iterable[Segment]) -> bool:
    return any(origin == EMPTY_THOUGHT[1] and text.startswith(CHANNEL_OPEN) for text, origin, _ in segments)


def _spans(given: Any) -> tuple[Span, ...]:
    found: list[Span] = []
    for at, item in enumerate(cast("list[Any]", given) if isinstance(given, list) else [given]):
        pair = cast("list[Any]", item) if isinstance(item, list) else []
        if len(pair) != 2 or not all(type(number) is int and number >= 0 for number in pair) or pair[0] > pair[1]:
            raise BadOption(
                f"`trained[{at}]` must be [first, after the last], in characters", hint='as "trained": [[120, 164]]'
            )
        found.append((pair[0], pair[1]))
    return tuple(found)
