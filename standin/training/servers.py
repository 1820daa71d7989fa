"""Tools in the manner of public tool servers, written for this project: real nouns, flat arguments, natural questions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gemwright.messages import ToolSpec
from training.questions import polish
from training.tools import TYPES, Tool, quote
from training.verbs import VERBS
from training.words import Draw, capital

__all__ = ["server_tools"]

_TABLE: Final = Path(__file__).with_name("servers.txt").read_text()
_SLOT: Final = re.compile(r"\{(\w+)\}")
_OPTION: Final = re.compile(r"\[([^\]]*)\]")
_QUOTED: Final = frozenset(("sentence", "phrase", "title", "symbols", "sql", "code"))
_OTHER_NAMES: Final = {
    "location": ("path", "file_path", "file", "location"), "folder": ("path", "directory", "folder", "dir"),
    "workdir": ("repo_path", "repository", "workdir", "path"), "words": ("query", "q", "words", "search_query", "term"),
    "most": ("limit", "max_count", "most", "max_results"), "text": ("text", "content", "message", "body"),
    "project": ("repo", "repository", "project", "project_name"), "address": ("url", "address", "link"),
    "zone": ("timezone", "zone", "tz"), "statement": ("query", "sql", "statement"), "table": ("table", "table_name"),
    "channel": ("channel_id", "channel", "room"), "element": ("selector", "element", "target"),
    "ticket": ("ticket", "issue_number", "number"), "names": ("names", "files", "items"),
    "line": ("branch", "branch_name", "line"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Entry:
    domain: str
    name: str
    text: str
    arguments: tuple[tuple[str, str, bool, str], ...]
    asks: tuple[str, ...]


def _read() -> dict[str, list[_Entry]]:
    found: dict[str, list[_Entry]] = {}
    for line in _TABLE.strip().split("\n"):
        domain, name, text, arguments, asks = line.split("|")
        split = [part.split(":", 2) for part in re.split(r",(?=\w+:)", arguments) if part]
        entry = _Entry(
            domain,
            name,
            text,
            tuple((n, kind.rstrip("*"), kind.endswith("*"), says) for n, kind, says in split),
            tuple(asks.split(";")),
        )
        found.setdefault(domain, []).append(entry)
    return found


_DOMAINS: Final = _read()
_GIVES: Final = {"list": "list", "find": "list", "show": "list", "past": "list"}


def _value(draw: Draw, kind: str) -> Any:
    if kind.startswith("enum("):
        return draw.one(kind[5:-1].split("/"))
    if kind == "bool":
        return draw.chance(0.5)
    if kind in ("words", "files", "phrases"):
        one = {"words": "word", "files": "path", "phrases": "title"}[kind]
        return list(dict.fromkeys(str(draw.value(one)) for _ in range(draw.whole(1, 4))))
    value = draw.value(kind)
    return value if kind in TYPES else str(value)


def _shown(draw: Draw, kind: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        texts = [f'"{one}"' if kind == "phrases" or draw.chance(0.1) else str(one) for one in value]
        return texts[0] if len(texts) == 1 else ", ".join(texts[:-1]) + " and " + texts[-1]
    text = str(value)
    return quote(draw, text) if kind in _QUOTED and (" " in text or draw.chance(0.8)) else text


def _tool(draw: Draw, entry: _Entry, prefix: str) -> Tool:
    renamed = {
        name: draw.one(_OTHER_NAMES.get(name, (name,))) if draw.chance(0.6) else name for name, *_ in entry.arguments
    }
    if len(set(renamed.values())) < len(renamed):
        renamed = {name: name for name in renamed}
    properties: dict[str, Any] = {}
    described = draw.chance(0.75)
    number = draw.one(("integer", "number"))
    for name, kind, _, says in draw.random.sample(entry.arguments, len(entry.arguments)):
        schema: dict[str, Any] = (
            {"type": "array", "items": {"type": "string"}}
            if kind in ("words", "files", "phrases")
            else {
                "type": "boolean"
                if kind == "bool"
                else number
                if TYPES.get(kind) == "integer"
                else TYPES.get(kind, "string")
            }
        )
        if kind.startswith("enum("):
            schema["enum"] = kind[5:-1].split("/")
        if described:
            schema["description"] = says
        properties[renamed[name]] = schema
    parameters: dict[str, Any] = {"type": "object", "properties": properties}
    required = [renamed[name] for name, _, needed, _ in entry.arguments if needed]
    if required:
        parameters["required"] = required
    text = entry.text + draw.one(
        (
            ".",
            "",
            ".",
            f". Part of the {draw.word()} service.",
            ". Returns text.",
            f". {capital(draw.words(draw.whole(3, 9)))}.",
        )
    )
    kinds = {name: kind for name, kind, _, _ in entry.arguments}

    def fill(inner: Draw) -> tuple[str, dict[str, Any]]:
        text = _OPTION.sub(lambda match: match[1] if inner.chance(0.45) else "", inner.one(entry.asks))
        given: dict[str, Any] = {}

        def put(match: re.Match[str]) -> str:
            given[renamed[match[1]]] = value = _value(inner, kinds[match[1]])
            return _shown(inner, kinds[match[1]], value)

        question = _SLOT.sub(put, text)
        return polish(
            inner,
            question,
            not question.startswith(
                ("I ", "if", "are", "is ", "do ", "will", "has", "when", "where", "who", "days", "flights", "forecast")
            ),
        ), given

    verb = VERBS["list" if entry.name.split("_")[0] in _GIVES else "get"]
    noun = entry.name.replace("_", " ").split(" ", 1)[-1]
    name = prefix + entry.name
    if draw.chance(0.2):
        parts = entry.name.split("_")
        name = prefix + parts[0] + "".join(capital(part) for part in parts[1:])
    return Tool(ToolSpec(name, text, parameters), verb, noun, (), (), False, "", fill)


def server_tools(draw: Draw, count: int) -> list[Tool]:
    """Return so many tools of one or two servers, in any order."""
    domains = draw.random.sample(list(_DOMAINS), len(_DOMAINS))
    found: list[Tool] = []
    for domain in domains:
        prefix = draw.one(("", "", "", domain + "_", domain + "-", draw.plain() + "_"))
        entries = _DOMAINS[domain]
        chosen = draw.random.sample(entries, min(len(entries), count - len(found)))
        found += [_tool(draw, entry, prefix) for entry in chosen]
        if len(found) >= count:
            break
    draw.random.shuffle(found)
    return found
