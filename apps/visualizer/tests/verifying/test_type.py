"""Lines that cannot be read are found."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from apps.visualizer.tests.project.boards import board
from gemwright_visualizer.records import Line
from gemwright_visualizer.verifying.type import check_type


@dataclass(frozen=True)
class Caption:
    """Where a line stands on a picture of 64 by 36."""

    left: float = 10
    top: float = 10
    right: float = 50
    bottom: float = 20
    contrast: float = 7


def test_faint_lines_and_lines_at_the_edge_fail() -> None:
    """What is written is written to be read."""
    plan = dataclasses.replace(board(), lines=tuple(Line(i / 10, i / 10 + 0.1, "la") for i in range(20)))
    passed = {one.name: one.passed for one in check_type(plan, lambda _: [Caption()])}
    assert passed == {"contrast": True, "safe area": True}
    faint = {one.name: one.passed for one in check_type(plan, lambda n: [Caption(contrast=3 if n == 4 else 7)])}
    assert faint == {"contrast": False, "safe area": True}
    edge = {one.name: one.passed for one in check_type(plan, lambda n: [Caption(right=63 if n == 4 else 50)])}
    assert edge == {"contrast": True, "safe area": False}
    assert {one.passed for one in check_type(plan, lambda _: [])} == {None}
