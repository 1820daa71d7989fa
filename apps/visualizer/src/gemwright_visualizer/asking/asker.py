"""One small question at a time: asked through gemwright's client, read, checked field by field, asked once more, or left.

Every answer is kept by what was asked, of which model, with which parameters, so that a film that is planned again asks
nothing twice.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from gemwright import (
    Client,
    GenerationOptions,
    Image,
    Media,
    Message,
    Part,
    RuntimeFailure,
    RuntimeTimeout,
    RuntimeUnreachable,
    Text,
    TextDelta,
    ToolCall,
    Turn,
    system,
    user,
)
from gemwright.foundation.jsonx import stable_hash
from gemwright_visualizer.asking.fields import Field, Refused, Taken
from gemwright_visualizer.asking.reading import is_enough, read_answer
from gemwright_visualizer.errors import ModelAway, Stopped

__all__ = ["Asker", "Decision", "OnFail", "Question"]

OnFail = Literal["rules", "stop"]
Origin = Literal["model", "repaired", "rule"]
_VERSION: Final = 1
"""Of the way answers are asked for; another one asks anew."""
_CALL_SECONDS: Final = 240.0
_FAILURES: Final = 3
"""Calls that fail one after the other before the server counts as gone."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided a value.

    Attributes:
        stage: `mood`, `pace`, `look` or `shots`.
        where: the song, a section or a shot, as a person counts.
        field: name of the value.
        value: as it stands in the storyboard.
        origin: the model as it said it, the model after a repair, or the rule.
        why: of a repair or of the rule's value.
        rule: what the rule says, where a model was asked.
    """

    stage: str
    where: str
    field: str
    value: str
    origin: Origin
    why: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A small question with a flat answer.

    Attributes:
        stage: it belongs to.
        where: what it is about.
        system: who is asked, within which limits, for which form.
        lines: what is known, a short line each.
        fields: of the answer, six at most.
        rule: the value of each field where the model gives none that can be used.
        temperature: of the sampling.
        most_tokens: of the answer.
        picture: that is asked about.
    """

    stage: str
    where: str
    system: str
    lines: tuple[str, ...]
    fields: tuple[Field, ...]
    rule: Mapping[str, str | int]
    temperature: float = 0.4
    most_tokens: int = 400
    picture: Media | None = None

    def messages(self, complaint: str = "", said: str = "") -> list[Message]:
        """Return the one turn that is sent; a second try quotes the first answer and what was wrong with it."""
        shape = ",".join(f'"{one.name}":"{one.shape}"' for one in self.fields)
        more = (f"Your last answer was: {said[:200]}", f"That was wrong: {complaint}") if complaint else ()
        text = "\n".join((*self.lines, *more, f"Answer as one object with the keys: {{{shape}}}"))
        shown = () if self.picture is None else (Image(self.picture),)
        return [system(self.system), user(*shown, text)]


