"""Type: words measured, broken into lines and drawn, in four faces that come along and in whatever the system has.

Each word is shaped by itself (Skia's paragraphs, HarfBuzz within), so that ligatures, kerning and joined scripts are right,
and placed here, so that one word can be lit or moved alone. A line that begins in a script from right to left runs so.

The faces are under the SIL Open Font License (`fonts/OFL.txt`): Anton and Instrument Serif by pkg:npm/@fontsource/anton and
pkg:npm/@fontsource/instrument-serif, Manrope by pkg:deb/debian/fonts-manrope.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

import skia as _skia  # pyright: ignore[reportMissingTypeStubs]

from gemwright_visualizer.records import Floats
from gemwright_visualizer.scenes.pen import Pen, argb

__all__ = ["Face", "Placed", "Setting", "draw_word", "measure", "right_to_left", "set_lines"]

skia: Any = _skia
Face = Literal["poster", "serif", "italic", "sans", "text"]
_FILES: dict[str, str] = {
    "poster": "Anton-Regular.ttf",
    "serif": "InstrumentSerif-Regular.ttf",
    "italic": "InstrumentSerif-Italic.ttf",
    "sans": "Manrope-ExtraBold.ttf",
    "text": "Manrope-Medium.ttf",
}
_SIZE = 200.0
"""Pixels at which words are shaped; drawing scales them, so that a word has the same form at every size."""
# Scripts written without spaces: a line may break between any two of these letters.
_UNSPACED = re.compile(
    "[\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef][\u3001\u3002\uff0c\uff01\uff1f\u30fc]*"
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A word in a setting: its left edge and its baseline, in units from the setting's upper left corner."""

    text: str
    x: float
    baseline: float
    width: float
    line: int
    word: int
    """Which word of the text it belongs to, from 0."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A text broken into lines: `size` is the type's, `width` and `height` of the whole; all in units."""

    words: tuple[Placed, ...]
    size: float
    width: float
    height: float
    face: Face
    spacing: float
    cap: float
    """Height of a capital letter."""


@cache
def _library() -> tuple[Any, Any, Any, Any, dict[str, Any]]:
    provider = skia.textlayout_TypefaceFontProvider()
    faces: dict[str, Any] = {}
    for name, file in _FILES.items():
        data = (files("gemwright_visualizer.scenes") / "fonts" / file).read_bytes()
        face = skia.Typeface.MakeFromData(skia.Data.MakeWithCopy(data))
        faces[name] = face
        provider.registerTypeface(face, skia.String(name))
    collection = skia.textlayout_FontCollection()
    collection.setDefaultFontManager(provider)
    return provider, collection, skia.Unicodes.ICU.Make(), skia.FontMgr(), faces


@cache
def _fallback(letter: int) -> str | None:
    """Return the name under which a system's face with a letter is known, or None where there is none."""
    provider, _, _, system, faces = _library()
    if faces["text"].unicharToGlyph(letter):
        return "text"
    found = system.matchFamilyStyleCharacter("", skia.FontStyle.Bold(), [], letter)
    if found is None:
        return None
    name = f"system-{found.uniqueID()}"
    provider.registerTypeface(found, skia.String(name))
    return name


@lru_cache(maxsize=2048)
def _families(text: str, face: Face) -> tuple[str, ...]:
    own = _library()[4][face]
    missing = {ord(letter) for letter in text if not letter.isspace() and not own.unicharToGlyph(ord(letter))}
    others = [name for letter in sorted(missing) if (name := _fallback(letter)) is not None]
    return tuple(dict.fromkeys([face, *others]))


@lru_cache(maxsize=2048)
def _paragraph(text: str, face: Face, spacing: float, colour: int) -> Any:
    _, collection, unicode, _, _ = _library()
    style = skia.textlayout_TextStyle()
    style.setFontFamilies([skia.String(name) for name in _families(text, face)])
    style.setFontSize(_SIZE)
    style.setLetterSpacing(spacing * _SIZE)
    style.setColor(colour)
    builder = skia.textlayout_ParagraphBuilder.make(skia.textlayout_ParagraphStyle(), collection, unicode)
    builder.pushStyle(style)
    builder.addText(text)
    paragraph = builder.Build()
    paragraph.layout(1e6)
    return paragraph


def measure(text: str, face: Face, size: float, spacing: float = 0.0) -> float:
    """Return a word's width at a size; `spacing` between letters is a share of the size."""
    return float(_paragraph(text, face, spacing, 0xFF000000).LongestLine) * size / _SIZE - max(spacing, 0.0) * size


@cache
def _cap(face: Face) -> float:
    """Return the height of a capital letter as a share of the size, by the letter's own outline."""
    box = skia.Rect.MakeEmpty()
    font = skia.Font(_library()[4][face], _SIZE)
    font.measureText("H", skia.TextEncoding.kUTF8, box)
    return float(-box.top()) / _SIZE


