"""Scenes: each draws one shot from what moves it, a palette and a seed."""

from gemwright_visualizer.scenes.stars import Stars
from gemwright_visualizer.scenes.cells import Cells
from gemwright_visualizer.scenes.city import City
from gemwright_visualizer.scenes.contract import Hit, Inks, Scene, Score, Stage
from gemwright_visualizer.scenes.ink import Ink
from gemwright_visualizer.scenes.kaleidoscope import Kaleidoscope
from gemwright_visualizer.scenes.liquid import Liquid
from gemwright_visualizer.scenes.pen import View
from gemwright_visualizer.scenes.ribbons import Ribbons
from gemwright_visualizer.scenes.terrain import Terrain
from gemwright_visualizer.scenes.ring import Ring
from gemwright_visualizer.scenes.sheet import Sheet
from gemwright_visualizer.scenes.stripes import Stripes
from gemwright_visualizer.scenes.swarm import Swarm
from gemwright_visualizer.scenes.truchet import Truchet
from gemwright_visualizer.scenes.tunnel import Tunnel
from gemwright_visualizer.scenes.type_only import TypeOnly
from gemwright_visualizer.scenes.picture import Parallax

SCENES: dict[str, type[Scene]] = {s.name: s for s in (Liquid, Tunnel, Kaleidoscope, Swarm, Ring, Terrain, Cells, Ink, City, Stars, Ribbons, Truchet, Stripes, TypeOnly, Parallax)}
__all__ = ["SCENES", "Hit", "Inks", "Scene", "Score", "Sheet", "Stage", "View"]
