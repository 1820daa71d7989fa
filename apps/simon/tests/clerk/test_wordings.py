"""Free wording over trees that were not there before: what is answered is true, and most of it is answered."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from apps.simon.tests.clerk.asking import Templates, right
from apps.simon.tests.clerk.truth import Truth
from apps.simon.tests.clerk.wordings import FAMILIES
from gemwright_simon.clerk import Clerk
from gemwright_simon.generate import Planted, generate
from gemwright_simon.tree import Tree, open_tree

EACH = 2


@pytest.fixture(scope="module", params=[515, 737])
def tree(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A generated tree."""
    folder = tmp_path_factory.mktemp("wordings")
    file = folder / "family.ged"
    file.write_text(generate(request.param), "utf-8")
    return open_tree(file, cache=folder / "cache")


def test_every_family_of_wordings_is_understood_and_answered_as_the_records_say(tree: Tree) -> None:
    """No answer is wrong, and nothing that is asked this plainly is declined."""
    clerk, templates = Clerk(tree), Templates(Truth(tree), 7)
    asked: Counter[str] = Counter()
    wrong: list[str] = []
    for family in FAMILIES:
        for one in family.questions(templates, EACH):
            asked[family.name] += 1
            answer = clerk.answer(one.question)
            problem = right(one, answer.text) if answer is not None else "it is not understood"
            if problem:
                wrong.append(f"{one.question}: {problem}: {answer.text[:300] if answer else ''}")
    assert len(asked) == len(FAMILIES), sorted({one.name for one in FAMILIES} - set(asked))
    assert not wrong, f"{len(wrong)} of {asked.total()}:\n" + "\n".join(wrong[:40])


_OF_THE_LIVING = (
    "When was {a}'s youngest child born?",
    "{a}'s kids and when they were born",
    "which of {a}'s children were born in 1990?",
    "Who did {a}'s daughter marry?",
    "What is {a}'s son's name?",
    "where does {a}'s eldest live now",
    "how old are {a}'s children",
    "what do {a}'s grandchildren do for a living",
    "who is the mother of {a}'s grandchildren?",
    "older brothers of {a}'s son",
    "is {a}'s daughter still alive?",
    "tell me everything about {a}'s son",
    "notes on {a}'s daughter?",
    "{a}'s granddaughter's birthday",
)


def test_a_way_over_the_living_tells_nothing_of_them(tmp_path: Path) -> None:
    """Whoever is reached over children and grandchildren stays a living person, whatever is asked."""
    file = tmp_path / "family.ged"
    planted = Planted()
    file.write_text(generate(404, planted=planted), "utf-8")
    with (
        open_tree(file, cache=tmp_path / "cache") as shown,
        open_tree(file, cache=tmp_path / "cache", include_living=True) as whole,
    ):
        dead = [one for handle in shown.people() if (one := shown.person(handle)) is not None and not one.hidden]
        known = " ".join(name.text for one in dead for name in one.names)
        days = {event.date.text for one in dead for event in one.events}
        living = [one for handle in planted.living if (one := whole.person(handle)) is not None]
        secret = {name.text for one in living for name in one.names if name.text not in known and " " in name.text}
        secret |= {
            e.date.text for one in living for e in one.events if len(e.date.text) > 8 and e.date.text not in days
        }
        assert len(secret) > 20
        clerk = Clerk(shown)
        above = {parent for one in living for parent, _ in whole.parents(one.handle)}
        asked = 0
        for handle in sorted(above):
            person = shown.person(handle)
            if person is None or person.hidden or not person.names:
                continue
            for form in _OF_THE_LIVING:
                question = form.format(a=f"{person.names[0].text} [{handle}]")
                answer = clerk.answer(question)
                told = "" if answer is None else answer.text + "".join(one.line() for one in answer.evidence)
                asked += answer is not None
                assert not [one for one in secret if one in told], question
        assert asked > 20
