"""Sung lines and titles on the picture: six manners, two lines at most, inside the safe area, always readable.

The ground behind a line is measured in each frame; where type would have less than the wanted contrast, a soft shade is
laid under it, as strong as needed and no stronger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import skia as _skia  # pyright: ignore[reportMissingTypeStubs]

from gemwright_visualizer.palettes import contrast, luminance, mix, to_hex
from gemwright_visualizer.records import Drive, Floats, Line
from gemwright_visualizer.scenes import Inks, Sheet, ease, overshoot
from gemwright_visualizer.scenes.lettering import Face, Placed, Setting, draw_word, set_lines
from gemwright_visualizer.scenes.pen import Pen, argb

__all__ = ["MANNERS", "Caption", "draw_caption", "draw_title"]

skia: Any = _skia
SAFE = 0.10
"""Share of the width and height that stays free of type at each edge."""
WANTED = 4.5
"""Contrast that type has against the lightest (or darkest) part behind it: WCAG 1.4.3."""
_AIM = 5.0


@dataclass(frozen=True, slots=True)
class Manner:
    """How lines are set and how they come."""

    face: Face
    size: float
    align: Literal["left", "centre"]
    place: float
    """Of the block's lower edge: 0 the picture's middle, 1 the safe area's lower edge."""
    spacing: float = 0.0
    leading: float = 1.14
    capitals: bool = False
    comes: Literal["fade", "strike", "rise"] = "fade"
    mark: Literal["none", "under", "fill", "glow", "rule"] = "none"
    room: float = 1.0
    """Share of the safe width that a line may take."""


MANNERS: dict[str, Manner] = {
    "clean": Manner("sans", 0.112, "centre", 0.94, -0.012, mark="under", comes="rise", room=0.86),
    "bold": Manner("poster", 0.285, "left", 1.0, 0.002, 1.10, capitals=True, comes="strike"),
    "serif": Manner("italic", 0.190, "centre", 0.86, -0.008, 1.02, comes="fade", room=0.9),
    "mono": Manner("text", 0.078, "left", 1.0, 0.16, 1.55, capitals=True, comes="rise", mark="rule", room=0.8),
    "outline": Manner("poster", 0.265, "centre", 0.80, 0.012, 1.12, capitals=True, comes="rise", mark="fill"),
    "glow": Manner("serif", 0.185, "centre", 0.80, 0.0, 1.04, comes="fade", mark="glow", room=0.9),
}


@dataclass(frozen=True, slots=True)
class Caption:
    """What was drawn: where, in pixels from the upper left corner, in which colour, with which contrast at the least."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    colour: str
    contrast: float


def _times(setting: Setting, line: Line) -> list[float]:
    """Return when each word of a setting begins: as sung, else evenly over the first half of the line."""
    count = max((word.word for word in setting.words), default=0) + 1
    sung = [word.start for word in line.words]
    if len(sung) == count and sorted(sung) == sung:
        return [sung[word.word] for word in setting.words]
    span = min(0.5 * (line.end - line.start), 0.32 * count)
    return [line.start + span * word.word / count for word in setting.words]


def _light_behind(sheet: Sheet, box: tuple[float, float, float, float], edge: float) -> tuple[float, float]:
    """Return the relative luminance of the darkest and the lightest part (2 and 98 in a hundred) within a box of pixels."""
    left, top, right, bottom = box
    rows = slice(max(int(top - edge), 0), max(int(bottom + edge), 1))
    columns = slice(max(int(left - edge), 0), max(int(right + edge), 1))
    step = max(int(sheet.unit / 90), 1)
    part = sheet.pixels[rows, columns, :3][::step, ::step].astype(np.float32) / np.float32(255)
    if part.size == 0:
        return 0.0, 1.0
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    light = linear @ np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
    low, high = np.percentile(light, [2, 98])
    return float(low), float(high)


def _shade(colour: Floats, behind: float, ground: Floats, dark: bool) -> float:
    """Return how much of a shade's colour must lie over a ground of this luminance so that type reads; 0 where none must."""
    wanted = luminance(colour) + 0.05
    limit = wanted / _AIM - 0.05 if dark else wanted * _AIM - 0.05
    if (behind <= limit) if dark else (behind >= limit):
        return 0.0
    # Stored values mix, not light: the ground is taken as the grey of its luminance.
    grey = 12.92 * behind if behind <= 0.0031308 else 1.055 * behind ** (1 / 2.4) - 0.055
    low, high = 0.0, 1.0
    for _ in range(9):
        share = (low + high) / 2
        mixed = luminance((np.full(3, grey) * (1 - share) + ground * share).astype(np.float32))
        enough = mixed <= limit if dark else mixed >= limit
        low, high = (low, share) if enough else (share, high)
    return high


