"""Songs made by code from a seed, with the truth about them: every beat, bar and section is known because it was put there.

Knows: how drums, basses, chords and leads are computed and arranged. Never knows: how anything is measured or drawn.
"""

from gemwright_visualizer.synth.shapes import SHAPES, ambient, clicks, groove, medley, shape
from gemwright_visualizer.synth.songs import CHARACTERS, demo_song
from gemwright_visualizer.synth.truth import TrueSection, Truth
from gemwright_visualizer.synth.wav import write_wav

__all__ = [
    "CHARACTERS",
    "SHAPES",
    "TrueSection",
    "Truth",
    "ambient",
    "clicks",
    "demo_song",
    "groove",
    "medley",
    "shape",
    "write_wav",
]
