"""What leaves the program: the film, and the papers beside it.

Knows: how frames and samples become an MP4 that plays everywhere in step, and how its chunks are joined; contact sheet,
thumbnail, subtitles, cues, chapters, and the report.
Never knows: what is drawn, which stage asks for it, or where a project lies.
"""

from __future__ import annotations

from gemwright_visualizer.output.chunks import ChunkWriter, VideoSettings, write_chunk
from gemwright_visualizer.output.film import Preset, write_film

__all__ = ["ChunkWriter", "Preset", "VideoSettings", "write_chunk", "write_film"]
