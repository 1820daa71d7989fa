"""`check`, `gaps` and `duplicates` as people and programs call them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from apps.simon.tests.family import WEILS
from gemwright_simon.cli.main import main

TWIN = """0 @I20@ INDI
1 NAME Marie /Falck/
1 SEX F
1 BIRT
2 DATE 11 FEB 1812
1 DEAT
2 DATE 1884
"""


@pytest.fixture
def family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with the family by hand and a second record of one of them; the index goes to a folder of its own."""

    def folder(*_: object, **__: object) -> Path:
        return tmp_path / "cache"

    monkeypatch.setattr("platformdirs.user_cache_path", folder)
    file = tmp_path / "weils.ged"
    file.write_text(WEILS.replace("0 TRLR\n", f"{TWIN}0 TRLR\n"), "utf-8")
    return file


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command in this process; return its exit code and what it wrote."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    said = capsys.readouterr()
    code = ended.value.code
    return (code if isinstance(code, int) else 0), said.out, said.err


def test_check_without_errors_ends_with_0(family: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Findings are told for people and for programs; notes can be left out."""
    code, said, _ = run(capsys, "check", str(family))
    assert code == 0 and "12 people checked, 1 hidden" in said and "note: unconnected (1)" in said
    assert "Marie Falck [I20] belongs to no family of this tree." in said
    code, said, _ = run(capsys, "check", str(family), "--severity", "warning")
    assert code == 0 and "unconnected" not in said and "0 errors, 0 warnings, 1 note" in said


def test_check_with_errors_ends_with_1(family: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The object for programs holds the severity, the handles and the sentence of each finding."""
    family.write_text(family.read_text("utf-8").replace("2 DATE 3 MAR 1851", "2 DATE 3 MAR 1751"), "utf-8")
    code, said, _ = run(capsys, "check", str(family), "--json")
    told = json.loads(said)
    assert code == 1 and told["errors"] == len([one for one in told["findings"] if one["severity"] == "error"]) >= 1
    assert told["findings"][0] == {
        "kind": "death_before_birth",
        "severity": "error",
        "handles": ["I1", "I1.DEAT", "I1.BIRT"],
        "text": "Simon Falk [I1]: the death 3 MAR 1751 lies before the birth ABT 1782.",
    }
    assert set(told) == {"people", "hidden", "file_hash", "errors", "warnings", "notes", "counts", "findings"}


def test_gaps_begin_with_the_direct_line(family: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By name or handle; whoever is not there is told in one sentence."""
    code, said, _ = run(capsys, "gaps", str(family), "--home", "Anna Weil", "--json", "--limit", "3")
    told = json.loads(said)
    assert code == 0 and told["gaps"][0]["generation"] == 0 and len(told["gaps"]) == 3 < told["total"]
    code, said, _ = run(capsys, "gaps", str(family), "--home", "I7", "--limit", "4")
    assert code == 0 and "\nhome\n" in said and f"and {told['total'] - 4} more gaps" in said
    code, _, problem = run(capsys, "gaps", str(family), "--home", "Livia Hiddenstein")
    assert code == 2 and "no people fit" in problem


def test_duplicates_have_a_score_and_reasons(family: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is merged: both records are named."""
    code, said, _ = run(capsys, "duplicates", str(family), "--json")
    (pair,) = json.loads(said)["pairs"]
    assert code == 0 and pair["handles"] == ["I3", "I20"] and 60 <= pair["score"] <= 100
    assert {"surname that sounds the same", "same day of birth"} <= set(pair["reasons"])
    assert run(capsys, "duplicates", str(family))[1].startswith("1 pair may be one person each\n  Maria Falk [I3] and")


def test_living_people_stay_hidden_in_all_three(family: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither name, place nor handle."""
    for command in ("check", "gaps", "duplicates"):
        for form in ((), ("--json",)):
            said = run(capsys, command, str(family), *form, "--limit", "0")[1]
            assert not [word for word in ("Livia", "Hiddenstein", "Secretville", "I12") if word in said], command
