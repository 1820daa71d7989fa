"""Checks of the corpus and of the documents: one rule a file, each with a test that plants the fault.

A rule is a module with `DESCRIPTION` and `check(world)`; where a machine can mend what it finds, also `fix(world)`, which
returns the new text of files. Lint checks form and links; whether a claim is true is for people to check. Paths excused from a
rule stand in `corpus/exceptions/<rule>.txt`, one a line, with the reason behind a `#`, so that debt can be counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType

from gemwright.corpus.lint import (
    addresses,
    conditions,
    dates,
    documents,
    evidence,
    findings,
    form,
    history,
    markup,
    names,
    ranges,
    references,
    sections,
    spacing,
    statements,
    supports,
    twins,
    words,
)
from gemwright.corpus.lint.world import Fault, World
from gemwright.foundation.errors import CorpusProblem
from gemwright.foundation.files import write_whole

__all__ = ["RULES", "Fault", "World", "fix", "lint"]

RULES: Mapping[str, ModuleType] = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        form,
        names,
        words,
        references,
        evidence,
        history,
        statements,
        ranges,
        conditions,
        dates,
        addresses,
        sections,
        supports,
        findings,
        twins,
        markup,
        spacing,
        documents,
    )
}
"""Every rule by name, in the order in which they run."""


def lint(world: World, rules: Iterable[str] = ()) -> list[Fault]:
    """Return what is wrong, by file and line.

    Args:
        world: the corpus and the documents.
        rules: only these; all where empty.

    Raises:
        CorpusProblem: there is no such rule, or an exception names a file that is not there.
    """
    chosen = list(rules) or list(RULES)
    found: list[Fault] = []
    for name in chosen:
        if name not in RULES:
            raise CorpusProblem(f"there is no lint rule {name!r}", hint=f"the rules are {', '.join(RULES)}")
        excused = world.excused(name)
        found += [fault for fault in RULES[name].check(world) if fault.file not in excused]
    return sorted(dict.fromkeys(found), key=lambda fault: (fault.file, fault.line, fault.rule, fault.message))


def fix(world: World, rules: Iterable[str] = ()) -> list[Path]:
    """Mend what a machine can mend, and return the files that changed. Each is written whole or not at all.

    Args:
        world: the corpus and the documents; it is old afterwards.
        rules: only these; all where empty.
    """
    changed: dict[Path, str] = {}
    for name in list(rules) or list(RULES):
        if hasattr(RULES[name], "fix"):
            excused = world.excused(name)
            changed.update({p: text for p, text in RULES[name].fix(world).items() if world.name(p) not in excused})
    for path, text in changed.items():
        write_whole(path, text.encode())
    return sorted(changed)
