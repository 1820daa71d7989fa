"""Parrot rows: a prompt that spells a text, and the text itself as the answer, control tokens included.

The form is `gemwright.acid.parrot`'s. If a text itself holds a token that ends generation, the rest comes with a new
request that has the ids so far.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from gemwright.acid.parrot import END, LEFT, RIGHT, SAY, prompt, spell
from gemwright.messages import Message, ToolSpec, system, user
from gemwright.wire import LARGE, SMALL, render
from training.conversations import Example, Flavour, example
from training.tokenizer import CONTROL, Tokenizer
from training.values import Draw

__all__ = ["END", "LEFT", "RIGHT", "SAY", "Parrot", "Said", "prompt", "spell"]

_PLANES: Final = (
    (0x00, 0x1F), (0x20, 0x7E), (0x20, 0x7E), (0x7F, 0xFF), (0xA1, 0x24F), (0x250, 0x3FF), (0x400, 0x52F), (0x530, 0x6FF),
    (0x700, 0xFFF), (0x1000, 0x1FFF), (0x2000, 0x206F), (0x2010, 0x2FFF), (0x3000, 0x30FF), (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF), (0xA000, 0xABFF), (0xAC00, 0xD7A3), (0xE000, 0xF8FF), (0xF900, 0xFFFF), (0x10000, 0x1FFFF),
    (0x1F300, 0x1FAFF), (0x20000, 0x3FFFF), (0x40000, 0xDFFFF), (0xE0000, 0xE01FF), (0xF0000, 0x10FFFF), (0, 0xD7FF),
    (0xE000, 0x10FFFF),
)  # fmt: skip
_SPECIAL: Final = (
    "\u2028\u2029\u200d\u200b\u200c\u200e\u200f\ufeff\u00a0\u00ad\u3000\u2581\u202e\ufffd\ufffe\x00\x1b\r\n\t\v\f\x85"
    + LEFT
    + RIGHT
    + "👨‍👩‍👧‍👦🏳️‍🌈éñüß中日本語テスト한국어русскийעבריתعربي😀½²\u2019“”—…"
)
_COMMON: Final = "".join(chr(code) for code in range(32, 127)) + "\n\n\n\t  "


@dataclass(frozen=True)
class Said:
    """A text to be said, and behind what."""

    text: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...]
    thinking: bool
    flavour: Flavour


class Parrot:
    """Makes texts of every kind.

    Args:
        source: where chance comes from.
        tokenizer: the tokenizer, for lengths and random tokens.
        length: tokens of a whole row at most.
        test: draw the words that are kept for tests.
    """

    def __init__(self, source: random.Random, tokenizer: Tokenizer, length: int, test: bool = False) -> None:
        self.random = source
        self.tokenizer = tokenizer
        self.length = length
        self.draw = Draw(source, test)
        self._tokens = [
            piece.replace("\u2581", " ") for piece in tokenizer.tokens if not piece.startswith("<") or len(piece) == 1
        ]
        self._last: Example = example(source, test=test)
        self._wires: list[str] = []

    def said(self, limit: int = 0) -> Said:
        """Return a text with the prompt that asks for it.

        Args:
            limit: tokens of the text at most; drawn when 0.
        """
        draw = self.draw
        text = (
            draw.one(("", "\n", " ", "\n\n"))
            if draw.chance(0.015)
            else self.text(limit or min(draw.one(_LIMITS), int(self.length * 0.35)))
        )
        tools: tuple[ToolSpec, ...] = ()
        if draw.chance(0.55):
            tools = self._last.tools
            if draw.chance(0.3):
                self._last = example(self.random, test=draw.test)
                tools = tuple({one.name: one for one in (*tools, *self._last.tools)}.values())[:14]
        before: list[Message] = []
        if draw.chance(0.4):
            before.append(
                system(
                    draw.one(
                        ("Parrot.", "You repeat.", "Say it again.", "You are a helpful assistant.", draw.sentence())
                    )
                )
            )
        return Said(text, (*before, user(prompt(text))), tools, draw.chance(0.45), draw.one(("small", "large")))

    def text(self, limit: int) -> str:
        """Return a text of at most so many tokens."""
        text = self.draw.one(_KINDS)(self, limit)
        while self.draw.chance(0.75) and len(text) < limit:  # a token is rarely less than a character
            text += self.draw.one(("\n", " ", "")) + self.draw.one(_KINDS)(self, limit)
        if self.draw.chance(0.06):
            text = self.draw.one((" ", "\n", "\n\n", "  ", "\t")) + text + self.draw.one(("", " ", "\n"))
        return self._cut(text, limit) or "x"

    def _cut(self, text: str, limit: int) -> str:
        ids = self.tokenizer.encode(text, True)
        while len(ids) > limit:
            text = text[: max(1, int(len(text) * limit / len(ids)) - 1)]
            ids = self.tokenizer.encode(text, True)
        return text

    def wire(self) -> str:
        """Return what a model says in some conversation, in one piece."""
        if not self._wires or self.draw.chance(0.3):
            self._last = one = example(self.random, test=self.draw.test)
            segments = render(
                one.messages,
                one.tools,
                dialect=LARGE if one.flavour == "large" else SMALL,
                thinking=one.thinking,
                add_generation_prompt=False,
            ).segments
            whole: list[str] = []
            turns: list[str] = []
            for text, _, trainable in segments:
                if trainable:
                    whole.append(text)
                elif whole:
                    turns.append("".join(whole))
                    whole = []
            self._wires = [*turns, "".join(turns)]
            if self.draw.chance(0.15):
                self._wires.append("".join(segment[0] for segment in segments))
        return self._wires.pop(int(self.random.random() * len(self._wires)))

    def characters(self, count: int) -> str:
        """Return random characters."""
        one = self.draw.one
        form = self.random.random()
        if form < 0.4:
            return "".join([one(_COMMON) for _ in range(count)])
        if form < 0.6:
            return "".join([one(_SPECIAL) if self.random.random() < 0.5 else one(_COMMON) for _ in range(count)])
        low, high = one(_PLANES)
        if form < 0.8:
            return "".join([_character(self.random.randint(low, high)) for _ in range(count)])
        return "".join([_character(self.random.randint(*one(_PLANES))) for _ in range(count)])

    def mutated(self, text: str) -> str:
        """Return a text with some faults."""
        source, draw = self.random, self.draw
        for _ in range(draw.one((0, 1, 1, 1, 2, 3, 5))):
            at = source.randrange(len(text) + 1)
            kind = source.random()
            if kind < 0.25:
                text = text[:at] + draw.one(_CAN_SAY) + text[at:]
            elif kind < 0.42:
                text = text[:at] + text[min(len(text), at + source.randint(1, 40)) :]
            elif kind < 0.52:
                text = text[:at]
            elif kind < 0.64:
                end = min(len(text), at + source.randint(1, 80))
                text = text[:at] + text[at:end] * source.choice((2, 2, 3, 6)) + text[end:]
            elif kind < 0.78:
                text = text[:at] + self.characters(source.randint(1, 12)) + text[at:]
            else:
                old, new = draw.one(_SWAPS)
                text = text.replace(old, new, source.choice((1, 2, 99)))
        return text


def _character(code: int) -> str:
    return chr(code) if not 0xD800 <= code <= 0xDFFF else "\n"


_CAN_SAY: Final = tuple(CONTROL)
_QUOTE: Final = CONTROL[CONTROL.index('<|"|>')]
_CALL, _CALL_END = "<" + "|tool_call>", "<" + "tool_call|>"
_SWAPS: Final = (
    (_QUOTE, '"'), (_QUOTE, "'"), (_QUOTE, ""), ("{", "("), ("}", ")"), (":", "="), (":", ": "), (",", ", "), (",", ""),
    ("call:", ""), ("call:", "call: "), (_CALL, ""), (_CALL_END, ""), (_CALL, _CALL * 3), (_CALL_END, _CALL_END * 5),
    ("call:", "call:call:"), ("true", "True"), ("false", "False"), ("{", "{{"), ("}", "}}"), ("thought\n", "thought"),
    (_CALL, "```json\n"), (_CALL_END, "\n```"), (_CALL, "<tool_call>"), (_QUOTE, _QUOTE * 2), ("\n", "\\n"), ("_", "-"),
    ("<|", "<"), ("|>", ">"), ("<", "&lt;"), ("|", "")
)  # fmt: skip


def _wire(made: Parrot, limit: int) -> str:
    return made.mutated(made.wire())


def _clean_wire(made: Parrot, limit: int) -> str:
    return made.wire()


def _tokens(made: Parrot, limit: int) -> str:
    pool: Sequence[str] = made._tokens
    one = made.draw.one
    count = max(1, int(limit * made.random.random()))
    share = made.draw.one((0.0, 0.0, 0.05, 0.2, 1.0))
    return "".join([one(_CAN_SAY) if made.random.random() < share else one(pool) for _ in range(count)])


def _characters(made: Parrot, limit: int) -> str:
    return made.characters(max(1, int(limit * made.random.random())))


def _unicode(made: Parrot, limit: int) -> str:
    """Characters of all of Unicode, each as likely."""
    count = max(1, int(limit * made.random.random() / 3.5))
    return "".join([_character(made.random.randint(0, 0x10FFFF)) for _ in range(count)])


def _runs(made: Parrot, limit: int) -> str:
    draw = made.draw
    out: list[str] = []
    for _ in range(draw.whole(1, 4)):
        unit = draw.one(
            (
                draw.one(_CAN_SAY),
                draw.one(_COMMON),
                made.characters(1),
                draw.word(),
                draw.word() + " ",
                draw.one(made._tokens),
                "<unused49>",
                made.characters(3),
                draw.symbols(),
            )
        )
        out.append(unit * draw.one((2, 3, 5, 8, 13, 30, 60, 120)))
        if draw.chance(0.5):
            out.append(draw.one((" ", "\n", draw.word(), "")))
    return "".join(out)


def _rows(made: Parrot, limit: int) -> str:
    """Rows that are nearly equal."""
    draw = made.draw
    a, b, c = draw.word(), draw.word(), draw.word()
    form = draw.one(
        (
            "{a} {i}: {v}\n",
            '{{"{a}": {i}, "{b}": "{v}"}}\n',
            "| {a} | {i} | {v} |\n",
            "{i}. {a} {b} {v}\n",
            "{a}_{i} = {v};\n",
            "- {a} {b} {c}\n",
            "[{i},{i}],",
            "{a},{b},{i},{v}\n",
        )
    )
    first = draw.whole(0, 300)
    return "".join(
        [
            form.format(a=a, b=b, c=c, i=first + at, v=draw.one((a, b, c, draw.whole(0, 99), draw.word())))
            for at in range(draw.whole(2, 50))
        ]
    )


def _json(made: Parrot, limit: int) -> str:
    draw = made.draw

    def value(depth: int) -> object:
        kind = made.random.random()
        if depth > 3 or kind < 0.35:
            return draw.one(
                (made.characters(draw.whole(0, 20)), draw.word(), draw.signed(), draw.decimal(), True, False, None)
            )
        if kind < 0.7:
            return {
                draw.one((draw.word(), made.characters(draw.whole(1, 8)))): value(depth + 1)
                for _ in range(draw.whole(0, 5))
            }
        return [value(depth + 1) for _ in range(draw.whole(0, 5))]

    return json.dumps(value(0), ensure_ascii=draw.chance(0.5), indent=draw.one((None, None, 2, "\t")))


def _words(made: Parrot, limit: int) -> str:
    draw = made.draw
    return "".join(
        [
            draw.word() + draw.one((" ", " ", " ", "\n", ", ", ". ", "\n\n", " - "))
            for _ in range(draw.whole(1, max(2, limit // 3)))
        ]
    ).strip()


def _values(made: Parrot, limit: int) -> str:
    draw = made.draw
    kinds = list(draw.kinds)
    return draw.one((" ", "\n", ", ", "", "\n\n")).join(
        str(draw.value(draw.one(kinds))) for _ in range(draw.whole(1, 30))
    )


def _answer(made: Parrot, limit: int) -> str:
    """Text around calls, thoughts and closers, in any order."""
    draw = made.draw
    out = [
        draw.one(
            (
                made.wire(),
                draw.sentence(),
                draw.one(_CAN_SAY),
                "thought\n" + draw.sentence(),
                "call:" + draw.nonce() + "{" + draw.word() + ":" + draw.word() + "}",
                draw.code(),
                draw.json(),
            )
        )
        for _ in range(draw.whole(1, 6))
    ]
    return made.mutated(draw.one(("", "", "\n", " ")).join(out))


_LIMITS: Final = (40, 150, 150, 400, 400, 700, 1000, 1500, 1600)
_KINDS: Final[tuple[Callable[[Parrot, int], str], ...]] = (
    _wire, _wire, _wire, _wire, _wire, _clean_wire, _clean_wire, _answer, _answer, _tokens, _tokens, _tokens,
    _characters, _characters, _unicode, _unicode, _runs, _rows, _json, _words, _values,
)  # fmt: skip
