"""Draws the contact sheets of `docs/apps/visualizer/`: every scene at four moments, and three songs from first to last shot.

The songs are the Visualizer's own, made from a seed; their films are planned by rule. Run it from the checkout:
`.venv/bin/python scripts/write_visualizer_sheets.py`; about two minutes of one core. Frames are drawn without the limit on
flashes, which would look at the seconds around each.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from gemwright_visualizer.audio import analyse
from gemwright_visualizer.direction import Options, plan
from gemwright_visualizer.palettes import from_hex
from gemwright_visualizer.records import RATE, Analysis, Frame, Line, Sound, Storyboard, Word
from gemwright_visualizer.rendering import Film
from gemwright_visualizer.scenes import SCENES, Sheet
from gemwright_visualizer.scenes.lettering import Face, draw_word, set_lines
from gemwright_visualizer.synth import CHARACTERS, demo_song

TARGET = Path(__file__).parents[1] / "docs" / "apps" / "visualizer"
LARGEST = 300_000
TILE = (336, 190)
SMALL = (214, 120)
GAP, EDGE, HEAD = 10, 36, 96
PAPER, INK, PALE = from_hex("#0d0d10"), from_hex("#f2efe8"), from_hex("#8f8b84")
SONGS: dict[str, tuple[int, tuple[str, ...]]] = {
    "house": (7, ()),
    "ballad": (
        11,
        ("Paper boats on the morning tide", "Every name we wrote is gone", "Hold the light a little longer"),
    ),
    "drum-and-bass": (5, ()),
}
SCENE_PALETTES = (
    "dusk", "paperblue", "candle", "nocturne", "orchid", "aurora", "terracotta", "indigo", "mercury", "lagoon", "plum",
    "neonrain", "signal", "saffron", "sakura",
)  # fmt: skip


def written(
    sheet: Sheet, text: str, x: float, y: float, size: float, face: Face, colour: np.ndarray, spacing: float = 0.0
) -> None:
    """Write a line from a point in pixels from the upper left corner, `size` pixels high."""
    setting = set_lines(text, face, size / sheet.unit, 1e6, 1)
    left, top = (x - sheet.width / 2) / sheet.unit, (y - sheet.height / 2) / sheet.unit
    for word in setting.words:
        draw_word(sheet.pen, word.text, left + word.x, top, face, setting.size, colour)


def saved(name: str, title: str, line: str, tiles: list[tuple[Frame, str]], columns: int = 4) -> None:
    """Lay tiles in rows under a title and save them as a JPEG no larger than allowed."""
    rows = -(-len(tiles) // columns)
    tall, wide = tiles[0][0].shape[:2]
    step_x, step_y = wide + GAP, tall + GAP + 18
    width = EDGE * 2 + columns * step_x - GAP
    height = EDGE * 2 + HEAD + rows * step_y - GAP
    sheet = Sheet(width + width % 2, height + height % 2)
    sheet.pen.wash(PAPER, 1.0)
    written(sheet, title, EDGE, EDGE + 42, 56, "serif", INK)
    written(sheet, line, EDGE, EDGE + 74, 17, "text", PALE)
    for at, (picture, below) in enumerate(tiles):
        x, y = EDGE + at % columns * step_x, EDGE + HEAD + at // columns * step_y
        sheet.pixels[y : y + tall, x : x + wide, :3] = picture
        written(sheet, below, x, y + tall + 16, 13, "text", PALE)
    for quality in (88, 82, 76, 70, 62, 54, 46):
        held = BytesIO()
        Image.fromarray(sheet.rgb()).save(held, "JPEG", quality=quality, optimize=True, progressive=True)
        if held.tell() <= LARGEST:
            break
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / name).write_bytes(held.getvalue())


def tile(film: Film, frame: int, size: tuple[int, int] = TILE) -> Frame:
    """Draw a frame at twice the tile's size and bring it down, as a screen would."""
    return np.asarray(Image.fromarray(film.frame(frame)).resize(size, Image.Resampling.LANCZOS))


