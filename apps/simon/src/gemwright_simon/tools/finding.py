"""`find_people` and `search_records`: people by name, place, years and problem, and the words of the records themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gemwright_simon.quality import PROBLEMS, having
from gemwright_simon.tools.lines import named, person_line, plain
from gemwright_simon.tools.people import meant
from gemwright_simon.tools.results import Listing, ToolResult, paged
from gemwright_simon.tree import Selection, Tree

__all__ = ["find_people", "search_records"]

_FILTERS = ("name", "place", "event", "from_year", "to_year")


def find_people(tree: Tree, arguments: dict[str, Any], told: list[str]) -> ToolResult:
    """Answer a call of the tool."""
    asked = Listing.asked(arguments.get("limit"), arguments.get("page"))
    first, last = arguments.get("from_year"), arguments.get("to_year")
    if first is not None and last is not None and first > last:
        first, last = last, first
        told = [*told, f"years read as {first} to {last}"]
    wanted = Selection(
        name=arguments.get("name", ""),
        place=arguments.get("place", ""),
        event=arguments.get("event", "any"),
        from_year=first,
        to_year=last,
    )
    if problem := arguments.get("problem", ""):
        wanted = (
            replace(wanted, among=having(tree, problem)) if problem in PROBLEMS else replace(wanted, lacking=problem)
        )
    head = _described(arguments)
    if "group_by" in arguments:
        total, groups = tree.group(arguments["group_by"], wanted, asked.limit, asked.start)
        lines = [f"{plain(value, 100)}: {count}" for value, count in groups]
        return paged(f"{arguments['group_by'].replace('_', ' ')} of {head}", lines, total, asked, told)
    sort = arguments.get("sort") or ("match" if wanted.name else "name")
    total, people = tree.select(wanted, sort, asked.limit, asked.start)
    if not any(name in arguments for name in (*_FILTERS, "problem")):
        counts = f"people={tree.count_people} families={tree.count_families} sources={tree.count_sources}"
        told = [*told, counts]
    if not total:
        return ToolResult.of([f"{head}: no match or private, total=0", *told, *_hint(wanted, problem)], total=0)
    lines = [person_line(tree.person(handle), handle) + (f" ({reason})" if reason else "") for handle, reason in people]
    return paged(head, lines, total, asked, told)


def _hint(wanted: Selection, problem: str) -> list[str]:
    filters = [name for name in ("place", "from_year", "to_year") if getattr(wanted, name)] + ["problem"] * bool(
        problem
    )
    if wanted.name and filters:
        return [f"Try it without {filters[-1]}."]
    return ["Try a part of the name or another spelling."] if wanted.name else []


def _described(arguments: dict[str, Any]) -> str:
    words = ["people"]
    if "name" in arguments:
        words.append(f'named "{plain(arguments["name"], 80)}"')
    if "event" in arguments and arguments["event"] != "any":
        words.append(f"by {arguments['event']}")
    if "place" in arguments:
        words.append(f'in "{plain(arguments["place"], 80)}"')
    if "from_year" in arguments or "to_year" in arguments:
        words.append(f"from {arguments.get('from_year', '...')} to {arguments.get('to_year', '...')}")
    if "problem" in arguments:
        words.append(f"with {arguments['problem'].replace('_', ' ')}")
    return " ".join(words)


def search_records(tree: Tree, arguments: dict[str, Any], told: list[str]) -> ToolResult:
    """Answer a call of the tool.

    Raises:
        Ambiguous: the tree has nobody of the name given as `person`, or several.
    """
    person = ""
    about = ""
    if "person" in arguments:
        found = meant(tree, arguments["person"])
        person, about = found.person.handle, f" for {named(found.person)}"
        told = [*told, *([found.told] if found.told else [])]
    asked = Listing.asked(arguments.get("limit"), arguments.get("page"))
    kind = arguments.get("kind", "any")
    total, hits = tree.search(
        arguments["text"],
        kind=kind,
        person=person,
        from_year=arguments.get("from_year"),
        to_year=arguments.get("to_year"),
        limit=asked.limit,
        offset=asked.start,
    )
    head = f'{"records" if kind == "any" else kind + "s"} with "{plain(arguments["text"], 80)}"{about}'
    if not total:
        return ToolResult.of([f"{head}: none recorded, total=0", *told, "Try fewer words, or kind=any."], total=0)
    lines = [f'{hit.kind}: "{plain(hit.text, 400)}" [{hit.handle}]' for hit in hits]
    return paged(head, lines, total, asked, told)
