"""An analysis as files: words and numbers as JSON that a person can read, curves as one NumPy archive."""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, cast

import numpy as np

from gemwright_visualizer.errors import SongProblem
from gemwright_visualizer.records import Analysis, Features, Loudness, Moment, Rhythm, Section

__all__ = ["load_analysis", "save_analysis"]

WORDS, CURVES = "analysis.json", "features.npz"
CURVE_NAMES = tuple(field.name for field in fields(Features) if field.name != "hop")


def save_analysis(analysis: Analysis, folder: Path) -> None:
    """Write an analysis into a folder; each file is complete or not there.

    Args:
        analysis: of a song.
        folder: is made where it is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    words = {
        field.name: _plain(getattr(analysis, field.name)) for field in fields(Analysis) if field.name != "features"
    }
    words["hop"] = analysis.features.hop
    part = folder / (CURVES + ".part")
    with part.open("wb") as file:
        np.savez(file, **{name: getattr(analysis.features, name) for name in CURVE_NAMES})
    part.replace(folder / CURVES)
    part = folder / (WORDS + ".part")
    part.write_text(json.dumps(words, ensure_ascii=False, indent=1), "utf-8")
    part.replace(folder / WORDS)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in cast("tuple[Any, ...]", value)]
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value


def load_analysis(folder: Path) -> Analysis:
    """Read an analysis that `save_analysis` wrote.

    Args:
        folder: where it lies.

    Raises:
        SongProblem: a file is missing or is not what was written.
    """
    try:
        words: Any = json.loads((folder / WORDS).read_text("utf-8"))
        with (folder / CURVES).open("rb") as file, np.load(file, allow_pickle=False) as archive:
            curves = {name: np.asarray(archive[name], np.float32) for name in CURVE_NAMES}
        return Analysis(
            duration=float(words["duration"]),
            rhythm=Rhythm(**_tuples(words["rhythm"])),
            sections=tuple(Section(**_tuples(row)) for row in words["sections"]),
            moments=tuple(Moment(**_tuples(row)) for row in words["moments"]),
            features=Features(hop=float(words["hop"]), **curves),
            loudness=Loudness(**_tuples(words["loudness"])),
            words=tuple(words["words"]),
            warnings=tuple(words["warnings"]),
        )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as problem:
        raise SongProblem(
            f"the stored analysis in {folder.name} cannot be read ({type(problem).__name__})",
            hint="delete that folder; the song is then analysed again",
        ) from None


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(cast("list[Any]", value)) if isinstance(value, list) else value for name, value in row.items()}
