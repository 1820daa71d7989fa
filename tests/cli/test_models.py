"""`gemwright models`: what the servers have, as a table and for programs. All but llama.cpp are stand-ins."""

from __future__ import annotations

import sys

import pytest

from gemwright.launch.embedded import Engine
from tests.cli.program import data, gemwright
from tests.launch.stand_in_servers import closed_port, ollama, openai, row, standing


def test_every_model_of_every_server_is_listed(engine: Engine) -> None:
    """What a server does not tell is a question mark, not a guess; nothing is asked of a model."""
    nameless = {"id": "gemma-4-12b", "owned_by": "somebody"}
    with (
        standing(ollama("0.32.10", row("gemma4:26b"), row("llama3.2:latest", details={}))) as one,
        standing(openai(nameless)) as two,
    ):
        ports = f"{one.port},{two.port},{engine.url.rpartition(':')[2]}"
        done = gemwright("models", env={"GEMWRIGHT_SEARCH_PORTS": ports})
        found = data(gemwright("models", "--json", env={"GEMWRIGHT_SEARCH_PORTS": ports}))
        assert {asked.method for asked in one.asked} == {"GET"}
    assert done.exit_code == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    assert rows[0][:3] == ["RUNTIME", "VERSION", "ADDRESS"]
    assert rows[1] == ["Ollama", "0.32.10", one.url, "26B-A4B", "no", "?", "Q4_K_M", "18.0", "GB", "gemma4:26b"]
    assert rows[2][3:] == ["no", "no", "?", "?", "18.0", "GB", "llama3.2:latest"]
    assert rows[3] == ["openai", "?", two.url, "12B", "yes", "?", "?", "?", "gemma-4-12b"]
    assert rows[4][0] == "llama.cpp" and "demo model  yes     8192     Q8_0" in done.stdout
    assert rows[5][0] == "embedded" and rows[5][-2:] == ["gemwright", "stand-in"]
    assert [server["runtime"] for server in found["servers"]] == ["Ollama", "openai", "llama.cpp"]
    assert found["servers"][0]["models"][0] == {
        "name": "gemma4:26b",
        "gemma4": True,
        "variant": "26B-A4B",
        "loaded": False,
        "context": None,
        "quant": "Q4_K_M",
        "bytes": 17_987_642_035,
        "remote": None,
        "note": None,
    }
    assert found["embedded"]["note"].startswith("demo model: ") and found["embedded"]["quant"] == "Q8_0"
    assert len(found["looked"]) == 3 and found["slow"] == found["unusable"] == []


def test_without_servers_the_demo_model_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing found is no failure; without the demo model there is nothing to list, and that is said."""
    port = closed_port()
    done = gemwright("models", env={"GEMWRIGHT_SEARCH_PORTS": str(port)})
    assert done.exit_code == 0 and "started when needed" in done.stdout
    assert f"no running server was found (looked at ports {port})" in done.stderr
    monkeypatch.setitem(sys.modules, "gemwright_standin", None)
    done = gemwright("models", "--json", env={"GEMWRIGHT_SEARCH_PORTS": str(port)})
    assert data(done)["embedded"] is None and data(done)["servers"] == []


def test_the_endpoint_is_asked_as_well(engine: Engine) -> None:
    """By option or setting, wherever it listens."""
    found = data(gemwright("models", "--json", "--endpoint", engine.url))
    assert [server["why"] for server in found["servers"]] == ["endpoint, from argument"]
    assert found["servers"][0]["models"][0]["note"] == "demo model"


def test_a_place_that_was_named_in_vain_is_said() -> None:
    """A usual port at which nobody listens is no news; an address that somebody wrote down is."""
    port, other = closed_port(), closed_port()
    named = {"GEMWRIGHT_SEARCH_PORTS": str(port), "OLLAMA_HOST": f":{other}"}
    done = gemwright("models", "--endpoint", "http://127.0.0.1:9", env=named)
    assert done.exit_code == 0
    assert "nothing answers at http://127.0.0.1:9 (endpoint, from argument)" in done.stderr
    assert f"nothing answers at http://127.0.0.1:{other} (OLLAMA_HOST)" in done.stderr
    assert done.stderr.count("nothing answers") == 2
