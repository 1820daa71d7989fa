"""Which quirks a version of a runtime has, from the catalog's records of runtimes.

Knows: which quirks the catalog names, and in which versions.
Never knows: what an adapter does about one. Adapters ask by id; no version number stands in their code.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gemwright.catalog.load import catalog
from gemwright.catalog.ranges import Range
from gemwright.catalog.things import Quirk, Runtime
from gemwright.foundation.errors import CorpusProblem

__all__ = ["Quirks", "quirks_of"]


@dataclass(frozen=True, slots=True)
class Quirks:
    """The quirks of one version of a runtime.

    Attributes:
        active: those that it has, in the catalog's order.
        known: ids of all quirks that the catalog names for the runtime, whatever the version.
    """

    active: tuple[Quirk, ...] = ()
    known: frozenset[str] = field(default_factory=frozenset[str])

    def has(self, name: str) -> bool:
        """Return whether this version has the quirk of that id.

        Raises:
            CorpusProblem: the catalog names no such quirk for this runtime; the adapter and the data disagree.
        """
        if name not in self.known:
            raise CorpusProblem(f"the catalog names no quirk {name!r} for this runtime")
        return any(one.id == name for one in self.active)

    @property
    def evidence(self) -> tuple[str, ...]:
        """The ids of the advisories and claims behind the active ones, each once."""
        return tuple(dict.fromkeys(one.evidence for one in self.active))


def quirks_of(runtime: str, version: str) -> Quirks:
    """Return what the catalog knows of a version of a runtime.

    A quirk without a known end is taken to be there also in versions newer than the newest in which anybody looked; a
    version that cannot be read has only those that every version has.

    Args:
        runtime: id of the runtime's record, such as `ollama`.
        version: as the runtime spells it; empty where it tells none.

    Raises:
        CorpusProblem: there is no such record.
    """
    record = catalog().all(Runtime).get(runtime)
    if record is None:
        raise CorpusProblem(f"the catalog has no runtime {runtime!r}")
    version = version.strip()
    active = tuple(one for one in record.quirk if _holds(one.versions(runtime, record.scheme), version))
    return Quirks(active, frozenset(one.id for one in record.quirk))


def _holds(versions: Range, version: str) -> bool:
    if not versions.events:
        return True
    return bool(version) and (versions.holds(version) is True or _in_open_end(versions, version))


def _in_open_end(versions: Range, version: str) -> bool:
    """Whether a version lies in a range but is newer than the newest in which anybody looked."""
    open_ended = Range(
        package=versions.package, scheme=versions.scheme, events=versions.events, every_version=versions.open_end
    )
    return versions.outruns(version) and open_ended.holds(version) is True
