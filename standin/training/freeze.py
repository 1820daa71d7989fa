"""Writes the test sets into `frozen/`, once, with the hash of each: `python -m training.freeze`.

Each line is one case: `{"kind", "messages", "tools", "thinking", "flavour", "expect"}`, messages and tools as chat JSON.
The messages are the whole conversation; what follows the last user message is what is asked for. `expect` is
`{"steps": [...]}`, the steps of the model's turn in order: `{"calls": [{"name", "arguments"}, ...], "results": [...]}`,
exactly these calls, after which the results go in, or `{"answer": text, "quotes": [...]}`, an answer that holds each
quote. `copy.jsonl` has `"value"`, `"cell"` (its kind) and `"words"` (its length); `orders.jsonl` has `"group"`: three
lines of one group are one question with three orders of the tools. `parrot_random.jsonl` has `"text"`: what the model is
to say, as `tokenizer.encode(text, markers=True)`.

All names and values are those that training never draws (see `training.words`).
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from gemwright.catalog.claims import Claim
from gemwright.catalog.load import catalog
from gemwright.messages import Message, ToolSpec
from gemwright.wire import messages_to_openai
from training import apps
from training.conversations import Example, Talk, example
from training.parrot import Parrot
from training.questions import result
from training.tokenizer import load
from training.tools import Argument, Tool, quote, spoken, tool, toolset
from training.values import SCRIPTS, Draw

__all__ = ["case", "write_all"]

_FROZEN: Final = Path(__file__).with_name("frozen")
_FACTS: Final = Path(__file__).with_name("facts.json")
_LENGTHS: Final = (1, 2, 4, 8, 12, 16, 20, 24)
_OTHERS: Final = ("identity", "format", "unknown", "ask back", "echo", "hello", "family", "flat object", "long")


def case(one: Example) -> dict[str, Any]:
    """Return an example as a test."""
    return {
        "kind": one.kind,
        "messages": messages_to_openai(one.messages),
        "tools": [spec.to_json() for spec in one.tools],
        "thinking": one.thinking,
        "flavour": one.flavour,
        "expect": one.expect,
    }


def _calls(source: random.Random) -> Iterable[dict[str, Any]]:
    """100 conversations at each number of tools from one to six."""
    kinds = ("single",) * 11 + ("parallel",) * 3 + ("chain",) * 3 + ("multi-turn",) * 3
    for count in range(1, 7):
        at = 0
        while at < 100:
            one = example(source, test=True, kind=kinds[at % len(kinds)], count=count)
            if len(one.tools) == count and any("calls" in step for step in one.expect["steps"]):
                at += 1
                yield {**case(one), "count": count}


def _orders(source: random.Random) -> Iterable[dict[str, Any]]:
    for group in range(100):
        one = example(source, test=True, kind="single", count=source.randint(3, 6))
        found = case(one)
        orders: list[list[Any]] = []
        while len(orders) < 3:
            order = source.sample(found["tools"], len(found["tools"]))
            if order not in orders:
                orders.append(order)
        for order in orders:
            yield {**found, "tools": order, "group": group}


def _cells(draw: Draw) -> list[tuple[str, int, Callable[[], Any]]]:
    def words(count: int) -> Callable[[], Any]:
        return lambda: draw.words(count)

    cells: list[tuple[str, int, Callable[[], Any]]] = [("words", count, words(count)) for count in _LENGTHS]
    cells += [
        (kind, 0, draw.kinds[kind])
        for kind in (
            "integer",
            "signed",
            "decimal",
            "grouped",
            "numeral",
            "digits",
            "date",
            "emoji",
            "symbols",
            "sentence",
            "code",
            "sql",
            "json",
            "path",
            "url",
            "email",
            "ident",
            "caps",
        )
    ]

    def script(name: str) -> Callable[[], Any]:
        return lambda: draw.script(name)

    return cells + [(name, 0, script(name)) for name in SCRIPTS]


def _copies(source: random.Random) -> Iterable[dict[str, Any]]:
    """25 values for each kind and length, each into one argument of one of three tools."""
    draw = Draw(source, test=True)
    for kind, length, value in _cells(draw):
        for _ in range(25):
            given = value()
            kind_of = {"integer": "integer", "signed": "integer", "decimal": "number"}.get(kind, "string")
            talk = Talk(draw, draw.chance(0.4))
            others: list[Tool] = toolset(draw, 2)
            one = tool(draw, "set", draw.nonce(), {other.name for other in others}, 0)
            name = draw.nonce()
            one.spec = ToolSpec(
                one.name,
                one.spec.description,
                {"type": "object", "properties": {name: {"type": kind_of}}, "required": [name]},
            )
            one.arguments = (Argument(name, "word", {"type": kind_of}, ("{v}",), True),)
            text = quote(draw, given) if isinstance(given, str) else str(given)
            talk.tools = [*others, one]
            source.shuffle(talk.tools)
            talk.user(
                draw.one(("Set the {n} with {a} {v}", "Configure the {n}, {a}: {v}", "Adjust the {n} with {v} as {a}"))
                .format(n=one.noun, a=spoken(name), v="{v}")
                .replace("{v}", text)
            )
            body, answer, quotes = result(draw, one, {name: given})
            talk.call([(one, {name: given})], [body], f"The user wants: set {one.noun}. The tool {one.name} fits.")
            talk.say(answer, "The result answers it.", quotes)
            made = talk.finish("copy", draw.one(("small", "large")))
            yield {**case(made), "value": given, "cell": kind, "words": length}


def _other(source: random.Random) -> Iterable[dict[str, Any]]:
    for kind in _OTHERS:
        for at in range(50):
            yield case(example(source, test=True, kind=kind, thinking=at % 2 == 0))


def _parrots(source: random.Random) -> Iterable[dict[str, Any]]:
    tokenizer = load()
    made = Parrot(source, tokenizer, 8192, test=True)
    for at in range(200):
        limit = 1 + 1499 * (at + 1) // 200
        said = made.said(limit)
        while len(tokenizer.encode(said.text, True)) < limit * 0.6:
            said = made.said(limit)
        messages: tuple[Message, ...] = said.messages
        yield {
            "kind": "parrot",
            "messages": messages_to_openai(messages),
            "tools": [spec.to_json() for spec in said.tools],
            "thinking": said.thinking,
            "flavour": said.flavour,
            "text": said.text,
            "expect": {"text": said.text},
        }


def write_facts(path: Path = _FACTS) -> None:
    """Write short verified sentences about Gemma 4 out of the corpus, which changes, for the generator, which must not."""
    found = [one for _, one in sorted(catalog().all(Claim).items()) if one.status == "verified" and one.asked]
    plain = [one for one in found if not one.applies and one.statement.isascii() and "<" not in one.statement]
    short = [one for one in plain if len(one.statement) <= 130]
    chosen = random.Random(4).sample(short, min(40, len(short)))
    rows = [{"statement": one.statement, "asked": list(one.asked)} for one in chosen]
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


_SETS: Final[dict[str, tuple[int, Callable[[random.Random], Iterable[dict[str, Any]]]]]] = {
    "calls": (11, _calls),
    "orders": (12, _orders),
    "copy": (13, _copies),
    "other": (14, _other),
    "parrot_random": (15, _parrots),
}


def write_all(folder: Path = _FROZEN) -> None:
    """Write the sets that do not exist yet, and the hashes of all."""
    if not _FACTS.exists():
        write_facts()
    apps.add()
    folder.mkdir(exist_ok=True)
    for name, (seed, make) in _SETS.items():
        path = folder / f"{name}.jsonl"
        if not path.exists():
            lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in make(random.Random(seed)))
            path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in sorted(folder.glob("*.jsonl"))]
    (folder / "SHA256SUMS").write_text("\n".join(sums) + "\n")


if __name__ == "__main__":
    write_all()
