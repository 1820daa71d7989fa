"""What leaves the program: the film, and the papers beside it.

Knows: how frames and samples become an MP4 that plays everywhere in step, and how its chunks are joined; contact sheet,
subtitles, cues, chapters, and the report.
Never knows: what is drawn, which stage asks for it, or where a project lies.
"""

from __future__ import annotations

from gemwright_visualizer.output.chunks import ChunkWriter, Speed, VideoSettings, write_chunk
from gemwright_visualizer.output.film import Preset, write_film
from gemwright_visualizer.output.report import report_page
from gemwright_visualizer.output.sheet import contact_sheets, tile_size, time_of
from gemwright_visualizer.output.texts import cues, description, subtitles

__all__ = [
    "ChunkWriter",
    "Preset",
    "Speed",
    "VideoSettings",
    "contact_sheets",
    "cues",
    "description",
    "report_page",
    "subtitles",
    "tile_size",
    "time_of",
    "write_chunk",
    "write_film",
]
