"""Questions in free wording, as hobbyists ask: what is right, what is declined, and above all what is wrong.

The first two hundred were written from the printed records of three trees, by somebody who had not seen the forms that the
clerk knows; `second.jsonl` has ninety more on a fourth tree, by somebody who had seen neither the forms nor the first ones.
The truths are compared with the records by a path over them (`trees.py`), the answers come through `ask --jsonl --no-model`.
"""

from __future__ import annotations

import io
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from apps.simon.tests.free.said import Said, dates
from apps.simon.tests.free.score import GROUPS, leaks, table, verdict
from apps.simon.tests.free.trees import TREES, kept, tree_file, truth
from gemwright_simon.cli.main import main


def _read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(__file__).with_name(name).read_text("utf-8").splitlines()]


_QUESTIONS: Final = _read("questions.jsonl")
_SECOND: Final = _read("second.jsonl")
_EVERY: Final = [*_QUESTIONS, *_SECOND]
_BY_ID: Final = {one["id"]: one for one in _EVERY}
_KIN: Final = {
    "0-2": "grandfather",
    "1-1 half": "half-",
    "2-2": "first cousin",
    "3-2": "first cousin once removed",
    "3-3": "second cousin",
}
_MOST_WRONG: Final = 0.01
"""Of each set of questions."""


def ask(tree: str, home: str, questions: list[dict[str, Any]]) -> dict[str, Said]:
    """Ask questions of one tree and one home person by the command."""
    arguments = ["ask", "--tree", str(tree_file(tree)), "--jsonl", "--no-model", *(["--home", home] if home else [])]
    lines = "".join(
        json.dumps({k: q[k] for k in ("id", "question", "conversation") if k in q}) + "\n" for q in questions
    )
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.StringIO(lines))
        patch.setattr(sys, "stdout", out)
        with pytest.raises(SystemExit) as end:
            main(arguments)
    assert not end.value.code
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    return {
        one["id"]: Said(
            one["answer"],
            one["declined"],
            tuple(f"{e['handle']} {e['text']} {e['source']}" for e in one["evidence"]),
            one["answered_by"],
        )
        for one in answers
    }


@pytest.fixture(scope="module")
def answers() -> dict[str, Said]:
    """The answer to each question."""
    found: dict[str, Said] = {}
    for tree, home in sorted({(one["tree"], one.get("home", "")) for one in _EVERY}):
        asked = [one for one in _EVERY if (one["tree"], one.get("home", "")) == (tree, home)]
        found |= ask(tree, home, asked)
    return found


def test_every_truth_follows_from_the_records() -> None:
    """What was written beside a question by hand is what a path over the records comes to."""
    assert (len(_QUESTIONS), len(_SECOND), len(_BY_ID)) == (200, 90, 290)
    assert len({(one["tree"], one["question"]) for one in _EVERY}) == 290
    for one in _EVERY:
        kind, values, found = one["expect"]["kind"], one["expect"]["values"], truth(one["tree"], one["truth"])
        if kind == "kin":
            assert values[0].startswith(_KIN[found[0].removesuffix(" adopted")]), one["id"]
        elif kind == "no-record":
            assert (values, found) == ([], []), one["id"]
        elif kind == "refuse" and not values:
            assert len(found) == 1, one["id"]
        else:
            assert set(values) == set(found), one["id"]


def test_nobody_in_the_trees_is_between_the_living_and_the_dead() -> None:
    """Without an end to a life stand only people who were born less than a hundred years ago."""
    for name in TREES:
        tree = kept(name)
        for handle, person in tree.people.items():
            if tree.alive(handle):
                born = [date.year for event in person.events for date in dates(event.date.text)]
                assert all(year > 1926 for year in born if year < 3000), handle


