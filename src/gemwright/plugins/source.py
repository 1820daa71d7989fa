"""Where the model of a plug-in answers: the server that the settings name, or an engine of ours with a model they name.

Nothing is started or asked before it is needed. An engine that was started serves every later request of the process,
and ends with it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gemwright.foundation.config import Config, load
from gemwright.foundation.errors import RuntimeUnreachable
from gemwright.foundation.http import Timeouts
from gemwright.launch.embedded import Engine, start_embedded
from gemwright.runtimes.base import Runtime
from gemwright.runtimes.llamacpp import LlamaCpp
from gemwright.runtimes.registry import Recognised

if TYPE_CHECKING:
    from gemwright.client import AsyncClient, Client

__all__ = ["Source", "find_source"]

_DEMO_TEMPERATURE: Final = 0.0  # the second choices of so small a model are guesses
_engines: Final[dict[Path | None, Engine]] = {}
_starting: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Source:
    """A model that can be asked.

    Attributes:
        settings: what the person's files, environment and call say.
        url: where it answers.
        note: what a person has to know about it; often empty.
        demo: whether it is the demo model.
    """

    settings: Config
    url: str
    note: str = ""
    demo: bool = False

    @property
    def temperature(self) -> float | None:
        """What suits this model where nobody says one; None is the recommended one."""
        return _DEMO_TEMPERATURE if self.demo else None

    def client(self) -> Client:
        """Return a blocking client of it, to be closed by the caller."""
        from gemwright.client import Client

        return Client(self._runtime(), variant=self.settings.variant)

    def async_client(self) -> AsyncClient:
        """Return an asynchronous client of it, to be closed by the caller in the event loop that uses it."""
        from gemwright.client import AsyncClient

        return AsyncClient(self._runtime(), variant=self.settings.variant)

    def _runtime(self) -> Runtime:
        settings = self.settings
        timeouts = Timeouts(
            connect=settings.timeout_connect, first_byte=settings.timeout_first_chunk, idle=settings.timeout_idle
        )
        if self.url != settings.endpoint:
            return LlamaCpp(self.url, timeouts=timeouts, note=self.note)
        key = settings.api_key(os.environ) or ""
        return Recognised(self.url, model=settings.model, api_key=key, timeouts=timeouts)


def find_source(arguments: Mapping[str, Any], *, demo: bool = False) -> Source:
    """Return the model that is meant; an engine is started where that takes one, which takes a moment.

    Args:
        arguments: settings given with the call, which lead; None means not given.
        demo: the demo model is meant, whatever the settings say.

    Raises:
        GemwrightError: the settings are wrong, nothing says which model is meant, or an engine cannot be started.
    """
    settings = load(arguments, os.environ, Path.cwd())
    if settings.endpoint and not demo:
        return Source(settings, settings.endpoint)
    if not settings.model and not demo:
        raise RuntimeUnreachable(
            "nothing says which model is meant: no endpoint is set",
            hint="set GEMWRIGHT_ENDPOINT to the address of a running server, or GEMWRIGHT_MODEL to a GGUF file; "
            "the demo model is there by its own name only (gemwright/demo in llm, GemmaModel(demo=True))",
        )
    model = None if demo else Path(settings.model)
    engine = _engine(model, settings)
    return Source(settings, engine.url, engine.label, demo=demo)


def _engine(model: Path | None, settings: Config) -> Engine:
    """Return the running engine of a model; start it where there is none."""
    with _starting:
        engine = _engines.get(model)
        if engine is None or not engine.alive:
            context, threads = settings.engine_context or 8192, settings.engine_threads or 1
            engine = _engines[model] = start_embedded(model, context=context, threads=threads)
        return engine
