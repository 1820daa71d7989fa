r"""GBNF, llama.cpp's grammar notation: rules, literals, character classes, repetitions.

Knows: how the notation is written so that llama.cpp and xgrammar read the same language from it.
Never knows: Gemma 4's wire, or JSON schemas.

Facts, from llama.cpp's `grammars/README.md` and `src/llama-grammar.cpp` (2026): names hold letters, digits and dashes;
escapes are `\x`, `\u`, `\U`, `\t`, `\r`, `\n`, `\\`, `\"`, `\[`, `\]`, `\-` and no others; `{m,n}` is written out as n
rules, 2,000 of them are refused, and a larger n is taken for none; left recursion is refused; NUL matches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

__all__ = ["Rules", "any_char_but", "any_of", "literal", "one_of", "optional", "repeat"]

_ESCAPES: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_CLASS_ESCAPES: Final = {
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\\": "\\\\",
    "[": "\\[",
    "]": "\\]",
    "-": "\\-",
    "^": "\\x5E",
}
_SPANS: Final = ((0x01, 0xD7FF), (0xE000, 0x10FFFF))
_MAX_NESTING: Final = 32


class Rules:
    """The rules of one grammar, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._bodies: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._numbers: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._bodies

    def set(self, name: str, body: str) -> str:
        """Define a rule under a name of its own, and return the name. `share` never gives a name with two dashes."""
        self._bodies[name] = body
        return name

    def update(self, bodies: Mapping[str, str]) -> None:
        """Define several rules under names of their own."""
        self._bodies.update(bodies)

    def share(self, hint: str, body: str) -> str:
        """Return the name of a rule with this body: one that is there, or a new one named after the hint."""
        name = self._names.get(body)
        if name is None:
            stem = re.sub(r"[^a-zA-Z0-9]+", "-", hint)[:32].strip("-") or "x"
            number = self._numbers.get(stem, 0) + 1
            self._numbers[stem] = number
            name = self._names[body] = self.set(f"{stem}-{number}", body)
        return name

    def text(self) -> str:
        """Return the grammar, the rule `root` first."""
        ordered = sorted(self._bodies.items(), key=lambda item: item[0] != "root")
        return "".join([f"{name} ::= {body}\n" for name, body in ordered])


def literal(text: str) -> str:
    """Return a literal that matches exactly this text."""
    return f'"{"".join([_ESCAPES.get(c) or _plain(c) for c in text])}"'


def any_char_but(chars: Iterable[str]) -> str:
    """Return a class of any one character but these.

    Written as ranges of what is allowed, not as `[^…]`: that would also match what is no character (surrogates, beyond
    U+10FFFF), which a tokenizer with byte tokens can spell, and would refuse the first byte of a character that only
    might become a forbidden one.
    """
    ranges: list[str] = []
    for first, last in _SPANS:
        for code in sorted({ord(char) for char in chars if first <= ord(char) <= last}):
            if first < code:
                ranges.append(_range(first, code - 1))
            first = code + 1
        if first <= last:
            ranges.append(_range(first, last))
    return f"[{''.join(ranges)}]"


def _range(first: int, last: int) -> str:
    ends = [_CLASS_ESCAPES.get(chr(code)) or _plain(chr(code)) for code in (first, last)]
    return ends[0] if first == last else "-".join(ends)


def any_of(options: Iterable[str]) -> str:
    """Return an expression that matches any of the expressions, in brackets where they need them."""
    found = list(dict.fromkeys(options))
    return found[0] if len(found) == 1 else f"({' | '.join(found)})"


def optional(expression: str) -> str:
    """Return an expression that matches the expression or nothing."""
    return f"({expression})?"


def repeat(name: str, least: int = 0, most: int | None = None) -> str:
    """Return `least` to `most` repetitions of one rule, class or bracketed expression; None for no maximum."""
    if most == 0:
        return '""'
    if most is None:
        return f"{name}{'*' if least == 0 else '+' if least == 1 else f'{{{least},}}'}"
    if least == most:
        return name if most == 1 else f"{name}{{{most}}}"
    return f"{name}?" if (least, most) == (0, 1) else f"{name}{{{least},{most}}}"


def one_of(words: Collection[str]) -> str:
    """Return an expression that matches one of the words.

    Many words become a tree of shared beginnings: an engine tries every alternative against its whole vocabulary, so a
    thousand flat alternatives would cost it a thousand passes for each token.
    """
    return any_of(_tree(sorted(set(words)), _MAX_NESTING))


def _tree(words: list[str], levels: int) -> list[str]:
    if len(words) <= 3 or levels == 0:
        return [literal(word) for word in words]
    groups: dict[str, list[str]] = {}
    for word in words:
        groups.setdefault(word[:1], []).append(word)
    out: list[str] = []
    for group in groups.values():
        if len(group) == 1:
            out.append(literal(group[0]))
        else:
            shared = _shared(group[0], group[-1])
            rest = _tree([word[shared:] for word in group], levels - 1)
            out.append(f"{literal(group[0][:shared])} {any_of(rest)}")
    return out


def _shared(a: str, b: str) -> int:
    """Return the length of the common beginning."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _plain(char: str) -> str:
    """Return a character as it is where it can be seen, else escaped."""
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
