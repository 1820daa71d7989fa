"""The sixty kinds of question over trees that others published, held against what their records say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from apps.simon.tests.clerk.templates import Templates, right
from apps.simon.tests.clerk.truth import Truth
from apps.simon.tests.samples import TODAY
from apps.simon.tests.trees.public import unpacked
from gemwright_simon.clerk import Clerk
from gemwright_simon.tree import open_tree


@pytest.mark.parametrize("path", ["example/gramps/data.gramps", "example/gedcom/sample.ged"])
def test_the_clerk_is_right_over_public_trees(tmp_path: Path, path: str) -> None:
    """A Gramps XML file and a GEDCOM file, each with living people in it, who are hidden."""
    asked: Counter[int] = Counter()
    wrong: list[str] = []
    with open_tree(unpacked(tmp_path, "gramps", path), cache=tmp_path / "cache", today=TODAY) as tree:
        clerk = Clerk(tree)
        for one in Templates(Truth(tree), 5, 3).all():
            asked[one.number] += 1
            answer = clerk.answer(one.question)
            problem = right(one, answer.text) if answer is not None else "it is not understood"
            if problem:
                wrong.append(f"{one.number} {one.question}: {problem}: {answer.text[:200] if answer else ''}")
    assert not wrong, "\n".join(wrong[:10])
    assert len(asked) >= 40, sorted(set(range(1, 60)) - set(asked))
