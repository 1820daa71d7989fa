"""The blocking agent: the asynchronous one, run by the event loop of a blocking client."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from gemwright.agent.budget import Facts, first_lines
from gemwright.agent.conversation import Conversation
from gemwright.agent.limits import Limits
from gemwright.agent.loop import Approve, AsyncAgent
from gemwright.agent.replies import Check
from gemwright.agent.signals import AgentEvent, Finished, Reply
from gemwright.agent.tool import Runs, Tool
from gemwright.agent.toolbox import Toolbox
from gemwright.agent.transcript import Transcript
from gemwright.client import Client
from gemwright.messages import GenerationOptions, Message

__all__ = ["Agent"]


class Agent:
    """The blocking twin of `AsyncAgent`; the arguments are the same, but for the client.

    `approve` and `check` run in the client's thread, as tools run in threads of their own. A program that asks a person
    in its own thread leaves `approve` out and goes on with `resume` after `Paused`.
    """

    def __init__(
        self,
        client: Client,
        tools: Toolbox | Iterable[Tool | Runs] = (),
        *,
        system: str | None = None,
        limits: Limits | None = None,
        options: GenerationOptions | None = None,
        transcript: Transcript | None = None,
        approve: Approve | None = None,
        check: Check | None = None,
        facts: Facts = first_lines,
        context: int | None = None,
    ) -> None:
        self._client = client
        self._agent = AsyncAgent(
            client.asynchronous,
            tools,
            system=system,
            limits=limits,
            options=options,
            transcript=transcript,
            approve=approve,
            check=check,
            facts=facts,
            context=context,
        )

    @property
    def toolbox(self) -> Toolbox:
        """The tools."""
        return self._agent.toolbox

    @property
    def conversation(self) -> Conversation:
        """What is kept: `conversation.amend(text)` puts in what was delivered instead of the last answer."""
        return self._agent.conversation

    @property
    def unfinished(self) -> bool:
        """Whether a question is open, after a crash, a failure or a pause, so that `resume` goes on with it."""
        return self._agent.unfinished

    def history(self) -> list[Message]:
        """Return the conversation as it is sent, without the system prompt."""
        return self._agent.history()

    def ask(self, question: str | Message) -> Reply:
        """Answer a question (see `AsyncAgent.events`)."""
        return _reply(self.events(question))

    def resume(self, decisions: Mapping[str, bool] | None = None) -> Reply:
        """Go on with the question that is open (see `AsyncAgent.resume_events`)."""
        return _reply(self.resume_events(decisions))

    def events(self, question: str | Message) -> Iterator[AgentEvent]:
        """Answer a question and yield what happens, `Finished` with the reply at last (see `AsyncAgent.events`)."""
        with self._client.iterate(self._agent.events(question)) as events:
            yield from events

    def resume_events(self, decisions: Mapping[str, bool] | None = None) -> Iterator[AgentEvent]:
        """Go on with the question that is open, and yield what happens (see `AsyncAgent.resume_events`)."""
        with self._client.iterate(self._agent.resume_events(decisions)) as events:
            yield from events


def _reply(events: Iterator[AgentEvent]) -> Reply:
    return next(event.reply for event in events if isinstance(event, Finished))
