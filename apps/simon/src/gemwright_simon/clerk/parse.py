"""A question as typed → the kinds of question it may be, with the words in each slot, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from gemwright_simon.clerk.wording import relation_of, wordings

__all__ = ["MOST_LETTERS", "Question", "questions", "tidy"]

MOST_LETTERS: Final = 600
"""A longer text is no question that code answers."""

_LEADS: Final = re.compile(
    r"^(?:(?:hi|hello|hey|good (?:morning|evening|day)|ok|okay|so|and|well|now|then|please|simon)\b[ ,.!:]*)+",
    re.IGNORECASE,
)
_POLITE: Final = re.compile(
    r"^(?:(?:can|could|would|will) you (?:please )?(?:tell me|show me|say|find out|look up|list|name|give me)|"
    r"do you (?:know|happen to know)|i(?:'d| would) (?:like|love) to know|i (?:want|need) to know|"
    r"(?:please )?(?:tell me|let me know|say)|does (?:the|this|my) tree (?:say|record|tell)|"
    r"according to (?:the|this|my) tree,?|in (?:the|this|my) tree,?|is it (?:known|recorded)) "
    r"(?=(?:when|where|who|whom|how|what|which|whether|if|at|on|in|the|to|whose|is|was|did)\b)",
    re.IGNORECASE,
)
_TAILS: Final = re.compile(
    r"(?:,? \([^()]*[a-z][^()]*\)|,? (?:please|exactly|according to (?:the|this|my) tree|in (?:the|this|my) "
    r"(?:family )?tree|do you know|"
    r"if (?:recorded|known)|as far as (?:is )?(?:known|recorded)))+$",
    re.IGNORECASE,
)
_WHETHER: Final = re.compile(r"^(?:whether|if) (.+?) (was|were|is|did|had|has) ", re.IGNORECASE)
_POSSESSIVE: Final = {"his": "he's", "their": "they's", "my": "i's", "our": "i's"}
_HER: Final = re.compile(r"\bher\b(?= \w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """One reading of a question.

    Attributes:
        kind: the question's kind.
        slots: the words of the question that stand for people, places, years and so on.
        given: what the wording itself says, as in the event that is meant.
    """

    kind: str
    slots: Mapping[str, str]
    given: Mapping[str, str] = field(default_factory=dict[str, str])

    def get(self, name: str) -> str:
        """Return what a slot or the wording says, or an empty text."""
        return self.slots.get(name) or self.given.get(name, "")


def tidy(text: str) -> str:
    """Return a question without what says nothing: spaces, politeness, the question mark."""
    text = text.replace("\u2019", "'").replace("\u2018", "'").replace("\u201c", '"').replace("\u201d", '"')
    text = " ".join(text.split())
    before = ""
    while before != text:
        before = text
        text = _TAILS.sub("", text.rstrip(" ?!.,;:"))
        text = _POLITE.sub("", _LEADS.sub("", text))
    return _WHETHER.sub(lambda found: f"{found[2]} {found[1]} ", text)


def questions(text: str) -> Iterator[Question]:
    """Yield what a question may mean.

    Args:
        text: as typed; of more than `MOST_LETTERS` letters nothing is made.
    """
    if len(text) > MOST_LETTERS:
        return
    plain = tidy(text)
    variants = [plain]
    owned = re.sub(
        r"\b(?:his|their|my|our)\b",
        lambda found: _POSSESSIVE[found[0].lower()],
        _HER.sub("she's", plain),
        flags=re.IGNORECASE,
    )
    if owned != plain:
        variants.append(owned)
    for variant in variants:
        for wording in wordings():
            found = wording.match(variant)
            if found:
                slots = {name: words.strip(" ,\"'") for name, words in found.groupdict().items() if words}
                if "r" in slots:
                    slots |= {"said": slots["r"], "relation": relation_of(slots["r"].lower())}
                yield Question(wording.kind, slots, wording.given)
