"""A small matcher and generator for GBNF, written apart from what it checks: an oracle for the grammar tests.

It reads the notation as llama.cpp documents it and runs a grammar over text by following every reading at once. A token
literal (`<|tool_call>`) matches its spelling, because texts here have no tokens.
"""

from __future__ import annotations

import random
import re
from typing import Any, TypeAlias

Node: TypeAlias = tuple[Any, ...]
Rest: TypeAlias = tuple[Any, ...]
"""What is still to be matched: a node and the rest after it, or nothing."""

_HEX = {"x": 2, "u": 4, "U": 8}
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"', "[": "[", "]": "]", "-": "-"}


class Gbnf:
    """A grammar; raises ValueError where llama.cpp would refuse it."""

    def __init__(self, text: str) -> None:
        self.rules: dict[str, Node] = {}
        for line in text.splitlines():
            name, _, body = line.partition(" ::= ")
            if not re.fullmatch(r"[a-zA-Z0-9-]+", name) or name in self.rules:
                raise ValueError(f"bad or repeated rule name: {name!r}")
            self._text, self._at = body, 0
            self.rules[name] = self._alternatives()
            if self._at != len(body):
                raise ValueError(f"cannot read {body[self._at :][:40]!r} of {name}")
        missing = {name for node in self.rules.values() for name in _references(node)} - self.rules.keys()
        if missing:
            raise ValueError(f"undefined rules: {missing}")
        self._check_left_recursion()

    def matches(self, text: str) -> bool:
        """Whether the whole text is in the language."""
        states = self._expand(("ref", "root"), ())
        for char in text:
            following: dict[tuple[Node, Rest], None] = {}
            for node, rest in states:
                if node and _in_class(node, char):
                    following.update(dict.fromkeys(self._expand_rest(rest)))
            states = list(following)
            if not states:
                return False
        return any(not node for node, _ in states)

    def generate(self, rng: random.Random) -> str:
        """Return some text of the language."""
        out: list[str] = []
        states = self._expand(("ref", "root"), ())
        while True:
            node, rest = rng.choice(states)
            if not node:
                return "".join(out)
            out.append(_some_char(node, rng))
            states = self._expand_rest(rest)

    def _expand_rest(self, rest: Rest) -> list[tuple[Node, Rest]]:
        return self._expand(rest[0], rest[1]) if rest else [((), ())]

    def _expand(self, node: Node, rest: Rest) -> list[tuple[Node, Rest]]:
        """Return the character classes that can come next, each with what follows; an empty node is the end."""
        found: dict[tuple[Node, Rest], None] = {}
        seen: set[tuple[Node, Rest]] = set()
        todo = [(node, rest)]
        while todo:
            node, rest = todo.pop()
            if (node, rest) in seen:
                continue
            seen.add((node, rest))
            match node[0]:
                case "class":
                    found[node, rest] = None
                case "ref":
                    todo.append((self.rules[node[1]], rest))
                case "any":
                    todo += [(option, rest) for option in node[1]]
                case "seq":
                    for item in reversed(node[1]):
                        rest = (item, rest)
                    if rest:
                        todo.append(rest)
                    else:
                        found[(), ()] = None
                case _:
                    _, inner, least, most = node
                    if most != 0:
                        again = ("rep", inner, max(least - 1, 0), None if most is None else most - 1)
                        todo.append((inner, (again, rest)))
                    if least == 0:
                        todo.append((("seq", ()), rest))
        return list(found)

    def _alternatives(self) -> Node:
        options = [self._sequence()]
        while self._text[self._at : self._at + 1] == "|":
            self._at += 1
            options.append(self._sequence())
        return options[0] if len(options) == 1 else ("any", tuple(options))

    def _sequence(self) -> Node:
        items: list[Node] = []
        while True:
            self._at += len(self._text[self._at :]) - len(self._text[self._at :].lstrip(" "))
            here = self._text[self._at : self._at + 1]
            if here in ("", "|", ")"):
                return ("seq", tuple(items))
            items.append(self._repeated(self._item(here)))

    def _item(self, here: str) -> Node:
        if here == '"':
            return ("seq", tuple(("class", ((ord(c), ord(c)),)) for c in self._quoted()))
        if here == "<":
            found = re.compile(r"<[^>]+>").match(self._text, self._at)
            if not found:
                raise ValueError("a token literal without end")
            self._at = found.end()
            return ("seq", tuple(("class", ((ord(c), ord(c)),)) for c in found[0]))
        if here == "[":
            return self._class()
        if here == "(":
            self._at += 1
            inner = self._alternatives()
            if self._text[self._at : self._at + 1] != ")":
                raise ValueError("a bracket is not closed")
            self._at += 1
            return inner
        found = re.compile(r"[a-zA-Z0-9-]+").match(self._text, self._at)
        if not found:
            raise ValueError(f"cannot read {self._text[self._at :][:40]!r}")
        self._at = found.end()
        return ("ref", found[0])

    def _repeated(self, item: Node) -> Node:
        found = re.compile(r" ?(?:([*+?])|\{(\d+)(,?)(\d*)\})").match(self._text, self._at)
        if not found:
            return item
        self._at = found.end()
        if found[1]:
            return ("rep", item, *{"*": (0, None), "+": (1, None), "?": (0, 1)}[found[1]])
        least, most = int(found[2]), int(found[4]) if found[4] else None if found[3] else int(found[2])
        if max(least, most or 0) >= 2000:
            raise ValueError("llama.cpp refuses so many repetitions")
        return ("rep", item, least, most)

    def _char(self) -> str:
        char = self._text[self._at]
        self._at += 1
        if char != "\\":
            return char
        kind = self._text[self._at]
        self._at += 1
        if kind in _PLAIN:
            return _PLAIN[kind]
        size = _HEX[kind]
        self._at += size
        return chr(int(self._text[self._at - size : self._at], 16))

    def _quoted(self) -> str:
        self._at += 1
        out: list[str] = []
        while self._text[self._at] != '"':
            out.append(self._char())
        self._at += 1
        return "".join(out)

    def _class(self) -> Node:
        self._at += 1
        if self._text[self._at] == "^":
            raise ValueError("a negated class also matches what is no character")
        ranges: list[tuple[int, int]] = []
        while self._text[self._at] != "]":
            first = last = self._char()
            if self._text[self._at] == "-" and self._text[self._at + 1] != "]":
                self._at += 1
                last = self._char()
            ranges.append((ord(first), ord(last)))
        self._at += 1
        return ("class", tuple(ranges))

    def _check_left_recursion(self) -> None:
        empty: set[str] = set()
        while True:
            more = {name for name, node in self.rules.items() if name not in empty and _may_be_empty(node, empty)}
            if not more:
                break
            empty |= more
        done: set[str] = set()
        for start in self.rules:
            path: list[tuple[str, list[str]]] = [(start, _leftmost(self.rules[start], empty))]
            while path:
                if not path[-1][1]:
                    done.add(path.pop()[0])
                    continue
                name = path[-1][1].pop()
                if any(name == above for above, _ in path):
                    raise ValueError(f"left recursion at {name}")
                if name not in done:
                    path.append((name, _leftmost(self.rules[name], empty)))


