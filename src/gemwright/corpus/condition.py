"""Conditions on an environment: small expressions, answered yes, no or cannot tell.

    settings.think == false and settings.tool_calls and settings.multi_turn
    gpu.vendor == "nvidia" and gpu.compute_capability < 7.5
    settings.kv_cache_dtype like "fp8*" or settings.num_ctx == unset

| written | means |
|---|---|
| `a or b`, `a and b`, `not a`, `( … )` | as in Python, with three values |
| `name == value`, `!=`, `<`, `<=`, `>`, `>=` | compared as numbers where both are, else as text without regard to case |
| `name in [value, …]` | equal to one of them |
| `name like "glob*"` | text that fits the pattern, without regard to case |
| `name` | true, or neither empty nor zero nor a word for off |

A value is a number, "text", `true`, `false`, or `unset`, which is a thing known to be absent. A name that nothing is known
about makes its comparison neither true nor false; what follows from that is Kleene's logic.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from functools import cache
from typing import Final, Literal, TypeAlias, cast

from gemwright.foundation.errors import CorpusProblem

__all__ = ["UNKNOWN", "Condition", "Lookup", "Outcome", "Unknown", "Versioned", "parse_condition"]


class Unknown(Enum):
    """The type of `UNKNOWN`."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
"""What a lookup returns for a name that nothing is known about. `None` is a thing known to be absent."""

Lookup: TypeAlias = "Callable[[str], object]"
"""Returns what a name stands for: a value, `None` or `UNKNOWN`."""

