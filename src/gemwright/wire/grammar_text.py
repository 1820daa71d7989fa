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

__all__ = ["FORBIDDEN", "KEY_LENGTH", "begun_mark", "free_key", "free_text", "some_text"]

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


def free_text(rules: Rules, longest: int | None = None) -> str:
    """Return the rule of text that spells no mark and may be empty.

    Args:
        rules: where the rules go.
        longest: its length in characters at most. The text of `<` and what looks like a mark after it (`<bo`, `<|to`)
            counts as 16, so that a few such texts that are just short enough are not offered; none is too long.
    """
    if longest is None:
        rules.update(_unbounded())
        return "text"
    rules.update(_bounded(longest))
    return f"upto--{longest}"


def some_text(rules: Rules, longest: int | None = None) -> str:
    """Return the rule of text that spells no mark, is not empty, and is more than the beginning of a mark.

    The last for the sake of llama.cpp, which looks for a token literal in the middle of a token too: where text may be
    `<` and then has to end, it takes the ending mark for that `<`, allows it, and fails on it with status 500. So what
    stands before a token literal must either be allowed to end at once, or not with a beginning of that token.

    Args:
        rules: where the rules go.
        longest: as in `free_text`.
    """
    if longest is None:
        rules.update(_unbounded())
        return rules.share("some-text", f'{_ANY_BUT_OPENER} text | "<" first--1')
    rules.update(_bounded(longest))
    options = [f"{_ANY_BUT_OPENER} upto--{longest - 1}"]
    for piece, cost, then in (_OPENER, *_PIECES):
        if then == "upto" and cost <= longest:
            options.append(f"{piece} upto--{longest - cost}")
        elif then == "open" and cost < longest:
            options.append(f"{piece} {any_of(_opened(longest - cost))}")
    return rules.share("some-text", " | ".join(options))


def begun_mark(rules: Rules, longest: int | None = None) -> str:
    """Return an expression for text that is nothing but the beginning of a mark: what `some_text` leaves out."""
    rules.update(_begun())
    return '"<" begun--1' if longest is None or longest >= _LONGEST - 1 else '"<"'


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


def _states() -> dict[_Pending, int]:
    """Return what can be pending after `<`, numbered from 1."""
    numbers = {_OPENED: 1}
    waiting = [_OPENED]
    for pending in waiting:
        for _, after in _continuations(pending):
            if after not in numbers:
                numbers[after] = len(numbers) + 1
                waiting.append(after)
    return numbers


_STATES: Final = _states()


def _steps(pending: _Pending, rule: str) -> list[str]:
    """Return the alternatives that stay on the way to a mark, each to the rule of that name for what is then pending."""
    return [f"{literal(char)} {rule}--{_STATES[after]}" for char, after in _continuations(pending)]


@lru_cache(maxsize=1)
def _unbounded() -> dict[str, str]:
    """Return the rules of text of any length: one for each thing that can be pending."""
    bodies = {"text": f'{_ANY_BUT_OPENER} text | "<" text--1 | ""'}
    for pending, number in _STATES.items():
        ended = [f"{_no_mark(pending)} text", '"<" text--1']
        bodies[f"text--{number}"] = " | ".join([*ended, *_steps(pending, "text"), '""'])
        bodies[f"first--{number}"] = " | ".join([*ended, *_steps(pending, "first")])
    return bodies


_OPENER: Final = ('"<"', 1, "open")
_PIECES: Final = (
    ("lt--2", 2, "upto"),
    ("lt--3", 3, "upto"),
    ("lt--more", _LONGEST, "upto"),
    ("lt--open", _LONGEST - 1, "open"),
)
"""What `<` can begin, what it costs, and what goes on after it: two or three characters that turn out to be no mark, more
of them, or a beginning of a mark, after which only `<` or the end may come."""


@lru_cache(maxsize=8)
def _bounded(longest: int) -> dict[str, str]:
    """Return the rules of text of at most so many characters: two for each length, shared by all fields."""
    bodies = {**_begun(), **_piece_rules()}
    for left in range(longest + 1):
        bodies[f"open--{left}"] = " | ".join(['""', *_opened(left)])
        bodies[f"upto--{left}"] = f"{_ANY_BUT_OPENER} upto--{left - 1} | open--{left}" if left else '""'
    return bodies


def _opened(left: int) -> list[str]:
    """Return expressions for text of 1 to `left` characters that begins with `<`."""
    return [f"{piece} {then}--{left - cost}" for piece, cost, then in (_OPENER, *_PIECES) if cost <= left]


def _piece_rules() -> dict[str, str]:
    second = _continuations(_OPENED)
    third = [(char + more, later) for char, after in second for more, later in _continuations(after)]
    bodies = {
        "lt--2": f'"<" {_no_mark(_OPENED)}',
        "lt--3": '"<" ' + any_of(f"{literal(char)} {_no_mark(after)}" for char, after in second),
        "lt--more": '"<" ' + any_of(f"{literal(chars)} ended--{_STATES[after]}" for chars, after in third),
        "lt--open": '"<" ' + any_of(_steps(_OPENED, "begun")),
    }
    for pending, number in _STATES.items():
        bodies[f"ended--{number}"] = " | ".join([_no_mark(pending), *_steps(pending, "ended")])
    return bodies


@lru_cache(maxsize=1)
def _begun() -> dict[str, str]:
    """Return the rules of beginnings of marks."""
    return {f"begun--{n}": " | ".join(['""', *_steps(pending, "begun")]) for pending, n in _STATES.items()}


def free_key(rules: Rules, declared: frozenset[str]) -> str:
    """Return the rule of a bare key that is none of the declared names: words without punctuation, one space between.

    Keys are written raw in calls, so a key may not hold what the syntax is made of. The same free key may come twice in an
    object: a context-free grammar has no memory for what it has seen.
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
