"""Synthetic families: the same for a seed, readable without a warning, and with the faults that were planted."""

from __future__ import annotations

from pathlib import Path

from apps.simon.tests.samples import tree_of
from gemwright_simon.generate import Planted, generate, write_family


def test_the_same_seed_gives_the_same_tree(tmp_path: Path) -> None:
    """Of any size, in memory or into a file; another seed gives another tree."""
    write_family(tmp_path / "a.ged", 5, 400)
    assert (tmp_path / "a.ged").read_text("utf-8") == generate(5, 400) != generate(6, 400)


def test_it_is_a_tree_like_others(tmp_path: Path) -> None:
    """Nothing has to be put right, and there is all that real trees have."""
    planted = Planted()
    tree = tree_of(tmp_path, generate(1, 1500, planted))
    assert not tree.report.warnings and tree.report.people == 1500 + len(planted.duplicates)
    people = [person for handle in tree.people() if (person := tree.person(handle))]
    dates = [event.date for person in people for event in person.events if event.date.text]
    qualifiers = {
        "",
        "about",
        "calculated",
        "estimated",
        "before",
        "after",
        "between",
        "from-to",
        "interpreted",
        "ambiguous",
    }
    assert {date.qualifier for date in dates} == qualifiers
    assert {"gregorian", "julian", "french", "hebrew"} <= {date.calendar for date in dates}
    unread = {date.text for date in dates if not date.precision}
    assert unread == {"(in a hard winter)"}
    assert {link.kind for person in people for link in person.child_of} == {"birth", "adopted"}
    assert any(len(person.partner_in) > 1 for person in people)
    assert any(person.citations or any(event.citations for event in person.events) for person in people)


def test_living_people_are_hidden(tmp_path: Path) -> None:
    """Whom the generator calls living, the tree hides."""
    planted = Planted()
    tree = tree_of(tmp_path, generate(7, 300, planted), include_living=False)
    assert planted.living and not [one for one in planted.living if tree.person(one)]
