"""Write `src/gemwright/acid/said.json`: what the shipped demo model says exactly, measured anew on llama.cpp.

Run it whenever the model file changes; it takes some minutes.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from importlib.metadata import version
from pathlib import Path

from gemwright.acid.play import Stage, plays_of
from gemwright.acid.vectors import vectors
from gemwright.launch.embedded import demo_model, start_embedded
from gemwright.runtimes.llamacpp import LlamaCpp

TARGET = Path(__file__).resolve().parent.parent / "src" / "gemwright" / "acid" / "said.json"


async def not_said(url: str) -> dict[str, list[str]]:
    """Return the names of the vectors that the model does not say, with thinking off and on."""
    runtime = LlamaCpp(url)
    try:
        stage = Stage(runtime)
        found: dict[str, list[str]] = {"off": [], "on": []}
        for one in plays_of(vectors(), (False, True), ["raw"]):
            if not (await stage.play(one)).said:
                found["on" if one.thinking else "off"].append(one.vector.name)
        return {name: sorted(names) for name, names in found.items()}
    finally:
        await runtime.aclose()


def main() -> int:
    """Run as a program; return the exit code."""
    with start_embedded() as engine:
        missing = asyncio.run(not_said(engine.url))
    found = {
        "model": hashlib.sha256(demo_model().read_bytes()).hexdigest(),
        "engine": f"pkg:pypi/xllamacpp@{version('xllamacpp')}",
        "not_said": missing,
    }
    TARGET.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", "utf-8")
    told = ", ".join(f"thinking {name}: {len(vectors()) - len(names)}" for name, names in missing.items())
    print(f"of {len(vectors())} vectors said exactly, {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
