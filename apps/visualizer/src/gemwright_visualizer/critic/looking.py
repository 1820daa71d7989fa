"""What a model that sees says of a picture: one small question, and what of its answer is a veto."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from gemwright import Media
from gemwright_visualizer.asking import Choice, Field, Question, Whole, Words, cleaned

__all__ = ["MOST_SIDE", "odd_question", "picture_of", "picture_question", "score_of", "sheet_of", "vetoes"]

MOST_SIDE: Final = 512
"""Pixels of the longer side of a picture that a model is shown."""
_TILE: Final = 240
_YES_NO: Final = ("yes", "no")
_SYSTEM: Final = (
    "You check pictures for a film. You look for plain defects only: the subject is missing, a body is broken, letters that "
    "do not belong there. You do not judge taste. Answer with one flat JSON object and nothing else."
)
_BEST: Final = 4


def picture_of(frame: NDArray[Any], side: int = MOST_SIDE) -> Media:
    """Return a picture as a model is shown it: JPEG, its longer side at most `side` pixels."""
    image = Image.fromarray(np.ascontiguousarray(np.clip(np.nan_to_num(frame), 0, 255).astype(np.uint8)[..., :3]))
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92)
    return Media.from_bytes(out.getvalue(), kind="image")


def picture_question(shot: int, frame: NDArray[Any], what: str, style: str, text_wanted: bool) -> Question:
    """Return the question about one picture; without an answer nothing is vetoed."""
    fields: tuple[Field, ...] = (
        Choice("subject_visible", _YES_NO),
        Choice("broken_anatomy", ("none", "minor", "severe"), means={"no": "none", "yes": "severe"}),
        Choice("unwanted_text", _YES_NO),
        Whole("style_match", 0, _BEST),
        Whole("sharp", 0, _BEST, optional=True),
        Words("fix", 10, optional=True),
    )
    rule: dict[str, str | int] = {
        "subject_visible": "yes",
        "broken_anatomy": "none",
        "unwanted_text": "no",
        "style_match": _BEST,
        "sharp": _BEST,
        "fix": "",
    }
    lines = (
        "Look at the picture.",
        f"it should show: {cleaned(what, 120)}",
        f"style: {cleaned(style, 120)}",
        "text in it is wanted" if text_wanted else "no text is wanted",
    )
    return Question("critic", f"shot {shot}", _SYSTEM, lines, fields, rule, 0.1, 120, picture_of(frame))


def vetoes(values: Mapping[str, str | int], text_wanted: bool) -> tuple[tuple[str, bool], ...]:
    """Return what of an answer is a veto, and whether the picture cannot be used at all."""
    found: list[tuple[str, bool]] = []
    if values["subject_visible"] == "no":
        found.append(("the subject is not seen", False))
    if values["broken_anatomy"] == "severe":
        found.append(("a broken body", True))
    if values["unwanted_text"] == "yes" and not text_wanted:
        found.append(("text that does not belong there", False))
    if int(values["style_match"]) < 2:
        found.append(("another style", False))
    return tuple(found)


def score_of(values: Mapping[str, str | int]) -> float:
    """Return how good a picture is, 0 to 1, for choosing the best of several tries."""
    anatomy = {"none": 1.0, "minor": 0.6, "severe": 0.0}[str(values["broken_anatomy"])]
    return (
        0.35 * (values["subject_visible"] == "yes")
        + 0.2 * anatomy
        + 0.15 * (values["unwanted_text"] == "no")
        + 0.2 * int(values["style_match"]) / _BEST
        + 0.1 * int(values["sharp"]) / _BEST
    )


def sheet_of(frames: Sequence[NDArray[Any]]) -> NDArray[np.uint8]:
    """Return up to six pictures on one sheet, three a row, each with its number from 1."""
    sheet = Image.new("RGB", (3 * _TILE, 2 * _TILE), (20, 20, 20))
    draw = ImageDraw.Draw(sheet)
    for number, frame in enumerate(frames[:6]):
        image = Image.fromarray(np.ascontiguousarray(np.clip(np.nan_to_num(frame), 0, 255).astype(np.uint8)[..., :3]))
        image.thumbnail((_TILE - 8, _TILE - 8))
        left, top = number % 3 * _TILE, number // 3 * _TILE
        sheet.paste(image, (left + 4, top + 4))
        draw.rectangle((left + 4, top + 4, left + 34, top + 34), fill=(0, 0, 0))
        draw.text((left + 10, top + 6), str(number + 1), fill=(255, 255, 255), font_size=22)
    return np.asarray(sheet, dtype=np.uint8)


def odd_question(first: int, frames: Sequence[NDArray[Any]], style: str) -> Question:
    """Return the question which picture of a sheet does not belong to the others; 0 where all do."""
    fields: tuple[Field, ...] = (Whole("number", 0, len(frames)), Words("why", 8, optional=True))
    lines = (
        f"The sheet holds {len(frames)} numbered pictures of one film, style: {cleaned(style, 120)}.",
        "Which number does not belong? 0 when all belong.",
    )
    rule: dict[str, str | int] = {"number": 0, "why": ""}
    where = f"sheet from shot {first}"
    return Question("critic", where, _SYSTEM, lines, fields, rule, 0.1, 60, picture_of(sheet_of(frames), 3 * _TILE))
