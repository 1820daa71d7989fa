"""Ten seconds of video from the same song: ours, and the waveform video that ffmpeg draws by itself, in one run.

Both are encoded at 1080p30 by x264, veryfast, CRF 18, and muxed with sound. CPU time is that of all processes together, from
the start of the program to the finished file; ours reads and plans the song before that. Memory is that of the largest process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import imageio_ffmpeg

from benchmarks.peers import Peer
from benchmarks.report import table

__all__ = ["main"]

SECONDS, FPS, START = 10, 30, 30
OURS = (sys.executable, "-m", "gemwright_visualizer")
LOOK = "[0:a]showwaves=s=1920x1080:mode=cline:rate=30:colors=0x8f6bff,format=yuv420p[v]"
X264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-c:a", "aac", "-b:a", "384k")


def main(peers: Sequence[Peer], *, quick: bool, download: bool) -> dict[str, Any]:
    """Measure, print the table, and return the figures.

    Args:
        peers: not asked: they parse text.
        quick: two seconds instead of ten.
        download: nothing is fetched.
    """
    del peers, download
    if not hasattr(os, "wait4"):
        print("\nfilms: not measured; this system does not tell the CPU time of a child")
        return {"unavailable": "os.wait4"}
    length = 2 if quick else SECONDS
    print("films: drawing", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="bench-films-") as name:
        folder = Path(name)
        figures = {"gemwright-visualizer": _ours(folder, length), "ffmpeg showwaves": _waves(folder, length)}
    rows = [
        [
            who,
            str(one["frames"]),
            f"{one['frames'] / one['cpu']:.1f}",
            f"{one['wall']:.1f} s",
            f"{one['memory']:.0f} MB",
        ]
        for who, one in figures.items()
    ]
    head = ["program", "frames", "frames a CPU second", "wall", "memory"]
    print(table(f"Films: {length} s of 1080p30 of one song", head, rows, names=1))
    return figures


def _ours(folder: Path, length: int) -> dict[str, float]:
    project = ["--no-model", "--project", str(folder / "project")]
    _run([*OURS, "plan", "--demo", *project])
    before = set((folder / "project").rglob("chunks/*.mp4"))
    place = ["--at", f"0:{START}", "--len", str(length)]
    measured = _run([*OURS, "preview", "--demo", *place, *project])
    chunks = set((folder / "project").rglob("chunks/*.mp4")) - before
    return measured | {"frames": sum(imageio_ffmpeg.count_frames_and_secs(str(chunk))[0] for chunk in chunks)}


def _waves(folder: Path, length: int) -> dict[str, float]:
    song = next((folder / "project" / "cache").glob("demo-*.wav"))
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-ss", str(START), "-t", str(length)]
    command += [
        "-i",
        str(song),
        "-filter_complex",
        LOOK,
        "-map",
        "[v]",
        "-map",
        "0:a",
        *X264,
        "-y",
        str(folder / "waves.mp4"),
    ]
    return _run(command) | {"frames": length * FPS}


def _run(command: Sequence[str]) -> dict[str, float]:
    """Run a program; return its CPU and wall seconds, its children's included, and the largest memory in megabytes."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {said[-300:].decode(errors='replace')}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return {
        "cpu": usage.ru_utime + usage.ru_stime,
        "wall": time.perf_counter() - began,
        "memory": usage.ru_maxrss / unit,
    }
