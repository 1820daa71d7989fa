"""Pieces of calls, as runtimes that parse by themselves send them, to the calls that were meant.

Knows: in which ways runtimes number, name and encode calls. By index or all under one; whole or in pieces; ids missing,
doubled or given anew with each piece; arguments as JSON, as JSON inside a string, with remains of Gemma 4's own format, in
the name, or lost.
Never knows: content and thinking (`normalise`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final, cast

from gemwright.foundation import jsonx
from gemwright.foundation.errors import BadJSON
from gemwright.messages import (
    Event,
    Malformed,
    RepairApplied,
    ToolCall,
    ToolCallDelta,
    ToolCallEnded,
    ToolCallStarted,
)
from gemwright.messages.events import SUPERSEDED
from gemwright.messages.parts import JSON
from gemwright.runtimes.base import ToolCallFragment
from gemwright.wire.parse import MAX_CALL_CHARS
from gemwright.wire.tokens import CALL_OPEN, QUOTE
from gemwright.wire.tolerant import ArgumentReader
from gemwright.wire.toolset import Toolset, typed_arguments

__all__ = ["CallPieces"]

MAX_CALLS: Final = 4096
"""Calls at most in one turn; a stream with more is a loop of the model or the runtime."""

_NO_NAME: Final = "it has no name"
_NAME_ONLY: Final = "its name holds more than a name"
_NO_ARGUMENTS: Final = "none of the arguments that it has to have arrived"
_SPLIT: Final = "a string delimiter stands inside a key: the arguments were split at the wrong places"
_EMPTY: Final = ("", "{}")
_PIECES: Final = (QUOTE, QUOTE[:4], QUOTE[:3])
"""The delimiter of strings, and what of it is nothing else: two characters of it are an operator in some languages."""
_OPENING: Final = re.compile(r'(?<=[\[{:,\s])"<\|\\(?:"(?:\|>?)?)?')
_CLOSING: Final = re.compile(r'<\|\\"(?:\|>?)?"?(?=\s*[,}\]:])')
"""Pieces of the delimiter, escaped as in JSON, where a string begins and where one ends."""
_MORE_THAN_A_NAME: Final = frozenset("({<")


@dataclass(slots=True)
class _Call:
    """A call whose pieces are arriving."""

    key: int
    id: str
    index: int = -1
    name: str = ""
    pieces: list[str] = field(default_factory=list[str])
    size: int = 0
    swallowed: str = ""
    """The name, where it holds more than one: parsers that wait for a brace take all that comes before it for the name."""
    streamed: bool | None = None
    """Whether its pieces go out as they come: only an object's do, since nothing else can be taken back. None: not known
    before the first character."""

    @property
    def raw(self) -> str:
        return "".join(self.pieces)


class CallPieces:
    """Puts calls together.

    Args:
        tools: the declared tools.
        disabled: ids of repairs to leave out.
        number: gives the index of the next call of this turn.
        call_id: gives the id of the n-th call of this turn, for runtimes that give none.
        reread: reads calls out of a text in Gemma 4's own format.
    """

    def __init__(
        self,
        tools: Toolset,
        disabled: Collection[str],
        number: Callable[[], int],
        call_id: Callable[[int], str],
        reread: Callable[[str], list[Event]],
    ) -> None:
        self._tools = tools
        self._disabled = disabled
        self._number = number
        self._call_id = call_id
        self._reread = reread
        self._open: dict[int, _Call] = {}
        self._ids: set[str] = set()
        self._count = 0

    def feed(self, fragment: ToolCallFragment) -> list[Event]:
        """Take a piece and return the events it completes."""
        events: list[Event] = []
        call = self._open.get(fragment.index)
        if call is not None and self._begins_another(call, fragment):
            if self._says_again(call, fragment):
                return self._repaired("repeated-call-piece", call.name)
            events = [*self._end(call), *self._repaired("shared-index", fragment.name)]
            call = None
        if call is None:
            self._count += 1
            if self._count > MAX_CALLS:
                reason = f"a turn has more than {MAX_CALLS} calls"
                return events + [Malformed(fragment.name, "", reason)] * (self._count == MAX_CALLS + 1)
            call = self._open[fragment.index] = _Call(fragment.index, fragment.id)
        call.id = call.id or fragment.id
        if fragment.name and not call.name:
            events += self._begin(call, fragment.name)
        if fragment.arguments and call.size <= MAX_CALL_CHARS:
            events += self._more(call, fragment.arguments)
        return events

    def finish(self) -> list[Event]:
        """Say that nothing more will arrive, and return the last events."""
        events: list[Event] = []
        for call in [*self._open.values()]:
            events += self._end(call)
        return events

    def _begins_another(self, call: _Call, fragment: ToolCallFragment) -> bool:
        """Whether a piece under the same index is of another call.

        A name alone proves nothing, and neither does an id: some runtimes send both with every piece. They do where what
        came so far is complete, or where arguments begin anew.
        """
        if not fragment.name or not call.name or "shared-index" in self._disabled:
            return False
        if _is_object(call.raw):
            return bool(fragment.arguments.strip()) or bool(fragment.id and fragment.id != call.id)
        other = bool(fragment.id and call.id and fragment.id != call.id) or fragment.name != call.name
        return other and (not call.size or fragment.arguments.lstrip()[:1] == "{")

    def _says_again(self, call: _Call, fragment: ToolCallFragment) -> bool:
        """Whether a piece is the whole call once more: under the same id, with the same name and arguments."""
        same = fragment.id == call.id and self._tools.resolve(fragment.name) == call.name
        return bool(call.id) and same and fragment.arguments == call.raw and "repeated-call-piece" not in self._disabled

    def _begin(self, call: _Call, name: str) -> list[Event]:
        call.name = self._tools.resolve(name)
        if call.name not in self._tools and _MORE_THAN_A_NAME & set(name) and "call-in-name" not in self._disabled:
            call.swallowed = name
            return []
        call.index = self._number()
        events: list[Event] = []
        if call.name != name and not (events := self._repaired("tool-namespace", name)):
            call.name = name
        events += self._identified(call)
        events.append(ToolCallStarted(call.index, call.id, call.name))
        waiting = call.raw
        call.pieces, call.size = [], 0
        return events + (self._more(call, waiting) if waiting else [])

    def _identified(self, call: _Call) -> list[Event]:
        """Make sure that results can answer this call and no other."""
        repairs: list[Event] = []
        if not call.id or call.id in self._ids:
            repairs = self._repaired("made-up-id", call.id or call.name)
            if repairs:
                call.id = self._call_id(call.index)
        self._ids.add(call.id)
        return repairs

    def _more(self, call: _Call, arguments: str) -> list[Event]:
        call.pieces.append(arguments)
        call.size += len(arguments)
        if call.index < 0:
            return []
        if call.streamed is None and arguments.strip():
            call.streamed = arguments.lstrip().startswith("{")
            return [ToolCallDelta(call.index, call.raw)] if call.streamed else []
        return [ToolCallDelta(call.index, arguments)] if call.streamed else []

    def _end(self, call: _Call) -> list[Event]:
        del self._open[call.key]
        raw = call.raw
        if call.swallowed:
            return self._released(call)
        if call.index < 0:
            return [Malformed("", raw[:1000], _NO_NAME)]
        if call.size > MAX_CALL_CHARS:
            reason = f"the call is longer than {MAX_CALL_CHARS} characters"
            return [Malformed(call.name, raw[:1000], reason, call.index)]
        if raw.strip() in _EMPTY and self._tools.demands(call.name):
            return [Malformed(call.name, raw, _NO_ARGUMENTS, call.index)]
        if not raw.strip():
            return [ToolCallDelta(call.index, "{}"), ToolCallEnded(call.index, ToolCall(call.name, {}, call.id))]
        value, used, problem = self._read(call.name, raw)
        off = sorted(used & set(self._disabled))
        if value is None or off:
            return [Malformed(call.name, raw, f"it needs the repair {off[0]}" if off else problem, call.index)]
        arguments, cast_any = typed_arguments(self._tools, call.name, value)
        if cast_any and "coerced-argument" in self._disabled:
            arguments, cast_any = value, False
        events: list[Event] = [RepairApplied(one, call.name) for one in sorted(used)]
        events += self._repaired("coerced-argument", call.name) if cast_any else []
        if used - {"stray-delimiter"} or (used and not _is_object(raw)):
            return events + self._again(call, arguments)
        if not call.streamed:
            events.append(ToolCallDelta(call.index, raw))
        return [*events, ToolCallEnded(call.index, ToolCall(call.name, arguments, call.id))]

    def _released(self, call: _Call) -> list[Event]:
        """Read the calls that a name has swallowed, and what came behind them; arguments beside them say nothing."""
        found = self._reread(CALL_OPEN + "call:" + call.swallowed) if call.raw.strip() in _EMPTY else []
        if any(isinstance(event, ToolCallEnded) for event in found):
            return found
        return [Malformed("", (call.swallowed + call.raw)[:1000], _NAME_ONLY)]

    def _again(self, call: _Call, arguments: dict[str, JSON]) -> list[Event]:
        """Say the whole call: under its own index where nothing of it went out, else take that back first."""
        text = jsonx.compact(arguments)
        events: list[Event] = []
        if call.streamed:
            events.append(Malformed(call.name, call.raw, SUPERSEDED, call.index))
            call.index = self._number()
            events.append(ToolCallStarted(call.index, call.id, call.name))
        ended = ToolCallEnded(call.index, ToolCall(call.name, arguments, call.id))
        return [*events, ToolCallDelta(call.index, text), ended]

    def _read(self, name: str, raw: str) -> tuple[dict[str, JSON] | None, set[str], str]:
        """Read arguments, and return them, the repairs that took, and the reason where they cannot be read."""
        used: set[str] = set()
        text = raw
        try:
            value: object = jsonx.parse(text)
            if isinstance(value, str):
                text = value
                used.add("encoded-arguments")
                value = jsonx.parse(text)
        except BadJSON as error:
            value = _without_fragments(text)
            if value is None:
                found, repairs = self._read_tolerantly(name, text)
                if found is None:
                    return None, set(), f"its arguments are no JSON: {error.message}"
                return found, used | repairs, ""
            used.add("stray-delimiter")
        if not isinstance(value, dict):
            return None, set(), "its arguments are no JSON object"
        quiet = cast("dict[str, JSON]", _without_delimiters(cast("dict[str, JSON]", value)))
        if _is_split(quiet):
            return None, set(), _SPLIT
        if quiet != value:
            used.add("stray-delimiter")
        found = self._unquoted(name, quiet)
        for key in quiet.keys() - found.keys():
            used.add("json-arguments" if '"' in key else "call-prefix" if "{" in key else "loose-layout")
        return found, used, ""

    def _unquoted(self, name: str, arguments: dict[str, JSON]) -> dict[str, JSON]:
        """Take off keys what they are declared without and a server's parser left there: quotes, blanks, the call's opening."""
        declared = self._tools.node(name).keys

        def meant(key: str) -> str:
            bare = key.strip()
            if "{" in bare:  # `call:tide:tide{station:` and `call:tide {station:`, read as one key
                bare = bare.removeprefix(name).removeprefix("{")
            bare = bare[1:-1] if len(bare) > 2 and bare[0] == bare[-1] == '"' else bare
            return bare if key not in declared and bare in declared and bare not in arguments else key

        return {meant(key): value for key, value in arguments.items()}

    def _read_tolerantly(self, name: str, text: str) -> tuple[dict[str, JSON] | None, set[str]]:
        """Read what is nearly JSON, as models write it. Only arguments that are closed: half a call must not be run."""
        start = len(text) - len(text.lstrip())
        end = len(text.rstrip())
        if text[start : start + 1] != "{" or text[end - 1 : end] != "}":
            return None, set()
        reader = ArgumentReader(text, start, end, closed=False)
        arguments = reader.read_object(self._tools.node(name))
        if reader.open or reader.at != end:
            return None, set()
        # JSON is what belongs here, blanks included; the reader is made for another format and names both.
        used = reader.used - {"json-arguments", "loose-layout"}
        return arguments, used or {"loose-layout"}

    def _repaired(self, repair: str, detail: str) -> list[Event]:
        return [] if repair in self._disabled else [RepairApplied(repair, detail)]


def _is_object(text: str) -> bool:
    """Whether a text is a whole JSON object."""
    text = text.strip()
    if not (text.startswith("{") and text.endswith("}")):
        return False
    try:
        return isinstance(jsonx.parse(text), dict)
    except BadJSON:
        return False


def _without_fragments(text: str) -> object:
    """Return the value of JSON that pieces of the delimiter have broken, or None where it is still none without them.

    A parser that writes JSON from what arrived so far holds back the end of a delimiter, and then leaves its beginning.
    """
    mended = _CLOSING.sub('"', _OPENING.sub('"', text))
    if mended == text:
        return None
    try:
        return jsonx.parse(mended)
    except BadJSON:
        return None


def _without_delimiters(value: JSON) -> JSON:
    """Return a value whose texts neither begin nor end with the delimiter of strings in Gemma 4's own format."""
    if isinstance(value, str):
        for piece in _PIECES:
            value = value.removeprefix(piece).removesuffix(piece)
        return value
    if isinstance(value, list):
        return [_without_delimiters(item) for item in value]
    if isinstance(value, dict):
        return {_without_delimiters_key(key): _without_delimiters(item) for key, item in value.items()}
    return value


def _is_split(value: JSON) -> bool:
    """Whether a delimiter is left inside a key, which then holds the end of one value, a comma and the next key."""
    if isinstance(value, dict):
        return any(QUOTE in key or _is_split(item) for key, item in value.items())
    return isinstance(value, list) and any(map(_is_split, value))


def _without_delimiters_key(key: str) -> str:
    return key.removeprefix(QUOTE).removesuffix(QUOTE)
