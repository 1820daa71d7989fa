"""Chunks drawn by several processes: all of them, whole, whatever happens to one."""

from __future__ import annotations

import sys
import time
from fractions import Fraction
from pathlib import Path

import av
import pytest

from apps.visualizer.tests.project.boards import board
from gemwright.foundation.platform import process_mark
from gemwright_visualizer.errors import DiskProblem, FilmProblem
from gemwright_visualizer.output import VideoSettings
from gemwright_visualizer.project import crew
from gemwright_visualizer.project.crew import Chunk, draw_chunks
from gemwright_visualizer.project.spans import key_of, loudest, spans_of

PAINTER = Path(__file__).with_name("painter.py")
SETTINGS = VideoSettings(48, 32, Fraction(30))


def chunks(folder: Path) -> list[Chunk]:
    """Return three chunks of twenty frames."""
    return [Chunk(i * 20, i * 20 + 20, folder / f"{i}.mp4") for i in range(3)]


def draw(folder: Path, mode: str, *arguments: str) -> list[tuple[int, int]]:
    """Draw them, and return what was told of the progress."""
    told: list[tuple[int, int]] = []
    command = [sys.executable, str(PAINTER), mode, *arguments]
    draw_chunks(command, chunks(folder), SETTINGS, lambda done, total: told.append((done, total)))
    return told


def brightness(path: Path) -> list[int]:
    """Return the mean of each picture in a chunk."""
    with av.open(str(path)) as container:
        return [round(float(frame.to_ndarray(format="rgb24").mean())) for frame in container.decode(video=0)]


def test_every_frame_is_drawn_once_and_in_its_place(tmp_path: Path) -> None:
    """Two processes share the work; nothing may be lost or doubled between them."""
    told = draw(tmp_path, "well")
    assert told[0] == (0, 60)
    assert told[-1] == (60, 60)
    seen = [value for chunk in chunks(tmp_path) for value in brightness(chunk.path)]
    assert all(abs(value - 40 - number) <= 2 for number, value in enumerate(seen))
    assert len(seen) == 60


def test_what_is_there_is_not_drawn_again(tmp_path: Path) -> None:
    """A film goes on where it was stopped."""
    draw(tmp_path, "well")
    assert draw(tmp_path, "dies") == [(60, 60)]


def test_a_process_that_died_once_is_replaced(tmp_path: Path) -> None:
    """Another program may have taken the memory for a moment."""
    assert draw(tmp_path, "dies once", str(tmp_path / "mark"))[-1] == (60, 60)


@pytest.mark.parametrize(("mode", "said"), [("dies", "ended with 9"), ("fails", "the lantern is out")])
def test_what_cannot_be_drawn_is_told(mode: str, said: str, tmp_path: Path) -> None:
    """The frames are named, and what is finished stays."""
    with pytest.raises(FilmProblem, match=rf"frames 20 to 40.*{said}"):
        draw(tmp_path, mode)
    assert not list(tmp_path.glob(".*.part")) or mode == "dies"


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    """It is the reader's disk that is to be looked at, not the program."""
    (tmp_path / "file").touch()
    with pytest.raises(DiskProblem, match=r"frames .* FileExistsError"):
        draw(tmp_path / "file", "well")


def test_a_process_that_is_stuck_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every wait has an end."""
    monkeypatch.setattr(crew, "_SILENCE", 0.01)
    with pytest.raises(FilmProblem, match="no picture came"):
        draw(tmp_path, "slow")


def test_no_process_outlives_an_interruption(tmp_path: Path) -> None:
    """Ctrl-C must leave the machine quiet."""
    started: list[int] = []
    real = crew.subprocess.Popen

    def noted(*arguments: object, **options: object) -> object:
        process = real(*arguments, **options)  # type: ignore[call-overload]
        started.append(process.pid)
        return process

    def interrupt(done: int, total: int) -> None:
        if done > 3:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(crew.subprocess, "Popen", noted)
        draw_chunks([sys.executable, str(PAINTER), "slow"], chunks(tmp_path), SETTINGS, interrupt)
    deadline = time.monotonic() + 10
    while any(process_mark(pid) for pid in started) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(started) == 2
    assert not any(process_mark(pid) for pid in started)


def test_chunks_cover_the_film_and_follow_the_cuts() -> None:
    """A frame that is in no chunk is missing in the film."""
    for shots, length in ((1, 1), (1, 900), (40, 13), (9, 75), (3, 400)):
        plan = board(shots, length)
        spans = spans_of(plan)
        assert [frame for begin, end in spans for frame in range(begin, end)] == list(range(plan.frames))
        assert max(end - begin for begin, end in spans) <= 150
    assert [begin % 75 for begin, _ in spans_of(board(9, 75))] == [0] * 9


def test_a_change_of_one_shot_draws_little_anew() -> None:
    """Whoever tries out scenes waits for that shot alone."""
    import dataclasses

    plan = board(12, 80)
    shots = list(plan.shots)
    shots[6] = dataclasses.replace(shots[6], scene="ribbons")
    other = dataclasses.replace(plan, shots=tuple(shots))
    changed = [key_of(plan, span) != key_of(other, span) for span in spans_of(plan)]
    assert changed[6]
    assert sum(changed) <= 7
    assert all(key_of(plan, span) != key_of(plan, span, "other code") for span in spans_of(plan))


def test_the_loudest_ten_seconds_are_found() -> None:
    """The first thing that a person sees should be the chorus, not the silence before it."""
    import numpy as np

    plan = board(24, 75)
    loudness = np.full(6010, -40.0, np.float32)
    loudness[3100:4100] = -10
    spans = spans_of(plan)
    first, last = loudest(plan, spans, loudness, 0.01, 10)
    begin, end = (float(spans[i][j] / plan.fps) for i, j in ((first, 0), (last - 1, 1)))
    assert 9 <= end - begin <= 15
    assert begin >= 27
    assert end <= 44
