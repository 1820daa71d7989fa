"""What the report on other runtimes says, and the child that asks them, with a runtime that is made up."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("gguf", reason="gguf is not installed here")

STANDIN = Path(__file__).parents[1]
if str(STANDIN) not in sys.path:
    sys.path.insert(0, str(STANDIN))

from training import peers, runtimes, runtimes_child  # noqa: E402 - after the packages are known to be there
from training.runtimes import ATTEMPTS, SHOWN, Outcome, Reply, judge, report, without_end, written  # noqa: E402
from training.tokenizer import Tokenizer  # noqa: E402

WORDS = Tokenizer([])
SAID = '<|tool_call>call:get_tides{days:3,harbour:<|"|>Bergen<|"|>}<tool_call|>'
CALL = {"name": "get_tides", "arguments": {"days": 3, "harbour": "Bergen"}}
LLAMA = Reply(f"{SAID}<|tool_response>", 99, 0.1)


def told(*answers: dict[str, Any], error: str = "") -> dict[str, Any]:
    """Return what a child would have written."""
    return {"version": "1.2", "load_seconds": 1.0, "answers": list(answers), "error": error}


def test_ids_and_texts_with_and_without_their_end_are_one_answer() -> None:
    """Guards the comparison: mistral.rs hands on text without the last token, the others ids with it."""
    as_ids = {"ids": WORDS.encode(LLAMA.text, True), "prompt_tokens": 99, "seconds": 0.2}
    as_text = {"text": SAID, "prompt_tokens": 98, "seconds": 0.2, "read": [CALL]}
    found = judge(ATTEMPTS[0], told(as_ids), [SHOWN], [LLAMA], WORDS, "/x")
    assert (found.package, found.same, found.prompts, found.read) == ("pkg:pypi/transformers@1.2", 1, 1, None)
    found = judge(ATTEMPTS[2], told(as_text), [SHOWN], [LLAMA], WORDS, "/x")
    assert (found.same, found.prompts, found.read) == (1, 0, 1)
    assert without_end("text") == "text"


def test_a_runtime_that_reads_otherwise_is_shown_with_what_it_read() -> None:
    """Guards that a runtime's own parser is not counted right for reading anything at all."""
    half = {"text": SAID, "prompt_tokens": 99, "seconds": 0.2, "read": [{"name": "get_tides", "arguments": {}}]}
    none = {"text": SAID, "prompt_tokens": 99, "seconds": 0.2, "unread": "ValueError: No function provided."}
    found = judge(ATTEMPTS[1], told(half, none), [SHOWN] * 2, [LLAMA] * 2, WORDS, "/x")
    assert (found.same, found.read, found.otherwise) == (2, 0, (0, 1))
    page = report([found], 2, "1f")
    assert "| 2 of 2 | 2 of 2 | 0 of 2 |" in page
    assert "its own parser  get_tides({})" in page
    assert "SHA-256 `1f`" in page
    assert "its own parser  ValueError: No function provided." in page


def test_a_refusal_is_told_without_our_paths() -> None:
    """Guards the page: the model lay in a folder of one machine, and backtraces are long."""
    found = judge(
        ATTEMPTS[3], told(error="ValueError: no config in /x/y\n  0: deep inside"), [SHOWN], [LLAMA], WORDS, "/x/y"
    )
    page = report([Outcome("llama.cpp", "pkg:pypi/xllamacpp@1", "", 0.1, (LLAMA,), 1, 1), found], 1, "1f")
    assert "error           ValueError: no config in MODEL\n" in page
    assert "| mistral.rs, GGUF | pkg:pypi/mistralrs@1.2 | refused |" in page


def test_the_page_around_the_report_stays() -> None:
    """Guards what was written by hand beside it."""
    page = written("a\n{}\nold\n{}\nz\n".format(*runtimes._MARKS), "new")
    assert page == "a\n{}\n\nnew\n\n{}\nz\n".format(*runtimes._MARKS)
    assert written(page, "new") == page
    with pytest.raises(ValueError, match="no marks"):
        written("a", "new")


def test_what_goes_wrong_after_the_first_answers_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards the child: its answers are all that is known of a runtime that breaks off."""

    def broken(order: dict[str, Any]) -> runtimes_child.Ask:
        def ask(one: dict[str, Any]) -> dict[str, Any]:
            return {"text": order["model"] + one["text"], "prompt_tokens": 1}

        return ask

    monkeypatch.setitem(runtimes_child.RUNTIMES, "pytest", broken)
    found = runtimes_child.run({"runtime": "pytest", "model": "m", "questions": [{"text": "!"}, {}]})
    assert [one["text"] for one in found["answers"]] == ["m!"]
    assert found["error"] == "KeyError: 'text'"
    assert found["version"]


def test_an_environment_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    """Guards against installing hundreds of megabytes anew: the folder holds no environment at all."""
    one = peers.Peer("mlx-lm", peers.PEERS["mlx-lm"].steps)
    assert peers.peer(one.name, root=tmp_path) is None
    (tmp_path / one.name).mkdir()
    (tmp_path / one.name / "installed.txt").write_text("".join(" ".join(step) + "\n" for step in one.steps), "utf-8")
    assert peers.environment(one, root=tmp_path).is_relative_to(tmp_path / one.name)


def test_a_runtime_that_is_not_installed_is_named_with_the_way_to_it() -> None:
    """Guards the words of whoever calls for one on a fresh checkout, and for a server where there is none."""
    with pytest.raises(peers.PeerFailed, match=r"make peers-env|comes without a server"), peers.serving("mistralrs"):
        pass