def _references(node: Node) -> set[str]:
    match node[0]:
        case "ref":
            return {node[1]}
        case "class":
            return set()
        case "rep":
            return _references(node[1])
        case _:
            return {name for inner in node[1] for name in _references(inner)}


def _may_be_empty(node: Node, empty: set[str]) -> bool:
    match node[0]:
        case "class":
            return False
        case "ref":
            return node[1] in empty
        case "any":
            return any(_may_be_empty(option, empty) for option in node[1])
        case "seq":
            return all(_may_be_empty(item, empty) for item in node[1])
        case _:
            return node[2] == 0 or _may_be_empty(node[1], empty)


def _leftmost(node: Node, empty: set[str]) -> list[str]:
    match node[0]:
        case "class":
            return []
        case "ref":
            return [node[1]]
        case "any":
            return [name for option in node[1] for name in _leftmost(option, empty)]
        case "rep":
            return _leftmost(node[1], empty)
        case _:
            names: list[str] = []
            for item in node[1]:
                names += _leftmost(item, empty)
                if not _may_be_empty(item, empty):
                    break
            return names


def _in_class(node: Node, char: str) -> bool:
    return any(first <= ord(char) <= last for first, last in node[1])


def _some_char(node: Node, rng: random.Random) -> str:
    first, last = rng.choice(node[1])
    if rng.random() < 0.8:  # mostly characters that mean something to the syntax
        telling = [c for c in '<|"\\{}[]():,.>- aeiotu_19\n' if first <= ord(c) <= last]
        if telling:
            return rng.choice(telling)
    return chr(rng.randint(first, min(last, first + 300)))
