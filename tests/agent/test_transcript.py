"""What is kept of a conversation: after kill -9 nothing that was finished is lost, and nothing is done twice."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gemwright.agent import Transcript
from gemwright.foundation.errors import BadMessages, BadOption, RuntimeGarbled
from gemwright.messages import Message, user
from tests.agent import killed
from tests.agent.scripted import Scripted, called


def plain(messages: list[Message]) -> str:
    """A conversation as text, without the ids of its calls, which are new in every run."""
    return "\n".join(
        " ".join([one.role, one.text, *(f"{call.name} {call.arguments}" for call in one.tool_calls)])
        + "".join(str(part.content) for part in one.parts if hasattr(part, "content"))
        for one in messages
    )


@pytest.fixture(scope="module")
def undisturbed() -> str:
    """The conversation as it is when nobody kills anything."""
    with Scripted(*killed.script(""), tools=killed.tools([]), approve=lambda call: True) as it:
        assert it.ask(killed.QUESTION).ended == "answered"
        return plain(it.agent.history())


@pytest.mark.parametrize("point", killed.POINTS)
def test_killed_at_any_point_a_conversation_goes_on(
    point: str, tmp_path: Path, undisturbed: str, checkout: Path
) -> None:
    """The resumed conversation equals the undisturbed one."""
    assert kill(tmp_path / "talk.sqlite", point, checkout) == {"turn 0": 0, "read Ada": 1}.get(point, 2)
    go_on(tmp_path / "talk.sqlite", undisturbed)


@pytest.mark.skipif(not os.environ.get("GEMWRIGHT_PROVE"), reason="twenty programs are killed: `make prove` does it")
@pytest.mark.parametrize("number", range(20))
def test_killed_at_any_moment_a_conversation_goes_on(
    number: int, tmp_path: Path, undisturbed: str, checkout: Path
) -> None:
    """The moments spread over the second that the whole takes; where it has ended by then, it has to be whole."""
    kill(tmp_path / "talk.sqlite", "slowly", checkout, after=number * 0.06)
    go_on(tmp_path / "talk.sqlite", undisturbed)


def kill(path: Path, point: str, checkout: Path, after: float = 0.0) -> int:
    """Start the program, kill it some seconds after it reached its point, and return how many turns were finished."""
    command = [sys.executable, "-m", "tests.agent.killed", str(path), point]
    with subprocess.Popen(command, cwd=checkout, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout and child.stderr
        said = child.stdout.readline()
        time.sleep(after)
        child.kill()
        assert said == "here\n", child.stderr.read()
    with Transcript(path) as kept:
        return sum(entry.kind == "said" for entry in kept.entries())


def go_on(path: Path, undisturbed: str) -> None:
    """Resume: a finished call is not made again, a write that was cut off is asked about, and the end is the same."""
    with Transcript(path) as kept:
        entries = kept.entries()
        finished = sum(entry.kind == "said" for entry in entries)
        done = sum(entry.kind == "result" for entry in entries)
        log: list[str] = []
        with Scripted(*killed.script("", finished), tools=killed.tools(log), transcript=kept) as it:
            if not entries:  # it was killed before the question was taken
                it.agent.conversation.begin(user(killed.QUESTION))
            if it.agent.unfinished:
                reply = it.resume()
                while reply.ended == "paused":
                    assert [call.name for call in reply.waiting] == ["write"]
                    reply = it.resume({call.id: True for call in reply.waiting})
                assert (reply.ended, reply.text) == ("answered", killed.TURNS[-1])
            assert plain(it.agent.history()) == undisturbed
        assert len(log) == 3 - done
    with Transcript(path) as kept, Scripted("Yes.", transcript=kept) as it:
        assert not it.agent.unfinished and plain(it.agent.history()) == undisturbed
        it.ask("Sure?")
        assert "They write letters." in it.prompt()


def test_a_file_holds_several_conversations(tmp_path: Path) -> None:
    """Each has its own history; a name is needed."""
    path = tmp_path / "sub" / "talk.sqlite"
    for name in ("b", "a"):
        with Transcript(path, name) as kept, Scripted(f"I am {name}.", transcript=kept) as it:
            it.ask("Who?")
            assert kept.conversations() == sorted({"b", name})
            assert plain(it.agent.history()) == f"user Who?\nassistant I am {name}."
    with pytest.raises(BadOption, match="needs a name"):
        Transcript(path, " ")


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    """What people said is nobody else's."""
    path = tmp_path / "talk.sqlite"
    Transcript(path).close()
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o077 == 0


def test_two_programs_at_one_conversation_are_told(tmp_path: Path) -> None:
    """The second one to write hears it, and neither loses an entry."""
    path = tmp_path / "talk.sqlite"
    with Transcript(path) as one, Transcript(path) as other:
        one.append("asked", {"message": {"role": "user", "parts": []}})
        with pytest.raises(BadMessages, match="another program goes on"):
            other.append("asked", {"message": {"role": "user", "parts": []}})
        assert len(other.entries()) == 1


def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    """A text, an SQLite file of another program, a later version's."""
    text = tmp_path / "notes.txt"
    text.write_text("these are my notes, and no database at all\n" * 50, "utf-8")
    with pytest.raises(BadMessages, match="is no transcript"):
        Transcript(text)
    assert text.read_text("utf-8").startswith("these are my notes")
    foreign = tmp_path / "foreign.sqlite"
    with sqlite3.connect(foreign) as database:
        database.execute("CREATE TABLE t (x)")
    database.close()
    with pytest.raises(BadMessages, match="no transcript"):
        Transcript(foreign)
    later = tmp_path / "later.sqlite"
    Transcript(later).close()
    database = sqlite3.connect(later)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(BadMessages, match="later version"):
        Transcript(later)


def test_a_damaged_entry_is_named(tmp_path: Path) -> None:
    """Which one, so that somebody can look."""
    kept = Transcript(tmp_path / "talk.sqlite")
    kept.append("asked", {"message": {"role": "nobody", "parts": []}})
    with kept, pytest.raises(BadMessages, match=r"there is no role|entry 0"), Scripted("x", transcript=kept):
        pass


def test_entries_of_a_later_version_are_passed_over() -> None:
    """An unknown kind says nothing to this version."""
    kept = Transcript()
    with Scripted("Yes.", "No.", transcript=kept) as it:
        it.ask()
    kept.append("painted", {"colour": "blue"})
    with Scripted("No.", transcript=kept) as it:
        assert it.ask("Sure?").text == "No."
        assert len(it.agent.history()) == 4


def test_pages_of_a_result_survive() -> None:
    """After a failure, the second page comes from what was kept, not from a second run."""
    runs: list[int] = []

    def many() -> str:
        """List all."""
        runs.append(1)
        return "\n".join(f"line {number}" for number in range(900))

    kept = Transcript()
    with Scripted(
        called("many"), [RuntimeGarbled("cut")], [RuntimeGarbled("cut")], tools=[many], transcript=kept
    ) as it:
        with pytest.raises(RuntimeGarbled):
            it.ask()
    with Scripted(called("many", page=2), called("many", page=9), "Many.", tools=[many], transcript=kept) as it:
        first, second, ninth = it.resume().results
    assert runs == [1]
    assert "line 0\n" in str(first.content) and "[page 1 of 2; for more call again" in str(first.content)
    assert "line 899\n[page 2 of 2]" in str(second.content) and not second.cached
    assert ninth.content == "Error: there is no page 9: the result has 2."
