"""Colours: the mathematics against published values, the palettes against their own rules."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from gemwright import UsageProblem
from gemwright_visualizer.palettes import (
    PALETTES,
    contrast,
    difference,
    from_hex,
    from_oklab,
    mix,
    moods_of,
    nearest,
    palette_named,
    palette_of,
    palette_text,
    palettes_for,
    problems,
    ramp,
    to_hex,
    to_oklab,
)
from gemwright_visualizer.palettes.colours import to_lab
from gemwright_visualizer.records import Palette


def test_oklab_of_the_primaries_is_as_published() -> None:
    """The page that defines OKLab gives them; a wrong matrix shows here."""
    assert np.allclose(to_oklab(from_hex("#ffffff")), [1, 0, 0], atol=1e-3)
    assert np.allclose(to_oklab(from_hex("#ff0000")), [0.628, 0.225, 0.126], atol=1e-3)
    assert np.allclose(to_oklab(from_hex("#0000ff")), [0.452, -0.032, -0.312], atol=1e-3)


def test_cielab_of_red_is_as_published() -> None:
    """Red of sRGB under D65: 53.24, 80.09, 67.20."""
    assert np.allclose(to_lab(from_hex("#ff0000")), [53.24, 80.09, 67.20], atol=0.05)


def test_the_way_to_oklab_leads_back() -> None:
    """A colour that is mixed with itself stays what it is."""
    for palette in PALETTES[:12]:
        for colour in (palette.c1, palette.c2, palette.c3, palette.c4, palette.accent):
            assert to_hex(from_oklab(to_oklab(from_hex(colour)))) == colour
            assert to_hex(mix(from_hex(colour), from_hex(colour), 0.4)) == colour


def test_differences_are_those_of_ciede2000() -> None:
    """By pairs from the paper's test data (Sharma, Wu, Dalal 2005), where they lie within sRGB, and by hand."""
    assert difference(from_hex("#808080"), from_hex("#808080")) == 0
    assert difference(from_hex("#000000"), from_hex("#ffffff")) == pytest.approx(100, abs=0.1)
    assert difference(from_hex("#ff0000"), from_hex("#00ff00")) == pytest.approx(86.6, abs=0.1)
    one, other = from_hex("#123456"), from_hex("#6a4c93")
    assert difference(one, other) == pytest.approx(difference(other, one))


def test_contrast_is_that_of_wcag() -> None:
    """Black on white is 21, and #767676 on white is known as the lightest grey that passes."""
    assert contrast(from_hex("#000"), from_hex("#fff")) == pytest.approx(21)
    assert contrast(from_hex("#767676"), from_hex("#fff")) == pytest.approx(4.54, abs=0.01)


def test_there_are_forty_palettes_and_each_can_be_used() -> None:
    """A designer's palettes: none twice, dark to light, five colours that differ, type that reads."""
    assert len(PALETTES) == 40
    assert len({palette.name for palette in PALETTES}) == 40
    assert {palette.name: problems(palette) for palette in PALETTES if problems(palette)} == {}
    assert all(len(moods_of(palette.name)) >= 3 for palette in PALETTES)


def test_no_two_palettes_are_alike() -> None:
    """Forty names for fewer looks would be no choice."""
    for one, other in combinations(PALETTES, 2):
        pairs = zip((one.c2, one.c3, one.accent), (other.c2, other.c3, other.accent), strict=True)
        assert max(difference(from_hex(a), from_hex(b)) for a, b in pairs) > 10, (one.name, other.name)


@pytest.mark.parametrize(
    "colours",
    [
        ("#808080", "#808080", "#808080", "#808080", "#808080"),
        ("#101010", "#121212", "#141414", "#161616", "#ff0000"),
        ("#ffffff", "#fefefe", "#fdfdfd", "#fcfcfc", "#fbfbfb"),
    ],
)
def test_a_palette_that_cannot_be_used_gives_one_that_can(colours: tuple[str, str, str, str, str]) -> None:
    """Equal colours, no contrast: the nearest built-in palette stands in."""
    asked = Palette("own", *colours)
    assert problems(asked)
    assert nearest(asked) in PALETTES


def test_a_palette_in_the_wrong_order_is_put_in_order() -> None:
    """From light to dark is a palette too; its own colours are kept."""
    ember = palette_named("ember")
    turned = Palette("own", ember.c4, ember.c3, ember.c2, ember.c1, ember.accent)
    found = nearest(turned)
    assert (found.c1, found.c2, found.c3, found.c4) == (ember.c1, ember.c2, ember.c3, ember.c4)


def test_the_nearest_palette_is_near() -> None:
    """A built-in palette with a colour spoilt is recognised."""
    lagoon = palette_named("lagoon")
    spoilt = Palette("own", lagoon.c1, lagoon.c2, lagoon.c3, lagoon.c3, lagoon.accent)
    assert nearest(spoilt).name == "lagoon"


def test_a_storyboards_cell_leads_back_to_its_palette() -> None:
    """By name where it is built in, by its colours where it is not."""
    assert palette_of(palette_text(palette_named("Moss"))) == palette_named("moss")
    own = Palette("own", "#100c14", "#4a2150", "#a25b90", "#f6dcea", "#f2b63f")
    assert palette_of(palette_text(own)) == own


@pytest.mark.parametrize("text", ["no such", "#111111,#222222", "#111111,#222222,#333333,#444444,red"])
def test_what_is_no_palette_is_refused_with_a_hint(text: str) -> None:
    """A clear sentence, and what would do."""
    with pytest.raises(UsageProblem) as caught:
        palette_of(text)
    assert caught.value.hint


def test_words_find_palettes() -> None:
    """The most fitting first, and always some."""
    assert "nocturne" in [palette.name for palette in palettes_for(("melancholy", "night"))[:3]]
    assert palettes_for(("unheard",)) == PALETTES


def test_a_ramp_runs_evenly_from_dark_to_light() -> None:
    """No grey hole and no jump: lightness only rises, by small steps."""
    dusk = palette_named("dusk")
    steps = to_oklab(ramp([dusk.c1, dusk.c2, dusk.c3, dusk.c4]).colours)[:, 0]
    assert np.all(np.diff(steps) > -1e-4)
    assert np.diff(steps).max() < 0.01
    table = ramp([dusk.c1, dusk.c4]).packed(256)
    assert (int(table[0]) & 255, int(table[0]) >> 8 & 255) == (0x15, 0x12)
