"""The clerk: questions answered by code alone, and a plain word where it cannot."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from gemwright_simon.clerk import couples, family, life, sources, whole
from gemwright_simon.clerk.answer import Answer
from gemwright_simon.clerk.courtesy import courtesy
from gemwright_simon.clerk.desk import Aside, Desk, NoReading, candidates
from gemwright_simon.clerk.forms import GET_MODEL, MODEL_SIZE, filled, nearest
from gemwright_simon.clerk.parse import Question, questions, tidy
from gemwright_simon.clerk.people import Focus, Nobody, looks_like_a_name, resolve
from gemwright_simon.clerk.speech import Reader
from gemwright_simon.tree import Tree

__all__ = ["Clerk"]

_Answering = Callable[[Desk, Question], Answer]


def _alive(desk: Desk, question: Question) -> Answer:
    return life.event_when(desk, Question("alive", question.slots, {"event": "death"}))


def _same_name(desk: Desk, question: Question) -> Answer:
    found = desk.found(question, "s")
    if len(found.handles) == 1:
        return life.summary(desk, Question("summary", {"a": question.get("s")}))
    return candidates(desk.tree, found.text, found.handles, question.kind)


_ANSWERS: Final[Mapping[str, _Answering]] = {
    "age_at_death": life.age_at_death,
    "age_in_year": life.age_in_year,
    "age_married": couples.age_married,
    "alive": _alive,
    "alive_in": whole.alive_in,
    "ancestors_count": lambda desk, question: family.count(desk, question, "ancestors"),
    "birth_order": family.birth_order,
    "chain": family.chain,
    "cited_to": sources.cited_to,
    "context": sources.context,
    "descendants_count": lambda desk, question: family.count(desk, question, "descendants"),
    "divorced": couples.divorced,
    "earliest": whole.earliest,
    "end_of_line": whole.end_of_line,
    "event_place": whole.event_place,
    "event_source": sources.event_source,
    "event_when": life.event_when,
    "event_where": life.event_where,
    "event_years": whole.event_years,
    "generations_back": lambda desk, question: family.depth(desk, question, "ancestors"),
    "generations_down": lambda desk, question: family.depth(desk, question, "descendants"),
    "given_top": whole.given_top,
    "impossible": whole.impossible,
    "is_kin": family.is_kin,
    "longest": whole.longest,
    "marriages": couples.marriages,
    "married": couples.married,
    "married_when": couples.married_when,
    "married_where": couples.married_where,
    "occupation": life.occupation,
    "other_names": life.other_names,
    "parent_age": life.parent_age,
    "person_notes": sources.person_notes,
    "person_sources": sources.person_sources,
    "related": family.related,
    "relatives": family.list_relatives,
    "relatives_count": family.many_relatives,
    "same_name": _same_name,
    "summary": life.summary,
    "surname_count": whole.surname_count,
    "surname_top": whole.surname_top,
    "totals": whole.totals,
    "young_parents": whole.young_parents,
}


_KIN_TOO: Final = re.compile(
    r"^\s*(?:and|(?:and )?(?:what|how) about)\s+(?P<whom>(?:his|her|their|my) "
    r"(?:wife|husband|spouse|father|mother|dad|mum|mom|brother|sister))\s*\?*\s*$",
    re.IGNORECASE,
)
_FACTS: Final = frozenset({"event_when", "event_where"})
_ASK_AGAIN: Final = {
    "birth": "was {} born",
    "baptism": "was {} baptised",
    "death": "did {} die",
    "burial": "was {} buried",
}


def _topic(question: Question) -> str:
    """Return the kind of event that a question is about, for what is asked after it."""
    return "marriage" if question.kind.startswith("married_") else question.get("event")


class Clerk:
    """Answers the questions that code can answer, over one tree.

    Args:
        tree: the tree, opened.
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._reader = Reader(tree)

    def answer(self, text: str, focus: Focus | None = None) -> Answer | None:
        """Answer a question by code.

        Args:
            text: the question as typed.
            focus: whom the conversation is about; nobody where the question stands alone.

        Returns:
            The answer, which may be a question back or a plain "not recorded"; None where the question is not
            understood.
        """
        greeted = self.courtesy(text)
        if greeted is not None:
            return greeted
        desk = Desk(self.tree, focus or Nobody())
        again = self._of_kin_too(text, desk)
        if again is not None:
            return again
        aside: Aside | None = None
        for question in questions(text):
            answering = _ANSWERS.get(question.kind)
            if answering is None:
                continue
            try:
                answer = answering(desk, question)
                return replace(answer, topic=answer.topic or _topic(question))
            except NoReading:
                continue
            except Aside as instead:
                if aside is None or (instead.certain and not aside.certain):
                    aside = instead
                if instead.certain:
                    break
        try:
            answer = self._reader.answer(text, desk)
        except Aside as instead:
            aside = aside if aside is not None and aside.certain else instead
            return aside.answer
        return answer or (aside.answer if aside is not None else None)

    def courtesy(self, text: str) -> Answer | None:
        """Answer a greeting, thanks, or a question about Simon itself; None for a question about the tree."""
        return courtesy(text, self.tree)

    def _of_kin_too(self, text: str, desk: Desk) -> Answer | None:
        """Answer `and his wife?` after a date or a place as the same question about that relative."""
        last, found = desk.focus.last, _KIN_TOO.match(text)
        if last is None or found is None or last.kind not in _FACTS or last.topic not in _ASK_AGAIN:
            return None
        asked = "Where" if last.kind.endswith("where") else "When"
        return self.answer(f"{asked} {_ASK_AGAIN[last.topic].format(found['whom'])}?", desk.focus)

    def decline(self, text: str, focus: Focus | None = None) -> Answer:
        """Say that a question needs a model, which form of question comes nearest, and how to get a model.

        Args:
            text: the question.
            focus: whom the conversation is about.
        """
        form = nearest(self.tree, text, self.mentioned(text, focus))
        lines = ["I can't answer that without a model."]
        if form:
            lines.append(f"The nearest question that I can answer: {form}")
        lines.append(f"Gemma 4 E2B comes to this computer with `{GET_MODEL}` ({MODEL_SIZE}).")
        handle = self.mentioned(text, focus)
        return Answer("\n".join(lines), declined=True, people=(handle,) if handle else ())

    def mentioned(self, text: str, focus: Focus | None = None) -> str:
        """Return the handle of the one person whom a text names, or an empty text."""
        words = tidy(text).split()
        for size in range(min(5, len(words)), 1, -1):
            for start in range(len(words) - size + 1):
                piece = " ".join(words[start : start + size]).removesuffix("'s")
                if looks_like_a_name(piece):
                    found = resolve(self.tree, piece, focus or Nobody())
                    if found.one and not found.why:
                        return found.one
        return ""

    def forms(self) -> list[str]:
        """Return every form of question that can be filled from this tree."""
        return list(filled(self.tree))
