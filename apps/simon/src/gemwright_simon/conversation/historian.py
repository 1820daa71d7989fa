"""A conversation over a tree: the model asks tools, code checks what it says, and the clerk answers where that fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any, Final

from gemwright import Client, GenerationOptions, RuntimeFailure, ToolSpec
from gemwright.agent import Agent, Limits, Result, Retry, Tool, Transcript
from gemwright_simon.checking import REMOVED, Checked, Pool, check, handles_in
from gemwright_simon.clerk import Answer, Claims, Clerk, Evidence
from gemwright_simon.clerk.parse import tidy
from gemwright_simon.clerk.people import fold, resolve
from gemwright_simon.conversation.focus import FocusStack
from gemwright_simon.conversation.ledger import Ledger
from gemwright_simon.conversation.prompt import historian_prompt
from gemwright_simon.tools import SCHEMAS, Toolbox
from gemwright_simon.tree import Tree

__all__ = ["Historian"]

_I_AM: Final = re.compile(r"^(?:i am|i'm|my name is|call me) (?P<who>.+)$", re.IGNORECASE)
_PRONOUN: Final = re.compile(r"\b(he|him|his|she|her|hers|they|them|their|i|me|my|it|its|one)\b", re.IGNORECASE)
_SMALL: Final = 6_000
"""Below this context, in tokens, the short prompt is sent."""
_DENIALS: Final = (
    "not recorded",
    "no source",
    "no marriage",
    "no divorce",
    "no relationship",
    "none",
    "nobody",
    "no",
    "0",
    "no context on file",
)
_DENIED: Final = re.compile(
    r"\bnot recorded\b|\bno [\w -]{0,60}(?:recorded|found|known|on file|in th(?:is|e) tree)\b|\bnobody\b|\bnone\b|"
    r"\bno (?:source|match|relationship)|\bnot related\b",
    re.IGNORECASE,
)
_LISTS: Final = frozenset(
    {"relatives", "chain", "marriages", "event_place", "event_years", "end_of_line", "earliest", "longest"}
)
_ASKED: Final = (
    ("died", re.compile(r"\bdie[ds]?\b|\bdeath\b|\bpass(?:ed)? away\b", re.IGNORECASE)),
    ("buried", re.compile(r"\bburied\b|\bburial\b|\bgrave\b|\brest", re.IGNORECASE)),
    ("baptised", re.compile(r"\bbapti[sz]|\bchristen", re.IGNORECASE)),
    ("born", re.compile(r"\bborn\b|\bbirth", re.IGNORECASE)),
    ("also recorded", re.compile(r"\bnames?\b|\bcalled\b|\bknown as\b", re.IGNORECASE)),
    (
        "occupation",
        re.compile(r"\boccupation|\bliving\b|\bprofession|\btrade\b|\bjob\b|\btitle\b|\bwork", re.IGNORECASE),
    ),
    ("parents", re.compile(r"\bfather|\bmother|\bparents?\b", re.IGNORECASE)),
    ("spouse", re.compile(r"\bmarr|\bspouse|\bhusband|\bwife\b|\bchild", re.IGNORECASE)),
)
"""How a field of a person's summary begins, and the words of a question that ask for it."""
_LOOP: Final = re.compile(r"(.{4,120}?)\1{3,}", re.DOTALL)
"""The same words four times on end: a model that has lost the thread."""
_LIMITS: Final = Limits(steps=12, seconds=300.0, repairs=1)


class Historian:
    """Answers questions in a conversation.

    Args:
        tree: the tree, opened.
        client: the model; without one the clerk answers alone.
        transcript: where the conversation with the model is kept; in memory where None.
        options: how the model generates.
        home: handle of the person who asks.
        context: tokens of context that the model has loaded, where that is known.
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
    ) -> None:
        self.tree = tree
        self.clerk = Clerk(tree)
        self.focus = FocusStack(tree, home)
        self.ledger = Ledger()
        self.failure = ""
        self._question = ""
        self._complained = False
        self._agent: Agent | None = None
        self._client, self._options, self._context = client, options, context
        if client is not None:
            self._agent = Agent(
                client,
                _tools(Toolbox(tree), lambda: self._question),
                system=historian_prompt(short=context is not None and context < _SMALL),
                limits=_LIMITS,
                options=options,
                transcript=transcript,
                check=self._complaint,
                facts=_facts,
                context=context,
            )

    @property
    def has_model(self) -> bool:
        """Whether a model is asked at all."""
        return self._agent is not None

    def again(self) -> Historian:
        """Return a historian over the same tree and model, at the beginning of a conversation of its own."""
        return Historian(self.tree, self._client, options=self._options, home=self.focus.home, context=self._context)

    def ask(self, question: str) -> Answer:
        """Answer a question.

        A model's words are delivered only as far as the check lets them pass, and only where they say what code knows
        to be the answer; else code answers. `failure` says why a model was not there, if it was not.

        Args:
            question: as typed.
        """
        self.failure = ""
        introduced = self._introduction(question)
        if introduced is not None:
            return introduced
        known = self.clerk.answer(question, self.focus)
        answer = self._by_model(question, known) if question.strip() else None
        if answer is None:
            answer = known or self.clerk.decline(question, self.focus)
            self._deliver(question, answer, spoken=False)
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

    def _by_model(self, question: str, known: Answer | None) -> Answer | None:
        """Return the model's answer as far as it may be delivered, or None."""
        if self._agent is None:
            return None
        self._question, self._complained = question, False
        asked = question
        line = self.focus.line()
        if line and _PRONOUN.search(question):
            asked = f"{question}\n({line})"
        try:
            reply = self._agent.ask(asked)
        except RuntimeFailure as problem:
            self.failure = problem.message + (f" ({problem.hint})" if problem.hint else "")
            return None
        pool = self._pool(reply.results)
        checked = check(reply.text, pool)
        self.ledger.add(
            line for result in reply.results if not result.is_error for line in str(result.content).splitlines()
        )
        answer = _answered(reply.text, checked, pool, repaired=self._complained)
        if answer is None or (not reply.results and not self.ledger.lines):
            return None
        if known is not None:
            if not _says(answer.text, known):
                return None
            answer = replace(answer, people=known.people, listed=known.listed, kind=known.kind)
        self._deliver(question, answer, spoken=True)
        return answer

    def _deliver(self, question: str, answer: Answer, *, spoken: bool) -> None:
        """Have the history hold what was delivered, not what was said."""
        if self._agent is None:
            return
        if not spoken and self._agent.unfinished:
            self._agent.conversation.end("abandoned")
        if not spoken and (not self._question or self.failure):
            self._agent.conversation.record(question, answer.text)
        else:
            self._agent.conversation.amend(answer.text)

    def _complaint(self, text: str, results: Sequence[Result]) -> str | None:
        complaint = check(text, self._pool(results)).complaint()
        if complaint:
            self._complained = True
        return complaint or None

    def _pool(self, results: Iterable[Result]) -> Pool:
        lines = [str(result.content) for result in results if not result.is_error]
        return Pool(self.tree, (*self.ledger.lines, *lines), self._question)


