"""Matching on the real corpus: environments with their edges, and exactly the right advisories in each."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from gemwright.catalog import catalog
from gemwright.corpus import Environment, match

ENVIRONMENTS = [
    json.loads(line) for line in (Path(__file__).parent / "environments.jsonl").read_text("utf-8").splitlines()
]


def test_there_are_enough_environments() -> None:
    """At least 30, with edges: the version that introduced a problem, one before, the one that fixed it."""
    told = " ".join(environment["about"] for environment in ENVIRONMENTS)
    assert len(ENVIRONMENTS) >= 30
    assert all(word in told for word in ("introduced", "before", "fixed"))


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda one: one["id"])
def test_exactly_the_right_ones(environment: dict[str, Any]) -> None:
    """Among critical, high and medium: nothing missing, nothing too much."""
    found = match(catalog(), Environment.from_json(environment["facts"]))
    applies = {f"advisories/{one.id}" for one in found if one.applies and one.advisory.severity != "low"}
    assert applies == set(environment["applies"]), environment["about"]
    assert not applies & set(environment["not"])


def test_it_is_quick() -> None:
    """Under half a second cold, with everything; a command's own start is measured in the log."""
    start = time.perf_counter()
    for environment in ENVIRONMENTS[:10]:
        match(catalog(), Environment.from_json(environment["facts"]))
    assert (time.perf_counter() - start) / 10 < 0.5
