"""Addresses of servers: checked, shown without their secrets, and told apart by who may see what.

Knows: which URLs we accept, which hosts are this machine, when two URLs are one origin.
Never knows: how anything is sent there.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from gemwright.foundation.errors import BadOption

__all__ = ["Address", "checked_address"]

_UNPRINTABLE: Final = re.compile(r"[\x00-\x20\x7f\\]")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_EXAMPLE: Final = "write it like http://127.0.0.1:8080"


@dataclass(frozen=True, slots=True)
class Address:
    """A checked URL, taken apart. `credentials` (user, password) never shows up in `origin` or in its repr."""

    scheme: str
    host: str
    port: int
    path: str = ""
    query: str = ""
    credentials: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def origin(self) -> str:
        """Scheme, host and port: what may be shown, and what decides whether two URLs belong together."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def shown(self) -> str:
        """The URL for people: without credentials, and without a query, which may hold a signature."""
        return self.origin + self.path

    @property
    def url(self) -> str:
        """The URL for a request: without credentials, which travel in a header."""
        return self.origin + self.path + (f"?{self.query}" if self.query else "")

    @property
    def is_loopback(self) -> bool:
        """Whether the address is this machine, so that no proxy may come between."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        number = _ip_number(self.host)
        return number is not None and (number.is_loopback or number.is_unspecified)

    @property
    def is_public_name(self) -> bool:
        """Whether the host is a name with a dot in it, not a number and not this machine."""
        return "." in self.host and not self.is_loopback and _ip_number(self.host) is None

    def at(self, path: str) -> str:
        """Return the URL of `path` below this address; an empty path is the address itself."""
        return self.origin + self.path.rstrip("/") + path if path else self.url


def checked_address(url: str) -> Address:
    """Take a URL apart.

    Args:
        url: an http or https URL with a host; a path, a query and `user:password@` may be in it.

    Returns:
        Its parts.

    Raises:
        BadOption: it is no such URL.
    """
    url = url.strip()
    if _UNPRINTABLE.search(url):
        raise BadOption("an address may not hold spaces, backslashes or control characters", hint=_EXAMPLE)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadOption(f"this is no address: {error}", hint=_EXAMPLE) from None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        shown = url.rpartition("@")[2]
        hint = f"did you mean http://{shown}?" if shown and "://" not in shown else _EXAMPLE
        raise BadOption(f"an address starts with http:// or https:// and names a host, unlike {shown!r}", hint=hint)
    credentials = None
    if parts.username is not None:
        credentials = (unquote(parts.username), unquote(parts.password or ""))
    return Address(
        scheme=parts.scheme,
        host=parts.hostname,
        port=_DEFAULT_PORTS[parts.scheme] if port is None else port,
        path=parts.path,
        query=parts.query,
        credentials=credentials,
    )


def _ip_number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
