"""What a person changed in a plan: kept in `edits.json`, laid over every plan that comes after, never thrown away.

A change is made in `edits.json` itself, or simply in `storyboard.json` or `storyboard.csv`: what differs there from what
the program wrote is taken into `edits.json` before anything is written anew.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from gemwright.foundation.files import read_capped, write_whole
from gemwright_visualizer.direction import from_json, to_json
from gemwright_visualizer.errors import ProjectProblem
from gemwright_visualizer.project import plain
from gemwright_visualizer.records import Line, Look, Shot, Storyboard

__all__ = ["EDITS", "Edits", "apply", "load", "save"]

EDITS: Final = "edits.json"
_LARGEST: Final = 16 << 20
_ABOUT: Final = (
    "Your changes. They are laid over every plan; the program adds what you change in storyboard.json or storyboard.csv, "
    "and removes nothing. A change of a shot names the shot, the frame where it begins, and the new values."
)
_FIELDS: Final = tuple(field.name for field in dataclasses.fields(Shot) if field.name != "shot")
_LOOK: Final = tuple(field.name for field in dataclasses.fields(Look))
_Object = dict[str, Any]


@dataclass(slots=True)
class Edits:
    """Changes by hand.

    Attributes:
        shots: for each changed shot its number, the frame where it began, and the new values by field.
        look: new values of the look, by field.
        lines: the lyrics' lines as they are to be; None where they were left alone.
    """

    shots: list[tuple[int, int, _Object]] = dataclasses.field(default_factory=list[tuple[int, int, _Object]])
    look: _Object = dataclasses.field(default_factory=dict[str, Any])
    lines: list[Any] | None = None

    def change(self, shot: int, at: int, values: _Object) -> None:
        """Note a change of a shot; a newer value of a field replaces the older one."""
        if not values:
            return
        for number, frame, known in self.shots:
            if (number, frame) == (shot, at):
                known.update(values)
                return
        self.shots.append((shot, at, dict(values)))


def load(folder: Path) -> Edits:
    """Read `edits.json`; no changes where there is no such file.

    Raises:
        ProjectProblem: it is not what it should be; it is left as it is.
    """
    path = folder / EDITS
    if not path.exists():
        return Edits()
    try:
        data: Any = json.loads(read_capped(path, _LARGEST).decode("utf-8-sig"))
    except ValueError as problem:
        raise ProjectProblem(f"{path} is not JSON: {problem}", hint="mend it; nothing was changed") from None
    if not isinstance(data, dict):
        raise ProjectProblem(f"{path} is no object", hint='as in {"shots": [{"shot": 3, "start": 240, "scene": "…"}]}')
    given = cast("_Object", data)
    edits = Edits()
    for index, row in enumerate(_list(given.get("shots", []), path, "shots")):
        change = cast("_Object", row) if isinstance(row, dict) else {}
        shot, at = change.get("shot"), change.get("start", -1)
        if not isinstance(shot, int) or not isinstance(at, int):
            raise ProjectProblem(f"{path}: shots[{index}] names no shot", hint='as in {"shot": 3, "scene": "…"}')
        values = {name: value for name, value in change.items() if name not in ("shot", "start")}
        _known(values, _FIELDS, f"{path}: shots[{index}]")
        edits.shots.append((shot, at, values))
    look = given.get("look", {})
    if not isinstance(look, dict):
        raise ProjectProblem(f"{path}: look is no object")
    edits.look = cast("_Object", look)
    _known(edits.look, _LOOK, f"{path}: look")
    edits.lines = _list(given["lines"], path, "lines") if "lines" in given else None
    return edits


def _list(value: object, path: Path, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise ProjectProblem(f"{path}: {name} is no list")
    return cast("list[Any]", value)


def _known(values: Iterable[str], names: Collection[str], where: str) -> None:
    for name in values:
        if name not in names:
            near = difflib.get_close_matches(name, names, 1)
            raise ProjectProblem(
                f"{where} has no field {name!r}", hint=f"did you mean {near[0]}?" if near else ", ".join(names)
            )


def save(folder: Path, edits: Edits) -> None:
    """Write `edits.json`, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    data: _Object = {"about": _ABOUT}
    data["shots"] = [{"shot": shot, "start": at, **values} for shot, at, values in edits.shots]
    if edits.look:
        data["look"] = edits.look
    if edits.lines is not None:
        data["lines"] = edits.lines
    write_whole(folder / EDITS, (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode())


def apply(plan: Storyboard, edits: Edits, where: str = EDITS) -> tuple[Storyboard, list[str]]:
    """Return a plan with the changes laid over it, and a sentence for each change that fits no shot.

    A shot is found by the frame where it began when it was changed, else by its number. When a shot begins or ends
    elsewhere, its neighbour does too.

    Args:
        plan: as the stages made it.
        edits: the changes.
        where: the file, for messages.

    Raises:
        ProjectProblem: a value is of the wrong kind.
        StoryboardProblem: a value is not known, or the shots do not cover the film one after the other any more.
    """
    warnings: list[str] = []
    rows: list[_Object] = [plain.write(shot) for shot in plan.shots]
    moved: set[tuple[int, str]] = set()
    for shot, at, values in edits.shots:
        index = next((i for i, row in enumerate(plan.shots) if row.start_frame == at), None)
        if index is None and 1 <= shot <= len(rows):
            index = shot - 1
            if at >= 0 and {"start_frame", "end_frame"} & values.keys():
                warnings.append(
                    f"{where}: shot {shot} began at frame {at} when its times were changed, and does not now"
                )
                values = {name: value for name, value in values.items() if name not in ("start_frame", "end_frame")}
        if index is None:
            warnings.append(f"{where}: the plan has no shot {shot}; its change is kept and has no effect")
            continue
        rows[index] |= values | {"locked": values.get("locked", True)}
        moved |= {(index, name) for name in ("start_frame", "end_frame") if name in values}
    for index, name in sorted(moved):
        if name == "start_frame" and index and (index - 1, "end_frame") not in moved:
            rows[index - 1]["end_frame"] = rows[index]["start_frame"]
        if name == "end_frame" and index + 1 < len(rows) and (index + 1, "start_frame") not in moved:
            rows[index + 1]["start_frame"] = rows[index]["end_frame"]
    shots = tuple(plain.read(Shot, row, f"{where}: shot {row['shot']}") for row in rows)
    look = plain.read(Look, plain.write(plan.look) | edits.look, f"{where}: look") if edits.look else plan.look
    lines = plan.lines
    if edits.lines is not None:
        lines = tuple(plain.read(Line, line, f"{where}: lines[{i}]") for i, line in enumerate(edits.lines))
    changed = dataclasses.replace(plan, shots=shots, look=look, lines=lines)
    return (from_json(to_json(changed), where) if changed != plan else plan), warnings
