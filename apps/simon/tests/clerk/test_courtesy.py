"""Greetings, thanks and questions about Simon are answered, with nothing claimed of the tree; names are not stretched."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps.simon.tests.free.trees import tree_file
from gemwright_simon.clerk import Clerk
from gemwright_simon.conversation.focus import FocusStack
from gemwright_simon.tree import Tree, open_tree


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """The tree of the second set of free questions."""
    cache: Path = tmp_path_factory.mktemp("cache")
    return open_tree(tree_file("dune"), cache=cache)


def _said(tree: Tree, question: str) -> str:
    answer = Clerk(tree).answer(question)
    return answer.text if answer is not None else ""


@pytest.mark.parametrize(
    "question",
    ["Who are you?", "what can you do", "Help!", "Hi, who are you?", "How does this work?", "are you a bot?"],
)
def test_who_simon_is_and_how_to_ask_is_said_without_a_record(tree: Tree, question: str) -> None:
    """The answer names Simon, its limits and a question, and no evidence."""
    answer = Clerk(tree).answer(question)
    assert answer is not None
    assert "I am Simon" in answer.text
    assert "I do not guess" in answer.text
    assert "\u201cWhen was" in answer.text
    assert not (answer.evidence or answer.people or answer.declined)


def test_thanks_and_hello_are_answered_and_a_question_after_hello_is_no_greeting(tree: Tree) -> None:
    """Courtesy is only what is nothing else."""
    assert _said(tree, "thanks a lot!") == "You are welcome."
    assert _said(tree, "Good morning, Simon").startswith("Hello.")
    assert _said(tree, "Hi Simon, when was Peter Lotz born?") == "Peter Lotz [I73] was born 15 OCT 1870."
    assert "Simon" not in _said(tree, "Who are you going to marry?")


def test_who_only_shares_the_given_names_is_not_meant(tree: Tree) -> None:
    """A full name with another surname of the tree is nobody's."""
    assert _said(tree, "When was Barbara Luise Vogt born?").startswith("Nobody called Barbara Luise Vogt")


def test_initials_and_the_surname_first_find_a_name(tree: Tree) -> None:
    """`Willem L. Dubois` and `Dubois, Willem Louis` are names too."""
    for name in ("Willem L. Dubois", "W. L. Dubois", "Dubois, Willem Louis"):
        assert _said(tree, f"When was {name} born?") == "Willem Louis Dubois [I96] was born 13 NOV 1822.", name


def test_and_his_wife_asks_of_her_what_was_asked_of_him(tree: Tree) -> None:
    """After a date the date of the relative, after a place the place."""
    clerk, focus = Clerk(tree), FocusStack(tree)
    for question, expected in (
        ("When was Valentin Konrad Vogt born?", "I91] was born 26 APR 1767"),
        ("And his wife?", "I21] was born 7 OCT 1762"),
        ("Where did Valentin Konrad Vogt die?", "I91] died in Worms"),
        ("what about his wife", "I21] died in Ulm"),
    ):
        answer = clerk.answer(question, focus)
        assert answer is not None
        assert expected in answer.text
        focus.note(answer)


def test_a_relative_of_another_name_is_said_to_be_missing_under_that_name(tree: Tree) -> None:
    """There are brothers, but none called so."""
    said = _said(tree, "When was Barbara Luise Ziegler's brother Peter Lotz born?")
    assert said.startswith("No brother of Barbara Luise Ziegler [I42] called Peter Lotz")
