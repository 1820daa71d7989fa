"""The public names: a snapshot, so that a change to them is a decision and not an accident."""

from __future__ import annotations

from pathlib import Path

import pytest

import gemwright

SNAPSHOT = Path(__file__).with_name("public_surface.txt")


def test_surface_is_the_snapshot() -> None:
    """A name that comes or goes has to come or go in the snapshot, and with it in the changelog."""
    assert sorted(gemwright.__all__) == SNAPSHOT.read_text("utf-8").split()


@pytest.mark.parametrize("name", gemwright.__all__)
def test_every_public_name_resolves(name: str) -> None:
    """The names are looked up when asked for, so a wrong home would show only in a user's program."""
    assert getattr(gemwright, name) is getattr(gemwright, name)


def test_dir_shows_the_surface() -> None:
    """Completion in a shell works on names that are not loaded yet."""
    assert set(gemwright.__all__) < set(dir(gemwright))


def test_unknown_name_is_an_attribute_error() -> None:
    """`hasattr`, `getattr` with a default and misspelt imports rely on it."""
    assert not hasattr(gemwright, "Cleint")
    with pytest.raises(AttributeError, match="Cleint"):
        gemwright.Cleint  # noqa: B018  # the attribute access is what is tested
