"""The six tools as an agent runs them: one call at a time, arguments read with goodwill, short results for small models."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any, Final

from gemwright import ToolCall, ToolSpec
from gemwright.agent import Retry, Tool, Toolbox
from gemwright.agent.toolbox import Ready
from gemwright_simon.conversation.brief import brief
from gemwright_simon.tools import SCHEMAS
from gemwright_simon.tools import Toolbox as Tools
from gemwright_simon.tools.arguments import Refused, mended

__all__ = ["Kit"]

_ASKED: Final = (
    ("died", re.compile(r"\bdie[ds]?\b|\bdeath\b|\bpass(?:ed)? away\b", re.IGNORECASE)),
    ("buried", re.compile(r"\bburied\b|\bburial\b|\bgrave\b|\brest", re.IGNORECASE)),
    ("baptised", re.compile(r"\bbapti[sz]|\bchristen", re.IGNORECASE)),
    ("born", re.compile(r"\bborn\b|\bbirth", re.IGNORECASE)),
    ("also recorded", re.compile(r"\bnames?\b|\bcalled\b|\bknown as\b", re.IGNORECASE)),
    (
        "occupation",
        re.compile(r"\boccupation|\bliving\b|\bprofession|\btrade\b|\bjob\b|\btitle\b|\bwork", re.IGNORECASE),
    ),
    ("parents", re.compile(r"\bfather|\bmother|\bparents?\b", re.IGNORECASE)),
    ("spouse", re.compile(r"\bmarr|\bspouse|\bhusband|\bwife\b|\bchild", re.IGNORECASE)),
)
"""How a field of a person's summary begins, and the words of a question that ask for it."""
_SCHEMAS: Final[dict[str, dict[str, Any]]] = {schema["name"]: schema for schema in SCHEMAS}


class Kit(Toolbox):
    """Some of the six tools, or all, over one tree.

    Args:
        tools: the tools, as programs call them.
        question: returns what is asked at the moment.
        seen: is told every full result.
        names: which tools are offered, in that order; all where none is named.
        short: whether the model is shown short results (see `brief`).
    """

    def __init__(
        self,
        tools: Tools,
        question: Callable[[], str],
        seen: Callable[[str], None],
        names: Sequence[str] = (),
        *,
        short: bool = False,
    ) -> None:
        self._tools_of_simon, self._question, self._seen, self._short = tools, question, seen, short
        self._turn = Lock()
        super().__init__(
            Tool(
                ToolSpec(name, _SCHEMAS[name]["description"], _SCHEMAS[name]["parameters"]),
                self._runs(name),
            )
            for name in names or _SCHEMAS
        )

    def ready(self, call: ToolCall) -> Ready:
        """Read a call with the goodwill of Simon's own tools first: years as text, choices that are not there.

        Raises:
            Retry: it cannot be run; the message tells the model what to do.
        """
        found = self.get(call.name)
        if found is None:
            return super().ready(call)
        try:
            arguments, told = mended(_SCHEMAS[found.spec.name], call.arguments)
        except Refused as problem:
            needed = _SCHEMAS[found.spec.name]["parameters"]["required"]
            kept = {name: value for name, value in call.arguments.items() if name in needed}
            if not self._short or len(kept) == len(call.arguments) or not kept:
                raise Retry(str(problem)) from None
            return self.ready(replace(call, arguments=kept))  # a small model does not mend a call: it does without
        ready = super().ready(replace(call, arguments=arguments))
        return replace(ready, notes=() if self._short else (*told, *ready.notes))

    def _runs(self, name: str) -> Callable[..., str]:
        """Return what runs a tool: in a thread of the agent's, one call at a time, since they share one index."""

        def run(**arguments: Any) -> str:
            with self._turn:
                result = self._tools_of_simon.call(name, arguments)
                if result.error and not self._short:
                    raise Retry(result.text)
                self._seen(result.text)
                if self._short:
                    return brief(self._tools_of_simon.tree, name, arguments, result, self._question())
            return _asked_first(result.text, self._question()) if name == "lookup_person" else result.text

        return run


def _asked_first(text: str, question: str) -> str:
    """Put the field of a person's summary that a question asks for before the others: small models read the first."""
    head, *fields = text.split(" | ")
    wanted = next((begins for begins, words in _ASKED if words.search(question)), "")
    first = [one for one in fields if wanted and one.startswith(wanted)]
    return " | ".join([head, *first, *(one for one in fields if one not in first)])
