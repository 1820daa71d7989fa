"""A whole run: who answers, every play once, and the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gemwright import __version__
from gemwright.acid.gate import need_demo_model
from gemwright.acid.judge import Delivered
from gemwright.acid.play import HOWS, How, Stage, plays_of
from gemwright.acid.said import listed_model
from gemwright.acid.state import State
from gemwright.acid.table import Table, case_of, counted, table_of
from gemwright.acid.vectors import Vector, vectors, vectors_hash
from gemwright.foundation.errors import BadOption
from gemwright.runtimes.base import Runtime, RuntimeInfo

__all__ = ["Report", "run"]

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found.

    Attributes:
        runtime, version, model: who answered.
        hows: the ways that were asked.
        table: the results.
    """

    runtime: str
    version: str
    model: str
    hows: tuple[How, ...]
    table: Table

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON: everything but the address, which is nobody's business, and the date."""
        return {
            "format": FORMAT,
            "gemwright": __version__,
            "vectors": vectors_hash(),
            "runtime": self.runtime,
            "version": self.version,
            "model": self.model,
            "ways": list(self.hows),
            "evidence": sorted({case.evidence for case in self.table.cases}),
            "listed_model": listed_model(),
            **self.table.to_json(),
            "cases": [
                {
                    "name": case.vector.name,
                    "well_formed": case.vector.well_formed,
                    "thinking": case.thinking,
                    "said": case.said,
                    "evidence": case.evidence,
                    "verdicts": dict(case.verdicts),
                    "delivered": {column: one.to_json() for column, one in case.delivered.items()},
                    "repairs": list(case.repairs),
                    "model_said": case.model_said,
                }
                for case in self.table.cases
            ],
        }

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Report:
        """Read what `to_json` wrote. Verdicts and counts are made anew.

        Raises:
            BadOption: it is none, or of other vectors than ours.
        """
        hint = "play them again with this version"
        if value.get("vectors") != vectors_hash():
            raise BadOption("this is no report of our vectors", hint=hint)
        by_name = {one.name: one for one in vectors()}
        try:
            cases = [
                case_of(
                    by_name[one["name"]],
                    thinking=bool(one["thinking"]),
                    said=bool(one["said"]),
                    evidence=one["evidence"],
                    delivered={column: Delivered.from_json(found) for column, found in one["delivered"].items()},
                    model_said=str(one.get("model_said", "")),
                    repairs=tuple(map(str, one["repairs"])),
                )
                for one in value["cases"]
            ]
            runtime, version, model = (str(value[name]) for name in ("runtime", "version", "model"))
            return Report(runtime, version, model, tuple(value["ways"]), counted(cases))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadOption("this is no report of the acid test", hint=hint) from error


async def run(
    runtime: Runtime,
    played: Sequence[Vector],
    *,
    thinking: Sequence[bool] = (False, True),
    without: Sequence[How] = (),
    state: Callable[[RuntimeInfo], Path | None] = lambda _: None,
    name: str = "",
    version: str = "",
    deadline: float = 120.0,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Report:
    """Play vectors through a runtime. A run that is cancelled or fails keeps what it has in its state file.

    Args:
        runtime: who answers; it stays open.
        played: the vectors.
        thinking: settings of thinking to play each with.
        without: ways to leave out.
        state: returns the file of the unfinished run, once it is known who answers; None keeps nothing.
        name: the runtime's, where it does not tell it itself.
        version: the runtime's, where it does not tell it itself.
        deadline: seconds that one answer may take.
        progress: told after each answer how many are there, and how many there will be.

    Raises:
        BadOption: nothing is left to play, or the state file is of another run.
        ModelMissing: another model answers than the demo model.
        RuntimeFailure: nobody answers, or no longer.
    """
    stage = Stage(runtime, deadline=deadline)
    info = await need_demo_model(stage)
    available = await stage.hows()
    hows: tuple[How, ...] = tuple(how for how in HOWS if how in available and how not in without)
    plays = plays_of(played, thinking, hows)
    if not plays:
        raise BadOption("nothing is left to play", hint="leave out fewer ways, or name other families")
    told = (name or info.runtime, version or info.version, info.model)
    identity = dict(zip(("runtime", "version", "model"), told, strict=True))
    kept = State(state(info), {**identity, "vectors": vectors_hash(), "gemwright": __version__})
    done = sum(play.key in kept.results for play in plays)
    try:
        for play in plays:
            if play.key not in kept.results:
                kept.add(play.key, await stage.play(play))
                done += 1
            progress(done, len(plays))
    except BaseException:
        kept.write()
        raise
    kept.forget()
    return Report(*told, hows, table_of(plays, kept.results))
