"""Everything that can be wrong with what comes in: one sentence that says what, where and what to do, and the exit code."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gemwright_visualizer.cli.main import _run  # pyright: ignore[reportPrivateUsage]
from gemwright_visualizer.synth import clicks, write_wav

Prepare = Callable[[Path], list[str]]
SONG_SECONDS = 4


def song(folder: Path, name: str = "song.wav") -> str:
    """Write a short song."""
    samples, _ = clicks([i / 2 for i in range(2 * SONG_SECONDS)], 4, SONG_SECONDS)
    return str(write_wav(folder / name, samples))


def file(folder: Path, name: str, content: bytes) -> str:
    """Write a file."""
    (folder / name).write_bytes(content)
    return str(folder / name)


def silent(folder: Path) -> str:
    """Write a song without a sound."""
    return str(write_wav(folder / "silent.wav", np.zeros((4 * 48_000, 2), np.float32)))


def short(folder: Path) -> str:
    """Write a song of a second."""
    return str(write_wav(folder / "short.wav", np.full((48_000, 2), 0.1, np.float32)))


def another_project(folder: Path) -> str:
    """Make a folder that is somebody else's."""
    (folder / "mine").mkdir()
    file(folder / "mine", "letters.txt", b"dear")
    return str(folder / "mine")


def taken(folder: Path) -> str:
    """Make a project that another program, which runs, holds."""
    import platform

    from gemwright.foundation.platform import process_mark

    (folder / "taken").mkdir()
    holder = {"process": os.getppid(), "mark": process_mark(os.getppid()), "machine": platform.node()}
    file(folder / "taken", "lock.json", json.dumps(holder).encode())
    return str(folder / "taken")


def broken_project(folder: Path) -> str:
    """Make a project whose file is not JSON."""
    (folder / "broken").mkdir()
    file(folder / "broken", "project.json", b"{")
    return str(folder / "broken")


