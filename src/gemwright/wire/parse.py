"""Gemma 4's output to events: an incremental state machine.

It never raises on what a model wrote, holds back no more than the longest construct that is still open (which is capped), and
takes time linear in the text. Any way of cutting the same text into chunks gives the same events once they are folded, since
no decision is taken before the text that decides it is there.

States: content, thinking, the label of a channel, the head of a call, canonical arguments (streamed), a whole call (read by
`blocks` once it ends), what follows a call, text that may turn out to be a call without markers, and what is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from json.encoder import encode_basestring
from typing import Final

from gemwright.messages import Event, TextDelta, ThinkingDelta, ThinkingEnded, ToolCallDelta, ToolSpec, Turn, fold
from gemwright.wire.arguments import ArgumentStream
from gemwright.wire.calls import MAX_CALL_CHARS, CallMachine
from gemwright.wire.lexer import could_become_marker, find_marker, without_fragment
from gemwright.wire.machine import MAX_HELD_CHARS
from gemwright.wire.markerless import LineCall, Verdict, recognise
from gemwright.wire.tokens import (
    CALL_CLOSE,
    CALL_OPEN,
    CHANNEL_CLOSE,
    CHANNEL_OPEN,
    EOS,
    PAD,
    RESPONSE_CLOSE,
    RESPONSE_OPEN,
    TOOL_CLOSE,
    TOOL_OPEN,
    TURN_CLOSE,
    TURN_OPEN,
)

__all__ = ["MAX_CALL_CHARS", "Parser", "parse"]

_LABEL: Final = re.compile(r"[ \t]*thought[ \t]*\r?\n")
_GLUED_LABEL: Final = re.compile(r"[ \t]*thought(?=[A-Z*#-]|<channel\|>|<\|tool_call>|<turn\|>|<eos>)")
_PARTIAL_LABEL: Final = re.compile(r"[ \t]*(?:t(?:h(?:o(?:u(?:g(?:h(?:t[ \t]*\r?)?)?)?)?)?)?)?")
_LEAKED_LABEL: Final = re.compile(r"thought[ \t]*(?:\r?\n|(?=<channel\|>))")
_LINE_OPENER: Final = re.compile(r"\n[ \t]{0,64}(?=call[ \t]{0,4}:|<call>|<tool_call>|```)")
_LINE_TAIL: Final = re.compile(r"\n[ \t]{0,64}(?:c|ca|cal|call[ \t]{0,4}|<[a-z_]{0,9}|`{1,2})?\Z")
_ROLE: Final = re.compile(r"[a-z]{0,16}\n")
_ROLE_PART: Final = re.compile(r"[a-z]{0,16}")
_STRUCTURE: Final = frozenset({CHANNEL_OPEN, CALL_OPEN, TURN_CLOSE, TURN_OPEN, RESPONSE_OPEN, TOOL_OPEN})
"""Marks after which text does not go on where it stopped."""
_LINE_STARTS: Final = frozenset("c<` \t\r\n")
"""Characters at the beginning of a line that take a closer look."""
_BLOCK: Final = 16_384
"""A longer chunk is taken in pieces, so that dropping what is consumed costs the same wherever a marker stands."""


class Parser(CallMachine):
    """Parses one generation.

    Args:
        tools: the declared tools: they type the arguments, and only they can be called without markers.
        thinking: whether the prompt ended inside an open thought.
        json_answer: whether JSON is the answer that was asked for, so that it is never taken for a call.
        disabled: ids of repairs to leave out (see `gemwright.wire.repair.REPAIRS`).
        call_id: gives the id of the n-th call of this turn.
        max_call_chars: cap of one call, in characters.

    Raises:
        BadOption: an id in `disabled` is unknown.
    """

    def __init__(
        self,
        tools: Sequence[ToolSpec] = (),
        *,
        thinking: bool = False,
        json_answer: bool = False,
        disabled: Iterable[str] = (),
        call_id: Callable[[int], str] = "call_{}".format,
        max_call_chars: int = MAX_CALL_CHARS,
    ) -> None:
        super().__init__(tools, disabled, call_id=call_id, max_call_chars=max_call_chars)
        self._json_answer = json_answer
        self._fast: type[TextDelta] | type[ThinkingDelta] | None = None
        self._fast_line = False
        self._fast_string: ArgumentStream | None = None
        self._prompt_opened = thinking
        self._thought_said = False
        self._fenced = False
        self._newline = ""
        self._empty_thoughts = 0
        if thinking:
            self._state = self._thought

    def feed(self, text: str) -> list[Event]:
        """Take a chunk and return the events it completes."""
        fast = self._fast
        if fast is not None and text and "<" not in text:
            if "\n" not in text:
                return [fast(text)]
            if fast is TextDelta and (text == "\n" or not self._tools):
                if self._tools:
                    self._line_start, self._fast, self._fast_line = True, None, True
                return [TextDelta(text)]
        if self._fast_line and text and text[0] not in _LINE_STARTS and "<" not in text and "\n" not in text:
            self._line_start, self._fast, self._fast_line = False, TextDelta, False
            return [TextDelta(text)]
        stream = self._fast_string
        if stream is not None and text and "<" not in text and "," not in text:
            self._raw_size += len(text)
            if self._raw_size <= self._max_call_chars:
                stream.pieces.append(text)
                self._raw.append(text)
                json = encode_basestring(text)[1:-1]
                self._emitted.append(json)
                return [ToolCallDelta(self._index, json)]
            self._raw_size -= len(text)
        if len(text) <= _BLOCK:
            return self._advance(text, final=False)
        events: list[Event] = []
        for at in range(0, len(text), _BLOCK):
            events += self._advance(text[at : at + _BLOCK], final=False)
        return events

    def finish(self) -> list[Event]:
        """Say that nothing more will arrive, and return the last events."""
        return self._advance("", final=True)

    def _advance(self, text: str, *, final: bool) -> list[Event]:
        """Let the machine work, and note how plain text that comes next can go straight through."""
        self._fast = None
        self._fast_line = False
        self._fast_string = None
        events = self._run(text, final=final)
        if not self._buf and not final:
            if self._state == self._content:
                if not self._line_start:
                    self._fast = TextDelta
                else:
                    self._fast_line = not (self._at_start or self._after_thought)
            elif self._state == self._thought:
                if self._thought_said and not self._newline:
                    self._fast = ThinkingDelta
            elif self._state == self._arguments and self._args is not None and self._args.in_open_string:
                self._fast_string = self._args
        return events

    # -- content

    def _content(self, final: bool) -> bool:
        if not self._buf:
            return False
        if self._line_start:
            blank = len(self._buf) - len(self._buf.lstrip())
            if blank:
                self._say(self._buf[:blank])
                self._buf = self._buf[blank:]
                return True
            moved = self._begin_line(final)
            if moved is not None:
                return moved
        where, mark = find_marker(self._buf, 0, final=final)
        plain = self._buf[:where]
        if self._tools and self._breaks_line(plain, whole=mark is None and where == len(self._buf)):
            return True
        if mark is None:
            if final:
                self._say(self._without_cut_mark(plain))
                self._buf = ""
            else:
                plain = self._before_arriving(plain, where)
                self._say_plain(plain)
                self._buf = self._buf[len(plain) :]
            return False
        plain, rest = self._rejoined(self._without_cut_mark(plain), self._buf[mark.end() :], mark[0])
        self._say_plain(plain)
        self._buf = rest
        self._content_marker(mark[0])
        return True

    def _say_plain(self, plain: str) -> None:
        """Give out text, and note whether a line begins after it."""
        if plain:
            self._say(plain)
            self._at_start = self._after_thought = False
            self._line_start = bool(self._tools) and plain.rstrip(" \t").endswith("\n")

    def _before_arriving(self, plain: str, where: int) -> str:
        """Return the text that nothing can change any more: a marker that is arriving could cut off what stands before it."""
        kept = _without_fragments(plain)
        return kept.removesuffix("<") if where < len(self._buf) else kept

    @staticmethod
    def _rejoined(plain: str, rest: str, mark: str) -> tuple[str, str]:
        """Move a last `<` over a token that is dropped: with what follows, it may make a marker."""
        if plain.endswith("<") and mark not in _STRUCTURE:
            return plain[:-1], "<" + rest
        return plain, rest

    def _without_cut_mark(self, text: str) -> str:
        """Drop the piece of a marker that another marker cuts off, or two pieces could make one."""
        kept = _without_fragments(text)
        return kept if kept == text or self._repaired("marker-fragment") else text

    def _breaks_line(self, plain: str, *, whole: bool) -> bool:
        """Give out text up to a line that may begin a call without its open marker."""
        opener = _LINE_OPENER.search(plain)
        if opener is None and whole:
            opener = _LINE_TAIL.search(plain, max(0, len(plain) - 80))
        if opener is None:
            return False
        cut = opener.end() if opener.re is _LINE_OPENER else plain.rindex("\n") + 1
        if self._buf[:cut].strip():
            self._at_start = self._after_thought = False
        self._say(self._buf[:cut])
        self._buf = self._buf[cut:]
        self._line_start = True
        return True

    def _begin_line(self, final: bool) -> bool | None:
        """At the first character of a line: a leaked label, or a call without markers? None if it is plain text."""
        buf = self._buf
        if (self._at_start or self._after_thought) and "leaked-label" not in self._disabled:
            label = _LEAKED_LABEL.match(buf)
            if label:
                self._repaired("leaked-label", "channel label without its marker")
                self._buf = buf[label.end() :]
                if self._after_thought:
                    self._state = self._after_label
                else:
                    self._enter_thought()
                self._line_start = self._after_thought = False
                return True
            if not final and (_PARTIAL_LABEL.fullmatch(buf) or self._label_then_piece(buf)):
                return False
        if not self._tools:
            return None
        whole = self._at_start and not self._json_answer and "json-call" not in self._disabled
        lines = not self._fenced and "missing-open-marker" not in self._disabled
        verdict = recognise(buf, self._tools, whole=whole, lines=lines, final=final)
        if verdict is Verdict.WAIT:
            return False
        if verdict is Verdict.LINE:
            self._state = self._unmarked_call
            self._line_call = LineCall(self._tools, cap=MAX_HELD_CHARS)
            return True
        if verdict is Verdict.WHOLE:
            self._state = self._whole_answer
            return True
        if not final and buf in ("`", "``"):
            return False
        self._note_fence()
        return None

    def _note_fence(self) -> None:
        """Keep track of code fences: what stands in one is shown, not called."""
        if self._buf.startswith("```"):
            self._fenced = not self._fenced

    def _content_marker(self, mark: str) -> None:
        """Act on a marker that stands in content."""
        if mark == CHANNEL_OPEN:
            self._state = self._channel_label
        elif mark == CALL_OPEN:
            self._open_call()
        elif mark == TURN_CLOSE:
            self._state = self._ended
        elif mark == RESPONSE_OPEN:
            self._skip_to = RESPONSE_CLOSE
            self._state = self._skipped
        elif mark == TOOL_OPEN:
            self._drop("stray-marker", mark)
            self._skip_to = TOOL_CLOSE
            self._state = self._skipped
        elif mark == TURN_OPEN:
            self._state = self._role if self._at_start else self._ended
        elif mark == CHANNEL_CLOSE:
            self._drop("stray-channel", mark)
            self._line_start = self._after_thought = True
        elif mark == CALL_CLOSE:
            self._drop("unbalanced-closers", mark)
            self._line_start = True
        else:
            self._minor_marker(mark)

    def _minor_marker(self, mark: str) -> None:
        """Drop a token that means nothing where it stands."""
        if mark != EOS:
            reserved = mark == PAD or mark.startswith(("<unused", "<bos"))
            self._drop("reserved-tokens" if reserved else "stray-marker", mark)

    def _delta(self, text: str) -> Event:
        return ThinkingDelta(text) if self._state == self._thought else TextDelta(text)

    def _role(self, final: bool) -> bool:
        """After a turn opener at the very start: the model repeats its own `model` line, or begins another's turn."""
        found = _ROLE.match(self._buf)
        if found is None:
            if not final and _ROLE_PART.fullmatch(self._buf):
                return False
            self._drop("stray-marker", TURN_OPEN)
        elif found[0] == "model\n":
            self._repaired("stray-marker", TURN_OPEN)
            self._buf = self._buf[found.end() :]
        else:
            self._state = self._ended
            return True
        self._state = self._content
        return True

    # -- thinking

    def _channel_label(self, final: bool) -> bool:
        buf = self._buf
        label = _LABEL.match(buf)
        if label is None and (glued := _GLUED_LABEL.match(buf)):
            self._repaired("stray-channel", "channel label without its newline")
            label = glued
        if label:
            self._buf = buf[label.end() :]
            self._enter_thought()
            return True
        if buf.startswith(CHANNEL_OPEN):
            self._repaired("stray-channel", CHANNEL_OPEN)
            self._buf = buf[len(CHANNEL_OPEN) :]
            return True
        if final:
            rest = without_fragment(buf)
            if _PARTIAL_LABEL.fullmatch(rest):
                self._repaired("marker-fragment", "channel label")
                self._buf = ""
                self._state = self._content
                return False
        elif _PARTIAL_LABEL.fullmatch(buf) or self._label_then_piece(buf):
            return False
        self._repaired("leaked-label", "channel without its label")
        self._buf = buf.removeprefix("\n")
        self._enter_thought()
        return True

    @staticmethod
    def _label_then_piece(buf: str) -> bool:
        """Whether a marker may be arriving where the label, or the newline after it, should be."""
        at = buf.find("<")
        return at >= 0 and buf[:at].strip(" \t") in ("", "thought") and could_become_marker(buf, at)

    def _enter_thought(self) -> None:
        self._state = self._thought
        self._prompt_opened = False
        self._thought_said = False
        self._newline = ""

    def _thought(self, final: bool) -> bool:
        buf = self._buf
        if self._prompt_opened:
            if not buf and not final:
                return False
            label = _LEAKED_LABEL.match(buf)
            if label is None and not final and (_PARTIAL_LABEL.fullmatch(buf) or self._label_then_piece(buf)):
                return False
            if label and self._repaired("leaked-label", "channel label repeated"):
                self._buf = buf = buf[label.end() :]
            if label or not buf.startswith("<"):
                self._prompt_opened = False
        where, mark = find_marker(buf, 0, final=final)
        plain = buf[:where]
        if plain:
            self._prompt_opened = False
        if mark is None:
            if final:
                self._think(self._without_cut_mark(plain), keep_newline=True)
                self._buf = ""
                self._repaired("open-thought")
                self._close_thought()
                return False
            plain = self._before_arriving(plain, where)
            self._think(plain)
            self._buf = buf[len(plain) :]
            return False
        plain, rest = self._without_cut_mark(plain), buf[mark.end() :]
        if mark[0] != CHANNEL_CLOSE:
            plain, rest = self._rejoined(plain, rest, mark[0])
        self._think(plain)
        self._buf = rest
        self._thought_marker(mark[0])
        return True

    def _think(self, text: str, *, keep_newline: bool = False) -> None:
        """Give out thought text, but for one last newline, which belongs to the close marker."""
        if not text:
            return
        text = self._newline + text
        self._newline = ""
        if text.endswith("\n") and not keep_newline:
            self._newline = "\n"
            text = text[:-1]
        if text:
            self._out.append(ThinkingDelta(text))
            self._thought_said = True

    def _close_thought(self) -> None:
        if self._thought_said:
            self._out.append(ThinkingEnded())
            self._empty_thoughts = 0
        elif not self._prompt_opened:
            self._empty_thoughts += 1
            if self._empty_thoughts > 1:
                self._repaired("stray-channel", "empty thought repeated")
        self._newline = ""
        self._prompt_opened = False
        self._state = self._content
        self._line_start = self._after_thought = True

    def _thought_marker(self, mark: str) -> None:
        """Act on a marker that stands in a thought."""
        if mark == CHANNEL_CLOSE:
            self._close_thought()
        elif mark == CHANNEL_OPEN:
            self._repaired("stray-channel", "channel opened again")
            self._think("", keep_newline=True)
            if self._newline and self._thought_said:
                self._out.append(ThinkingDelta(self._newline))
            self._newline = ""
            self._state = self._channel_label
        elif mark == CALL_OPEN and self._repaired("call-in-thought"):
            self._close_thought()
            self._open_call()
        elif mark in (TURN_CLOSE, TURN_OPEN):
            self._repaired("open-thought")
            self._close_thought()
            self._state = self._ended
        elif mark == RESPONSE_OPEN:
            self._repaired("open-thought")
            self._close_thought()
            self._skip_to = RESPONSE_CLOSE
            self._state = self._skipped
        elif mark == CALL_CLOSE:
            self._drop("unbalanced-closers", mark)
        else:
            self._minor_marker(mark)

    def _after_label(self, final: bool) -> bool:
        """Text after a label that follows a closed thought: a thought if a close marker comes, else the answer."""
        where, mark = find_marker(self._buf, 0, final=final)
        if mark is None and not final and where <= MAX_HELD_CHARS:
            return False
        if mark is not None and mark[0] == CHANNEL_CLOSE:
            text, self._buf = self._buf[:where], self._buf[where:]
            self._enter_thought()
            self._think(text)
            return True
        self._state = self._content
        self._line_start = True
        return True


def _without_fragments(text: str) -> str:
    """Return a text without the pieces of markers at its end, at most eight, one cut off by the other."""
    for _ in range(8):
        kept = without_fragment(text)
        if kept == text:
            break
        text = kept
    return text


def parse(
    text: str,
    tools: Sequence[ToolSpec] = (),
    *,
    thinking: bool = False,
    json_answer: bool = False,
    disabled: Iterable[str] = (),
) -> Turn:
    """Parse a whole output: the fold of the same events that a stream gives.

    Args:
        text: what the model generated, markers included.
        tools: the declared tools.
        thinking: whether the prompt ended inside an open thought.
        json_answer: whether JSON was asked for as the answer.
        disabled: ids of repairs to leave out.

    Returns:
        The turn.
    """
    parser = Parser(tools, thinking=thinking, json_answer=json_answer, disabled=disabled)
    events = [*parser.feed(text), *parser.finish()]
    return fold(events)
