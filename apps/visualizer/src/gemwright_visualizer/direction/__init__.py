"""The director that needs no model: moods, paces, look, cuts and shots by rules, as a storyboard that people can edit.

Knows: what the numbers of a song mean for a film, shot lengths in bars, cuts on beats, when lines are on the screen, how
a prompt is put together, a storyboard as JSON and CSV.
Never knows: how a scene is drawn, models, files, clocks.
"""

from __future__ import annotations

from gemwright_visualizer.direction.cutting import EARLY, LONGEST, SHORTEST, frame_at, frame_count
from gemwright_visualizer.direction.grid import Grid, Point, grid_of
from gemwright_visualizer.direction.hearing import Heard, heard, sections_of
from gemwright_visualizer.direction.looks import MEDIUMS, leading_mood
from gemwright_visualizer.direction.lyrics import placed
from gemwright_visualizer.direction.moods import MOODS, story_of
from gemwright_visualizer.direction.options import RATIOS, Options, Ratio, frame_rate
from gemwright_visualizer.direction.pacing import RATES
from gemwright_visualizer.direction.plan import plan, recut, reworded
from gemwright_visualizer.direction.prompts import MOST_TOKENS, negative_of, palette_words, prompt_of, tokens
from gemwright_visualizer.direction.scenery import PICTURE, SCENES, Trait, scene_words
from gemwright_visualizer.direction.shots import CAMERAS, SIZES, STYLES
from gemwright_visualizer.direction.storing import COLUMNS, differences, from_csv, from_json, to_csv, to_json

__all__ = [
    "CAMERAS",
    "COLUMNS",
    "EARLY",
    "LONGEST",
    "MEDIUMS",
    "MOODS",
    "MOST_TOKENS",
    "PICTURE",
    "RATES",
    "RATIOS",
    "SCENES",
    "SHORTEST",
    "SIZES",
    "STYLES",
    "Grid",
    "Heard",
    "Options",
    "Point",
    "Ratio",
    "Trait",
    "differences",
    "frame_at",
    "frame_count",
    "frame_rate",
    "from_csv",
    "from_json",
    "grid_of",
    "heard",
    "leading_mood",
    "negative_of",
    "palette_words",
    "placed",
    "plan",
    "prompt_of",
    "recut",
    "reworded",
    "scene_words",
    "sections_of",
    "story_of",
    "to_csv",
    "to_json",
    "tokens",
]
