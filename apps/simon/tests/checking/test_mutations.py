"""The check tells true sentences from false ones: at least 98 of 100 false ones are found, at most 2 of 100 true ones doubted."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

from apps.simon.tests.checking.gold import evidence, mutations, sentences
from gemwright_simon.checking import Pool, check
from gemwright_simon.generate import generate
from gemwright_simon.tree import open_tree

PEOPLE = 8
EASY = ("invented", "invented person")
"""Kinds of fault that any check finds; they are counted apart, so that they cannot hide the others."""


def test_true_sentences_pass_and_false_ones_do_not(tmp_path: Path) -> None:
    """True sentences pass and false ones do not."""
    draw = random.Random(11)
    right, doubted = 0, []
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for seed in (5, 6, 7):
        file = tmp_path / f"{seed}.ged"
        file.write_text(generate(seed), "utf-8")
        with open_tree(file, cache=tmp_path / "cache") as tree:
            people = [
                one
                for handle in tree.people()
                if (one := tree.person(handle)) is not None and not one.hidden and one.names
            ]
            for person in draw.sample(people, PEOPLE):
                for gold in sentences(tree, person, draw):
                    pool = Pool(tree, evidence(tree, gold))
                    right += 1
                    if not check(gold.text, pool).passes:
                        doubted.append(gold.text)
                    for kind, text in mutations(tree, gold, draw):
                        if text != gold.text:
                            wrong[kind] += 1
                            missed[kind] += check(text, pool).passes
    hard = sum(count for kind, count in wrong.items() if kind not in EASY)
    found = 1 - sum(count for kind, count in missed.items() if kind not in EASY) / hard
    assert hard >= 1000
    assert found >= 0.98, missed
    assert not any(missed[kind] for kind in EASY)
    assert len(doubted) <= 0.02 * right, doubted[:10]