class Asker:
    """Asks questions and keeps count.

    Args:
        client: the model; None leaves every value to the rules.
        cache: answers by what was asked; kept between runs by whoever owns it.
        seed: for runtimes that take one.
        tries: how often a question is asked at most, where an answer cannot be used.
        on_fail: what happens when the server goes away: the rules decide the rest, or `ModelAway` is raised.
        budget: seconds for all calls together; the rules decide what is left then.
        stop: asked between and during calls; True ends with `Stopped`.
        tell: hears of each question: its stage, what it is about, and how many were asked so far.
        clock: seconds that pass; tests pass their own.
    """

    def __init__(
        self,
        client: Client | None,
        cache: MutableMapping[str, str] | None = None,
        *,
        seed: int = 7,
        tries: int = 2,
        on_fail: OnFail = "rules",
        budget: float | None = None,
        stop: Callable[[], bool] = lambda: False,
        tell: Callable[[str, str, int], None] = lambda _stage, _where, _count: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._cache: MutableMapping[str, str] = cache if cache is not None else {}
        self._seed, self._tries, self._on_fail, self._budget = seed, tries, on_fail, budget
        self._stop, self._tell, self._clock = stop, tell, clock
        self._model = ""
        self._away = "" if client is not None else "no model was asked"
        self._failures = 0
        self._sees: bool | None = None
        self.calls = 0
        self.cached = 0
        self.seconds = 0.0
        self.decisions: list[Decision] = []

    @property
    def sees(self) -> bool:
        """Whether there is a model, and it takes pictures."""
        if self._client is None or self._away:
            return False
        if self._sees is None:
            try:
                self._sees = self._client.info().capabilities.images
            except RuntimeFailure as problem:
                self._failed(problem)
                return False
        return self._sees

    @property
    def away(self) -> str:
        """Why no model is asked any more; empty while one is."""
        return self._away

    def ask(self, question: Question) -> dict[str, str | int]:
        """Return a value for each field of a question, by the model where it gives one that can be used.

        Raises:
            Stopped: `stop` said so.
            ModelAway: the server is gone, and `on_fail` is `stop`.
        """
        self._tell(question.stage, question.where, self.calls + self.cached)
        taken: dict[str, tuple[Taken, str]] = {}
        refused: dict[str, str] = {}
        complaint = said = ""
        for attempt in range(1, self._tries + 1):
            turn = self._said(question, complaint, said)
            if turn is None:
                break
            answer = read_answer(turn, [one.name for one in question.fields])
            refused = {}
            again = "second try" if attempt > 1 else ""
            note = ", ".join(filter(None, (again, *answer.repairs)))
            for one in question.fields:
                if one.name in taken:
                    continue
                try:
                    if one.name not in answer.values:
                        raise Refused(f"{one.name} is missing")
                    taken[one.name] = one.take(answer.values[one.name]), note
                except Refused as problem:
                    refused[one.name] = str(problem)
            if not any(one.name in refused and not one.optional for one in question.fields):
                break
            complaint = "; ".join(refused.values()) if answer.values else "there was no object with these keys"
            said = " ".join(turn.text.split())
        return {one.name: self._decided(question, one, taken.get(one.name), refused) for one in question.fields}

    def note(self, stage: str, where: str, name: str, value: object, origin: Origin, why: str = "") -> None:
        """Keep a decision that was taken outside of a question; it replaces the field's earlier one."""
        fresh = Decision(stage, where, name, str(value), origin, why)
        for at, one in enumerate(self.decisions):
            if (one.stage, one.where, one.field) == (stage, where, name):
                self.decisions[at] = replace(fresh, rule=one.rule)
                return
        self.decisions.append(fresh)

    def _decided(
        self, question: Question, one: Field, taken: tuple[Taken, str] | None, refused: Mapping[str, str]
    ) -> str | int:
        if taken is None:
            value = question.rule[one.name]
            why = refused.get(one.name, self._away or "the answer could not be used")
            origin: Origin = "rule"
        else:
            value = taken[0].value
            why = ", ".join(filter(None, (taken[1], taken[0].repaired)))
            origin = "repaired" if why else "model"
        rule = str(question.rule[one.name])
        self.decisions.append(Decision(question.stage, question.where, one.name, str(value), origin, why, rule))
        return value

    def _said(self, question: Question, complaint: str, said: str) -> Turn | None:
        """Return the model's answer, from what is kept or anew; None where nobody answers."""
        if self._stop():
            raise Stopped("the stages were stopped; what was answered is kept")
        if self._client is None or self._away:
            return None
        messages = question.messages(complaint, said)
        options = GenerationOptions(
            max_tokens=question.most_tokens, temperature=question.temperature, seed=self._seed, json_answer=True
        )
        try:
            key = self._key(messages, options)
            kept = _turn_of(self._cache.get(key, ""))
            if kept is not None:
                self.cached += 1
                return kept
            if self._budget is not None and self.seconds >= self._budget:
                self._away = "the time for the model was used up"
                return None
            turn = self._call(self._client, messages, options)
        except RuntimeFailure as problem:
            self._failed(problem)
            return None
        self._failures = 0
        self._cache[key] = _text_of(turn)
        return turn

    def _key(self, messages: Sequence[Message], options: GenerationOptions) -> str:
        if not self._model and self._client is not None:
            info = self._client.info()
            self._model = f"{info.runtime} {info.version} {info.model}"
        texts = [[_content(part) for part in one.parts] for one in messages]
        return stable_hash(
            [_VERSION, self._model, texts, options.temperature, options.max_tokens, options.seed, options.thinking]
        )

    def _call(self, client: Client, messages: Sequence[Message], options: GenerationOptions) -> Turn:
        begin = self._clock()
        self.calls += 1
        try:
            with client.stream(messages, (), options) as stream:
                text = ""
                for event in stream:
                    if self._stop():
                        raise Stopped("the stages were stopped; what was answered is kept")
                    if isinstance(event, TextDelta):
                        text += event.text
                        if is_enough(text):
                            break
                    if self._clock() - begin > _CALL_SECONDS:
                        break
                return stream.so_far()
        finally:
            self.seconds += self._clock() - begin

    def _failed(self, problem: RuntimeFailure) -> None:
        self._failures += 1
        gone = isinstance(problem, RuntimeUnreachable | RuntimeTimeout) or self._failures >= _FAILURES
        if not gone:
            return
        if self._on_fail == "stop":
            raise ModelAway(f"the model is gone: {problem.message}") from problem
        self._away = f"the model is gone: {problem.message}"


def _content(part: Part) -> str:
    """Return what tells a part of a message from another: its text, or the digest of its picture."""
    if isinstance(part, Image):
        return hashlib.sha256(part.media.data).hexdigest()
    return part.text if isinstance(part, Text) else ""


def _text_of(turn: Turn) -> str:
    """Return what of a turn is kept."""
    calls = [[one.name, dict(one.arguments)] for one in turn.tool_calls]
    return json.dumps({"text": turn.text, "calls": calls}, ensure_ascii=False)


def _turn_of(kept: str) -> Turn | None:
    """Return a kept turn; None where what was kept cannot be read any more."""
    try:
        value = json.loads(kept)
        calls = tuple(ToolCall(str(name), dict(arguments)) for name, arguments in value["calls"])
        return Turn((Text(str(value["text"])), *calls))
    except (ValueError, KeyError, TypeError):
        return None
