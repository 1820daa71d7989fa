"""Fetch the packages of `requirements/oracles.lock` into `build/oracles`: other people's files to compare ours with.

With `trees` as its argument, those of `requirements/trees.lock` into `build/trees`: family trees that others published. They
are downloaded and never installed. Without a network this prints the reason and ends well: the tests that need them say so and
are skipped.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from set_up import CHECKOUT, SetUpError, holds, pip_command

PATIENCE_S = 180


def fetch(checkout: Path, what: str = "oracles") -> str:
    """Download what a lock names, once.

    Args:
        checkout: the repository.
        what: `oracles` or `trees`.

    Returns:
        Why it could not be done; empty when they are there.
    """
    target = checkout / "build" / what
    lock = checkout / "requirements" / f"{what}.lock"
    stamp, wanted = target / "fetched.stamp", lock.read_text("utf-8")
    if holds(stamp, wanted):
        return ""
    target.mkdir(parents=True, exist_ok=True)
    options = ("-qq", "--disable-pip-version-check", "--no-input", "--no-deps", "--retries", "1", "--timeout", "15")
    try:
        command = [
            *pip_command(checkout / ".venv"),
            "download",
            *options,
            "--require-hashes",
            "-r",
            lock,
            "-d",
            str(target),
        ]
        finished = subprocess.run(command, check=False, timeout=PATIENCE_S)
    except (SetUpError, subprocess.TimeoutExpired) as problem:
        return str(problem)
    if finished.returncode != 0:
        return "pip could not download them; its reason is above"
    stamp.write_text(wanted, "utf-8")
    return ""


def main(what: str = "oracles") -> int:
    """Run as a program; always ends with 0, since tests can go on without."""
    reason = fetch(CHECKOUT, what)
    if reason:
        print(f"{what} not fetched, tests that need them will be skipped: {reason}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
