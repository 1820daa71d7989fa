"""A document read: its marks, what stands between them, and what should stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from gemwright.catalog.document import Catalog
from gemwright.corpus.compose.blocks import written
from gemwright.foundation.errors import CorpusProblem

__all__ = ["Block", "Document", "Problem", "compose", "figures_in_prose", "read_document"]

_OPEN = re.compile(r"<!-- (claim|advisory|figure|table): ([^\n]*?) -->")
_END = "<!-- end -->"
_FENCE = re.compile(r"^(```|~~~)[^\n]*\n.*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r"\]\([^)\n]*\)")
_FIGURE = re.compile(
    r"(?<![\w.,#-])(?!(?:12|26|27|31)B\b)\d[\d,]*(?:\.\d+)?\s?(?:%|\u00d7|x\b|[kKMGT]i?B\b|[MB]\b|billion|million|tok|tokens?\b|s\b|ms\b|seconds?\b|"
    r"minutes?\b|layers?\b|experts?\b|heads?\b|bits?\b|GiB\b|dimensions?\b|frames?\b)|(?<![\w.#/-])\d+\.\d+(?![\w.])"
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a document.

    Attributes:
        line: where, counted from 1.
        message: what.
        hint: what to do.
    """

    line: int
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One pair of marks.

    Attributes:
        kind: `claim`, `advisory`, `figure` or `table`.
        what: the words behind the colon.
        start: where what stands between begins.
        end: where it ends.
        line: the line of the first mark, counted from 1.
        alone: whether the first mark has its line to itself.
    """

    kind: str
    what: str
    start: int
    end: int
    line: int
    alone: bool


@dataclass(frozen=True)
class Document:
    """A Markdown document.

    Attributes:
        name: what to call it.
        text: all of it.
    """

    name: str
    text: str

    @cached_property
    def _code(self) -> list[tuple[int, int]]:
        fences = [match.span() for match in _FENCE.finditer(self.text)]
        spans = [match.span() for match in _SPAN.finditer(self.text) if not _within(match.start(), fences)]
        return sorted([*fences, *spans])

    def _line(self, at: int) -> int:
        return self.text.count("\n", 0, at) + 1

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Every pair of marks, in order.

        Raises:
            CorpusProblem: a mark has no end, or begins inside another pair.
        """
        return tuple(self._read_blocks())

    def _read_blocks(self) -> Iterator[Block]:
        behind = 0
        for match in _OPEN.finditer(self.text):
            if _within(match.start(), self._code):
                continue
            line = self._line(match.start())
            end = self.text.find(_END, match.end())
            if match.start() < behind:
                raise CorpusProblem(f"{self.name}:{line}: a mark begins inside another pair of marks")
            if end < 0:
                raise CorpusProblem(f"{self.name}:{line}: the mark has no {_END}")
            behind = end
            first = self.text.rfind("\n", 0, match.start()) + 1
            alone = not self.text[first : match.start()].strip() and self.text.startswith("\n", match.end())
            yield Block(match[1], match[2].strip(), match.end(), end, line, alone)

    def named(self, kind: str) -> frozenset[str]:
        """Return the ids that blocks of a kind show."""
        return frozenset(block.what.split()[0] for block in self.blocks if block.kind == kind and block.what)


def read_document(name: str, text: str) -> Document:
    """Return a document.

    Args:
        name: what to call it in errors.
        text: its Markdown.

    Raises:
        CorpusProblem: its marks do not pair.
    """
    document = Document(name, text)
    _ = document.blocks
    return document


def compose(document: Document, catalog: Catalog) -> tuple[str, list[Problem]]:
    """Return a document with everything between marks written anew, and what is wrong with it.

    Args:
        document: the document as it is.
        catalog: the records.

    Problems are blocks that had become stale, and blocks that cannot be written: of unknown or retracted records.
    """
    parts: list[str] = []
    problems: list[Problem] = []
    behind = 0
    for block in document.blocks:
        now = document.text[block.start : block.end]
        try:
            text = written(catalog, block.kind, block.what)
        except CorpusProblem as e:
            problems.append(Problem(block.line, e.message, e.hint or ""))
            continue
        new = f"\n{text}\n" if block.alone or "\n" in text else text
        if new != now:
            problems.append(
                Problem(
                    block.line, f"the {block.kind} {block.what!r} is stale", "gemwright corpus compose writes it anew"
                )
            )
        parts += [document.text[behind : block.start], new]
        behind = block.end
    return "".join([*parts, document.text[behind:]]), problems


def figures_in_prose(document: Document) -> list[Problem]:
    """Return the figures that stand outside marks and code, where nothing keeps them true.

    Args:
        document: the document.
    """
    spared = [*document._code, *((block.start, block.end) for block in document.blocks)]  # pyright: ignore[reportPrivateUsage]
    spared += [match.span() for match in _LINK.finditer(document.text)]
    spared.sort()
    return [
        Problem(
            document.text.count("\n", 0, match.start()) + 1,
            f"the figure {match[0].strip()!r} stands outside marks",
            "put it between marks: <!-- figure: kind/id field --><!-- end -->, or use a claim that says it",
        )
        for match in _FIGURE.finditer(document.text)
        if not _within(match.start(), spared)
    ]


def _within(at: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)
