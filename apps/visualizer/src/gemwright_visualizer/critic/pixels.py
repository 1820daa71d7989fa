"""What can be said of a picture without a model: what is broken in it, measured from its pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gemwright_visualizer.palettes import from_hex, to_oklab
from gemwright_visualizer.records import Palette

__all__ = ["Box", "Facts", "Limits", "alike", "faults", "limits_of", "measure"]

Box = tuple[float, float, float, float]
"""Left, top, right and bottom of type in a picture, 0 to 1."""
_LOOKED_AT: Final = 256
"""Pixels of the longer side at which pictures are measured, so that their size changes nothing."""
_FLAT: Final = 4.0
"""Standard deviation of brightness (of 255) below which a picture shows nothing."""
_NOISE: Final = 0.25
"""Likeness of neighbouring pixels below which a picture is noise."""
_FAR: Final = 0.15
"""Distance in OKLab from the palette that a picture's greater part may not exceed."""
_MOST_OF_IT: Final = 70
"""Percent of a picture that has to be that near."""
_SAME: Final = 4
"""Bits of 64 in which two pictures may differ and still be one."""
_FEW: Final = 4
"""Pictures that a run has at least before it says what is usual."""
_BAR: Final = 0.05
"""Share of the height (or width) from which a bar counts."""
_SAFE: Final = 0.1
_HAIR: Final = 0.005
_SHARP: Final = 0.28
"""Of the usual sharpness: what is blurred is below this too, so that a film of soft pictures is not refused whole."""
_USUAL: Final = 0.6
"""Of the run's usual sharpness: what is blurred is below this too, so that a film of soft pictures is not refused whole."""
_WAVES: Final[NDArray[np.float64]] = np.cos(np.pi * (np.arange(32) + 0.5) * np.arange(8)[:, None] / 32)
"""The eight coarsest waves of the discrete cosine transform over 32 values."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A picture in numbers.

    Attributes:
        width, height: in pixels.
        finite: whether all its values are numbers.
        brightness: mean, 0 to 255.
        spread: standard deviation of brightness.
        sharpness: how much detail its edges have, whatever its contrast.
        likeness: of neighbouring pixels, 1 smooth to 0 noise.
        hash: 64 bits that similar pictures share.
        colour: how far the greater part of the picture is from the palette, in OKLab.
        bars: share of the height or width that bars take.
    """

    width: int
    height: int
    finite: bool
    brightness: float
    spread: float
    sharpness: float
    likeness: float
    hash: int
    colour: float
    bars: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run of pictures has to keep to.

    Attributes:
        size: width and height in pixels that each must have; None where any will do.
        sharpness: below which a picture is blurred against its own run.
    """

    size: tuple[int, int] | None
    sharpness: float


def measure(picture: NDArray[Any], palette: Palette | None = None) -> Facts:
    """Return a picture in numbers.

    Args:
        picture: height by width by 3, RGB, 0 to 255; floats are looked at for values that are no numbers.
        palette: that it should keep to.
    """
    height, width = picture.shape[:2]
    finite = bool(np.isfinite(picture).all()) if picture.dtype.kind == "f" else True
    pixels = np.clip(np.nan_to_num(picture), 0, 255).astype(np.uint8) if picture.dtype != np.uint8 else picture
    image = Image.fromarray(np.ascontiguousarray(pixels[..., :3]))
    image.thumbnail((_LOOKED_AT, _LOOKED_AT), Image.Resampling.BOX)
    grey = np.asarray(image.convert("L"), dtype=np.float64)
    spread = float(grey.std())
    return Facts(
        width,
        height,
        finite,
        float(grey.mean()),
        spread,
        _sharpness(grey),
        _likeness(grey),
        _hash(image),
        _from_palette(image, palette) if palette is not None else 0.0,
        max(_bars(grey), _bars(grey.T)),
    )


def limits_of(facts: Sequence[Facts], size: tuple[int, int] | None = None) -> Limits:
    """Return the limits of a run: plainly blurred, and less sharp than its pictures usually are."""
    sharp = [one.sharpness for one in facts if one.spread >= _FLAT and one.likeness >= _NOISE]
    if len(sharp) < _FEW:
        return Limits(size, 0.0)
    return Limits(size, min(_SHARP, _USUAL * float(np.median(sharp))))


def faults(
    facts: Facts, limits: Limits, others: Sequence[Facts] = (), boxes: Sequence[Box] = (), *, soft: bool = False
) -> tuple[tuple[str, bool], ...]:
    """Return what is wrong with a picture: a word or two for each fault, and whether nobody could use it.

    Args:
        facts: of the picture.
        limits: of its run.
        others: pictures of other shots that it must not repeat.
        boxes: where type lies in it.
        soft: whether it has no edges by intent, so that it cannot be told from a blurred one.
    """
    found: list[tuple[str, bool]] = []
    if not facts.finite:
        found.append(("values that are no numbers", True))
    if limits.size is not None and (facts.width, facts.height) != limits.size:
        found.append((f"{facts.width} by {facts.height} instead of {limits.size[0]} by {limits.size[1]}", True))
    if facts.spread < _FLAT:
        found.append(("black" if facts.brightness < 16 else "white" if facts.brightness > 239 else "blank", True))
        return tuple(found)
    if facts.likeness < _NOISE:
        found.append(("noise", True))
    elif facts.sharpness < limits.sharpness and not soft:
        found.append(("blurred", False))
    if facts.colour > _FAR:
        found.append(("other colours than the palette", False))
    if facts.bars >= _BAR:
        found.append(("bars at the edges", False))
    if any(alike(facts, one) for one in others):
        found.append(("the same as another shot", False))
    if any(min(box[:2]) < _SAFE - _HAIR or max(box[2:]) > 1 - _SAFE + _HAIR for box in boxes):
        found.append(("type outside of the safe area", False))
    return tuple(found)


def alike(one: Facts, other: Facts) -> bool:
    """Tell whether two pictures show the same, whatever their size and a little light."""
    return (one.hash ^ other.hash).bit_count() <= _SAME


def _sharpness(grey: NDArray[np.float64]) -> float:
    """Return the strength of fine detail against that of coarse detail."""
    fine = grey[1:-1, 1:-1] * 4 - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    coarse = np.abs(grey[:, 4:] - grey[:, :-4]).mean() + np.abs(grey[4:] - grey[:-4]).mean()
    return float(np.abs(fine).mean() / (coarse + 0.5))


def _likeness(grey: NDArray[np.float64]) -> float:
    one, two = grey[:, :-1].ravel(), grey[:, 1:].ravel()
    if one.std() < 1e-6 or two.std() < 1e-6:
        return 1.0
    return float(np.corrcoef(one, two)[0, 1])


def _hash(image: Image.Image) -> int:
    """Return the signs of a picture's coarsest waves, the mean left out."""
    grey = np.asarray(image.convert("L").resize((32, 32), Image.Resampling.BOX), dtype=np.float64)
    waves: NDArray[np.float64] = (_WAVES @ grey @ _WAVES.T).ravel()
    waves[0] = 0.0
    bits = waves > np.median(waves)
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def _from_palette(image: Image.Image, palette: Palette) -> float:
    """Return how far from a palette's colours, and what lies between them, the greater part of a picture is."""
    small = np.asarray(image.resize((32, 32), Image.Resampling.BOX), dtype=np.float32).reshape(-1, 3) / np.float32(255)
    dark, deep, mid, light, accent = (
        to_oklab(from_hex(one)) for one in (palette.c1, palette.c2, palette.c3, palette.c4, palette.accent)
    )
    night = dark * np.array([0.4, 0.4, 0.4])
    steps = np.linspace(0, 1, 12)[:, None]
    weights = np.array([0.6, 1.6, 1.6])
    lab = to_oklab(small)

    def apart(*ways: tuple[NDArray[np.float64], NDArray[np.float64]]) -> NDArray[np.float64]:
        known = np.concatenate([one * (1 - steps) + other * steps for one, other in ways])
        return np.sqrt((((lab[:, None, :] - known[None]) * weights) ** 2).sum(axis=2)).min(axis=1)

    own = apart((night, dark), (dark, deep), (deep, mid), (mid, light))
    with_accent = np.minimum(own, apart((dark, accent), (accent, light), (deep, accent)))
    return float(max(np.percentile(with_accent, _MOST_OF_IT), np.median(own)))


def _bars(grey: NDArray[np.float64]) -> float:
    """Return the share of the height that two flat bars of the same height take, above and below."""
    rows = grey.shape[0]
    flat = (grey.std(axis=1) < 2.0) & (np.abs(grey.mean(axis=1) - grey[0].mean()) < 3.0)
    above = int(np.argmin(flat)) if not flat.all() else rows
    below = int(np.argmin(flat[::-1])) if not flat.all() else rows
    if not above or not below or above + below >= rows or abs(above - below) > max(1, 0.02 * rows):
        return 0.0
    edges = (np.abs(grey[above] - grey[above - 1]).mean(), np.abs(grey[-below - 1] - grey[-below]).mean())
    return (above + below) / rows if min(edges) > 4.0 else 0.0
