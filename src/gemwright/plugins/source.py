"""Where the model of a plug-in answers: a server that the settings name, one that was found, or an engine of ours.

Nothing is started or asked before it is needed. An engine that was started serves every later request of the process,
and ends with it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gemwright.foundation.config import Config, load
from gemwright.foundation.errors import RuntimeUnreachable
from gemwright.foundation.http import Timeouts
from gemwright.launch.embedded import CONTEXT, Engine, start_embedded
from gemwright.launch.search import find
from gemwright.runtimes.base import Runtime
from gemwright.runtimes.llamacpp import LlamaCpp
from gemwright.runtimes.registry import Recognised

if TYPE_CHECKING:
    from gemwright.client import AsyncClient, Client

__all__ = ["Source", "find_source"]

_DEMO_TEMPERATURE: Final = 0.0  # the second choices of so small a model are guesses
_GGUF: Final = ".gguf"
_engines: Final[dict[Path | None, Engine]] = {}
_starting: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Source:
    """A model that can be asked.

    Attributes:
        settings: what the person's files, environment and call say.
        url: where it answers.
        model: its name there; the server's own or only one if empty.
        note: what a person has to know about it; often empty.
        demo: whether it is a model of ours for showing.
    """

    settings: Config
    url: str
    model: str = ""
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
        if self.note:
            return LlamaCpp(self.url, timeouts=timeouts, note=self.note)
        key = settings.api_key(os.environ) if self.url == settings.endpoint else None  # it is meant for no other server
        return Recognised(self.url, model=self.model, api_key=key or "", timeouts=timeouts)


def find_source(arguments: Mapping[str, Any], *, demo: bool = False) -> Source:
    """Return the model that is meant; a search lasts a second at most, and an engine is started where that takes one.

    The order: the endpoint of the settings; an engine of ours where `model` is a GGUF file; the best Gemma 4 of the
    servers that run on this machine, or the model of theirs that `model` names.

    Args:
        arguments: settings given with the call, which lead; None means not given.
        demo: the demo model is meant, whatever the settings say.

    Raises:
        GemwrightError: the settings are wrong, no model is there, or an engine cannot be started.
    """
    settings = load(arguments, os.environ, Path.cwd())
    if demo:
        engine = _engine(None, settings)
        return Source(settings, engine.url, note=engine.label, demo=True)
    if settings.endpoint:
        return Source(settings, settings.endpoint, settings.model)
    if settings.model.endswith(_GGUF):
        engine = _engine(Path(settings.model), settings)
        return Source(settings, engine.url, note=engine.label)
    with ThreadPoolExecutor(1) as thread:  # the caller's may run an event loop, and a search needs one of its own
        found = thread.submit(find, settings).result().suitable(settings.model)
    if not found:
        raise RuntimeUnreachable(
            f"no running server has the model {settings.model}"
            if settings.model
            else "no server runs here with a Gemma 4",
            hint="start one, set GEMWRIGHT_ENDPOINT to an address, or GEMWRIGHT_MODEL to a GGUF file; "
            "the demo model has a name of its own (gemwright/demo in llm, GemmaModel(demo=True))",
        )
    server, model = found[0]
    return Source(settings, server.place.url, model.name, demo=bool(model.mark))


def _engine(model: Path | None, settings: Config) -> Engine:
    """Return the running engine of a model; start it where there is none."""
    with _starting:
        engine = _engines.get(model)
        if engine is None or not engine.alive:
            context, threads = settings.engine_context or CONTEXT, settings.engine_threads or 1
            engine = _engines[model] = start_embedded(model, context=context, threads=threads)
        return engine
