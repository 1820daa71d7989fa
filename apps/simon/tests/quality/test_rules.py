"""Each check by a tree of a few records: what it finds, with which numbers, and what is just not wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps.simon.tests.samples import HEAD, TODAY, one, tree_of
from gemwright_simon.quality import KINDS, Finding, check, under_age


def person(handle: str, *events: str, sex: str = "F", name: str = "Ada /Hill/", more: str = "") -> str:
    """Write a person; an event is `BIRT 1850`, with any number of `|2 TAG …` lines after it."""
    text = f"0 @{handle}@ INDI\n1 NAME {name}\n1 SEX {sex}\n"
    for event in events:
        first, *lines = event.split("|")
        tag, _, date = first.partition(" ")
        text += f"1 {tag}\n" + (f"2 DATE {date}\n" if date else "") + "".join(f"{line}\n" for line in lines)
    return text + more


def couple(*lines: str, handle: str = "F1") -> str:
    """Write a family of lines of the first level."""
    return f"0 @{handle}@ FAM\n" + "".join(f"1 {line}\n" for line in lines)


PARENT, CHILD = "HUSB @I1@", "CHIL @I2@"
MOTHER = ("BIRT 1850", "DEAT 5 MAR 1880")
LATER = ("BIRT 6 MAR 1880", "DEAT 1950")

CASES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "death_before_birth": (person("I1", "BIRT 1850", "DEAT 1849"), ("I1", "I1.DEAT", "I1.BIRT"), "death 1849 lies before"),
    "baptism_before_birth": (person("I1", "BIRT 5 MAY 1850", "CHR 4 MAY 1850"), ("I1",), "baptism 4 MAY 1850"),
    "burial_before_death": (person("I1", "DEAT 5 MAY 1850", "BURI 4 MAY 1850"), ("I1",), "burial 4 MAY 1850"),
    "event_before_birth": (person("I1", "BIRT 1850", "RESI 1849", "DEAT 1900"), ("I1", "I1.RESI"), "residence 1849"),
    "event_after_death": (person("I1", "DEAT 1850", "CENS 1851"), ("I1", "I1.CENS"), "census 1851 lies after the death 1850"),
    "future_date": (person("I1", "BIRT 1850", "DEAT 1900", "BURI 2199"), ("I1", "I1.BURI"), "burial 2199"),
    "marriage_before_birth": (
        person("I1", "BIRT 1850", "DEAT 1900") + couple(PARENT, "MARR\n2 DATE 1849"), ("I1", "F1", "F1.MARR"), "married 1849"),
    "marriage_after_death": (
        person("I1", "DEAT 1850") + couple(PARENT, "MARR\n2 DATE 1851"), ("I1", "F1"), "after the death 1850"),
    "child_before_parent": (
        person("I1", *MOTHER) + person("I2", "BIRT 1849", "DEAT 1900") + couple(PARENT, CHILD), ("I1", "I2"), "born 1849"),
    "child_after_mothers_death": (
        person("I1", *MOTHER) + person("I2", *LATER) + couple("WIFE @I1@", CHILD), ("I1", "I2", "F1"), "1 days after"),
    "child_after_parents_death": (
        person("I1", *MOTHER, sex="M") + person("I2", "BIRT 1882", "DEAT 1950") + couple(PARENT, CHILD),
        ("I1", "I2"), "667 days after"),
    "own_ancestor": (
        person("I1", "DEAT 1850") + person("I2", "DEAT 1850") + couple(PARENT, CHILD)
        + couple("HUSB @I2@", "CHIL @I1@", handle="F2"), ("I1",), "ancestor of themselves"),
    "partner_and_child": (person("I1", "DEAT 1850") + couple(PARENT, "CHIL @I1@"), ("I1", "F1"), "family [F1]"),
    "young_parent": (
        person("I1", "BIRT 5 MAY 1850", "DEAT 1900") + person("I2", "BIRT 4 MAY 1863", "DEAT 1900") + couple(PARENT, CHILD),
        ("I1", "I2"), "was 12 at most"),
    "old_mother": (
        person("I1", "BIRT 1850", "DEAT 1950") + person("I2", "BIRT 1907", "DEAT Y") + couple("WIFE @I1@", CHILD),
        ("I1", "I2"), "was 56 at least"),
    "old_father": (
        person("I1", "BIRT 1800", "DEAT 1899", sex="M") + person("I2", "BIRT 1892", "DEAT Y") + couple(PARENT, CHILD),
        ("I1", "I2"), "was 91 at least"),
    "young_marriage": (
        person("I1", "BIRT 5 MAY 1850", "DEAT 1900") + couple(PARENT, "MARR\n2 DATE 4 MAY 1864"), ("I1", "F1"), "was 13 at most"),
    "long_life": (person("I1", "BIRT 1750", "DEAT 1870"), ("I1",), "was 119 at least"),
    "siblings_too_close": (
        person("I1", "DEAT 1900") + person("I2", "BIRT 1 JAN 1850", "DEAT Y") + person("I3", "BIRT 1 MAY 1850", "DEAT Y")
        + couple("WIFE @I1@", CHILD, "CHIL @I3@"), ("I1", "I2", "I3"), "120 days apart"),
    "many_children": (
        person("I1", "DEAT 1900") + "".join(person(f"I{n}", f"BIRT {1848 + n}", "DEAT Y") for n in range(2, 24))
        + couple("WIFE @I1@", *(f"CHIL @I{n}@" for n in range(2, 24))), ("I1",), "22 children"),
    "dates_conflict": (person("I1", "BIRT 1850", "BIRT 1852", "DEAT Y"), ("I1", "I1.BIRT", "I1.BIRT2"), "1850 and 1852"),
    "conflicting_sources": (
        person("I1", "DEAT 1850|2 SOUR @S1@", "DEAT 1852|2 SOUR @S2@") + "0 @S1@ SOUR\n1 TITL A\n0 @S2@ SOUR\n1 TITL B\n",
        ("I1", "I1.DEAT", "I1.DEAT2"), "sources that disagree"),
    "two_birth_families": (
        person("I1", "DEAT 1850") + person("I2", "DEAT 1800") + person("I3", "DEAT 1800") + couple("HUSB @I2@", "CHIL @I1@")
        + couple("HUSB @I3@", "CHIL @I1@", handle="F2"), ("I1",), "2 families"),
    "partners_are_siblings": (
        person("I1", "DEAT 1850") + person("I2", "DEAT 1850") + couple("CHIL @I1@", CHILD)
        + couple(PARENT, "WIFE @I2@", handle="F2"), ("I1", "I2", "F2"), "as siblings"),
    "partners_are_parent_and_child": (
        person("I1", "DEAT 1850") + person("I2", "DEAT 1850") + couple(PARENT, CHILD)
        + couple(PARENT, "WIFE @I2@", handle="F2"), ("I1", "I2", "F2"), "as parent and child"),
    "unreadable_date": (person("I1", "BIRT in a hard winter", "DEAT 1850"), ("I1", "I1.BIRT"), "in a hard winter"),
    "ambiguous_date": (person("I1", "BIRT 05/07/1850", "DEAT 1900"), ("I1", "I1.BIRT"), "05/07/1850"),
    "partner_age_gap": (
        person("I1", "BIRT 1800", "DEAT 1870") + person("I2", "BIRT 1850", "DEAT 1900") + couple(PARENT, "WIFE @I2@"),
        ("I1", "I2", "F1"), "49 years"),
    "no_name": (person("I1", "DEAT 1850", name="//"), ("I1",), "no name"),
    "unconnected": (person("I1", "DEAT 1850"), ("I1",), "no family"),
    "empty_family": (person("I1", "DEAT 1850") + couple(PARENT), ("I1", "F1"), "[F1]"),
    "unused_source": (person("I1", "DEAT 1850") + "0 @S1@ SOUR\n1 TITL Register\n", ("S1",), "Register [S1]"),
    "untitled_source": (person("I1", "DEAT 1850|2 SOUR @S1@") + "0 @S1@ SOUR\n1 AUTH X\n", ("S1",), "[S1]"),
}  # fmt: skip


def found(folder: Path, records: str, kind: str) -> list[Finding]:
    """Return what the checks of one kind find."""
    return [finding for finding in check(one(folder, records), TODAY).findings if finding.kind == kind]


def test_there_is_a_case_for_every_kind() -> None:
    """Whoever adds a kind adds a case."""
    assert set(CASES) == set(KINDS)
    assert len([kind for kind, (severity, _) in KINDS.items() if severity != "note"]) >= 20


@pytest.mark.parametrize("kind", KINDS)
def test_a_check_finds_what_it_is_for(tmp_path: Path, kind: str) -> None:
    """With the handles of all records that it is about, in one sentence with the dates and numbers."""
    records, handles, words = CASES[kind]
    findings = found(tmp_path, records, kind)
    assert findings, kind
    assert {handle for finding in findings for handle in finding.handles} >= set(handles)
    assert any(words in finding.text for finding in findings), findings
    assert all(finding.text.endswith(".") and "{" not in finding.text for finding in findings)


@pytest.mark.parametrize(
    ("kind", "records"),
    [
        ("death_before_birth", person("I1", "BIRT ABT 1850", "DEAT 1848")),
        ("death_before_birth", person("I1", "BIRT 1850", "DEAT BEF 1851")),
        ("death_before_birth", person("I1", "BIRT 1850", "DEAT 1850")),
        ("burial_before_death", person("I1", "DEAT MAY 1850", "BURI 1 MAY 1850")),
        ("event_after_death", person("I1", "DEAT 1850", "PROB 1851", "BURI 1851")),
        ("child_after_parents_death", person("I1", *MOTHER, sex="M") + person("I2", *LATER) + couple(PARENT, CHILD)),
        ("child_before_parent", person("I1", *MOTHER) + person("I2", "BIRT 1849", "DEAT Y", more="1 FAMC @F1@\n2 PEDI adopted\n")
         + couple(PARENT, CHILD)),
        ("young_parent", person("I1", "BIRT 5 MAY 1850", "DEAT Y") + person("I2", "BIRT 5 MAY 1863", "DEAT Y")
         + couple(PARENT, CHILD)),
        ("siblings_too_close", person("I1", "DEAT 1900") + person("I2", "BIRT 1 JAN 1850", "DEAT Y")
         + person("I3", "BIRT 2 JAN 1850", "DEAT Y") + couple("WIFE @I1@", CHILD, "CHIL @I3@")),
        ("dates_conflict", person("I1", "BIRT 1850", "BIRT 3 MAY 1850", "DEAT Y")),
        ("two_birth_families", person("I1", "DEAT Y", more="1 FAMC @F1@\n1 FAMC @F2@\n2 PEDI adopted\n") + person("I2", "DEAT Y")
         + couple("HUSB @I2@", "CHIL @I1@") + couple("WIFE @I2@", "CHIL @I1@", handle="F2")),
    ],
)  # fmt: skip
def test_what_may_be_so_is_not_found(tmp_path: Path, kind: str, records: str) -> None:
    """A date that has one reading without a contradiction contradicts nothing; links of an adoption are none of birth."""
    assert not found(tmp_path, records, kind)


def test_the_age_of_young_parents_can_be_asked(tmp_path: Path) -> None:
    """Sixteen in place of thirteen, by the same rule."""
    records = person("I1", "BIRT 1850", "DEAT Y") + person("I2", "BIRT 1864", "DEAT Y") + couple(PARENT, CHILD)
    tree = one(tmp_path, records)
    assert not under_age(tree, 13)
    assert [finding.handles[:2] for finding in under_age(tree, 16)] == [("I1", "I2")]


def test_living_people_are_no_part_of_it(tmp_path: Path) -> None:
    """Neither they nor what would follow from their dates: a dead parent says nothing of a living child's birth."""
    hidden = person("I2", "BIRT 1960", "BIRT 1962", "CHR 1959", name="Zqada /Zqhill/")
    records = person("I1", "BIRT 1950", "DEAT 1955") + hidden + couple(PARENT, CHILD, "MARR\n2 DATE 1949")
    shown = check(tree_of(tmp_path, f"{HEAD}{records}0 TRLR\n", include_living=False), TODAY)
    assert shown.people == 1 and shown.hidden == 1
    said = repr(shown).lower()
    assert "zq" not in said and "i2" not in said and "196" not in said
    kinds = {finding.kind for finding in check(one(tmp_path, records), TODAY).findings}
    assert {"child_after_mothers_death", "young_parent", "dates_conflict", "baptism_before_birth"} <= kinds