_BROTHERS: Final = "Wilhelm Müller [I30], Konrad Peter Müller [I32], Adam Johann Müller [I34], Anton Karl Müller [I35]"
_SAMPLES: Final = (
    ("free-001", "Heinrich Jakob Ziegler [I13] was born on 9 November 1841 in Alzey.", "right"),
    ("free-001", "Heinrich Jakob Ziegler [I13], born 9 NOV 1841, died 25 FEB 1899 at Köln.", "right"),
    ("free-001", "Heinrich Jakob Ziegler [I13] was born on 8 November 1841.", "wrong"),
    ("free-001", "Heinrich Jakob Ziegler [I13], born 9 NOV 1841, died 26 FEB 1899.", "wrong"),
    ("free-001", "Heinrich Jakob Ziegler [I13] was born in 1841.", "wrong"),
    ("free-001", "Heinrich Jakob Ziegler [I13] died 25 FEB 1899.", "wrong"),
    ("free-001", "Not recorded: a date for the birth of Heinrich Jakob Ziegler [I13].", "wrong"),
    ("free-001", "I can't answer that without a model.\nThe nearest question: When did Anton Ziegler die?", "declined"),
    ("free-001", "2 people fit “Heinrich”. Which one do you mean?", "declined"),
    ("free-004", "Matthias Ziegler [I18] married Barbara Kühn [I66].", "right"),
    ("free-004", "Matthias Ziegler [I18] married Margarethe Roth [I16].", "wrong"),
    ("free-004", "Matthias Ziegler [I18] married Barbara Kühn [I66] and Eva Roth [I75].", "wrong"),
    ("free-003", "Rosina Barbara Jäger [I25] died in Ulm, Württemberg, Germany.", "right"),
    ("free-003", "Rosina Barbara Jäger [I25] was born in Worms, Hesse, Germany.", "wrong"),
    ("free-003", "Rosina Barbara Jäger [I25] died in Ulm or Landau.", "wrong"),
    ("free-142", "They married in New York, New York, USA.", "right"),
    ("free-142", "They married in York, Yorkshire, England.", "wrong"),
    ("free-007", "8 children of Margarethe Roth [I16] are recorded.", "right"),
    ("free-007", "7 children of Margarethe Roth [I16] are recorded, 8 with all.", "wrong"),
    ("free-011", "Friedrich Kessler [I31] was born ABT 1922 (about that date).", "right"),
    ("free-011", "Friedrich Kessler [I31] was born in 1922.", "wrong"),
    ("free-035", "Eva Maria Ziegler [I28] is the half-sister of Sophie Engel [I69].", "right"),
    ("free-035", "Eva Maria Ziegler [I28] is the sister of Sophie Engel [I69].", "wrong"),
    ("free-034", "Wilhelm Jürg Ziegler [I19] is the grandson of Anton Ziegler [I10].", "right"),
    ("free-034", "Anton Ziegler [I10] is the grandson of Wilhelm Jürg Ziegler [I19].", "wrong"),
    ("free-036", "Käthe Ziegler [I45] is the second cousin of Sophie Magdalena Kessler [I32] (blood).", "wrong"),
    ("free-009", "Eva Maria Ziegler [I28] was a weaver.", "wrong"),
    ("free-051", "No parents of Friedrich Kessler [I31] are recorded in this tree.", "right"),
    ("free-051", "The parents of Friedrich Kessler [I31] are Anton Ziegler [I10] and Rosina Weil [I11].", "wrong"),
    ("free-053", "Philipp Ziegler [I1] was born BET 1753 AND 1756.", "wrong"),
    (
        "free-053",
        "1. Philipp Ziegler [I1] 2. Philipp Ziegler [I26] 3. Philipp Ziegler [I30]. Which one do you mean?",
        "right",
    ),
    ("free-083", f"Brothers of Heinrich Konrad Müller [I31] (5): {_BROTHERS}, Jürg Müller [I36].", "right"),
    ("free-083", f"Brothers of Heinrich Konrad Müller [I31] (4): {_BROTHERS}.", "wrong"),
    ("free-118", "Luise Vogt [I98] was born 17 AUG 1880.", "wrong"),
    ("free-118", "She may be living, so nothing is shown.", "right"),
    ("free-118", "Luise Vogt was born 6 AUG 1967.", "wrong"),
)


@pytest.mark.parametrize(("identity", "answer", "counted"), _SAMPLES)
def test_the_scorer_tells_right_from_declined_from_wrong(identity: str, answer: str, counted: str) -> None:
    """What must be counted as what, on answers by hand."""
    question = _BY_ID[identity]
    assert verdict(question, Said(answer, counted == "declined", (), "clerk"), kept(question["tree"])) == counted


_ANSWERABLE: Final = ("date", "place", "person", "persons", "number", "kin", "text")


@pytest.mark.parametrize("kind", _ANSWERABLE)
def test_the_truth_itself_is_right_and_that_of_another_question_is_wrong(kind: str) -> None:
    """Each question's own values, said plainly, are right; those of the next question of the kind are not."""
    asked = [one for one in _QUESTIONS if one["expect"]["kind"] == kind]
    assert len(asked) >= 5
    for one, other in zip(asked, [*asked[1:], asked[0]], strict=True):
        tree = kept(one["tree"])
        told = [", ".join(question["expect"]["values"]) for question in (one, other)]
        if kind == "kin":
            first = tree.name(one["truth"].split(":")[1])
            told = [f"{first} is a {each.rstrip('s')} of the other." for each in told]
        right, wrong = (verdict(one, Said(f"It is this: {each}", False, (), "clerk"), tree) for each in told)
        assert right == "right", (one["id"], told[0])
        both_half = all("half-s" in each for each in told)
        if told[0] != told[1] and not both_half:
            assert wrong == "wrong", (one["id"], told[1])


def test_the_scorer_sees_a_name_or_a_day_of_the_living_in_an_answer_and_in_its_evidence() -> None:
    """A leak is one wherever it stands; what the question itself says is none."""
    question, tree = _BY_ID["free-118"], kept("birch")
    assert leaks(question, Said("Born 6 AUG 1967.", False, (), "clerk"), tree)
    assert leaks(question, Said("Married.", False, ("F37 Adam Jakob Engel",), "clerk"), tree)
    assert not leaks(question, Said("Luise Vogt may be living.", False, (), "clerk"), tree)


@pytest.mark.parametrize("asked", [_QUESTIONS, _SECOND], ids=["first", "second"])
def test_one_of_a_hundred_free_questions_is_answered_wrong_at_most_and_nobody_living_is_betrayed(
    answers: dict[str, Said], asked: list[dict[str, Any]]
) -> None:
    """The three figures; how many are right is said, and not asked for."""
    counted = {group: Counter[str]() for group in GROUPS}
    wrong: list[str] = []
    betrayed: list[str] = []
    for one in asked:
        said, tree = answers[one["id"]], kept(one["tree"])
        counts = verdict(one, said, tree)
        counted[one["group"]][counts] += 1
        betrayed += [f"{one['id']}: {what}" for what in leaks(one, said, tree)]
        if counts == "wrong":
            wrong.append(f"{one['id']}: {one['question']}\n  said: {said.answer}\n  true: {one['expect']['values']}")
    figures = table(counted)
    sys.stdout.write("\n" + figures + "\n".join(wrong) + "\n")
    assert all(said.answered_by == "clerk" for said in (answers[one["id"]] for one in asked))
    assert not betrayed
    assert len(wrong) <= _MOST_WRONG * len(asked), figures + "\n".join(wrong)
