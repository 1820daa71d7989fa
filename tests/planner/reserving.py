"""A child that loads the demo model in llama.cpp with settings of its own, lets it log what it reserves, and ends."""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any


def main() -> None:
    """Read settings of `CommonParams` as JSON from the command line and start a server with them."""
    engine: Any = importlib.import_module("xllamacpp")
    model, settings = sys.argv[1], json.loads(sys.argv[2])
    chosen = engine.CommonParams()
    chosen.model.path = model
    chosen.hostnames, chosen.port, chosen.ui = ["127.0.0.1"], 0, False
    chosen.verbosity = 4
    chosen.fit_params = False
    chosen.cpuparams.n_threads = 1
    for name, value in settings.items():
        known = getattr(engine.ggml_type, f"GGML_TYPE_{value.upper()}") if name.startswith("cache_type") else value
        setattr(chosen, name, known)
    server = engine.Server(chosen)
    assert server.listening_address
    os._exit(0)


if __name__ == "__main__":
    main()
