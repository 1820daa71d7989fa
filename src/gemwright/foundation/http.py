"""The one HTTP client: timeouts, retries before the first byte, size caps, and every failure as one of our errors.

Knows: how requests travel, how they fail, which of them may be sent again, and the shape that error bodies share.
Never knows: what an answer means. No other file opens a socket.

The library behind it (pkg:pypi/httpx2@2.16.2) is imported at the first request, so importing this module stays cheap.
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, fields
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

from gemwright.foundation import jsonx
from gemwright.foundation.address import checked_address
from gemwright.foundation.errors import (
    BadJSON,
    BadOption,
    ConfigProblem,
    RuntimeFailure,
    RuntimeGarbled,
    RuntimeRejected,
    RuntimeTimeout,
    RuntimeUnreachable,
    UsageProblem,
)
from gemwright.foundation.rejections import rejection
from gemwright.foundation.unpack import Unpacker

if TYPE_CHECKING:
    import httpx2

__all__ = ["ByteStream", "FilePart", "Http", "Timeouts", "load_library"]

_TRANSIENT_STATUS: Final = frozenset({429, 502, 503, 504})
"""Worth asking again: busy, still loading, or a proxy without its server. A 500 would only come again."""

_SECRET_LENGTH: Final = 6
"""Shorter strings are no secrets worth blotting out, and would blot out innocent text."""
_CONTENT_RANGE: Final = re.compile(r"bytes (\d{1,18})-\d+/(\d{1,18}|\*)")
_LONE_SURROGATE: Final = re.compile(r"(?<!\\)(?:\\\\)*\\ud[89a-f]")
"""As `jsonx` spells what is no character; a backslash that is text is spelt as two."""
_ERROR_BODY_CAP: Final = 64 * 1024
_ERROR_BODY_WAIT: Final = 2.0
_REDIRECTS: Final = 3
_BACKOFF: Final = 0.25
_KEEP_ALIVE: Final = 3.0
"""Seconds an idle connection is kept: shorter than the five of common servers, whose closing would race with us."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Deadlines in seconds.

    Attributes:
        connect: until the connection stands.
        first_byte: from sending a streamed request to its answer's head. llama.cpp sends the head with the first token,
            so a long prompt on a slow machine needs all of this.
        idle: between two chunks of a stream.
        total: for a plain request with its whole answer, retries included.
    """

    connect: float = 5.0
    first_byte: float = 300.0
    idle: float = 120.0
    total: float = 60.0

    def __post_init__(self) -> None:
        for one in fields(self):
            if not getattr(self, one.name) > 0:
                raise BadOption(f"the {one.name} timeout must be above 0 seconds, not {getattr(self, one.name)}")


@dataclass(frozen=True, slots=True)
class FilePart:
    """Some bytes of a file, and the size of the whole file in bytes where the server says it."""

    data: bytes
    total: int | None = None


class ByteStream:
    """The body of a streamed answer: iterate it once for its chunks, as the network cut them."""

    def __init__(self, content_type: str, chunks: AsyncIterator[bytes]) -> None:
        self.content_type = content_type
        """The media type, lower case, without parameters."""
        self._chunks = chunks

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._chunks


class Http:
    """A client for one server.

    Failures are raised as `RuntimeFailure`s. Redirects are followed within the origin only. A proxy named by the
    environment is used, but never for an address of this machine. Secrets are sent to the origin alone and never appear
    in an error's text.

    Args:
        base_url: http or https URL; the paths given to the methods are appended to its path.
        timeouts: deadlines in seconds.
        api_key: sent as a bearer token.
        headers: further headers for each request.
        retries: how often a request is sent again after a failure that may pass, before any of its answer was seen.
        body_cap: bytes that a plain answer may have.
        sleep: waits between retries; tests pass their own.

    Raises:
        BadOption: the URL is none.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeouts: Timeouts | None = None,
        api_key: str = "",
        headers: Mapping[str, str] | None = None,
        retries: int = 2,
        body_cap: int = 64 * 1024 * 1024,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.address = checked_address(base_url)
        self.timeouts = timeouts or Timeouts()
        self._api_key = _checked_headers({"authorization": api_key})["authorization"]
        self._extra_headers = _checked_headers(headers or {})
        self._retries = retries
        self._body_cap = body_cap
        self._sleep = sleep
        self._client: httpx2.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __aenter__(self) -> Http:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections. The client opens new ones when it is used again."""
        client, self._client = self._client, None
        if client is not None and self._loop is asyncio.get_running_loop():
            await client.aclose()

    async def get_json(self, path: str) -> Any:
        """Return the JSON value at `path`; the whole exchange is under the total timeout and the body cap."""
        return await self._json("GET", path, None)

    async def get_bytes(self, path: str) -> bytes:
        """Return what is at `path`, whatever it is; as strictly limited as `get_json`."""
        return (await self._whole("GET", path, None))[0]

    async def post_json(self, path: str, payload: Mapping[str, Any]) -> Any:
        """Send `payload` as JSON and return the answer's JSON value; as strictly limited as `get_json`."""
        return await self._json("POST", path, payload)

    @asynccontextmanager
    async def stream_post(self, path: str, payload: Mapping[str, Any]) -> AsyncGenerator[ByteStream]:
        """Send `payload` as JSON and give the answer's body as chunks.

        Leaving the block, by whatever way, closes the connection at once if the body is not yet read to its end: that
        is how a server learns that nobody waits any more. The first-byte timeout runs until the answer's head is there,
        the idle timeout between chunks. Nothing is sent again after the head.
        """
        response = await self._send("POST", self.address.at(path), payload, self.timeouts.first_byte)
        try:
            async with aclosing(self._chunks(response)) as chunks:
                yield ByteStream(_content_type(response), chunks)
        finally:
            await response.aclose()

    async def read_range(self, offset: int, length: int, path: str = "") -> FilePart:
        """Read `length` bytes from `offset` on of the file at the address (or at `path` below it).

        A download may be handed on to another host by name, over https only and without our credentials, as model hubs
        do it.

        Returns:
            The bytes: fewer than asked for where the file ends before.

        Raises:
            RuntimeGarbled: the server does not serve ranges, or serves another one than was asked for.
        """
        if offset < 0 or length < 1:
            raise BadOption(f"a file has no range of {length} bytes from {offset} on")
        headers = {"range": f"bytes={offset}-{offset + length - 1}"}
        async with self._deadline(self.timeouts.total, "a part of a file"):
            try:
                response = await self._send("GET", self.address.at(path), None, self.timeouts.total, headers)
            except RuntimeRejected as error:
                if error.status == 416:  # the range begins behind the file's end
                    return FilePart(b"")
                raise
            try:
                total = self._range_total(response, offset)
                return FilePart(await self._body(response, cap=length), total)
            finally:
                await response.aclose()

    def _range_total(self, response: httpx2.Response, offset: int) -> int | None:
        found = _CONTENT_RANGE.match(response.headers.get("content-range", ""))
        if response.status_code != 206 or found is None:
            hint = "download the file and name it by its path"
            raise RuntimeGarbled(f"{self.address.origin} cannot serve a part of a file", hint=hint)
        if int(found[1]) != offset:
            raise RuntimeGarbled(f"{self.address.origin} sent bytes from {found[1]} on when asked from {offset} on")
        return None if found[2] == "*" else int(found[2])

    async def _whole(self, method: str, path: str, payload: Mapping[str, Any] | None) -> tuple[bytes, str]:
        async with self._deadline(self.timeouts.total, "the whole answer"):
            response = await self._send(method, self.address.at(path), payload, self.timeouts.total)
            try:
                return await self._body(response, cap=self._body_cap), _content_type(response)
            finally:
                await response.aclose()

    async def _json(self, method: str, path: str, payload: Mapping[str, Any] | None) -> Any:
        body, content_type = await self._whole(method, path, payload)
        try:
            return jsonx.parse(body)
        except BadJSON as error:
            kind = content_type or "something unnamed"
            hint = "is this the address of the runtime, and not of a web page?" if "html" in kind else ""
            message = f"{self.address.origin}{path} answered with {kind}: {error}"
            raise RuntimeGarbled(message, hint=hint) from None

    async def _send(
        self,
        method: str,
        url: str,
        payload: Mapping[str, Any] | None,
        limit: float,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """Return the head of a good answer, asking again after failures that may pass."""
        content = None if payload is None else _encoded(payload)
        attempt = 0
        while True:
            try:
                return await self._follow(method, url, content, limit, headers or {})
            except RuntimeFailure as failure:
                if attempt == self._retries or not _may_pass(failure):
                    failure.settled = True
                    raise
            await self._sleep(_BACKOFF * 2**attempt)
            attempt += 1

    async def _follow(
        self, method: str, url: str, content: bytes | None, limit: float, headers: Mapping[str, str]
    ) -> httpx2.Response:
        """Send once, and again to wherever a redirect of the same origin points."""
        for _ in range(_REDIRECTS + 1):
            response = await self._once(method, url, content, limit, headers)
            if response.is_success:
                return response
            if not response.has_redirect_location:
                raise await self._rejected(response)
            await response.aclose()
            url = self._redirected(method, url, response, may_leave="range" in headers)
        raise RuntimeRejected(f"{self.address.origin} redirects without end", status=508)

    async def _once(
        self, method: str, url: str, content: bytes | None, limit: float, headers: Mapping[str, str]
    ) -> httpx2.Response:
        client = self._running_client()
        own = self._own_headers() if checked_address(url).origin == self.address.origin else {}
        kind = {} if content is None else {"content-type": "application/json"}
        late = f"{self.address.origin} did not begin to answer within {limit:g} s"
        with self._failures_named(before_answer=True, late=late):
            request = client.build_request(method, url, content=content, headers={**own, **kind, **headers})
            async with asyncio.timeout(limit):
                return await client.send(request, stream=True)

    def _redirected(self, method: str, url: str, response: httpx2.Response, *, may_leave: bool) -> str:
        try:
            target = checked_address(urljoin(url, response.headers["location"]))
        except (BadOption, ValueError):
            raise RuntimeGarbled(f"{self.address.origin} redirects to something that is no address") from None
        keeps_method = method == "GET" or response.status_code in (307, 308)
        if target.origin == self.address.origin and keeps_method:
            return target.url
        if may_leave and target.scheme == "https" and target.is_public_name:
            return target.url
        raise RuntimeRejected(
            f"{self.address.origin} sends us on to {target.origin}, and we do not follow it there",
            status=response.status_code,
            hint="name that address itself, if you trust it",
        )

    async def _rejected(self, response: httpx2.Response) -> RuntimeRejected:
        """Read the first part of an error's body and make an error of it."""
        try:
            body = await self._first_part(response)
        finally:
            await response.aclose()
        text = body.decode("utf-8", "replace")
        for secret in self._secrets():
            text = text.replace(secret, "***")
        return rejection(response.status_code, text, where=self.address.origin)

    async def _first_part(self, response: httpx2.Response) -> bytes:
        kept = bytearray()
        try:
            async with asyncio.timeout(_ERROR_BODY_WAIT):
                async with aclosing(self._chunks(response)) as chunks:
                    async for chunk in chunks:
                        kept += chunk
                        if len(kept) >= _ERROR_BODY_CAP:
                            break
        except (RuntimeFailure, TimeoutError):  # the status alone says enough
            pass
        return bytes(kept[:_ERROR_BODY_CAP])

    async def _body(self, response: httpx2.Response, *, cap: int) -> bytes:
        kept = bytearray()
        async with aclosing(self._chunks(response)) as chunks:
            async for chunk in chunks:
                kept += chunk
                if len(kept) > cap:
                    raise RuntimeGarbled(f"{self.address.origin} answered with more than {cap:,} bytes")
        return bytes(kept)

    async def _chunks(self, response: httpx2.Response) -> AsyncGenerator[bytes]:
        unpacker = Unpacker(response.headers.get("content-encoding", ""))
        raw = response.aiter_raw()
        late = f"{self.address.origin} fell silent for {self.timeouts.idle:g} s in the middle of its answer"
        while True:
            with self._failures_named(before_answer=False, late=late):
                try:
                    async with asyncio.timeout(self.timeouts.idle):
                        data = await anext(raw)
                except StopAsyncIteration:
                    break
            for piece in unpacker.feed(data):
                yield piece
        unpacker.finish()

    @contextmanager
    def _failures_named(self, *, before_answer: bool, late: str) -> Generator[None]:
        """Turn the HTTP library's exceptions into ours."""
        import httpx2

        origin = self.address.origin
        try:
            yield
        except (httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            hint = RuntimeUnreachable.default_hint
            message = f"no connection to {origin} within {self.timeouts.connect:g} s"
            raise RuntimeTimeout(message, hint=hint) from error
        except (TimeoutError, httpx2.TimeoutException) as error:
            raise RuntimeTimeout(late) from error
        except (httpx2.ConnectError, httpx2.ProxyError) as error:
            raise RuntimeUnreachable(f"nothing answers at {origin}: {error}") from error
        except httpx2.InvalidURL as error:
            raise BadOption(f"{origin} is no address: {error}") from error
        except httpx2.HTTPError as error:
            what = (
                "closed the connection without an answer" if before_answer else "was cut off in the middle of an answer"
            )
            raise RuntimeGarbled(f"{origin} {what}: {error}") from error

    @asynccontextmanager
    async def _deadline(self, seconds: float, what: str) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError:
            message = f"{self.address.origin} did not deliver {what} within {seconds:g} s"
            raise RuntimeTimeout(message, hint="is the machine busy? a longer timeout may do") from None

    def _running_client(self) -> httpx2.AsyncClient:
        """Return the client of this event loop; connections of a loop that is gone are of no use."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._client, self._loop = self._new_client(), loop
        return self._client

    def _new_client(self) -> httpx2.AsyncClient:
        import ssl

        import httpx2

        # Plain http needs no certificates, and loading the system's takes longer than the first request. This context
        # trusts nobody, so it cannot weaken anything.
        encrypted = self.address.scheme == "https"
        trust = httpx2.create_ssl_context() if encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            return httpx2.AsyncClient(
                verify=trust,
                trust_env=not self.address.is_loopback,
                follow_redirects=False,
                timeout=httpx2.Timeout(None, connect=self.timeouts.connect, pool=self.timeouts.connect, write=60.0),
                limits=httpx2.Limits(keepalive_expiry=_KEEP_ALIVE),
                headers={"user-agent": _user_agent(), "accept-encoding": "identity", "accept": "*/*"},
            )
        except (ImportError, ValueError) as error:
            raise ConfigProblem(f"the proxy named by the environment is of no use: {error}") from error

    def _own_headers(self) -> dict[str, str]:
        headers = dict(self._extra_headers)
        if self._api_key:
            headers["authorization"] = f"Bearer {self._api_key}"
        elif self.address.credentials is not None:
            pair = ":".join(self.address.credentials).encode()
            headers["authorization"] = "Basic " + b64encode(pair).decode()
        return headers

    def _secrets(self) -> list[str]:
        known = [self._api_key, *self._extra_headers.values(), *(self.address.credentials or ())]
        return [secret for secret in known if len(secret) >= _SECRET_LENGTH]


def load_library() -> None:
    """Import the library behind, so that a first request with a short deadline does not have to wait for it."""
    import_module("httpx2")


def _may_pass(failure: RuntimeFailure) -> bool:
    """Whether asking again may help. A timeout is none: it has waited enough, and the server may be working on it."""
    if isinstance(failure, RuntimeRejected):
        return failure.status in _TRANSIENT_STATUS
    return isinstance(failure, RuntimeUnreachable | RuntimeGarbled)


def _encoded(payload: Mapping[str, Any]) -> bytes:
    text = jsonx.compact(payload)
    if _LONE_SURROGATE.search(text):
        hint = 'decode the input as UTF-8, with errors="replace" if need be'
        raise UsageProblem("the request holds half a character, a lone surrogate, that no server can read", hint=hint)
    return text.encode()


def _content_type(response: httpx2.Response) -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()


def _checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable()):
            raise BadOption(f"the header {name} holds characters that a header cannot carry")
    return dict(headers)


def _user_agent() -> str:
    try:
        return f"gemwright/{version('gemwright')}"
    except PackageNotFoundError:  # a source tree that is not installed
        return "gemwright"
