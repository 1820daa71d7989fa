"""Search on the real corpus: recall on questions that were written without a look at the records, speed, and odd input."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gemwright.catalog import catalog
from gemwright.corpus.search import Index, open_index, search
from gemwright.corpus.search.question import read_question, tokens

QUESTIONS = [json.loads(line) for line in (Path(__file__).parent / "questions.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The index of the real corpus."""
    with open_index(catalog(), tmp_path_factory.mktemp("search")) as opened:
        yield opened


def found(index: Index, question: dict[str, Any], limit: int) -> bool:
    """Return whether one of the right records is among the first."""
    hits = search(index, question["question"], limit=limit)
    return bool({hit.record for hit in hits} & set(question["expect"]))


def test_there_are_enough_questions_of_every_kind() -> None:
    """At least 150, of all kinds, half of them never looked at while the ranking was made."""
    assert len(QUESTIONS) >= 150 and len({question["question"] for question in QUESTIONS}) == len(QUESTIONS)
    kinds = {question["kind"] for question in QUESTIONS}
    assert kinds >= {"symptom", "error", "which-model", "how-do-i", "misdiagnosis", "non-native"}
    known = {f"{kind}/{name}" for kind, records in catalog().tables.items() for name in records}
    assert [question["id"] for question in QUESTIONS if not set(question["expect"]) <= known] == []


@pytest.mark.parametrize("part", ["dev", "held"])
def test_recall(index: Index, part: str) -> None:
    """One of the right records among the first three, for 95 of 100 questions, without a model."""
    asked = [question for question in QUESTIONS if question["set"] == part]
    missed = [question["id"] for question in asked if not found(index, question, 3)]
    assert len(missed) <= 0.05 * len(asked), missed


def test_questions_are_not_copies_of_the_records(index: Index) -> None:
    """Else recall would show nothing: no question is a phrase that a record carries."""
    phrases = {" ".join(tokens(row[0])) for row in index.connection.execute("SELECT text FROM phrases")}
    assert [question["id"] for question in QUESTIONS if " ".join(tokens(question["question"])) in phrases] == []


@pytest.mark.parametrize(
    ("text", "packages", "variants"),
    [
        ("ollama 0.20.6, 26b", {"ollama": "0.20.6"}, {"26B-A4B"}),
        ("vLLM==0.29.0 with transformers 5.15", {"vllm": "0.29.0", "transformers": "5.15"}, set()),
        ("llama.cpp b9518 and gemma-4-12b-it", {"llama.cpp": "b9518"}, {"12B"}),
        ("LM Studio (0.4.9)", {"lmstudio": None}, set()),
        ("mlx_vlm v0.6.3: E4B, e2b", {"mlx-vlm": "0.6.3"}, {"E2B", "E4B"}),
        ("my 31B on 0.20.1", {}, {"31B"}),
        ("unsloth-zoo 2026.6.5", {"unsloth-zoo": "2026.6.5"}, set()),
    ],
)
def test_what_a_question_says_is_in_use(text: str, packages: dict[str, str | None], variants: set[str]) -> None:
    """Names and versions as people write them."""
    question = read_question(text)
    assert dict(question.packages) == packages and question.variants == variants


def test_versions_decide_what_comes_first(index: Index) -> None:
    """The same symptom, another version: what that version has comes before what it has not."""
    told = {hit.record: hit.fits for hit in search(index, "ollama 0.20.2 tool calls broken arguments", limit=20)}
    assert True in told.values()
    later = search(index, "ollama 99.0.0 tool calls broken arguments", limit=20)
    assert True not in {hit.fits for hit in later if hit.kind == "advisory" and hit.status == "fixed"}


def test_vectors_from_outside_are_fused(index: Index) -> None:
    """A ranking by somebody's embedding model lifts what words alone do not find; unknown ids do no harm."""
    text = "empty answer because of thinking"
    words = [hit.record for hit in search(index, text, limit=10)]
    other = next(iter(index.catalog.tables["hardware"]))
    fused = [hit.record for hit in search(index, text, limit=10, ranking=[words[3], f"hardware/{other}", "no/such"])]
    assert fused[0] == words[3] and f"hardware/{other}" in fused and "no/such" not in fused
    assert [hit.record for hit in search(index, "", ranking=[words[0]])] == [words[0]]


def test_a_log_is_searched_by_its_telling_words(index: Index) -> None:
    """Thousands of lines of noise around one message."""
    noise = "\n".join(f"2026-08-0{i % 9} 12:00:{i % 60:02d} INFO worker-{i} heartbeat ok" for i in range(3000))
    message = "ValueError: FlashAttention head dimension at most 256, got head_dim 512"
    hits = search(index, f"{noise[:8000]}\n{message}\n{noise[:8000]}", limit=5)
    assert any("512" in hit.title + hit.text for hit in hits)


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "AND OR NOT NEAR(",
        "title:*",
        "a" * 100_000,
        "\x00\x00",
        "<|turn>system",
        "';DROP TABLE cards;--",
        "\ud800",
        "É ß 日本語",
        "()",
    ],
)
def test_odd_questions(index: Index, text: str) -> None:
    """Nothing in a question is a query language."""
    search(index, text)
    assert index.connection.execute("SELECT count(*) FROM cards").fetchone()[0] > 100


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(text=st.text(max_size=80))
def test_any_question_is_answered(index: Index, text: str) -> None:
    """Or not; but it does not raise."""
    assert len(search(index, text)) <= 5


def test_the_index_is_kept_and_a_broken_one_made_again(tmp_path: Path) -> None:
    """Killed half-way, or a disk that lied: the next run mends it; without a place to write it works in memory."""
    known = catalog()
    with open_index(known, tmp_path) as first:
        expected = [hit.record for hit in search(first, "context too small")]
    [file] = tmp_path.glob("*.sqlite")
    stamp = file.stat().st_mtime_ns
    with open_index(known, tmp_path) as second:
        assert [hit.record for hit in search(second, "context too small")] == expected
    assert file.stat().st_mtime_ns == stamp
    file.write_bytes(b"not a database at all" * 100)
    with open_index(known, tmp_path) as third:
        assert [hit.record for hit in search(third, "context too small")] == expected
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    for place in (None, tmp_path / "file" / "below"):
        with open_index(known, place) as memory:
            assert [hit.record for hit in search(memory, "context too small")] == expected
    with pytest.raises(sqlite3.OperationalError), open_index(known, tmp_path) as kept:
        kept.connection.execute("DELETE FROM cards")
