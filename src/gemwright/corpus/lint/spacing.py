"""Files end with one line break, and lines with something that can be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from gemwright.corpus.lint.world import Fault, World

__all__ = ["DESCRIPTION", "check", "fix"]

DESCRIPTION = "no blanks at the ends of lines, one line break at the end of a file"
_BLANKS = re.compile(r"[ \t\r]+$", re.MULTILINE)


def check(world: World) -> Iterator[Fault]:
    """Yield blanks where none belong."""
    for file, text in world.files.items():
        for match in _BLANKS.finditer(text):
            yield Fault("spacing", file, text.count("\n", 0, match.start()) + 1, "blanks at the end of the line")
        if text.rstrip() + "\n" != text:
            yield Fault("spacing", file, text.count("\n") + 1, "the file ends with one line break")


def fix(world: World) -> dict[Path, str]:
    """Return the files without those blanks."""
    mended = {world.path(name): _BLANKS.sub("", text).rstrip() + "\n" for name, text in world.files.items()}
    return {path: text for path, text in mended.items() if text != world.files[world.name(path)]}