def _answered(text: str, checked: Checked, pool: Pool, *, repaired: bool) -> Answer | None:
    """Return a checked text as an answer with the evidence it names; None where nothing of it is left."""
    struck = checked.unsupported
    kept = checked.struck() if struck else text.strip()
    if not checked.supported or _LOOP.search(kept) or not kept.replace(REMOVED, "").strip():
        return None
    named = dict.fromkeys(handles_in(kept))
    lines = [line for line in pool.lines for line in line.splitlines()]
    evidence = tuple(
        Evidence(handle, _plain(line), _source(line, handle))
        for handle in named
        if (line := next((one for one in lines if f"[{handle}]" in one), ""))
    )
    claims = Claims(checked.supported, 1 if repaired and not struck else 0, struck)
    return Answer(
        kept,
        evidence,
        answered_by="repair" if repaired or struck else "model",
        claims=claims,
        people=tuple(one for one in named if one in pool.people)[:1],
    )


def _plain(line: str) -> str:
    return " ".join(line.split())[:400]


def _source(line: str, handle: str) -> str:
    found = re.search(re.escape(f"[{handle}]") + r"\s*\{([^{}]*)\}", line)
    return found[1] if found else ""


def _says(text: str, known: Answer) -> bool:
    """Tell whether a text in other words says what code knows: each core value, and nobody beside them in a list."""
    if REMOVED in text:
        return False
    plain, handles = fold(text), set(handles_in(text))
    for value in known.core:
        if value in _DENIALS:
            right = bool(_DENIED.search(re.sub(r"{[^{}]*}", "", text)))
        elif value == "yes":
            right = bool(re.match(r"\W*yes\b", text, re.IGNORECASE))
        elif re.fullmatch(r"[\w.-]*\d[\w.-]*", value) and value in {one.handle for one in known.evidence} | set(
            known.listed
        ) | set(known.people):
            right = value in handles
        elif value.isdigit():
            right = re.search(rf"(?<![\w.]){value}(?![\w.]*\w)", text) is not None
        else:
            right = f" {fold(value)} " in f" {plain} "
        if not right:
            return False
    if known.kind in _LISTS:
        people = {one for one in handles if "." not in one and "~" not in one and one[:1] not in "FS"}
        return bool(known.core) and people <= {*known.listed, *known.people, *known.core}
    return bool(known.core)


def _tools(toolbox: Toolbox, question: Callable[[], str]) -> list[Tool]:
    """Return the six tools as an agent runs them."""
    turn = Lock()
    return [
        Tool(
            ToolSpec(schema["name"], schema["description"], schema["parameters"]),
            _runs(toolbox, schema["name"], turn, question),
        )
        for schema in SCHEMAS
    ]


def _runs(toolbox: Toolbox, name: str, turn: Lock, question: Callable[[], str]) -> Callable[..., str]:
    """Return what runs a tool: in a thread of the agent's, one call at a time, since they share one index."""

    def run(**arguments: Any) -> str:
        with turn:
            result = toolbox.call(name, arguments)
        if result.error:
            raise Retry(result.text)
        return _asked_first(result.text, question()) if name == "lookup_person" else result.text

    return run


def _asked_first(text: str, question: str) -> str:
    """Put the field of a person's summary that a question asks for before the others: small models read the first."""
    head, *fields = text.split(" | ")
    wanted = next((begins for begins, words in _ASKED if words.search(question)), "")
    first = [one for one in fields if wanted and one.startswith(wanted)]
    return " | ".join([head, *first, *(one for one in fields if one not in first)])


def _facts(result: Result) -> list[str]:
    return [line for line in str(result.content).splitlines() if "[" in line][:20]
