"""Agents over a scripted runtime: what a model would say is written by hand, in Gemma 4's own format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gemwright.agent import Agent, AgentEvent, Finished, Reply
from gemwright.client import Client
from gemwright.runtimes.base import RawRequest
from gemwright.runtimes.echo import Echo, Step


def called(tool: str, /, **arguments: int | str) -> str:
    """A call as the model writes it."""
    inner = ",".join(
        f'{key}:<|"|>{value}<|"|>' if isinstance(value, str) else f"{key}:{value}" for key, value in arguments.items()
    )
    return f"<|tool_call>call:{tool}{{{inner}}}<tool_call|>"


class Scripted:
    """An agent whose model says these texts, one after the other; a text alone is one chunk."""

    def __init__(self, *script: str | Sequence[Step], tools: Sequence[Any] = (), **settings: Any) -> None:
        self.runtime = Echo(*([one] if isinstance(one, str) else one for one in script))
        self.client = Client(self.runtime, variant="E2B", lane="raw")
        self.agent = Agent(self.client, tools, **settings)
        self.events: list[AgentEvent] = []

    def __enter__(self) -> Scripted:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def ask(self, question: str = "What is it?") -> Reply:
        """Ask, keep the events, return the reply."""
        self.events = list(self.agent.events(question))
        return self._reply()

    def resume(self, decisions: dict[str, bool] | None = None) -> Reply:
        """Go on, keep the events, return the reply."""
        self.events = list(self.agent.resume_events(decisions))
        return self._reply()

    def prompt(self, number: int = -1) -> str:
        """The prompt of a request."""
        request = self.runtime.requests[number]
        assert isinstance(request, RawRequest)
        return request.prompt if isinstance(request.prompt, str) else self.runtime.detokenize(request.prompt)

    def of(self, kind: type[Any]) -> list[Any]:
        """The events of one kind, of the last question."""
        return [event for event in self.events if isinstance(event, kind)]

    def _reply(self) -> Reply:
        last = self.events[-1]
        assert isinstance(last, Finished)
        assert sum(isinstance(event, Finished) for event in self.events) == 1
        return last.reply
