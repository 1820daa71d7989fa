"""The storyboard as a file that people edit: it comes back as it was, and every mistake is named by its row and column."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from apps.visualizer.tests.direction.songs import song
from gemwright_visualizer.direction import Options, differences, from_csv, from_json, plan, to_csv, to_json
from gemwright_visualizer.errors import StoryboardProblem
from gemwright_visualizer.records import Cast, Line, Word

BOARD = plan(
    song(), [Line(10.0, 12.0, "=cmd|' /C calc'!A0", (Word(10.0, "=cmd"),)), Line(20, 22, 'a "quoted", line; é 日本')],
    Options(fps=Fraction(30000, 1001)),
)  # fmt: skip


def edited(column: str, value: str, row: int = 5) -> str:
    """Return the CSV with one cell changed; rows as a spreadsheet counts."""
    import csv
    import io

    rows = list(csv.reader(io.StringIO(to_csv(BOARD), newline="")))
    rows[row - 1][rows[0].index(column)] = value
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def test_json_and_csv_come_back_as_they_were() -> None:
    """Nothing of a storyboard is lost in a file, the cast and the fraction of the frame rate included."""
    board = replace(BOARD, look=replace(BOARD.look, cast=(Cast("Mara", "red hair", "a green coat"),)))
    assert from_json(to_json(board)) == board
    assert from_csv(to_csv(board), board) == board


def test_a_spreadsheet_runs_nothing() -> None:
    """A sung line that begins like a formula is text for Excel, and itself again for us."""
    assert ",'=cmd" in to_csv(BOARD)
    assert any(shot.lyric.startswith("=cmd") for shot in from_csv(to_csv(BOARD), BOARD).shots)


def test_a_spreadsheet_s_own_manner_is_read() -> None:
    """A byte order mark, semicolons, TRUE and missing columns are no mistakes."""
    kept = from_csv("\ufeffSHOT;scene;locked\r\n" + "\r\n".join(
        f"{shot.shot};ink;TRUE" for shot in BOARD.shots
    ), BOARD)  # fmt: skip
    assert {shot.scene for shot in kept.shots} == {"ink"} and all(shot.locked for shot in kept.shots)
    assert kept.shots[3].prompt == BOARD.shots[3].prompt


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("rate", "fsat", "did you mean fast?"),
        ("scene", "../../etc/passwd", "is none of"),
        ("start_frame", "12.5", "no whole number"),
        ("start_frame", "7", "where the last one ends"),
        ("end_frame", "1", ""),
        ("cast", "perhaps", "neither yes nor no"),
        ("palette", "#123456,#222222", "five colours"),
        ("palette", "nosuch", ""),
        ("keyframe_file", "../secret.png", "project's folder"),
        ("keyframe_file", "C:\\windows\\x.png", "project's folder"),
        ("seed", "-5", "not between"),
        ("what", "a\x1b[2Jb", "U+001B"),
        ("what", "x" * 3000, "3000 characters"),
        ("bars", "nan", "not between"),
        ("section", "99", "no section 99"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(column: str, value: str, says: str) -> None:
    """Whoever edited row 5 reads `row 5` and the column's name."""
    with pytest.raises(StoryboardProblem) as told:
        from_csv(edited(column, value), BOARD, "mine.csv")
    assert "mine.csv, row 5" in told.value.message or (column == "end_frame" and "row 6" in told.value.message)
    assert column in told.value.message or column == "end_frame"
    assert says in told.value.message


@pytest.mark.parametrize(
    "text",
    ["", "\x00", "shot,shot\n1,1", "shot,colour\n1,red", "hello", "shot,scene\n1", 'shot,what\n1,"open', "shot\nx"],
)
def test_what_is_no_storyboard_is_told(text: str) -> None:
    """No text at all ends in anything but a StoryboardProblem."""
    with pytest.raises(StoryboardProblem):
        from_csv(text, BOARD)


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("shots", 3, "motion"), "jump", "shots, row 4"),
        (("look", "palette", "c2"), "red", "palette, c2"),
        (("fps",), "30/0", "fps"),
        (("frames",), 3, "end_frame"),
        (("moods", 0, "energy"), 11, "moods, row 1"),
        (("lines", 0, "start"), "soon", "lines, row 1"),
        (("version",), 2, "version"),
        (("shots",), "none", "a list"),
        (("shots", 0), 5, "row 1"),
    ],
)
def test_a_wrong_value_in_json_is_named_by_its_place(path: tuple[str | int, ...], value: object, says: str) -> None:
    """The place is written as a person would look for it."""
    data = json.loads(to_json(BOARD))
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(StoryboardProblem, match=says):
        from_json(json.dumps(data))


def test_edits_are_found_cell_by_cell() -> None:
    """The project locks exactly what a user has changed."""
    changed = from_csv(edited("what", "my own idea"), BOARD)
    assert differences(BOARD, changed) == ((4, "what"),)
