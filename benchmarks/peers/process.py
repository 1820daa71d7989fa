"""A peer's child process, seen from here: ask, wait so long and no longer, start anew after a hang."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from typing import Any

from benchmarks.peers import SHARED, Peer
from benchmarks.peers.fetch import ROOT, Unavailable, unpacked

__all__ = ["PeerProcess"]

START_SECONDS = 60.0


class PeerProcess:
    """Runs one parser; a context manager.

    Args:
        peer: which one.
        download: whether a wheel that is not here may be fetched.

    Raises:
        Unavailable: the wheel cannot be had, or does not import.
    """

    def __init__(self, peer: Peer, *, download: bool) -> None:
        self.peer = peer
        folders = [] if peer.wheel is None else [unpacked(w, download=download) for w in (peer.wheel, *SHARED)]
        self._command = [sys.executable, "-m", "benchmarks.peers.child", peer.adapter, *map(str, folders)]
        self._child: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str | None] = queue.Queue()
        self._start()

    def __enter__(self) -> PeerProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def ask(self, question: dict[str, Any], *, seconds: float) -> dict[str, Any]:
        """Return the peer's answer, {"error": …} if it failed, {"error": …, "hang": true} if it took too long."""
        if self._child is None:
            self._start()
        child = self._child
        assert child is not None and child.stdin is not None
        try:
            child.stdin.write(json.dumps(question) + "\n")
            child.stdin.flush()
        except OSError:
            self._stop()
            return {"error": "the process has ended"}
        return self._next(seconds)

    def _start(self) -> None:
        self._child = subprocess.Popen(
            self._command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        self._answers = queue.Queue()
        self._reader = threading.Thread(target=_read, args=(self._child, self._answers), daemon=True)
        self._reader.start()
        first = self._next(START_SECONDS)
        if "error" in first:
            self._stop()
            raise Unavailable(first["error"])

    def _next(self, seconds: float) -> dict[str, Any]:
        try:
            line = self._answers.get(timeout=seconds)
        except queue.Empty:
            self._stop()
            return {"error": f"no answer within {seconds:g} s", "hang": True}
        if line is None:
            self._stop()
            return {"error": "the process ended (out of memory?)"}
        return json.loads(line)

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait(timeout=30)
            self._reader.join(timeout=5)
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()


def _read(child: subprocess.Popen[str], answers: queue.Queue[str | None]) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        answers.put(line)
    answers.put(None)
