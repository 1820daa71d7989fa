"""What every test shares: real engines, and a closed world, which no setting of the person or machine reaches."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from gemwright.launch.embedded import Engine, start_embedded
from tests.noise.model import RANDOM_MODEL

CHECKOUT = Path(__file__).resolve().parent.parent
FOREIGN = ("OLLAMA_HOST", "HF_HOME", "HF_TOKEN", "NO_COLOR", "FORCE_COLOR", "CI")
DIRECTORIES = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")

# A busy machine must not fail an example for its slowness, and one seed gives everybody the same examples;
# `--hypothesis-profile=search` looks for new ones.
settings.register_profile("fixed", deadline=None, derandomize=True, database=None)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile("fixed")


@pytest.fixture(scope="session", autouse=True)
def closed_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Hide the user's settings, caches, colours and servers, and put empty directories in their place."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in [*FOREIGN, *(name for name in os.environ if name.startswith("GEMWRIGHT_"))]:
            patch.delenv(name, raising=False)
        for name in DIRECTORIES:
            patch.setenv(name, str(home / name.lower()))
        patch.setenv("GEMWRIGHT_SEARCH_PORTS", "off")  # whatever runs here on usual ports is no business of a test
        yield


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of the repository."""
    return CHECKOUT


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """A real llama.cpp server with the stand-in, started once in each test process."""
    _need_llama_cpp()
    with start_embedded() as running:
        yield running


@pytest.fixture(scope="session")
def noise() -> Iterator[Engine]:
    """The same with random weights: every token comes up sooner or later, and a grammar has nobody's help."""
    _need_llama_cpp()
    with start_embedded(RANDOM_MODEL) as running:
        yield running


def _need_llama_cpp() -> None:
    if importlib.util.find_spec("xllamacpp") is None:
        pytest.skip("xllamacpp is not installed: no real llama.cpp to ask")
