"""The sixty kinds of question over trees that were not there before, held against what their records say."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from apps.simon.tests.clerk.templates import Templates, right
from apps.simon.tests.clerk.truth import Truth
from gemwright_simon.clerk import Clerk
from gemwright_simon.generate import Planted, generate
from gemwright_simon.tree import open_tree

EACH = 3


@pytest.mark.parametrize("seed", [101, 202, 303])
def test_the_clerk_is_right_on_every_template(tmp_path: Path, seed: int) -> None:
    """Wordings, people and places are drawn; the truth is reckoned without kinship engine, tools and clerk."""
    file = tmp_path / "family.ged"
    file.write_text(generate(seed), "utf-8")
    asked: Counter[int] = Counter()
    wrong: list[str] = []
    with open_tree(file, cache=tmp_path / "cache") as tree:
        clerk = Clerk(tree)
        for one in Templates(Truth(tree), seed, EACH).all():
            asked[one.number] += 1
            answer = clerk.answer(one.question)
            problem = right(one, answer.text) if answer is not None else "it is not understood"
            if problem:
                wrong.append(f"{one.number} {one.question}: {problem}: {answer.text[:200] if answer else ''}")
    assert not wrong, "\n".join(wrong[:10])
    assert len(asked) >= 50, sorted(set(range(1, 60)) - set(asked))


def test_a_living_person_is_no_answer_to_anything(tmp_path: Path) -> None:
    """Names, dates and places of the living stand in no answer, however it is asked."""
    file = tmp_path / "family.ged"
    planted = Planted()
    file.write_text(generate(404, planted=planted), "utf-8")
    draw = random.Random(404)
    with (
        open_tree(file, cache=tmp_path / "cache") as shown,
        open_tree(file, cache=tmp_path / "cache", include_living=True) as whole,
    ):
        clerk = Clerk(shown)
        known = {
            fold
            for one in shown.people()
            if (person := shown.person(one)) and not person.hidden
            for fold in (name.text for name in person.names)
        }
        living = [person for one in planted.living if (person := whole.person(one)) is not None and person.names]
        assert living
        forms = (
            "When was {a} born?",
            "Who are the parents of {a}?",
            "Where does {a} live?",
            "Tell me about {a}",
            "Is {a} still alive?",
            "How many people are called {a}?",
        )
        for person in draw.sample(living, min(25, len(living))):
            name = person.names[0].text
            if name in known:
                continue
            dates = [event.date.text for event in person.events if len(event.date.text) > 6]
            for form in (*forms, f"Who is {person.handle}?"):
                answer = clerk.answer(form.format(a=name))
                told = "" if answer is None else answer.text + "".join(one.line() for one in answer.evidence)
                assert not any(date in told for date in dates), form.format(a=name)
                assert f"[{person.handle}" not in told, told
