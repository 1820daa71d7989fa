"""A model that is gone in mid-question, a context that is too small: the clerk answers, the reason is one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.simon.tests.family import WEILS
from gemwright import Client, RuntimeUnreachable
from gemwright.agent import Transcript
from gemwright.runtimes.echo import Echo
from gemwright_simon.conversation import Historian
from gemwright_simon.tree import Tree, open_tree
from tests.agent.scripted import called

CALL = called("lookup_person", person="Maria Falk")


@pytest.fixture(scope="module")
def weils(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    """The family by hand, opened."""
    folder = tmp_path_factory.mktemp("weils")
    (folder / "weils.ged").write_text(WEILS, "utf-8")
    with open_tree(folder / "weils.ged", cache=folder / "cache") as tree:
        yield tree


@pytest.mark.parametrize("small", [False, True], ids=["whole", "small"])
def test_a_server_that_is_gone_in_the_middle_of_a_question_loses_nothing(weils: Tree, small: bool) -> None:
    """The call had run; the clerk answers; the next question is asked as if nothing had been."""
    gone = RuntimeUnreachable("the server closed the connection", hint="start it again")
    script = Echo([CALL], [gone], [CALL], ["Maria Falk [I3] died 20 JAN 1884 [I3.DEAT]."])
    with Client(script, variant="E2B", lane="raw", retries=0) as client:
        historian = Historian(weils, client, small=small)
        first = historian.ask("When was Maria Falk born?")
        failed = historian.failure
        second = historian.ask("When did Maria Falk die?")
    assert first.answered_by == "clerk" and "11 FEB 1812" in first.text
    assert "closed the connection" in failed and "\n" not in failed
    assert historian.failure == ""
    assert second.answered_by == "model" and "20 JAN 1884" in second.text
    assert [one.answer for one in historian.conversation.state.questions] == [first.text, second.text]


def test_a_context_that_is_too_small_is_told_with_what_to_do(weils: Tree) -> None:
    """No request goes out that cannot fit."""
    script = Echo([CALL])
    with Client(script, variant="E2B", lane="raw") as client:
        historian = Historian(weils, client, context=300, small=False)
        answer = historian.ask("When was Maria Falk born?")
    assert answer.answered_by == "clerk" and "11 FEB 1812" in answer.text
    assert "larger context" in historian.failure
    assert not script.requests


def test_a_model_that_says_nothing_leaves_the_clerk(weils: Tree) -> None:
    """Empty replies, again and again."""
    with Client(Echo(*([""] for _ in range(8))), variant="E2B", lane="raw") as client:
        answer = Historian(weils, client).ask("When was Maria Falk born?")
    assert answer.answered_by == "clerk" and "11 FEB 1812" in answer.text


def test_a_false_claim_is_sent_back_once_and_the_mended_answer_is_called_a_repair(weils: Tree) -> None:
    """The claims tell: one repaired, none struck; evidence names the record and its source."""
    script = Echo(
        [CALL], ["Maria Falk [I3] was born 11 FEB 1822."], ["Maria Falk [I3] was born 11 FEB 1812 [I3.BIRT]."]
    )
    with Client(script, variant="E2B", lane="raw") as client:
        answer = Historian(weils, client).ask("When was Maria Falk born?").as_json("q1")
    assert answer["answered_by"] == "repair"
    assert answer["claims"]["repaired"] == 1 and answer["claims"]["struck"] == 0
    assert {
        "handle": "I3.BIRT",
        "text": "Maria Falk: born 11 FEB 1812 Alzey, Palatinate, Germany",
        "source": "S1 p.44 q3",
    } in (answer["evidence"])
    assert set(answer) == {"id", "answer", "answered_by", "declined", "evidence", "claims"}


def test_nothing_is_claimed_of_a_name_that_only_the_question_has(weils: Tree) -> None:
    """A model cannot pass a name on that no tool has returned."""
    said = "Livia Hiddenstein is a cousin. Maria Falk [I3] was born 11 FEB 1812 [I3.BIRT]."
    with Client(Echo([CALL], [said], [said]), variant="E2B", lane="raw") as client:
        answer = Historian(weils, client).ask("Why was Livia Hiddenstein such a friend of Maria Falk?")
    assert "Livia" not in answer.text


def test_a_kin_word_without_an_owner_is_bound_to_whom_the_question_names(weils: Tree) -> None:
    """The father is not the mother, even where both were returned."""
    for said, voice in (("The father is Simon Falk [I1].", "model"), ("The father is Rosa Lang [I2].", "clerk")):
        with Client(Echo([CALL], [said], [said]), variant="E2B", lane="raw") as client:
            answer = Historian(weils, client).ask("Who was Maria Falk's father?")
        assert answer.answered_by == voice and "Rosa" not in answer.text, answer.text


def test_a_conversation_that_is_kept_is_gone_on_with_by_code_too(weils: Tree, tmp_path: Path) -> None:
    """Who is talked about, and who asks, is known again; the question left open is answered."""
    with Transcript(tmp_path / "talk.sqlite") as kept:
        first = Historian(weils, transcript=kept)
        first.ask("I am Emil Falk")
        first.ask("When was Maria Falk born?")
    with Transcript(tmp_path / "talk.sqlite") as kept:
        again = Historian(weils, transcript=kept)
        assert again.asked == 2 and not again.unfinished and again.resume() is None
        assert "20 JAN 1884" in again.ask("When did she die?").text
        assert "[I4]" in again.ask("Who is my father?").text
        again.conversation.begin(
            again.conversation.state.questions[1].message
        )  # as a process leaves it that is killed here
    with Transcript(tmp_path / "talk.sqlite") as kept:
        third = Historian(weils, transcript=kept)
        assert third.unfinished == "When was Maria Falk born?"
        answer = third.resume()
        assert answer is not None and "11 FEB 1812" in answer.text
        assert not third.unfinished and third.asked == 5
