"""Canonical argument text to append-only JSON text, while it arrives.

Knows only what Gemma 4's template itself writes. At the first deviation it says so and stops; what it has given out by then
is a beginning of what the tolerant reader will make of the whole call.
"""

from __future__ import annotations

import re
from json.encoder import encode_basestring
from typing import Any, Final

from gemwright.messages.parts import JSON
from gemwright.wire.coerce import ANY, SchemaNode, bare_value, fit
from gemwright.wire.delimiters import KEY, closes, declared_pair
from gemwright.wire.lexer import find_marker
from gemwright.wire.tokens import QUOTE
from gemwright.wire.tolerant import dumps

__all__ = ["DEVIATES", "DONE", "MORE", "ArgumentStream"]

MORE: Final = 0
DONE: Final = 1
DEVIATES: Final = 2

_KEY_OR_END, _KEY_NEXT, _VALUE, _VALUE_OR_END, _AFTER, _STRING = range(6)

_BARE_KEY: Final = re.compile(rf"({KEY}):")
_QUOTED_KEY: Final = re.compile(r"<\|\"\|>([^<\n]{0,128})<\|\"\|>:")
_PARTIAL_KEY: Final = re.compile(r"[^\s\"'<>{}\[\](),:=`][^\n\"{},:=]{0,127}|<\|\"\|>[^<\n]{0,128}(?:<\|?\"?\|?>?)?")
_SCALAR: Final = re.compile(r"(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?=[,}\]])")
_PARTIAL_SCALAR: Final = re.compile(r"-?[\d.eE+-]{0,4000}|tr?u?e?|fa?l?s?e?|nu?l?l?")
_HELD: Final = re.compile(
    r",\s{0,64}([^\s\"'<>{}\[\](),:=]{0,64}(?:[^\n\"'<>{}\[\](),:=]{0,64}))\s{0,8}"
    r"(?:[:=]\s{0,64}(?:-|t|tr|tru|f|fa|fal|fals|n|nu|nul|T|Tr|Tru|F|Fa|Fal|Fals|N|No|Non)?)?"
)
_HELD_COMMA: Final = re.compile(r",\s{0,60}\Z")
_HOLD_WINDOW: Final = 220
_MAX_DEPTH: Final = 100


class _Frame:
    """An open container."""

    __slots__ = ("declared", "empty", "is_array", "keys", "node", "value")

    def __init__(self, value: dict[str, JSON] | list[JSON], node: SchemaNode) -> None:
        self.value: Any = value
        self.node = node
        self.is_array = isinstance(value, list)
        self.keys = frozenset(node.keys)
        self.declared = declared_pair(self.keys) if self.keys else None
        self.empty = True


