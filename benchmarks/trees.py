"""Simon's reader side by side with other readers of GEDCOM: broken files that come out right, and the cost of a large one."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path
from typing import Any, Final

from benchmarks.peers.fetch import CACHE, DOWNLOAD_SECONDS, ROOT, Unavailable
from benchmarks.report import number, seconds, table
from benchmarks.tree_cases import CASES, Case, Found
from gemwright_simon.generate import write_family

__all__ = ["READERS", "main", "right"]

LOCK: Final = ROOT / "requirements" / "tree-peers.lock"
OURS: Final = "gemwright-simon"
READERS: Final = (OURS, "ged4py", "fastgedcom", "gedcom7", "python-gedcom")
FILES_SECONDS: Final = 60.0
LARGE_SECONDS: Final = 600.0


def main(*, quick: bool, download: bool) -> dict[str, Any]:
    """Measure, print the tables, and return the figures.

    Args:
        quick: a large tree of five thousand people instead of a hundred thousand.
        download: whether the other readers may be fetched.
    """
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="gemwright-trees-") as place:
        folder = Path(place)
        size = 5_000 if quick else 100_000
        large = folder / "large.ged"
        write_family(large, 1, size)
        for reader in READERS:
            print(f"trees: {reader}", file=sys.stderr)
            try:
                modules = None if reader == OURS else _peers(download=download)
            except Unavailable as reason:
                found[reader] = {"unavailable": str(reason)}
                continue
            found[reader] = {"cases": _cases(reader, modules, folder), "large": _large(reader, modules, large)}
    _print(found, size)
    return {"people": size, "readers": found}


def _peers(*, download: bool) -> Path:
    """Return the folder that the other readers are installed in, by hash.

    Raises:
        Unavailable: they are not here and cannot be had.
    """
    target = CACHE / "trees"
    stamp, wanted = target / ".lock", hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return target
    if not download:
        raise Unavailable("not fetched, and --no-fetch was given")
    options = ["--no-deps", "--require-hashes", "--quiet", "--disable-pip-version-check", "--upgrade"]
    patience = ["--retries", "1", "--timeout", "20"]
    command = [sys.executable, "-m", "pip", "install", *options, *patience, "--target", str(target), "-r", str(LOCK)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"installing took longer than {DOWNLOAD_SECONDS} s") from None
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise Unavailable(errors[-1].removeprefix("ERROR: ") if errors else "pip failed")
    stamp.write_text(wanted, "utf-8")
    return target


def _read(reader: str, modules: Path | None, task: str, files: list[Path], limit: float) -> list[dict[str, Any]]:
    """Return what a reader says of each file; a reader that takes too long or dies gives an error for the file it was at."""
    child = Path(__file__).with_name("peers") / "tree_child.py"
    command = [sys.executable, str(child), reader, task, *map(str, files)]
    environment = {"PYTHONPATH": str(modules)} if modules else None
    problem = "the process ended"
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=limit, check=False, env=environment, cwd=files[0].parent
        )
        said = done.stdout
        problem = (done.stderr.strip().splitlines() or [problem])[-1][:200]
    except subprocess.TimeoutExpired as late:
        said = late.stdout.decode() if isinstance(late.stdout, bytes) else ""
        problem = f"no answer within {limit:g} s"
    answers = [json.loads(line) for line in said.splitlines() if line.endswith("}")][: len(files)]
    if len(answers) < len(files):
        answers.append({"error": problem})
        rest = files[len(answers) :]
        answers += _read(reader, modules, task, rest, limit) if rest else []
    return answers


def right(case: Case, answer: dict[str, Any]) -> bool:
    """Tell whether a reader found everybody in a file, with name, date and place of birth as recorded."""
    people = answer.get("people")
    return people is not None and sorted(map(_plain, people)) == sorted(map(_plain, case.people))


def _plain(person: Found | list[str]) -> Found:
    composed = (unicodedata.normalize("NFC", str(one)) for one in person)
    name, date, place = (" ".join(one.replace("/", " ").split()) for one in composed)
    return name, date, place


def _cases(reader: str, modules: Path | None, folder: Path) -> dict[str, Any]:
    wrong: list[str] = []
    failed = 0
    files = [folder / f"case{at}.ged" for at in range(len(CASES))]
    for file, case in zip(files, CASES, strict=True):
        file.write_bytes(case.data)
    for case, answer in zip(CASES, _read(reader, modules, "list", files, FILES_SECONDS), strict=True):
        if not right(case, answer):
            wrong.append(case.name)
            failed += "error" in answer
    return {"right": len(CASES) - len(wrong), "refused": failed, "wrong": wrong}


def _large(reader: str, modules: Path | None, file: Path) -> dict[str, Any]:
    return _read(reader, modules, "count", [file], LARGE_SECONDS)[-1]


def _print(found: dict[str, Any], size: int) -> None:
    ours = found[OURS]["large"]
    rows: list[list[str]] = []
    for reader, one in found.items():
        if "unavailable" in one:
            rows.append([reader, *["-"] * 7])
            continue
        cases, large = one["cases"], one["large"]
        total = f"{cases['right']} of {len(CASES)}"
        if "error" in large:
            rows.append([reader, total, str(cases["refused"]), "-", "-", "-", "-", "-"])
            continue
        ratios = [f"{number(large[name] / ours[name])} x" for name in ("cpu_s", "peak_mb")]
        took = [seconds(large["cpu_s"]), ratios[0], f"{large['peak_mb']:.0f} MB", ratios[1]]
        rows.append([reader, total, str(cases["refused"]), f"{large['count']:,}", *took])
    head = ["reader", "files right", "refused", f"people of {size:,}", "CPU", "ours = 1", "peak", "ours = 1"]
    print(table("Family trees: files that come out right, and a large one", head, rows, names=1))
    print("\nThe broken files are like the tests of Simon, which was written against them; the others were not.")
    print(
        "Simon's time makes the whole index on disk, which answers searches; the others read the file, and forget it."
    )
    for reader, one in found.items():
        if "unavailable" in one:
            print(f"{reader}: {one['unavailable']}")
        elif "error" in one["large"]:
            print(f"{reader}, the large tree: {one['large']['error']}")
    for reader, one in found.items():
        if one.get("cases", {}).get("wrong"):
            print(f"{reader}, wrong: {', '.join(one['cases']['wrong'])}")
