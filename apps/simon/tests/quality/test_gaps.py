"""What to look for next: each kind of gap, the direct line first, living people no part of it."""

from __future__ import annotations

from pathlib import Path

from apps.simon.tests.family import WEILS
from apps.simon.tests.samples import tree_of
from gemwright_simon.quality import GAPS, gaps


def test_gaps_of_a_family_by_hand(tmp_path: Path) -> None:
    """All kinds but one are in it; what is known that helps to look stands in the sentence."""
    tree = tree_of(tmp_path, WEILS, include_living=False)
    missing = gaps(tree, limit=0)
    assert sum(missing.counts.values()) == len(missing.found)
    assert set(GAPS) - set(missing.counts) == {"missing_parent", "missing_death_date"}
    said = {(one.kind, one.handles): one.text for one in missing.found}
    assert (
        said["missing_parents", ("I5",)]
        == "Parents of Jakob Weil [I5], born 2 SEP 1808 in Worms, Germany: nobody is recorded."
    )
    assert said["missing_birth_date", ("I11",)] == "When Eva Stern [I11] was born, died 1880: no date is recorded."
    assert said["unsourced_death", ("I3", "I3.DEAT")].endswith("20 JAN 1884 in Mainz, Germany has none.")
    assert ("unsourced_birth", ("I3", "I3.BIRT")) not in said
    assert said["unsourced_marriage", ("I5", "I3", "F2", "F2.MARR")]
    assert said["missing_marriage_date", ("I4", "I11", "F4")]


def test_the_direct_line_comes_first(tmp_path: Path) -> None:
    """The home person, the parents, their parents; then the others, as many as there is room for."""
    tree = tree_of(tmp_path, WEILS, include_living=False)
    missing = gaps(tree, "I7", limit=12)
    generations = [one.generation for one in missing.found]
    assert generations[0] == 0 and len(generations) == 12
    assert generations == sorted(generations, key=lambda one: 99 if one is None else one)
    everything = [one.generation for one in gaps(tree, "I7", 0).found]
    assert everything[0] == 0 and {0, 1, 2, None} == set(everything)


def test_living_people_have_no_gaps(tmp_path: Path) -> None:
    """Neither they themselves nor a marriage or a parent that would tell of them."""
    child = "0 @I13@ INDI\n1 NAME Zqmax /Zqbaker/\n1 SEX M\n1 BIRT\n2 DATE 1999\n1 FAMC @F5@\n"
    family = "0 @F5@ FAM\n1 HUSB @I9@\n1 WIFE @I12@\n1 CHIL @I13@\n1 MARR\n"
    tree = tree_of(tmp_path, WEILS.replace("0 TRLR\n", f"{child}{family}0 TRLR\n"), include_living=False)
    said = repr(gaps(tree, "I9", 0))
    assert "I9" in said
    assert not [
        word for word in ("Livia", "Hiddenstein", "Secretville", "Zq", "I12", "I13", "F5", "1999") if word in said
    ]
