"""The program as people and programs call it: the shapes of its JSON, its exit codes, and one sentence for what is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from apps.simon.tests.family import WEILS


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the family by hand."""
    file = tmp_path_factory.mktemp("cli") / "weils.ged"
    file.write_text(WEILS, "utf-8")
    return file


def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "gemwright_simon", *arguments],
        input=given,
        capture_output=True,
        text=True,
        timeout=50,
        env={**os.environ, "GEMWRIGHT_SEARCH_PORTS": "off"},
        check=False,
    )


def test_open_reports_an_import_for_programs(family: Path) -> None:
    """The ten fields of an import report."""
    report = json.loads(run("open", str(family), "--json").stdout)
    assert (report["people"], report["families"], report["sources"], report["lost"]) == (12, 4, 1, 0)
    assert report["version"] == "GEDCOM 5.5.1"
    assert set(report) >= {"encoding", "encoding_reason", "producer", "warnings", "notes"}


def test_ask_answers_with_evidence_and_says_who_answered(family: Path) -> None:
    """The object of one answer."""
    done = run("ask", "Where was Maria Falk born?", "--tree", str(family), "--json", "--no-model")
    answer = json.loads(done.stdout)
    assert answer == {
        "id": None,
        "answer": "Maria Falk [I3] was born in Alzey, Palatinate, Germany.",
        "answered_by": "clerk",
        "declined": False,
        "evidence": [
            {
                "handle": "I3.BIRT",
                "text": "Maria Falk: born 11 FEB 1812 Alzey, Palatinate, Germany",
                "source": "S1 p.44 q3",
            }
        ],
        "claims": {"supported": 0, "repaired": 0, "struck": 0},
    }


def test_ask_takes_many_lines_and_keeps_conversations_apart(family: Path) -> None:
    """Lines with a conversation share whom they are about, lines without one stand alone."""
    lines = [
        {"id": 1, "question": "When was Maria Falk born?", "conversation": "a"},
        {"id": 2, "question": "When was Karl Falk born?", "conversation": "b"},
        {"id": "3", "question": "When did she die?", "conversation": "a"},
        {"id": 4, "question": "When did she die?"},
        {"id": 5, "question": "Write a poem about the sea."},
    ]
    done = run(
        "ask", "--jsonl", "--tree", str(family), "--no-model", given="".join(json.dumps(one) + "\n" for one in lines)
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["id"] for one in answers] == [1, 2, "3", 4, 5]
    assert "20 JAN 1884" in answers[2]["answer"]
    assert "Whom do you mean" in answers[3]["answer"]
    assert [one["declined"] for one in answers] == [False, False, False, False, True]


def test_lines_that_are_no_question_are_told_and_passed_over(family: Path) -> None:
    """Every other line has its answer, the same object as with --json; the exit code says that something was wrong."""
    lines = (
        "{",
        "[]",
        '{"id": 1}',
        '{"id": 2, "question": "When was Maria Falk born?"}',
        '{"question": 7}',
        "",
        "[" * 9000,
    )
    done = run("ask", "--jsonl", "--tree", str(family), "--no-model", given="\n".join(lines) + "\n")
    alone = run("ask", "When was Maria Falk born?", "--json", "--tree", str(family), "--no-model")
    assert [json.loads(one) for one in done.stdout.splitlines()] == [json.loads(alone.stdout) | {"id": 2}]
    assert done.returncode == 2
    told = [line for line in done.stderr.splitlines() if "is no question" in line]
    assert [line.split()[1] for line in told] == ["1", "2", "3", "5", "7"]
    assert "Traceback" not in done.stderr


def test_a_chat_that_is_kept_goes_on(family: Path, tmp_path: Path) -> None:
    """What was said is known in the next process; a file that is no transcript is refused in one sentence."""
    kept = str(tmp_path / "talk.sqlite")
    run(str(family), "--no-model", "--transcript", kept, given="When was Maria Falk born?\n")
    done = run(str(family), "--no-model", "--transcript", kept, given="When did she die?\n")
    assert "Going on with a conversation of 1 question." in done.stdout
    assert "20 JAN 1884" in done.stdout
    wrong = run(str(family), "--no-model", "--transcript", str(family), given="When did she die?\n")
    assert wrong.returncode != 0 and "is no transcript" in wrong.stderr and "Traceback" not in wrong.stderr


def test_a_file_opens_the_chat_with_a_report_and_answers_from_a_pipe(family: Path) -> None:
    """The import report first, then an answer with its line of evidence."""
    done = run(str(family), "--no-model", given="When was Maria Falk born?\n/forms\n/quit\n")
    assert done.returncode == 0
    assert "12 people, 4 families, 1 sources" in done.stdout
    assert "born 11 FEB 1812 Alzey, Palatinate, Germany [I3.BIRT] {S1 p.44 q3}" in done.stdout
    assert "ollama pull gemma4:e2b" in done.stdout


def test_the_demonstration_needs_no_file() -> None:
    """A made-up family, which says so."""
    done = run("--demo", "--no-model", given="How many people are in the tree?\n")
    assert done.returncode == 0
    assert "A made-up family" in done.stdout
    assert "people," in done.stdout.rsplit("/quit", 1)[1]


def test_a_tool_is_called_by_hand(family: Path) -> None:
    """What a model would read; a call that cannot be answered ends with 1."""
    done = run("tool", "lookup_person", "--tree", str(family), "--args", '{"person": "I3"}')
    assert done.returncode == 0
    assert "Maria Falk [I3]" in done.stdout
    assert run("tool", "no_such", "--tree", str(family)).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("open", "missing.ged"), "missing.ged"),
        (("ask", "--tree", "FAMILY"), "no question was asked"),
        (("tool", "lookup_person", "--tree", "FAMILY", "--args", "{"), "--args is not JSON"),
        (("ask", "When?", "--tree", "FAMILY", "--no-model", "--home", "Jakob Weil"), "2 people fit"),
        (("chat",), "no family tree was named"),
        (("ask", "When?", "--tree", "FAMILY", "--endpoint", "no address"), "an address may not hold spaces"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(family: Path, arguments: tuple[str, ...], says: str) -> None:
    """Exit code 2, no traceback, and what to do."""
    done = run(*(str(family) if one == "FAMILY" else one for one in arguments))
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 3


def test_a_server_that_is_gone_leaves_the_clerk(family: Path) -> None:
    """The answer comes by code, and the reason is told."""
    done = run("ask", "When was Maria Falk born?", "--tree", str(family), "--json", "--endpoint", "http://127.0.0.1:9")
    assert json.loads(done.stdout)["answered_by"] == "clerk"
    assert "11 FEB 1812" in json.loads(done.stdout)["answer"]
    assert "the clerk answered" in done.stderr
