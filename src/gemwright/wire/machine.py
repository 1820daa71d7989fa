"""What every state of the parser shares: the buffer, the events, the repairs.

Knows: how a chunk is taken and how the machine goes on until it has to wait.
Never knows: what any state does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from gemwright.messages import Event, RepairApplied, TextDelta, ToolSpec
from gemwright.wire.lexer import find_marker
from gemwright.wire.repair import switched_off
from gemwright.wire.tokens import TURN_CLOSE
from gemwright.wire.toolset import Toolset

__all__ = ["MAX_HELD_CHARS", "Machine"]

MAX_HELD_CHARS: Final = 65_536
"""Longest text held back because it may be a call without markers, or a thought without its opener."""


class Machine:
    """A state machine over text that arrives in pieces.

    A state is a method that takes `final` (nothing more will arrive), consumes from the buffer, appends events, and
    answers whether the machine should go on; False means that it waits for more text.
    """

    def __init__(self, tools: Sequence[ToolSpec], disabled: Iterable[str]) -> None:
        self._tools = Toolset(tools)
        self._disabled = switched_off(disabled)
        self._buf: str = ""
        self._out: list[Event] = []
        self._state: Callable[[bool], bool] = self._content
        self._line_start = True
        self._at_start = True
        self._after_thought = False
        self._skip_to = ""
        self._dropped = False

    def _run(self, text: str, *, final: bool) -> list[Event]:
        """Take text and let the states work until they wait."""
        self._buf += text
        self._out = []
        while self._state(final):
            pass
        return self._out

    def _content(self, final: bool) -> bool:
        """The state outside of everything, to which every other state leads back: drop all, unless a subclass knows more."""
        self._buf = ""
        return False

    def _repaired(self, repair: str, detail: str = "") -> bool:
        """Report a repair; False if it is switched off, and then the deviation stays visible."""
        if repair in self._disabled:
            return False
        self._out.append(RepairApplied(repair, detail))
        return True

    def _delta(self, text: str) -> Event:
        return TextDelta(text)

    def _say(self, text: str) -> None:
        if text:
            self._out.append(TextDelta(text))

    def _drop(self, repair: str, mark: str) -> None:
        """Drop a marker, or show it where that repair is switched off."""
        if not self._repaired(repair, mark):
            self._out.append(self._delta(mark))

    def _skipped(self, final: bool) -> bool:
        """Drop text that is not the model's to write: a block up to its close marker, or all there is."""
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
            self._skip_to = ""
        return True

    def _note_dropped(self) -> None:
        """Report once a turn that something was dropped."""
        if not self._dropped:
            self._dropped = True
            self._repaired("runaway-turn")

    def _ended(self, final: bool) -> bool:
        """The turn is over: what follows is not part of it."""
        del final
        self._skip_to = ""
        self._state = self._skipped
        return True
