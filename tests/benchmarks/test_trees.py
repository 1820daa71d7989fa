"""The comparison of tree readers: every case is one that Simon reads, and a wrong answer is seen as one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.tree_cases import CASES, MARIA
from benchmarks.trees import right

CHILD = Path(__file__).parents[2] / "benchmarks" / "peers" / "tree_child.py"


def test_simon_finds_everybody_in_every_case(tmp_path: Path) -> None:
    """By the same child process and the same judgement as the others."""
    files = [tmp_path / f"{at}.ged" for at in range(len(CASES))]
    for file, case in zip(files, CASES, strict=True):
        file.write_bytes(case.data)
    command = [sys.executable, str(CHILD), "gemwright-simon", "list", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    wrong = [case.name for case, answer in zip(CASES, answers, strict=True) if not right(case, answer)]
    assert wrong == []
    assert all(answer["peak_mb"] > 5 for answer in answers)


def test_what_is_missing_or_garbled_is_wrong() -> None:
    """One letter, one person too few, one too many, an error."""
    case = CASES[0]
    assert right(case, {"people": [["Maria /Weil/", "11 FEB 1731", "Alzey "]]})
    for people in ([], [["Maria Weyl", *MARIA[1:]]], [MARIA, MARIA], [[MARIA[0], "1731", "Alzey"]]):
        assert not right(case, {"people": people})
    assert not right(case, {"error": "UnicodeDecodeError"})
