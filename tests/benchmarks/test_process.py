"""A benchmark that a hanging or crashing peer can stop, or that mixes a peer's noise into answers, measures nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.peers import PEERS, Peer
from benchmarks.peers import fetch as fetching
from benchmarks.peers.child import chunked
from benchmarks.peers.fetch import Unavailable
from benchmarks.peers.process import PeerProcess


@pytest.fixture
def process() -> Iterator[PeerProcess]:
    """A running test peer."""
    with PeerProcess(Peer("sleepy", "tests.benchmarks.sleepy"), download=False) as running:
        yield running


def _question(text: str, chunks: str = "one") -> dict[str, Any]:
    return {"text": text, "tools": [], "thinking": False, "chunks": chunks}


def test_a_hang_is_cut_off_and_the_next_case_is_asked_anew(process: PeerProcess) -> None:
    """One endless loop must cost one case, not the run."""
    assert process.ask(_question("sleep"), seconds=0.3)["hang"] is True
    assert process.ask(_question("awake"), seconds=20)["content"] == "awake"


def test_an_exception_is_an_answer_and_prints_go_elsewhere(process: PeerProcess) -> None:
    """Peers raise and print on malformed input; neither may end the process or look like an answer."""
    assert process.ask(_question("raise"), seconds=20) == {"error": "KeyError: 'raise'"}
    assert process.ask(_question("é\u2028x"), seconds=20)["content"] == "é\u2028x"


def test_streamed_cases_go_in_piece_by_piece_without_the_engine_s_stops(process: PeerProcess) -> None:
    """Streaming scores are worthless if the text arrives whole."""
    assert process.ask(_question("ab<turn|>", "char"), seconds=20)["content"] == "[a][b]"


def test_a_measurement_returns_cpu_seconds(process: PeerProcess) -> None:
    """The growth tables are made of these."""
    found = process.ask(_question("a" * 1000) | {"measure": "char", "enough": 0.01}, seconds=20)
    assert 0 < found["seconds"] < 1
    assert found["runs"] > 1


def test_an_adapter_that_does_not_import_says_why() -> None:
    """A missing peer is a line in the report."""
    with pytest.raises(Unavailable, match="does not import: ModuleNotFoundError"):
        PeerProcess(Peer("absent", "benchmarks.peers.adapters.absent"), download=False)


def test_a_peer_that_was_not_fetched_says_so(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network the run goes on without peers."""
    monkeypatch.setattr(fetching, "CACHE", tmp_path)
    with pytest.raises(Unavailable, match="not fetched"):
        PeerProcess(PEERS[0], download=False)


@pytest.mark.parametrize("chunks", ["one", "char", "random:1", "random:2"])
def test_chunks_lose_nothing(chunks: str) -> None:
    """Every way of cutting must give the same text."""
    text = "<|channel>thought\nhm<channel|>" * 5
    assert "".join(chunked(text, chunks)) == text


def test_random_chunks_are_the_same_every_time() -> None:
    """A figure that nobody can repeat is no figure."""
    assert list(chunked("abc" * 50, "random:7")) == list(chunked("abc" * 50, "random:7"))
