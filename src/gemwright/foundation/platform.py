"""What differs between Linux, macOS and Windows: the only file that may name it.

Knows: process groups, signals, the replacing of files, terminals.
Never knows: why a process is started or a file written.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

__all__ = ["can_show_color", "end_group", "ending_signals", "own_group", "process_mark", "replace", "total_memory"]

_REPLACE_TRIES = 10
_REPLACE_PAUSE = 0.05
_WINDOWS_KILL_SECONDS = 10.0


def own_group() -> dict[str, Any]:
    """Return the arguments for `subprocess.Popen` that put a child and its children into a group of their own.

    A group can be ended whole, and does not get the Ctrl-C that the terminal sends to ours.
    """
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def end_group(process: subprocess.Popen[Any], *, grace: float = 5.0) -> int:
    """End a child that was started with `own_group()`, and everything it started.

    Args:
        process: the child; one that has ended already is only cleared of what it left behind.
        grace: seconds it gets to end by itself before it is killed.

    Returns:
        The child's exit status.
    """
    if process.poll() is None:
        _ask_to_end(process)
        try:
            process.wait(timeout=grace)
        except subprocess.TimeoutExpired:
            _kill_group(process)
    if sys.platform != "win32":
        _kill_group(process)  # the child is gone; what it started may have ignored the request
    return process.wait(timeout=_WINDOWS_KILL_SECONDS)


def _ask_to_end(process: subprocess.Popen[Any]) -> None:
    try:
        if sys.platform == "win32":
            process.send_signal(signal.CTRL_BREAK_EVENT)
        else:
            os.killpg(process.pid, signal.SIGTERM)
    except (ProcessLookupError, PermissionError, OSError):
        return  # it ended in between


def _kill_group(process: subprocess.Popen[Any]) -> None:
    if sys.platform == "win32":
        command = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        subprocess.run(command, check=False, capture_output=True, timeout=_WINDOWS_KILL_SECONDS)  # noqa: S603 - fixed words and a number
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def ending_signals() -> tuple[signal.Signals, ...]:
    """Return the signals by which a person or the system asks this process to end."""
    if sys.platform == "win32":
        return (signal.SIGINT, signal.SIGTERM, signal.SIGBREAK)
    return (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def process_mark(number: int) -> str:
    """Return what tells a running process from a later one of the same number; empty where none of that number runs.

    On Linux and Windows that is when it began; elsewhere only that it runs. A process that has ended and that nobody
    asked for its status yet does not run.

    Args:
        number: of the process.
    """
    if number <= 0:
        return ""
    if sys.platform == "win32":
        return _windows_process_mark(number)
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass  # it runs, for somebody else
    try:
        after_name = Path(f"/proc/{number}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return "runs"
    return "" if after_name[0] in "ZX" else f"{boot}:{after_name[19]}"  # proc_pid_stat(5): field 22, starttime


def _windows_process_mark(number: int) -> str:
    """Ask Windows for the time at which a process began."""
    import ctypes

    query_limited_information, still_active = 0x1000, 259
    kernel32: Any = vars(ctypes)["windll"].kernel32
    handle: Any = kernel32.OpenProcess(query_limited_information, False, number)
    if not handle:
        return ""
    try:
        code = ctypes.c_ulong()
        times = [ctypes.c_ulonglong() for _ in range(4)]
        kernel32.GetExitCodeProcess(handle, ctypes.byref(code))
        kernel32.GetProcessTimes(handle, *(ctypes.byref(time) for time in times))
        return str(times[0].value) if code.value == still_active else ""
    finally:
        kernel32.CloseHandle(handle)


def replace(source: Path, target: Path) -> None:
    """Put `source` in the place of `target` at once, so that a reader sees the old file or the new one.

    Windows refuses while another process has the target open, which is short for the files we write: it is tried again
    for half a second.

    Raises:
        OSError: it could not be replaced.
    """
    tries = _REPLACE_TRIES if sys.platform == "win32" else 1
    for left in reversed(range(tries)):
        try:
            source.replace(target)
        except PermissionError:
            if left == 0:
                raise
            time.sleep(_REPLACE_PAUSE)
        else:
            return


def can_show_color(stream: IO[Any], environ: Mapping[str, str]) -> bool:
    """Return whether a stream is a terminal that shows colours by escape sequences.

    `NO_COLOR` and `FORCE_COLOR` are settings and not looked at here: see `gemwright.foundation.config`.
    """
    if not stream.isatty() or environ.get("TERM") == "dumb":
        return False
    return sys.platform != "win32" or _turn_escapes_on(stream.fileno())


def _turn_escapes_on(descriptor: int) -> bool:
    """Ask the Windows console to read escape sequences; older consoles cannot."""
    import ctypes
    import msvcrt

    processed_output, terminal_sequences = 0x0001, 0x0004
    kernel32: Any = vars(ctypes)["windll"].kernel32
    handle: Any = vars(msvcrt)["get_osfhandle"](descriptor)
    mode = ctypes.c_ulong()
    if not kernel32.GetConsoleMode(handle, ctypes.byref(mode)):
        return False
    return bool(kernel32.SetConsoleMode(handle, mode.value | processed_output | terminal_sequences))


def total_memory() -> int | None:
    """Return the bytes of this machine's memory, or None where the system does not say it in a simple way."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None
