"""A connection to an MCP server that is a child process: JSON-RPC, one message a line, over its standard input and output.

Knows: the handshake of the revisions up to 2025-11-25, and the envelope of 2026-07-28, which has none
(https://modelcontextprotocol.io/specification). What a server asks of us is declined, but for `ping`.
Never knows: what a tool is.
"""

from __future__ import annotations

import itertools
import logging
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final, cast

from gemwright import __version__
from gemwright.foundation import jsonx, platform
from gemwright.foundation.errors import BadJSON, RuntimeGarbled, RuntimeRejected, RuntimeTimeout, RuntimeUnreachable

__all__ = ["MCPConnection"]

_log = logging.getLogger("gemwright.agent.mcp")

HANDSHAKE: Final = "2025-11-25"
"""The revision that is offered; a server answers with one of its own, and whichever it is, tools look the same."""

STATELESS: Final = "2026-07-28"
"""The revision that is spoken to a server which takes no handshake."""

MAX_LINE: Final = 16 * 1024 * 1024
_NO_SUCH_METHOD: Final = -32601
_OTHER_REVISION: Final = -32022
_META: Final = "io.modelcontextprotocol/"
_KEPT_OF_STDERR: Final = 2000
_CLOSING_SECONDS: Final = 2.0
_INHERITED: Final = frozenset(
    "APPDATA COMSPEC HOME HOMEDRIVE HOMEPATH LANG LC_ALL LOCALAPPDATA LOGNAME PATH PATHEXT SHELL SYSTEMDRIVE SYSTEMROOT "
    "TEMP TERM TMP TMPDIR USER USERNAME USERPROFILE VIRTUAL_ENV".split()
)
"""What a server gets of our environment: no keys and no tokens."""


