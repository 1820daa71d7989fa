"""Whether a picture keeps to a palette: by CIELAB distance to its colours and what lies between any two of them."""

from __future__ import annotations

from itertools import combinations
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from gemwright_visualizer.palettes import palette_of

__all__ = ["share_in_palette"]

_FAR: Final = 20.0
"""Distance in CIELAB (1976) up to which a colour counts as of the palette; two distant inks are some 100 apart."""
_WEIGHTY: Final = 0.02
"""Share of the picture from which on a colour counts as one of its dominant ones."""
_XYZ: Final = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE: Final = _XYZ.sum(axis=1)

_Values = NDArray[np.float64]


def _lab(colours: _Values) -> _Values:
    """Return sRGB colours, 0 to 1, in CIELAB (ISO/CIE 11664-4)."""
    light = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    ratio: _Values = light @ _XYZ.T / _WHITE
    line: _Values = ratio / (3 * (6 / 29) ** 2) + 4 / 29
    root: _Values = np.where(ratio > (6 / 29) ** 3, np.power(ratio, 1 / 3), line)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def share_in_palette(picture: NDArray[np.uint8], palette: str) -> float:
    """Return which share of a picture's dominant colours is of a palette, 0 to 1.

    A renderer mixes inks, brightens them to white and darkens them to black, so that what lies between two of these
    counts as well.

    Args:
        picture: height by width by 3.
        palette: name, or five colours with commas, as in a shot.
    """
    inks = palette_of(palette)
    hexes = (inks.c1, inks.c2, inks.c3, inks.c4, inks.accent, "#000000", "#ffffff")
    known = _lab(np.array([[int(one[i : i + 2], 16) / 255 for i in (1, 3, 5)] for one in hexes]))
    cells, counts = np.unique(picture.reshape(-1, 3) >> 4, axis=0, return_counts=True)
    weights = counts / counts.sum()
    dominant = weights >= _WEIGHTY
    if not dominant.any():
        dominant = weights >= np.quantile(weights, 0.9)
    colours = _lab((cells[dominant] * 16 + 8) / 255)
    nearest = np.full(len(colours), np.inf)
    for first, second in combinations(range(len(hexes)), 2):
        if first >= 5:  # between black and white lies every grey, which is no colour of the palette
            continue
        line = known[second] - known[first]
        place = np.clip((colours - known[first]) @ line / max(float(line @ line), 1e-9), 0, 1)
        nearest = np.minimum(nearest, np.linalg.norm(colours - known[first] - place[:, None] * line, axis=1))
    near = nearest <= _FAR
    return float(cast("np.float64", weights[dominant][near].sum() / weights[dominant].sum()))
