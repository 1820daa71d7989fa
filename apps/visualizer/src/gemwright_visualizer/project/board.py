"""The plan as files for people: `storyboard.json` and, a line for each shot, `storyboard.csv`; and what was changed there."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from pathlib import Path
from typing import Any, Final, cast, get_type_hints

from gemwright.foundation.files import read_capped, write_whole
from gemwright_visualizer.errors import ProjectProblem
from gemwright_visualizer.project import plain
from gemwright_visualizer.project.cache import digest
from gemwright_visualizer.project.edits import Edits
from gemwright_visualizer.records import Shot, Storyboard

__all__ = ["BOARD_CSV", "BOARD_JSON", "take_changes", "write_board"]

BOARD_JSON: Final = "storyboard.json"
BOARD_CSV: Final = "storyboard.csv"
_WRITTEN: Final = "written.json"
"""In `cache/`: what the program wrote last, and the time before, to tell a person's changes from its own."""
_LARGEST: Final = 16 << 20
_COLUMNS: Final = [field.name for field in dataclasses.fields(Shot)]
_KINDS: Final = {name: kind for name, kind in get_type_hints(Shot).items() if kind in (int, float, bool)}
_FORMULA: Final = ("=", "+", "-", "@", "\t")
_Object = dict[str, Any]


def write_board(folder: Path, board: Storyboard) -> None:
    """Write both files, and remember what was written.

    Raises:
        OSError: they cannot be written.
    """
    rows = plain.write(board)
    written = _written(folder)
    last = written[-1] if written else None
    if last != rows:
        keep = json.dumps([*([last] if last else []), rows], ensure_ascii=False)
        write_whole(folder / "cache" / _WRITTEN, keep.encode())
    for name, data in ((BOARD_JSON, _json_text(rows)), (BOARD_CSV, _csv_text(rows["shots"]))):
        path = folder / name
        if not path.exists() or path.read_bytes() != data.encode():
            write_whole(path, data.encode())


def _json_text(rows: _Object) -> str:
    """Return JSON with a line for each shot, so that it reads as a table."""
    head = {name: value for name, value in rows.items() if name != "shots"}
    text = json.dumps(head, ensure_ascii=False, indent=1)
    shots = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in rows["shots"])
    return f'{text[:-2]},\n "shots": [\n  {shots}\n ]\n}}\n'


def _csv_text(shots: list[_Object]) -> str:
    out = io.StringIO()
    table = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    table.writeheader()
    for row in shots:
        table.writerow({name: _cell(value) for name, value in row.items()})
    return out.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text  # a spreadsheet would run it


def take_changes(folder: Path, edits: Edits) -> list[str]:
    """Take into the edits what a person changed in the two files since they were written.

    Returns:
        A line for each shot or part that was changed.

    Raises:
        ProjectProblem: a file cannot be read, or changes what cannot be changed there.
    """
    written = _written(folder)
    if not written:
        return []
    told: list[str] = []
    base = written[-1]
    path = folder / BOARD_JSON
    if path.exists():
        try:
            now: Any = json.loads(read_capped(path, _LARGEST).decode("utf-8-sig"))
        except ValueError as problem:
            raise ProjectProblem(f"{path} is not JSON: {problem}", hint="mend it, or delete it") from None
        board = cast("_Object", now) if isinstance(now, dict) else {}
        if not isinstance(board.get("shots"), list):
            raise ProjectProblem(f"{path} has no shots", hint="mend it, or delete it: it is written anew")
        if digest(board) not in {digest(one) for one in written}:
            told += _compare(board, base, edits, path)
    path = folder / BOARD_CSV
    if path.exists():
        rows = _read_csv(path)
        if digest(rows) not in {digest(one["shots"]) for one in written}:
            told += _compare_shots(rows, base["shots"], edits, path)
    return told


def _written(folder: Path) -> list[_Object]:
    try:
        data: Any = json.loads((folder / "cache" / _WRITTEN).read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return cast("list[_Object]", data) if isinstance(data, list) else []


def _compare(now: _Object, base: _Object, edits: Edits, path: Path) -> list[str]:
    told: list[str] = []
    for name in base.keys() | now.keys():
        if name in ("shots", "look", "lines") or now.get(name) == base.get(name):
            continue
        raise ProjectProblem(
            f"{path}: {name} cannot be changed there",
            hint="shots, look and lines can; size, rate and seed are options of the command",
        )
    if isinstance(now.get("look"), dict) and now["look"] != base["look"]:
        changed = {name: value for name, value in now["look"].items() if value != base["look"].get(name)}
        edits.look |= changed
        told.append(f"look: {', '.join(changed)}")
    if isinstance(now.get("lines"), list) and now["lines"] != base["lines"]:
        edits.lines = now["lines"]
        told.append("lines of the lyrics")
    return told + _compare_shots(now["shots"], base["shots"], edits, path)


def _compare_shots(now: list[_Object], base: list[_Object], edits: Edits, path: Path) -> list[str]:
    if len(now) != len(base):
        raise ProjectProblem(
            f"{path} has {len(now)} shots where {len(base)} were written",
            hint="change values, or where shots begin; shots cannot be added or removed there",
        )
    told: list[str] = []
    for row, before in zip(now, base, strict=True):
        if not isinstance(row, dict) or row.get("shot") != before["shot"]:  # pyright: ignore[reportUnnecessaryIsInstance] - a file
            raise ProjectProblem(f"{path}: shot {before['shot']} is not in its place", hint="leave the rows in order")
        changed = {name: value for name, value in row.items() if value != before.get(name)}
        if changed:
            edits.change(before["shot"], before["start_frame"], changed)
            told.append(f"shot {before['shot']}: {', '.join(changed)}")
    return told


def _read_csv(path: Path) -> list[_Object]:
    try:
        text = read_capped(path, _LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ProjectProblem(f"{path} is not UTF-8", hint="save it as UTF-8, or delete it") from None
    first = text.partition("\n")[0]
    table = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    rows = [row for row in table if any(row)]
    if not rows or sorted(rows[0]) != sorted(_COLUMNS):
        raise ProjectProblem(f"{path} has other columns than {', '.join(_COLUMNS)}", hint="mend it, or delete it")
    names = rows[0]
    found: list[_Object] = []
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(names):
            raise ProjectProblem(f"{path}, row {number}: {len(row)} cells where {len(names)} belong")
        values = {name: _of_cell(name, cell, f"{path}, row {number}") for name, cell in zip(names, row, strict=True)}
        found.append({name: values[name] for name in _COLUMNS})
    return found


def _of_cell(name: str, cell: str, where: str) -> object:
    kind = _KINDS.get(name)
    if kind is None:
        return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
    text = cell.strip().lower()
    try:
        if kind is bool:
            return {"yes": True, "no": False, "true": True, "false": False}[text]
        return int(text) if kind is int else float(text.replace(",", "."))
    except (ValueError, KeyError):
        wanted = {bool: "yes or no", int: "a whole number", float: "a number"}[kind]
        raise ProjectProblem(f"{where}: {name} is {cell[:40]!r}, where {wanted} belongs") from None
