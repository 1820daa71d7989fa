"""The engine that gemwright brings along: a real llama.cpp server in a child process, on loopback.

The child holds one end of a pipe and ends when the other end closes. The system closes ours however this process ends,
so no engine outlives it. No port is chosen and no socket opened here: the engine takes a free port and reports it.

Sources: the settings of pkg:pypi/xllamacpp@2026.10.11549 as observed; llama.cpp's `tools/server` for `llama-server`.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

from gemwright.formats.gguf import GgufHeader, read_header
from gemwright.foundation import platform
from gemwright.foundation.errors import BadOption, ConfigProblem, RuntimeTimeout, RuntimeUnreachable
from gemwright.launch import _serve

__all__ = ["CONTEXT", "SERVER_VARIABLE", "Engine", "demo_model", "mark_in", "start_embedded"]

SERVER_VARIABLE: Final = "GEMWRIGHT_LLAMA_SERVER"
"""Environment variable that names a `llama-server` to use instead of xllamacpp."""

CONTEXT: Final = 8192
"""Tokens of each request, where nobody says otherwise."""

LABEL_KEY: Final = "gemwright.label"
LOG_BYTES: Final = 1 << 16
LONGEST_ANSWER: Final = 1 << 16
STOP_SECONDS: Final = 5.0
LARGEST_COUNT: Final = 1 << 24
LONGEST_ALIAS: Final = 80
_OUR_NAME: Final = "gemwright "
"""How the name of every model of ours begins."""
_GONE: Final = b""


class Engine:
    """A running engine. A context manager: it is stopped at the end of the block, or with this process.

    Made by `start_embedded`.
    """

    def __init__(self, process: subprocess.Popen[bytes], log: _LogTail, url: str, model: Path, label: str) -> None:
        self.url = url
        """Where it answers, such as `http://127.0.0.1:40123`."""
        self.model_path = model
        self.label = label
        """What a person has to know about this model, such as that it is not Gemma; often empty."""
        self._process = process
        self._log = log
        self._end = weakref.finalize(self, _end, process, log, os.getpid())

    @property
    def mark(self) -> str:
        """What has to stand at every answer: the label's first words, such as `demo model`; often empty."""
        return _mark(self.label)

    @property
    def alive(self) -> bool:
        """Return whether the engine still runs."""
        if self._process.poll() is None:
            return True
        self.stop()  # clears up at once what it may have left behind
        return False

    def log_tail(self, lines: int = 20) -> str:
        """Return the last lines that the engine logged."""
        return self._log.text(lines)

    def stop(self) -> None:
        """End the engine and wait until it is gone. Stopping twice is fine."""
        self._end()

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def start_embedded(
    model: Path | None = None,
    *,
    context: int = CONTEXT,
    parallel: int = 1,
    threads: int = 1,
    mmproj: Path | None = None,
    template: Path | None = None,
    api_key: str = "",
    program: str = "",
    timeout: float = 120.0,
) -> Engine:
    """Start an engine with a model and wait until it takes requests.

    Args:
        model: a GGUF file; the demo model when None.
        context: tokens that each request may have, prompt and answer together.
        parallel: requests worked on at the same time.
        threads: processor threads. More than the free cores makes it many times slower: they wait for each other.
        mmproj: the GGUF file with the encoders for images and sound.
        template: a Jinja file to use instead of the model's chat template.
        api_key: a key that requests must then carry.
        program: a `llama-server` to use; when empty, the one that `GEMWRIGHT_LLAMA_SERVER` names, else xllamacpp, else
            a `llama-server` on PATH.
        timeout: seconds it may take until it is ready.

    Raises:
        BadModelFile: a file is missing, cut off, or no GGUF.
        BadOption: a number is out of range, or the template is no file.
        ConfigProblem: the program that was named is not there, or no model was named and the demo model is not installed.
        RuntimeUnreachable: there is no engine on this machine, or it ended while starting.
        RuntimeTimeout: it was not ready in time.
    """
    for name, number in (("context", context), ("parallel", parallel), ("threads", threads)):
        if not 1 <= number <= LARGEST_COUNT:
            raise BadOption(f"an engine cannot have a {name} of {number}")
    if template is not None and not template.is_file():
        raise BadOption(f"the chat template {template} is no file")
    model = (model or demo_model()).absolute()
    header = read_header(model)
    name, mark = _alias(header.text("general.name")) or model.stem, _alias(_mark(_label(header)))
    if mmproj is not None:
        read_header(mmproj)
    order: dict[str, Any] = {
        "program": _find_program(program),
        "model": str(model),
        "alias": name if mark in name else f"{name} ({mark})",  # every client of the server sees it
        "context": context,
        "parallel": parallel,
        "threads": threads,
        "mmproj": str(mmproj.absolute()) if mmproj else "",
        "template": str(template.absolute()) if template else "",
        "api_key": api_key,
    }
    process = _spawn()
    log = _LogTail(process)
    try:
        url = _place_order(process, log, order, timeout)
    except BaseException:
        _end(process, log, os.getpid())
        raise
    return Engine(process, log, url, model, _label(header))


