"""Fetches peers by hash and unpacks the few modules that are needed; nothing is installed.

`pip download --no-deps --require-hashes` against `requirements/bench.txt`, one wheel at a time, each deleted once it is
unpacked: the largest holds a third of a gigabyte of compiled code that nothing here runs.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from benchmarks.peers import Wheel

__all__ = ["CACHE", "LOCK", "Unavailable", "pinned", "unpacked"]

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "bench"
LOCK = ROOT / "requirements" / "bench.txt"
DOWNLOAD_SECONDS = 900


class Unavailable(Exception):
    """A peer cannot take part; the message says why."""


def pinned(lock: Path = LOCK) -> dict[str, str]:
    """Return each distribution's requirement, hashes included, as the lock spells it."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in lock.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line[0].isspace():
            name = line.partition("==")[0].strip()
        found.setdefault(name, []).append(line)
    return {name: "\n".join(lines) + "\n" for name, lines in found.items()}


def unpacked(wheel: Wheel, *, download: bool) -> Path:
    """Return the folder with the wheel's modules, fetching it first if need be.

    Args:
        wheel: which wheel, and what to keep of it.
        download: whether the network may be used.

    Raises:
        Unavailable: it is not here and cannot be had.
    """
    requirement = pinned().get(wheel.name)
    if requirement is None:
        raise Unavailable(f"{wheel.name} is not in {LOCK.name}")
    version = requirement.partition("==")[2].split()[0]
    folder = (
        CACHE / "peers" / "-".join((wheel.name, version, *([sys.implementation.cache_tag] if wheel.native else ())))
    )
    kept = folder / ".kept"
    if kept.is_file() and kept.read_text(encoding="utf-8") == repr(wheel.keep):
        return folder
    if not download:
        raise Unavailable("not fetched, and --no-fetch was given")
    _fetch(wheel, requirement, folder)
    return folder


def _fetch(wheel: Wheel, requirement: str, folder: Path) -> None:
    print(f"fetching {requirement.split()[0]}", file=sys.stderr)
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        place = Path(scratch)
        wanted = place / "wanted.txt"
        wanted.write_text(requirement, encoding="utf-8")
        _download(wanted, place)
        _unpack(next(place.glob("*.whl")), wheel, place / "modules")
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        (place / "modules").rename(folder)


def _download(wanted: Path, place: Path) -> None:
    options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--quiet", "--disable-pip-version-check"]
    patience = ["--retries", "1", "--timeout", "20"]
    command = [sys.executable, "-m", "pip", "download", *options, *patience, "-d", str(place), "-r", str(wanted)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"download took longer than {DOWNLOAD_SECONDS} s") from None
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise Unavailable(
            "no wheel could be downloaded: " + (errors[-1].removeprefix("ERROR: ") if errors else "pip failed")
        )


def _unpack(archive: Path, wheel: Wheel, target: Path) -> None:
    endings = (".py", ".so", ".pyd") if wheel.native else (".py",)
    with zipfile.ZipFile(archive) as content:
        names = [n for n in content.namelist() if n.startswith(wheel.keep) and n.endswith(endings)]
        missing = [prefix for prefix in wheel.keep if not any(n.startswith(prefix) for n in names)]
        if missing:
            raise Unavailable(f"{archive.name} has no {', '.join(missing)}")
        content.extractall(target, names)
    (target / ".kept").write_text(repr(wheel.keep), encoding="utf-8")