class ArgumentStream:
    """Reads canonical arguments from just after their opening brace.

    Args:
        node: the schema of the arguments.

    Attributes:
        value: the arguments read so far; whole once `feed` has answered DONE.
        repeated: whether a key came twice.
        coerced: whether a value was cast to its schema's type.
        streaming: whether a string is being given out as it arrives.
    """

    __slots__ = ("_child", "_key", "_out", "_stack", "_state", "coerced", "pieces", "repeated", "streaming", "value")

    def __init__(self, node: SchemaNode) -> None:
        self.value: dict[str, JSON] = {}
        self._stack = [_Frame(self.value, node)]
        self._state = _KEY_OR_END
        self._out: list[str] = ["{"]
        self._key = ""
        self._child = node
        self.pieces: list[str] = []
        self.streaming = False
        self.coerced = False
        self.repeated = False

    def take_json(self) -> str:
        """Return the JSON text that has come since the last call; the last brace is never part of it."""
        text = "".join(self._out)
        self._out.clear()
        return text

    def feed(self, text: str, at: int, *, final: bool) -> tuple[int, int]:
        """Read on.

        Args:
            text: what has arrived.
            at: first character that was not read before.
            final: whether nothing more will arrive.

        Returns:
            `(position, verdict)`: up to where it was read, and MORE, DONE (the arguments' own brace was the last character)
            or DEVIATES (the text from `position` on is not canonical).
        """
        size = len(text)
        while at < size:
            state = self._state
            if state == _STRING:
                at, verdict = self._string(text, at, final=final)
                if verdict is not None:
                    return at, verdict
                continue
            c = text[at]
            if state == _AFTER:
                frame = self._stack[-1]
                if c == ",":
                    self._state = _VALUE if frame.is_array else _KEY_NEXT
                    at += 1
                    continue
                if c == ("]" if frame.is_array else "}"):
                    at += 1
                    if self._pop():
                        return at, DONE
                    continue
                return at, DEVIATES
            if state <= _KEY_NEXT:
                if c == "}" and state == _KEY_OR_END:
                    at += 1
                    if self._pop():
                        return at, DONE
                    continue
                found = (_QUOTED_KEY if c == "<" else _BARE_KEY).match(text, at)
                if found is None:
                    waiting = not final and _PARTIAL_KEY.fullmatch(text, at)
                    if waiting or (not final and QUOTE.startswith(text[at:])):
                        return at, MORE
                    return at, DEVIATES
                self._open_key(found[1])
                at = found.end()
                continue
            if c == "]" and state == _VALUE_OR_END:
                at += 1
                self._pop()
                continue
            after = self._begin_value(text, at, c, final=final)
            if after is None:
                return at, MORE
            if after < 0:
                return at, DEVIATES
            at = after
        return at, MORE

    # -- structure

    def _pop(self) -> bool:
        """Close the innermost container; True if it was the outermost, whose bracket is not given out yet."""
        popped = self._stack.pop()
        self._state = _AFTER
        if not self._stack:
            return True
        self._out.append("]" if popped.is_array else "}")
        return False

    def _open_key(self, key: str) -> None:
        frame = self._stack[-1]
        if key in frame.value:
            self.repeated = True  # JSON text with a key twice: its last value stands there, too
        self._out.append(("" if frame.empty else ",") + dumps(key) + ":")
        frame.empty = False
        self._key = key
        self._child = frame.node.child(key)
        self._state = _VALUE

    def _begin_value(self, text: str, at: int, c: str, *, final: bool) -> int | None:
        """Return where the value's beginning was read to, None to wait, or -1 for a deviation."""
        frame = self._stack[-1]
        node = frame.node.items if frame.is_array else self._child
        if c == "<":
            if not text.startswith(QUOTE, at):
                return None if not final and QUOTE.startswith(text[at:]) else -1
            self._comma(frame)
            self.pieces.clear()
            self._child = node
            self.streaming = not node.types or "string" in node.types
            if self.streaming:
                self._out.append('"')
            self._state = _STRING
            return at + len(QUOTE)
        if c in "{[":
            if node.text_only or len(self._stack) >= _MAX_DEPTH:
                return -1
            self._comma(frame)
            value: dict[str, JSON] | list[JSON] = {} if c == "{" else []
            self._store(frame, value)
            self._out.append(c)
            self._stack.append(_Frame(value, node))
            self._state = _KEY_OR_END if c == "{" else _VALUE_OR_END
            return at + 1
        found = _SCALAR.match(text, at)
        if found is None:
            return None if not final and _PARTIAL_SCALAR.fullmatch(text, at) else -1
        token = found[1]
        if node.text_only and token != "null":  # noqa: S105
            return -1
        value_ = bare_value(token, node)
        if isinstance(value_, str):
            return -1
        if value_ != bare_value(token, ANY) or isinstance(value_, float) != isinstance(bare_value(token, ANY), float):
            self.coerced = True
        self._comma(frame)
        self._store(frame, value_)
        self._out.append(dumps(value_))
        self._state = _AFTER
        return found.end()

    def _comma(self, frame: _Frame) -> None:
        if frame.is_array:
            if not frame.empty:
                self._out.append(",")
            frame.empty = False

    def _store(self, frame: _Frame, value: JSON) -> None:
        if frame.is_array:
            frame.value.append(value)
        else:
            frame.value[self._key] = value

    # -- strings

    @property
    def in_open_string(self) -> bool:
        """Whether plain text that arrives now can be given out at once."""
        return self._state == _STRING and self.streaming

    def _string(self, text: str, at: int, *, final: bool) -> tuple[int, int | None]:
        """Read string text; the second value is a verdict, or None once the string is closed."""
        where, mark = find_marker(text, at, final=final)
        frame = self._stack[-1]
        if frame.declared is not None and not frame.is_array:
            pair = frame.declared.search(text, at, where + _HOLD_WINDOW)
            if pair is not None and pair.start() < where:
                self._take(text[at : pair.start()])
                return pair.start(), DEVIATES
        if mark is None or mark[0] != QUOTE:
            stop = self._held_from(text, at, where, frame)
            self._take(text[at:stop])
            return stop, MORE if mark is None else DEVIATES
        ends = closes(
            text,
            mark.end(),
            len(text),
            final=final,
            closers=["]" if f.is_array else "}" for f in self._stack],
            keys=frame.keys,
            in_array=frame.is_array,
        )
        if not ends:
            stop = self._held_from(text, at, where, frame)
            self._take(text[at:stop])
            return stop, MORE if ends is None else DEVIATES
        self._take(text[at:where])
        value = fit("".join(self.pieces), self._child)
        if self.streaming:
            self._out.append('"')
        else:
            self.coerced = self.coerced or not isinstance(value, str)
            self._out.append(dumps(value))
        self._store(frame, value)
        self.pieces.clear()
        self.streaming = False
        self._state = _AFTER
        return mark.end(), None

    def _take(self, text: str) -> None:
        if text:
            self.pieces.append(text)
            if self.streaming:
                self._out.append(encode_basestring(text)[1:-1])

    def _held_from(self, text: str, at: int, stop: int, frame: _Frame) -> int:
        """Return from where on text must wait: `, key:` (in an array, a comma) before a delimiter means one is missing."""
        if frame.is_array:
            held = _HELD_COMMA.search(text[max(at, stop - 64) : stop])
            return max(at, stop - 64) + held.start() if held else stop
        comma = text.rfind(",", max(at, stop - _HOLD_WINDOW), stop)
        held = _HELD.fullmatch(text, comma, stop) if comma >= 0 else None
        if held is None:
            return stop
        word = held[1].rstrip()
        could_be_key = any(key.startswith(word) for key in frame.keys) if frame.keys else " " not in word
        return comma if could_be_key else stop
