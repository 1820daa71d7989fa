"""A client for the model that the settings name: a running server, or the engine that we bring along."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from gemwright.cli.output import session

if TYPE_CHECKING:
    from gemwright.client import Client
    from gemwright.foundation.config import Config
    from gemwright.foundation.http import Timeouts

__all__ = ["Opened", "announce", "model_options", "open_client", "open_found"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_DEMO_TEMPERATURE: Final = 0.0  # the second choices of so small a model are guesses


@dataclass(frozen=True, slots=True)
class Opened:
    """A client, and what stands behind it.

    Attributes:
        client: ready to talk.
        url: where the model answers.
        label: what a person has to know about the model; often empty.
        mark: the label's first words, which stand at every answer; often empty.
        embedded: whether it is the engine that we started.
        demo: whether it is the demo model, because nobody named another.
    """

    client: Client
    url: str
    label: str = ""
    mark: str = ""
    embedded: bool = False
    demo: bool = False

    @property
    def temperature(self) -> float | None:
        """What suits this model where the person says none; None is the recommended one."""
        return _DEMO_TEMPERATURE if self.demo else None


def model_options(command: _Command) -> _Command:
    """Add the options that say which model is meant."""
    for option in (
        click.option("--timeout", "timeout_first_chunk", type=float, help="Seconds until an answer has to begin."),
        click.option("--variant", help="Gemma 4 variant: E2B, E4B, 12B, 26B-A4B or 31B."),
        click.option(
            "--model", help="Name of the model at the server, or a GGUF file for our engine; else its demo model."
        ),
        click.option("--endpoint", help="Address of a running server; without one we start an engine."),
    ):
        command = option(command)
    return command


@contextmanager
def open_client(settings: Config) -> Generator[Opened]:
    """Connect to the server that the settings name, or start the engine with their model, else with the demo model.

    Both end with the block.

    Raises:
        GemwrightError: it cannot be started.
    """
    import os

    from gemwright.client import Client

    timeouts = _timeouts(settings)
    if settings.endpoint:
        from gemwright.runtimes.registry import Recognised

        runtime = Recognised(
            settings.endpoint,
            model=settings.model,
            api_key=settings.api_key(os.environ) or "",
            timeouts=timeouts,
        )
        with Client(runtime, variant=settings.variant) as client:
            yield Opened(client, settings.endpoint)
        return
    from gemwright.launch.embedded import CONTEXT, start_embedded
    from gemwright.runtimes.llamacpp import LlamaCpp

    model = Path(settings.model) if settings.model else None
    context = settings.engine_context or CONTEXT
    with start_embedded(model, context=context, threads=settings.engine_threads or 1) as engine:
        runtime = LlamaCpp(engine.url, timeouts=timeouts, note=engine.label)
        with Client(runtime, variant=settings.variant) as client:
            yield Opened(client, engine.url, engine.label, engine.mark, embedded=True, demo=model is None)


@contextmanager
def open_found(settings: Config, url: str, model: str, mark: str) -> Generator[Opened]:
    """Connect to a server that was found, and to a model of it; it gets no key, since none was meant for it.

    Args:
        settings: deadlines, and the variant where the model's name does not say it.
        url: the server's address.
        model: one of its models.
        mark: what has to stand at every answer of that model; often empty.

    Raises:
        GemwrightError: it is gone meanwhile.
    """
    from gemwright.client import Client
    from gemwright.runtimes.registry import Recognised

    runtime = Recognised(url, model=model, timeouts=_timeouts(settings))
    with Client(runtime, variant=settings.variant) as client:
        label = f"{mark}: one of gemwright's own models, not Gemma" if mark else ""
        yield Opened(client, url, label, mark, demo=bool(mark))


def _timeouts(settings: Config) -> Timeouts:
    from gemwright.foundation.http import Timeouts

    return Timeouts(
        connect=settings.timeout_connect, first_byte=settings.timeout_first_chunk, idle=settings.timeout_idle
    )


def announce(opened: Opened) -> None:
    """Say on standard error who is going to answer."""
    talk = session()
    info = opened.client.info()
    where = "an engine of our own" if opened.embedded else opened.url
    talk.say(f"{info.runtime} at {where}, model {info.model or 'unnamed'}, context {info.context or 'unknown'}")
    if opened.label:
        talk.say(opened.label, style="note")
