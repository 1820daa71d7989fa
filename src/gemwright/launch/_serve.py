"""The child process of `embedded.py`: hosts an engine, and ends with the process that started it.

Run as a file, by its path: it imports nothing of gemwright, so nothing has to be on the import path but the engine.

- The first line on standard input is the order, a JSON object (see `embedded.py`): a key in it is in no process list.
- One line on standard output answers it: `{"url": …}` once requests are taken, or `{"error": …}`. What the engine
  prints goes to standard error, whichever stream it meant.
- Standard input is then held open by the parent. When it closes, because the parent closed it or is gone, everything
  here ends. A process that the parent forked may still hold the pipe open, so the parent itself is watched too.
- xllamacpp holds Python's lock while it loads a model: a parent that dies meanwhile is noticed when that is done.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

HOST: Final = "127.0.0.1"
LONGEST_ORDER: Final = 1 << 20
LONGEST_LINE: Final = 1 << 16
LOG_SECONDS: Final = 0.2  # llama.cpp logs from a thread of its own, which needs a moment to say why it failed
ORPHAN_CHECK_SECONDS: Final = 1.0
LISTENING: Final = re.compile(rb"listening on (http://127\.0\.0\.1:\d+)")
"""What `llama-server` logs once its model is loaded."""


def main() -> int:
    """Take the order, start the engine, answer, and stay until the parent is gone."""
    answer = os.dup(1)
    os.dup2(2, 1)
    parent = os.getppid()
    with open(0, "rb", buffering=0, closefd=False) as orders:
        order = json.loads(orders.readline(LONGEST_ORDER))
    if order["program"]:
        return _run_program(order, answer, parent)
    return _run_in_process(order, answer, parent)


def _say(answer: int, words: dict[str, str]) -> None:
    """Answer the order."""
    os.write(answer, json.dumps(words).encode() + b"\n")
    os.close(answer)


def _end_with_parent(parent: int, end: Callable[[], None]) -> None:
    """Watch for the parent's end, and then call `end` and be gone."""

    def leave() -> None:
        end()
        os._exit(0)  # not an ordinary exit: the engine's own threads would hold that up

    def watch_pipe() -> None:
        while os.read(0, 4096):
            continue
        leave()

    def watch_process() -> None:
        while os.getppid() == parent:
            time.sleep(ORPHAN_CHECK_SECONDS)
        leave()

    for watch in (watch_pipe, watch_process):
        threading.Thread(target=watch, daemon=True).start()


def _run_in_process(order: dict[str, Any], answer: int, parent: int) -> int:
    """Host llama.cpp's server as xllamacpp brings it."""
    _end_with_parent(parent, end=lambda: None)
    try:
        engine: Any = importlib.import_module("xllamacpp")
        server = engine.Server(_parameters(engine, order))
    except Exception as problem:  # whatever it is, the parent has to hear of it
        time.sleep(LOG_SECONDS)
        _say(answer, {"error": f"{type(problem).__name__}: {problem}"})
        return 1
    _say(answer, {"url": server.listening_address})
    threading.Event().wait()
    return 0


def _parameters(engine: Any, order: dict[str, Any]) -> Any:
    """Return xllamacpp's settings for an order."""
    chosen = engine.CommonParams()
    chosen.model.path = order["model"]
    chosen.model_alias = {order["alias"]}
    chosen.hostnames = [HOST]
    chosen.port = 0  # the system chooses, so nobody can take it in between
    chosen.n_ctx = order["context"] * order["parallel"]
    chosen.n_parallel = order["parallel"]
    chosen.cpuparams.n_threads = order["threads"]
    chosen.cpuparams_batch.n_threads = order["threads"]
    chosen.enable_reasoning = 0  # else every chat is told to think, whatever its request says
    chosen.ui = False
    chosen.cors_origins = ""  # else any web page could ask
    chosen.cors_origins_explicit = True
    if order["api_key"]:
        chosen.api_keys = [order["api_key"]]
    if order["mmproj"]:
        chosen.mmproj.path = order["mmproj"]
    if order["template"]:
        chosen.chat_template = Path(order["template"]).read_text("utf-8")
    return chosen


def _command(order: dict[str, Any]) -> list[str]:
    """Return the command line of `llama-server` for an order; its key travels in the environment."""
    command = [order["program"], "--model", order["model"], "--alias", order["alias"], "--host", HOST, "--port", "0"]
    command += ["--ctx-size", str(order["context"] * order["parallel"]), "--parallel", str(order["parallel"])]
    command += ["--threads", str(order["threads"]), "--threads-batch", str(order["threads"])]
    command += ["--jinja", "--chat-template-kwargs", '{"enable_thinking": false}', "--no-webui"]
    if order["mmproj"]:
        command += ["--mmproj", order["mmproj"]]
    if order["template"]:
        command += ["--chat-template-file", order["template"]]
    return command


def _run_program(order: dict[str, Any], answer: int, parent: int) -> int:
    """Run a `llama-server` and pass its log on, until it or the parent ends."""
    environment = dict(os.environ)
    if order["api_key"]:
        environment["LLAMA_API_KEY"] = order["api_key"]
    try:
        server = subprocess.Popen(  # noqa: S603 - a program that the user named or has on PATH
            _command(order),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
        )
    except OSError as problem:
        _say(answer, {"error": f"{order['program']} cannot be run: {problem.strerror}"})
        return 1

    def end(*_: object) -> None:
        server.kill()

    _end_with_parent(parent, end)
    signal.signal(signal.SIGTERM, end)
    assert server.stdout is not None  # noqa: S101 - asked for above
    waiting = True
    while line := server.stdout.readline(LONGEST_LINE):
        os.write(2, line)
        if waiting and (found := LISTENING.search(line)):
            _say(answer, {"url": found[1].decode()})
            waiting = False
    status = server.wait()
    if waiting:
        _say(answer, {"error": f"{order['program']} ended with status {status}"})
    return 1


if __name__ == "__main__":
    sys.exit(main())
