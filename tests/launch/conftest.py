"""A running engine to ask, and the plainest way to ask it."""

from __future__ import annotations

import http.client
import importlib.util
import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest

from gemwright.launch.embedded import Engine, start_embedded

Ask: TypeAlias = Callable[..., Any]


def send(url: str, body: object = None, **headers: str) -> http.client.HTTPResponse:
    """Send a GET, or a POST with a JSON body."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json", **headers})  # noqa: S310 - loopback
    return urllib.request.urlopen(request, timeout=30)  # noqa: S310 - loopback


def ask(url: str, body: object = None, **headers: str) -> Any:
    """Return the JSON answer to a request."""
    with send(url, body, **headers) as answer:
        return json.load(answer)


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """An engine for this room alone: its log is looked at from the beginning."""
    if importlib.util.find_spec("xllamacpp") is None:
        pytest.skip("xllamacpp is not installed: no real llama.cpp to ask")
    with start_embedded() as running:
        yield running