def _lay_shade(sheet: Sheet, box: tuple[float, float, float, float], colour: Floats, share: float) -> None:
    """Lay a shade over a box, full inside it and gone so far outside that no edge of it is seen."""
    left, top, right, bottom = box
    soft = sheet.unit * 0.15
    canvas = sheet.pen.canvas
    canvas.save()
    canvas.resetMatrix()
    paint = skia.Paint(AntiAlias=True, Color=argb(colour, share))
    paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, soft))
    wide = skia.Rect.MakeLTRB(left - soft * 2.1, top - soft * 1.9, right + soft * 2.1, bottom + soft * 1.9)
    canvas.drawRoundRect(wide, soft, soft, paint)
    canvas.restore()


def _colours(
    sheet: Sheet, inks: Inks, box: tuple[float, float, float, float], paper: bool, shown: float
) -> tuple[Floats, float, Floats]:
    """Return type's colour, the contrast it has, and an accent that reads as well; lays a shade where one is needed.

    `shown` (0 to 1) is how far type has come: the shade comes and goes with it.
    """
    edge = sheet.unit * 0.02
    low, high = _light_behind(sheet, box, edge)
    colour = inks.dark if paper else mix(inks.light, np.ones(3, dtype=np.float32), 0.25)
    ground = mix(inks.light, np.ones(3, dtype=np.float32), 0.45) if paper else inks.night
    behind = low if paper else high
    share = _shade(colour, behind, ground, dark=not paper)
    if share > 0.004:
        _lay_shade(sheet, box, ground, min(share + 0.02, 1.0) * shown)
        low, high = _light_behind(sheet, box, edge)
        behind = low if paper else high
    lights = sorted((luminance(colour), behind))
    ratio = (lights[1] + 0.05) / (lights[0] + 0.05)
    value = luminance(inks.accent)
    lights = sorted((value, behind))
    accent = inks.accent if (lights[1] + 0.05) / (lights[0] + 0.05) >= WANTED else colour
    return colour, ratio, accent


def _outlined(pen: Pen, word: Placed, x: float, y: float, setting: Setting, colour: Floats, alpha: float) -> None:
    """Draw a word's outline: the word, then itself a little thinner cut out, in a layer of its own."""
    canvas = pen.canvas
    edge = setting.size * 0.022
    canvas.saveLayer(None, None)
    for dx, dy in ((-edge, 0.0), (edge, 0.0), (0.0, -edge), (0.0, edge)):
        draw_word(pen, word.text, x + dx, y + dy, setting.face, setting.size, colour, alpha, setting.spacing)
    cut = skia.Paint()
    cut.setBlendMode(skia.BlendMode.kDstOut)
    canvas.saveLayer(None, cut)
    draw_word(pen, word.text, x, y, setting.face, setting.size, colour, 1.0, setting.spacing)
    canvas.restore()
    canvas.restore()


def draw_caption(
    sheet: Sheet, inks: Inks, line: Line, manner_name: str, drive: Drive, paper: bool = False
) -> Caption | None:
    """Draw a line as far as it has come at this moment.

    Args:
        sheet: with the finished picture on it.
        inks: the shot's colours.
        line: what is sung, and when.
        manner_name: one of `MANNERS`; another gives `clean`.
        drive: of the frame.
        paper: whether the scene's ground is light.

    Returns:
        What was drawn, or None where there is nothing.
    """
    manner = MANNERS.get(manner_name, MANNERS["clean"])
    text = line.text.upper() if manner.capitals else line.text
    age = drive.time - line.start
    if not text.strip() or age < 0 or drive.time >= line.end:
        return None
    safe_x, safe_y = sheet.across * (1 - 2 * SAFE), sheet.down * (1 - 2 * SAFE)
    size = manner.size * min(1.0, 0.62 + 0.38 * sheet.across)
    setting = set_lines(
        text, manner.face, size, 2 * safe_x * manner.room, 2, manner.spacing, manner.leading, manner.align
    )
    bottom = safe_y * manner.place
    # Letters that reach below the baseline stay inside as well.
    top = min(bottom, safe_y - setting.size * 0.24) - setting.height
    left = -safe_x if manner.align == "left" else -setting.width / 2
    middle_x, middle_y = sheet.width / 2, sheet.height / 2
    box = (
        middle_x + left * sheet.unit,
        middle_y + (top - setting.size * 0.06) * sheet.unit,
        middle_x + (left + setting.width) * sheet.unit,
        middle_y + (top + setting.height + setting.size * 0.24) * sheet.unit,
    )
    leaving = ease((line.end - drive.time) / 0.18)
    colour, ratio, accent = _colours(sheet, inks, box, paper, ease(age / 0.14 + 0.1) * leaving)
    pen = sheet.pen
    times = _times(setting, line)
    sung = [at for at, time in enumerate(times) if time <= drive.time + 0.02]
    current = setting.words[sung[-1]].word if sung else -1
    follows = len(line.words) > 1
    if manner.mark == "rule":
        reach = setting.width * ease(age / 0.5)
        pen.bar(left, top - 0.055, left + reach, top - 0.049, accent, leaving)
    for word, time in zip(setting.words, times, strict=True):
        begin = time if manner.comes == "strike" else line.start + (time - line.start) * (0.35 if follows else 0.5)
        since = drive.time - begin
        x, y = left + word.x, top + word.baseline
        if manner.comes == "strike":
            come = overshoot(since / 0.22) if since < 0.22 else 1.0
            alpha = ease(since / 0.06) * leaving
            y -= (1 - come) * 0.09
        elif manner.comes == "rise":
            alpha = ease(since / 0.16) * leaving
            y -= (1 - ease(since / 0.22)) * 0.035
        else:
            alpha = ease(since / 0.35) * leaving
        is_now = follows and word.word == current
        if manner.mark == "glow" and alpha > 0.02:
            _halo(pen, word, x, y, setting, accent, alpha * (0.55 + 0.35 * drive.pulse))
        if manner.mark == "fill":
            _outlined(pen, word, x, y, setting, colour, alpha)
            filled = ease((drive.time - time) / 0.15) if follows else ease((age - 0.15) / 0.4)
            shown = accent if is_now else colour
            draw_word(pen, word.text, x, y, setting.face, setting.size, shown, alpha * filled, setting.spacing)
            continue
        shown = accent if is_now and manner.mark in ("none", "glow", "rule") else colour
        draw_word(pen, word.text, x, y, setting.face, setting.size, shown, alpha, setting.spacing)
        if manner.mark == "under" and is_now:
            grown = ease((drive.time - time) / 0.14)
            pen.bar(x, y + 0.030, x + word.width * grown, y + 0.041, accent, alpha)
    return Caption(line.text, *box, to_hex(colour), ratio)