CASES: dict[str, tuple[Prepare, int, str]] = {
    "no song": (lambda _: ["film"], 2, "no song was named"),
    "a song that is not there": (lambda d: [str(d / "none.mp3")], 2, "none.mp3"),
    "a folder": (lambda d: ["analyse", str(d)], 2, ""),
    "an empty file": (lambda d: ["analyse", file(d, "e.mp3", b"")], 2, "e.mp3"),
    "a text": (lambda d: ["analyse", file(d, "t.mp3", b"la la la\n" * 99)], 2, "t.mp3"),
    "silence": (lambda d: ["analyse", silent(d)], 2, "silent"),
    "too short": (lambda d: ["analyse", short(d)], 2, "3"),
    "an unknown command's option": (lambda d: ["film", song(d), "--loop"], 2, "--loop"),
    "an unknown ratio": (lambda d: ["plan", song(d), "--ratio", "2:1"], 2, "2:1"),
    "no frame rate": (lambda d: ["plan", song(d), "--fps", "0"], 2, "frames a second"),
    "a height beyond all": (lambda d: ["plan", song(d), "--height", "9000"], 2, "9000"),
    "a tempo that is none": (lambda d: ["plan", song(d), "--bpm", "9000"], 2, "9000"),
    "a first beat alone": (lambda d: ["plan", song(d), "--first-beat", "1"], 2, "--bpm"),
    "two grids": (lambda d: ["analyse", song(d), "--bpm", "120", "--beats", file(d, "b.txt", b"1\n2\n")], 2, "both"),
    "beats that are not there": (lambda d: ["analyse", song(d), "--beats", str(d / "b.txt")], 2, "no such file"),
    "beats that are none": (lambda d: ["analyse", song(d), "--beats", file(d, "b.txt", b"la la\nlo lo\n")], 2, "b.txt"),
    "lyrics that are not there": (lambda d: ["plan", song(d), "--lyrics", str(d / "l.lrc")], 2, "no such file"),
    "lyrics without a line": (
        lambda d: ["plan", song(d), "--no-model", "--lyrics", file(d, "l.lrc", b"\n\n")],
        2,
        "l.lrc",
    ),
    "an unknown palette": (lambda d: ["plan", song(d), "--palette", "mauvish"], 2, "no such palette"),
    "equal colours": (lambda d: ["plan", song(d), "--palette", "#111,#111,#111"], 2, "five colours"),
    "a budget that is none": (lambda d: ["plan", song(d), "--budget", "soon"], 2, "soon"),
    "pictures that are not named": (lambda d: ["plan", song(d), "--backend", "images"], 2, "--pictures"),
    "no picture in the folder": (
        lambda d: ["plan", song(d), "--no-model", "--backend", "images", "--pictures", str(d)],
        3,
        "no picture",
    ),
    "a workflow that is not named": (lambda d: ["plan", song(d), "--backend", "comfyui"], 2, "--workflow"),
    "a model server that is not there": (
        lambda d: ["plan", song(d), "--endpoint", "http://127.0.0.1:9", "--project", str(d / "p")],
        3,
        "127.0.0.1:9",
    ),
    "a film that is no MP4": (lambda d: ["render", song(d), "-o", str(d / "film.avi")], 2, "MP4"),
    "a folder for the film that is not there": (
        lambda d: ["render", song(d), "-o", str(d / "no" / "f.mp4")],
        2,
        "no such folder",
    ),
    "somebody else's folder": (lambda d: ["plan", song(d), "--project", another_project(d)], 2, "holds other files"),
    "a file for a project": (lambda d: ["plan", song(d), "--project", file(d, "f", b"")], 2, "no folder"),
    "a project of another run": (lambda d: ["plan", song(d), "--no-model", "--project", taken(d)], 2, "another run"),
    "a project that is broken": (lambda d: ["resume", broken_project(d)], 2, "not JSON"),
    "no project": (lambda d: ["resume", str(d)], 2, "no project"),
    "a preview after the end": (
        lambda d: ["preview", song(d), "--no-model", "--at", "9:00", "--project", str(d / "p")],
        2,
        "after the song's end",
    ),
    "a place that is no time": (lambda d: ["preview", song(d), "--at", "later"], 2, "no time"),
    "demo and a song": (lambda d: ["--demo", "house", song(d)], 2, "--demo"),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_told_in_a_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody should have to read a traceback, or wait an hour for a sentence."""
    prepare, code, said = CASES[name]
    (tmp_path / "work").mkdir()
    arguments = prepare(tmp_path)
    monkeypatch.chdir(tmp_path / "work")
    assert _run(arguments) == code
    told = capsys.readouterr()
    error = next(line for line in told.err.splitlines() if line.startswith("error: "))
    assert said in told.err
    assert len(error) < 300
    assert "Traceback" not in told.err


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="whoever may write everywhere cannot be refused")
def test_a_folder_that_cannot_be_written_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The disk's fault is another one than the caller's."""
    (tmp_path / "shut").mkdir(mode=0o500)
    assert _run(["plan", song(tmp_path), "--no-model", "--project", str(tmp_path / "shut" / "p")]) == 1
    assert "permission denied" in capsys.readouterr().err


def test_a_full_disk_is_told_before_anything_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half an hour of drawing must not end so."""
    import collections

    from gemwright_visualizer.project import folder

    usage = collections.namedtuple("usage", "total used free")
    monkeypatch.setattr(folder.shutil, "disk_usage", lambda _: usage(10, 10, 1 << 20))
    assert _run(["render", song(tmp_path), "--no-model", "--height", "144", "--project", str(tmp_path / "p")]) == 1
    assert "has room for 1 MB" in capsys.readouterr().err
    assert not list((tmp_path / "p").rglob("*.mp4"))


def test_analyse_writes_what_programs_are_promised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Others build on these names."""
    assert _run(["analyse", song(tmp_path), "--json", "--bpm", "120"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"tempo", "confidence", "beats", "downbeats", "sections"} <= set(found)
    assert found["tempo"] == 120
    assert found["confidence"] == 1
    assert {"start", "end", "label", "role"} <= set(found["sections"][0])


def test_a_plan_is_written_and_a_change_of_it_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The loop that a person works in: plan, change a cell, plan again."""
    arguments = ["plan", song(tmp_path), "--no-model", "--json", "--project", str(tmp_path / "p")]
    assert _run(arguments) == 0
    first = json.loads(capsys.readouterr().out)["storyboard"]
    table = tmp_path / "p" / "storyboard.csv"
    scene = first["shots"][0]["scene"]
    other = "ring" if scene != "ring" else "ink"
    table.write_text(table.read_text("utf-8").replace(f",{scene},", f",{other},", 1), "utf-8")
    for seed in ("7", "8"):
        assert _run([*arguments, "--seed", seed]) == 0
        said = capsys.readouterr()
        assert json.loads(said.out)["storyboard"]["shots"][0]["scene"] == other
    assert json.loads((tmp_path / "p" / "edits.json").read_text("utf-8"))["shots"][0]["scene"] == other
