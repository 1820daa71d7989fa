"""A person's changes: taken from wherever they were made, laid over every plan, never lost."""

from __future__ import annotations

import csv
import dataclasses
import json
from pathlib import Path

import pytest

from apps.visualizer.tests.project.boards import board
from gemwright import UsageProblem
from gemwright_visualizer.errors import ProjectProblem
from gemwright_visualizer.project import plain
from gemwright_visualizer.project.board import take_changes, write_board
from gemwright_visualizer.project.edits import Edits, apply, load, save
from gemwright_visualizer.records import Storyboard


def rewrite(path: Path, before: str, after: str) -> None:
    """Change a file as a person with an editor does."""
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


def test_a_plan_is_the_same_after_reading() -> None:
    """What is drawn is what the file says."""
    plan = board()
    assert plain.read(Storyboard, json.loads(json.dumps(plain.write(plan))), "x") == plan


def test_files_as_written_hold_no_change(tmp_path: Path) -> None:
    """A program that takes its own plan for a person's would never change it again."""
    write_board(tmp_path, board())
    edits = Edits()
    assert take_changes(tmp_path, edits) == []
    write_board(tmp_path, board(5, 16))
    assert take_changes(tmp_path, edits) == []
    assert edits == Edits()


def test_a_crash_between_the_files_makes_no_change(tmp_path: Path) -> None:
    """Killed after one file of two, the older one is still the program's own."""
    write_board(tmp_path, board())
    older = (tmp_path / "storyboard.csv").read_bytes()
    write_board(tmp_path, board(5, 16))
    (tmp_path / "storyboard.csv").write_bytes(older)
    assert take_changes(tmp_path, Edits()) == []