def _halo(pen: Pen, word: Placed, x: float, y: float, setting: Setting, colour: Floats, alpha: float) -> None:
    canvas = pen.canvas
    paint = skia.Paint()
    paint.setImageFilter(skia.ImageFilters.Blur(setting.size * 0.10, setting.size * 0.10))
    size = setting.size
    bounds = skia.Rect.MakeLTRB(x - size * 0.4, y - size * 1.2, x + word.width + size * 0.4, y + size * 0.6)
    canvas.saveLayer(bounds, paint)
    draw_word(pen, word.text, x, y, setting.face, setting.size, colour, alpha, setting.spacing)
    canvas.restore()


def draw_title(
    sheet: Sheet, inks: Inks, title: str, artist: str, drive: Drive, start: float, end: float, paper: bool = False
) -> Caption | None:
    """Draw the song's title and artist as a card, low on the left, between two times."""
    if not title.strip() or not start <= drive.time < end:
        return None
    safe_x, safe_y = sheet.across * (1 - 2 * SAFE), sheet.down * (1 - 2 * SAFE)
    fit = min(1.0, 0.62 + 0.38 * sheet.across)
    head = set_lines(title, "serif", 0.27 * fit, 2 * safe_x * 0.92, 2, -0.012, 0.98, "left")
    foot = (
        set_lines(artist.upper(), "text", 0.056 * fit, 2 * safe_x * 0.8, 1, 0.18, 1.2, "left")
        if artist.strip()
        else None
    )
    below = 0.0 if foot is None else foot.height + 0.085
    top = safe_y - head.size * 0.24 - below - head.height
    left = -safe_x
    middle_x, middle_y = sheet.width / 2, sheet.height / 2
    width = max(head.width, 0.0 if foot is None else foot.width)
    box = (
        middle_x + left * sheet.unit,
        middle_y + (top - head.size * 0.05) * sheet.unit,
        middle_x + (left + width) * sheet.unit,
        middle_y + (top + head.height + head.size * 0.2 + below) * sheet.unit,
    )
    leaving = ease((end - drive.time) / 0.5)
    colour, ratio, accent = _colours(sheet, inks, box, paper, ease((drive.time - start) / 0.3) * leaving)
    for number, word in enumerate(head.words):
        since = drive.time - start - 0.10 * number
        alpha = ease(since / 0.5) * leaving
        shift = (1 - ease(since / 0.6)) * 0.05
        draw_word(
            sheet.pen, word.text, left + word.x, top + word.baseline - shift, "serif", head.size, colour, alpha, -0.012
        )
    if foot is not None:
        since = drive.time - start - 0.45
        line_y = top + head.height + head.size * 0.2 + 0.02
        sheet.pen.bar(left, line_y, left + 0.30 * ease(since / 0.6), line_y + 0.006, accent, leaving)
        for word in foot.words:
            draw_word(
                sheet.pen, word.text, left + word.x, line_y + 0.045 + foot.cap, "text", foot.size, colour,
                ease(since / 0.4) * leaving, 0.18,
            )  # fmt: skip
    ratio = min(ratio, contrast(colour, inks.night) if not paper else ratio)
    return Caption(title, *box, to_hex(colour), ratio)
