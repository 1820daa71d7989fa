"""Other runtimes, each in an environment of its own: `python -m training.peers make`, from `standin/`.

`make [NAME …]` installs them under `.cache/peers/` of the checkout (all by default; hundreds of megabytes each);
`serve NAME [MODEL.gguf]` starts one as a server on loopback, prints its address and waits. Programs use `peer`, `layout_of`
and `serving`. mistral.rs comes without a server: `child` starts its environment's Python instead, which sees gemwright.

Sources, each as it ran here: `mlx_lm.server` of pkg:pypi/mlx-lm@0.32.2; `transformers serve` of pkg:pypi/transformers@5.23.0,
whose `/v1/models` fails without a cache folder; `Runner` of pkg:pypi/mistralrs@0.9.5.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gemwright_standin import model_path

__all__ = ["CHECKOUT", "PEERS", "ROOT", "Peer", "PeerFailed", "child", "environment", "layout_of", "peer", "serving"]

CHECKOUT: Final = Path(__file__).resolve().parents[2]
ROOT: Final = CHECKOUT / ".cache" / "peers"
"""Where the environments lie; `make clean` takes them away."""
_START_SECONDS: Final = 180.0
_STOP_SECONDS: Final = 10.0
_LOG: Final = 2000
_STAMP: Final = "installed.txt"


@dataclass(frozen=True, slots=True)
class Peer:
    """A runtime that can be met here.

    Attributes:
        name: of its environment, and of its distribution.
        steps: what pip installs, one call after the other.
        serve: the command of its server after its Python; `{model}` and `{port}` are put in. Empty where it has none.
        model: the name that requests give the model; `{model}` for its folder.
        with_gemwright: whether our own dependencies are installed as well, for adapters that run inside it.
    """

    name: str
    steps: tuple[tuple[str, ...], ...]
    serve: tuple[str, ...] = ()
    model: str = ""
    with_gemwright: bool = False


PEERS: Final = {
    one.name: one
    for one in (
        Peer(
            "mlx-lm",
            (("mlx[cpu]==0.32.4", "mlx-lm==0.32.2", "transformers==5.23.0"),),
            tuple("-m mlx_lm.server --model {model} --host 127.0.0.1 --port {port}".split()),
            "default_model",
        ),
        # PyTorch alone and first: beside the extra `serving`, pip would look for another build of it.
        Peer(
            "transformers",
            (("torch==2.13.0",), ("transformers[serving]==5.23.0",)),
            tuple("-m transformers.cli.transformers serve {model} --host 127.0.0.1 --port {port} --device cpu".split()),
            "{model}",
            with_gemwright=True,
        ),
        Peer("mistralrs", (("mistralrs==0.9.5",),), with_gemwright=True),
    )
}


class PeerFailed(Exception):
    """A runtime that could not be installed or started; the message says why."""


def _wanted(one: Peer) -> tuple[tuple[str, ...], ...]:
    """Return what pip installs for a runtime, one call after the other."""
    if not one.with_gemwright:
        return one.steps
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    return (*one.steps, tuple(project["dependencies"]))


def peer(name: str, *, root: Path = ROOT) -> Path | None:
    """Return the Python of a runtime's environment; None where it is not there, or not up to date.

    Args:
        name: one of `PEERS`.
        root: where environments lie.
    """
    folder = root / name
    stamp = folder / _STAMP
    if not stamp.is_file() or stamp.read_text("utf-8") != _lines(_wanted(PEERS[name])):
        return None
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def environment(one: Peer, *, root: Path = ROOT) -> Path:
    """Make a runtime's environment, unless it is there, and return its Python.

    Args:
        one: the runtime.
        root: where environments lie.

    Raises:
        PeerFailed: pip could not install it; it has said why.
    """
    python = peer(one.name, root=root)
    if python is not None:
        return python
    folder = root / one.name
    venv.create(folder, with_pip=True, clear=True)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    for step in _wanted(one):
        sys.stderr.write(f"installing {', '.join(step)} ...\n")
        if subprocess.run([*pip, *step], check=False).returncode:
            raise PeerFailed(f"pip could not install {', '.join(step)} into {folder}")
    (folder / _STAMP).write_text(_lines(_wanted(one)), "utf-8")
    return python


def _lines(steps: Sequence[Sequence[str]]) -> str:
    return "".join(" ".join(step) + "\n" for step in steps)


def layout_of(model: Path | None = None) -> Path:
    """Return a GGUF file of ours in the layout of Hugging Face, made once for each content and writer.

    Args:
        model: the file; the shipped one if None.
    """
    source = model or model_path()
    writer = Path(__file__).with_name("to_huggingface.py")
    folder = ROOT / "models" / hashlib.sha256(source.read_bytes() + writer.read_bytes()).hexdigest()[:16]
    if not folder.is_dir():
        from training.to_huggingface import convert

        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=folder.parent))
        try:
            convert(source, scratch)
            with contextlib.suppress(OSError):  # somebody else was quicker
                scratch.rename(folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return folder


@contextlib.contextmanager
def serving(name: str, model: Path | None = None, *, seconds: float = _START_SECONDS) -> Iterator[tuple[str, str]]:
    """Start a runtime's server with a model, and give its address and the name that requests call the model by.

    Args:
        name: one of `PEERS`, installed.
        model: a GGUF file of ours; the shipped one if None.
        seconds: how long it may take until it answers.

    Raises:
        PeerFailed: it is not installed, has no server, or did not come up.
    """
    one, python = PEERS[name], peer(name)
    if python is None:
        raise PeerFailed(f"{name} is not installed under {ROOT}: make peers-env")
    if not one.serve:
        raise PeerFailed(f"{name} comes without a server")
    folder = layout_of(model)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [str(python), *(word.format(model=folder, port=port) for word in one.serve)]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as scratch, (Path(scratch) / "log").open("w+b") as log:
        cache = Path(scratch) / "huggingface"
        (cache / "hub").mkdir(parents=True)
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**_world(), "HF_HOME": str(cache)},
        )
        try:
            _wait(process, url, seconds, Path(log.name))
            yield url, one.model.format(model=folder)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _world() -> dict[str, str]:
    """Return the variables that a runtime is started with: offline, and one thread, since two wait for each other."""
    return {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "RUST_LOG": "warn", "PYTHONUNBUFFERED": "1"}


def _wait(process: subprocess.Popen[bytes], url: str, seconds: float, log: Path) -> None:
    """Wait until a server answers.

    Raises:
        PeerFailed: it ended, or took too long; its last words are in the message.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/v1/models", timeout=5):  # noqa: S310 - our own, on loopback
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)
    state = f"ended with status {process.returncode}" if process.poll() is not None else f"no answer in {seconds:.0f} s"
    raise PeerFailed(f"{state}: {log.read_text('utf-8', 'replace')[-_LOG:].strip()}")


