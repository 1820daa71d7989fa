"""Official clients in an environment of their own (`make clients`): scripts run there as child processes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

import set_up

ENVIRONMENT = set_up.CHECKOUT / set_up.ENVIRONMENTS["clients"]
PATIENCE_S = 150  # a child asks a real model many times; a busy machine takes a multiple of the usual ten seconds


def clients_python() -> Path:
    """Return the interpreter that has openai, ollama, llm, pydantic-ai and this checkout's gemwright.

    Where the environment is missing or behind its lock, the test that asks is skipped, with the reason.
    """
    stamp = ENVIRONMENT / "gemwright-clients.stamp"
    if not set_up.holds(stamp, set_up.fingerprint(set_up.CHECKOUT, "clients")):
        pytest.skip("build/clients is missing or behind requirements/clients.lock: run `make clients`")
    return set_up.environment_python(ENVIRONMENT)


def run_with_clients(
    *arguments: str | Path,
    settings: Mapping[str, str] | None = None,
    stdin: str = "",
    wanted: int = 0,
) -> subprocess.CompletedProcess[str]:
    """Run the environment's Python with these arguments, and fail with its last words unless it ends as wanted.

    Args:
        arguments: as after `python`: a script's path and its arguments, or `-m`, `llm`, ...
        settings: environment variables on top of this process's.
        stdin: what the child reads.
        wanted: the exit code that is right.

    Returns:
        The finished process, with its output as text.
    """
    finished = subprocess.run(
        [clients_python(), *arguments],
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **(settings or {})},
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
        check=False,
    )
    assert finished.returncode == wanted, f"ended with {finished.returncode}:\n{finished.stderr[-4000:]}"
    return finished
