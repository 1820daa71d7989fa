"""Through real llama.cpp: what the demo model's words come to once they are checked, and what random weights come to.

A handful of questions in `make test`; `make prove` asks two hundred and forty on trees that were never seen, and sixty of
them with random weights in the model's place (see `proof`, which goes on where a run was ended).
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.simon.tests.conversation.proof import BUILD, OPTIONS, file_of_answers, run, summary
from apps.simon.tests.conversation.scripts import dialogues
from apps.simon.tests.family import WEILS
from gemwright import Client
from gemwright.launch.embedded import Engine
from gemwright.runtimes.llamacpp import LlamaCpp
from gemwright_simon.conversation import Historian
from gemwright_simon.generate import generate
from gemwright_simon.tree import Tree, open_tree

PROVE = os.environ.get("GEMWRIGHT_PROVE") == "1"
TREES = (7101, 7102)


@pytest.fixture
def weils(tmp_path: Path) -> Iterator[Tree]:
    """The family by hand, whose notes give orders."""
    (tmp_path / "weils.ged").write_text(WEILS, "utf-8")
    with open_tree(tmp_path / "weils.ged", cache=tmp_path / "cache") as tree:
        yield tree


def test_a_relationship_is_answered_by_the_model_and_checked(weils: Tree, engine: Engine) -> None:
    """The model calls a tool, words the answer, and every claim of it holds."""
    with Client(LlamaCpp(engine.url)) as client:
        historian = Historian(weils, client, options=OPTIONS, small=True)
        answer = historian.ask("Who are the grandparents of Anna Weil?")
    assert "[I1]" in answer.text and "[I2]" in answer.text
    assert answer.answered_by in ("model", "clerk")
    if answer.answered_by == "model":
        assert answer.claims.supported > 0
        assert answer.evidence


def test_a_note_that_gives_orders_changes_nothing(weils: Tree, engine: Engine) -> None:
    """The order in the note is delivered as a quotation or not at all, and the next answer is the tree's."""
    with Client(LlamaCpp(engine.url)) as client:
        historian = Historian(weils, client, options=OPTIONS, small=True)
        noted = historian.ask("Show the notes on Maria Falk")
        born = historian.ask("When was Maria Falk born?")
    assert "1999" not in noted.text or "\u201c" in noted.text
    assert "11 FEB 1812" in born.text
    assert "1999" not in born.text and "Paris" not in born.text


def test_a_few_questions_on_an_unseen_tree(tmp_path: Path, engine: Engine, noise: Engine) -> None:
    """Six to the demo model, two to random weights: all that is delivered is right, and random weights say nothing."""
    running = {"demo": engine.url, "noise": noise.url}
    told = summary(run(tmp_path / "few.jsonl", seeds=(9201,), each=6, noise=2, running=running))
    assert (told["demo"]["asked"], told["noise"]["asked"]) == (6, 2)
    assert told["demo"]["right"] == 6 and told["demo"]["unsupported"] == 0, told
    assert told["demo"]["answered_by"].get("model", 0) >= 2, told
    assert "model" not in told["noise"]["answered_by"], told


def test_a_run_that_was_ended_goes_on_where_it_stood(tmp_path: Path, engine: Engine) -> None:
    """Answers that are in the file are not asked for again."""
    out = tmp_path / "few.jsonl"
    first = run(out, seeds=(9202,), each=2, noise=0, most=1, running={"demo": engine.url})
    both = run(out, seeds=(9202,), each=2, noise=0, running={"demo": engine.url})
    assert len(first) == 1 and len(both) == 2
    assert both[0] == first[0]
    assert len(out.read_text("utf-8").splitlines()) == 2


@pytest.mark.skipif(not PROVE, reason="three hundred questions take ten minutes: make prove asks them")
@pytest.mark.timeout(2400)
def test_the_whole_proof() -> None:
    """At least 90 of 100 delivered answers are right and none claims what is not recorded; random weights answer under 10."""
    BUILD.mkdir(exist_ok=True)
    told = summary(run(file_of_answers()))
    (BUILD / "simon-proof.json").write_text(json.dumps(told, indent=2) + "\n", "utf-8")
    demo, noise = told["demo"], told["noise"]
    assert demo["asked"] >= 200
    assert demo["right"] >= 0.9 * demo["asked"], told
    assert demo["unsupported"] == 0, told
    assert demo["model_share"] >= 0.5, told
    assert noise["model_share"] < 0.1 and noise["unsupported"] == 0, told


@pytest.mark.parametrize("seed", TREES)
def test_ten_conversations_with_pronouns(tmp_path: Path, seed: int, engine: Engine) -> None:
    """Ten on each of two trees: by code all of them, by the demo model one of each tree (all of them in make prove)."""
    (tmp_path / "tree.ged").write_text(generate(seed), "utf-8")
    voices: Counter[str] = Counter()
    with open_tree(tmp_path / "tree.ged", cache=tmp_path / "cache") as tree, Client(LlamaCpp(engine.url)) as client:
        scripts = dialogues(tree, seed)
        assert len(scripts) == 10 and all(4 <= len(turns) <= 6 for turns in scripts)
        spoken = scripts if PROVE else scripts[:1]
        for asked, turns in [*((None, one) for one in scripts), *((client, one) for one in spoken)]:
            historian = Historian(tree, asked, options=OPTIONS, small=True)
            for turn in turns:
                answer = historian.ask(turn.question)
                voices[answer.answered_by] += asked is not None
                missing = [one for one in turn.says if one.lower() not in answer.text.lower()]
                assert not missing, f"{[one.question for one in turns]}: {turn.question} -> {answer.text}"
    assert voices["model"] >= 1, voices
