"""The exponent is the claim of the growth tables, and the sizes are what it is computed from."""

from __future__ import annotations

import pytest

from benchmarks import growth
from benchmarks.report import rate, seconds, table


def test_exponents_of_known_growth() -> None:
    """Linear is 1, quadratic is 2."""
    assert growth.exponent((100, 0.5), (400, 2.0)) == pytest.approx(1)
    assert growth.exponent((100, 0.5), (400, 8.0)) == pytest.approx(2)


@pytest.mark.parametrize("shape", growth.SHAPES)
@pytest.mark.parametrize("size", [10_000, 400_000])
def test_texts_have_about_the_size_they_are_named_by(shape: str, size: int) -> None:
    """An exponent over sizes that are not what they seem is wrong."""
    assert growth.make_text(shape, size) != growth.make_text(shape, size // 2)
    assert len(growth.make_text(shape, size)) == pytest.approx(size, rel=0.06)


def test_what_would_go_over_the_budget_is_not_tried() -> None:
    """Quadratic peers would take minutes at the next size; the expectation follows the growth seen so far."""
    assert growth._expected([(100, 1.0)], 200) == pytest.approx(2)
    assert growth._expected([(100, 1.0), (200, 4.0)], 400) == pytest.approx(16)


def test_ratio_is_of_the_same_size_where_there_is_one_and_a_bound_otherwise() -> None:
    """A quadratic yardstick is faster at small sizes: a ratio over different sizes is a lower bound and says so."""
    theirs = {"peer": growth.YARDSTICK, "shape": "call", "mode": "char", "points": [(10, 1.0), (20, 4.0)]}
    same = {"peer": "x", "shape": "call", "mode": "char", "points": [(10, 0.1), (20, 0.2), (40, 0.4)]}
    other = {"peer": "x", "shape": "call", "mode": "char+fold", "points": [(40, 0.4)]}
    assert growth._against_yardstick(same, [theirs, same]) == "20"
    assert growth._against_yardstick(other, [theirs, other]) == "≥ 20"
    assert growth._against_yardstick(same, [same]) == "-"


def test_tables_line_up_and_numbers_read_well() -> None:
    """Reports are read by people."""
    lines = table("T", ("name", "mode", "n"), [("a", "one", "1"), ("long", "char", "100")]).splitlines()
    assert lines[3:] == ["name  mode    n", "----  ----  ---", "a     one     1", "long  char  100"]
    assert (seconds(2.5), seconds(0.0123), seconds(0.0000123)) == ("2.50 s", "12.3 ms", "12.3 µs")
    assert (rate(500), rate(1_230_000), rate(1.5e9)) == ("500", "1.23 M", "1,500 M")
