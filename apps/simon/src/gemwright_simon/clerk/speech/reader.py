"""The second reader of the clerk: a question in free wording is answered if every word of it is understood."""

from __future__ import annotations

import re
from typing import Final

from gemwright_simon.clerk.answer import Answer
from gemwright_simon.clerk.desk import Aside, Desk, NoReading
from gemwright_simon.clerk.parse import MOST_LETTERS
from gemwright_simon.clerk.speech.asked import ASKS, Asked
from gemwright_simon.clerk.speech.frames import answered
from gemwright_simon.clerk.speech.grammar import Unclear, parsed
from gemwright_simon.clerk.speech.items import Item
from gemwright_simon.clerk.speech.lore import Lore
from gemwright_simon.clerk.speech.marks import marked
from gemwright_simon.tree import Tree

__all__ = ["Reader"]

_SENTENCE: Final = re.compile(r"(?<=[.?!;])\s+(?=[^\W\d_]|\d)")


class Reader:
    """Reads questions in free wording over one tree.

    Args:
        tree: the tree, opened.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._lore = Lore(tree)

    def answer(self, text: str, desk: Desk) -> Answer | None:
        """Answer a question, or say what keeps it from being answered; None where a word of it is not understood.

        Args:
            text: the question as typed.
            desk: the tree and the conversation's focus.

        Raises:
            Aside: the words are understood, but something else has to be said: who is not recorded, or which one is meant.
        """
        if len(text) > MOST_LETTERS:
            return None
        items = marked(text, self._tree, self._lore)
        found = self._read(items, desk)
        if found is not None:
            return found
        return self._last_sentence(text, desk)

    def _read(self, items: list[Item], desk: Desk) -> Answer | None:
        if not items:
            return None
        asks = any(one.kind in ASKS for one in items)
        yesno = not asks and any(one.kind in ("AUX", "HAVE") for one in items)
        aside: Aside | None = None
        if len(items) > 1 and items[0].kind == "AUX" and items[1].kind == "NOT":
            items = [items[0], *items[2:]]  # "Was she not born in Alzey?" asks what "Was she born in Alzey?" asks
        plainly = not asks and not any(one.kind in ("KIN", "SUMMARY") for one in items)
        for greedy in (False, True) if yesno or plainly else (True, False):
            try:
                nodes = parsed(items, self._tree, greedy=greedy)
                answer = answered(desk, Asked(nodes, yesno, desk.focus.home), self._lore)
            except (NoReading, Unclear):
                continue
            except Aside as instead:
                if instead.certain and aside is None and greedy != (yesno or plainly):
                    raise
                aside = aside or instead
                continue
            if answer is not None:
                return answer
        if aside is not None:
            raise aside
        return None

    def _last_sentence(self, text: str, desk: Desk) -> Answer | None:
        """Read a question after a remark that is not understood, where the remark names the one who is meant."""
        remark, _, question = text.rpartition("\n") if "\n" in text.strip() else ("", "", "")
        if not question:
            pieces = _SENTENCE.split(text.strip())
            remark, question = " ".join(pieces[:-1]), pieces[-1]
        if not remark or "?" in remark:
            return None
        before = marked(remark, self._tree, self._lore)
        people = [
            one for one in before if one.kind == "PERSON" and one.found is not None and len(one.found.handles) >= 1
        ]
        if len({one.text for one in people}) != 1 or any(one.kind in ("KIN", "OWN", "NOT", "NEVER") for one in before):
            return None
        after = marked(question, self._tree, self._lore)
        if any(one.kind == "PERSON" for one in after) or not any(one.kind in ("PRON", "OWN") for one in after):
            return None
        return self._read([people[0], Item("MARK", ".", "."), *after], desk)
