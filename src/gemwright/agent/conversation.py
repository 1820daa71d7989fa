"""A conversation that is kept: every entry goes to the transcript first, then into the state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gemwright.agent.calling import Carried, refused
from gemwright.agent.signals import Ended
from gemwright.agent.state import Cut, Question, Said, State
from gemwright.agent.transcript import Transcript
from gemwright.foundation.errors import BadMessages
from gemwright.messages import Message, ToolCall, Turn, message_to_json, turn_to_json, user

__all__ = ["Conversation"]


class Conversation:
    """The state of a transcript, and the only way to change it.

    Args:
        transcript: where it is kept.

    Raises:
        BadMessages: the transcript is damaged.
    """

    def __init__(self, transcript: Transcript) -> None:
        self.state = State(transcript.entries())
        self._transcript = transcript

    def begin(self, message: Message) -> Question:
        """Add a question. One that is still open is left: calls of it that did not run will not."""
        left = self.state.question
        if left:
            for said, at, call in left.pending():
                self.result(said, at, refused(call, "the question was left before this call ran"))
            self.end("abandoned")
        self._write("asked", message=message_to_json(message))
        return self.state.questions[-1]

    def record(self, question: str, answer: str) -> None:
        """Add a question that was answered without the model, so that later ones can refer to it."""
        self.begin(user(question))
        self.end("answered")
        self.amend(answer)

    def said(self, turn: Turn) -> None:
        """Add a turn of the model."""
        self._write("said", turn=turn_to_json(turn))

    def nudge(self, why: str, text: str, limit: Ended | None = None) -> None:
        """Add what the agent says to the model by itself."""
        self._write("nudged", why=why, text=text, limit=limit)

    def began(self, said: Said, at: int) -> None:
        """Add that a call is about to run."""
        self._write("began", turn=said.number, at=at)

    def decide(self, said: Said, at: int, *, allowed: bool) -> None:
        """Add what a person said about a call."""
        self._write("decided", turn=said.number, at=at, allowed=allowed)

    def result(self, said: Said, at: int, carried: Carried) -> None:
        """Add what a call came to."""
        one = carried.result
        seen: dict[str, Any] = {"content": one.content, "is_error": one.is_error, "cached": one.cached}
        kept = {"key": carried.key, "page": carried.page, "whole": carried.whole} if carried.key else {}
        self._write("result", turn=said.number, at=at, seconds=round(one.seconds, 3), **seen, **kept)

    def cut(self, cut: Cut) -> None:
        """Add that something is not sent any more."""
        self._write("cut", first=cut.first, pruned=cut.pruned, ledger=list(cut.ledger))

    def end(self, ended: Ended) -> None:
        """Add how the question ended."""
        self._write("ended", ended=ended)

    def amend(self, text: str) -> None:
        """Put a text in place of the last answer.

        Raises:
            BadMessages: there is no finished question.
        """
        if not self.state.questions or self.state.question:
            raise BadMessages("there is no finished answer to amend", hint="ask a question first")
        self._write("amended", text=text)

    def decide_all(self, decisions: Mapping[str, bool]) -> None:
        """Add what a person said about calls that wait, by the calls' ids."""
        for said, at, call in self.waiting():
            if call.id in decisions:
                self.decide(said, at, allowed=decisions[call.id])

    def waiting(self) -> list[tuple[Said, int, ToolCall]]:
        """Return the calls of the open question that have no result."""
        question = self.state.question
        return question.pending() if question else []

    def _write(self, kind: str, **body: Any) -> None:
        self.state.add(self._transcript.append(kind, body))
