"""Families written out by hand: each kind of tie, its words in both directions, and its path."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from apps.simon.tests.kinship.shapes import Shape
from gemwright_simon.kinship import RELATIONS, Graph, relationship, relatives

# Three generations: Ada and Bo have Cy and Di; Cy and Eve have Finn and Gus; Di and Hal have Ivy. Hal had Jo with Kay
# before, Kay later married Lee, whose son by Mia is Ned. Cy's second wife is Olga, with whom he has Pia.
HOUSE = Shape(
    [
        ("F1", ["ada", "bo"], ["cy", "di"]),
        ("F2", ["cy", "eve"], ["finn", "gus"]),
        ("F3", ["di", "hal"], ["ivy"]),
        ("F4", ["hal", "kay"], ["jo"]),
        ("F5", ["kay", "lee"], []),
        ("F6", ["lee", "mia"], ["ned"]),
        ("F7", ["cy", "olga"], ["pia"]),
        ("F8", ["eva-dad", "eva-mum"], ["eve", "rex"]),
        ("F9", ["finn", "uma"], [("vic", "adopted")]),
        ("F10", ["rex", "wilma"], []),
    ],
    "ada:F bo:M cy:M di:F eve:F finn:M gus:M hal:M ivy:F jo:F kay:F lee:M mia:F ned:M olga:F pia:F eva-dad:M eva-mum:F "
    "rex:M uma:F vic:M wilma:F",
)


@pytest.mark.parametrize(
    ("a", "b", "term", "inverse", "path"),
    [
        ("bo", "finn", "grandfather", "grandson", "bo<cy<finn"),
        ("finn", "ivy", "first cousin", "first cousin", "finn>cy>ada<di<ivy"),
        ("finn", "gus", "brother", "brother", "finn>cy<gus"),
        ("pia", "finn", "half-sister", "half-brother", "pia>cy<finn"),
        ("di", "finn", "aunt", "nephew", "di>ada<cy<finn"),
        ("cy", "eve", "husband", "wife", "cy=eve"),
        ("olga", "finn", "stepmother", "stepson", "olga=cy<finn"),
        ("eve", "ada", "daughter-in-law", "mother-in-law", "eve=cy>ada"),
        ("eve", "di", "sister-in-law", "sister-in-law", "eve=cy>ada<di"),
        ("rex", "cy", "brother-in-law", "brother-in-law", "rex>eva-dad<eve=cy"),
        ("lee", "jo", "stepfather", "stepdaughter", "lee=kay<jo"),
        ("ned", "jo", "stepbrother", "stepsister", "ned>lee=kay<jo"),
        ("jo", "di", "stepdaughter", "stepmother", "jo>hal=di"),
        ("hal", "finn", "aunt's husband", "wife's nephew", "hal=di>ada<cy<finn"),
        ("wilma", "cy", "brother-in-law's wife", "sister-in-law's husband", "wilma=rex>eva-dad<eve=cy"),
        ("finn", "vic", "adoptive father", "adoptive son", "finn<vic"),
        ("vic", "bo", "adoptive great-grandson", "adoptive great-grandfather", "vic>finn>cy>bo"),
        (
            "vic",
            "ivy",
            "adoptive first cousin once removed",
            "adoptive first cousin once removed",
            "vic>finn>cy>ada<di<ivy",
        ),
    ],
)
def test_two_people_are_related(a: str, b: str, term: str, inverse: str, path: str) -> None:
    """The term, what the other one is in turn, and the way between them."""
    line = relationship(HOUSE, a, b).lines[0]
    assert (line.term, line.inverse, line.text) == (term, inverse, path)
    other = relationship(HOUSE, b, a).lines[0]
    assert (other.term, other.inverse) == (inverse, term)


@pytest.mark.parametrize(
    ("person", "relation", "wanted"),
    [
        ("finn", "siblings", "gus brother"),
        ("finn", "half_siblings", "pia half-sister"),
        ("finn", "grandparents", "ada grandmother, bo grandfather, eva-dad grandfather, eva-mum grandmother"),
        ("finn", "aunts_uncles", "di aunt, rex uncle"),
        ("di", "nieces_nephews", "finn nephew, gus nephew, pia niece"),
        ("pia", "first_cousins", "ivy first cousin"),
        ("cy", "spouses", "eve wife, olga wife"),
        ("cy", "parents_in_law", "eva-dad father-in-law, eva-mum mother-in-law"),
        ("cy", "siblings_in_law", "rex brother-in-law, hal brother-in-law"),
        ("jo", "step_family", "di stepmother, lee stepfather, ned stepbrother"),
        ("finn", "step_family", "olga stepmother"),
        ("finn", "children", "vic adoptive son"),
        (
            "vic",
            "ancestors",
            "finn adoptive father, uma adoptive mother, cy adoptive grandfather, eve adoptive grandmother",
        ),
        ("ivy", "paternal_line", "hal father"),
        ("ivy", "maternal_line", "di mother, ada grandmother"),
    ],
)
def test_relatives_are_listed(person: str, relation: str, wanted: str) -> None:
    """Each kind in the order of the file, with its word."""
    found = relatives(HOUSE, person, relation, generations=2 if relation == "ancestors" else 0)
    assert ", ".join(f"{one.handle} {one.term}" for one in found) == wanted


def test_all_relations_of_the_tool_can_be_listed() -> None:
    """Nobody is a relative of their own, whatever the kind."""
    for relation in RELATIONS:
        for person in HOUSE.people:
            assert all(one.handle != person for one in relatives(HOUSE, person, relation)), relation


def test_unrelated_people_have_no_line() -> None:
    """Neither by blood nor by marriage."""
    assert relationship(HOUSE, "mia", "ada", "blood").lines == ()
    assert relationship(Shape([("F1", ["a"], ["b"]), ("F2", ["c"], ["d"])]), "a", "d").lines == ()


def test_double_cousins_are_related_by_two_lines() -> None:
    """Two siblings married two siblings: one line through each couple."""
    shape = Shape(
        [
            ("F1", ["a", "b"], ["c", "d"]),
            ("F2", ["e", "f"], ["g", "h"]),
            ("F3", ["c", "g"], ["x"]),
            ("F4", ["d", "h"], ["y"]),
        ]
    )
    lines = relationship(shape, "x", "y").lines
    assert [(line.term, line.common) for line in lines if line.basis == "blood"] == [
        ("first cousin", ("a", "b")),
        ("first cousin", ("e", "f")),
    ]


def test_children_of_one_known_parent_in_one_family_are_full_siblings() -> None:
    """The file has them in one family; those of another family are half-siblings."""
    shape = Shape([("F1", ["a"], ["b", "c"]), ("F2", ["a"], ["d"])], "b:M c:F d:F")
    assert [one.term for one in relatives(shape, "b", "siblings")] == ["sister"]
    assert [one.term for one in relatives(shape, "b", "half_siblings")] == ["half-sister"]


def test_a_couple_that_never_married_are_partners() -> None:
    """Where the tree says that there was no marriage, nobody is a wife."""

    class Unwed(Shape):
        """All couples are recorded as not married."""

        def links(self) -> Iterator[tuple[str, str, str, str]]:
            """List all ties."""
            for name, role, who, kind in super().links():
                yield name, role, who, "unmarried" if role == "partner" else kind

    assert relationship(Unwed([("F1", ["a", "b"], [])], "a:M b:F"), "a", "b").lines[0].term == "partner"


def test_a_loop_is_cut_and_told() -> None:
    """A person who descends from a child, and one who is the own parent."""
    graph = Graph(Shape([("F1", ["a"], ["b"]), ("F2", ["b"], ["c"]), ("F3", ["c"], ["a"]), ("F4", ["d"], ["d"])]))
    assert graph.cut == (("b", "a"), ("d", "d"))
    assert relationship(graph, "c", "a").cut == graph.cut


def test_five_thousand_generations_are_followed_at_once() -> None:
    """There is no limit of depth, and no recursion that such a line could exhaust."""
    shape = Shape([(f"F{n}", [f"p{n}"], [f"p{n + 1}"]) for n in range(5000)], "p0:M")
    start = time.process_time()
    line = relationship(shape, "p0", "p5000").lines[0]
    assert (line.term, len(line.path)) == ("4998x great-grandfather", 5001)
    assert relatives(shape, "p5000", "ancestors")[-1].generation == 5000
    assert time.process_time() - start < 5


def test_kin_that_marry_kin_for_eighty_generations_end_the_search_in_time() -> None:
    """Everybody marries the child: there are more lines than atoms, and the nearest are still listed."""
    families = [(f"F{n}", [f"a{n}", f"b{n - 1}"], [f"a{n + 1}", f"b{n + 1}"]) for n in range(1, 80)]
    start = time.process_time()
    found = relationship(Shape(families), "a80", "b79", "blood")
    assert found.lines[0].term == "niece or nephew"
    assert found.searched
    assert time.process_time() - start < 5
