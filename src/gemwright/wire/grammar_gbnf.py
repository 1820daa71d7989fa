"""Shapes to GBNF in Gemma 4's own call syntax.

Knows: how calls, objects, strings and numbers are spelt on the wire, as rules of a grammar.
Never knows: JSON schemas (`schema_tree`), or what may stand around the calls (`grammar`).

Keys come in the order of the wire (case-insensitive), optional ones may be absent. Property names that are no bare keys
stand between string marks, which parsers read and the template's raw spelling would not survive.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

from gemwright.foundation.errors import BadToolSchema
from gemwright.messages.parts import JSON
from gemwright.wire.delimiters import KEY
from gemwright.wire.grammar_rules import Rules, any_of, literal, one_of, optional, repeat
from gemwright.wire.grammar_text import FORBIDDEN, begun_mark, free_key, free_text, some_text
from gemwright.wire.schema_shapes import Anything, Choice, Number, Property, Record, Sequence, Shape, String, Union
from gemwright.wire.tokens import QUOTE
from gemwright.wire.values import encode

__all__ = ["GbnfWriter", "MarkForm"]

MarkForm: TypeAlias = Literal["token", "text"]
"""How a mark is demanded: as its control token, or as its spelling by whatever tokens."""

FREE_DEPTH: Final = 6
"""Levels of containers in a value without a schema."""
MAX_NAME: Final = 128
"""Longest property name in characters; parsers look no further for a key."""

_BEGUN_QUOTES: Final = tuple(QUOTE[:n] for n in range(1, len(QUOTE)))
_BARE_KEY: Final = re.compile(KEY)
_NATURAL: Final = "[1-9] [0-9]{0,39}"
_EXPONENT: Final = '[eE] [-+]? ([0-9]{1,2} | [12] [0-9] [0-9] | "30" [0-7])'
_FRACTION: Final = '("." [0-9]{1,40})?'
_INTEGERS: Final = {None: f'"0" | "-"? {_NATURAL}', 0: f'"0" | {_NATURAL}', 1: _NATURAL}
_REAL: Final = f'("0" | {_NATURAL}) {_FRACTION} | [0-9] {_FRACTION} {_EXPONENT}'
_REALS: Final = {None: f'"-"? ({_REAL})', 0: _REAL}


class GbnfWriter:
    """Writes the rules of values.

    Args:
        marks: how control tokens are demanded.
        longest_text: characters at most in each free text; None leaves it to the schemas.
        most_items: elements at most in arrays without a maximum of their own, and undeclared properties in a row at
            most in objects that take them; None for no limit.
    """

    def __init__(
        self, *, marks: MarkForm = "token", longest_text: int | None = None, most_items: int | None = None
    ) -> None:
        self.rules = Rules()
        self._marks: MarkForm = marks
        self._longest = longest_text
        self._most_items = most_items
        self._done: dict[int, tuple[Shape, str]] = {}

    def mark(self, token: str) -> str:
        """Return an expression for a control token."""
        return token if self._marks == "token" else literal(token)

    def text(self) -> str:
        """Return the rule of free text, which may be empty."""
        return free_text(self.rules, self._longest)

    def some_text(self) -> str:
        """Return the rule of free text that is not empty."""
        return some_text(self.rules, self._longest)

    def members(self, shape: Shape, hint: str) -> str:
        """Return the rule of an object's inside: what stands between its braces.

        Args:
            shape: a record, or a union of records.
            hint: a name for the rule.
        """
        options = [self._members(record) for record in _records(shape)]
        return self.rules.share(hint, any_of(options))

    def value(self, shape: Shape, hint: str) -> str:
        """Return the rule of a value."""
        known = self._done.get(id(shape))
        if known is None:
            # The shape is kept beside its rule: an id is only unique among living objects.
            known = self._done[id(shape)] = shape, self._value(shape, hint)
        return known[1]

    def _value(self, shape: Shape, hint: str) -> str:
        match shape:
            case Anything():
                return self._free(FREE_DEPTH)
            case Choice():
                return self.rules.share(hint, self._choice(shape.values))
            case String():
                return self._string(shape)
            case Number(integer=True):
                return self.rules.share("integer", _INTEGERS[shape.least])
            case Number():
                return self.rules.share("number", _REALS[shape.least])
            case Sequence():
                return self.rules.share(hint, f'"[" {self._elements(shape, hint)} "]"')
            case Record():
                return self.rules.share(hint, f'"{{" {self.members(shape, hint)} "}}"')
            case _:
                return self.rules.share(hint, any_of(self.value(option, hint) for option in shape.options))

    def _string(self, shape: String) -> str:
        quote = self.mark(QUOTE)
        limits = [limit for limit in (shape.longest, self._longest) if limit is not None]
        longest = min(limits, default=None)
        if shape.may_be_empty:
            return self.rules.share("string", f"{quote} {free_text(self.rules, longest)} {quote}")
        whole = f"{quote} {some_text(self.rules, longest)} {quote}"
        return self.rules.share("string", f"{whole} | {quote} {begun_mark(self.rules, longest)} {literal(QUOTE)}")

    def _choice(self, values: Iterable[JSON]) -> str:
        texts: list[str] = []
        scalars: list[str] = []
        containers: list[str] = []
        for value in values:
            _check_writable(value)
            if isinstance(value, str):
                texts.append(value)
            elif isinstance(value, list | dict):
                containers.append(literal(encode(value)))
            else:
                scalars.append(encode(value))
        options = self._listed_texts(texts)
        options += [one_of(scalars)] if scalars else []
        return any_of(options + containers)

    def _listed_texts(self, texts: list[str]) -> list[str]:
        """Return expressions for some strings. Where one ends like a mark begins, no token literal may follow."""
        quote = self.mark(QUOTE)
        risky = [text for text in texts if text.endswith(_BEGUN_QUOTES)]
        plain = [text for text in texts if not text.endswith(_BEGUN_QUOTES)]
        options = [f"{quote} {one_of(plain)} {quote}"] if plain else []
        return [*options, f"{quote} {one_of(risky)} {literal(QUOTE)}"] if risky else options

    def _free(self, levels: int) -> str:
        """Return the rule of any value, containers in it nested at most so many levels."""
        name = f"value--{levels}"
        if name not in self.rules:
            options = [
                self._string(String()),
                self.value(Number(integer=False), "number"),
                '"true"',
                '"false"',
                '"null"',
            ]
            if levels:
                inner = self._free(levels - 1)
                pair = self.rules.share("pair", f'{free_key(self.rules, frozenset())} ":" {inner}')
                options += [f'"[" {self._list(inner, 0, None)} "]"', f'"{{" {self._list(pair, 0, None)} "}}"']
            self.rules.set(name, " | ".join(options))
        return name

    def _list(self, item: str, least: int, most: int | None) -> str:
        """Return an expression for `least` to `most` items with commas between them."""
        if most is None and self._most_items is not None:
            most = max(self._most_items, least)
        if most == 0:
            return '""'
        more = self.rules.share("more", f'"," {item}')
        items = f"{item} {repeat(more, max(least - 1, 0), None if most is None else most - 1)}"
        return items if least else optional(items)

    def _elements(self, shape: Sequence, hint: str) -> str:
        items = self.value(shape.items, f"{hint}-item") if shape.items else None
        if not shape.head:
            return self._list(items, shape.least, shape.most) if items else '""'
        count = len(shape.head)
        expression = '""'
        if items and (shape.most is None or shape.most > count):
            more = self.rules.share("more", f'"," {items}')
            least = max(shape.least - count, 0)
            most = shape.most - count if shape.most is not None else self._most_items
            expression = repeat(more, least, None if most is None else max(most, least))
        for i in reversed(range(count)):
            comma = '"," ' if i else ""
            expression = f"{comma}{self.value(shape.head[i], f'{hint}-{i}')} {expression}"
            if i >= shape.least:
                expression = optional(expression)
        return expression

    def _members(self, record: Record) -> str:
        """Return an expression for the inside of one object.

        From the last property to the first, three ways to go on: `start` where nothing is written yet, `then` where
        something is, and `after` where undeclared properties may come before that. They may only directly after a
        written one, so there is one way to read each object.
        """
        start = then = '""'
        first, more = self._extras(record)
        after = more
        for prop in reversed(record.properties):
            pair = self._pair(prop.name, self.value(prop.shape, prop.name))
            start = self._step(prop, f"{pair} {after}", start)
            then = self._step(prop, f'"," {pair} {after}', then)
            after = self.rules.share("next", f"{more} {then}")
        return any_of([start, f"{first} {then}"]) if first else start

    def _extras(self, record: Record) -> tuple[str | None, str]:
        """Return expressions for undeclared properties: the first ones of an object, and any that follow a comma."""
        most = self._most_items
        if record.extras is None or most == 0:
            return None, '""'
        key = free_key(self.rules, frozenset(p.name for p in record.properties))
        pair = self.rules.share("extra", f'{key} ":" {self.value(record.extras, "extra-value")}')
        more = self.rules.share("more", f'"," {pair}')
        return f"{pair} {repeat(more, 0, None if most is None else most - 1)}", repeat(more, 0, most)

    def _step(self, prop: Property, written: str, skipped: str) -> str:
        return self.rules.share("members", written if prop.required else f"{written} | {skipped}")

    def _pair(self, name: str, value: str) -> str:
        _check_writable(name)
        if not 0 < len(name) <= MAX_NAME or "\n" in name or "<" in name:
            raise BadToolSchema(
                f"the property name {name[:80]!r} cannot be written in a call",
                hint=f"use 1 to {MAX_NAME} characters without `<` and line breaks",
            )
        if _BARE_KEY.fullmatch(name):
            return self.rules.share(name, f"{literal(name + ':')} {value}")
        quote = self.mark(QUOTE)
        return self.rules.share(name, f"{quote} {literal(name)} {quote} {literal(':')} {value}")


def _records(shape: Shape) -> list[Record]:
    options = shape.options if isinstance(shape, Union) else (shape,)
    return [option for option in options if isinstance(option, Record)]


def _check_writable(value: JSON) -> None:
    """Check that a value which the grammar spells out survives the wire, where nothing can be escaped.

    Raises:
        BadToolSchema: it spells a control token, is no text that can be encoded, or is no number.
    """
    if isinstance(value, str):
        mark = next((mark for mark in FORBIDDEN if mark in value), None)
        if mark:
            raise BadToolSchema(f"the schema names a text that spells the control token {mark}: {value[:80]!r}")
        if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise BadToolSchema(f"the schema names a text that no tokenizer can write: {value[:80]!r}")
    elif isinstance(value, float) and not math.isfinite(value):
        raise BadToolSchema(f"the schema names a number that JSON has not: {value}")
    elif isinstance(value, list):
        for item in value:
            _check_writable(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_writable(key)
            _check_writable(item)
