"""The chat lane's deltas to the same events that the raw lane gives.

A runtime that renders and parses by itself loses or misplaces some of what the model wrote. What it left is looked for
where it leaves it: marks, thoughts and calls in the content, calls and answers in the reasoning, calls in the name of a
call, and calls as they come (`fragments`). Whatever is moved, dropped or made up is a named repair.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from gemwright.client.fragments import CallPieces
from gemwright.messages import (
    Event,
    Malformed,
    RepairApplied,
    TextDelta,
    ThinkingDelta,
    ThinkingEnded,
    ToolCall,
    ToolCallDelta,
    ToolCallEnded,
    ToolCallStarted,
    ToolSpec,
)
from gemwright.runtimes.base import ChatChunk
from gemwright.wire.parse import Parser
from gemwright.wire.repair import switched_off
from gemwright.wire.tokens import CHANNEL_CLOSE, CHANNEL_OPEN
from gemwright.wire.toolset import Toolset

__all__ = ["ChatNormaliser"]

REPEATED_CHARS: Final = 48
"""Shorter reasoning is not looked for at the beginning of the content: an answer may well begin with the same words."""
MAX_REPEATED_CHARS: Final = 1_000_000
"""Longer reasoning is not kept to be compared."""
_EMPTY_THOUGHT: Final = f"{CHANNEL_OPEN}thought\n{CHANNEL_CLOSE}"


class ChatNormaliser:
    """Turns chat chunks into events: reasoning to thinking, content through the wire parser, fragments to calls.

    Args:
        tools: the declared tools.
        json_answer: whether JSON was asked for as the answer.
        disabled: ids of repairs to leave out.
        call_id: gives the id of the n-th call of this turn, for runtimes that give none.
    """

    def __init__(
        self,
        tools: Sequence[ToolSpec] = (),
        *,
        json_answer: bool = False,
        disabled: Collection[str] = (),
        call_id: Callable[[int], str] = "call_{}".format,
    ) -> None:
        self._tools = tuple(tools)
        self._disabled = switched_off(disabled)
        self._calls = _Numbers(call_id)
        self._pieces = CallPieces(Toolset(tools), self._disabled, self._calls.next, call_id, self._reread)
        parser = Parser(tools, json_answer=json_answer, disabled=disabled)
        reads = "call-in-content" not in self._disabled
        self._marks = "leftover-marks" not in self._disabled
        self._content = self._channel(parser if reads else None, TextDelta, "call-in-content")
        self._thought: _Channel | None = None
        self._said = _Repetition() if "repeated-reasoning" not in self._disabled else None

    def feed(self, chunk: ChatChunk) -> list[Event]:
        """Take a chunk and return the events it completes."""
        events: list[Event] = []
        if chunk.reasoning:
            events += self._release()
            if chunk.reasoning == chunk.content and len(chunk.content) > 1 and self._said is not None:
                # One text in both fields of one chunk; as the answer it is of more use.
                events.append(RepairApplied("repeated-reasoning", "the same text as content and as reasoning"))
            else:
                events += self._reason(chunk.reasoning)
        if chunk.content or chunk.tool_calls:
            events += self._end_thinking()
        if chunk.content:
            events += self._say(chunk.content)
        if chunk.tool_calls:
            events += self._release(calls=True)
            for fragment in chunk.tool_calls:
                events += self._pieces.feed(fragment)
        return events

    def finish(self) -> list[Event]:
        """Say that nothing more will arrive, and return the last events."""
        return [*self._end_thinking(), *self._release(), *self._content.finish(), *self._pieces.finish()]

    def _channel(self, parser: Parser | None, plain: type[TextDelta | ThinkingDelta], misplaced: str) -> _Channel:
        return _Channel(parser, self._calls, plain, misplaced, marks=self._marks)

    def _reread(self, text: str) -> list[Event]:
        """Read calls out of what a runtime took for the name of one."""
        channel = self._channel(Parser(self._tools, disabled=self._disabled), TextDelta, "call-in-name")
        return [*channel.feed(text), *channel.finish()]

    def _reason(self, text: str) -> list[Event]:
        if self._thought is None:
            # A thought that the runtime took out has lost its opening mark, so the parser begins inside one.
            parser = Parser(self._tools, thinking=True, disabled=self._disabled)
            reads = "answer-in-reasoning" not in self._disabled
            self._thought = self._channel(parser if reads else None, ThinkingDelta, "answer-in-reasoning")
            text = text.removeprefix("\n")  # mlx-lm takes the channel's name off, and leaves the line break behind it
        if self._said is not None:
            self._said.reasoned(text)
        return self._thought.feed(text)

    def _end_thinking(self) -> list[Event]:
        thought, self._thought = self._thought, None
        if thought is None:
            return []
        self._content.after_thought()
        # The runtime saw where the thought ends, so an end without its mark is no deviation here.
        return [e for e in thought.finish() if not (isinstance(e, RepairApplied) and e.repair == "open-thought")]

    def _say(self, text: str) -> list[Event]:
        """Give content to its parser, but for reasoning that is said once more at its beginning."""
        if self._said is None:
            return self._content.feed(text)
        text, repeated = self._said.answered(text)
        events: list[Event] = [RepairApplied("repeated-reasoning", "the content begins with it")] if repeated else []
        return events + (self._content.feed(text) if text else [])

    def _release(self, *, calls: bool = False) -> list[Event]:
        """Give out content that was held because it might repeat the reasoning, and now cannot any more."""
        if self._said is None:
            return []
        held, whole = self._said.released()
        if held and whole and calls:
            return [RepairApplied("repeated-reasoning", "the content is the same")]
        return self._content.feed(held) if held else []


class _Numbers:
    """Counts the calls of a turn, wherever they are found."""

    def __init__(self, call_id: Callable[[int], str]) -> None:
        self.id_of = call_id
        self._next = 0

    def next(self) -> int:
        self._next += 1
        return self._next - 1


class _Repetition:
    """Compares the beginning of the content with the reasoning, and holds content back while the two are the same."""

    def __init__(self) -> None:
        self._pieces: list[str] | None = []
        self._chars = 0
        self._reasoning = ""
        self._held: list[str] = []
        self._matched = 0

    def reasoned(self, text: str) -> None:
        """Take a piece of reasoning."""
        if self._pieces is not None:
            self._pieces.append(text)
            self._chars += len(text)
            if self._chars > MAX_REPEATED_CHARS:
                self._pieces = None

    def answered(self, text: str) -> tuple[str, bool]:
        """Take a piece of content; return what of it is to be given out, and whether a repetition was dropped."""
        if self._pieces is None:
            return text, False
        if not self._held:
            self._reasoning = "".join(self._pieces)
            if len(self._reasoning) < REPEATED_CHARS:
                self._pieces = None
                return text, False
        missing = len(self._reasoning) - self._matched
        if self._reasoning.startswith(text, self._matched):
            self._held.append(text)
            self._matched += len(text)
            return "", False
        whole = text.startswith(self._reasoning[self._matched :]) if missing <= len(text) else False
        held = "".join(self._held) + text
        self._held, self._pieces = [], None
        return (held[len(self._reasoning) :], True) if whole else (held, False)

    def released(self) -> tuple[str, bool]:
        """Return what is held, and whether it is the whole reasoning. Nothing is held from now on."""
        held, whole = "".join(self._held), self._matched == len(self._reasoning)
        if held:
            self._held, self._pieces = [], None
        return held, whole


class _Channel:
    """A parser over one field of the chunks, its calls numbered among those of the whole turn.

    Args:
        parser: reads the field; None gives the text out as it is.
        calls: numbers and ids.
        plain: what a text is where nothing reads the field.
        misplaced: the repair that a call, or in reasoning also a text, in this field is.
        marks: whether thoughts and marks in content are put right, rather than left to be seen.
    """

    def __init__(
        self,
        parser: Parser | None,
        calls: _Numbers,
        plain: type[TextDelta | ThinkingDelta],
        misplaced: str,
        *,
        marks: bool,
    ) -> None:
        self._parser = parser
        self._calls = calls
        self._plain = plain
        self._misplaced = misplaced
        self._marks = marks
        self._index = 0
        self._told = False
        self._named = self._thought_named = False
        self._lost_chars = 0
        self._begun = False

    def after_thought(self) -> None:
        """Say that a thought ended elsewhere: if this field begins behind it, a label at its beginning opens no other."""
        if self._parser is not None and not self._begun:
            self._parser.feed(_EMPTY_THOUGHT)

    def feed(self, text: str) -> list[Event]:
        """Take a piece of the field."""
        if self._parser is None:
            return [self._plain(text)]
        self._begun = True
        self._lost_chars += _visible(text)
        return self._placed(self._parser.feed(text))

    def finish(self) -> list[Event]:
        """Take the field's end."""
        if self._parser is None:
            return [ThinkingEnded()] if self._plain is ThinkingDelta else []
        events = self._placed(self._parser.finish())
        if self._lost_chars > 0 and not self._named and self._marks:
            events.append(RepairApplied("leftover-marks", "dropped"))
        return events

    def _placed(self, events: list[Event]) -> list[Event]:
        found: list[Event] = []
        for event in events:
            match event:
                case TextDelta(text):
                    self._lost_chars -= _visible(text)
                    found += [event] if self._plain is TextDelta else self._answer(event)
                case ThinkingDelta(text) if self._plain is TextDelta and not self._thought_named:
                    self._lost_chars -= _visible(text)
                    found += self._left_behind(text)
                case ThinkingDelta(text):
                    self._lost_chars -= _visible(text)
                    found.append(event)
                case ThinkingEnded() if not (self._marks or self._thought_named):
                    pass
                case RepairApplied(repair):
                    self._named = self._named or repair != "open-thought"
                    self._thought_named = self._thought_named or repair == "leaked-label"
                    found.append(event)
                case ToolCallStarted(_, _, name):
                    self._index = self._calls.next()
                    started = ToolCallStarted(self._index, self._calls.id_of(self._index), name)
                    self._named = True
                    found += [RepairApplied(self._misplaced, name), started]
                case ToolCallDelta(_, json):
                    found.append(ToolCallDelta(self._index, json))
                case ToolCallEnded(_, call):
                    named = ToolCall(call.name, call.arguments, self._calls.id_of(self._index))
                    found.append(ToolCallEnded(self._index, named))
                case Malformed(name, raw, reason, index):
                    self._named = True
                    found.append(Malformed(name, raw, reason, None if index is None else self._index))
                case _:
                    found.append(event)
        return found

    def _left_behind(self, text: str) -> list[Event]:
        """A thought in content, marks and all: a server whose parser is off or looks for other marks."""
        if not self._marks:
            return [TextDelta(text)]
        self._named = self._thought_named = True
        return [RepairApplied("leftover-marks", "a thought"), ThinkingDelta(text)]

    def _answer(self, event: TextDelta) -> list[Event]:
        """A text behind the thought's end is the answer's; blanks alone are none."""
        if self._told:
            return [event]
        if not event.text.strip():
            return []
        self._told = self._named = True
        return [RepairApplied(self._misplaced, "text"), event]


def _visible(text: str) -> int:
    """How many characters of a text are no blanks: blanks round a thought or a call are nobody's."""
    return sum(map(len, text.split()))
