"""Tools in the manner of public tool servers, written for this project: real nouns, flat arguments, natural questions.

The tables are `servers/*.txt`, a tool a line: `domain|names|descriptions|arguments|questions`. Names are separated by
commas, descriptions by `~`, arguments by `;` (`name/other:kind*:description`, the star for required ones), questions by
`;`. In a question `{name}` is a value, `[...]` an optional part, `[name=value: text]` an optional part that sets an
argument, `<name=value: text>` the same but always there. `python -m training.servers FILE` checks a table and shows samples.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from gemwright.messages import ToolSpec
from training.questions import polish
from training.tools import TYPES, Tool, quote, spoken
from training.values import Draw
from training.verbs import VERBS
from training.words import capital

__all__ = ["FOLDER", "Entry", "entries", "faults", "server_tools"]

FOLDER: Final = Path(__file__).with_name("servers")
_SLOT: Final = re.compile(r"\{(\w+)\}")
_OPTION: Final = re.compile(r"\[([^\[\]]*)\]")
_SETS: Final = re.compile(r"(\w+)=([^:<>\[\]]+):")
_ALWAYS: Final = re.compile(r"<(\w+)=([^:<>]+):([^<>]*)>")
_LISTS: Final = {
    "words": "word", "files": "path", "phrases": "title", "people": "person", "numbers": "signed", "idents": "ident",
}  # fmt: skip
_FREE: Final = frozenset("sentence phrase title symbols sql code long text prompt query name place lines json".split())
_ALWAYS_QUOTED: Final = frozenset("symbols lines long".split())
_GIVES: Final = frozenset("list find show past search query recent browse filter".split())
_DONE: Final = frozenset(
    "create add update delete remove set send make open close start stop cancel move rename copy put save write post "
    "reply book order pay turn push merge assign".split()
)


@dataclass(frozen=True, slots=True)
class Slot:
    """An argument of a tool in a table."""

    names: tuple[str, ...]
    kind: str
    required: bool
    says: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a table."""

    domain: str
    names: tuple[str, ...]
    texts: tuple[str, ...]
    slots: tuple[Slot, ...]
    asks: tuple[str, ...]


def _slot(text: str) -> Slot:
    names, kind, says = text.split(":", 2)
    return Slot(tuple(names.split("/")), kind.rstrip("*"), kind.endswith("*"), says.strip())


def _entry(line: str) -> Entry:
    domain, names, texts, slots, asks = line.split("|")
    return Entry(
        domain,
        tuple(one.strip() for one in names.split(",")),
        tuple(one.strip() for one in texts.split("~")),
        tuple(_slot(part) for part in slots.split(";") if part.strip()),
        tuple(one.strip() for one in asks.split(";") if one.strip()),
    )


def _pieces(path: Path) -> Iterator[tuple[int, str]]:
    for at, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        if line.strip():
            yield at, line


@cache
def entries() -> dict[str, list[Entry]]:
    """Return the tools of all tables by domain."""
    found: dict[str, list[Entry]] = {}
    for path in sorted(FOLDER.glob("*.txt")):
        for _, line in _pieces(path):
            one = _entry(line)
            found.setdefault(one.domain, []).append(one)
    return found


def faults(path: Path) -> Iterator[str]:
    """Yield what is wrong in a table, a line each."""
    known = set(Draw(random.Random(0)).kinds) | {"bool"} | set(_LISTS)
    for at, line in _pieces(path):
        try:
            one = _entry(line)
        except ValueError as wrong:
            yield f"{path.name}:{at}: {wrong}"
            continue
        kinds = {slot.names[0]: slot for slot in one.slots}
        for slot in one.slots:
            if slot.kind not in known and not slot.kind.startswith("enum("):
                yield f"{path.name}:{at}: no kind {slot.kind}"
        for name in (*one.names, *(name for slot in one.slots for name in slot.names)):
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name):
                yield f"{path.name}:{at}: {name!r} is no name"
        for ask in one.asks:
            bare = _OPTION.sub("", ask)
            sure = set(_SLOT.findall(bare)) | {name for name, _, _ in _ALWAYS.findall(bare)}
            named = set(_SLOT.findall(ask)) | {name for name, _ in _SETS.findall(ask)}
            missing = {name for name, slot in kinds.items() if slot.required} - sure
            if missing or named - set(kinds):
                yield f"{path.name}:{at}: {ask!r}: missing {sorted(missing)}, unknown {sorted(named - set(kinds))}"
            if re.search(r"[\[\]<>]", _ALWAYS.sub("", bare)):
                yield f"{path.name}:{at}: {ask!r}: brackets"


