"""What the six tools are called, what they take, and what they say of themselves to a model.

Arguments are flat: text, whole numbers and choices. Small models drop what is nested and what is optional, so everything
but the person or the search text may be left out.
"""

from __future__ import annotations

from typing import Any

from gemwright_simon.kinship import RELATIONS

__all__ = ["SCHEMAS", "TOPICS"]

TOPICS = ("any", "war", "migration", "borders", "law", "disease", "religion", "calendar", "work")
"""What historical context can be asked about."""


def _text(description: str = "") -> dict[str, Any]:
    return {"type": "string", "description": description} if description else {"type": "string"}


def _choice(*values: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


_NUMBER: dict[str, Any] = {"type": "integer"}


def _tool(name: str, description: str, required: list[str], /, **properties: dict[str, Any]) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": required}
    return {"name": name, "description": description, "parameters": parameters}


SCHEMAS: tuple[dict[str, Any], ...] = (
    _tool(
        "find_people",
        "Search, filter, sort, count or group people in the tree.",
        [],
        name=_text("full or partial name; spelling variants are found"),
        place=_text(),
        event=_choice("any", "birth", "baptism", "marriage", "death", "burial", "residence", "occupation"),
        from_year=_NUMBER,
        to_year=_NUMBER,
        sort=_choice("match", "birth", "death", "age", "children", "name"),
        group_by=_choice("surname", "given", "birth_place", "death_place", "birth_decade", "occupation"),
        problem=_choice(
            "no_sources",
            "no_parents",
            "no_birth_date",
            "dates_conflict",
            "impossible_dates",
            "young_parent",
            "possible_duplicate",
            "conflicting_sources",
        ),
        limit=_NUMBER,
    ),
    _tool(
        "lookup_person",
        "Everything recorded about one person: names, events, family, sources, notes.",
        ["person"],
        person=_text(),
        section=_choice("summary", "events", "family", "sources", "notes", "timeline"),
    ),
    _tool(
        "find_relatives",
        "List relatives of one kind, e.g. cousins, ancestors, descendants, in-laws.",
        ["person", "relation"],
        person=_text(),
        relation=_choice(*RELATIONS),
        generations=_NUMBER,
        limit=_NUMBER,
    ),
    _tool(
        "find_relationship",
        "How two people are related, through whom, by blood and by marriage.",
        ["person_a", "person_b"],
        person_a=_text(),
        person_b=_text(),
        kind=_choice("all", "blood", "marriage"),
    ),
    _tool(
        "search_records",
        "Search sources, citations, notes, events and places as recorded.",
        ["text"],
        text=_text(),
        kind=_choice("any", "source", "note", "event", "place"),
        person=_text(),
        from_year=_NUMBER,
        to_year=_NUMBER,
        limit=_NUMBER,
    ),
    _tool(
        "get_historical_context",
        "General history for a place and years. Background only, not evidence about a person.",
        ["place", "from_year"],
        place=_text(),
        from_year=_NUMBER,
        to_year=_NUMBER,
        topic=_choice(*TOPICS),
    ),
)
"""Name, description and parameters of each tool, as JSON Schema."""
