"""Conditions of advisories can be read."""

from __future__ import annotations

from collections.abc import Iterator

from gemwright.corpus.condition import parse_condition
from gemwright.corpus.environment import package_name
from gemwright.corpus.lint.world import Fault, World
from gemwright.foundation.errors import CorpusProblem

__all__ = ["DESCRIPTION", "check"]

DESCRIPTION = "conditions parse, and ask for what an environment can say"
_FIELDS = {
    "model": {"variant", "quant", "source", "context", "runtime"},
    "gpu": {"vendor", "name", "compute_capability", "memory_gb", "count"},
    "os": {""},
    "task": {""},
}


def check(world: World) -> Iterator[Fault]:
    """Yield conditions that cannot be read, and names in them that mean nothing."""
    packages = {package_name(name) for name in world.catalog.vocabulary.packages}
    packages |= {name for _, name, _ in world.records("runtimes")}
    for file, _, advisory in world.records("advisories"):
        line = world.line(file, "when")
        try:
            condition = parse_condition(advisory.detect.when)
        except CorpusProblem as e:
            yield Fault("conditions", file, line, e.message, e.hint or "")
            continue
        for name in sorted(condition.names()):
            root, _, rest = name.partition(".")
            known = _FIELDS.get(root)
            if (known is not None and rest not in known) or (known is None and not rest):
                yield Fault("conditions", file, line, f"an environment has no {name!r}")
            elif root in ("version", "installed") and package_name(rest) not in packages:
                yield Fault("conditions", file, line, f"vocab.toml does not have the package {rest!r}")
