"""`gemwright run --tools module:function`: real functions, the demo model, a person who is asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gemwright.cli.named_tools import load_tools, names_functions
from gemwright.foundation.errors import BadOption
from gemwright.launch.embedded import Engine
from tests.cli.program import gemwright, process

MODULE = '''
from gemwright.agent import tool


def get_weather(city: str) -> str:
    """Get the weather in a city.

    Args:
        city: city to use
    """
    with open("log.txt", "a", encoding="utf-8") as log:
        log.write(city + "\\n")
    return "weather: 19 degrees \\x1b[31m"


@tool
def get_tide(station: str) -> str:
    """Get the tide at a station.

    Args:
        station: station to use
    """
    return "tide: 3.2 m"


number = 3
'''
QUESTION = "What is the weather in Oslo?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a module of tools."""
    (tmp_path / "towntools.py").write_text(MODULE, "utf-8")
    return tmp_path


def run(folder: Path, engine: Engine, *more: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command with the engine of the session."""
    return process("run", "--endpoint", engine.url, "--temperature", "0", *more, cwd=folder)


def test_functions_are_run_and_the_answer_rests_on_them(folder: Path, engine: Engine) -> None:
    """Calls and the answer are data, results are talk, and neither drives the terminal; the last turn is kept."""
    done = run(folder, engine, "--tools", "towntools:get_weather,get_tide", "--yes", QUESTION)
    assert done.returncode == 0, done.stderr
    out, talk = done.stdout.decode(), done.stderr.decode()
    assert out.splitlines()[0] == 'call: get_weather {"city": "Oslo"}' and "19 degrees" in out.splitlines()[1]
    assert "result of get_weather: weather: 19 degrees" in talk and "\x1b" not in out + talk
    assert (folder / "log.txt").read_text("utf-8") == "Oslo\n"


def test_json_has_the_turn_and_what_the_agent_did(folder: Path, engine: Engine) -> None:
    """One object, which `gemwright why` reads; a conversation goes on in its transcript."""
    more = ("--tools", "towntools:get_weather", "--yes", "--json", "--transcript", "talk.sqlite")
    done = run(folder, engine, *more, QUESTION)
    assert done.returncode == 0, done.stderr
    reply = json.loads(done.stdout)
    assert "19 degrees" in reply["text"] and reply["finish"] == "stop"
    assert (reply["agent"]["ended"], reply["agent"]["steps"]) == ("answered", 2)
    assert reply["agent"]["results"][0]["arguments"] == {"city": "Oslo"}
    again = run(folder, engine, *more, "--resume")
    assert again.returncode == 2 and b"no question is open" in again.stderr
    assert gemwright("why", "-", given=done.stdout).exit_code == 0


def test_tools_of_an_mcp_server_are_run(folder: Path, engine: Engine) -> None:
    """The server is the stand-in of the agent's tests, and ends with the run."""
    server = f"'{sys.executable}' '{Path(__file__).parent.parent / 'agent' / 'mcp_stand_in.py'}' town"
    done = run(folder, engine, "--mcp", server, "--yes", "--json", QUESTION)
    assert done.returncode == 0, done.stderr
    reply = json.loads(done.stdout)
    assert reply["agent"]["results"][0]["result"] == "weather: 31 degrees in Oslo" and "31 degrees" in reply["text"]


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("said", "ran"), [(b"y\n", True), (b"\n", False)])
def test_a_person_is_asked_before_a_tool_runs(folder: Path, engine: Engine, said: bytes, ran: bool) -> None:
    """The question names the tool and its arguments; anything but yes is no."""
    import pty  # there is none on Windows

    environ = {**os.environ, "TERM": "dumb", "NO_COLOR": "1"}
    command = ["-m", "gemwright", "run", "--endpoint", engine.url, "--temperature", "0", "--max-tokens", "60"]
    pid, terminal = pty.fork()
    if pid == 0:  # pragma: no cover - the program itself
        os.chdir(folder)
        os.execve(sys.executable, [sys.executable, *command, "--tools", "towntools:get_weather", QUESTION], environ)  # noqa: S606
    shown = b""
    while b"[y/N]: " not in shown:
        shown += os.read(terminal, 65536)
    assert not (folder / "log.txt").exists()
    assert b'Run get_weather {"city": "Oslo"}?' in shown
    os.write(terminal, said)
    answered = 1
    try:
        while piece := os.read(terminal, 65536):
            shown += piece
            if shown.count(b"[y/N]: ") > answered:  # the model may ask for it again
                os.write(terminal, said)
                answered += 1
    except OSError:
        pass  # the program has ended
    os.waitpid(pid, 0)
    os.close(terminal)
    assert (folder / "log.txt").exists() == ran
    assert (b"did not allow" in shown) == (not ran)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--tools", "towntools:get_weather", "hi"), "nobody can be asked"),
        (("--tools", "nowhere_at_all:get", "--yes", "hi"), "no module `nowhere_at_all`"),
        (("--tools", "json:dumpz", "--yes", "hi"), "did you mean dump"),
        (("--tools", "json:dumps", "--yes", "hi"), "tool `dumps`"),
        (("--tools", "json:dumps", "--must-call", "--yes", "hi"), "would never end"),
        (("--tools", "nowhere.json", "hi"), "nowhere.json"),
        (("--yes", "hi"), "need tools that run"),
        (("--mcp", "server 'half", "--yes", "hi"), "cannot be read: No closing quotation"),
        (("--mcp", "server", "--tools", "tools.json", "hi"), "name one of both"),
        (("--resume", "--tools", "json:dumps", "--yes"), "--transcript FILE"),
    ],
)
def test_what_cannot_be_meant_is_said(arguments: tuple[str, ...], says: str) -> None:
    """Before any model is asked."""
    done = gemwright("run", "--endpoint", "http://127.0.0.1:9", *arguments)
    assert done.exit_code == 2 and says in " ".join(done.stderr.split()), done.stderr


def test_a_file_is_a_file_and_a_module_is_a_module(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that could be both is the file that is there."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", [*sys.path])
    assert names_functions("towntools:get_weather,get_tide") and names_functions("a.b:c")
    assert not any(map(names_functions, ("tools.json", "C:\\tools.json", "C:/tools.json", "-", "a:b,", "a:b c")))
    assert [one.spec.name for one in load_tools("towntools:get_weather,get_tide")] == ["get_weather", "get_tide"]
    with pytest.raises(BadOption, match="no function `number`"):
        load_tools("towntools:number")
    if os.name == "posix":
        Path("a:b").write_text("[]", "utf-8")
        assert not names_functions("a:b")
    Path("brokentools.py").write_text("1 / 0\n", "utf-8")
    with pytest.raises(BadOption, match="ZeroDivisionError"):
        load_tools("brokentools:x")
