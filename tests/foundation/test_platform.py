"""What differs between systems: done for real here, simulated for the systems the tests do not run on."""

from __future__ import annotations

import ctypes
import io
import os
import signal
import subprocess
import sys
import time
import types
from pathlib import Path
from typing import Any

import pytest

from gemwright.foundation import platform

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="process groups are simulated on Windows")


def _start(code: str) -> subprocess.Popen[str]:
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, **platform.own_group())
    assert child.stdout is not None
    return child


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def _wait_until_gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while _is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not _is_running(pid)


@posix_only
def test_a_child_ends_when_asked() -> None:
    """The child's own clean-up has to run, so it is asked first."""
    child = _start(
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit(7)))\n"
        "print('up', flush=True); time.sleep(60)"
    )
    with child:
        assert child.stdout is not None and child.stdout.readline() == "up\n"
        assert platform.end_group(child, grace=20) == 7
        assert child.stdout.read() == "bye\n"


@posix_only
def test_a_deaf_child_and_its_children_are_killed() -> None:
    """An engine that hangs, and whatever it started, must not outlive us."""
    child = _start(
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "grandchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(grandchild.pid, flush=True); time.sleep(60)"
    )
    with child:
        assert child.stdout is not None
        grandchild = int(child.stdout.readline())
        assert platform.end_group(child, grace=0.2) == -signal.SIGKILL
        assert _wait_until_gone(grandchild)


@posix_only
def test_what_a_dead_child_left_behind_is_killed() -> None:
    """A crash of the engine must not leave its workers with the memory."""
    child = _start(
        "import subprocess, sys\n"
        "code = 'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)'\n"
        "print(subprocess.Popen([sys.executable, '-c', code], stdout=subprocess.DEVNULL).pid, flush=True)"
    )
    with child:
        assert child.stdout is not None
        grandchild = int(child.stdout.readline())
        assert child.wait(timeout=20) == 0
        assert platform.end_group(child) == 0
        assert platform.end_group(child) == 0  # ending what has ended is no error
        assert _wait_until_gone(grandchild)


class FakeProcess:
    """A child on Windows: notes what it was sent, and ends when it is killed by `taskkill`."""

    def __init__(self, *, obeys: bool) -> None:
        self.pid = 4321
        self.sent: list[object] = []
        self._obeys = obeys
        self.killed = False

    def poll(self) -> int | None:
        """Still running until it was asked and obeys."""
        return 0 if self.killed or (self.sent and self._obeys) else None

    def send_signal(self, number: object) -> None:
        """Note the signal."""
        self.sent.append(number)

    def wait(self, timeout: float) -> int:
        """Return the status, or run into the timeout."""
        if self.poll() is None:
            raise subprocess.TimeoutExpired("child", timeout)
        return 1 if self.killed else 0


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the module take this machine for Windows."""
    monkeypatch.setattr(platform.sys, "platform", "win32")
    monkeypatch.setattr(platform.signal, "CTRL_BREAK_EVENT", 1, raising=False)
    monkeypatch.setattr(platform.signal, "SIGBREAK", signal.SIGTERM, raising=False)
    monkeypatch.setattr(platform.subprocess, "CREATE_NEW_PROCESS_GROUP", 512, raising=False)
    monkeypatch.delattr(platform.os, "killpg", raising=False)
    monkeypatch.delattr(platform.signal, "SIGKILL", raising=False)
    monkeypatch.delattr(platform.signal, "SIGHUP", raising=False)


@pytest.mark.usefixtures("windows")
def test_windows_simulated_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has no killpg: a console event asks, taskkill ends the tree. No POSIX name may be touched on the way."""
    commands: list[list[str]] = []
    deaf = FakeProcess(obeys=False)

    def run(command: list[str], **_options: Any) -> None:
        commands.append(command)
        deaf.killed = True

    monkeypatch.setattr(platform.subprocess, "run", run)
    assert platform.own_group() == {"creationflags": 512}
    obedient: Any = FakeProcess(obeys=True)
    assert platform.end_group(obedient, grace=0.01) == 0
    assert (obedient.sent, commands) == ([1], [])
    stubborn: Any = deaf
    assert platform.end_group(stubborn, grace=0.01) == 1
    assert commands == [["taskkill", "/F", "/T", "/PID", "4321"]]
    assert signal.SIGINT in platform.ending_signals()


@pytest.mark.usefixtures("windows")
def test_windows_simulated_replacing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A virus scanner that holds a file for a moment is waited for; a file that stays open is an error."""
    monkeypatch.setattr(platform.time, "sleep", lambda _seconds: None)
    refusals = iter([True, True, False])
    real = Path.replace

    def sometimes(self: Path, target: Path) -> Path:
        if next(refusals, True):
            raise PermissionError(13, "used by another process")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", sometimes)
    (tmp_path / "new").write_text("new")
    platform.replace(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old").read_text() == "new"
    with pytest.raises(PermissionError):
        platform.replace(tmp_path / "old", tmp_path / "other")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True

    def fileno(self) -> int:
        """Some descriptor."""
        return 1


@posix_only
def test_colour_needs_a_terminal() -> None:
    """Escape sequences in a file or a pipe, or on a terminal that cannot show them, are rubbish."""
    assert platform.can_show_color(Terminal(), {"TERM": "xterm"})
    assert not platform.can_show_color(Terminal(), {"TERM": "dumb"})
    assert not platform.can_show_color(io.StringIO(), {"TERM": "xterm"})


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize("console_can", [True, False])
def test_windows_simulated_colour(monkeypatch: pytest.MonkeyPatch, *, console_can: bool) -> None:
    """The console is asked to read escape sequences; one from before Windows 10 refuses."""
    modes: list[int] = []

    class Kernel32:
        """The two calls that are needed."""

        @staticmethod
        def GetConsoleMode(_handle: int, mode: Any) -> int:
            """Tell the present mode."""
            mode._obj.value = 0b10
            return 1

        @staticmethod
        def SetConsoleMode(_handle: int, mode: int) -> int:
            """Note the mode that was asked for."""
            modes.append(mode)
            return int(console_can)

    console = types.SimpleNamespace(kernel32=Kernel32)
    handles = types.SimpleNamespace(get_osfhandle=lambda descriptor: descriptor)
    monkeypatch.setattr(ctypes, "windll", console, raising=False)
    monkeypatch.setitem(sys.modules, "msvcrt", handles)  # type: ignore[arg-type]
    assert platform.can_show_color(Terminal(), {}) is console_can
    assert modes == [0b111]


@posix_only
def test_a_process_is_told_from_a_later_one_of_its_number() -> None:
    """A lock file names its holder by number, and numbers are used again."""
    with _start("import time; time.sleep(60)") as child:
        mark = platform.process_mark(child.pid)
        assert mark
        assert mark == platform.process_mark(child.pid)
        platform.end_group(child)
    assert platform.process_mark(child.pid) == ""
    assert platform.process_mark(os.getpid())
    assert platform.process_mark(0) == ""


@posix_only
def test_a_process_that_ended_and_was_not_asked_for_does_not_run() -> None:
    """Its number stays taken until its parent asks; a lock of such a process would never be given up."""
    with _start("pass") as child:
        deadline = time.monotonic() + 10
        while platform.process_mark(child.pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert platform.process_mark(child.pid) == ""