def child(name: str, arguments: Sequence[str]) -> subprocess.Popen[str]:
    """Start a runtime's Python, which sees gemwright of this checkout, with pipes for its input, output and errors.

    Args:
        name: one of `PEERS` that has our dependencies, installed.
        arguments: for Python, such as a script and its arguments.

    Raises:
        PeerFailed: it is not installed.
    """
    python = peer(name)
    if python is None:
        raise PeerFailed(f"{name} is not installed under {ROOT}: make peers-env")
    seen = os.pathsep.join((str(CHECKOUT / "src"), str(CHECKOUT), str(CHECKOUT / "standin")))
    return subprocess.Popen(
        [str(python), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**_world(), "PYTHONPATH": seen},
        text=True,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a program.

    Args:
        arguments: instead of the command line's.
    """
    parser = argparse.ArgumentParser(prog="training.peers", description="Other runtimes, in their own environments.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    make = verbs.add_parser("make", help="install them")
    make.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PEERS)}; all by default")
    serve = verbs.add_parser("serve", help="start one and wait")
    serve.add_argument("name", choices=[name for name, one in PEERS.items() if one.serve])
    serve.add_argument("model", nargs="?", type=Path, help="a GGUF file of ours; the shipped one by default")
    given = parser.parse_args(arguments)
    try:
        if given.verb == "make":
            for name in given.names or PEERS:
                if name not in PEERS:
                    parser.error(f"{name} is none of {', '.join(PEERS)}")
                print(name, environment(PEERS[name]), flush=True)
        else:
            with serving(given.name, given.model) as (url, model):
                print(f"{url} model={model}", flush=True)
                with contextlib.suppress(KeyboardInterrupt):
                    while True:
                        time.sleep(3600)
    except PeerFailed as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
