"""Directories: one override moves all of them, and each system keeps its own customs."""

from __future__ import annotations

import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import platformdirs
import platformdirs.macos
import platformdirs.windows
import pytest

from gemwright.foundation.paths import places


def test_one_variable_moves_everything(tmp_path: Path) -> None:
    """Tests and portable installs must not touch the person's own files."""
    here = places({"GEMWRIGHT_HOME": str(tmp_path)})
    assert {here.config, here.cache, here.state, here.data} == {
        tmp_path / name for name in ("config", "cache", "state", "data")
    }
    assert here.user_settings == tmp_path / "config" / "config.toml"
    assert list(tmp_path.iterdir()) == []  # asking makes nothing


def test_the_override_may_be_relative_or_in_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A later change of the directory must not move the files, and nobody wants a folder named ~."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "me"))
    assert places({"GEMWRIGHT_HOME": "here"}).cache == tmp_path / "here" / "cache"
    assert places({"GEMWRIGHT_HOME": "~/g"}).cache == tmp_path / "me" / "g" / "cache"


def test_the_process_environment_counts_when_none_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Rooms that are not handed an environment find the same places."""
    monkeypatch.setenv("GEMWRIGHT_HOME", str(tmp_path))
    assert places() == places({"GEMWRIGHT_HOME": str(tmp_path)})


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="XDG directories are the custom of Linux and the BSDs")
def test_linux_follows_xdg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The variables of the XDG base directory specification, and its defaults where they are empty."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "CACHE", "STATE", "DATA"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    here = places({})
    assert here.config == tmp_path / ".config" / "gemwright"
    assert here.cache == tmp_path / ".cache" / "gemwright"
    assert here.state == tmp_path / ".local" / "state" / "gemwright"
    assert here.data == tmp_path / ".local" / "share" / "gemwright"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    assert places({}).cache == tmp_path / "elsewhere" / "gemwright"


def test_windows_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows everything goes below the local application data, cache and settings apart."""
    local = r"C:\Users\me\AppData\Local"
    monkeypatch.setattr(platformdirs, "PlatformDirs", platformdirs.windows.Windows)
    monkeypatch.setattr(platformdirs.windows, "get_win_folder", lambda _name: local)
    monkeypatch.setattr(platformdirs.windows.os, "path", __import__("ntpath"))
    here = places({})
    all_four = [PureWindowsPath(str(path)) for path in (here.config, here.cache, here.state, here.data)]
    assert all(path.is_relative_to(PureWindowsPath(local) / "gemwright") for path in all_four)
    assert here.cache not in (here.config, here.state, here.data)


def test_macos_simulated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On macOS the cache is where the system clears it, and the settings where it does not."""
    monkeypatch.setattr(platformdirs, "PlatformDirs", platformdirs.macos.MacOS)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "CACHE", "STATE", "DATA"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    here = places({})
    home = PurePosixPath(tmp_path)
    assert here.config == home / "Library" / "Application Support" / "gemwright"
    assert here.cache == home / "Library" / "Caches" / "gemwright"
