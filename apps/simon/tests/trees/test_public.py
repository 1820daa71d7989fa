"""Trees that others published: all open, nothing is lost, encodings are right, and the numbers are those of the files."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from apps.simon.tests.kinship.brute import Brute
from apps.simon.tests.kinship.test_against_brute_force import compare
from apps.simon.tests.samples import TODAY
from apps.simon.tests.trees.public import EXAMPLE, PACKAGES, files, twins, unpacked
from gemwright_simon.kinship import Graph
from gemwright_simon.quality import check
from gemwright_simon.tree import Tree, open_tree

ENCODINGS = {
    "ANSEL": {"ansel"},
    "Latin_1": {"cp1252", "latin-1"},
    "UTF_16": {"utf-16"},
    "UTF_8": {"utf-8", "utf-8-sig"},
    "cp1252": {"cp1252"},
}
"""What the names of Gramps' own tests of encodings say, and what may be read as that: Latin-1 is a part of cp1252."""

PAIRS = 1_000


def opened(folder: Path, package: str, path: str) -> Tree:
    """Open a tree of a package with everybody in it."""
    return open_tree(unpacked(folder, package, path), cache=folder / "cache", include_living=True, today=TODAY)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_tree_opens_and_nothing_is_lost(tmp_path: Path, package: str) -> None:
    """With those that are compared below, over a hundred files of two projects: GEDCOM 5.5 to 7.0, GEDZIP and Gramps XML."""
    people = 0
    compared = {path for pair in twins().items() for path in pair} if package == "gramps" else set[str]()
    for path in set(files(package)) - compared:
        with opened(tmp_path, package, path) as tree:
            assert tree.report.lost == 0, path
            assert tree.report.version, path
            people += tree.report.people
    assert len(files(package)) >= 30
    assert people >= (4_000 if package == "gramps" else 50)


def known_by(tree: Tree) -> Counter[str]:
    """Return everybody's names."""
    people = [person for handle in tree.people() if (person := tree.person(handle)) is not None]
    return Counter(" ".join(person.names[0].text.split()) if person.names else "" for person in people)


def test_encodings_are_what_gramps_says_they_are(tmp_path: Path) -> None:
    """Beside each file lies what Gramps made of it: the same people, the same families, the same names."""
    seen: Counter[str] = Counter()
    for path, same in twins().items():
        with opened(tmp_path, "gramps", path) as ours, opened(tmp_path, "gramps", same) as theirs:
            assert ours.report.lost == theirs.report.lost == 0, path
            assert (ours.report.people, ours.report.families) == (theirs.report.people, theirs.report.families), path
            if path != "data/tests/imp_sample.ged":  # Gramps joins names of a second NAME line there
                assert known_by(ours) == known_by(theirs), path
            for name, encodings in ENCODINGS.items():
                if Path(path).name.startswith(f"imp_{name}"):
                    seen[name] += 1
                    assert ours.report.encoding in encodings, f"{path}: {ours.report.encoding_reason}"
    assert seen == {"ANSEL": 3, "Latin_1": 3, "UTF_16": 6, "UTF_8": 6, "cp1252": 3}


@pytest.mark.parametrize(
    ("path", "version", "people"),
    [
        ("examples/gedcom70/maximal70.ged", "GEDCOM 7.0", 4),
        ("examples/gedcom70/maximal70.gdz", "GEDCOM 7.0", 4),
        ("examples/gedcom70/remarriage1.ged", "GEDCOM 7.0", 3),
        ("examples/gedcom70/same-sex-marriage.ged", "GEDCOM 7.0", 2),
        ("examples/gedcom555/555SAMPLE.GED", "GEDCOM 5.5.5", 3),
        ("examples/gedcom555/555SAMPLE16BE.GED", "GEDCOM 5.5.5", 3),
        ("examples/gedcom555/555SAMPLE16LE.GED", "GEDCOM 5.5.5", 3),
    ],
)
def test_official_samples_have_the_people_that_their_text_has(
    tmp_path: Path, path: str, version: str, people: int
) -> None:
    """FamilySearch's samples of 7.0 and the samples of 5.5.5, two of them in UTF-16."""
    with opened(tmp_path, "gedcom-lite", path) as tree:
        assert (tree.report.version, tree.report.people) == (version, people)
        assert tree.report.encoding == ("utf-16" if "16" in Path(path).name else "utf-8-sig")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """The example of Gramps, with everybody shown."""
    return opened(tmp_path_factory.mktemp("example"), "gramps", EXAMPLE)


def test_the_example_of_gramps_holds_what_its_xml_holds(example: Tree) -> None:
    """People, families, sources and notes counted by another reader; each family's members; each person's events."""
    content = files("gramps")[EXAMPLE]
    root = ElementTree.fromstring(content)  # noqa: S314  # a file that we know by its hash
    space = root.tag.partition("}")[0] + "}"

    def all_of(kind: str) -> list[ElementTree.Element]:
        return [one for one in root.iter(f"{space}{kind}") if one.get("handle")]

    counts = {
        kind: len(all_of(kind)) for kind in ("person", "family", "event", "placeobj", "citation", "source", "note")
    }
    assert counts == {
        "person": 2157,
        "family": 762,
        "event": 3432,
        "placeobj": 1296,
        "citation": 2854,
        "source": 4,
        "note": 19,
    }
    report = example.report
    assert (report.people, report.families, report.sources, report.notes) == (2157, 762, 4, 19)
    ids = {one.get("handle"): one.get("id") for one in all_of("person")}
    for one in all_of("family"):
        family = example.family(one.get("id") or "")
        assert family is not None
        partners = {ids[ref.get("hlink")] for kind in ("father", "mother") for ref in one.findall(f"{space}{kind}")}
        children = [ids[ref.get("hlink")] for ref in one.findall(f"{space}childref")]
        assert (set(family.partners), list(family.children)) == (partners, children)
    for one in all_of("person"):
        person = example.person(one.get("id") or "")
        assert person is not None
        own = [ref for ref in one.findall(f"{space}eventref") if ref.get("role") == "Primary"]
        assert len(own) <= len(person.events) <= len(own) + len(one.findall(f"{space}attribute")), one.get("id")
        assert len(person.names) >= len(one.findall(f"{space}name"))


def test_kin_of_the_example_are_whom_brute_force_finds(example: Tree) -> None:
    """A thousand pairs, half of them drawn near each other: lines by birth, halves, adoptions, marriages."""
    graph = Graph(example)
    brute = Brute(example, graph.cut)
    people = list(example.people())
    draw = random.Random(7)
    differs: list[str] = []
    kinds: Counter[str] = Counter()
    for at in range(PAIRS):
        a = draw.choice(people)
        near = a
        if at % 2:
            for _ in range(draw.randint(2, 6)):
                ways = [*brute.up.get(near, ()), *brute.down.get(near, ()), *brute.wed.get(near, ())]
                near = draw.choice(ways) if ways else near
        b = near if near != a else draw.choice(people)
        if a != b:
            differs += compare(a, b, graph, brute, kinds)
    assert not differs, f"{len(differs)}: {differs[:3]}"
    assert kinds["blood"] > 100 and kinds["marriage"] > 50, kinds


def test_the_checks_of_the_example_are_few_and_real(example: Tree) -> None:
    """Errors in hardly any of two thousand people: each looked at by hand when this was written."""
    found = check(example, TODAY)
    errors = {one.kind: one for one in found.findings if one.severity == "error"}
    assert set(errors) == {"burial_before_death", "child_after_mothers_death", "child_after_parents_death"}
    assert found.of("error") == 4
    assert found.of("warning") <= 30
