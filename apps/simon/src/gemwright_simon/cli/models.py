"""Which model answers: the one at an address, the first Gemma 4 of a server that runs here, or none."""

from __future__ import annotations

import os
import re
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
        client: ready to talk; None where the clerk answers alone.
        where: what is there, or why nothing is, in a sentence.
        context: tokens of context that it has loaded, where that is known.
        demo: whether it is one of gemwright's own small models, which is not Gemma.
        failed: whether a model was named or found, and does not answer.
    """

    client: Client | None
    where: str
    context: int | None = None
    demo: bool = False
    failed: bool = False


@contextmanager
def open_model(endpoint: str | None, *, without: bool = False) -> Generator[Model]:
    """Connect to a model; nothing is started and nothing downloaded.

    Args:
        endpoint: the server's address; None looks on this machine for a server that runs.
        without: use none.

    Raises:
        GemwrightError: the address is none, or a setting is wrong.
    """
    if without:
        yield Model(None, "no model is used")
        return
    from gemwright import Client, RuntimeFailure
    from gemwright.foundation.config import load
    from gemwright.launch.search import find
    from gemwright.runtimes.registry import Recognised

    settings = load({"endpoint": endpoint}, os.environ, Path.cwd())
    url, name, mark = settings.endpoint, settings.model, ""
    key = settings.api_key(os.environ) or ""
    if not url:
        found = find(settings).suitable(settings.model)
        if not found:
            yield Model(None, "no running server with a Gemma 4 was found")
            return
        server, model = found[0]
        url, name, mark, key = server.place.url, model.name, model.mark, ""
    with Client(Recognised(url, model=name, api_key=key), variant=settings.variant) as client:
        try:
            info = client.info()
        except RuntimeFailure as problem:
            yield Model(None, f"{problem.message}; the clerk answered", failed=True)
            return
        shown = f"{info.runtime} at {url}, model {info.model or name or 'unnamed'}"
        own = bool(mark) or "standin" in re.sub(r"[\W_]", "", info.model or "").lower()
        yield Model(client, shown, info.context, own)
