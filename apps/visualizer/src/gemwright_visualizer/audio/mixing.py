"""Any number of channels to two.

One channel goes to both sides as it is. More than two are mixed with the centre and the surrounds 3 dB down (ITU-R BS.775),
the whole divided so that nothing can exceed full scale that did not before; the bass channel is left out, as there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gemwright_visualizer.records import Floats

__all__ = ["to_stereo"]

SIDE = 0.7071
LEFT = frozenset({"FL", "SL", "BL", "FLC", "TFL", "TBL", "WL", "DL"})
RIGHT = frozenset({"FR", "SR", "BR", "FRC", "TFR", "TBR", "WR", "DR"})
BASS = frozenset({"LFE", "LFE2"})


def to_stereo(frame: Any) -> Floats:
    """Return a planar float frame as frames by 2."""
    planes = np.asarray(frame.to_ndarray(), np.float32)
    count = planes.shape[0]
    if count <= 2:
        return np.repeat(planes.T, 2, axis=1) if count == 1 else np.ascontiguousarray(planes.T)
    weights = _weights([channel.name for channel in frame.layout.channels], count)
    return np.ascontiguousarray((weights @ planes).T)


def _weights(names: list[str], count: int) -> Floats:
    table = np.zeros((2, count), np.float32)
    for index in range(count):
        name = names[index] if index < len(names) else ""
        if name in BASS:
            continue
        gain = 1.0 if name in ("FL", "FR") else SIDE
        if name not in RIGHT:
            table[0, index] = gain
        if name not in LEFT:
            table[1, index] = gain
    return table / np.float32(max(1.0, float(table.sum(axis=1).max())))
