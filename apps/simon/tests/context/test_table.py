"""The table of historical context: whole, referenced, and found by place and years."""

from __future__ import annotations

from collections import Counter

from gemwright_simon.context import find, rows
from gemwright_simon.context.table import TOPICS


def test_every_row_is_whole() -> None:
    """A region, years in order, a topic, one sentence, and a reference with an address."""
    assert len(rows()) >= 300
    for row in rows():
        assert 1000 <= row.start <= row.end <= 2026, row
        assert row.topic in TOPICS, row
        assert row.text.endswith(".") and 20 <= len(row.text) <= 240, row
        assert "https://" in row.reference or "http://" in row.reference, row
        assert "[" not in row.text and "{" not in row.text, row


def test_no_row_stands_twice() -> None:
    """Neither its sentence nor its place in time and topic with the same words."""
    texts = Counter((row.region, row.text) for row in rows())
    assert [one for one, count in texts.items() if count > 1] == []


def test_every_row_can_be_found_by_its_region_and_year() -> None:
    """A region that no place leads to would hide its rows."""
    for row in rows():
        assert row in find(row.region, row.start, row.end, row.topic), row


def test_a_place_finds_what_is_told_of_the_regions_around_it() -> None:
    """The nearest first: the Rhineland, then Germany, then the world."""
    regions = [row.region for row in find("Alzey, Palatinate, Germany", 1790, 1820)]
    assert regions[0] == "Rhineland" and "Germany" in regions and regions[-1] == "World"
    assert any("1 July 1837" in row.text for row in find("Maidstone, Kent, England", 1837, 1837))
    assert any("1 July 1837" in row.text for row in find("Kent England", 1837, 1837))
    assert any("Villers" in row.text for row in find("Paris, Île-de-France, FRANCE", 1539, 1539))


def test_years_and_topic_limit_what_is_found() -> None:
    """Both ends count; another topic or another century finds nothing."""
    assert find("Sweden", 1753, 1753, "calendar") and not find("Sweden", 1754, 1760, "calendar")
    assert {row.topic for row in find("Ireland", 1800, 1900, "law")} == {"law"}
    assert [row.years for row in find("Norway", 1905, 1905, "borders")] == ["1905"]


def test_a_place_nobody_knows_finds_nothing() -> None:
    """No guess, and no failure on odd text."""
    for place in ("", "Nowhere", "\x00,;/()", "x" * 5000, "Georgiaville-on-Nothing"):
        assert find(place, 1000, 2026) == []
