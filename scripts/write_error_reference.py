"""Write `docs/reference/errors.md` from the classes of `gemwright.foundation.errors`; `--check` only compares.

The docstrings are the text: what a class means is said once, beside its code.
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

from gemwright.foundation import errors
from gemwright.foundation.errors import GemwrightError

TARGET = Path(__file__).resolve().parent.parent / "docs" / "reference" / "errors.md"
HEAD = """# Errors

<!-- Written by `make docs` from src/gemwright/foundation/errors.py. -->

Every failure that gemwright expects is one of these classes. The code is stable and printed with the message; the exit
code is what the command line ends with; the HTTP status is what a server answers. *Retry* says whether the same request
may succeed the next time.

| Code | Class | Exit | HTTP | Retry |
|---|---|--:|--:|:-:|
"""


def family() -> list[type[GemwrightError]]:
    """List the public classes, by code; a room's own refinement of one has its parent's code and is not listed."""
    classes: list[type[GemwrightError]] = [getattr(errors, name) for name in errors.__all__]
    return sorted(classes, key=lambda error: error.code)


def section(error: type[GemwrightError]) -> str:
    """Write one class: its code and name, what it means, and what a reader can do."""
    meaning = inspect.getdoc(error) or ""
    summary, _, details = meaning.partition("\n\nArgs:")
    unwrapped = re.sub(r"\n {8,}", " ", details)
    fields = "\n".join(f"- {line.strip()}" for line in unwrapped.strip().splitlines())
    parent = error.__mro__[1]
    lines = [f"## {error.code} {error.__name__}", f"*A kind of {parent.__name__}.*", summary]
    if fields:
        lines.append(f"It carries:\n\n{fields}")
    if error.default_hint:
        lines.append(f"**What to do:** {error.default_hint}")
    return "\n\n".join(lines) + "\n"


def reference() -> str:
    """Return the whole page."""
    classes = family()
    rows = "".join(
        f"| [{error.code}](#{error.code.lower()}-{error.__name__.lower()}) | `{error.__name__}` | {error.exit_code} "
        f"| {error.http_status} | {'yes' if error.retryable else ''} |\n"
        for error in classes
    )
    return HEAD + rows + "\n" + "\n".join(section(error) for error in classes)


def write_or_check(target: Path, page: str, source: str, arguments: list[str]) -> int:
    """Write a generated page, or with `--check` in the arguments see whether it is fresh; return the exit code."""
    if "--check" in arguments:
        if target.is_file() and target.read_text("utf-8") == page:
            return 0
        print(f"{target.name} is not what {source} say; run `make docs`", file=sys.stderr)
        return 1
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page, "utf-8")
    return 0


def main(arguments: list[str]) -> int:
    """Run as a program; return the exit code."""
    return write_or_check(TARGET, reference(), "the error classes", arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