def _value(draw: Draw, kind: str) -> Any:
    if kind.startswith("enum("):
        return draw.one(kind[5:-1].split("/"))
    if kind == "bool":
        return draw.chance(0.5)
    if kind in _LISTS:
        return list(dict.fromkeys(draw.value(_LISTS[kind]) for _ in range(draw.whole(1, 4))))
    value = draw.value(kind)
    return value if kind in TYPES else str(value)


def _constant(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    return int(text) if re.fullmatch(r"-?\d+", text) else text


def _shown(draw: Draw, kind: str, value: Any, closed: bool) -> str:
    """Return a value as a question gives it; free text that nothing closes is put in quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        texts = [f'"{one}"' if kind == "phrases" or draw.chance(0.1) else str(one) for one in value]
        return texts[0] if len(texts) == 1 else ", ".join(texts[:-1]) + " and " + texts[-1]
    text = str(value)
    if kind.startswith("enum("):
        return text if "_" not in text or draw.chance(0.5) else text.replace("_", " ")
    if kind in TYPES:
        return text
    spoilt = text[-1:] in ".!?,;:" or text[:1] in "\"'`"
    if spoilt or kind in _ALWAYS_QUOTED or (kind in _FREE and " " in text and draw.chance(0.35 if closed else 0.8)):
        return quote(draw, text)
    return quote(draw, text) if draw.chance(0.06) else text


def _schema(slot: Slot, number: str) -> dict[str, Any]:
    if slot.kind in _LISTS:
        return {"type": "array", "items": {"type": "number" if slot.kind == "numbers" else "string"}}
    if slot.kind == "bool":
        return {"type": "boolean"}
    if slot.kind.startswith("enum("):
        return {"type": "string", "enum": slot.kind[5:-1].split("/")}
    kind = TYPES.get(slot.kind, "string")
    return {"type": number if kind == "integer" else kind}


def _named(draw: Draw, entry: Entry) -> dict[str, str]:
    """Return the name of each argument, sometimes another one of its names."""
    renamed = {slot.names[0]: draw.one(slot.names) for slot in entry.slots}
    if len(set(renamed.values())) < len(renamed):
        renamed = {name: name for name in renamed}
    if draw.chance(0.12):  # in the other manner of writing names
        for name, other in renamed.items():
            first, *rest = other.split("_")
            renamed[name] = first + "".join(capital(part) for part in rest)
    return renamed


def _tool(draw: Draw, entry: Entry, prefix: str) -> Tool:
    renamed = _named(draw, entry)
    described, number = draw.chance(0.8), draw.one(("integer", "number"))
    properties: dict[str, Any] = {}
    for slot in draw.random.sample(entry.slots, len(entry.slots)) if draw.chance(0.5) else entry.slots:
        schema = _schema(slot, number)
        if described:
            schema["description"] = slot.says
        properties[renamed[slot.names[0]]] = schema
    parameters: dict[str, Any] = {"type": "object", "properties": properties}
    required = [renamed[slot.names[0]] for slot in entry.slots if slot.required]
    if required or draw.chance(0.3):
        parameters["required"] = required
    text = draw.one(entry.texts) + draw.one(("", ".", ".", ". Returns text.", ". Returns JSON."))
    chosen = draw.one(entry.names)
    first, *rest = chosen.split("_")
    style = draw.random.random()
    if style < 0.12:
        chosen = first + "".join(capital(part) for part in rest)
    elif style < 0.2:
        chosen = "-".join((first, *rest))
    elif style < 0.25:  # the description alone tells what it does
        chosen = draw.nonce()
    kinds = {slot.names[0]: slot.kind for slot in entry.slots}

    def fill(inner: Draw) -> tuple[str, dict[str, Any]]:
        given: dict[str, Any] = {}

        def option(match: re.Match[str]) -> str:
            if not inner.chance(0.45):
                return ""
            sets = _SETS.match(match[1])
            if sets is None or sets[1] not in kinds:
                return match[1]
            given[renamed[sets[1]]] = _constant(sets[2])
            return match[1][sets.end() :]

        def always(match: re.Match[str]) -> str:
            given[renamed[match[1]]] = _constant(match[2])
            return match[3]

        asked = _ALWAYS.sub(always, _OPTION.sub(option, inner.one(entry.asks)))
        asked = re.sub(r" {2,}", " ", asked).replace(" ,", ",").strip()
        for slot in entry.slots:  # what no question of the table speaks of is named
            name = slot.names[0]
            if not slot.required and renamed[name] not in given and f"{{{name}}}" not in asked and inner.chance(0.12):
                asked += inner.one(_NAMED).format(n=spoken(renamed[name]), v=f"{{{name}}}")

        def put(match: re.Match[str]) -> str:
            value = given[renamed[match[1]]] = _value(inner, kinds[match[1]])
            closed = asked[match.end() : match.end() + 1] in ("", ",", ":", ";", ")")
            return _shown(inner, kinds[match[1]], value, closed)

        question = _SLOT.sub(put, asked)
        if asked.startswith("{"):  # a value keeps its first letter as it is
            return question + inner.one((".", "", "!")), given
        return polish(inner, question, _imperative(asked)), given

    did = entry.names[0].split("_")[0]
    verb = VERBS["list" if did in _GIVES else "create" if did in _DONE else "get"]
    goal = spoken(chosen)  # what the declaration does not show, nobody could say
    noun = goal.split(" ", 1)[-1] if " " in goal else "result"
    return Tool(ToolSpec(prefix + chosen, text, parameters), verb, noun, (), (), False, "", fill, goal)


_NAMED: Final = (", {n} {v}", ", with {n} {v}", " with {n} set to {v}", ", {n}: {v}", " and {n} {v}", ", {n} = {v}")
_COMMANDS: Final = frozenset(
    ask.split(" ", 1)[0] for verb in VERBS.values() for ask in (*verb.asks, *verb.names) if "_" not in ask
) - frozenset("what which how is are do does i the to no log number total current now latest newest ask".split())


def _imperative(text: str) -> bool:
    """Whether a question is a command, before which a polite opening fits."""
    return text.split(" ", 1)[0].lower() in _COMMANDS


def server_tools(draw: Draw, count: int) -> list[Tool]:
    """Return so many tools of one or two servers, in any order."""
    domains = draw.random.sample(list(entries()), len(entries()))
    found: list[Tool] = []
    for domain in domains:
        prefix = draw.one(("", "", "", domain + "_", domain + "-", draw.plain() + "_"))
        known = entries()[domain]
        most = count - len(found)
        if most > 2 and draw.chance(0.25):  # the rest is of another server
            most = draw.whole(2, most - 1)
        found += [_tool(draw, one, prefix) for one in draw.random.sample(known, min(len(known), most))]
        if len(found) >= count:
            break
    draw.random.shuffle(found)
    names = [one.name for one in found]
    return found if len(set(names)) == len(names) else server_tools(draw, count)


def main(paths: list[str]) -> int:
    """Check tables and show samples of their questions."""
    wrong = [line for path in paths for line in faults(Path(path))]
    print("\n".join(wrong[:60]))
    draw = Draw(random.Random())
    for path in paths if not wrong else ():
        lines = [line for _, line in _pieces(Path(path))]
        for line in random.sample(lines, min(len(lines), 25)):
            one = _tool(draw, _entry(line), "")
            asked, given = one.fill(draw) if one.fill else ("", {})
            print(f"{one.name}: {asked}\n    {given}")
        print(f"{path}: {len(lines)} tools")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
