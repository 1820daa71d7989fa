"""A program that is killed while an agent works: `python -m tests.agent.killed FILE POINT` says `here` and hangs there.

With the point "slowly" it says `here` at once, and takes about a second for everything.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from gemwright.agent import Tool, Transcript
from gemwright.runtimes.echo import Pause, Step
from tests.agent.scripted import Scripted, called

QUESTION = "What do Ada and Eva do?"
TURNS = (called("read", name="Ada"), called("write", name="Ada") + called("read", name="Eva"), "They write letters.")
POINTS = ("turn 0", "read Ada", "write Ada", "turn 2")


def script(point: str, first: int = 0) -> list[Sequence[Step]]:
    """The turns from one on; the turn that is the point breaks off in its middle and waits to be killed."""
    turns: list[Sequence[Step]] = []
    for number, text in enumerate(TURNS[first:], first):
        half = len(text) // 2
        if point == "slowly":
            turns.append([step for character in text for step in (character, Pause(0))])
            continue
        turns.append([text[:half], Pause(0), text[half:]] if point == f"turn {number}" else [text])
    return turns


def tools(log: list[str], point: str = "") -> list[Tool]:
    """A tool that reads, and one that writes and needs approval; the one that is the point hangs in the middle."""

    def read(name: str) -> str:
        """Read what is known of a person."""
        return work("read", name)

    def write(name: str) -> str:
        """Write a letter."""
        return work("write", name)

    def work(verb: str, name: str) -> str:
        log.append(f"{verb} {name}")
        if point == f"{verb} {name}":
            hang()
        if point == "slowly":
            time.sleep(0.1)
        return f"{verb}: {name} writes letters"

    return [Tool.from_function(read), Tool.from_function(write, approval=True)]


def hang() -> None:
    """Say that the point is reached, and wait to be killed."""
    time.sleep(0.2)  # what runs beside it comes to its end
    sys.stdout.write("here\n")
    sys.stdout.flush()
    time.sleep(60)


async def hang_in_turn(seconds: float) -> None:
    """Hang inside a turn, or take a little time."""
    if sys.argv[2] == "slowly":
        await asyncio.sleep(0.003)
    else:
        hang()


if __name__ == "__main__":
    path, where = Path(sys.argv[1]), sys.argv[2]
    with Scripted(*script(where), tools=tools([], where), transcript=Transcript(path), approve=lambda call: True) as it:
        it.runtime._sleep = hang_in_turn  # type: ignore[attr-defined]  # the script's pause is the point
        if where == "slowly":
            with Scripted("Yes.") as warm:  # what is imported at the first question is imported now
                warm.ask()
            sys.stdout.write("here\n")
            sys.stdout.flush()
        it.ask(QUESTION)
