"""What every back end that gives pictures is asked, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from gemwright_visualizer.records import Frame

__all__ = ["Abilities", "Backend", "Made", "Request", "never"]


def never() -> bool:
    """Say that nobody wants to stop."""
    return False


@dataclass(frozen=True, slots=True)
class Request:
    """A picture that is wanted.

    Attributes:
        shot: number of the shot it is for.
        prompt: what it shows.
        negative: what it must not show.
        seed: of everything random.
        size: width and height in pixels.
        init: a picture to begin with, for back ends that can.
        strength: how far it may go from `init`, 0 to 1.
        reference: a picture of the cast, for back ends that can.
    """

    shot: int
    prompt: str
    negative: str
    seed: int
    size: tuple[int, int]
    init: Frame | None = None
    strength: float = 1.0
    reference: Frame | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A picture, and how it came about.

    Attributes:
        picture: of the size that was asked for.
        source: where it comes from, for a report: a file's name, or a back end's.
        notes: what was done to it, or went otherwise than asked.
        seconds: it took.
    """

    picture: Frame
    source: str
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a back end can be asked for beside a prompt."""

    prompts: bool = True
    init: bool = False
    reference: bool = False


class Backend(Protocol):
    """Gives pictures."""

    @property
    def name(self) -> str:
        """What it is called in reports."""
        ...

    @property
    def abilities(self) -> Abilities:
        """What it can be asked for."""
        ...

    def generate(self, request: Request, stop: Callable[[], bool] = never) -> Made:
        """Return a picture.

        Args:
            request: what is wanted.
            stop: asked now and then; True ends with `Stopped`.

        Raises:
            PictureProblem: there is none.
            Stopped: the user stopped.
        """
        ...
