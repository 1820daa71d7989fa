"""A conversation over a tree: the model asks tools, code checks what it says, and the clerk answers where that fails."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from gemwright import Client, GenerationOptions, Message, RuntimeFailure, Text, user
from gemwright.agent import Agent, Limits, Reply, Result, Transcript
from gemwright.agent.conversation import Conversation
from gemwright.agent.state import Cut, Question
from gemwright_simon.checking import Pool, check, handles_in
from gemwright_simon.clerk import Answer, Clerk
from gemwright_simon.clerk.parse import tidy
from gemwright_simon.clerk.people import resolve
from gemwright_simon.conversation.brief import offered
from gemwright_simon.conversation.delivery import checked_answer, says
from gemwright_simon.conversation.focus import FocusStack
from gemwright_simon.conversation.ledger import Ledger
from gemwright_simon.conversation.prompt import historian_prompt
from gemwright_simon.conversation.tooling import Kit
from gemwright_simon.tools import Toolbox
from gemwright_simon.tree import Tree

__all__ = ["Historian"]

_I_AM: Final = re.compile(r"^(?:i am|i'm|my name is|call me) (?P<who>.+)$", re.IGNORECASE)
_PRONOUN: Final = re.compile(r"\b(he|him|his|she|her|hers|they|them|their|i|me|my|it|its|one)\b", re.IGNORECASE)
_SMALL: Final = 6_000
"""Below this context, in tokens, a model is taken for a small one."""
_LIMITS: Final = Limits(steps=12, seconds=300.0, repairs=1)
_BRIEF_LIMITS: Final = Limits(
    steps=3, seconds=60.0, final_seconds=20.0, repairs=0, empty=0, errors=1, repeats=2, parallel=1
)
_BRIEF_TOKENS: Final = 256


class Historian:
    """Answers questions in a conversation.

    A small model is not given what it gets lost in: it gets the tools that the question calls for, short results, one
    question at a time with names in place of pronouns, and no second chance to mend its words. Its answer is delivered
    only where code knows the question too, since nobody else could tell whether it answers what was asked.

    Args:
        tree: the tree, opened.
        client: the model; without one the clerk answers alone.
        transcript: where the conversation is kept; in memory where None. What is in it already is gone on with: whom it
            was about, what tools returned, and the question that was left open (`unfinished`).
        options: how the model generates.
        home: handle of the person who asks.
        context: tokens of context that the model has loaded, where that is known.
        small: whether the model is a small one; None goes by the context.

    Raises:
        BadMessages: the transcript is damaged.
    """

    def __init__(
        self,
        tree: Tree,
        client: Client | None = None,
        *,
        transcript: Transcript | None = None,
        options: GenerationOptions | None = None,
        home: str = "",
        context: int | None = None,
        small: bool | None = None,
    ) -> None:
        self.tree = tree
        self.clerk = Clerk(tree)
        self.focus = FocusStack(tree, home)
        self.ledger = Ledger()
        self.failure = ""
        self._client, self._options, self._context = client, options or GenerationOptions(), context
        self._small = small if small is not None else context is not None and context < _SMALL
        if self._small:
            self._options = replace(
                self._options, max_tokens=min(self._options.max_tokens or _BRIEF_TOKENS, _BRIEF_TOKENS)
            )
        self._transcript = transcript or Transcript()
        self._tools = Toolbox(tree)
        self._question = ""
        self._complained = False
        self._seen: list[str] = []
        self._agent = self._made(client) if client is not None else None
        self._by_code = Conversation(self._transcript)
        for question in self.conversation.state.questions:
            self._recall(question)

    @property
    def has_model(self) -> bool:
        """Whether a model is asked at all."""
        return self._client is not None

    @property
    def conversation(self) -> Conversation:
        """What is kept of the conversation."""
        return self._agent.conversation if self._agent is not None else self._by_code

    @property
    def asked(self) -> int:
        """How many questions the conversation has."""
        return len(self.conversation.state.questions)

    @property
    def unfinished(self) -> str:
        """The question that is open, since a process ended in the middle of it; empty where none is."""
        question = self.conversation.state.question
        return _asked_text(question) if question is not None else ""

    def again(self) -> Historian:
        """Return a historian over the same tree and model, at the beginning of a conversation of its own."""
        return Historian(
            self.tree,
            self._client,
            options=self._options,
            home=self.focus.home,
            context=self._context,
            small=self._small,
        )

    def ask(self, question: str) -> Answer:
        """Answer a question.

        A model's words are delivered only as far as the check lets them pass, and only where they say what code knows
        to be the answer; else code answers. `failure` says why a model was not there, if it was not.

        Args:
            question: as typed.

        Raises:
            BadMessages: the transcript cannot be written.
        """
        self.failure = ""
        if not question.strip():
            return self.clerk.decline(question, self.focus)
        introduced = self._introduction(question)
        if introduced is not None:
            self.conversation.record(question, introduced.text)
            return introduced
        greeted = self.clerk.courtesy(question)
        if greeted is not None:
            self.conversation.record(question, greeted.text)
            return greeted
        return self._answered(question, going_on=False)

    def resume(self) -> Answer | None:
        """Answer the question that was left open when a process ended; None where none is.

        Calls that had run are not run again; nothing that was written down is lost.
        """
        self.failure = ""
        question = self.unfinished
        return self._answered(question, going_on=True) if question else None

    def _answered(self, question: str, *, going_on: bool) -> Answer:
        known = self.clerk.answer(question, self.focus)
        answer: Answer | None = None
        if self._client is not None:
            answer = self._by_model(self._client, question, known, going_on=going_on)
        elif not going_on:
            self.conversation.begin(user(question))
        answer = answer or known or self.clerk.decline(question, self.focus)
        if self.conversation.state.question is not None:
            self.conversation.end("abandoned" if self._agent is not None else "answered")
        self.conversation.amend(answer.text)  # the history holds what was delivered, not what was said
        self.focus.note(answer)
        return answer

    def _introduction(self, question: str) -> Answer | None:
        """Take `I am NAME` as who is asking."""
        said = _I_AM.match(tidy(question))
        if not said:
            return None
        found = resolve(self.tree, said["who"], self.focus)
        person = self.tree.person(found.one) if found.one else None
        if person is None or person.hidden:
            return None
        self.focus.home = person.handle
        name = person.names[0].text if person.names else person.handle
        return Answer(
            f"Good: \u201cI\u201d and \u201cmy\u201d mean {name} [{person.handle}] from now on.",
            people=(person.handle,),
            kind="home",
        )

    def _recall(self, question: Question) -> None:
        """Take up what an earlier process left: whom the conversation was about, and what tools returned."""
        self.ledger.add(_lines(question.results))
        text = _asked_text(question)
        if question.ended is None or self._introduction(text) is not None:
            return
        known = self.clerk.answer(text, self.focus)
        if known is not None:
            self.focus.note(known)
        else:
            said = question.answer or ""
            self.focus.name(*reversed([one for one in dict.fromkeys(handles_in(said)) if self.tree.person(one)][:1]))

    def _made(self, client: Client, names: Sequence[str] = ()) -> Agent:
        """Return an agent over the transcript with some of the tools, or all."""
        kit = Kit(self._tools, lambda: self._question, self._seen.append, names, short=self._small)
        return Agent(
            client,
            kit,
            system=historian_prompt(short=self._small),
            limits=_BRIEF_LIMITS if self._small else _LIMITS,
            options=self._options,
            transcript=self._transcript,
            check=self._complaint,
            facts=_facts,
            context=self._context,
        )

    def _by_model(self, client: Client, question: str, known: Answer | None, *, going_on: bool) -> Answer | None:
        """Return the model's answer as far as it may be delivered, or None."""
        self._question, self._complained = question, False
        self._seen.clear()
        try:
            reply = (
                self._alone(client, question, going_on) if self._small else self._in_turn(client, question, going_on)
            )
        except RuntimeFailure as problem:
            self.failure = problem.message + (f" ({problem.hint})" if problem.hint else "")
            return None
        pool = self._pool(reply.results)
        checked = check(reply.text, pool)
        self.ledger.add(_lines(reply.results))
        answer = checked_answer(reply.text, checked, pool, repaired=self._complained and not self._small)
        if answer is None or (not reply.results and not self.ledger.lines):
            return None
        if known is None:
            return None if self._small else answer
        if not says(answer.text, known, self.tree):
            return None
        return replace(answer, people=known.people, listed=known.listed, kind=known.kind)

    def _in_turn(self, client: Client, question: str, going_on: bool) -> Reply:
        """Ask the model with what was said before, and a line that says who is talked about."""
        agent = self._agent or self._made(client)
        if going_on:
            return agent.resume()
        line = self.focus.line()
        parts = (Text(question), Text(f"\n({line})")) if line and _PRONOUN.search(question) else (Text(question),)
        return agent.ask(Message("user", parts))

    def _alone(self, client: Client, question: str, going_on: bool) -> Reply:
        """Ask a small model this question alone, with names in place of pronouns and the tools that its words call for."""
        self._question = self.focus.spelled(question)
        self._agent = agent = self._made(client, offered(self._question))
        if not going_on:
            opened = agent.conversation.begin(Message("user", (Text(self._question),)))
            agent.conversation.cut(Cut(opened.number, opened.number))
        return agent.resume()

    def _complaint(self, text: str, results: Sequence[Result]) -> str | None:
        complaint = check(text, self._pool(results)).complaint()
        if complaint:
            self._complained = True
        return complaint or None

    def _pool(self, results: Iterable[Result]) -> Pool:
        lines = [str(result.content) for result in results if not result.is_error]
        return Pool(self.tree, (*self.ledger.lines, *self._seen, *lines), self._question)


def _asked_text(question: Question) -> str:
    """Return what was asked, without the line that says who is talked about."""
    return next((part.text for part in question.message.parts if isinstance(part, Text)), "")


def _lines(results: Iterable[Result]) -> list[str]:
    return [line for one in results if not one.is_error for line in str(one.content).splitlines()]


def _facts(result: Result) -> list[str]:
    return [line for line in str(result.content).splitlines() if "[" in line][:20]
