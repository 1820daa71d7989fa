"""The states of the parser that read calls: canonical ones as they arrive, damaged ones as a whole.

Knows: where a call begins and ends, and what may stand in the place of its close marker.
Never knows: content and thinking; the reading of damaged text itself is `blocks`' and `markerless`' business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from gemwright.messages import (
    Malformed,
    RepairApplied,
    ToolCall,
    ToolCallDelta,
    ToolCallEnded,
    ToolCallStarted,
    ToolSpec,
)
from gemwright.messages.events import SUPERSEDED
from gemwright.wire.arguments import DEVIATES, MORE, ArgumentStream
from gemwright.wire.blocks import Block, ReadCall, read_block
from gemwright.wire.delimiters import PAIR
from gemwright.wire.lexer import MARKER, could_become_marker, find_marker, without_fragment
from gemwright.wire.machine import MAX_HELD_CHARS, Machine
from gemwright.wire.markerless import LineCall, read_whole
from gemwright.wire.tokens import CALL_CLOSE, CALL_OPEN, EOS, QUOTE, RESPONSE_OPEN, TURN_CLOSE
from gemwright.wire.tolerant import dumps

__all__ = ["MAX_CALL_CHARS", "CallMachine"]

MAX_CALL_CHARS: Final = 16_000_000
"""Longest call, in characters, before it is given up as malformed."""

_CANONICAL_HEAD: Final = re.compile(r"call:([^\s{}()<>\"',=\[\]]{1,256})\{")
_PARTIAL_HEAD: Final = re.compile(r"c(?:a(?:l(?:l(?::[^\s{}()<>\"',=\[\]]{0,256})?)?)?)?")
_CLOSING_TAG: Final = re.compile(r"</(?:tool_call|call)>")
_PARTIAL_CLOSING_TAG: Final = re.compile(r"</?(?:t|to|too|tool|tool_|tool_c|tool_ca|tool_cal|tool_call|c|ca|cal|call)?")
_NEXT_CALL: Final = re.compile(r"call:")
_ENDS_CALL: Final = frozenset({CALL_CLOSE, CALL_OPEN, TURN_CLOSE, RESPONSE_OPEN, EOS})
_FREE_ATTEMPTS: Final = 8


class CallMachine(Machine):
    """The states of calls."""

    def __init__(
        self, tools: Sequence[ToolSpec], disabled: Iterable[str], *, call_id: Callable[[int], str], max_call_chars: int
    ) -> None:
        super().__init__(tools, disabled)
        self._call_id = call_id
        self._max_call_chars = max_call_chars
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
        self._seen_whole = False
        self._line_call = LineCall(self._tools, cap=MAX_HELD_CHARS)

    def _open_call(self) -> None:
        self._state = self._head
        self._raw = []
        self._raw_size = 0
        self._emitted = []
        self._begun = None
        self._args = None
        self._seen_whole = False
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
        for made, repair in ((stream.coerced, "coerced-argument"), (stream.repeated, "repeated-key")):
            if made and not self._repaired(repair):
                self._pending = None
                self._malformed(f"needs the repair {repair}, which is switched off")
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
        after = rest[1:].lstrip()
        if not self._seen_whole and PAIR.match(after) and not _NEXT_CALL.match(after):
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
        sent = "".join(self._emitted)
        streamed = self._args is not None and call.arguments is self._args.value
        wanted = sent + "}" if streamed else dumps(call.arguments)
        if self._begun is not None and (self._begun != call.name or not wanted.startswith(sent)):
            self._out.append(Malformed(self._begun, "", SUPERSEDED, self._index))
            self._index += 1
            self._begun = None
        if self._begun is None:
            sent = ""
            self._out.append(ToolCallStarted(self._index, self._call_id(self._index), call.name))
        if len(wanted) > len(sent):
            self._out.append(ToolCallDelta(self._index, wanted[len(sent) :]))
        self._out.append(ToolCallEnded(self._index, ToolCall(call.name, call.arguments, self._call_id(self._index))))
        self._index += 1
        self._leave_call()

    def _leave_call(self) -> None:
        self._begun = None
        self._args = None
        self._raw = []
        self._emitted = []
        self._state = self._content
        self._line_start = self._after_thought = True

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
            tried = self._try_block(where, mark.end(), kind, final=final)
            if tried is None:
                self._scan = where
                return False
            if tried:
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

    def _try_block(self, where: int, after: int, kind: str, *, final: bool) -> bool | None:
        """A marker that may end the call: read what there is.

        Returns:
            False if the marker is text inside a string, None if what follows it has to tell.
        """
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
        ends = kind == CALL_CLOSE and block.tail_closed
        if block.in_text and ends and not self._nested:
            follows = self._marker_follows(after, final=final)
            if follows is None:
                self._attempts -= 1
                return None
            ends = follows
        if block.in_text and not ends:
            if self._cut is None:
                self._cut = (size, kind)
                self._nested = 1 if kind == CALL_OPEN else 0
            return False
        self._settle(block, text, self._buf[where:], closed=kind == CALL_CLOSE)
        return True

    def _marker_follows(self, at: int, *, final: bool) -> bool | None:
        """Whether nothing, or only a marker, follows; None while that is open."""
        while at < len(self._buf) and self._buf[at].isspace():
            at += 1
        if at >= len(self._buf):
            return True if final else None
        if MARKER.match(self._buf, at):
            return True
        return None if not final and could_become_marker(self._buf, at) else False

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
        self._seen_whole = True
        for call in block.calls[:-1]:
            self._end_call(call)
        self._pending = block.calls[-1]
        self._state = self._after_arguments

    def _end_of_output_in_call(self) -> None:
        whole = "".join(self._raw) + self._buf
        text = without_fragment(whole)
        block = read_block(text, self._tools, closed=False)
        if block.complete or self._cut is None:
            self._settle(block, text, "", closed=False)
            return
        at, kind = self._cut
        self._buf = ""
        closed = kind == CALL_CLOSE
        self._settle(read_block(whole[:at], self._tools, closed=closed), whole[:at], whole[at:], closed=closed)

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
            self._note_fence()
            self._line_start = self._at_start = False
            return True
        self._repaired("json-call", read.name)
        self._buf = self._buf[read.end :]
        self._end_unmarked(read.calls)
        return True

    def _note_fence(self) -> None:
        """A code fence may begin here; content keeps track of it."""

    def _end_unmarked(self, calls: Sequence[ReadCall]) -> None:
        self._at_start = False
        for call in calls:
            self._end_call(call)
