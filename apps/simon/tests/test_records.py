"""The values that everything in Simon works with."""

from __future__ import annotations

import dataclasses

import pytest

from gemwright_simon import records


@pytest.mark.parametrize("name", [name for name in records.__all__ if name[0].isupper() and name != "NO_DATE"])
def test_records_cannot_be_changed(name: str) -> None:
    """Tools, checks and caches share them, so none may alter what another one reads."""
    kind = getattr(records, name)
    value = kind(**{one.name: "x" for one in dataclasses.fields(kind) if one.default is one.default_factory})
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, dataclasses.fields(kind)[0].name, "y")