def heard(character: str, seed: int) -> Analysis:
    """Make a song and analyse it."""
    samples, _ = demo_song(seed, character)
    return analyse(Sound(samples, CHARACTERS[character].title, "", "pcm_f32le", 2, RATE))


def sung(analysis: Analysis, texts: tuple[str, ...]) -> tuple[Line, ...]:
    """Lay lines over the song's bars from the second section on, four bars each, their words on beats."""
    bars = [
        time
        for time in analysis.rhythm.downbeats
        if time >= analysis.sections[min(1, len(analysis.sections) - 1)].start
    ]
    beat = 60 / max(analysis.rhythm.tempo, 1)
    lines: list[Line] = []
    for number, start in enumerate(bars[:-4:4]):
        text = texts[number % len(texts)]
        words = tuple(Word(start + at * beat, word) for at, word in enumerate(text.split()))
        lines.append(Line(start, start + 3.4 * (bars[4] - bars[0]) / 4, text, words))
    return tuple(lines)


def of_song(character: str, seed: int, texts: tuple[str, ...]) -> Analysis:
    """Draw a song's sheet: a moment of each of 24 shots, spread over the whole film."""
    analysis = heard(character, seed)
    board = plan(analysis, sung(analysis, texts) if texts else (), Options(seed=seed))
    title = CHARACTERS[character].title
    film = Film(
        board, analysis, title=title, artist="gemwright", card=True, size=(TILE[0] * 2, TILE[1] * 2), limited=False
    )
    shots = board.shots
    chosen = [shots[round(at)] for at in np.linspace(0, len(shots) - 1, min(24, len(shots)))]
    tiles: list[tuple[Frame, str]] = []
    for shot in chosen:
        frame = shot.start_frame + (shot.end_frame - shot.start_frame) * 3 // 5
        minutes, seconds = divmod(film.time(frame), 60)
        tiles.append((tile(film, frame), f"{int(minutes)}:{seconds:04.1f}   {shot.scene}   {shot.rate}"))
    rhythm = analysis.rhythm
    line = (
        f"{character}, {rhythm.tempo:.0f} beats a minute, {len(analysis.sections)} sections, {len(shots)} shots, "
        f"palette {board.look.palette.name}; planned by rule"
    )
    saved(f"{character}.jpg", title, line, tiles)
    return analysis


def of_scenes(analysis: Analysis) -> None:
    """Draw every scene's sheet: four moments of one shot each, in a palette of its own."""
    first = plan(analysis, (), Options()).shots[0]
    begin = round(analysis.duration * 0.42 * 30)
    tiles: list[tuple[Frame, str]] = []
    for number, (name, palette) in enumerate(zip(SCENES, SCENE_PALETTES, strict=True)):
        shot = replace(
            first, start_frame=begin, end_frame=begin + 180, scene=name, palette=palette, seed=41 + 13 * number,
            size="medium", camera="in", motion="push", lyric="", transition="none",
        )  # fmt: skip
        board: Storyboard = replace(
            plan(analysis, (), Options()), shots=(shot,), fps=Fraction(30), frames=begin + 180, lines=()
        )
        film = Film(
            board, analysis, title="Harbour Lights", artist="gemwright", size=(TILE[0] * 2, TILE[1] * 2), limited=False
        )
        tiles.extend((tile(film, begin + at, SMALL), f"{name}   {palette}") for at in (20, 66, 112, 158))
    saved("scenes.jpg", "Scenes", "Fifteen, each at four moments of six seconds, in a palette of its own", tiles, 4)


def main() -> None:
    """Draw all sheets."""
    analyses = [of_song(character, seed, texts) for character, (seed, texts) in SONGS.items()]
    of_scenes(analyses[0])


if __name__ == "__main__":
    main()
