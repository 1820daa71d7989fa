"""The plan as files for people: `storyboard.json` and, a line for each shot, `storyboard.csv`; and what was changed there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, cast

from gemwright.foundation.files import read_capped, write_whole
from gemwright_visualizer.direction import from_csv, from_json, to_csv, to_json
from gemwright_visualizer.errors import ProjectProblem
from gemwright_visualizer.project import plain
from gemwright_visualizer.project.cache import digest
from gemwright_visualizer.project.edits import Edits
from gemwright_visualizer.records import Storyboard

__all__ = ["BOARD_CSV", "BOARD_JSON", "take_changes", "write_board"]

BOARD_JSON: Final = "storyboard.json"
BOARD_CSV: Final = "storyboard.csv"
_WRITTEN: Final = "written.json"
"""In `cache/`: what the program wrote last, and the time before, to tell a person's changes from its own."""
_LARGEST: Final = 16 << 20
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
    for name, text in ((BOARD_JSON, to_json(board)), (BOARD_CSV, to_csv(board))):
        path = folder / name
        if not path.exists() or path.read_bytes() != text.encode():
            write_whole(path, text.encode())


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
    base = plain.read(Storyboard, written[-1], f"cache/{_WRITTEN}")
    own = [digest(one) for one in written]
    if (path := folder / BOARD_JSON).exists():
        now = plain.write(from_json(read_capped(path, _LARGEST), str(path)))
        if digest(now) not in own:
            told += _compare(now, written[-1], edits, path)
    if (path := folder / BOARD_CSV).exists():
        try:
            text = read_capped(path, _LARGEST).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ProjectProblem(f"{path} is not UTF-8", hint="save it as UTF-8, or delete it") from None
        if text.splitlines() not in [to_csv(plain.read(Storyboard, one, "")).splitlines() for one in written]:
            now = plain.write(from_csv(text, base, str(path)))
            told += _compare_shots(now["shots"], written[-1]["shots"], edits, path)
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
    if now["look"] != base["look"]:
        changed = {name: value for name, value in now["look"].items() if value != base["look"].get(name)}
        edits.look |= changed
        told.append(f"look: {', '.join(changed)}")
    if now["lines"] != base["lines"]:
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
        changed = {name: value for name, value in row.items() if value != before.get(name)}
        if changed:
            edits.change(before["shot"], before["start_frame"], changed)
            told.append(f"shot {before['shot']}: {', '.join(changed)}")
    return told
