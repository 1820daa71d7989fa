"""`gemwright why`: how an answer came about, of a file or of the last answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gemwright.cli.turns import LAST, show_events
from gemwright.foundation.errors import RuntimeGarbled
from gemwright.messages import (
    Event,
    IncompleteCall,
    Repair,
    Text,
    TextDelta,
    Turn,
    TurnEnded,
    TurnStarted,
    Usage,
    turn_from_json,
    turn_to_json,
)
from tests.cli.program import data, gemwright, saved

TURN = Turn(
    parts=(Text("At two.\x1b[2J"),),
    usage=Usage(20, 5, 10),
    repairs=(Repair("made-up-id", 2, "tide"), Repair("of-a-later-version")),
    incomplete=(IncompleteCall("tide", "{", "its arguments are no JSON"),),
    runtime="ollama",
    version="0.32.1",
    model="gemma4:e2b\x1b[31m",
    lane="chat",
    lane_why="the conversation holds media",
    dialect="the runtime's own template",
    note="a note",
    ignored=("tool_choice", "seed"),
    quirks=("ollama/thinking-eats-num-predict",),
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, so that nobody else's last answer is seen; returns where ours would be."""
    monkeypatch.setenv("GEMWRIGHT_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "state" / LAST


def told() -> Iterator[Event]:
    """An answer as it arrives."""
    yield TurnStarted("llama.cpp", "m", "raw", version="b1", lane_why="the runtime takes token ids")
    yield TextDelta("Hi.")
    yield TurnEnded("stop")


def test_a_file_is_explained(tmp_path: Path) -> None:
    """Everything that a turn says of itself, a fact a line, and nothing in it drives the terminal."""
    done = gemwright("why", saved(tmp_path, turn_to_json(TURN)))
    assert done.exit_code == 0, done.stderr
    rows = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    assert rows["runtime"] == "ollama 0.32.1"
    assert rows["lane"] == "chat: the conversation holds media"
    assert rows["ignored"] == "tool_choice, seed"
    assert rows["known"].startswith("ollama/thinking-eats-num-predict")
    assert "20 in, 5 out, 10 from the cache" in done.stdout
    assert "made-up-id 2 times (tide): a call without an id" in done.stdout and "of-a-later-version" in done.stdout
    assert "its arguments are no JSON" in done.stdout and "GW-E401" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_program_gets_the_whole_turn(tmp_path: Path) -> None:
    """The JSON is the turn again, with its problem."""
    value = data(gemwright("why", "--json", saved(tmp_path, turn_to_json(TURN))))
    assert turn_from_json(value) == TURN and value["problem"]["code"] == "GW-E401"
    good = Turn(parts=(Text("Hi."),))
    assert data(gemwright("why", "-", "--json", given=json.dumps(turn_to_json(good))))["problem"] is None


def test_the_last_answer_is_kept(home: Path) -> None:
    """What was shown is what is explained."""
    assert show_events(told()).text == "Hi."
    assert turn_from_json(json.loads(home.read_text("utf-8"))).lane_why == "the runtime takes token ids"
    done = gemwright("why")
    assert done.exit_code == 0 and "raw: the runtime takes token ids" in done.stdout
    assert gemwright("why", "last").stdout == done.stdout


def test_an_answer_that_broke_off_is_kept_as_such(home: Path) -> None:
    """That is when somebody asks why."""

    def broken() -> Iterator[Event]:
        yield from list(told())[:2]
        raise RuntimeGarbled("cut")

    with pytest.raises(RuntimeGarbled):
        show_events(broken())
    kept = turn_from_json(json.loads(home.read_text("utf-8")))
    assert (kept.text, kept.finish) == ("Hi.", "error")


def test_nothing_is_kept_where_that_is_switched_off(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And who then asks for it learns why it is not there."""
    monkeypatch.setenv("GEMWRIGHT_KEEP_LAST", "off")
    show_events(told())
    assert not home.exists()
    done = gemwright("why", "last")
    assert done.exit_code == 2 and "there is no last answer yet" in done.stderr and "keep_last is off" in done.stderr


def test_a_disk_that_takes_nothing_is_no_failure(home: Path) -> None:
    """The answer matters more than its record."""
    home.parent.parent.mkdir(exist_ok=True)
    home.parent.write_text("a file where the directory should be", "utf-8")
    assert show_events(told()).text == "Hi."
    assert gemwright("why").exit_code == 2


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"parts": [{"type": "song"}], "finish": "stop"}', "no JSON"])
def test_what_is_no_turn_is_refused(tmp_path: Path, text: str) -> None:
    """With what it should be."""
    path = tmp_path / "turn.json"
    path.write_text(text, "utf-8")
    done = gemwright("why", str(path))
    assert done.exit_code == 2 and "error: " in done.stderr and "Traceback" not in done.stderr


def test_a_run_is_explained(home: Path) -> None:
    """The whole way: a real engine answers, what it said is kept without the prompt, and explained."""
    ran = gemwright("run", "--max-tokens", "8", "--seed", "1", "a secret question")
    assert ran.exit_code == 0, ran.stderr
    assert "secret" not in home.read_text("utf-8") and "127.0.0.1" not in home.read_text("utf-8")
    done = gemwright("why")
    assert "the runtime takes token ids" in done.stdout and "demo model" in done.stdout
    assert "8 out" in done.stdout
