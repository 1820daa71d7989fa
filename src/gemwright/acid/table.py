"""Results by family: what the runtime alone got right, and what our client in front of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from gemwright.acid.judge import Delivered, Verdict, judge
from gemwright.acid.play import Evidence, How, Play, Result
from gemwright.acid.said import known_to_say
from gemwright.acid.vectors import Vector

__all__ = ["COLUMNS", "TITLES", "Case", "Cell", "Column", "Row", "Table", "case_of", "counted", "table_of"]

Column: TypeAlias = Literal["alone_streamed", "alone_whole", "client_chat", "client_raw"]
COLUMNS: Final[tuple[Column, ...]] = ("alone_streamed", "alone_whole", "client_chat", "client_raw")
TITLES: Final[Mapping[Column, str]] = {
    "alone_streamed": "runtime alone, streamed",
    "alone_whole": "runtime alone, in one piece",
    "client_chat": "our client, chat lane",
    "client_raw": "our client, raw lane",
}
_WRONG: Final[tuple[Verdict, ...]] = ("kept", "destroyed", "altered", "failed")


@dataclass
class Cell:
    """How often something was right."""

    right: int = 0
    of: int = 0
    wrong: Counter[Verdict] = field(default_factory=Counter["Verdict"])

    def add(self, verdict: Verdict) -> None:
        """Count one."""
        self.of += 1
        if verdict == "right":
            self.right += 1
        else:
            self.wrong[verdict] += 1

    @property
    def share(self) -> float | None:
        """The share that is right; None where nothing was asked."""
        return self.right / self.of if self.of else None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"right": self.right, "of": self.of, **{name: self.wrong[name] for name in _WRONG if self.wrong[name]}}


@dataclass(frozen=True, slots=True)
class Case:
    """One vector with thinking on or off, and all that came of it.

    Attributes:
        vector: the vector.
        thinking: whether it was on.
        said: whether the model said the text; such that it did not are in no share.
        evidence: how that is known.
        delivered: what each column got.
        verdicts: what each of them is worth.
        model_said: the model's raw text, where the runtime shows it.
        repairs: what our client repaired in the chat lane.
    """

    vector: Vector
    thinking: bool
    said: bool
    evidence: Evidence
    delivered: Mapping[Column, Delivered]
    verdicts: Mapping[Column, Verdict]
    model_said: str
    repairs: tuple[str, ...]


@dataclass
class Row:
    """A family, or a total.

    Attributes:
        name: its name.
        cases: vectors times settings of thinking.
        not_said: how many of them the model did not say.
        cells: what each column got right.
    """

    name: str
    cases: int = 0
    not_said: int = 0
    cells: dict[Column, Cell] = field(default_factory=dict[Column, Cell])

    def add(self, case: Case) -> None:
        """Count one case."""
        self.cases += 1
        if not case.said:
            self.not_said += 1
            return
        for column, verdict in case.verdicts.items():
            self.cells.setdefault(column, Cell()).add(verdict)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        cells = {column: self.cells[column].to_json() for column in COLUMNS if column in self.cells}
        return {"name": self.name, "cases": self.cases, "not_said": self.not_said, **cells}


@dataclass(frozen=True, slots=True)
class Table:
    """All rows, and the cases behind them."""

    families: tuple[Row, ...]
    totals: tuple[Row, ...]
    cases: tuple[Case, ...]

    @property
    def columns(self) -> list[Column]:
        """The columns that have anything in them."""
        return [column for column in COLUMNS if any(column in row.cells for row in self.totals)]

    @property
    def kept_well_formed(self) -> bool:
        """Whether our client made the best of every well-formed output: right, or destroyed before it saw it."""
        ours = self.total("well-formed").cells
        raw, chat = ours.get("client_raw", Cell()), ours.get("client_chat", Cell())
        return raw.right == raw.of and not chat.wrong["kept"]

    def total(self, name: str) -> Row:
        """Return a total: `well-formed`, `malformed` or `all`."""
        return next(row for row in self.totals if row.name == name)

    def to_json(self) -> dict[str, Any]:
        """Return the rows as JSON, without the cases."""
        return {
            "families": [row.to_json() for row in self.families],
            "totals": [row.to_json() for row in self.totals],
        }


def table_of(plays: Iterable[Play], results: Mapping[str, Result]) -> Table:
    """Count results.

    Args:
        plays: what was asked for; what has no result yet is left out.
        results: by the key of the play.
    """
    grouped: dict[tuple[str, bool], dict[How, tuple[Play, Result]]] = {}
    for play in plays:
        if play.key in results:
            grouped.setdefault((play.vector.name, play.thinking), {})[play.how] = play, results[play.key]
    return counted([_case(found) for found in grouped.values()])


def counted(cases: Iterable[Case]) -> Table:
    """Count cases by family."""
    ordered = sorted(cases, key=lambda one: (not one.vector.family.startswith("wf_"), one.vector.name, one.thinking))
    families: dict[str, Row] = {}
    totals = {name: Row(name) for name in ("well-formed", "malformed", "all")}
    for case in ordered:
        families.setdefault(case.vector.family, Row(case.vector.family)).add(case)
        totals["well-formed" if case.vector.well_formed else "malformed"].add(case)
        totals["all"].add(case)
    return Table(tuple(families.values()), tuple(totals.values()), tuple(ordered))


def case_of(
    vector: Vector,
    *,
    thinking: bool,
    said: bool,
    evidence: Evidence,
    delivered: Mapping[Column, Delivered],
    model_said: str,
    repairs: tuple[str, ...],
) -> Case:
    """Return a case with its verdicts."""
    alone = delivered.get("alone_streamed", Delivered())
    verdicts: dict[Column, Verdict] = {}
    for column, one in delivered.items():
        # In the raw lane the model's own text arrives, so nothing is lost on the way.
        arrived = (
            alone if column == "client_chat" else Delivered(content=vector.text) if column == "client_raw" else one
        )
        verdicts[column] = judge(vector, arrived, one)
    return Case(vector, thinking, said, evidence, delivered, verdicts, model_said, repairs)


def _case(found: Mapping[How, tuple[Play, Result]]) -> Case:
    play = next(iter(found.values()))[0]
    results: dict[How, Result] = {how: result for how, (_, result) in found.items()}
    delivered, repairs = _delivered(results)
    raw = results.get("raw")
    shown = raw is not None and raw.said is not None
    known = known_to_say(play.vector.name, thinking=play.thinking)
    return case_of(
        play.vector,
        thinking=play.thinking,
        said=bool(raw.said) if raw is not None and shown else known,
        evidence=(raw.evidence or "list") if raw is not None and shown else "list",
        delivered=delivered,
        model_said="" if raw is None else raw.arrived.content,
        repairs=repairs,
    )


def _delivered(results: Mapping[How, Result]) -> tuple[dict[Column, Delivered], tuple[str, ...]]:
    found: dict[Column, Delivered] = {}
    repairs: Sequence[str] = ()
    if "stream" in results:
        found["alone_streamed"] = results["stream"].arrived
    if "whole" in results:
        found["alone_whole"] = results["whole"].arrived
    if "stream" in results and results["stream"].client is not None:
        found["client_chat"] = results["stream"].client
        repairs = results["stream"].repairs
    if "raw" in results and results["raw"].client is not None:
        found["client_raw"] = results["raw"].client
    return found, tuple(repairs)
