"""A question with everybody found: whom it is about, which words of the grammar are left, and whether they all fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from gemwright_simon.clerk.parse import Question
from gemwright_simon.clerk.speech.grammar import Node
from gemwright_simon.clerk.speech.refs import Kin, Named, Pair, Ref, Spoken, innermost, plain, roots

__all__ = ["ASKS", "EVENTS", "Asked", "is_partner", "question", "several"]

ASKS: Final = frozenset(
    "WHEN WHERE WHO WHOSE WHICH HOWMANY HOWOLD HOWLONG NAME SURNAME OTHERNAMES TIMES SUMMARY SOURCE NOTE".split()
)
"""Symbols that ask; a question with none of them can be answered with yes or no, or is a fragment."""
EVENTS: Final = {
    "BIRTH": "birth",
    "DEATH": "death",
    "BURIAL": "burial",
    "BAPTISM": "baptism",
    "CREMATION": "cremation",
    "LIVE": "residence",
    "MARRY": "marriage",
    "EMIGRATION": "emigration",
    "IMMIGRATION": "immigration",
    "CONFIRMATION": "confirmation",
}
"""Symbol → kind of event."""
_LIGHT: Final = frozenset("MARK IN AND TO POSS ABOUT TOGETHER TREE".split())
"""What may be left over anywhere."""


@dataclass
class Asked:
    """What is asked, piece by piece.

    Attributes:
        nodes: all pieces in their order.
        yesno: whether the words are in the order of a question for yes or no.
        home: handle of the person who asks; empty where it is not known.
    """

    nodes: list[Node]
    yesno: bool = False
    home: str = ""
    refs: list[Ref] = field(default_factory=list[Ref])

    def __post_init__(self) -> None:
        self.refs = list(self._distinct())

    def _distinct(self) -> Iterator[Ref]:
        seen: list[Ref] = []
        for node in self.nodes:
            if node.ref is None:
                continue
            ref = plain(node.ref)
            same = any(
                ref is one or (isinstance(ref, Spoken) and isinstance(one, Spoken) and ref.word == one.word)
                for one in seen
            )
            if not same and not (isinstance(ref, Pair) and all(plain(one) in seen for one in (ref.one, ref.other))):
                seen.append(ref)
                yield ref

    @property
    def mains(self) -> list[Ref]:
        """Whom it is about: those over whom nobody else is reached."""
        under = [one for ref in self.refs for one in roots(ref)]
        words = {one.word for one in under if isinstance(one, Spoken)}
        return [
            ref
            for ref in self.refs
            if not any(ref is one for one in under) and not (isinstance(ref, Spoken) and ref.word in words)
        ]

    @property
    def single(self) -> Ref | None:
        """The one whom it is about; None where there are several, or nobody."""
        return self.mains[0] if len(self.mains) == 1 else None

    @property
    def ordinal(self) -> int:
        """Which of several marriages is meant; 0 where that is not said."""
        numbers = [int(node.value) for node in self.get("ORD")]
        return numbers[0] if len(numbers) == 1 and not self.has("TIMES") else 0

    @property
    def loose(self) -> Kin | None:
        """The relatives of whom it is not said whose they are."""
        return next((end for ref in self.refs if (end := innermost(ref)) is not None and end.of is None), None)

    def has(self, *kinds: str) -> bool:
        """Tell whether one of these symbols is there."""
        return any(node.kind in kinds for node in self.nodes)

    def get(self, kind: str) -> list[Node]:
        """Return the pieces of a kind."""
        return [node for node in self.nodes if node.kind == kind]

    def only(self, *kinds: str) -> bool:
        """Tell whether nothing is left but references, these symbols, and what may be left anywhere."""
        return all(
            node.kind in kinds or self._light(place) for place, node in enumerate(self.nodes) if node.ref is None
        )

    def _light(self, place: int) -> bool:
        kind = self.nodes[place].kind
        if kind in _LIGHT:
            return True
        if kind == "OF":
            return any(node.kind not in ("MARK", "TREE") for node in self.nodes[place + 1 :])
        if kind in ("IT", "WITH"):
            return bool(self.refs)
        return kind == "HAVE" and (len(self.refs) > 1 or any(isinstance(one, Kin) for one in self.refs))

    @property
    def kinds(self) -> set[str]:
        """The symbols that mean something."""
        return {node.kind for place, node in enumerate(self.nodes) if node.ref is None and not self._light(place)}

    @property
    def dangling(self) -> bool:
        """Whether the question ends in `of`: "whom was he the father of"."""
        last = [node for node in self.nodes if node.kind not in ("MARK", "TREE")]
        return bool(last) and last[-1].kind == "OF"

    def pieces(self, kinds: Sequence[str]) -> list[Node]:
        """Return references and the pieces of some kinds, in their order."""
        return [node for node in self.nodes if node.ref is not None or node.kind in kinds]


def question(kind: str, **slots: str) -> Question:
    """Return a question whose slots are filled, as the answers of the clerk take it."""
    return Question(kind, slots)


def is_partner(ref: Ref, refs: list[Ref]) -> bool:
    """Tell whether a reference is the spouse of another one of a question."""
    return (
        isinstance(ref, Kin)
        and ref.kin.relation == "spouses"
        and ref.of is not None
        and any(plain(ref.of) is one for one in refs)
    )


def several(ref: Named | Kin) -> bool:
    """Tell whether the words are a plural."""
    return ref.many if isinstance(ref, Named) else ref.kin.many
