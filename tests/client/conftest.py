"""A real engine for the tests of this room: llama.cpp with our tiny model of random weights, started once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gemwright.launch.embedded import Engine, start_embedded


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """A running llama.cpp server."""
    with start_embedded() as running:
        yield running
