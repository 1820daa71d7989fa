"""What is fetched, by which hash, and how much of it is kept."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from benchmarks.peers import PEERS, SHARED, Wheel
from benchmarks.peers.fetch import LOCK, Unavailable, _unpack, pinned


def test_every_wheel_is_pinned_by_hash_and_no_index_is_named() -> None:
    """The files that run in the children must be the ones that were looked at, wherever they are fetched from."""
    assert "://" not in LOCK.read_text(encoding="utf-8")
    pins = pinned()
    for wheel in (*SHARED, *(peer.wheel for peer in PEERS)):
        assert wheel is not None
        assert pins[wheel.name].startswith(f"{wheel.name}==")
        assert "--hash=sha256:" in pins[wheel.name]


def _wheel(folder: Path, *names: str) -> Path:
    path = folder / "thing-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "x = 1\n")
    return path


def test_only_the_named_modules_are_unpacked(tmp_path: Path) -> None:
    """A peer's kernels and models stay in the wheel."""
    path = _wheel(tmp_path, "thing/parser/a.py", "thing/parser/b.so", "thing/models/c.py")
    _unpack(path, Wheel("thing", ("thing/parser/",)), tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").rglob("*") if p.is_file() and p.name != ".kept"] == ["a.py"]


def test_a_wheel_without_the_parser_is_a_reason_not_a_crash(tmp_path: Path) -> None:
    """The next version may move its files; the table then says so."""
    path = _wheel(tmp_path, "thing/other.py")
    with pytest.raises(Unavailable, match="has no thing/parser/"):
        _unpack(path, Wheel("thing", ("thing/parser/",)), tmp_path / "out")
