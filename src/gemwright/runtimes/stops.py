"""Words that stop an answer, found in text that comes in pieces."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["StopWatch"]


class StopWatch:
    """Passes text on up to the first stop word, and holds back what may be the beginning of one.

    Args:
        stops: the words; empty ones never stop anything.

    Attributes:
        found: whether one was found; nothing is passed on after it.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        self.found = False
        self._stops = tuple(filter(None, stops))
        self._held = ""

    def take(self, text: str) -> str:
        """Return what can be passed on now."""
        if self.found or not self._stops:
            return "" if self.found else text
        self._held += text
        places = [at for stop in self._stops if (at := self._held.find(stop)) >= 0]
        if places:
            self.found = True
            passed, self._held = self._held[: min(places)], ""
            return passed
        keep = max(self._overlap(stop) for stop in self._stops)
        cut = len(self._held) - keep
        passed, self._held = self._held[:cut], self._held[cut:]
        return passed

    def rest(self) -> str:
        """Return what was held back, at the end of the text."""
        held, self._held = self._held, ""
        return held

    def _overlap(self, stop: str) -> int:
        """Return how many characters at the end of what is held begin this word."""
        most = min(len(stop) - 1, len(self._held))
        return next((size for size in range(most, 0, -1) if self._held.endswith(stop[:size])), 0)
