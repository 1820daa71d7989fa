"""A song as numbers: decoded whole, measured, cut into bars and parts.

Knows: files of sound, spectra, beats, loudness, grids given by hand, and how an analysis is stored. Never knows: pictures,
models, lyrics.
"""

from gemwright_visualizer.audio.analysing import SURE, analyse, analyse_json
from gemwright_visualizer.audio.decoding import LONGEST_S, SHORTEST_S, read_sound
from gemwright_visualizer.audio.grids import grid_of_bpm, grid_of_file
from gemwright_visualizer.audio.storing import load_analysis, save_analysis

__all__ = [
    "LONGEST_S",
    "SHORTEST_S",
    "SURE",
    "analyse",
    "analyse_json",
    "grid_of_bpm",
    "grid_of_file",
    "load_analysis",
    "read_sound",
    "save_analysis",
]
