"""Records of an evaluation to measures: how many were right of how many, and what the bar is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from training.evaluate_jobs import Record

__all__ = ["Measure", "measures", "table"]

_WORD_FOR_WORD: Final = frozenset({"format", "echo"})
"""Kinds whose answer has to be the expected one exactly; others have to hold what counts."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A share, or a figure.

    Attributes:
        section: the section it belongs to.
        name: what is measured.
        right: how many were right, or the figure.
        of: how many there were; None for a figure.
        bar: what it should reach at least, as a share or a figure; at most, if it is negative. None: only reported.
    """

    section: str
    name: str
    right: float
    of: int | None = None
    bar: float | None = None

    @property
    def value(self) -> float:
        """The share, or the figure."""
        return self.right / self.of if self.of else self.right

    @property
    def passed(self) -> bool | None:
        """Whether the bar is reached; None without one."""
        if self.bar is None:
            return None
        return self.value <= -self.bar if self.bar < 0 else self.value >= self.bar


def measures(section: str, records: Sequence[Record]) -> list[Measure]:
    """Return the measures of a section.

    Args:
        section: its name.
        records: what was noted about each of its cases.
    """
    found = [one for one in _MEASURES[section](section, records) if one.of != 0]
    left_out = sum(record.get("left_out", 0) for record in records)
    return [*found, Measure(section, "answers left out, too long for the context", left_out)] if left_out else found


def table(found: Iterable[Measure]) -> str:
    """Return measures as a Markdown table."""
    lines = ["| section | measure | right | of | share | bar | |", "|---|---|---:|---:|---:|---:|---|"]
    for one in found:
        share = f"{one.value:.1%}" if one.of else ""
        right = f"{one.right:g}"
        bar = (
            ""
            if one.bar is None
            else (f"{one.bar:.0%}" if one.of else f"{'≤' if one.bar < 0 else '≥'} {abs(one.bar):g}")
        )
        mark = {True: "ok", False: "**below**", None: ""}[one.passed]
        lines.append(f"| {one.section} | {one.name} | {right} | {one.of or ''} | {share} | {bar} | {mark} |")
    return "\n".join(lines)


def _share(section: str, name: str, results: Iterable[bool], bar: float | None = None) -> Measure:
    found = list(results)
    return Measure(section, name, sum(found), len(found), bar)


def _by(records: Sequence[Record], key: str) -> Mapping[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        found[str(record[key])].append(record)
    return dict(sorted(found.items(), key=lambda item: (len(item[0]) if item[0].isdigit() else 0, item[0])))


def _steps(records: Iterable[Record], wants: str = "") -> list[Record]:
    return [step for record in records for step in record["steps"] if not wants or step["wants"] == wants]


def _exact(record: Record, field: str = "exact") -> bool:
    """Return whether all calls of a conversation are right."""
    return all(step[field] for step in record["steps"] if step["wants"] == "calls")


def _calls(section: str, records: Sequence[Record]) -> Iterable[Measure]:
    asked = [record for record in records if _steps([record], "calls")]
    steps = _steps(records)
    wanted = _steps(records, "calls")
    yield _share(section, "calls exact", (step["exact"] for step in wanted), 0.98)
    yield _share(section, "calls equal, form forgiven", (step["calls_equal"] for step in wanted))
    yield _share(section, "right tools", (step["right_tools"] for step in wanted))
    yield _share(section, "conversations with every call exact", map(_exact, asked))
    for count, some in _by(asked, "tools").items():
        bar = 0.95 if int(count) <= 6 else None
        yield _share(section, f"calls exact, {count} tools", (step["exact"] for step in _steps(some, "calls")), bar)
    for kind, some in _by(asked, "kind").items():
        yield _share(section, f"calls exact, {kind}", (step["exact"] for step in _steps(some, "calls")))
    yield _share(section, "well-formed", (step["well_formed"] for step in steps))
    yield _share(section, "fits the schema", (step["fits"] for step in wanted))
    yield from _thinking(section, records)
    yield _share(section, "answers quote the result", (step["text_right"] for step in _steps(records, "text")), 0.99)


def _thinking(section: str, records: Sequence[Record]) -> Iterable[Measure]:
    for thinking, name in ((False, "off"), (True, "on")):
        some = [record for record in records if record["thinking"] is thinking]
        yield _share(section, f"thinking {name} obeyed", (step["obeyed"] for step in _steps(some)), 0.99)


def _sampled(section: str, records: Sequence[Record]) -> Iterable[Measure]:
    yield _share(section, "well-formed", (step["well_formed"] for step in _steps(records)), 0.99)
    yield _share(section, "calls exact", (step["exact"] for step in _steps(records, "calls")))
    yield from _thinking(section, records)


def _orders(section: str, records: Sequence[Record]) -> Iterable[Measure]:
    groups = [some for some in _by(records, "group").values() if len(some) > 1]

    def answers(record: Record) -> list[object]:
        return [step["calls"] or step["text"] for step in record["steps"]]

    yield _share(
        section, "same answer", (all(answers(one) == answers(some[0]) for one in some) for some in groups), 0.97
    )
    yield _share(section, "exact in all", (all(map(_exact, some)) for some in groups))
    yield _share(section, "right tools in all", (all(_exact(one, "right_tools") for one in some) for some in groups))


def _copy(section: str, records: Sequence[Record]) -> Iterable[Measure]:
    for kind, some in _by(records, "kind").items():
        yield _share(section, kind, map(_exact, some), 0.95)


def _other(section: str, records: Sequence[Record]) -> Iterable[Measure]:
    for kind, some in _by(records, "kind").items():
        field = "exact" if kind in _WORD_FOR_WORD else "text_right"
        wanted = ((step["exact"] if step["wants"] == "calls" else step[field]) for step in _steps(some))
        yield _share(section, kind, wanted, 0.99 if kind == "quote" else None)
    yield from _thinking(section, records)


def _mcp(section: str, records: Sequence[Record]) -> Iterable[Measure]:
    steps = _steps(records)
    yield _share(section, "well-formed", (step["well_formed"] for step in steps), 0.99)
    yield _share(section, "right tools", (step["right_tools"] for step in steps), 0.80)
    yield _share(section, "calls exact", (step["exact"] for step in steps), 0.60)
    several = [record for record in records if record["tools"] > 1]
    yield _share(section, "right tools, of several", (step["right_tools"] for step in _steps(several)))
    for server, some in _by(records, "kind").items():
        yield _share(section, f"calls exact, {server}", map(_exact, some))


def _parrot(bar: float) -> Callable[[str, Sequence[Record]], Iterable[Measure]]:
    def found(section: str, records: Sequence[Record]) -> Iterable[Measure]:
        yield _share(section, "exact", (record["exact"] for record in records), bar)
        for flavour, some in _by(records, "flavour").items():
            yield _share(section, f"exact, {flavour}", (record["exact"] for record in some))
        for thinking, name in ((False, "off"), (True, "on")):
            some = [record for record in records if record["thinking"] is thinking]
            yield _share(section, f"exact, thinking {name}", (record["exact"] for record in some))
        for low, high in ((0, 100), (100, 400), (400, 800), (800, 1501)):
            exact = [record["exact"] for record in records if low < record["tokens"] <= high]
            if exact:
                yield _share(section, f"exact, {low + 1} to {high} tokens", exact)

    return found


def _speed(section: str, records: Sequence[Record]) -> Iterable[Measure]:
    for record in sorted(records, key=lambda one: one["prompt_tokens"]):
        length = record["prompt_tokens"]
        yield Measure(section, f"tokens a second behind {length}", record["tokens_per_second"], bar=300)
        bar = -2.0 if length > 1500 else None
        yield Measure(section, f"seconds to the first token behind {length}", record["first_token_seconds"], bar=bar)


_MEASURES: Final[Mapping[str, Callable[[str, Sequence[Record]], Iterable[Measure]]]] = {
    "calls": _calls,
    "sampled": _sampled,
    "orders": _orders,
    "copy": _copy,
    "other": _other,
    "mcp": _mcp,
    "mcp_more": _mcp,
    "parrot": _parrot(0.99),
    "parrot_random": _parrot(0.98),
    "speed": _speed,
}
