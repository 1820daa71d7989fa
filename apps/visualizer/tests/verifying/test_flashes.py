"""Flashes are counted as the rule says: what is dangerous is found, and what is not is left alone."""

from __future__ import annotations

import numpy as np

from gemwright_visualizer.verifying import FlashMeter

FPS = 30
CELLS = 48 * 27


def measure(values: list[tuple[int, int, int]], share: float = 1.0, seconds: float = 2.0) -> FlashMeter:
    """Show colours one after the other, again and again, on a share of the picture."""
    meter = FlashMeter(FPS, CELLS)
    picture = np.full((CELLS, 3), 40, np.uint8)
    for number in range(int(seconds * FPS)):
        picture[: int(share * CELLS)] = values[number % len(values)]
        meter.see(picture)
    return meter


def wave(per_second: float, low: int, high: int) -> list[tuple[int, int, int]]:
    """Return a second of grey that goes up and down so many times."""
    half = FPS / per_second / 2
    return [(v, v, v) for v in (high if int(i / half) % 2 else low for i in range(FPS))]


def test_three_flashes_a_second_are_allowed_and_more_are_not() -> None:
    """The line that the rule draws."""
    assert measure(wave(3, 20, 230)).general <= 3
    assert measure(wave(5, 20, 230)).general > 3
    assert measure(wave(10, 20, 230)).general > 3


def test_a_small_part_of_the_picture_does_not_count() -> None:
    """A lamp that blinks in a corner is no danger."""
    assert measure(wave(10, 20, 230), share=0.2).general == 0
    assert measure(wave(10, 20, 230), share=0.3).general > 3


def test_faint_and_very_bright_changes_do_not_count() -> None:
    """A tenth of the light, and a darker side below 0.8."""
    assert measure(wave(10, 100, 120)).general == 0
    assert measure(wave(10, 235, 255)).general == 0


def test_a_change_over_several_pictures_counts_once() -> None:
    """A ramp is one change, however many steps it has; a saw of ramps flashes all the same."""
    up = [int(20 + 200 * i / 14) for i in range(15)]
    assert measure([(v, v, v) for v in up + up[::-1]]).general <= 1
    fast = [20, 120, 220, 120]
    assert measure([(v, v, v) for v in fast]).general > 3


def test_red_is_counted_by_itself() -> None:
    """Saturated red is dangerous where its light hardly changes."""
    meter = measure([(200, 0, 0)] * 3 + [(60, 60, 60)] * 3)
    assert meter.red > 3
    assert measure([(120, 120, 130)] * 3 + [(60, 60, 60)] * 3).red == 0


def test_calm_pictures_have_none() -> None:
    """Drifting colours are what most films are made of."""
    drift = [(int(100 + 60 * np.sin(i / 30)), 80, 120) for i in range(60)]
    assert measure(drift, seconds=6).general <= 1
