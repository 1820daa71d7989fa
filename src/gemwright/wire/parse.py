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
    Turn,
    fold,
)
from gemwright.messages.parts import JSON
from gemwright.wire.arguments import DEVIATES, MORE, ArgumentStream
from gemwright.wire.blocks import Block, ReadCall, read_block
from gemwright.wire.delimiters import PAIR
from gemwright.wire.lexer import MARKER, could_become_marker, find_marker, without_fragment
from gemwright.wire.markerless import LineCall, Verdict, read_whole, recognise
from gemwright.wire.repair import switched_off
from gemwright.wire.tokens import (
    CALL_CLOSE,
    CALL_OPEN,
    CHANNEL_CLOSE,
    CHANNEL_OPEN,
    EOS,
    PAD,
    QUOTE,
    RESPONSE_CLOSE,
    RESPONSE_OPEN,
    TOOL_CLOSE,
    TOOL_OPEN,
    TURN_CLOSE,
    TURN_OPEN,
)
from gemwright.wire.tolerant import dumps
from gemwright.wire.toolset import Toolset

__all__ = ["MAX_CALL_CHARS", "Parser", "parse"]

MAX_CALL_CHARS: Final = 16_000_000
"""Longest call, in characters, before it is given up as malformed."""
MAX_HELD_CHARS: Final = 65_536
"""Longest text held back because it may be a call without markers, or a thought without its opener."""

_CANONICAL_HEAD: Final = re.compile(r"call:([^\s{}()<>\"',=\[\]]{1,256})\{")
_PARTIAL_HEAD: Final = re.compile(r"c(?:a(?:l(?:l(?::[^\s{}()<>\"',=\[\]]{0,256})?)?)?)?")
_LABEL: Final = re.compile(r"[ \t]*thought[ \t]*\r?\n")
_GLUED_LABEL: Final = re.compile(r"[ \t]*thought(?=[A-Z*#-]|<channel\|>)")
_PARTIAL_LABEL: Final = re.compile(r"[ \t]*(?:t(?:h(?:o(?:u(?:g(?:h(?:t[ \t]*\r?)?)?)?)?)?)?)?")
_LEAKED_LABEL: Final = re.compile(r"thought[ \t]*\r?\n")
_CLOSING_TAG: Final = re.compile(r"</(?:tool_call|call)>")
_PARTIAL_CLOSING_TAG: Final = re.compile(r"</?(?:t|to|too|tool|tool_|tool_c|tool_ca|tool_cal|tool_call|c|ca|cal|call)?")
_NEXT_CALL: Final = re.compile(r"call:")
_LINE_OPENER: Final = re.compile(r"\n[ \t]{0,64}(?=call[ \t]{0,4}:|<call>|<tool_call>)")
_LINE_TAIL: Final = re.compile(r"\n[ \t]{0,64}(?:c|ca|cal|call[ \t]{0,4}|<[a-z_]{0,9})?\Z")
_ROLE: Final = re.compile(r"[a-z]{0,16}\n")
_ROLE_PART: Final = re.compile(r"[a-z]{0,16}")
_ENDS_CALL: Final = frozenset({CALL_CLOSE, CALL_OPEN, TURN_CLOSE, RESPONSE_OPEN, EOS})
_FREE_ATTEMPTS: Final = 8
_BLOCK: Final = 16_384
"""A longer chunk is taken in pieces, so that dropping what is consumed costs the same wherever a marker stands."""


