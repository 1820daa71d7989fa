"""An advisory tells its five parts, in their order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gemwright.catalog.advisories import SECTIONS
from gemwright.corpus.lint.world import Fault, World

__all__ = ["DESCRIPTION", "check"]

DESCRIPTION = "an advisory has its five headings in order, with text below each"


def check(world: World) -> Iterator[Fault]:
    """Yield advisories whose text lacks a part."""
    for file, _, advisory in world.records("advisories"):
        found = tuple(re.findall(r"^## (.+)$", advisory.text, re.MULTILINE))
        if found != SECTIONS:
            yield Fault(
                "sections", file, 1, f"the headings are {', '.join(SECTIONS)}, not {', '.join(found) or 'none'}"
            )
            continue
        for heading in SECTIONS:
            if not advisory.section(heading):
                yield Fault("sections", file, world.line(file, f"## {heading}"), f"nothing stands below {heading!r}")