class MCPConnection:
    """A server that runs, and answers one request at a time or several.

    Args:
        command: the program and its arguments; no shell reads them.
        env: environment variables for it, beside the few that it inherits.
        cwd: where it runs.
        seconds: how long it may take to start and for each request.

    Raises:
        RuntimeFailure: it cannot be started, or does not answer as an MCP server.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        seconds: float = 30.0,
    ) -> None:
        self.name = Path(command[0]).name if command else ""
        self._seconds = seconds
        self._ids = itertools.count(1)
        self._waiting: dict[int, Future[Any]] = {}
        self._lock = threading.Lock()
        self._writing = threading.Lock()  # a server that does not read holds up writers alone
        self._last_words = b""
        self._broken: Exception | None = None
        self._stateless = False
        inherited = {name: value for name, value in os.environ.items() if name.upper() in _INHERITED}
        pipe = subprocess.PIPE
        try:
            self._child = subprocess.Popen(  # noqa: S603  # the caller's own command, without a shell
                list(command),
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                cwd=cwd,
                env={**inherited, **(env or {})},
                **platform.own_group(),
            )
        except (OSError, ValueError, IndexError) as e:
            raise RuntimeUnreachable(f"the MCP server `{self.name}` cannot be started: {e}") from e
        for target, stream in ((self._read, self._child.stdout), (self._keep, self._child.stderr)):
            threading.Thread(target=target, args=(stream,), name=f"mcp {self.name}", daemon=True).start()
        try:
            self._greet()
        except BaseException:
            self.close()
            raise

    def request(
        self, method: str, params: Mapping[str, Any] | None = None, seconds: float | None = None
    ) -> dict[str, Any]:
        """Ask, wait, and return the result.

        Args:
            method: such as `tools/list`.
            params: its parameters.
            seconds: how long to wait; the connection's own limit when None.

        Raises:
            RuntimeRejected: the server answers with an error.
            RuntimeTimeout: it does not answer in time; it is told that nobody waits any more.
            RuntimeGarbled: what it says is no JSON-RPC, or it has ended.
        """
        given = dict(params or {})
        if self._stateless:
            given["_meta"] = self._envelope()
        number = next(self._ids)
        future: Future[Any] = Future()
        with self._lock:
            if self._broken:
                raise self._broken
            self._waiting[number] = future
        limit = self._seconds if seconds is None else seconds
        try:
            self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": given})
            answer: dict[str, Any] = future.result(limit)
        except TimeoutError:
            self._send_quietly("notifications/cancelled", {"requestId": number, "reason": "out of time"})
            raise RuntimeTimeout(
                f"the MCP server `{self.name}` did not answer `{method}` in {limit:g} seconds"
            ) from None
        finally:
            with self._lock:
                self._waiting.pop(number, None)
        if "error" in answer:
            error = answer["error"]
            fields = cast("dict[str, Any]", error) if isinstance(error, dict) else {}
            code, message = fields.get("code"), str(fields.get("message", error))
            said = RuntimeRejected(f"the MCP server `{self.name}` refuses `{method}`: {message[:300]}", status=400)
            said.body = str(code)
            raise said
        result = answer.get("result")
        if not isinstance(result, dict):
            raise RuntimeGarbled(f"the MCP server `{self.name}` answers `{method}` with no object")
        return cast("dict[str, Any]", result)

    def close(self) -> None:
        """End the server: close its input, wait, then end it and what it started. Closing twice does nothing."""
        self._fail(RuntimeGarbled(f"the MCP server `{self.name}` was closed"))
        if self._child.stdin and self._writing.acquire(timeout=_CLOSING_SECONDS):
            with suppress(OSError):
                self._child.stdin.close()
            self._writing.release()
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(_CLOSING_SECONDS)
        platform.end_group(self._child, grace=_CLOSING_SECONDS)

    def _greet(self) -> None:
        params = {"protocolVersion": HANDSHAKE, "capabilities": {}, "clientInfo": _client()}
        try:
            self.request("initialize", params)
        except RuntimeRejected as e:
            if e.body not in (str(_NO_SUCH_METHOD), str(_OTHER_REVISION)):
                raise
            self._stateless = True
            return
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def _envelope(self) -> dict[str, Any]:
        return {_META + "protocolVersion": STATELESS, _META + "clientInfo": _client(), _META + "clientCapabilities": {}}

    def _send(self, message: Mapping[str, Any]) -> None:
        line = jsonx.compact(dict(message)).encode() + b"\n"
        stream = self._child.stdin
        assert stream is not None  # noqa: S101  # it was opened as a pipe
        try:
            with self._writing:
                stream.write(line)
                stream.flush()
        except (OSError, ValueError) as e:
            raise RuntimeGarbled(self._ended()) from e

    def _send_quietly(self, method: str, params: Mapping[str, Any]) -> None:
        with suppress(RuntimeGarbled):
            self._send({"jsonrpc": "2.0", "method": method, "params": dict(params)})

    def _read(self, stream: IO[bytes]) -> None:
        try:
            while line := stream.readline(MAX_LINE + 1):
                if len(line) > MAX_LINE:
                    self._fail(
                        RuntimeGarbled(f"the MCP server `{self.name}` sent a line of more than {MAX_LINE} bytes")
                    )
                    break
                self._take(line)
        except (OSError, ValueError) as e:
            _log.debug("reading of %s ended: %s", self.name, e)
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(_CLOSING_SECONDS)  # its last words may still be on their way
        self._fail(RuntimeGarbled(self._ended()))
        with suppress(OSError):
            stream.close()

    def _take(self, line: bytes) -> None:
        try:
            message = jsonx.parse(line)
        except BadJSON:
            _log.debug("%s wrote a line that is no message", self.name)  # servers print to the wrong stream
            return
        if not isinstance(message, dict):
            return
        fields = cast("dict[str, Any]", message)
        number = fields.get("id")
        if "method" in fields:
            if number is not None:
                self._decline(number, str(fields["method"]))
            return
        with self._lock:
            future = self._waiting.pop(number, None) if isinstance(number, int) else None
        if future is not None:
            future.set_result(fields)

    def _decline(self, number: object, method: str) -> None:
        answer: dict[str, Any] = (
            {"result": {}} if method == "ping" else {"error": {"code": _NO_SUCH_METHOD, "message": "not offered"}}
        )
        with suppress(RuntimeGarbled):
            self._send({"jsonrpc": "2.0", "id": number, **answer})

    def _keep(self, stream: IO[bytes]) -> None:
        with suppress(OSError, ValueError):
            while piece := stream.readline(_KEPT_OF_STDERR):
                self._last_words = (self._last_words + piece)[-_KEPT_OF_STDERR:]
            stream.close()

    def _fail(self, error: Exception) -> None:
        with self._lock:
            self._broken = self._broken or error
            left, self._waiting = self._waiting, {}
        for future in left.values():
            if not future.done():
                future.set_exception(error)

    def _ended(self) -> str:
        words = " ".join(self._last_words.decode("utf-8", "replace").split())
        return f"the MCP server `{self.name}` has ended" + (f"; its last words: {words[-300:]}" if words else "")


def _client() -> dict[str, str]:
    return {"name": "gemwright", "version": __version__}
