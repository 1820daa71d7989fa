"""Rendering: a storyboard and a song's analysis become frames.

Knows: what moves a picture at a time, where the camera is, how shots join, how type is laid on a picture, and how many
flashes a second are harmless.
Never knows: how a plan came about, models, files of films, projects.
"""

from __future__ import annotations

from gemwright_visualizer.rendering.captions import MANNERS, Caption
from gemwright_visualizer.rendering.film import Film, even
from gemwright_visualizer.rendering.flashes import linear_light, most_flashes
from gemwright_visualizer.rendering.score import SongScore

__all__ = ["MANNERS", "Caption", "Film", "SongScore", "even", "linear_light", "most_flashes"]
