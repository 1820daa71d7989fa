"""A film that is killed, at any point and however hard, becomes the same film in the end."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gemwright_visualizer.synth import demo_song, write_wav

PROVE = pytest.mark.skipif(not os.environ.get("GEMWRIGHT_PROVE"), reason="twenty films: GEMWRIGHT_PROVE=1 makes them")
SMALL = ["--no-model", "--height", "144", "--fps", "5", "--speed", "ultrafast"]


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a song of a few seconds."""
    return write_wav(tmp_path_factory.mktemp("song") / "short.wav", demo_song(seconds=6)[0])


def start(*arguments: str) -> subprocess.Popen[bytes]:
    """Start the program."""
    return subprocess.Popen(
        [sys.executable, "-m", "gemwright_visualizer", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finished(process: subprocess.Popen[bytes]) -> str:
    """Wait for the program, and return what it said to people."""
    _, said = process.communicate(timeout=280)
    text = said.decode(errors="replace")
    assert process.returncode in (0, 1), text  # 1: a film of six frames a second does not pass every check
    assert "Traceback" not in text, text
    return text


def killed(process: subprocess.Popen[bytes], after: float, with_children: bool) -> bool:
    """Kill the program after some seconds; its children too, or leave them behind."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(after)
        process.communicate(timeout=10)
        return False
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    pids = [int(pid) for pid in children.read_text().split()] if with_children and children.exists() else []
    process.kill()
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.communicate(timeout=10)
    return True


def hash_of(folder: Path) -> str:
    """Return the hash of a project's film."""
    return hashlib.sha256((folder / "film.mp4").read_bytes()).hexdigest()


def whole(song: Path, folder: Path) -> tuple[str, float]:
    """Make the film in one go; return its hash, and how many seconds it took."""
    began = time.monotonic()
    finished(start("render", str(song), *SMALL, "--project", str(folder)))
    return hash_of(folder), time.monotonic() - began


@pytest.mark.timeout(300)
def test_a_film_killed_twice_is_the_same_film(song: Path, tmp_path: Path) -> None:
    """A laptop's battery must not cost an evening, nor leave a film with a hole that nobody sees."""
    expected, seconds = whole(song, tmp_path / "whole")
    folder = tmp_path / "killed"
    assert killed(start("render", str(song), *SMALL, "--project", str(folder)), seconds * 0.45, with_children=False)
    killed(start("resume", str(folder)), seconds * 0.4, with_children=True)
    finished(start("resume", str(folder)))
    assert hash_of(folder) == expected
    assert not list(folder.rglob("*.part"))


@PROVE
@pytest.mark.timeout(1800)
def test_twenty_films_killed_at_random_are_the_same_film(song: Path, tmp_path: Path) -> None:
    """Twenty of twenty."""
    expected, seconds = whole(song, tmp_path / "whole")
    times = random.Random(8)
    same = 0
    for trial in range(20):
        folder = tmp_path / f"trial-{trial}"
        after = times.uniform(0.05, 0.98) * seconds
        process = start("render", str(song), *SMALL, "--project", str(folder))
        was = killed(process, after, with_children=bool(trial % 2))
        if not (folder / "project.json").is_file():
            finished(start("render", str(song), *SMALL, "--project", str(folder)))
        else:
            finished(start("resume", str(folder)))
        same += hash_of(folder) == expected
        print(f"trial {trial}: killed after {after:.1f} s of {seconds:.1f}: {was}, same: {hash_of(folder) == expected}")  # noqa: T201
    assert same == 20


def test_a_stop_by_ctrl_c_is_clean_and_says_how_to_go_on(song: Path, tmp_path: Path) -> None:
    """Exit code 130, no process left, no half file."""
    process = start("render", str(song), *SMALL, "--project", str(tmp_path / "p"))
    chunks = tmp_path / "p" / "cache" / "chunks"
    deadline = time.monotonic() + 50
    while not (chunks.is_dir() and list(chunks.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said.decode()
    assert b"resume" in said
    assert not list(chunks.glob(".*.part"))
    assert not (tmp_path / "p" / "lock.json").exists()