def draw_word(
    pen: Pen,
    text: str,
    x: float,
    baseline: float,
    face: Face,
    size: float,
    colour: Floats,
    alpha: float = 1.0,
    spacing: float = 0.0,
) -> None:
    """Draw a word from its left edge on its baseline."""
    if alpha <= 0.003 or not text.strip():
        return
    shown = _paragraph(text, face, spacing, argb(colour, alpha))
    scale = size / _SIZE
    canvas = pen.canvas
    canvas.save()
    canvas.translate(x, baseline)
    canvas.scale(scale, scale)
    shown.paint(canvas, 0, -float(shown.AlphabeticBaseline))
    canvas.restore()


def right_to_left(text: str) -> bool:
    """Return whether a text's first letter with a direction is of a script written from right to left."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in ("R", "AL"):
            return True
        if kind == "L":
            return False
    return False


def _pieces(text: str) -> list[tuple[str, int, bool]]:
    """Return what may stand alone: text, number of its word, whether a space comes before it."""
    pieces: list[tuple[str, int, bool]] = []
    for number, word in enumerate(text.split()):
        at, spaced = 0, True
        for match in _UNSPACED.finditer(word):
            if match.start() > at:
                pieces.append((word[at : match.start()], number, spaced))
                spaced = False
            pieces.append((match[0], number, spaced))
            at, spaced = match.end(), False
        if at < len(word):
            pieces.append((word[at:], number, spaced))
    return pieces


def _in_order(pieces: Sequence[tuple[str, int, bool]], backwards: bool) -> list[tuple[str, int, bool]]:
    """Return a line's words from left to right: a line from right to left keeps runs of the other scripts as they are."""
    if not backwards:
        return list(pieces)
    ordered: list[tuple[str, int, bool]] = []
    run: list[tuple[str, int, bool]] = []
    for piece in pieces:
        if not right_to_left(piece[0]) and any(unicodedata.bidirectional(letter) == "L" for letter in piece[0]):
            run.append(piece)
            continue
        ordered[:0] = run
        run = []
        ordered.insert(0, piece)
    ordered[:0] = run
    return ordered


def _broken(widths: Sequence[float], gaps: Sequence[float], lines: int) -> tuple[list[int], float]:
    """Return where lines begin so that the widest is as narrow as can be, for one or two lines, and its width."""

    def width(first: int, last: int) -> float:
        return sum(widths[first:last]) + sum(gaps[first + 1 : last])

    whole = width(0, len(widths))
    if lines == 1 or len(widths) < 2:
        return [0], whole
    best = min(range(1, len(widths)), key=lambda at: (max(width(0, at), width(at, len(widths))), at))
    return [0, best], max(width(0, best), width(best, len(widths)))


def set_lines(
    text: str,
    face: Face,
    size: float,
    within: float,
    lines: int = 2,
    spacing: float = 0.0,
    leading: float = 1.12,
    align: Literal["left", "centre", "right"] = "centre",
) -> Setting:
    """Break a text into at most one or two lines, as large as asked or as fits.

    Args:
        text: what is set; line breaks in it count as spaces.
        face: one of the faces.
        size: wanted size of the type.
        within: width that may not be passed.
        lines: 1 or 2.
        spacing: between letters, as a share of the size.
        leading: from baseline to baseline, as a share of the size.
        align: of lines of different widths.
    """
    pieces = _pieces(text)
    backwards = right_to_left(text)
    space = measure("n n", face, 1.0, spacing) - measure("nn", face, 1.0, spacing)
    widths = [measure(piece, face, 1.0, spacing) for piece, _, _ in pieces]
    gaps = [space if spaced else spacing for _, _, spaced in pieces]
    begins, widest = _broken(widths, gaps, 1)
    if lines == 2 and widest * size > within:
        begins, widest = _broken(widths, gaps, 2)
    size = min(size, within / max(widest, 1e-6))
    placed: list[Placed] = []
    cap = _cap(face) * size
    for line, first in enumerate(begins):
        last = begins[line + 1] if line + 1 < len(begins) else len(pieces)
        inside = range(first, last)
        ordered = _in_order([(pieces[at][0], at, pieces[at][2] and at > first) for at in inside], backwards)
        total = sum(widths[at] for at in inside) + sum(gaps[at] for at in inside if at > first)
        free = (widest - total) * size
        side = "right" if backwards and align == "left" else align
        x = {"left": 0.0, "centre": free / 2, "right": free}[side]
        for place, (word, at, _) in enumerate(ordered):
            placed.append(Placed(word, x, cap + line * leading * size, widths[at] * size, line, pieces[at][1]))
            follower = ordered[place + 1][1] if place + 1 < len(ordered) else None
            if follower is not None:
                x += (widths[at] + gaps[max(at, follower)]) * size
    height = cap + (len(begins) - 1) * leading * size
    return Setting(tuple(placed), size, widest * size, height, face, spacing, cap)
