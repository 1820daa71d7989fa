"""The address that Ollama's variable `OLLAMA_HOST` means, in all the forms that Ollama reads.

Knows: that quotes, scheme, host and port may each be missing, and what stands for them then.
Never knows: whether anything answers there.

Source: `Host` in Ollama's `envconfig/config.go`. Port 11434 goes with a bare host, 80 and 443 with a scheme. One thing is
ours: a host on which a server listens everywhere, or none at all, is this machine to a client.
"""

from __future__ import annotations

import ipaddress
from typing import Final

from gemwright.foundation.address import checked_address
from gemwright.foundation.errors import BadOption

__all__ = ["OLLAMA_PORT", "ollama_address"]

OLLAMA_PORT: Final = 11434
_PORTS: Final = {"http": 80, "https": 443}
_EVERYWHERE: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - read, never bound
_HIGHEST_PORT: Final = 65535


def ollama_address(text: str) -> str:
    """Return the address that a value of `OLLAMA_HOST` means, without user and password.

    A port that is none counts as left out, as Ollama takes it.

    Raises:
        BadOption: it is no address.
    """
    text = text.strip().strip("\"'").strip()
    scheme, told, rest = text.partition("://")
    if not told:
        scheme, rest = "http", text
    where, slash, path = rest.rpartition("@")[2].partition("/")
    if told and not where:
        raise BadOption("it names no host", hint="write it like 127.0.0.1:11434")
    host, port = _split(where, _PORTS.get(scheme, OLLAMA_PORT) if told else OLLAMA_PORT)
    host = "127.0.0.1" if host in _EVERYWHERE else f"[{host}]" if ":" in host else host
    address = checked_address(f"{scheme}://{host}:{port}{slash}{path}")
    return address.origin + address.path


def _split(where: str, default: int) -> tuple[str, int]:
    """Return host and port; an IPv6 address may stand there with or without its brackets."""
    bare = where.strip("[]")
    try:
        ipaddress.IPv6Address(bare)
    except ValueError:
        head, colon, tail = where.rpartition(":")
        if not colon:
            return where, default
        fits = tail.isascii() and tail.isdigit() and int(tail[:6]) <= _HIGHEST_PORT
        return head.strip("[]"), int(tail[:6]) if fits else default
    return bare, default
