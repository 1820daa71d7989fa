"""Identifiers: their order, that no two are equal, and that a content hash is the content's."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from gemwright.foundation import ids


def test_turn_ids_sort_as_they_were_made() -> None:
    """Transcripts are listed by name, and thousands of ids can be made within one millisecond."""
    made = [ids.turn_id() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert all(len(one) == len("turn_") + 26 and one.startswith("turn_") for one in made)


def test_turn_ids_sort_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clocks are corrected while a program runs."""
    before = ids.turn_id()
    monkeypatch.setattr(ids.time, "time_ns", lambda: 0)
    assert ids.turn_id() > before


def test_a_later_time_makes_a_later_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is in front, so ids of two processes sort by their clocks."""
    made: list[str] = []
    for now in (10**15, 10**16, 10**18, 10**19):
        monkeypatch.setattr(ids, "_last", (0, 0))
        monkeypatch.setattr(ids.time, "time_ns", lambda now=now: now)
        made.append(ids.turn_id())
    assert made == sorted(made)


def test_threads_get_different_ids() -> None:
    """A server answers in several threads."""
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.extend(ids.turn_id() for _ in range(500))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(set(made)) == 4000


def test_call_ids_follow_from_turn_and_position() -> None:
    """The same stream parsed twice must give the same ids, and two calls of a turn different ones."""
    turn = ids.turn_id()
    assert ids.call_id(turn, 0) == ids.call_id(turn, 0) != ids.call_id(turn, 1)
    assert ids.call_id(turn, 0).startswith("call_") and "turn_" not in ids.call_id(turn, 0)


def test_content_hash_of_bytes_and_of_a_file(tmp_path: Path) -> None:
    """Both roads must give the published SHA-256 of the content, also beyond one read."""
    assert ids.content_hash(b"abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    data = bytes(range(256)) * 10_000
    (tmp_path / "file").write_bytes(data)
    assert ids.file_hash(tmp_path / "file") == ids.content_hash(data)
