"""Which model helps to direct: the one at an address, the first Gemma 4 of a server that runs here, or none."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gemwright import Client

__all__ = ["Model", "open_model"]


@dataclass(frozen=True, slots=True)
class Model:
    """A model that is there, or the absence of one.

    Attributes:
        client: ready to talk; None where the rules direct alone.
        name: what tells it from others; empty for none.
        where: what is there, or why nothing is, in a sentence.
    """

    client: Client | None
    name: str
    where: str


@contextmanager
def open_model(endpoint: str, *, wanted: bool = True) -> Generator[Model]:
    """Connect to a model; nothing is started and nothing downloaded.

    Args:
        endpoint: the server's address; empty looks on this machine for a server that runs.
        wanted: False uses none.

    Raises:
        GemwrightError: an address was named and does not answer, or a setting is wrong.
    """
    if not wanted:
        yield Model(None, "", "no model is asked; the rules direct")
        return
    from gemwright import Client, RuntimeFailure
    from gemwright.foundation.config import load
    from gemwright.launch.search import find
    from gemwright.runtimes.registry import Recognised

    settings = load({"endpoint": endpoint or None}, os.environ, Path.cwd())
    url, name, key = settings.endpoint, settings.model, settings.api_key(os.environ) or ""
    if not url:
        found = find(settings).suitable(settings.model)
        if not found:
            yield Model(None, "", "no running server with a Gemma 4 was found; the rules direct")
            return
        server, model = found[0]
        url, name, key = server.place.url, model.name, ""
    with Client(Recognised(url, model=name, api_key=key), variant=settings.variant) as client:
        try:
            info = client.info()
        except RuntimeFailure as problem:
            if endpoint:
                raise
            yield Model(None, "", f"{problem.message}; the rules direct")
            return
        shown = info.model or name or "unnamed"
        yield Model(client, f"{info.runtime}:{shown}", f"{info.runtime} at {url} with {shown} helps to direct")