def test_a_change_in_either_file_outlives_new_plans(tmp_path: Path) -> None:
    """The one promise of an edit."""
    write_board(tmp_path, board())
    rewrite(tmp_path / "storyboard.json", '"what": "a lantern, drifting"', '"what": "a kite"')
    with (tmp_path / "storyboard.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows[2] |= {"scene": "ribbons", "cast": "yes"}
    with (tmp_path / "storyboard.csv").open("w", newline="", encoding="utf-8-sig") as file:
        table = csv.DictWriter(file, list(rows[0]), delimiter=";")
        table.writeheader()
        table.writerows(rows)
    edits = load(tmp_path)
    assert take_changes(tmp_path, edits) == ["shot 1: what", "shot 3: scene, cast"]
    save(tmp_path, edits)
    for _ in range(2):
        edits = load(tmp_path)
        assert take_changes(tmp_path, edits) in ([], ["shot 1: what", "shot 3: scene, cast"])
        plan, warnings = apply(board(), edits)
        assert not warnings
        assert (plan.shots[0].what, plan.shots[1].what) == ("a kite", "a lantern, drifting")
        assert (plan.shots[2].scene, plan.shots[2].cast, plan.shots[2].locked) == ("ribbons", True, True)
        assert plan.shots[2].prompt == board().shots[2].prompt
        write_board(tmp_path, plan)


def test_a_cell_is_no_formula_and_comes_back_as_it_was(tmp_path: Path) -> None:
    """A model's text must not run in somebody's spreadsheet."""
    write_board(tmp_path, board())
    assert ",'=SUM(A1)" in (tmp_path / "storyboard.csv").read_text("utf-8")


def test_a_shot_that_begins_elsewhere_moves_its_neighbour(tmp_path: Path) -> None:
    """A cut is one place, and has one number in `edits.json`."""
    edits = Edits()
    edits.change(2, 20, {"start_frame": 22})
    edits.change(3, 40, {"end_frame": 58})
    plan, _ = apply(board(), edits)
    assert [(shot.start_frame, shot.end_frame) for shot in plan.shots] == [(0, 22), (22, 40), (40, 58), (58, 80)]


def test_a_change_of_a_shot_that_is_gone_is_kept_and_told(tmp_path: Path) -> None:
    """A longer song may come back."""
    edits = Edits()
    edits.change(9, 400, {"scene": "ribbons"})
    save(tmp_path, edits)
    plan, warnings = apply(board(), load(tmp_path))
    assert plan == board()
    assert len(warnings) == 1
    assert load(tmp_path) == edits


def test_look_and_lines_can_be_changed(tmp_path: Path) -> None:
    """The style of the film and the words on it are a person's too."""
    write_board(tmp_path, board())
    rewrite(tmp_path / "storyboard.json", '"style": "quiet"', '"style": "loud"')
    rewrite(tmp_path / "storyboard.json", '"text": "so far away"', '"text": "so near"')
    edits = Edits()
    assert set(take_changes(tmp_path, edits)) == {"look: style", "lines of the lyrics"}
    plan, _ = apply(board(), edits)
    assert (plan.look.style, plan.lines[0].text) == ("loud", "so near")


BROKEN = {
    "half a file": ("storyboard.json", '"shots": [', "", "storyboard.json"),
    "another size": ("storyboard.json", '"width": 64', '"width": 65', "width cannot be changed there"),
    "a word for a number": ("storyboard.csv", "\n2,20,", "\n2,soon,", "row 3, column start_frame: 'soon'"),
    "a missing column": ("storyboard.csv", "shot,start_frame", "shot,begin", "begin"),
    "a missing cell": ("storyboard.csv", "\n2,20,40", "\n2,20", "row 3"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_told_with_its_place(name: str, tmp_path: Path) -> None:
    """Whoever edits by hand makes mistakes, and must not lose the rest by them."""
    file, before, after, said = BROKEN[name]
    write_board(tmp_path, board())
    rewrite(tmp_path / file, before, after)
    kept = (tmp_path / file).read_bytes()
    with pytest.raises(UsageProblem, match=said):
        take_changes(tmp_path, Edits())
    assert (tmp_path / file).read_bytes() == kept


WRONG = {
    "an unknown scene": ({"scene": "unheard of"}, "row 2, scene: 'unheard of'"),
    "a hole": ({"start_frame": 90}, "shot"),
    "a text for a number": ({"seed": "x"}, "seed is 'x', where a whole number belongs"),
    "an unknown pace": ({"rate": "hurried"}, "hold, slow"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_told_with_its_place(name: str) -> None:
    """A film that is drawn for an hour and fails at shot forty is worse than a sentence now."""
    values, said = WRONG[name]
    edits = Edits()
    edits.change(2, 20, values)
    with pytest.raises(UsageProblem, match=said):
        apply(board(), edits)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "no object"),
        ('{"shots": [{}]}', "names no shot"),
        ('{"shots": [{"shot": 1, "scen": 1}]}', "no field 'scen'"),
    ],
    ids=["half", "list", "nameless", "misspelt"],
)
def test_a_broken_edits_file_is_left_as_it_is(text: str, said: str, tmp_path: Path) -> None:
    """It is the one file that the program never replaces by its own."""
    (tmp_path / "edits.json").write_text(text, "utf-8")
    with pytest.raises(ProjectProblem, match=said):
        load(tmp_path)
    assert (tmp_path / "edits.json").read_text("utf-8") == text


def test_records_reject_what_is_not_theirs() -> None:
    """Fractions, numbers and truth values look alike in JSON."""
    plan = plain.write(board())
    for path, value in (("fps", "1/0"), ("frames", 1.5), ("frames", True), ("seed", float("nan")), ("look", [])):
        with pytest.raises(ProjectProblem, match=path):
            plain.read(Storyboard, plan | {path: value}, "f")
    with pytest.raises(ProjectProblem, match="look is missing"):
        plain.read(Storyboard, {k: v for k, v in plan.items() if k != "look"}, "f")
    assert dataclasses.replace(board(), seed=8) == plain.read(Storyboard, plan | {"seed": 8}, "f")
