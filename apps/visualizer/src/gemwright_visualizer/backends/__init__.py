"""Back ends that give pictures for shots: the user's own, or ComfyUI's. Drawn scenes need none.

Knows: how a picture is asked for and checked, files of pictures, ComfyUI's routes and workflows.
Never knows: what a film is about, who judges a picture.
"""

from __future__ import annotations

from gemwright_visualizer.backends.comfyui import ComfyUI
from gemwright_visualizer.backends.contract import Abilities, Backend, Made, Request
from gemwright_visualizer.backends.folder import PictureFolder
from gemwright_visualizer.backends.reading import fitted, picture_from_bytes, picture_from_file
from gemwright_visualizer.backends.workflow import Workflow, read_workflow

__all__ = [
    "Abilities",
    "Backend",
    "ComfyUI",
    "Made",
    "PictureFolder",
    "Request",
    "Workflow",
    "fitted",
    "picture_from_bytes",
    "picture_from_file",
    "read_workflow",
]
