"""Through real llama.cpp: what the demo model's words come to once they are checked, and what random weights come to.

A handful of questions in `make test`; `make prove` asks two hundred on trees that were never seen, and the same with
random weights in the model's place. `-s` shows the shares.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from apps.simon.tests.clerk.templates import Asked, Templates, right
from apps.simon.tests.clerk.truth import Truth
from apps.simon.tests.family import WEILS
from gemwright import Client, GenerationOptions
from gemwright.launch.embedded import Engine
from gemwright.runtimes.llamacpp import LlamaCpp
from gemwright_simon.conversation import Historian
from gemwright_simon.generate import generate
from gemwright_simon.tree import Tree, open_tree

PROVE = os.environ.get("GEMWRIGHT_PROVE") == "1"
OPTIONS = GenerationOptions(temperature=0.0, max_tokens=400, seed=1)


@dataclass
class Shares:
    """What became of questions.

    Attributes:
        voices: who answered how many.
        wrong: what was delivered and is not right.
    """

    voices: Counter[str] = field(default_factory=Counter[str])
    wrong: list[str] = field(default_factory=list[str])

    @property
    def model(self) -> float:
        """The share that the model answered by itself."""
        return self.voices["model"] / max(self.voices.total(), 1)


def drawn(tree: Tree, seed: int, count: int) -> list[Asked]:
    """Return questions of all templates over a tree."""
    questions = list(Templates(Truth(tree), seed, 2).all())
    random.Random(seed).shuffle(questions)
    return questions[:count]


def asked(tree: Tree, engine: Engine, questions: list[Asked]) -> Shares:
    """Ask each question in a conversation of its own."""
    shares = Shares()
    with Client(LlamaCpp(engine.url)) as client:
        context = client.info().context
        for one in questions:
            answer = Historian(tree, client, options=OPTIONS, context=context).ask(one.question)
            shares.voices[answer.answered_by] += 1
            problem = right(one, answer.text)
            if problem:
                shares.wrong.append(f"{answer.answered_by}: {one.question} {answer.text[:160]} ({problem})")
    return shares


@pytest.fixture
def weils(tmp_path: Path) -> Iterator[Tree]:
    """The family by hand, whose notes give orders."""
    (tmp_path / "weils.ged").write_text(WEILS, "utf-8")
    with open_tree(tmp_path / "weils.ged", cache=tmp_path / "cache") as tree:
        yield tree


def test_a_relationship_is_answered_by_the_model_and_checked(weils: Tree, engine: Engine) -> None:
    """The model calls a tool, words the answer, and every claim of it holds."""
    with Client(LlamaCpp(engine.url)) as client:
        historian = Historian(weils, client, options=OPTIONS, context=client.info().context)
        answer = historian.ask("Who are the grandparents of Anna Weil?")
    assert "[I1]" in answer.text and "[I2]" in answer.text
    assert answer.answered_by in ("model", "clerk")
    if answer.answered_by == "model":
        assert answer.claims.supported > 0
        assert answer.evidence


def test_a_note_that_gives_orders_changes_nothing(weils: Tree, engine: Engine) -> None:
    """The order in the note is delivered as a quotation or not at all, and the next answer is the tree's."""
    with Client(LlamaCpp(engine.url)) as client:
        historian = Historian(weils, client, options=OPTIONS, context=client.info().context)
        noted = historian.ask("Show the notes on Maria Falk")
        born = historian.ask("When was Maria Falk born?")
    assert "1999" not in noted.text or "\u201c" in noted.text
    assert "11 FEB 1812" in born.text
    assert "1999" not in born.text and "Paris" not in born.text


@pytest.mark.skipif(not PROVE, reason="two hundred questions take a quarter of an hour: make prove asks them")
def test_two_hundred_questions_on_unseen_trees(tmp_path: Path, engine: Engine, noise: Engine) -> None:
    """At least 90 of 100 delivered answers are right; random weights answer less than 10 of 100 by themselves."""
    shares, random_shares = Shares(), Shares()
    for seed in (9001, 9002, 9003, 9004):
        file = tmp_path / f"{seed}.ged"
        file.write_text(generate(seed), "utf-8")
        with open_tree(file, cache=tmp_path / "cache") as tree:
            questions = drawn(tree, seed, 50)
            for engine_, kept in ((engine, shares), (noise, random_shares)):
                part = asked(tree, engine_, questions if engine_ is engine else questions[:10])
                kept.voices += part.voices
                kept.wrong += part.wrong
    shown = f"{dict(shares.voices)}, wrong {len(shares.wrong)}; random weights {dict(random_shares.voices)}"
    assert len(shares.wrong) <= 0.1 * shares.voices.total(), shown + "\n" + "\n".join(shares.wrong[:10])
    assert random_shares.model < 0.1, shown
    assert not random_shares.wrong, random_shares.wrong[:5]
    (Path("build") / "simon-shares.txt").write_text(shown + "\n", "utf-8")
