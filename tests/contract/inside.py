"""The contract over a runtime in this process: `python tests/contract/inside.py transformers|mistralrs FOLDER`.

Run with the Python of the runtime's own environment, which has no pytest; the last line of its output is what came of it.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from gemwright.client.lanes import LaneName
from gemwright.runtimes.base import Runtime
from gemwright.testing.runtime_contract import Limits, run_contract


def main(name: str, folder: str) -> None:
    """Run it and print the outcomes."""
    runtime: Runtime
    lanes: tuple[LaneName, ...] = ("raw",)
    if name == "transformers":
        from gemwright.runtimes.transformers_local import TransformersLocal

        runtime = TransformersLocal(folder)
    else:
        from gemwright.runtimes.mistralrs_local import MistralrsLocal

        runtime, lanes = MistralrsLocal(folder), ("raw", "chat")
    # One adapter for all, since it loads the model again after it was closed.
    outcomes = run_contract(lambda: runtime, lanes=lanes, limits=Limits(answer=300, stop=2))
    sys.stdout.write(json.dumps([asdict(outcome) for outcome in outcomes]) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
