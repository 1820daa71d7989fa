"""How one shot becomes the next, in the first frames of the next."""

from __future__ import annotations

import numpy as np

from gemwright_visualizer.records import Frame, Transition
from gemwright_visualizer.scenes import Inks, Sheet, ease

__all__ = ["joined", "span_of"]

_SECONDS = {"dissolve": 0.60, "whip": 0.24, "flash": 0.34}


def span_of(transition: Transition, frames: int, fps: float) -> int:
    """Return how many frames a transition into a shot of this many frames takes; at most a half of it."""
    return min(round(_SECONDS.get(transition, 0.0) * fps), frames // 2)


def joined(sheet: Sheet, before: Frame | None, transition: Transition, share: float, inks: Inks, seed: int) -> None:
    """Change the picture on the sheet into one of the transition.

    Args:
        sheet: holds the next shot's picture.
        before: the last shot's picture, where the transition needs it: rows by columns by 4.
        transition: which.
        share: how far it has come, 0 to 1.
        inks: the next shot's colours.
        seed: decides a whip's direction.
    """
    if transition == "flash":
        sheet.pen.wash(inks.light, 0.62 * (1 - share) ** 2.2)
    elif transition == "dissolve" and before is not None:
        kept = np.uint16(round((1 - ease(share)) * 256))
        mixed = before.astype(np.uint16) * kept + sheet.pixels.astype(np.uint16) * np.uint16(256 - int(kept))
        np.right_shift(mixed, 8, out=mixed)
        sheet.pixels[...] = mixed.astype(np.uint8)
    elif transition == "whip" and before is not None:
        _whip(sheet, before, share, 1 if seed % 2 else -1)


def _whip(sheet: Sheet, before: Frame, share: float, way: int) -> None:
    """Slide from one picture to the other beside it, blurred along the way as a fast camera does."""
    width = sheet.width
    eased = ease(share)
    # The blur is the way that is travelled in half a frame's time, in eight steps.
    reach = int(width * 0.16 * 4 * share * (1 - share))
    both = np.concatenate([before, sheet.pixels] if way > 0 else [sheet.pixels, before], axis=1)
    offset = eased * width if way > 0 else (1 - eased) * width
    total = np.zeros(sheet.pixels.shape, dtype=np.uint16)
    for step in range(8):
        at = int(min(max(offset + reach * (step / 7 - 0.5), 0), width))
        total += both[:, at : at + width]
    np.right_shift(total, 3, out=total)
    sheet.pixels[...] = total.astype(np.uint8)
