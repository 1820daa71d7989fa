"""Files: read within a limit; written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from gemwright.foundation import files
from gemwright.foundation.errors import LimitReached
from gemwright.foundation.files import read_capped, write_whole


def test_reading_stops_at_the_limit(tmp_path: Path) -> None:
    """A settings file that is a disk image must not be read into memory."""
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert read_capped(path, 5) == b"12345"
    with pytest.raises(LimitReached, match="more than 4 bytes"):
        read_capped(path, 4)


def test_writing_makes_folders_and_replaces(tmp_path: Path) -> None:
    """The usual case: nothing but the file is left."""
    path = tmp_path / "a" / "b" / "file.json"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk in the middle of writing must cost neither the old content nor leave a half file behind."""
    path = tmp_path / "file"
    write_whole(path, b"old")

    def full_disk(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_others_may_read_what_they_could_read_before(tmp_path: Path) -> None:
    """The file gets the permissions of any new file, not those of a private temporary one."""
    plain, whole = tmp_path / "plain", tmp_path / "whole"
    plain.write_bytes(b"")
    write_whole(whole, b"")
    assert whole.stat().st_mode == plain.stat().st_mode
