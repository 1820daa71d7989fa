"""Kill -9 in the middle of a question: the conversation goes on, the question that was open is answered, nothing is lost.

Real processes of `gemwright-simon chat --transcript`, the demo model through real llama.cpp. Two are killed in `make test`,
twenty in `make prove`, each at another moment.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from apps.simon.tests.family import WEILS
from gemwright.agent import Transcript
from gemwright.launch.embedded import Engine
from gemwright_simon.conversation import Historian
from gemwright_simon.tree import open_tree

PROVE = os.environ.get("GEMWRIGHT_PROVE") == "1"
MOMENTS = range(20) if PROVE else (2, 9)
FIRST, SECOND, THIRD = "When was Maria Falk born?", "Who was her father?", "When did he die?"


def chat(tree: Path, talk: Path, engine: Engine) -> subprocess.Popen[str]:
    """Start a chat whose conversation is kept."""
    return subprocess.Popen(
        [
            sys.executable,
            "-u",
            "-m",
            "gemwright_simon",
            "chat",
            str(tree),
            "--transcript",
            str(talk),
            "--endpoint",
            engine.url,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ.copy(),
    )


def read_until(child: subprocess.Popen[str], text: str) -> str:
    """Read what a chat says up to a line with a text in it."""
    said = ""
    for line in child.stdout or ():
        said += line
        if text in line:
            return said
    raise AssertionError(f"{text!r} was not said: {said}")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("number", MOMENTS)
def test_killed_in_the_middle_of_a_question_a_chat_goes_on(tmp_path: Path, engine: Engine, number: int) -> None:
    """What was asked is there, what was answered is there, and pronouns mean whom they meant before."""
    tree, talk = tmp_path / "weils.ged", tmp_path / "talk.sqlite"
    tree.write_text(WEILS, "utf-8")
    child = chat(tree, talk, engine)
    try:
        assert child.stdin is not None
        child.stdin.write(FIRST + "\n")
        child.stdin.flush()
        read_until(child, "11 FEB 1812")
        child.stdin.write(SECOND + "\n")
        child.stdin.flush()
        time.sleep(0.06 * number)
    finally:
        child.kill()
        child.communicate()
    with Transcript(talk) as kept:
        before = kept.entries()
    taken = sum(one.kind == "asked" for one in before)
    open_one = taken == 2 and not any(one.kind == "amended" for one in before[-1:])
    assert taken in (1, 2)
    asked = ([SECOND] if taken == 1 else []) + [THIRD]
    child = chat(tree, talk, engine)
    said, _ = child.communicate("".join(one + "\n" for one in asked), timeout=100)
    assert child.returncode == 0, said
    assert f"Going on with a conversation of {taken} question" in said
    assert ("Left open:" in said) == open_one, said
    assert "3 MAR 1851" in said
    with Transcript(talk) as kept:
        after = kept.entries()
    assert after[: len(before)] == before
    with open_tree(tree, cache=tmp_path / "cache") as opened, Transcript(talk) as kept:
        questions = Historian(opened, transcript=kept).conversation.state.questions
    assert [one.ended is not None for one in questions] == [True] * 3
    assert "11 FEB 1812" in str(questions[0].answer)
    assert "[I1]" in str(questions[1].answer)
    assert "3 MAR 1851" in str(questions[2].answer)
