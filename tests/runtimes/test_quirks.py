"""Quirks come from the catalog by version; adapters name them by id."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gemwright.catalog import catalog
from gemwright.catalog.ranges import Event
from gemwright.catalog.things import Quirk, Runtime
from gemwright.foundation.errors import CorpusProblem
from gemwright.runtimes import quirks
from gemwright.runtimes.quirks import quirks_of

SOURCES = Path(quirks.__file__).parent


def test_by_version() -> None:
    """An end that is known ends it; a release candidate of the end is still inside."""
    assert quirks_of("ollama", "0.32.9").has("hidden-repeat-penalty")
    assert quirks_of("ollama", "0.32.10-rc1").has("hidden-repeat-penalty")
    assert not quirks_of("ollama", "0.32.10").has("hidden-repeat-penalty")
    assert not quirks_of("ollama", "0.29.0").has("raw-hides-marks")


def test_newer_than_anybody_looked() -> None:
    """What nobody saw mended is taken to be there still."""
    assert quirks_of("ollama", "0.40.1").has("raw-hides-marks")
    assert not quirks_of("ollama", "0.40.1").has("calls-without-index")


@pytest.mark.parametrize("version", ["", "nightly", "v0.30.1-3-g9c7f774"])
def test_versions_that_cannot_be_read(version: str) -> None:
    """Only what every version has."""
    assert quirks_of("ollama", version).active == ()
    assert [one.id for one in quirks_of("vllm", version).active] == ["reasoning-field"]


def test_evidence_is_told_once() -> None:
    """Two quirks may rest on one advisory."""
    found = quirks_of("vllm", "0.33.0").evidence
    assert len(set(found)) == len(found)
    assert "streaming/reasoning-field-names" in found


def test_an_id_that_the_catalog_lacks() -> None:
    """A typing error in an adapter is no quiet False."""
    with pytest.raises(CorpusProblem):
        quirks_of("ollama", "0.30.0").has("hiden-repeat-penalty")
    with pytest.raises(CorpusProblem):
        quirks_of("olama", "0.30.0")


def test_ids_in_adapters_are_in_the_catalog() -> None:
    """Every id that an adapter asks for exists, and no adapter compares versions by itself."""
    known = {one.id for record in catalog().all(Runtime).values() for one in record.quirk}
    asked: set[str] = set()
    for path in SOURCES.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        asked.update(re.findall(r'quirks\.has\("([^"]+)"\)', text))
        assert path.name == "quirks.py" or "foundation.versions" not in text
    assert asked and asked <= known


def test_each_rests_on_something() -> None:
    """Either an advisory or a claim; no id twice within a runtime."""
    for name, record in catalog().all(Runtime).items():
        ids = [one.id for one in record.quirk]
        assert len(set(ids)) == len(ids), name
        assert all(bool(one.advisory) != bool(one.claim) for one in record.quirk), name
    assert sum(len(record.quirk) for record in catalog().all(Runtime).values()) >= 12


def test_range_of_a_quirk() -> None:
    """It is counted as the runtime counts."""
    one = Quirk(id="a", effect="b.", advisory="c/d", events=(Event(introduced="b100"), Event(fixed="b200")))
    versions = one.versions("llama.cpp", "build")
    assert versions.holds("b150") is True and versions.holds("b200") is False
