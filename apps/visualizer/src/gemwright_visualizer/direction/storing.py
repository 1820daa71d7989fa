"""A storyboard as JSON (whole) and as CSV (its shots, for a spreadsheet), and back, with every mistake named by its place."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from fractions import Fraction
from typing import Any, Final, cast, get_args

from gemwright import BadJSON
from gemwright.foundation import jsonx
from gemwright_visualizer.direction.moods import MOODS
from gemwright_visualizer.direction.scenery import PICTURE, SCENES
from gemwright_visualizer.direction.shots import CAMERAS, SIZES
from gemwright_visualizer.errors import StoryboardProblem
from gemwright_visualizer.palettes import palette_of
from gemwright_visualizer.records import (
    Cast,
    Line,
    Look,
    Mood,
    Motion,
    Pace,
    Palette,
    Rate,
    Shot,
    Storyboard,
    Transition,
    Word,
)

__all__ = ["COLUMNS", "differences", "from_csv", "from_json", "to_csv", "to_json"]

COLUMNS: Final = tuple(one.name for one in fields(Shot))
"""The columns of the CSV, in their order."""
_VERSION: Final = 1
_MOST_SHOTS: Final = 20_000
_MOST_LETTERS: Final = 2_000
_MOST_BYTES: Final = 32 * 1024 * 1024
_YES: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula where a cell begins with it."""
_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "rate": get_args(Rate),
    "motion": get_args(Motion),
    "transition": get_args(Transition),
    "scene": (*SCENES, "type", PICTURE),
    "size": SIZES,
    "camera": CAMERAS,
    "mood": tuple(MOODS),
    "boundary": ("keep", "earlier", "later"),
}
_NUMBERS: Final = ("shot", "start_frame", "end_frame", "start_beat", "section", "seed")


def to_json(board: Storyboard) -> str:
    """Return a storyboard as JSON that people can read, and `from_json` reads back to the same."""
    import json

    value = asdict(board)
    value["fps"] = f"{board.fps.numerator}/{board.fps.denominator}"
    return json.dumps({"version": _VERSION, **value}, ensure_ascii=False, indent=1) + "\n"


def from_json(text: str | bytes, file: str = "storyboard.json") -> Storyboard:
    """Read a storyboard.

    Args:
        text: the file's content.
        file: its name, for messages.

    Raises:
        StoryboardProblem: it is no storyboard, or a value is wrong; the place is named.
    """
    try:
        value = jsonx.parse(text, max_bytes=_MOST_BYTES)
    except BadJSON as error:
        raise StoryboardProblem(f"{file}: {error.message}") from None
    top = _Reader(file, value)
    if top.number("version") != _VERSION:
        raise StoryboardProblem(f"{file}, version: {top.number('version')} is not {_VERSION}")
    board = Storyboard(
        width=top.number("width", 2, 8192),
        height=top.number("height", 2, 8192),
        fps=_fraction(top),
        frames=top.number("frames", 1),
        seed=top.number("seed", 0),
        look=_look(top.inner("look")),
        moods=tuple(map(_mood, top.rows("moods"))),
        paces=tuple(map(_pace, top.rows("paces"))),
        shots=tuple(_shot(row) for row in top.rows("shots")),
        lines=tuple(map(_line, top.rows("lines"))),
    )
    _whole(board, file, lambda index: f"shots, row {index + 1}")
    return board


