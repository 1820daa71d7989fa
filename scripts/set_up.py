"""Bring an environment up to a lock file, and do nothing when it is there already.

    python3 scripts/set_up.py run      `.venv`, with what `make run` needs: small and quick
    python3 scripts/set_up.py test     `.venv`, with everything: tests, linters, type checker
    python3 scripts/set_up.py clients  `build/clients`: official clients to compare with, and what our plug-ins plug into

Runs before anything is installed, so it knows the standard library only. What was installed is remembered in stamps
inside the environment: one for the place and the Python that made it, one for each lock. Clients are not needed for
everything: where they cannot be installed, this says why and ends well, and the tests that need them are skipped.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import venv
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
# The distributions of this repository, as folders with a `pyproject.toml`: they are installed from the tree, editable.
# The Visualizer brings codecs and a graphics library, which `make run` has no use for.
DISTRIBUTIONS = {
    "run": (".", "standin", "apps/simon"),
    "test": (".", "standin", "apps/simon", "apps/visualizer"),
    "clients": (".", "standin", "apps/simon"),
}
# Which environment a lock is for, as a path in the checkout.
ENVIRONMENTS = {"run": ".venv", "test": ".venv", "clients": "build/clients"}
# A lock and what its installation satisfies: `run` and `test` come from one resolution, and the second holds the first.
SATISFIES = {"run": ("run",), "test": ("run", "test"), "clients": ("clients",)}
# Locks that one can do without, and how long is waited for an index that may not be there.
OPTIONAL = ("clients",)
IMPATIENT = ("--retries", "1", "--timeout", "15")
DEBIAN_HINT = "on Debian or Ubuntu: apt install python3-venv python3-pip"


class SetUpError(Exception):
    """One sentence for the person at the terminal."""


def environment_python(environment: Path) -> Path:
    """Return the path of an environment's interpreter on this system."""
    return environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def origin(checkout: Path) -> str:
    """Describe what an environment cannot outlive: its place, and the Python that made it."""
    return f"{checkout}\n{sys.implementation.name} {sys.version_info[0]}.{sys.version_info[1]}\n"


def fingerprint(checkout: Path, lock: str) -> str:
    """Hash what decides the installed packages: the lock, and the metadata of our own distributions."""
    digest = hashlib.sha256()
    own = [checkout / folder / "pyproject.toml" for folder in DISTRIBUTIONS[lock]]
    for path in (checkout / "requirements" / f"{lock}.lock", *own):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def holds(stamp: Path, text: str) -> bool:
    """Tell whether a stamp was written with this text."""
    return stamp.is_file() and stamp.read_text("utf-8") == text


def pip_command(environment: Path) -> list[str]:
    """Make an empty environment and return the start of every pip command that installs into it.

    The environment's own pip where Python carries one (`ensurepip`), else the pip beside this Python.

    Raises:
        SetUpError: this Python has neither.
    """
    inside = importlib.util.find_spec("ensurepip") is not None
    if not inside and importlib.util.find_spec("pip") is None:
        raise SetUpError(f"{sys.executable} has neither pip nor ensurepip; {DEBIAN_HINT}")
    if not environment_python(environment).exists():
        venv.create(environment, with_pip=inside, symlinks=sys.platform != "win32")
    python = str(environment_python(environment))
    if subprocess.run([python, "-c", "import pip"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
        return [python, "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", python]


def install(checkout: Path, environment: Path, lock: str) -> None:
    """Install a lock's packages, then our own distributions, editable.

    Raises:
        SetUpError: pip failed; it has said why.
    """
    pip = pip_command(environment)
    quiet = ["install", "-qq", "--disable-pip-version-check", "--no-input", "--no-deps"]
    quiet += IMPATIENT if lock in OPTIONAL else ()
    own = [word for folder in DISTRIBUTIONS[lock] for word in ("--editable", str(checkout / folder))]
    steps = (
        [*quiet, "--only-binary", ":all:", "--require-hashes", "-r", str(checkout / "requirements" / f"{lock}.lock")],
        [*quiet, "--no-build-isolation", *own],
    )
    for step in steps:
        if subprocess.run([*pip, *step], check=False).returncode != 0:
            raise SetUpError(
                f"pip could not install requirements/{lock}.lock (its reason is above); is a network there?"
            )


def set_up(checkout: Path, lock: str) -> bool:
    """Bring the environment of a lock up to it.

    Args:
        checkout: the project's root.
        lock: `run`, `test` or `clients`.

    Returns:
        Whether anything had to be installed.

    Raises:
        SetUpError: it cannot be done here.
    """
    environment = checkout / ENVIRONMENTS[lock]
    base, made_for = environment / "gemwright-base.stamp", origin(checkout)
    stamps = {
        name: environment / f"gemwright-{name}.stamp" for name in SATISFIES if ENVIRONMENTS[name] == ENVIRONMENTS[lock]
    }
    known = holds(base, made_for) and environment_python(environment).exists()
    if known and holds(stamps[lock], fingerprint(checkout, lock)):
        return False
    print(
        f"Setting up {ENVIRONMENTS[lock]} from requirements/{lock}.lock; this happens once ...",
        file=sys.stderr,
        flush=True,
    )
    if not known and environment.exists():
        shutil.rmtree(environment)
    for stamp in stamps.values():
        stamp.unlink(missing_ok=True)
    environment.parent.mkdir(parents=True, exist_ok=True)
    install(checkout, environment, lock)
    base.write_text(made_for, "utf-8")
    for name in SATISFIES[lock]:
        stamps[name].write_text(fingerprint(checkout, name), "utf-8")
    return True


def main(arguments: list[str]) -> int:
    """Run as a program; return the exit code."""
    if len(arguments) != 1 or arguments[0] not in SATISFIES:
        print(f"usage: set_up.py {'|'.join(SATISFIES)}", file=sys.stderr)
        return 2
    try:
        set_up(CHECKOUT, arguments[0])
    except (SetUpError, OSError) as problem:
        if arguments[0] in OPTIONAL:
            print(f"{arguments[0]} not installed, tests that need them will be skipped: {problem}", file=sys.stderr)
            return 0
        print(f"set-up failed: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("set-up interrupted; the next run starts it again", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
