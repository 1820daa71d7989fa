"""How two people are related: every line, by birth, by adoption, by marriage, with its term and its path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gemwright_simon.kinship.blood import Descent, shared_descents
from gemwright_simon.kinship.graph import Graph, Ties
from gemwright_simon.kinship.marriage import Segment, one_marriage, two_marriages
from gemwright_simon.kinship.terms import blood_term, labelled, spouse_word

__all__ = ["Line", "Relationship", "relationship"]

_MARRIAGES = 5
"""How many equally short ways by marriage are listed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One way in which two people are related.

    Attributes:
        term: what A is of B: `aunt`, `half first cousin once removed`, `father-in-law`, `wife's grandfather`.
        inverse: what B is of A.
        basis: `blood`, `marriage`, `step`, or the kind of tie: `adoptive`, `foster`, `sealed`.
        up_a: generations from A up to the shared ancestors; None for a way by marriage.
        up_b: generations from B up to them; None for a way by marriage.
        common: handles of the shared ancestors; A's or B's own where one descends from the other.
        half: whether a shared ancestor had the two lines by different partners.
        path: handles from A to B.
        arrows: between them: `>` up to a parent, `<` down to a child, `=` over to a partner.
        remote: whether the two share an ancestor further down as well: true of the second cousinship of siblings whose
            parents were cousins.
    """

    term: str
    inverse: str
    basis: str
    up_a: int | None
    up_b: int | None
    common: tuple[str, ...]
    half: bool
    path: tuple[str, ...]
    arrows: tuple[str, ...]
    remote: bool = False

    @property
    def text(self) -> str:
        """The path in one string: `I12>I8>I1<I7<I33<I90`."""
        return self.path[0] + "".join(arrow + handle for arrow, handle in zip(self.arrows, self.path[1:], strict=True))


@dataclass(frozen=True, slots=True)
class Relationship:
    """How A and B are related.

    Attributes:
        a: A's handle.
        b: B's handle.
        lines: every way, nearest first, remote ones last; blood before marriage of the same length.
        cut: (child, parent) ties of the tree that were left out since they close a loop.
        searched: what was not looked at, as a sentence; empty where everything was.
    """

    a: str
    b: str
    lines: tuple[Line, ...]
    cut: tuple[tuple[str, str], ...]
    searched: str


def relationship(tree: Ties | Graph, a: str, b: str, kind: Literal["all", "blood", "marriage"] = "all") -> Relationship:
    """Work out how two people are related.

    Args:
        tree: the tree, or its graph.
        a: a person's handle.
        b: another one's.
        kind: `blood` for lines of descent alone (adoptive ones too, labelled), `marriage` for ways over one marriage or
            two, `all` for both: then ways by marriage are listed where they are no longer than the nearest line of
            descent, and ways over two marriages where there is nothing else.

    Raises:
        KeyError: a handle that the tree does not have.
    """
    graph = tree if isinstance(tree, Graph) else Graph.of(tree)
    first, second = graph.numbers[a], graph.numbers[b]
    if first == second:
        me = Line("self", "self", "blood", 0, 0, (a,), False, (a,), ())
        return Relationship(a, b, (me,), graph.cut, "")
    lines: list[Line] = []
    notes: list[str] = []
    if kind != "marriage":
        descents, whole = shared_descents(graph, first, second)
        lines = [_line(graph, descent) for descent in descents]
        if not whole:
            notes.append("the tree crosses its own lines so often that the remotest ones were not followed")
    if kind != "blood":
        lines, note = _with_marriages(graph, first, second, lines)
        notes += [note] if note else []
    return Relationship(a, b, tuple(lines), graph.cut, "; ".join(notes))


def _with_marriages(graph: Graph, a: int, b: int, lines: list[Line]) -> tuple[list[Line], str]:
    """Add the ways by marriage to the lines of descent."""
    blood = min((len(line.arrows) for line in lines if line.basis == "blood"), default=None)
    if blood is not None and blood < 2 and all(other != b for other, _ in graph.partners[a]):
        return lines, ""  # parent and child: nothing by marriage is nearer
    ways, reach = one_marriage(graph, a, b)
    if not ways and not lines:
        ways, reach = two_marriages(graph, a, b)
    married = list(dict.fromkeys(_married(graph, way) for way in ways))
    if blood is not None:
        married = [line for line in married if len(line.arrows) <= blood]
    else:
        taken = {line.path for line in lines}
        married = [line for line in married if line.path not in taken]
    married.sort(key=lambda line: (line.basis == "marriage", line.path))
    both = lines + married[:_MARRIAGES]
    both.sort(key=lambda line: (line.remote, len(line.arrows) + (line.basis not in {"blood", "marriage"})))
    note = "" if reach is None or married else f"ways by marriage were looked for {reach} steps to either side"
    return both, note


def _arrows(ups: int, downs: int) -> tuple[str, ...]:
    return (">",) * ups + ("<",) * downs


def _line(graph: Graph, descent: Descent) -> Line:
    a, b = descent.ups_a[0], descent.ups_b[0]
    up_a, up_b = len(descent.ups_a) - 1, len(descent.ups_b) - 1
    path = (*descent.ups_a, *reversed(descent.ups_b[:-1]))
    basis = descent.label or "blood"
    names = graph.handles
    return Line(
        labelled(blood_term(up_a, up_b, graph.sexes[a], half=descent.half), basis),
        labelled(blood_term(up_b, up_a, graph.sexes[b], half=descent.half), basis),
        basis,
        up_a,
        up_b,
        tuple(names[one] for one in descent.common),
        descent.half,
        tuple(names[one] for one in path),
        _arrows(up_a, up_b),
        descent.remote,
    )


def _term(graph: Graph, segment: Segment) -> str:
    """Return what the first person of a segment is of its last."""
    people, ups = segment
    downs = len(people) - 1 - ups
    half = ups > 0 and downs > 0 and not graph.full(people[ups - 1], people[ups + 1])
    return blood_term(ups, downs, graph.sexes[people[0]], half=half)


def _kind(segment: Segment) -> str:
    """Return `same`, `parent`, `child`, `sibling`, `ancestor`, `descendant` or `other` for what a segment says."""
    people, ups = segment
    downs = len(people) - 1 - ups
    near = {(0, 0): "same", (0, 1): "parent", (1, 0): "child", (1, 1): "sibling"}.get((ups, downs))
    if near is not None:
        return near
    return "ancestor" if ups == 0 else "descendant" if downs == 0 else "other"


def _wed(graph: Graph, one: int, other: int) -> str:
    """Return what the first is of the second: `husband`, `wife`, `spouse`, or `partner`."""
    families = [family for partner, family in graph.partners[one] if partner == other]
    return spouse_word(graph.sexes[one], married=any(family not in graph.unmarried for family in families))


def _sexed(graph: Graph, person: int, ups: int, downs: int) -> str:
    return blood_term(ups, downs, graph.sexes[person])


def _over_one(graph: Graph, near: Segment, far: Segment) -> tuple[str, str]:
    """Return what the first of two segments' people is of the last, and the basis: `marriage` or `step`."""
    a, p = near[0][0], near[0][-1]
    q = far[0][0]
    mine, theirs = _kind(near), _kind(far)
    if mine == theirs == "same":
        return _wed(graph, a, q), "marriage"
    if mine == "same":
        if theirs == "parent":
            return labelled(_sexed(graph, a, 0, 1), "step"), "step"
        if theirs == "ancestor":
            return labelled(blood_term(0, len(far[0]) - 1, graph.sexes[a]), "step"), "step"
        if theirs in {"child", "sibling"}:
            ups, downs = (1, 0) if theirs == "child" else (1, 1)
            return f"{_sexed(graph, a, ups, downs)}-in-law", "marriage"
        return f"{_term(graph, far)}'s {_wed(graph, a, q)}", "marriage"
    if theirs == "same":
        if mine == "child":
            return labelled(_sexed(graph, a, 1, 0), "step"), "step"
        if mine == "descendant":
            return labelled(blood_term(len(near[0]) - 1, 0, graph.sexes[a]), "step"), "step"
        if mine in {"parent", "sibling"}:
            ups, downs = (0, 1) if mine == "parent" else (1, 1)
            return f"{_sexed(graph, a, ups, downs)}-in-law", "marriage"
        return f"{_wed(graph, p, q)}'s {_term(graph, near)}", "marriage"
    if mine == "child" and theirs == "parent":
        return labelled(_sexed(graph, a, 1, 1), "step"), "step"
    return f"{_term(graph, far)}'s {_wed(graph, p, q)}'s {_term(graph, near)}", "marriage"


def _says(graph: Graph, way: tuple[Segment, ...]) -> tuple[str, str]:
    """Return what the first person of a way by marriage is of its last, and the basis."""
    if len(way) == 2:
        return _over_one(graph, way[0], way[1])
    near, middle, far = way
    inner, _ = _over_one(graph, middle, far)
    text = f"{inner}'s {_wed(graph, near[0][-1], middle[0][0])}"
    return (text if _kind(near) == "same" else f"{text}'s {_term(graph, near)}"), "marriage"


def _married(graph: Graph, way: tuple[Segment, ...]) -> Line:
    people: list[int] = []
    arrows: list[str] = []
    for segment in way:
        if people:
            arrows.append("=")
        people += segment[0]
        arrows += _arrows(segment[1], len(segment[0]) - 1 - segment[1])
    back = tuple((tuple(reversed(people_)), len(people_) - 1 - ups) for people_, ups in reversed(way))
    term, basis = _says(graph, way)
    inverse, _ = _says(graph, back)
    path = tuple(graph.handles[one] for one in people)
    return Line(term, inverse, basis, None, None, (), False, path, tuple(arrows))
