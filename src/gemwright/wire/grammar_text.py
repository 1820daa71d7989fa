"""Grammar rules for what the model may write freely: text without marks, and the keys of free-form objects.

Knows: how "any text that spells no control token" is said in a context-free notation. llama.cpp matches a grammar to
the text of tokens, whatever the tokens: `<|"|>` can come as the one control token or spelt in pieces, and would read
the same later. So the rules forbid the spelling, character by character, and with it every token that spells a mark.

Every mark begins with `<` and holds no other, so after each `<` it is enough to remember what could still complete one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from gemwright.wire.grammar_rules import Rules, any_char_but, any_of, literal
from gemwright.wire.tokens import CONTROL_TOKENS

__all__ = ["FORBIDDEN", "KEY_LENGTH", "free_key", "free_text"]

FORBIDDEN: Final = (*CONTROL_TOKENS, *(f"<unused{digit}" for digit in range(10)))
"""What no free text may spell: control tokens, and the reserved tokens that runtimes print and parsers remove."""

KEY_LENGTH: Final = 64
"""Longest free key in characters, roughly: words of up to 32, and two more of up to 16."""

_LONGEST: Final = max(map(len, FORBIDDEN))
_ANY_BUT_OPENER: Final = any_char_but("<")
_NO_KEY_CHARS: Final = frozenset(
    "\"'<>{}[](),:=`\x7f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"
    + "".join(map(chr, [*range(0x21), *range(0x2000, 0x200B)]))
)

_Pending = frozenset[str]


def free_text(rules: Rules, *, may_be_empty: bool = True, longest: int | None = None) -> str:
    """Return the rule of text that spells no mark.

    Args:
        rules: where the rules go.
        may_be_empty: whether the empty text is one.
        longest: its length in characters at most. The text of `<` and what looks like a mark after it (`<bo`, `<|to`)
            counts as 16, so that a few such texts that are just short enough are not offered; none is too long.

    Returns:
        The name of the rule.
    """
    if longest is not None:
        return _bounded(rules, longest, may_be_empty=may_be_empty)
    if "text" not in rules:
        for name, body in _unbounded().items():
            rules.set(name, body)
    if may_be_empty:
        return "text"
    return rules.share("some-text", f'{_ANY_BUT_OPENER} text | "<" text--1')


def _after(pending: _Pending, char: str) -> _Pending:
    """Return what completes a mark after one more character; the empty text means that one is complete."""
    return frozenset(rest[1:] for rest in pending if rest[:1] == char)


def _continuations(pending: _Pending) -> list[tuple[str, _Pending]]:
    """Return the characters that keep a mark possible without completing one."""
    chars = sorted({rest[0] for rest in pending})
    return [(char, after) for char in chars if "" not in (after := _after(pending, char))]


def _no_mark(pending: _Pending) -> str:
    """Return the class of characters after which no mark is possible, until the next `<`."""
    return any_char_but({"<", *(rest[0] for rest in pending)})


_OPENED: Final = _after(frozenset(FORBIDDEN), "<")


@lru_cache(maxsize=1)
def _unbounded() -> dict[str, str]:
    """Return the rules of text of any length: one for each set of what could complete a mark."""
    names: dict[_Pending, str] = {_OPENED: "text--1"}
    bodies = {"text": f'{_ANY_BUT_OPENER} text | "<" text--1 | ""'}
    waiting = [_OPENED]
    for pending in waiting:
        options: list[str] = []
        for char, after in _continuations(pending):
            if after not in names:
                names[after] = f"text--{len(names) + 1}"
                waiting.append(after)
            options.append(f"{literal(char)} {names[after]}")
        bodies[names[pending]] = " | ".join([f"{_no_mark(pending)} text", '"<" text--1', *options, '""'])
    return bodies


def _bounded(rules: Rules, longest: int, *, may_be_empty: bool) -> str:
    """Return the rule of text of at most so many characters: one pair of rules for each length, shared by all fields.

    After `open--N` comes `<` or the end, since a mark was begun; `upto--N` may go on with anything.
    """
    if "lt--2" not in rules:
        _add_pieces(rules)
    for left in range(longest + 1):
        if f"upto--{left}" not in rules:
            pieces = [f'"<" open--{left - 1}'] if left else []
            pieces += [f"{piece} {then}--{left - cost}" for piece, cost, then in _PIECES if cost <= left]
            rules.set(f"open--{left}", " | ".join(['""', *pieces]))
            rules.set(f"upto--{left}", f"{_ANY_BUT_OPENER} upto--{left - 1} | open--{left}" if left else '""')
    if may_be_empty:
        return f"upto--{longest}"
    pieces = [f"{_ANY_BUT_OPENER} upto--{longest - 1}", f'"<" open--{longest - 1}']
    pieces += [f"{piece} {then}--{longest - cost}" for piece, cost, then in _PIECES if cost <= longest]
    return rules.share("some-text", " | ".join(pieces))


_PIECES: Final = (
    ("lt--2", 2, "upto"),
    ("lt--3", 3, "upto"),
    ("lt--more", _LONGEST, "upto"),
    ("lt--open", _LONGEST - 1, "open"),
)
"""What `<` can begin: two or three characters that turn out to be no mark, more of them, or a beginning of a mark."""


def _add_pieces(rules: Rules) -> None:
    rules.set("lt--2", f'"<" {_no_mark(_OPENED)}')
    second = _continuations(_OPENED)
    rules.set("lt--3", '"<" ' + any_of(f"{literal(char)} {_no_mark(after)}" for char, after in second))
    third = [(char + more, later) for char, after in second for more, later in _continuations(after)]
    rules.set("lt--more", '"<" ' + any_of(f"{literal(chars)} {_ended(rules, after)}" for chars, after in third))
    rules.set("lt--open", '"<" ' + any_of(f"{literal(char)} {_begun(rules, after)}" for char, after in second))


def _ended(rules: Rules, pending: _Pending) -> str:
    """Return the rule of what turns out to be no mark."""
    options = [f"{literal(char)} {_ended(rules, after)}" for char, after in _continuations(pending)]
    return rules.share("lt-end", " | ".join([_no_mark(pending), *options]))


def _begun(rules: Rules, pending: _Pending) -> str:
    """Return the rule of beginnings of marks."""
    options = [f"{literal(char)} {_begun(rules, after)}" for char, after in _continuations(pending)]
    return rules.share("lt-begun", " | ".join(['""', *options]))


def free_key(rules: Rules, declared: frozenset[str]) -> str:
    """Return the rule of a bare key that is none of the declared names: words without punctuation, one space between.

    Keys are written raw in calls, so a key may not hold what the syntax is made of.
    """
    rest = rules.share("key-rest", f'{_key_char()}{{0,31}} (" " {_key_char()}{{1,15}}){{0,2}}')
    return _key(rules, declared, rest, first=True, after_space=False)


def _key_char(*but: str) -> str:
    return any_char_but({*_NO_KEY_CHARS, *but})


def _key(rules: Rules, names: frozenset[str], rest: str, *, first: bool, after_space: bool) -> str:
    """Return the rule of what completes a key, where `names` are the endings that it must not have."""
    chars = sorted({name[0] for name in names if name})
    options = [f"{_key_char(*chars)} {rest}"]
    for char in chars:
        if char not in _NO_KEY_CHARS:
            after = _key(rules, _after(names, char), rest, first=False, after_space=False)
            options.append(f"{literal(char)} {after}")
    if not first and not after_space:
        spaced = _key(rules, _after(names, " "), rest, first=False, after_space=True)
        options.append(f'" " {spaced}')
        if "" not in names:
            options.append('""')
    return rules.share("key", " | ".join(options))