def demo_model() -> Path:
    """Return the model that is started where none is named: the stand-in, a small model that is not Gemma.

    Raises:
        ConfigProblem: it is not installed.
    """
    try:
        from gemwright_standin import model_path
    except ImportError:
        raise ConfigProblem(
            "no model was named, and the demo model is not installed",
            hint="pip install 'gemwright[demo]', or name a GGUF file with --model or a running server with --endpoint",
        ) from None
    return model_path()


def mark_in(name: str) -> str:
    """Return the mark in the name under which a model of ours is served, such as `demo model`; empty for any other."""
    if not name.startswith(_OUR_NAME) or not name.isprintable():
        return ""
    rest = name.removeprefix(_OUR_NAME).removesuffix(")")
    return (rest.rpartition("(")[2] or rest)[:LONGEST_ALIAS].strip()


def _label(header: GgufHeader) -> str:
    """Return what has to be said about a model: a mark, a colon, and what it means."""
    if header.is_gemma4:
        return header.text(LABEL_KEY)
    return f"not Gemma 4: a model of architecture {header.architecture or 'unknown'}"


def _mark(label: str) -> str:
    """Return the part of a label that is short enough to stand at every answer."""
    return label.partition(":")[0].strip()


def _alias(name: str) -> str:
    """Return a model's own name as the server may show it: a comma would separate two names."""
    return "".join(letter for letter in name if letter.isprintable() and letter != ",")[:LONGEST_ALIAS].strip()


def _find_program(asked: str) -> str:
    """Return the path of the `llama-server` to run, or an empty string for xllamacpp."""
    named = asked or os.environ.get(SERVER_VARIABLE, "")
    if named:
        found = shutil.which(named)
        if found is None:
            raise ConfigProblem(
                f"there is no program {named}", hint=f"give the path of a llama-server, or unset {SERVER_VARIABLE}"
            )
        return str(Path(found).absolute())
    if importlib.util.find_spec("xllamacpp") is not None:
        return ""
    found = shutil.which("llama-server")
    if found is None:
        raise RuntimeUnreachable(
            "there is no engine on this machine: neither the package xllamacpp nor a llama-server on PATH",
            hint=f"pip install 'gemwright[demo]', or name a llama-server in {SERVER_VARIABLE}",
        )
    return str(Path(found).absolute())


def _spawn() -> subprocess.Popen[bytes]:
    """Start the child that hosts the engine."""
    return subprocess.Popen[bytes](
        [sys.executable, "-P", _serve.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"OMP_WAIT_POLICY": "passive", **os.environ},  # threads that spin while they wait starve a busy machine
        **platform.own_group(),
    )


def _place_order(process: subprocess.Popen[bytes], log: _LogTail, order: dict[str, Any], timeout: float) -> str:
    """Tell the child what to start, and return the address that it answers."""
    orders, answers = _pipes(process)
    name = Path(order["model"]).name
    with contextlib.suppress(OSError):  # a child that is gone already is reported below
        orders.write(json.dumps(order).encode() + b"\n")
        orders.flush()
    answered: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=lambda: answered.put(answers.readline(LONGEST_ANSWER)), daemon=True).start()
    try:
        line = answered.get(timeout=timeout)
    except queue.Empty:
        raise RuntimeTimeout(
            f"the engine did not have {name} ready within {timeout:g} seconds",
            hint=f"a large model on a slow disk takes longer; its last words:\n{log.text(5)}",
        ) from None
    if line == _GONE:
        problem = f"it ended with status {process.wait(STOP_SECONDS)}"
    else:
        words: dict[str, str] = json.loads(line)
        if "url" in words:
            return words["url"]
        problem = words["error"]
    log.finish()
    raise RuntimeUnreachable(
        f"the engine could not start with {name}: {problem}", hint=f"its last words:\n{log.text(12)}"
    )


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """Return the pipe to the child and the pipe from it."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("the child was started without pipes")
    return process.stdin, process.stdout


def _end(process: subprocess.Popen[bytes], log: _LogTail, owner: int) -> None:
    """End the child: it ends by itself when its standard input closes, and is killed if it does not."""
    if os.getpid() != owner:
        return  # a forked copy of us: the engine is not its own
    orders, answers = _pipes(process)
    with contextlib.suppress(OSError):
        orders.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    platform.end_group(process, grace=STOP_SECONDS)
    log.finish()
    answers.close()


class _LogTail:
    """The last that a child wrote to standard error, read by a thread so that the child never has to wait."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        if process.stderr is None:
            raise ValueError("the child was started without pipes")
        self._pipe = process.stderr
        self._kept = bytearray()
        self._reader = threading.Thread(target=self._read, args=(self._pipe.fileno(),), daemon=True)
        self._reader.start()

    def _read(self, descriptor: int) -> None:
        while data := os.read(descriptor, LOG_BYTES):
            self._kept += data
            del self._kept[:-LOG_BYTES]

    def text(self, lines: int) -> str:
        """Return the last lines."""
        return "\n".join(bytes(self._kept).decode(errors="replace").splitlines()[-lines:])

    def finish(self) -> None:
        """Read what a child that is ending still has to say."""
        self._reader.join(STOP_SECONDS)
        if not self._reader.is_alive():
            self._pipe.close()
