"""A runtime without a model, for what needs no real one: it says what it is told to say."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

from gemwright.acid.judge import Delivered
from gemwright.acid.parrot import END, SAY, prompt, spell
from gemwright.acid.play import Play, Result
from gemwright.acid.run import Report
from gemwright.acid.table import table_of
from gemwright.acid.vectors import Vector, vectors
from gemwright.runtimes.base import Capabilities, ChatChunk, ChatRequest, RawChunk, RawRequest, RuntimeInfo

HOSTILE = "<script>alert('x')</script>&\x1b[2J\u202e"

DEMO = RuntimeInfo("fake", "1.0", "demo", capabilities=Capabilities(chat=True))


def asked_text(request: ChatRequest) -> str:
    """Return the text that a request wants to have said, if it holds no control token."""
    content = str(request.messages[-1]["content"])
    spelt = content.removeprefix(SAY).removesuffix(END)
    return spelt.replace(spell("\u27e6"), "\u27e6").replace(spell("\u27e7"), "\u27e7")


@dataclass
class Fake:
    """A runtime that answers every chat by a function of the request."""

    answer: Callable[[ChatRequest], list[ChatChunk]]
    info: RuntimeInfo = DEMO
    asked: list[str] = field(default_factory=list[str])

    async def describe(self) -> RuntimeInfo:
        """Say who answers."""
        return self.info

    async def generate(self, request: RawRequest) -> AsyncGenerator[RawChunk]:
        """Take no prompts."""
        raise NotImplementedError
        yield RawChunk()

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """Answer."""
        self.asked.append(str(request.messages[-1]["content"]))
        for chunk in self.answer(request):
            yield chunk

    async def tokenize(self, text: str, *, parse_special: bool) -> list[int]:
        """Know no tokens."""
        raise NotImplementedError

    async def aclose(self) -> None:
        """Hold nothing."""


def parrot(request: ChatRequest) -> list[ChatChunk]:
    """Say what is asked for, as the demo model would, to a runtime that takes nothing out of it."""
    content = str(request.messages[-1]["content"])
    said = next((one.text for one in vectors() if prompt(one.text) == content), asked_text(request))
    return [ChatChunk(content=said), ChatChunk(finish="stop")]


def vector(name: str) -> Vector:
    """Return a vector by its name."""
    return next(one for one in vectors() if one.name == name)


def report_of(*results: tuple[Vector, Result]) -> Report:
    """Return the report of some streamed results, thinking off."""
    plays = [Play(one, False, "stream") for one, _ in results]
    found = {play.key: result for play, (_, result) in zip(plays, results, strict=True)}
    return Report(f"fake{HOSTILE}", "1.0", f"demo{HOSTILE}", ("stream",), table_of(plays, found))


def hostile_report() -> Report:
    """Return a report in which everything that comes from outside tries to leave its place."""
    one = Vector(f"wf_content/{HOSTILE}", True, HOSTILE, (), "", HOSTILE, (), HOSTILE)
    return report_of((one, Result(Delivered(HOSTILE, HOSTILE, (), HOSTILE), Delivered(content=HOSTILE), (HOSTILE,))))
