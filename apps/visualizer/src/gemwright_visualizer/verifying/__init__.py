"""Whether a finished film is what it should be, measured on the file as a player decodes it, with a bar for every figure.

Knows: how frames, times, sound, cuts, reaction, flicker, flashes, colours and the file itself are measured, and the bars.
Never knows: how any of it was made; nothing here shares code with what draws or limits the pictures.
"""

from __future__ import annotations

from gemwright_visualizer.verifying.checks import Check, Findings
from gemwright_visualizer.verifying.flashes import FlashMeter
from gemwright_visualizer.verifying.verify import verify

__all__ = ["Check", "Findings", "FlashMeter", "verify"]
