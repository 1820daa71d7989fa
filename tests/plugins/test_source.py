"""Where a plug-in's model answers: what is named leads, nothing is started unasked, and a key goes to one server alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gemwright.foundation.errors import BadModelFile, RuntimeUnreachable
from gemwright.launch.embedded import Engine
from gemwright.messages import GenerationOptions, user
from gemwright.plugins import source
from gemwright.plugins.source import find_source


@pytest.fixture(autouse=True)
def engines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[Path | None, Engine]]:
    """No engine from another test, none left behind, and no settings file of this directory."""
    started: dict[Path | None, Engine] = {}
    monkeypatch.setattr(source, "_engines", started)
    monkeypatch.chdir(tmp_path)
    yield started
    for engine in started.values():
        engine.stop()


def port(engine: Engine) -> str:
    """Return the port of an engine, as the setting that names where to look."""
    return engine.url.rpartition(":")[2]


def test_the_demo_model_is_started_once(engines: dict[Path | None, Engine], engine: Engine) -> None:
    """By its own name, whatever the settings say; the second request meets the same engine."""
    first, second = find_source({"endpoint": engine.url}, demo=True), find_source({}, demo=True)
    assert first.url == second.url != engine.url
    assert len(engines) == 1
    assert first.temperature == 0.0
    with first.client() as client:
        turn = client.turn([user("What model are you?")], options=GenerationOptions(temperature=0.0, max_tokens=60))
    assert "demo model" in turn.note
    engines[None].stop()
    assert find_source({}, demo=True).url != first.url, "an engine that died is started again"


def test_an_endpoint_leads(engine: Engine, engines: dict[Path | None, Engine], monkeypatch: pytest.MonkeyPatch) -> None:
    """Also before a running server that a search would find."""
    monkeypatch.setenv("GEMWRIGHT_SEARCH_PORTS", port(engine))
    found = find_source({"endpoint": "http://127.0.0.1:9", "model": "a"})
    assert (found.url, found.model, found.temperature) == ("http://127.0.0.1:9", "a", None)
    assert not engines


def test_a_running_server_is_found(
    engine: Engine, engines: dict[Path | None, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the mark of a model for showing, if it is one."""
    monkeypatch.setenv("GEMWRIGHT_SEARCH_PORTS", port(engine))
    found = find_source({})
    assert found.url == engine.url
    assert found.demo
    with found.client() as client:
        assert "demo model" in client.info().model
    assert not engines


def test_a_key_goes_to_the_endpoint_alone(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that was found by its port is not the one that the key was meant for."""
    keys: list[str] = []

    class Spy(source.Recognised):
        def __init__(self, url: str, *, model: str, api_key: str, timeouts: source.Timeouts) -> None:
            keys.append(api_key)
            super().__init__(url, model=model, api_key=api_key, timeouts=timeouts)

    monkeypatch.setattr(source, "Recognised", Spy)
    monkeypatch.setenv("GEMWRIGHT_API_KEY", "secret")
    monkeypatch.setenv("GEMWRIGHT_SEARCH_PORTS", port(engine))
    find_source({}).client().close()
    find_source({"endpoint": engine.url}).client().close()
    assert keys == ["", "secret"]


@pytest.mark.parametrize("model", ["", "no-such-model"])
def test_nothing_there_is_said_with_what_to_do(
    engine: Engine, engines: dict[Path | None, Engine], monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    """Nothing is started in place of what is missing."""
    monkeypatch.setenv("GEMWRIGHT_SEARCH_PORTS", port(engine) if model else "off")
    with pytest.raises(RuntimeUnreachable, match=model or "no server runs here") as caught:
        find_source({"model": model or None})
    assert "GEMWRIGHT_ENDPOINT" in caught.value.hint
    assert not engines


def test_a_file_is_for_an_engine_of_ours(tmp_path: Path) -> None:
    """One that is none says so, and no server is asked for it."""
    with pytest.raises(BadModelFile, match=r"missing\.gguf"):
        find_source({"model": str(tmp_path / "missing.gguf")})
