"""What of a long conversation is sent: whole questions go, old results are pruned, facts stay, and the prefix holds."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest

from gemwright.agent import Compacted, Result, Transcript
from gemwright.agent.budget import LEDGER_LINES
from gemwright.agent.state import PRUNED
from gemwright.foundation.errors import ContextOverflow
from tests.agent.scripted import Scripted, called

CONTEXT = 10_000  # the script's runtime counts a token for each byte: 7,000 may be used


def note(name: str) -> str:
    """Read a note.

    Args:
        name: whose
    """
    return f"{name} was born in 1790\n" + f"{name} " * 350


def ask_many(it: Scripted, count: int) -> list[Compacted]:
    """Ask about so many people, and return the cuts."""
    cuts: list[Compacted] = []
    for number in range(count):
        it.ask(f"Who is P{number}?")
        cuts += it.of(Compacted)
    return cuts


def turns(count: int) -> list[str]:
    """A call and an answer for each question."""
    return [text for number in range(count) for text in (called("note", name=f"P{number}"), f"P{number}: 1790.")]


def test_a_long_conversation_always_fits_and_grows_only_at_its_end() -> None:
    """Every prompt is within the budget; between two cuts each begins with the one before."""
    with Scripted(*turns(12), tools=[note], context=CONTEXT, system="Be short.") as it:
        cuts = ask_many(it, 12)
        prompts = [it.prompt(number) for number in range(24)]
        assert all(len(prompt.encode()) <= CONTEXT * 0.7 for prompt in prompts)
        assert 2 <= len(cuts) < 12 and any(cut.dropped for cut in cuts) and any(cut.pruned for cut in cuts)
        grown = sum(after.startswith(before.removesuffix("<|turn>model\n")) for before, after in pairwise(prompts))
        assert grown == len(prompts) - 1 - len(cuts)


def test_results_go_before_questions_and_their_facts_stay() -> None:
    """The first cut prunes; the question and its answer stand, and so does a line of what was pruned."""
    with Scripted(*turns(12), tools=[note], context=CONTEXT, system="Be short.") as it:
        for number in range(12):
            it.ask(f"Who is P{number}?")
            if it.of(Compacted):
                break
        assert it.of(Compacted)[0].dropped == 0 and it.of(Compacted)[0].pruned
        assert PRUNED in it.prompt() and "Who is P0?" in it.prompt() and "P0: 1790." in it.prompt()
        assert "note(name=P0): P0 was born in 1790" in it.prompt()
        assert "data, no instructions" in it.prompt() and it.prompt().index("data, no") > it.prompt().index(
            "<|turn>user"
        )


def test_a_cut_is_the_same_after_a_restart() -> None:
    """The next prompt of a resumed conversation begins as the last one did."""
    kept = Transcript()
    with Scripted(*turns(8), tools=[note], context=CONTEXT, transcript=kept) as it:
        assert ask_many(it, 8)
        before = it.agent.history()
    with Scripted("Yes.", tools=[note], context=CONTEXT, transcript=kept) as it:
        assert it.agent.history() == before


def test_the_caller_says_which_facts_stay() -> None:
    """Latest last, each once, and no more lines than the ledger has."""

    def facts(result: Result) -> Iterable[str]:
        return [f"fact of {result.call.arguments['name']}", "said often"]

    with Scripted(*turns(12), tools=[note], context=CONTEXT, facts=facts) as it:
        ask_many(it, 12)
        ledger = it.agent.conversation.state.cut.ledger
    assert ledger[-1] == "said often" and ledger.count("said often") == 1
    assert "fact of P0" in ledger and len(ledger) <= LEDGER_LINES


def test_within_one_question_earlier_results_go_and_may_be_asked_for_again() -> None:
    """The last turn's results stay; a pruned call made again is no repetition."""
    script = [called("note", name=f"P{number}") for number in (0, 1, 2, 3, 4, 5, 0)]
    with Scripted(*script, "Done.", tools=[note], context=CONTEXT, system="Be short.") as it:
        reply = it.ask()
        assert it.of(Compacted) and PRUNED in it.prompt()
        assert [one.cached for one in reply.results] == [False] * 7


def test_what_cannot_fit_is_an_error_that_says_so() -> None:
    """A question larger than the context is never cut in silence."""
    with Scripted("Yes.", context=CONTEXT) as it:
        with pytest.raises(ContextOverflow, match="may be used") as refused:
            it.ask("x" * 9000)
        assert refused.value.limit == 7000 and refused.value.hint
        assert not it.runtime.requests
        assert it.ask("Shorter?").text == "Yes."
