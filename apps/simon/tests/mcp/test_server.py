"""The MCP server: both manners of the protocol, by the letter of its messages, and as gemwright's own client meets it."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.simon.tests.tools.families import FAMILY, toolbox
from gemwright.agent import MCPServer, Retry
from gemwright_simon.mcp import serve
from gemwright_simon.tools import SCHEMAS, Toolbox

META = "io.modelcontextprotocol/"
NOW = {META + "protocolVersion": "2026-07-28", META + "clientCapabilities": {}}
CHILD = """
import sys
from pathlib import Path
from gemwright_simon.mcp import serve
from gemwright_simon.tools import Toolbox
from gemwright_simon.tree import open_tree
folder = Path(sys.argv[1])
with open_tree(folder / "family.ged", cache=folder / "cache") as tree:
    serve(Toolbox(tree), sys.stdin.buffer, sys.stdout.buffer)
"""


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toolbox]:
    """The tools over the small family."""
    with toolbox(tmp_path_factory.mktemp("mcp")) as opened:
        yield opened


def talk(tools: Toolbox, *messages: object) -> list[Any]:
    """Send messages, as values or as raw lines, and return the answers."""
    lines = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in messages]
    sink = io.BytesIO()
    serve(tools, io.BytesIO(b"\n".join(lines) + b"\n"), sink)
    return [json.loads(line) for line in sink.getvalue().splitlines()]


def ask(tools: Toolbox, method: str, **params: object) -> Any:
    """Send one request and return the answer."""
    return talk(tools, {"jsonrpc": "2.0", "id": 7, "method": method, "params": params})[0]


@pytest.mark.parametrize("asked", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_a_client_that_shakes_hands_gets_its_revision(tools: Toolbox, asked: str) -> None:
    """The same one back, the tools announced, and no answer to the notification."""
    answers = talk(
        tools,
        {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": asked, "capabilities": {}}},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": "p", "method": "ping"},
    )
    assert [one["id"] for one in answers] == [0, "p"]
    assert answers[0]["result"]["protocolVersion"] == asked
    assert answers[0]["result"]["capabilities"] == {"tools": {}} and answers[1]["result"] == {}


def test_a_client_with_an_unknown_revision_is_offered_the_newest(tools: Toolbox) -> None:
    """It then decides for itself."""
    answer = ask(tools, "initialize", protocolVersion="2031-01-01", capabilities={})
    assert answer["result"]["protocolVersion"] == "2025-11-25"


def test_a_client_without_a_handshake_discovers_and_calls(tools: Toolbox) -> None:
    """Every result says that it is complete; lists say how long they hold."""
    found = ask(tools, "server/discover", _meta=NOW)["result"]
    assert "2026-07-28" in found["supportedVersions"] and found["resultType"] == "complete"
    assert found["_meta"][META + "serverInfo"]["name"] == "gemwright-simon"
    listed = ask(tools, "tools/list", _meta=NOW)["result"]
    assert listed["ttlMs"] > 0 and listed["cacheScope"] == "private" and len(listed["tools"]) == 6
    called = ask(tools, "tools/call", _meta=NOW, name="lookup_person", arguments={"person": "I1"})["result"]
    assert called["resultType"] == "complete" and called["content"][0]["text"].startswith("Simon Falk [I1] M")
    wrong = ask(tools, "tools/list", _meta={META + "protocolVersion": "2031-01-01"})["error"]
    assert wrong["code"] == -32022 and "2026-07-28" in wrong["data"]["supported"]


def test_the_schemas_are_those_of_the_tools(tools: Toolbox) -> None:
    """Name, description and parameters, word for word."""
    listed = ask(tools, "tools/list")["result"]["tools"]
    assert [(one["name"], one["description"], one["inputSchema"]) for one in listed] == [
        (one["name"], one["description"], one["parameters"]) for one in SCHEMAS
    ]
    assert all(one["annotations"]["readOnlyHint"] for one in listed)


def test_a_call_that_cannot_be_answered_says_so_in_its_result(tools: Toolbox) -> None:
    """A model can mend that; an unknown tool is the client's mistake."""
    result = ask(tools, "tools/call", name="find_relatives", arguments={"person": "I1"})["result"]
    assert result["isError"] and "needs relation" in result["content"][0]["text"]
    assert ask(tools, "tools/call", name="fly", arguments={})["error"]["code"] == -32602
    assert ask(tools, "tools/call", name="find_people", arguments=[1])["error"]["code"] == -32602


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{not json", -32700),
        (b"[" * 100_000, -32700),
        (b"\xff\xfe", -32700),
        (b"[]", -32600),
        (b"7", -32600),
        (b'{"jsonrpc":"2.0","id":1}', -32600),
        (b'{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600),
        (b'{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"resources/list"}', -32601),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"x"}}', -32602),
        (b'"' + b"x" * 2_000_000 + b'"', -32600),
    ],
)
def test_a_bad_message_is_refused_and_the_next_one_answered(tools: Toolbox, line: bytes, code: int) -> None:
    """With the code that JSON-RPC has for it."""
    bad, good = talk(tools, line, {"jsonrpc": "2.0", "id": 2, "method": "ping"})
    assert bad["error"]["code"] == code and good == {"jsonrpc": "2.0", "id": 2, "result": {}}


def test_batches_notifications_and_stray_answers(tools: Toolbox) -> None:
    """A batch is answered as one; what asks nothing gets nothing."""
    one = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    note = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}
    assert talk(tools, [one, note, {**one, "id": 2}])[0] == [
        {"jsonrpc": "2.0", "id": 1, "result": {}},
        {"jsonrpc": "2.0", "id": 2, "result": {}},
    ]
    assert talk(tools, [note], note, {"jsonrpc": "2.0", "id": 3, "result": {}}, b"") == []


def test_a_fault_of_ours_does_not_end_the_server(tools: Toolbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client gets an error without our insides."""

    def broken(name: str, arguments: object) -> None:
        raise RuntimeError("secret insides")

    monkeypatch.setattr(tools, "call", broken)
    answer = ask(tools, "tools/call", name="find_people", arguments={})
    assert answer["error"]["code"] == -32603 and "secret" not in json.dumps(answer)


def test_gemwrights_own_client_uses_the_tools_of_a_child_process(tmp_path: Path) -> None:
    """Started, listed, called, refused, ended."""
    (tmp_path / "family.ged").write_text(FAMILY, "utf-8")
    with MCPServer([sys.executable, "-c", CHILD, str(tmp_path)], seconds=20.0) as server:
        tools = {tool.spec.name: tool for tool in server.tools(approval=False)}
        assert set(tools) == {one["name"] for one in SCHEMAS}
        text = tools["find_relationship"].run(person_a="I16", person_b="I14")
        assert "first cousin once removed (blood) [I16~I14]" in str(text)
        with pytest.raises(Retry, match="needs relation"):
            tools["find_relatives"].run(person="I1")