def to_csv(board: Storyboard) -> str:
    """Return the shots as CSV with a header; text that a spreadsheet would run gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for shot in board.shots:
        writer.writerow([_cell(getattr(shot, name)) for name in COLUMNS])
    return out.getvalue()


def from_csv(text: str, base: Storyboard, file: str = "storyboard.csv") -> Storyboard:
    """Return a storyboard with the shots of a CSV; everything else is of `base`.

    Columns may be in any order, and those that are missing keep what the shot of the same number has in `base`. The
    separator may be a comma, a semicolon or a tab.

    Raises:
        StoryboardProblem: a cell is wrong; its row (as a spreadsheet counts, the header is row 1) and column are named.
    """
    text = text.removeprefix("\ufeff")
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise StoryboardProblem(f"{file}: {error}") from None
    names = [one.strip().lower() for one in rows[0]] if rows else []
    unknown = next((one for one in names if one not in COLUMNS), None)
    if unknown is not None or "shot" not in names or len(set(names)) != len(names):
        what = (
            f"the column {unknown[:40]!r} is not known" if unknown is not None else "the header is not a storyboard's"
        )
        raise StoryboardProblem(f"{file}, row 1: {what}", hint=f"the columns are {', '.join(COLUMNS)}")
    known = {one.shot: one for one in base.shots}
    shots: list[Shot] = []
    places: list[int] = []
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(names):
            raise StoryboardProblem(f"{file}, row {number}: it has {len(row)} cells, and the header {len(names)}")
        cells: dict[str, Any] = dict(zip(names, (_uncell(one) for one in row), strict=True))
        reader = _Reader(f"{file}, row {number}", cells, "column ")
        before = known.get(reader.number("shot", 1))
        if before is not None:
            cells = {**asdict(before), **cells}
        shots.append(_shot(_Reader(f"{file}, row {number}", cells, "column ")))
        places.append(number)
    board = replace(base, shots=tuple(shots))
    _whole(board, file, lambda index: f"row {places[index]}")
    return board


def differences(before: Storyboard, after: Storyboard) -> tuple[tuple[int, str], ...]:
    """Return which cells of which shots differ: number of the shot, and name of the column."""
    known = {one.shot: one for one in before.shots}
    return tuple(
        (shot.shot, name)
        for shot in after.shots
        for name in COLUMNS
        if shot.shot not in known or getattr(known[shot.shot], name) != getattr(shot, name)
    )


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith((*_FORMULA, "'")) else text


def _uncell(text: str) -> str:
    return text[1:] if text.startswith("'") else text


class _Reader:
    """Reads the values of one object, and says where a wrong one stands."""

    def __init__(self, place: str, value: object, word: str = "") -> None:
        self.place, self._word = place, word
        if not isinstance(value, Mapping):
            raise StoryboardProblem(f"{place}: an object with names and values is needed here")
        self._values = cast("Mapping[str, object]", value)

    def problem(self, name: str, message: str) -> StoryboardProblem:
        """Return an error that names the place."""
        return StoryboardProblem(f"{self.place}, {self._word}{name}: {message}")

    def _value(self, name: str) -> object:
        if name not in self._values:
            raise self.problem(name, "it is missing")
        return self._values[name]

    def number(self, name: str, least: int = -1, most: int = 2**40) -> int:
        """Return a whole number."""
        value = self._value(name)
        if isinstance(value, str) and re.fullmatch(r"\s*-?\d{1,13}(\.0+)?\s*", value):
            value = int(float(value))
        if isinstance(value, float) and value.is_integer() and abs(value) <= most:
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.problem(name, f"{_shown(value)} is no whole number")
        if not least <= value <= most:
            raise self.problem(name, f"{value} is not between {least} and {most}")
        return value

    def real(self, name: str, least: float = 0.0, most: float = 1e6) -> float:
        """Return a number."""
        value = self._value(name)
        if isinstance(value, str):
            try:
                value = float(value.strip().replace(",", "."))
            except ValueError:
                raise self.problem(name, f"{_shown(value)} is no number") from None
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.problem(name, f"{_shown(value)} is no number")
        if not least <= value <= most:
            raise self.problem(name, f"{value} is not between {least:g} and {most:g}")
        return float(value)

    def text(self, name: str) -> str:
        """Return a text without control characters."""
        value = self._value(name)
        if not isinstance(value, str):
            raise self.problem(name, f"{_shown(value)} is no text")
        if len(value) > _MOST_LETTERS:
            raise self.problem(name, f"it has {len(value)} characters, {_MOST_LETTERS} at most")
        bad = next((one for one in value if not one.isprintable() and one != " "), None)
        if bad is not None:
            raise self.problem(name, f"it holds the character U+{ord(bad):04X}, which cannot be shown")
        return value

    def yes(self, name: str) -> bool:
        """Return yes or no."""
        value = self._value(name)
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.strip().lower() in _YES:
            return _YES[value.strip().lower()]
        raise self.problem(name, f"{_shown(value)} is neither yes nor no")

    def choice(self, name: str) -> str:
        """Return one of the words that are known for this name."""
        value, known = self.text(name).strip().lower(), _CHOICES[name]
        if value in known:
            return value
        near = difflib.get_close_matches(value, known, 1, 0.6)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise self.problem(name, f"{_shown(value)} is none of {', '.join(known)}{meant}")

    def inner(self, name: str) -> _Reader:
        """Return a reader of the object below."""
        return _Reader(f"{self.place}, {name}", self._value(name))

    def rows(self, name: str) -> list[_Reader]:
        """Return a reader of each object of a list."""
        value = self._value(name)
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise self.problem(name, "a list is needed here")
        rows = cast("Sequence[object]", value)
        if len(rows) > _MOST_SHOTS:
            raise self.problem(name, f"it has {len(rows)} rows, {_MOST_SHOTS} at most")
        return [_Reader(f"{self.place}, {name}, row {number}", one) for number, one in enumerate(rows, 1)]


def _shown(value: object) -> str:
    return repr(value if not isinstance(value, str) else value[:40])[:60]


def _fraction(top: _Reader) -> Fraction:
    text = top.text("fps")
    if not re.fullmatch(r"\d{1,6}(/[1-9]\d{0,5})?", text) or not 1 <= Fraction(text) <= 120:
        raise top.problem("fps", f"{_shown(text)} is no frame rate such as 30/1 or 30000/1001")
    return Fraction(text)


def _palette(reader: _Reader) -> Palette:
    values = [reader.text(name) for name in ("c1", "c2", "c3", "c4", "accent")]
    for name, value in zip(("c1", "c2", "c3", "c4", "accent"), values, strict=True):
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            raise reader.problem(name, f"{_shown(value)} is no colour such as #e8c48a")
    return Palette(reader.text("name"), *values)


def _look(reader: _Reader) -> Look:
    cast_ = tuple(Cast(one.text("name"), one.text("looks"), one.text("clothes")) for one in reader.rows("cast"))
    return Look(
        reader.text("style"),
        reader.text("medium"),
        reader.text("lens"),
        reader.text("light"),
        reader.text("avoid"),
        _palette(reader.inner("palette")),
        cast_,
        reader.text("place"),
    )


def _mood(reader: _Reader) -> Mood:
    return Mood(
        reader.choice("mood"),
        reader.number("energy", 0, 10),
        reader.text("story"),
        reader.text("image_seed"),
        cast("Any", reader.choice("boundary")),
        reader.text("lyric_focus"),
    )


def _pace(reader: _Reader) -> Pace:
    rate, motion, begins = (cast("Any", reader.choice(name)) for name in ("rate", "motion", "transition"))
    return Pace(rate, motion, begins, reader.yes("anticipate"))


def _line(reader: _Reader) -> Line:
    words = tuple(Word(one.real("start"), one.text("text")) for one in reader.rows("words"))
    return Line(reader.real("start"), reader.real("end"), reader.text("text"), words, reader.yes("approximate"))


def _shot(reader: _Reader) -> Shot:
    values: dict[str, Any] = {}
    for name in COLUMNS:
        if name in _NUMBERS:
            values[name] = reader.number(name, -1 if name == "start_beat" else 0)
        elif name == "bars":
            values[name] = reader.real(name)
        elif name in ("cast", "locked"):
            values[name] = reader.yes(name)
        elif name in _CHOICES:
            values[name] = reader.choice(name)
        else:
            values[name] = reader.text(name)
    if not _inside(values["keyframe_file"]):
        raise reader.problem("keyframe_file", f"{_shown(values['keyframe_file'])} does not lie in the project's folder")
    try:
        palette_of(values["palette"])
    except Exception as error:
        raise reader.problem("palette", f"{_shown(values['palette'])}: {error}") from None
    return Shot(**values)


def _inside(file: str) -> bool:
    """Tell whether a path stays inside the folder it is joined to, on any system."""
    parts = re.split(r"[/\\]", file)
    return not file or (".." not in parts and parts[0] != "" and ":" not in file and not file.startswith("~"))


def _whole(board: Storyboard, file: str, row: Callable[[int], str]) -> None:
    """Check what single cells cannot show: the shots follow each other from the first frame to the last."""
    if not board.shots:
        raise StoryboardProblem(f"{file}: it has no shots")
    here = 0
    for index, shot in enumerate(board.shots):
        place = f"{file}, {row(index)}"
        if shot.shot != index + 1:
            raise StoryboardProblem(f"{place}, shot: {shot.shot} should be {index + 1}: shots are numbered from 1")
        if shot.start_frame != here:
            raise StoryboardProblem(
                f"{place}, start_frame: {shot.start_frame} should be {here}, where the last one ends"
            )
        if shot.end_frame <= shot.start_frame:
            raise StoryboardProblem(f"{place}, end_frame: {shot.end_frame} is not after its beginning")
        if shot.section >= max(1, len(board.moods)):
            raise StoryboardProblem(f"{place}, section: there is no section {shot.section}")
        here = shot.end_frame
    if here != board.frames:
        raise StoryboardProblem(f"{file}, {row(len(board.shots) - 1)}, end_frame: {here} should be {board.frames}")
    if len(board.moods) != len(board.paces):
        raise StoryboardProblem(f"{file}: it has {len(board.moods)} moods and {len(board.paces)} paces")
