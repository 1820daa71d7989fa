"""Scenes: each draws one shot from what moves it, a palette and a seed.

Knows: how to draw on a sheet (fields below, shapes above), type as shapes, and fifteen scenes.
Never knows: plans, shots, files, the film's order.
"""

from __future__ import annotations

from gemwright_visualizer.scenes.cells import Cells
from gemwright_visualizer.scenes.city import City
from gemwright_visualizer.scenes.contract import Hit, Inks, Scene, Score, Stage, ease, inks_of
from gemwright_visualizer.scenes.fields import overshoot
from gemwright_visualizer.scenes.ink import Ink
from gemwright_visualizer.scenes.kaleidoscope import Kaleidoscope
from gemwright_visualizer.scenes.liquid import Liquid
from gemwright_visualizer.scenes.pen import View
from gemwright_visualizer.scenes.picture import Parallax
from gemwright_visualizer.scenes.ribbons import Ribbons
from gemwright_visualizer.scenes.ring import Ring
from gemwright_visualizer.scenes.sheet import Sheet
from gemwright_visualizer.scenes.stars import Stars
from gemwright_visualizer.scenes.stripes import Stripes
from gemwright_visualizer.scenes.swarm import Swarm
from gemwright_visualizer.scenes.terrain import Terrain
from gemwright_visualizer.scenes.truchet import Truchet
from gemwright_visualizer.scenes.tunnel import Tunnel
from gemwright_visualizer.scenes.type_only import TypeOnly

__all__ = ["SCENES", "Hit", "Inks", "Scene", "Score", "Sheet", "Stage", "View", "ease", "inks_of", "overshoot"]

SCENES: dict[str, type[Scene]] = {
    scene.name: scene
    for scene in (
        Liquid, Ink, Stars, Terrain, Ribbons, Cells, Truchet, City, Ring, Swarm, Kaleidoscope, Tunnel, Stripes, TypeOnly,
        Parallax,
    )
}  # fmt: skip
"""Every scene by the name that a storyboard gives it."""
