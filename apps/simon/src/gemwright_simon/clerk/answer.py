"""What an answer is: a text, the records behind it, and what is known of each claim in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Answer", "Claims", "Evidence", "Voice"]

Voice = Literal["clerk", "model", "repair"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A line of the tree that an answer rests on.

    Attributes:
        handle: the record, as in `I12.BIRT`, `F3` or `I12~I90`.
        text: what the record says, in a line.
        source: what is cited for it, as in `S3 p.44 q3`; `no source` where the tree cites nothing; empty where a source
            makes no sense, as for a number that was computed.
    """

    handle: str
    text: str
    source: str = ""

    def line(self) -> str:
        """Return the line as it is shown to a person."""
        return f"{self.text} [{self.handle}]" + (f" {{{self.source}}}" if self.source else "")

    def as_json(self) -> dict[str, str]:
        """Return the three fields for programs."""
        return {"handle": self.handle, "text": self.text, "source": self.source}


@dataclass(frozen=True, slots=True)
class Claims:
    """How many claims of an answer were checked, and what became of them."""

    supported: int = 0
    repaired: int = 0
    struck: int = 0

    def as_json(self) -> dict[str, int]:
        """Return the three counts for programs."""
        return {"supported": self.supported, "repaired": self.repaired, "struck": self.struck}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to one question.

    Attributes:
        text: the answer; its first line says it all.
        evidence: the records behind it, in the order of the answer.
        answered_by: `clerk` for code, `model` for a model whose text passed the check, `repair` for a model's text that
            passed once it was corrected.
        declined: whether the question was not answered: not understood, not recorded does not count.
        core: what an answer in other words has to contain to be the same answer: handles, dates, numbers, kin words.
        people: handles of the people that the conversation is about now, the last-named first.
        listed: handles in the order in which they were listed, for "the second one".
        kind: which question it was taken for; empty where it was not understood.
        topic: the kind of event that it was about, where it was about one.
        claims: what the check found.
    """

    text: str
    evidence: tuple[Evidence, ...] = ()
    answered_by: Voice = "clerk"
    declined: bool = False
    core: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    kind: str = ""
    topic: str = ""
    claims: Claims = field(default_factory=Claims)

    def as_json(self, question_id: Any = None) -> Mapping[str, Any]:
        """Return the answer as programs get it.

        Args:
            question_id: what the question was called; given back untouched.
        """
        return {
            "id": question_id,
            "answer": self.text,
            "answered_by": self.answered_by,
            "declined": self.declined,
            "evidence": [one.as_json() for one in self.evidence],
            "claims": self.claims.as_json(),
        }