_MAX_LENGTH = 2000
_MAX_DEPTH = 32
_OPERATORS = ("==", "!=", "<=", ">=", "<", ">", "in", "like")
_ROOTS = ("settings", "model", "gpu", "os", "task", "version", "installed")
_TOKEN = re.compile(
    r'\s*(?:(?P<text>"[^"\n]*")|(?P<number>-?\d+(?:\.\d+)?(?![\w.]))|(?P<name>[A-Za-z_][\w.\-/@]*)'
    r"|(?P<sign>==|!=|<=|>=|<|>|\(|\)|\[|\]|,))"
)
_OFF_WORDS = frozenset({"", "off", "false", "no", "none", "0", "disabled"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a condition.

    Attributes:
        truth: yes, no, or None where it cannot be told.
        needs: the names that would have to be known.
        because: the comparisons that made it so, as sentences.
    """

    truth: bool | None
    needs: tuple[str, ...] = ()
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Compare:
    name: str
    operator: str
    value: object


@dataclass(frozen=True, slots=True)
class _Join:
    word: Literal["and", "or"]
    parts: tuple[_Node, ...]


@dataclass(frozen=True, slots=True)
class _Not:
    part: _Node


_Node: TypeAlias = "_Compare | _Join | _Not"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was understood.

    Attributes:
        text: as it was written.
    """

    text: str
    _root: _Node | None

    def names(self) -> frozenset[str]:
        """Return every name that the condition asks for."""
        return frozenset(_names(self._root)) if self._root else frozenset()

    def ask(self, lookup: Lookup) -> Outcome:
        """Answer the condition.

        Args:
            lookup: what each name stands for.
        """
        return _ask(self._root, lookup) if self._root else Outcome(True)


@cache
def parse_condition(text: str) -> Condition:
    """Read a condition; an empty one always holds.

    Raises:
        CorpusProblem: it is not one; the message names the place.
    """
    if len(text) > _MAX_LENGTH:
        raise CorpusProblem(f"a condition has at most {_MAX_LENGTH} characters, this one {len(text)}")
    if not text.strip():
        return Condition(text, None)
    parser = _Parser(text)
    root = parser.either(0)
    if parser.kind:
        raise parser.problem("nothing more")
    return Condition(text, root)


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.kind = ""
        self._word = ""
        self._end = 0
        self._step()

    def _step(self) -> str:
        word = self._word
        self._at = self._end
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            if self._text[self._at :].strip():
                raise self.problem("a word, a number or a sign")
            self.kind, self._word = "", ""
        else:
            self.kind, self._word, self._end = str(match.lastgroup), match[str(match.lastgroup)], match.end()
        return word

    def _is(self, word: str) -> bool:
        return self._word == word

    def problem(self, wanted: str) -> CorpusProblem:
        rest = self._text[self._at :].lstrip()
        column = len(self._text) - len(rest) + 1
        return CorpusProblem(
            f"condition {self._text!r}, column {column}: expected {wanted}, found {rest[:30].rstrip() or 'its end'!r}",
            hint="src/gemwright/corpus/condition.py has the grammar",
        )

    def either(self, depth: int) -> _Node:
        return self._join("or", lambda: self._join("and", lambda: self._single(depth)))

    def _join(self, word: Literal["and", "or"], read: Callable[[], _Node]) -> _Node:
        parts = [read()]
        while self._is(word):
            self._step()
            parts.append(read())
        return parts[0] if len(parts) == 1 else _Join(word, tuple(parts))

    def _single(self, depth: int) -> _Node:
        if depth > _MAX_DEPTH:
            raise CorpusProblem(f"condition {self._text[:60]!r}… is nested more than {_MAX_DEPTH} deep")
        if self._is("not"):
            self._step()
            return _Not(self._single(depth + 1))
        if self._is("("):
            self._step()
            inner = self.either(depth + 1)
            if not self._is(")"):
                raise self.problem("a closing parenthesis")
            self._step()
            return inner
        if self.kind != "name":
            raise self.problem("a name")
        if self._word.partition(".")[0] not in _ROOTS:
            raise self.problem(f"a name that begins with one of {', '.join(_ROOTS)}")
        name = self._step()
        if self._word not in _OPERATORS:
            return _Compare(name, "", None)
        operator = self._step()
        value = self._pattern() if operator == "like" else self._list() if operator == "in" else self._value()
        return _Compare(name, operator, value)

    def _pattern(self) -> object:
        if self.kind != "text":
            raise self.problem('a pattern in "…"')
        return self._value()

    def _list(self) -> tuple[object, ...]:
        if not self._is("["):
            raise self.problem("a list in [ ]")
        self._step()
        values = [self._value()]
        while self._is(","):
            self._step()
            values.append(self._value())
        if not self._is("]"):
            raise self.problem("a closing bracket")
        self._step()
        return tuple(values)

    def _value(self) -> object:
        kind, word = self.kind, self._word
        if kind == "text":
            self._step()
            return word[1:-1]
        if kind == "number":
            self._step()
            return float(word)
        if word in ("true", "false", "unset"):
            self._step()
            return None if word == "unset" else word == "true"
        raise self.problem('a number, "text", true, false or unset')


def _names(node: _Node) -> Iterator[str]:
    if isinstance(node, _Compare):
        yield node.name
    elif isinstance(node, _Not):
        yield from _names(node.part)
    else:
        for part in node.parts:
            yield from _names(part)


def _ask(node: _Node, lookup: Lookup) -> Outcome:
    if isinstance(node, _Compare):
        return _compare(node, lookup(node.name))
    if isinstance(node, _Not):
        inner = _ask(node.part, lookup)
        return Outcome(None if inner.truth is None else not inner.truth, inner.needs, inner.because)
    outcomes = [_ask(part, lookup) for part in node.parts]
    decisive = node.word == "or"
    for one in outcomes:
        if one.truth is decisive:
            return one
    unknown = [one for one in outcomes if one.truth is None]
    if unknown:
        return Outcome(None, tuple(dict.fromkeys(name for one in unknown for name in one.needs)))
    return Outcome(not decisive, (), tuple(reason for one in outcomes for reason in one.because))


def _compare(node: _Compare, actual: object) -> Outcome:
    if actual is UNKNOWN:
        return Outcome(None, (node.name,))
    return Outcome(_holds(node.operator, actual, node.value), (), (f"{node.name} is {_shown(actual)}",))


def _holds(operator: str, actual: object, wanted: object) -> bool:
    if operator == "":
        return _is_on(actual)
    if operator == "in":
        return any(_equal(actual, one) for one in cast("tuple[object, ...]", wanted))
    if operator == "like":
        return actual is not None and fnmatchcase(str(actual).casefold(), str(wanted).casefold())
    if operator == "==":
        return _equal(actual, wanted)
    if operator == "!=":
        return not _equal(actual, wanted)
    left, right = _order(actual, wanted)
    if left is None or right is None:
        return False
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]


def _order(actual: object, wanted: object) -> tuple[float | None, float | None]:
    """Return both as numbers; versions answer through their own comparison."""
    if isinstance(actual, Versioned):
        return actual.against(str(wanted)), 0.0
    return _number(actual), _number(wanted)


class Versioned:
    """A version of a package, for `version.NAME`."""

    def __init__(self, text: str, compare: Callable[[str, str], int | None]) -> None:
        """Keep the version and how its scheme compares two of them."""
        self._text, self._order = text, compare

    def __str__(self) -> str:
        """Return the version as it was given."""
        return self._text

    def against(self, other: str) -> float | None:
        """Return the order of this version and another."""
        return self._order(self._text, other)


def _equal(actual: object, wanted: object) -> bool:
    if wanted is None or actual is None:
        return actual is wanted
    if isinstance(actual, Versioned):
        return actual.against(str(wanted)) == 0
    if isinstance(wanted, bool):
        return isinstance(actual, bool | str | int) and _is_on(actual) is wanted and _is_switch(actual)
    numbers = _number(actual), _number(wanted)
    if None not in numbers:
        return numbers[0] == numbers[1]
    return str(actual).casefold() == str(wanted).casefold()


def _is_switch(value: object) -> bool:
    return isinstance(value, bool) or str(value).casefold() in {*_OFF_WORDS, "on", "true", "yes", "1", "enabled"}


def _is_on(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().casefold() not in _OFF_WORDS
    return bool(value)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _shown(value: object) -> str:
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if len(str(value)) <= 60 else f"{str(value)[:57]}…"
