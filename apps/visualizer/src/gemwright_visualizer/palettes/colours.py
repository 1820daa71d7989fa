"""The mathematics of colours. Arrays hold red, green, blue (or L, a, b) in their last axis.

Sources: the transfer curve of IEC 61966-2-1 (sRGB); OKLab by its author's page (Björn Ottosson, 2020); CIELAB and
CIEDE2000 by ISO/CIE 11664-4 and 11664-6; contrast by WCAG 2.2, "relative luminance" and "contrast ratio".
"""

# numpy says less of its types than a strict checker asks for.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import NDArray

from gemwright import UsageProblem
from gemwright_visualizer.records import Floats

__all__ = [
    "contrast",
    "difference",
    "from_hex",
    "from_oklab",
    "luminance",
    "mix",
    "to_hex",
    "to_lab",
    "to_linear",
    "to_oklab",
    "to_srgb",
]

_HEX = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\Z")
_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_XYZ = np.array(
    [
        [0.4123907993, 0.3575843394, 0.1804807884],
        [0.2126390059, 0.7151686788, 0.0721923154],
        [0.0193308187, 0.1191947798, 0.9505321522],
    ]
)
_WHITE = _XYZ.sum(axis=1)
_WEIGHTS = np.array([0.2126, 0.7152, 0.0722])


def from_hex(colour: str) -> Floats:
    """Return a colour such as `#e8c48a` as three values from 0 to 1, as they are stored (sRGB).

    Raises:
        UsageProblem: it is not a colour written so.
    """
    match = _HEX.match(colour.strip())
    if match is None:
        raise UsageProblem("a colour must be written as #rrggbb", hint="such as #e8c48a")
    digits = match[1] if len(match[1]) == 6 else "".join(letter * 2 for letter in match[1])
    return np.array([int(digits[at : at + 2], 16) for at in (0, 2, 4)], dtype=np.float32) / np.float32(255)


def to_hex(colour: Floats) -> str:
    """Return three values from 0 to 1 as `#rrggbb`."""
    red, green, blue = (round(float(value) * 255) for value in np.clip(colour, 0.0, 1.0))
    return f"#{red:02x}{green:02x}{blue:02x}"


def to_linear(colour: Floats) -> NDArray[np.float64]:
    """Return stored values (sRGB) as amounts of light."""
    stored = np.asarray(colour, dtype=np.float64)
    return np.where(stored <= 0.04045, stored / 12.92, ((np.maximum(stored, 0.0) + 0.055) / 1.055) ** 2.4)


def to_srgb(light: NDArray[np.float64]) -> Floats:
    """Return amounts of light as stored values (sRGB), held within 0 to 1."""
    held = np.clip(light, 0.0, 1.0)
    return np.where(held <= 0.0031308, held * 12.92, 1.055 * held ** (1 / 2.4) - 0.055).astype(np.float32)


def to_oklab(colour: Floats) -> NDArray[np.float64]:
    """Return stored values as OKLab: lightness 0 to 1, and two axes of hue."""
    return np.cbrt(to_linear(colour) @ _LMS.T) @ _LAB.T


def from_oklab(lab: NDArray[np.float64]) -> Floats:
    """Return OKLab as stored values; a colour outside what a screen shows is moved to its nearest edge."""
    return to_srgb((lab @ np.linalg.inv(_LAB).T) ** 3 @ np.linalg.inv(_LMS).T)


def to_lab(colour: Floats) -> NDArray[np.float64]:
    """Return stored values as CIELAB under the white of sRGB: L 0 to 100, a and b."""
    ratio = (to_linear(colour) @ _XYZ.T) / _WHITE
    root: NDArray[np.float64] = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def mix(one: Floats, other: Floats, share: float) -> Floats:
    """Return the colour between two, `share` (0 to 1) of the way to the other, as an eye would place it (OKLab)."""
    return from_oklab(to_oklab(one) * (1 - share) + to_oklab(other) * share)


def luminance(colour: Floats) -> float:
    """Return relative luminance, 0 black to 1 white."""
    return float(to_linear(colour) @ _WEIGHTS)


def contrast(one: Floats, other: Floats) -> float:
    """Return WCAG's contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def difference(one: Floats, other: Floats) -> float:
    """Return how different two colours look (CIEDE2000): 1 is just seen, 12 is plainly another colour."""
    l1, a1, b1 = (float(value) for value in to_lab(one))
    l2, a2, b2 = (float(value) for value in to_lab(other))
    chroma = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    grow = 1.5 - 0.5 * math.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    a1, a2 = a1 * grow, a2 * grow
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = math.degrees(math.atan2(b1, a1)) % 360, math.degrees(math.atan2(b2, a2)) % 360
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    hue = (h1 + h2) if c1 * c2 == 0 else (h1 + turn / 2) % 360
    lightness, mean = (l1 + l2) / 2, (c1 + c2) / 2
    tone = (
        1
        - 0.17 * math.cos(math.radians(hue - 30))
        + 0.24 * math.cos(math.radians(2 * hue))
        + 0.32 * math.cos(math.radians(3 * hue + 6))
        - 0.20 * math.cos(math.radians(4 * hue - 63))
    )
    by_lightness = (l2 - l1) / (1 + 0.015 * (lightness - 50) ** 2 / math.sqrt(20 + (lightness - 50) ** 2))
    by_chroma = (c2 - c1) / (1 + 0.045 * mean)
    by_hue = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2)) / (1 + 0.015 * mean * tone)
    bend = (
        2 * math.sqrt(mean**7 / (mean**7 + 25.0**7)) * math.sin(math.radians(60 * math.exp(-(((hue - 275) / 25) ** 2))))
    )
    return math.sqrt(max(by_lightness**2 + by_chroma**2 + by_hue**2 - bend * by_chroma * by_hue, 0.0))
