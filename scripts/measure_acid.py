"""Run the acid test over every runtime that runs here, and keep each report: measurement, page, JSON.

    python scripts/measure_acid.py OUT [NAME ...] [--record] [-- OPTION ...]

NAME is llama.cpp, llama.cpp-openai, mlx-lm, transformers or mistral.rs; by default all that are there: all but the first
two need `make peers-env`. Reports and unfinished runs lie in OUT, so the same command goes on where it was cut off. `--record`
writes the measurements into corpus/. Options behind `--` go to `gemwright acid`, such as `--limit 1 --thinking off`.
When the demo model's file has changed, run scripts/write_acid_said.py before.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("llama.cpp", "llama.cpp-openai", "mlx-lm", "transformers", "mistral.rs")
ENGINE = ("llama.cpp", "llama.cpp-openai")


@contextlib.contextmanager
def command_for(name: str) -> Generator[list[str]]:
    """Start a runtime where it is a server, and give the command that tests it."""
    acid = [sys.executable, "-m", "gemwright", "acid"]
    if name in ENGINE:
        yield acid if name == "llama.cpp" else [*acid, "--speak", name, "--name", "llama.cpp, OpenAI's endpoints"]
        return
    peers: Any = importlib.import_module("training.peers")  # beside the package, and only for these
    python = peers.peer(name.replace(".", ""))
    if python is None:
        raise LookupError(f"{name} is not installed here; run `make peers-env`")
    if name == "mistral.rs":
        yield [str(python), "-m", "gemwright", "acid", name, "--model", str(peers.layout_of())]
        return
    found = subprocess.run([python, "-m", "pip", "show", name], capture_output=True, text=True, check=True).stdout
    version = next(line.partition(": ")[2] for line in found.splitlines() if line.startswith("Version"))
    with peers.serving(name) as (url, _):
        yield [*acid, url, "--speak", name, "--version-is", version]


def measure(name: str, out: Path, options: list[str], *, record: bool) -> int:
    """Test one runtime, keep its report, and return the exit code of the test.

    Raises:
        LookupError: it is not installed here.
    """
    paths = os.pathsep.join(map(str, (ROOT / "src", ROOT / "standin", ROOT / "standin" / "src")))
    quiet = {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "RUST_LOG": "error"}
    extra = ["--json", "--state", str(out / f"{name}.state"), "--html", str(out / f"{name}.html")]
    if record:
        extra += ["--record", str(ROOT / "corpus")]
    with command_for(name) as command:
        done = subprocess.run([*command, *extra, *options], stdout=subprocess.PIPE, env=os.environ | quiet, check=False)
    if done.returncode <= 1:
        told = done.stdout.splitlines()[-1]  # mistral.rs logs to standard output
        (out / f"{name}.json").write_bytes(told)
        print(name, json.dumps(json.loads(told)["totals"]))
    return done.returncode


def main(arguments: list[str]) -> int:
    """Run as a program; return the exit code."""
    own, _, options = (arguments, "", []) if "--" not in arguments else _split(arguments)
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--record", action="store_true", help="write the measurements into corpus/")
    given = parser.parse_args(own)
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"no such runtime: {', '.join(sorted(unknown))}")
    given.out.mkdir(parents=True, exist_ok=True)
    code = 0
    for name in given.names or NAMES:
        try:
            code = max(code, measure(name, given.out, options, record=given.record))
        except LookupError as missing:
            if given.names:
                raise SystemExit(str(missing)) from missing
            print(f"skipped: {missing}")
    return code


def _split(arguments: list[str]) -> tuple[list[str], str, list[str]]:
    at = arguments.index("--")
    return arguments[:at], "--", arguments[at + 1 :]


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "standin"))
    sys.exit(main(sys.argv[1:]))
