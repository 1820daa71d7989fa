"""Where the camera is: how near by the shot's size, how it travels by its camera, how it feels the beat by its motion."""

from __future__ import annotations

import math

from gemwright_visualizer.records import Drive, Shot
from gemwright_visualizer.scenes import View, ease

__all__ = ["view_of"]

_ZOOM = {"wide": 0.90, "medium": 1.04, "close": 1.30, "macro": 1.62, "top": 1.12}


def view_of(shot: Shot, drive: Drive, moving: float = 1.0) -> View:
    """Return the camera's place.

    Args:
        shot: its size, camera, motion and seed.
        drive: of the frame.
        moving: how much of all moves, 0 to 1.
    """
    zoom = _ZOOM.get(shot.size, 1.0)
    turn = 0.0 if shot.size != "top" else 0.035 * (1 if shot.seed % 2 else -1)
    way = 0.75 * ease(drive.progress) + 0.25 * drive.progress
    travel = (way - 0.5) * moving
    x = y = 0.0
    match shot.camera:
        case "in":
            zoom *= 1 + 0.20 * (travel + 0.5)
        case "out":
            zoom *= 1.20 - 0.20 * (travel + 0.5)
        case "left":
            x = -0.22 * travel
        case "right":
            x = 0.22 * travel
        case "up":
            y = -0.20 * travel
        case "down":
            y = 0.20 * travel
        case "orbit":
            turn += 0.045 * travel
            x = 0.07 * math.sin(drive.progress * math.pi * 2)
        case _:
            zoom *= 1 + 0.02 * travel
    phase = (shot.seed % 628) / 100
    match shot.motion:
        case "push":
            zoom *= 1 + 0.030 * drive.pulse * moving
        case "pulse":
            zoom *= 1 + 0.022 * drive.pulse * moving + 0.012 * drive.bass * moving
        case "orbit":
            turn += 0.012 * math.sin(drive.time * 0.5 + phase) * moving
            x += 0.03 * math.cos(drive.time * 0.45 + phase) * moving
        case "shake":
            # Two slow waves a second apart in phase, as strong as the stroke is: a hand's shake, not noise.
            shaken = 0.020 * drive.onset * moving
            x += shaken * math.sin(drive.time * 39 + phase)
            y += shaken * math.cos(drive.time * 31 + phase)
            zoom *= 1 + 0.014 * drive.pulse * moving
        case _:
            x += 0.028 * math.sin(drive.time * 0.31 + phase) * moving
            y += 0.022 * math.cos(drive.time * 0.26 + phase) * moving
    # A stroke is felt in every shot: a small step nearer that falls back with it.
    zoom *= 1 + 0.016 * drive.onset * moving
    return View(zoom, x / max(zoom, 0.5), y / max(zoom, 0.5), turn)
