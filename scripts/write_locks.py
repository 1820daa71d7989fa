"""Resolve the project's dependencies anew: `requirements/run.lock`, `test.lock` and `clients.lock`.

The first two come from one resolution by uv, which is installed into a throwaway environment for it; the third, what
`requirements/clients.in` names, is held to the versions of the first. They hold hashes and markers for every platform
and no index address, so that pip can install them from whatever index it is set up with.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from set_up import SetUpError, environment_python, pip_command

CHECKOUT = Path(__file__).resolve().parent.parent
UV = "uv>=0.13"
EXPORT = (
    *("export", "--quiet", "--frozen", "--format", "requirements-txt", "--no-header", "--no-annotate"),
    *("--all-extras", "--no-emit-workspace", "--no-default-groups"),
    # What other people's programs bring along when they plug us in; their own lock has them.
    *("--no-extra", "llm", "--no-extra", "pydantic-ai"),
    # Whole runtimes: hundreds of megabytes, which `make tune-env` and `make peers-env` install where they are wanted.
    *("--no-extra", "mistralrs", "--no-extra", "transformers"),
)
GROUPS = {"run": "build", "test": "dev"}
# The Visualizer brings codecs and a graphics library, which `make run` has no use for.
PACKAGES = {
    "run": ("--package", "gemwright", "--package", "gemwright-standin", "--package", "gemwright-simon"),
    "test": ("--all-packages",),
}
CLIENTS = (
    *("pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header", "--no-annotate", "--upgrade"),
    *("--constraint", "requirements/run.lock", "--extra", "llm", "--extra", "pydantic-ai", "--group", "build"),
    *("requirements/clients.in", "pyproject.toml", "--output-file", "requirements/clients.lock"),
)


def resolve(uv: str, checkout: Path) -> None:
    """Write all locks of a checkout with the given uv program."""
    subprocess.run([uv, "lock", "--upgrade"], cwd=checkout, check=True)
    for lock, group in GROUPS.items():
        target = checkout / "requirements" / f"{lock}.lock"
        subprocess.run(
            [uv, *EXPORT, *PACKAGES[lock], "--group", group, "--output-file", str(target)], cwd=checkout, check=True
        )
    subprocess.run([uv, *CLIENTS], cwd=checkout, check=True)


def main() -> int:
    """Run as a program; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="gemwright-lock-") as folder:
        environment = Path(folder) / "env"
        try:
            subprocess.run([*pip_command(environment), "install", "--quiet", UV], check=True)
            resolve(str(environment_python(environment).with_name("uv")), CHECKOUT)
        except (SetUpError, subprocess.CalledProcessError) as problem:
            print(f"the locks were not written: {problem}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
