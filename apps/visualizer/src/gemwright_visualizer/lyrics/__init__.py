"""Lyrics with times: from LRC, SRT, WebVTT, or plain text whose times are guessed from the song.

Knows: how those files are written and how broken ones are mended. Never knows: how a song is measured, or how type is set.
"""

from gemwright_visualizer.lyrics.reading import read_lyrics

__all__ = ["read_lyrics"]
