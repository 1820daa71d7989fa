"""`find_relatives` and `find_relationship`: whom a person is related to, and how two people are."""

from __future__ import annotations

from typing import Any

from gemwright_simon.kinship import Graph, Line, Relative, relationship, relatives
from gemwright_simon.records import Person
from gemwright_simon.tools.lines import named, person_line
from gemwright_simon.tools.people import meant
from gemwright_simon.tools.results import Listing, ToolResult, paged
from gemwright_simon.tree import Tree

__all__ = ["find_relationship", "find_relatives"]

_LINES = 6
_LONG_PATH = 24


def find_relatives(tree: Tree, arguments: dict[str, Any], told: list[str]) -> ToolResult:
    """Answer a call of the tool.

    Raises:
        Ambiguous: the tree has nobody of that name, or several.
    """
    found = meant(tree, arguments["person"])
    person, relation = found.person, arguments["relation"]
    told = [*told, *([found.told] if found.told else [])]
    graph = Graph.of(tree)
    generations = max(arguments.get("generations") or 0, 0)
    people = relatives(graph, person.handle, relation, generations)
    head = f"{relation} of {named(person)}"
    if relation == "siblings":
        half = len(relatives(graph, person.handle, "half_siblings"))
        told += [f"half-siblings: {half} (relation=half_siblings)"] if half else []
    if not people:
        return ToolResult.of([f"{head}: none recorded, total=0", *told], total=0)
    if relation in {"ancestors", "descendants"}:
        told.append(f"generations={max(one.deepest for one in people)}")
    if graph.cut:
        told.append(f"{len(graph.cut)} parent links of the file close a loop and are left out")
    asked = Listing.asked(arguments.get("limit"), arguments.get("page"))
    page = people[asked.start : asked.start + asked.limit]
    return paged(head, [_relative(tree, one) for one in page], len(people), asked, told)


def _relative(tree: Tree, one: Relative) -> str:
    via = f" (through {named(tree.person(one.through), one.through)})" if one.through else ""
    return f"{one.term}: {person_line(tree.person(one.handle), one.handle)}{via}"


def find_relationship(tree: Tree, arguments: dict[str, Any], told: list[str]) -> ToolResult:
    """Answer a call of the tool.

    Raises:
        Ambiguous: the tree has nobody of that name, or several.
    """
    first, second = meant(tree, arguments["person_a"]), meant(tree, arguments["person_b"])
    told = [*told, *(one.told for one in (first, second) if one.told)]
    a, b = first.person, second.person
    if a.handle == b.handle:
        return ToolResult.of([f"{named(a)}: both are the same person", *told], total=0)
    kind = arguments.get("kind", "all")
    found = relationship(tree, a.handle, b.handle, kind)
    if found.cut:
        told.append(f"{len(found.cut)} parent links of the file close a loop and are left out")
    if found.searched:
        told.append(f"({found.searched})")
    if not found.lines:
        how = {"all": "", "blood": " by blood", "marriage": " by marriage"}[kind]
        return ToolResult.of([f"no relationship{how} recorded between {named(a)} and {named(b)}", *told], total=0)
    shown = [one for one in found.lines if not one.remote][:_LINES]
    lines = [_line(tree, a, b, one, number) for number, one in enumerate(shown)]
    lines[0] += f" | total={len(found.lines)}"
    if len(found.lines) > len(shown):
        lines.append(f"and {len(found.lines) - len(shown)} lines more, through remoter ancestors")
    return ToolResult.of([*lines, *told], total=len(found.lines))


def _line(tree: Tree, a: Person, b: Person, line: Line, number: int) -> str:
    parts = [f"{'also: ' if number else ''}{line.term} ({line.basis}) [{a.handle}~{b.handle}]"]
    if line.term != line.inverse:
        parts.append(f"{named(a)} is the {line.term} of {named(b)}; {named(b)} is the {line.inverse} of {named(a)}")
    else:
        parts.append(
            f"{named(a)} and {named(b)} are {line.term}s" if " " not in line.term else f"{named(a)}, {named(b)}"
        )
    if line.up_a and line.up_b:
        common = " + ".join(named(tree.person(one), one) for one in line.common)
        parts.append(f"common: {common}, {line.up_a} up / {line.up_b} up")
    if len(line.path) <= _LONG_PATH:
        parts.append(f"path: {line.text}")
    else:
        half = _LONG_PATH // 2
        start = line.path[0] + "".join(x + y for x, y in zip(line.arrows[:half], line.path[1:], strict=False))
        end = "".join(x + y for x, y in zip(line.arrows[-half:], line.path[-half:], strict=True))
        parts.append(f"path of {len(line.arrows)} steps: {start} ... {end}")
    return " | ".join(parts)
