"""Tools of an MCP server: a stand-in that is written by hand from the specification, in a child process."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gemwright.agent import MCPServer, Retry, Tool
from gemwright.foundation.errors import (
    BadToolSchema,
    RuntimeFailure,
    RuntimeGarbled,
    RuntimeTimeout,
    RuntimeUnreachable,
)
from tests.agent.scripted import Scripted, called

SERVER = Path(__file__).with_name("mcp_stand_in.py")


def start(mode: str = "", **settings: Any) -> MCPServer:
    """Start the stand-in."""
    return MCPServer([sys.executable, "-S", str(SERVER), mode], **{"seconds": 20.0, **settings})


@pytest.fixture(scope="module")
def tools() -> Iterator[dict[str, Tool]]:
    """The tools of one that runs."""
    with start(env={"GREETING": "hello"}) as server:
        yield {one.spec.name: one for one in server.tools()}


def test_tools_are_declared_as_the_server_says(tools: dict[str, Tool]) -> None:
    """All pages of the list; names become plain words; a hint of the server's own is not believed."""
    assert list(tools) == ["notes_read", "fail", "wait", "media", "data", "ask", "secrets", "die"]
    read = tools["notes_read"]
    assert (read.spec.description, read.approval) == ("Read a note.", True)
    assert read.spec.parameters["required"] == ["name"]
    assert tools["fail"].spec.description == "Fail."


def test_an_agent_runs_them(tools: dict[str, Tool]) -> None:
    """A result is a result, and an error of the tool is one for the model."""
    script = [called("notes_read", name="Ada"), called("fail", name="Eva"), "1790."]
    with Scripted(*script, tools=tools.values(), approve=lambda call: True) as it:
        reply = it.ask()
    assert [one.content for one in reply.results] == ["Ada was born in 1790", "Error: no Eva here"]
    assert (reply.text, reply.ended) == ("1790.", "answered")


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("media", "a text\n[image, image/png: not shown]\na note\n[link note://2: another]"),
        ("data", '{"born":1790}'),
    ],
)
def test_what_a_model_can_read_of_a_result(tools: dict[str, Tool], name: str, result: str) -> None:
    """Text is text, and what is none is named."""
    assert tools[name].run() == result


def test_a_server_that_asks_back_is_told_no(tools: dict[str, Tool]) -> None:
    """The model hears why."""
    with pytest.raises(Retry, match="wants to ask the user"):
        tools["ask"].run()


def test_a_server_does_not_see_our_secrets(tools: dict[str, Tool], monkeypatch: pytest.MonkeyPatch) -> None:
    """It inherits a few harmless variables, and gets what it is given."""
    monkeypatch.setenv("SOME_API_KEY", "secret")
    with start() as server:
        names = next(one for one in server.tools() if one.spec.name == "secrets").run().split(",")
    assert "SOME_API_KEY" not in names and "PATH" in names
    assert "GREETING" in tools["secrets"].run().split(",")


@pytest.mark.parametrize("mode", ["stateless", "chatty"])
def test_other_manners_are_understood(mode: str) -> None:
    """A server of the revision without a handshake, and one that talks too much."""
    with start(mode) as server:
        found = {one.spec.name: one for one in server.tools(approval=False)}
        assert found["notes_read"].run(name="Ada") == "Ada was born in 1790"
        assert not found["notes_read"].approval


def tools_of(server: MCPServer) -> None:
    """Ask for the tools."""
    server.tools()


def use(tool: str, **arguments: str) -> Callable[[MCPServer], None]:
    """Call a tool."""

    def run(server: MCPServer) -> None:
        next(one for one in server.tools() if one.spec.name == tool).run(**arguments)

    return run


@pytest.mark.parametrize(
    ("mode", "do", "error", "says"),
    [
        ("gone", tools_of, RuntimeGarbled, "has ended; its last words: no such tree"),
        ("silent", tools_of, RuntimeTimeout, "did not answer `initialize` in 0.7 seconds"),
        ("long", tools_of, RuntimeGarbled, "a line of more than"),
        ("endless", tools_of, RuntimeGarbled, "without end"),
        ("twins", tools_of, BadToolSchema, "would be called `notes_read`"),
        ("", use("wait", name="x"), RuntimeTimeout, "did not answer `tools/call`"),
        ("", use("die"), RuntimeGarbled, "its last words: out of ink"),
    ],
)
def test_a_server_that_fails_is_an_error_that_says_so(
    mode: str, do: Callable[[MCPServer], None], error: type[Exception], says: str
) -> None:
    """In time, by name, and nothing is left running."""
    began = time.monotonic()
    with (
        pytest.raises(error, match=says),
        start(mode, seconds=0.7 if mode == "silent" else 2.5 if "call`" in says else 20) as server,
    ):
        do(server)
    assert time.monotonic() - began < 15


def test_what_cannot_be_started_is_an_error() -> None:
    """No such program, and no program at all."""
    for command in (["/nowhere/at/all"], []):
        with pytest.raises(RuntimeUnreachable, match="cannot be started"):
            MCPServer(command)


def test_a_closed_server_answers_no_more() -> None:
    """Closing twice does nothing; a call afterwards is an error, and none waits for ever."""
    server = start()
    read = server.tools()[0]
    server.close()
    server.close()
    with pytest.raises(RuntimeFailure, match="was closed"):
        read.run(name="Ada")
