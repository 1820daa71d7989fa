"""A model's arguments made usable: names mended, numbers read from text, choices held to what there is.

What was mended is told with the result, so that the model learns; what cannot be is refused in one line that says what
to write instead.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from typing import Any, cast

__all__ = ["Refused", "mended"]

_PAGE = "page"
_LONGEST = 400
_SYNONYMS = {
    "id": "person",
    "handle": "person",
    "query": "text",
    "q": "text",
    "search": "text",
    "person1": "person_a",
    "person2": "person_b",
    "relationship": "relation",
    "year": "from_year",
    "start_year": "from_year",
    "end_year": "to_year",
    "max_results": "limit",
    "depth": "generations",
    "location": "place",
    "region": "place",
}


class Refused(Exception):
    """One line that tells what is wrong with a call, and what to do."""


def mended(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return a call's arguments as the tool takes them, and what was changed, a sentence each.

    Args:
        schema: one of `SCHEMAS`.
        arguments: as a model wrote them; `page` may stand among them for every tool.

    Raises:
        Refused: an argument is missing, or has a value that cannot be read.
    """
    properties: Mapping[str, Any] = schema["parameters"]["properties"]
    known = [*properties, _PAGE]
    taken: dict[str, Any] = {}
    told: list[str] = []
    for given, value in arguments.items():
        if value is None or value == "":
            continue
        name = given if given in known else _nearest(str(given), [one for one in known if one not in arguments])
        if not name:
            told.append(f"no argument {_short(given)}: ignored; there are {', '.join(properties)}")
            continue
        if name != given:
            told.append(f"{_short(given)} read as {name}")
        taken[name] = _value(name, properties.get(name, {"type": "integer"}), value, told)
    missing = [name for name in schema["parameters"]["required"] if name not in taken]
    if missing:
        raise Refused(f"{schema['name']} needs {' and '.join(missing)}: call it again with {_example(missing)}")
    return taken, told


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else text[:39] + "\u2026"


def _nearest(given: str, names: list[str]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", re.sub(r"([a-z])([A-Z])", r"\1_\2", given).lower()).strip("_")
    plain = _SYNONYMS.get(plain, plain)
    if plain in names:
        return plain
    near = difflib.get_close_matches(plain[:60], names, 1, 0.75)
    return near[0] if near else ""


def _example(names: list[str]) -> str:
    examples = {
        "person": '"I12"',
        "person_a": '"I12"',
        "person_b": '"I90"',
        "from_year": "1850",
        "relation": '"parents"',
    }
    return ", ".join(name + "=" + examples.get(name, '"..."') for name in names)


def _value(name: str, wanted: Mapping[str, Any], value: Any, told: list[str]) -> Any:
    if isinstance(value, list) and len(cast("list[Any]", value)) == 1:
        value = cast("list[Any]", value)[0]
    if isinstance(value, (dict, list)):
        raise Refused(
            f"{name} must be one {'number' if wanted['type'] == 'integer' else 'text'}, not a list or an object"
        )
    if wanted["type"] == "integer":
        return _number(name, value)
    text = " ".join(str(value).split())
    if len(text) > _LONGEST:
        raise Refused(f"{name} has {len(text)} characters; the most is {_LONGEST}: write a shorter one")
    if "enum" not in wanted:
        return text
    return _chosen(name, list(wanted["enum"]), text, told)


def _number(name: str, value: object) -> int:
    if isinstance(value, bool):
        raise Refused(f"{name} must be a whole number, not {value}")
    if isinstance(value, (int, float)) and math.isfinite(value):
        number = int(value)
    else:
        digits = re.fullmatch(r"\s*[+-]?(\d{1,6})(?:\.0*)?s?\s*", str(value)[:40])
        if digits is None:
            raise Refused(f"{name} must be a whole number, not {_short(value)}")
        number = int(str(value).strip().rstrip("s").split(".")[0])
    if abs(number) > 999_999:
        raise Refused(f"{name} must be between -999999 and 999999")
    return number


def _chosen(name: str, choices: list[str], text: str, told: list[str]) -> str:
    plain = re.sub(r"[^a-z]+", "_", text.lower()).strip("_")
    for form in (plain, f"{plain}s", plain.rstrip("s")):
        if form in choices:
            return form
    near = difflib.get_close_matches(plain[:60], choices, 1, 0.75)
    if not near:
        raise Refused(f"{name} cannot be {_short(text)}; it is one of: {', '.join(choices)}")
    told.append(f"{name} {_short(text)} read as {near[0]}")
    return near[0]