class Parser:
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
        self._tools = Toolset(tools)
        self._json_answer = json_answer
        self._disabled = switched_off(disabled)
        self._call_id = call_id
        self._max_call_chars = max_call_chars
        self._buf = ""
        self._out: list[Event] = []
        self._state = self._thought if thinking else self._content
        self._fast: type[TextDelta] | type[ThinkingDelta] | None = None
        self._fast_string: ArgumentStream | None = None
        # content
        self._line_start = True
        self._at_start = True
        self._after_thought = False
        # thinking
        self._prompt_opened = thinking
        self._thought_said = False
        self._newline = ""
        self._empty_thoughts = 0
        # calls
        self._index = 0
        self._begun: str | None = None
        self._emitted: list[str] = []
        self._raw: list[str] = []
        self._raw_size = 0
        self._scan = 0
        self._nested = 0
        self._cut: tuple[int, str] | None = None
        self._attempts = 0
        self._last_attempt = 0
        self._args: ArgumentStream | None = None
        self._pending: ReadCall | None = None
        self._line_call = LineCall(self._tools, cap=MAX_HELD_CHARS)
        # dropping
        self._skip_to = ""
        self._dropped = False

    # -- public

    def feed(self, text: str) -> list[Event]:
        """Take a chunk and return the events it completes."""
        fast = self._fast
        if fast is not None and text and "<" not in text and "\n" not in text:
            return [fast(text)]
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

    # -- the machine

    def _advance(self, text: str, *, final: bool) -> list[Event]:
        self._fast = None
        self._fast_string = None
        self._buf += text
        self._out = []
        while self._state(final):
            pass
        if not self._buf and not final:
            if self._state == self._content:
                if not self._line_start:
                    self._fast = TextDelta
            elif self._state == self._thought:
                if self._thought_said and not self._newline:
                    self._fast = ThinkingDelta
            elif self._state == self._arguments and self._args is not None and self._args.in_open_string:
                self._fast_string = self._args
        return self._out

    def _repaired(self, repair: str, detail: str = "") -> bool:
        """Report a repair; False if it is switched off, and then the deviation stays visible."""
        if repair in self._disabled:
            return False
        self._out.append(RepairApplied(repair, detail))
        return True

    def _say(self, text: str) -> None:
        if text:
            self._out.append(TextDelta(text))

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
            self._line_start = self._at_start = self._after_thought = False
        where, mark = find_marker(self._buf, 0, final=final)
        plain = self._buf[:where]
        if self._tools and self._breaks_line(plain, whole=mark is None and where == len(self._buf)):
            return True
        if mark is None:
            rest = self._buf[where:]
            if final:
                kept = without_fragment(plain)
                if kept != plain and self._repaired("marker-fragment"):
                    plain = kept
            self._say(plain)
            self._buf = rest
            return False
        self._say(plain)
        self._buf = self._buf[mark.end() :]
        self._content_marker(mark[0])
        return True

    def _breaks_line(self, plain: str, *, whole: bool) -> bool:
        """Give out text up to a line that may begin a call without its open marker."""
        opener = _LINE_OPENER.search(plain)
        if opener is None and whole:
            opener = _LINE_TAIL.search(plain, max(0, len(plain) - 80))
        if opener is None:
            return False
        cut = opener.end() if opener.re is _LINE_OPENER else plain.rindex("\n") + 1
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
                self._line_start = self._at_start = self._after_thought = False
                return True
            if not final and _PARTIAL_LABEL.fullmatch(buf):
                return False
            if self._at_start and final and buf == "thought":
                self._repaired("leaked-label", "channel label without its marker")
                self._buf = ""
                return False
        if not self._tools:
            return None
        whole = self._at_start and not self._json_answer and "json-call" not in self._disabled
        lines = "missing-open-marker" not in self._disabled
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
        return None

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
        if mark == QUOTE:
            if self._repaired("stray-marker", mark):
                self._out.append(self._delta('"'))
        elif mark != EOS:
            reserved = mark == PAD or mark.startswith(("<unused", "<bos"))
            self._drop("reserved-tokens" if reserved else "stray-marker", mark)

    def _delta(self, text: str) -> Event:
        return ThinkingDelta(text) if self._state == self._thought else TextDelta(text)

    def _drop(self, repair: str, mark: str) -> None:
        if not self._repaired(repair, mark):
            self._out.append(self._delta(mark))

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
            if label is None and not final and buf and _PARTIAL_LABEL.fullmatch(buf):
                return False
            if label and self._repaired("leaked-label", "channel label repeated"):
                self._buf = buf = buf[label.end() :]
            if not buf.startswith("<"):
                self._prompt_opened = False
        where, mark = find_marker(buf, 0, final=final)
        plain = buf[:where]
        if mark is None:
            if final:
                kept = without_fragment(plain)
                if kept != plain and self._repaired("marker-fragment"):
                    plain = kept
                self._think(plain, keep_newline=True)
                self._buf = ""
                self._repaired("open-thought")
                self._close_thought()
                return False
            self._think(plain)
            self._buf = buf[where:]
            return False
        self._think(plain)
        self._buf = buf[mark.end() :]
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
        text, self._buf = self._buf[:where], self._buf[where:]
        if mark is not None and mark[0] == CHANNEL_CLOSE:
            self._enter_thought()
            self._think(text)
            return True
        self._state = self._content
        if mark is None and final:
            text = without_fragment(text)
        self._say(text)
        return True

    # -- calls

    def _open_call(self) -> None:
        self._state = self._head
        self._raw = []
        self._raw_size = 0
        self._emitted = []
        self._begun = None
        self._args = None
        self._scan = self._nested = self._attempts = self._last_attempt = 0
        self._cut = None
        self._line_start = self._at_start = self._after_thought = False

    def _head(self, final: bool) -> bool:
        """What stands between the open marker and the arguments."""
        buf = self._buf
        head = _CANONICAL_HEAD.match(buf)
        if head:
            self._begin_arguments(head)
            return True
        mark = MARKER.match(buf)
        if mark and mark[0] in (CALL_OPEN, CALL_CLOSE):
            self._repaired("reserved-tokens" if mark[0] == CALL_OPEN else "unbalanced-closers", mark[0])
            self._buf = buf[mark.end() :]
            if mark[0] == CALL_CLOSE:
                self._leave_call()
            return True
        if not final and (not buf or _PARTIAL_HEAD.fullmatch(buf) or could_become_marker(buf, 0)):
            return False
        if not buf:
            self._leave_call()
            return True
        self._state = self._collect
        return True

    def _begin_arguments(self, head: re.Match[str]) -> None:
        name = self._tools.resolve(head[1])
        if name != head[1] and not self._repaired("tool-namespace", head[1]):
            name = head[1]
        self._begun = name
        self._out.append(ToolCallStarted(self._index, self._call_id(self._index), name))
        self._args = ArgumentStream(self._tools.node(name))
        self._raw.append(head[0])
        self._raw_size = head.end()
        self._buf = self._buf[head.end() :]
        self._state = self._arguments

    def _arguments(self, final: bool) -> bool:
        """Canonical arguments, given out as they arrive."""
        stream = self._args
        if stream is None:
            return False
        at, verdict = stream.feed(self._buf, 0, final=final)
        self._raw.append(self._buf[:at])
        self._raw_size += at
        self._buf = self._buf[at:]
        text = stream.take_json()
        if text:
            self._emitted.append(text)
            self._out.append(ToolCallDelta(self._index, text))
        if self._raw_size > self._max_call_chars:
            self._too_large()
            return True
        if verdict == MORE and not final:
            return False
        if verdict == DEVIATES or verdict == MORE:
            self._state = self._collect
            return True
        self._pending = ReadCall(self._begun or "", stream.value)
        if stream.coerced and not self._repaired("coerced-argument"):
            self._pending = None
            self._malformed("needs the repair coerced-argument, which is switched off")
            return True
        self._state = self._after_arguments
        return True

    def _after_arguments(self, final: bool) -> bool:
        """After balanced arguments: the close marker, or whatever stands in its place."""
        gap = len(self._buf) - len(self._buf.lstrip())
        rest = self._buf[gap:]
        if not rest:
            if final:
                self._end_pending("missing-close-marker")
            return final
        if rest.startswith(CALL_CLOSE):
            self._end_pending(None)
            self._buf = rest[len(CALL_CLOSE) :]
            return True
        c = rest[0]
        if c in "}])" or rest.startswith(QUOTE):
            self._repaired("unbalanced-closers" if c in "}])" else "missing-delimiter", "surplus after the arguments")
            self._buf = rest[1 if c in "}])" else len(QUOTE) :]
            return True
        if c == ",":
            return self._after_comma(rest, final)
        if _NEXT_CALL.match(rest):
            self._end_pending("missing-close-marker")
            self._open_call()
            self._buf = rest
            return True
        tag = _CLOSING_TAG.match(rest)
        if tag:
            self._end_pending("missing-close-marker")
            self._buf = rest[tag.end() :]
            return True
        if not final and (
            could_become_marker(rest, 0) or _PARTIAL_CLOSING_TAG.fullmatch(rest) or "call:".startswith(rest)
        ):
            return False
        self._end_pending("missing-close-marker")
        return True

    def _after_comma(self, rest: str, final: bool) -> bool:
        """`},key:` after balanced arguments: the brace came too early, so the whole call has to be read again."""
        if PAIR.match(rest[1:].lstrip()):
            self._pending = None
            self._state = self._collect
            return True
        if not final and len(rest) < 140 and re.fullmatch(r",\s*[^\n\"'<>{}\[\](),:=]*", rest):
            return False
        self._repaired("loose-layout", "comma after the arguments")
        self._buf = rest[1:]
        return True

    def _end_pending(self, repair: str | None) -> None:
        call, self._pending = self._pending, None
        if call is None:
            self._leave_call()
            return
        if repair and not self._repaired(repair):
            self._malformed(f"needs the repair {repair}, which is switched off")
            return
        self._end_call(call)

    def _end_call(self, call: ReadCall) -> None:
        """Give out what is missing of a call's JSON, and end it."""
        wanted = dumps(call.arguments)
        sent = "".join(self._emitted)
        if self._begun is not None and (self._begun != call.name or not wanted.startswith(sent)):
            self._out.append(Malformed(self._begun, "", "read again as a whole", self._index))
            self._index += 1
            self._begun = None
        if self._begun is None:
            sent = ""
            self._out.append(ToolCallStarted(self._index, self._call_id(self._index), call.name))
        if len(wanted) > len(sent):
            self._out.append(ToolCallDelta(self._index, wanted[len(sent) :]))
        self._out.append(
            ToolCallEnded(self._index, ToolCall(call.name, call.arguments, self._call_id(self._index)))
        )
        self._index += 1
        self._leave_call()

    def _leave_call(self) -> None:
        self._begun = None
        self._args = None
        self._raw = []
        self._emitted = []
        self._state = self._content
        self._line_start = True

    def _malformed(self, reason: str, *, name: str = "", raw: str | None = None) -> None:
        text = "".join(self._raw) if raw is None else raw
        index = self._index if self._begun is not None else None
        self._out.append(Malformed(self._begun or name, text, reason, index))
        if index is not None:
            self._index += 1
        self._leave_call()

    def _too_large(self) -> None:
        raw = "".join(self._raw)[:1000]
        self._malformed(f"the call is longer than {self._max_call_chars} characters", raw=raw)
        self._skip_to = CALL_CLOSE
        self._state = self._skipped
        self._buf = ""

    # -- whole calls

    def _collect(self, final: bool) -> bool:
        """Gather a call that is not canonical until something ends it, then read it as a whole."""
        while True:
            where, mark = find_marker(self._buf, self._scan, final=final)
            if mark is None:
                break
            kind = mark[0]
            if kind not in _ENDS_CALL:
                self._scan = mark.end()
                continue
            if self._try_block(where, kind):
                return True
            self._scan = mark.end()
        self._scan = where
        if self._raw_size + len(self._buf) > self._max_call_chars:
            self._raw.append(self._buf[:1000])
            self._too_large()
            return True
        if self._scan > 4096:
            self._shelve()
        if not final:
            return False
        self._end_of_output_in_call()
        return True

    def _shelve(self) -> None:
        """Move scanned text out of the buffer, so that adding a chunk stays cheap."""
        self._raw.append(self._buf[: self._scan])
        self._raw_size += self._scan
        self._buf = self._buf[self._scan :]
        self._scan = 0

    def _try_block(self, where: int, kind: str) -> bool:
        """A marker that may end the call: read what there is. False if the marker is text inside a string."""
        size = self._raw_size + where
        if kind == CALL_OPEN and self._cut is not None:
            self._nested += 1
        if kind == CALL_CLOSE and self._nested:
            self._nested -= 1
            return False
        if self._attempts >= _FREE_ATTEMPTS and size < self._last_attempt * 1.5:
            return False
        self._attempts += 1
        self._last_attempt = size
        text = "".join(self._raw) + self._buf[:where]
        block = read_block(text, self._tools, closed=kind == CALL_CLOSE)
        if block.in_text and not (kind == CALL_CLOSE and block.tail_closed):
            if self._cut is None:
                self._cut = (size, kind)
                self._nested = 1 if kind == CALL_OPEN else 0
            return False
        self._settle(block, text, self._buf[where:], closed=kind == CALL_CLOSE)
        return True

    def _settle(self, block: Block, text: str, rest: str, *, closed: bool) -> None:
        """Take what a block was read as. `rest` begins with the marker that ended it, or is empty."""
        usable = block.calls and (block.complete or closed)
        if not usable:
            self._buf = rest[len(CALL_CLOSE) :] if closed else rest
            reason = "it cannot be read as a call" if closed or block.complete else "the output ended inside the call"
            self._malformed(reason, name=block.name, raw=text)
            return
        needed = sorted(block.used & self._disabled)
        if needed:
            self._buf = rest[len(CALL_CLOSE) :] if closed else rest
            self._malformed(f"needs the repair {needed[0]}, which is switched off", name=block.name, raw=text)
            return
        for repair in sorted(block.used):
            self._out.append(RepairApplied(repair, block.name))
        self._buf = text[block.end :] + rest
        for call in block.calls[:-1]:
            self._end_call(call)
        self._pending = block.calls[-1]
        self._state = self._after_arguments

    def _end_of_output_in_call(self) -> None:
        text = without_fragment("".join(self._raw) + self._buf)
        block = read_block(text, self._tools, closed=False)
        if block.complete or self._cut is None:
            self._settle(block, text, "", closed=False)
            return
        at, kind = self._cut
        self._buf = ""
        closed = kind == CALL_CLOSE
        self._settle(read_block(text[:at], self._tools, closed=closed), text[:at], text[at:], closed=closed)

    def _unmarked_call(self, final: bool) -> bool:
        """A declared tool's call at the start of a line, without its open marker."""
        read = self._line_call.read(self._buf, final=final)
        if read is None:
            return False
        if read.incomplete:
            self._buf = self._buf[read.end :]
            self._malformed("the output ended inside the call", name=read.name, raw=read.raw)
            return True
        self._state = self._content
        if not read.calls or read.used & self._disabled:
            self._line_start = self._at_start = False
            return True
        self._repaired("missing-open-marker", read.name)
        for repair in sorted(read.used):
            self._out.append(RepairApplied(repair, read.name))
        self._buf = self._buf[read.end :]
        self._end_unmarked(read.calls)
        return True

    def _whole_answer(self, final: bool) -> bool:
        """An answer that may turn out to be nothing but a JSON or Python call."""
        read = read_whole(self._buf, self._tools, final=final, cap=MAX_HELD_CHARS)
        if read is None:
            return False
        self._state = self._content
        if not read.calls:
            self._line_start = self._at_start = False
            return True
        self._repaired("json-call", read.name)
        self._buf = self._buf[read.end :]
        self._end_unmarked(read.calls)
        return True

    def _end_unmarked(self, calls: Sequence[ReadCall]) -> None:
        self._at_start = False
        for call in calls:
            self._end_call(call)

    # -- dropping

    def _skipped(self, final: bool) -> bool:
        """Drop a block that is not the model's to write, up to its close marker."""
        where, mark = find_marker(self._buf, 0, final=final)
        if where and self._buf[:where].strip():
            self._note_dropped()
        if mark is None:
            self._buf = "" if final else self._buf[where:]
            return False
        self._buf = self._buf[mark.end() :]
        if mark[0] == self._skip_to:
            self._state = self._content
            self._line_start = True
        elif mark[0] == TURN_CLOSE:
            self._state = self._ended
        return True

    def _note_dropped(self) -> None:
        """Report once a turn that something was dropped."""
        if not self._dropped:
            self._dropped = True
            self._repaired("runaway-turn")

    def _ended(self, final: bool) -> bool:
        """The turn is over: what follows is not part of it."""
        where, mark = find_marker(self._buf, 0, final=final)
        if where and self._buf[:where].strip():
            self._note_dropped()
        if mark is None:
            self._buf = "" if final else self._buf[where:]
            return False
        self._buf = self._buf[mark.end() :]
        return True


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
        The turn; its `finish` is "tool_calls" if it has calls, else "stop".
    """
    parser = Parser(tools, thinking=thinking, json_answer=json_answer, disabled=disabled)
    events = [*parser.feed(text), *parser.finish()]
    return fold(events)


def arguments_json(call: ToolCall) -> str:
    """Return the JSON text of a call's arguments, as the stream gives it."""
    value: JSON = dict(call.arguments)
    return dumps(value)
