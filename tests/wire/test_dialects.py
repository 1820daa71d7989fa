"""Which variant speaks which dialect."""

from __future__ import annotations

import pytest

from gemwright.foundation.errors import Unsupported
from gemwright.wire.dialects import DATES, LARGE, SMALL, Dialect, dialect_for


@pytest.mark.parametrize(
    ("variant", "dialect"),
    [
        ("E2B", SMALL),
        ("e4b", SMALL),
        ("12B", LARGE),
        ("26B-A4B", LARGE),
        ("31b", LARGE),
        ("gemma-4-E2B-it", SMALL),
        ("google/gemma-4-31B-it", LARGE),
    ],
)
def test_variants(variant: str, dialect: Dialect) -> None:
    """The two small models are not prompted with an empty thought; the three large ones are."""
    assert dialect_for(variant) == dialect


def test_older_generations() -> None:
    """Model files carry the template of their day."""
    assert dialect_for("31B", "2026-04-28").name == "2026-04-28-large"
    assert [Dialect(date, "small").date for date in DATES] == sorted(DATES)


@pytest.mark.parametrize(("variant", "date"), [("27B", None), ("", None), ("E2B", "2026-01-01")])
def test_unknown(variant: str, date: str | None) -> None:
    """A wrong name is refused with the names that there are; a guess would be a wrong prompt in silence."""
    with pytest.raises(Unsupported) as problem:
        dialect_for(variant, date)
    assert "known are" in problem.value.hint
