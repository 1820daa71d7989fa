"""Model servers that already run: where to look, who answers there, and which of their models are Gemma 4.

Knows: the ports on which runtimes listen when nobody says otherwise (from the catalog), which models count, and that
a search ends in time whatever answers.
Never knows: what a model is asked, or how anything is shown.

Only this machine is looked at, unless `OLLAMA_HOST` or a setting names another one. Nothing is loaded, started or
downloaded. A key is sent to the place that it was configured for and to no other.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from pathlib import PurePath, PureWindowsPath
from typing import Final, TypeAlias

from gemwright.catalog.load import catalog
from gemwright.catalog.names import resolve
from gemwright.catalog.things import Runtime
from gemwright.foundation.address import checked_address
from gemwright.foundation.config import Config
from gemwright.foundation.errors import (
    BadOption,
    RuntimeFailure,
    RuntimeRejected,
    RuntimeTimeout,
    RuntimeUnreachable,
)
from gemwright.foundation.http import Http, Timeouts, load_library
from gemwright.foundation.ollama_host import ollama_address
from gemwright.launch.embedded import mark_in
from gemwright.runtimes.base import ServedModel
from gemwright.runtimes.llamacpp import LlamaCpp
from gemwright.runtimes.ollama import Ollama
from gemwright.runtimes.openai_compat import OpenAICompat
from gemwright.runtimes.registry import recognise
from gemwright.wire.tokens import CALL_OPEN, TURN_OPEN

__all__ = ["RUNTIMES", "SECONDS", "FoundModel", "Place", "Search", "Server", "find", "look_again", "places", "search"]

RUNTIMES: Final = ("ollama", "llama.cpp", "lmstudio", "vllm", "sglang", "mlx-lm")
"""Ids of the runtimes that are looked for; their records in the catalog say their ports."""
SECONDS: Final = 1.0
"""How long a search lasts at most. A place that takes longer counts as absent, and is named."""

_OFF: Final = "off"
_BODY_CAP: Final = 4 * 1024 * 1024
_MOST_MODELS: Final = 1000
_LONGEST_NAME: Final = 200
_KEY_WANTED: Final = (401, 403)
_CLOUD: Final = re.compile(r"[:-]cloud$")
"""Ollama's own tags for models that its makers' machines run; a `remote_host` in the list says the same."""

_Adapter: TypeAlias = LlamaCpp | Ollama | OpenAICompat


@dataclass(frozen=True, slots=True)
class Place:
    """An address to look at.

    Attributes:
        url: the address.
        why: why it is looked at, such as `default port of Ollama`.
        named: whether somebody named it, so that its silence is worth a word.
        api_key: sent there as a bearer token; never shown.
    """

    url: str
    why: str
    named: bool = False
    api_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model of a server; what the server does not tell is empty or None.

    Attributes:
        name: its name in requests, as the server spells it: untrusted text.
        gemma4: whether it is a Gemma 4 that this server itself runs.
        variant: id in the catalog, where the name says it.
        loaded: whether it is in memory.
        context: tokens that are loaded for one request.
        quant: quantisation.
        bytes: size of its weights.
        remote: the other host that really runs it; empty where it is the server's own machine.
        mark: what has to stand at every answer, such as `demo model`; empty for a model of somebody else's.
    """

    name: str
    gemma4: bool = False
    variant: str = ""
    loaded: bool | None = None
    context: int | None = None
    quant: str = ""
    bytes: int | None = None
    remote: str = ""
    mark: str = ""

    @property
    def shown(self) -> str:
        """Its name for people: of a path only the last part, since a whole path is nobody's business."""
        path = PureWindowsPath(self.name) if "\\" in self.name else PurePath(self.name)
        return path.name if path.is_absolute() else self.name


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answered.

    Attributes:
        place: where.
        runtime: its name for people.
        version: as it spells it; empty where it tells none.
        models: what it has, those in memory first.
    """

    place: Place
    runtime: str
    version: str = ""
    models: tuple[FoundModel, ...] = ()

    def choose(self, wanted: str = "") -> FoundModel | None:
        """Return the model to talk with, or None where there is none.

        Args:
            wanted: name of a model; if empty, the best Gemma 4: not one of ours for showing, and in memory already.
        """
        if wanted:
            named = {one.name: one for one in reversed(self.models) if not one.remote}
            return named.get(wanted) or named.get(f"{wanted}:latest")
        gemmas = [one for one in self.models if one.gemma4]
        return min(gemmas, key=_last, default=None)


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found.

    Attributes:
        looked: every place that was asked.
        servers: those that answered, in the order of the places.
        slow: places that did not answer in time.
        strange: places that answered, but not as a server that can be used, with the reason.
        notes: what was left out, and why.
    """

    looked: tuple[Place, ...] = ()
    servers: tuple[Server, ...] = ()
    slow: tuple[Place, ...] = ()
    strange: tuple[tuple[Place, str], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def absent(self) -> tuple[Place, ...]:
        """The places at which nobody listens."""
        heard = {*self.slow, *(one.place for one in self.servers), *(place for place, _ in self.strange)}
        return tuple(place for place in self.looked if place not in heard)

    def suitable(self, wanted: str = "") -> list[tuple[Server, FoundModel]]:
        """Return the servers that have a Gemma 4, each with its best one, the best first.

        Args:
            wanted: name of the model that is meant, whatever it is; if empty, any Gemma 4.
        """
        pairs = [(one, model) for one in self.servers if (model := one.choose(wanted)) is not None]
        return sorted(pairs, key=lambda pair: _last(pair[1]))


def places(settings: Config, environ: Mapping[str, str]) -> tuple[list[Place], list[str]]:
    """Return where to look, without a place twice, and what is left out with the reason.

    First the endpoint of the settings, then `OLLAMA_HOST`, then the ports of this machine.

    Args:
        settings: `endpoint` and its key, `search_ports`, and `offline`, which leaves out other machines.
        environ: the environment's variables.

    Raises:
        ConfigProblem: the settings name a variable for the key, and it is not set.
    """
    found: list[Place] = []
    notes: list[str] = []
    if settings.endpoint:
        url = settings.endpoint.strip().rstrip("/").removesuffix("/v1")
        found.append(Place(url, f"endpoint, from {settings.origin('endpoint')}", True, settings.api_key(environ) or ""))
    if settings.search_ports != _OFF:
        host = environ.get("OLLAMA_HOST", "").strip()
        try:
            found += [Place(ollama_address(host).rstrip("/"), "OLLAMA_HOST", True)] if host else []
        except BadOption as error:
            notes.append(f"OLLAMA_HOST is no address: {error.message}")
        found += _ports(settings.search_ports)
    kept: dict[str, Place] = {}
    for place in found:
        address = checked_address(place.url)
        if settings.offline and not address.is_loopback:
            notes.append(f"offline: {address.shown} ({place.why}) is not asked, it is another machine")
        else:
            kept.setdefault(address.origin.replace("localhost", "127.0.0.1") + address.path, place)
    return list(kept.values()), notes


def find(settings: Config, environ: Mapping[str, str] | None = None, *, seconds: float = SECONDS) -> Search:
    """Look for servers; blocks for at most the given time, after which whoever has not answered counts as absent.

    Args:
        settings: as for `places`.
        environ: the environment's variables; the process's own if left out.
        seconds: how long the search may last.

    Raises:
        ConfigProblem: as for `places`.
    """
    where, notes = places(settings, os.environ if environ is None else environ)
    if not where:
        return Search(notes=tuple(notes))
    return _run(where, seconds, notes)


def look_again(server: Server, *, seconds: float = SECONDS) -> Server | None:
    """Ask a server anew what it has, such as with which context it has loaded a model; None where it is silent now.

    Args:
        server: as it was found.
        seconds: how long that may last.
    """
    found = _run([server.place], seconds).servers
    return found[0] if found else None


def _run(where: Sequence[Place], seconds: float, notes: Iterable[str] = ()) -> Search:
    load_library()
    # Not `asyncio.run`, which would wait for the system to give up on a host's name that nobody knows.
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(search(where, seconds=seconds, notes=notes))
    finally:
        loop.close()


async def search(where: Sequence[Place], *, seconds: float = SECONDS, notes: Iterable[str] = ()) -> Search:
    """Ask all places at once who is there and which models they have.

    Args:
        where: the places.
        seconds: how long it may last.
        notes: what was left out; it is passed on.
    """
    end = time.monotonic() + seconds
    answers = await asyncio.gather(*[_ask(place, end - time.monotonic()) for place in where])
    return Search(
        tuple(where),
        tuple(one for one in answers if isinstance(one, Server)),
        tuple(place for place, one in zip(where, answers, strict=True) if one is _Silence.SLOW),
        tuple((place, one) for place, one in zip(where, answers, strict=True) if isinstance(one, str)),
        tuple(notes),
    )


class _Silence(Enum):
    """Why a place gave no answer."""

    ABSENT = auto()
    SLOW = auto()


def _ports(setting: str) -> list[Place]:
    """Return the places on this machine: the ports of the setting, else those of the runtimes."""
    why: dict[int, list[str]] = {}
    if setting:
        why = {int(port): [] for port in setting.replace(" ", "").split(",")}
    for name in RUNTIMES:
        record = catalog().all(Runtime)[name]
        if record.port is not None and (not setting or record.port in why):
            why.setdefault(record.port, []).append(record.title)
    return [
        Place(f"http://127.0.0.1:{port}", f"default port of {' and '.join(names)}" if names else "search_ports")
        for port, names in why.items()
    ]


async def _ask(place: Place, seconds: float) -> Server | str | _Silence:
    """Return the server at a place, else why it is of no use, in words, else that it is silent."""
    limits = Timeouts(connect=SECONDS, first_byte=SECONDS, idle=SECONDS, total=SECONDS)
    http = Http(place.url, api_key=place.api_key, timeouts=limits, retries=0, body_cap=_BODY_CAP)
    try:
        async with asyncio.timeout(seconds):
            return await _server(place, http)
    except (TimeoutError, RuntimeTimeout):
        return _Silence.SLOW
    except RuntimeUnreachable:
        return _Silence.ABSENT
    except RuntimeRejected as error:
        return "it wants a key" if error.status in _KEY_WANTED else error.message
    except RuntimeFailure as error:
        return error.message
    finally:
        await http.aclose()


async def _server(place: Place, http: Http) -> Server:
    """Return who answers.

    Raises:
        RuntimeFailure: nobody does, or nobody who is a model server.
    """
    runtime: _Adapter = (await recognise(http))(place.url, http=http)
    if isinstance(runtime, LlamaCpp):
        info = await runtime.describe()  # tells the context of one slot, and the template, which shows a Gemma 4
        models = [_with_context(one, info.context) for one in await runtime.models()]
        return Server(place, info.runtime, info.version, _found(models, info.template))
    name = "Ollama" if isinstance(runtime, Ollama) else runtime.differences.runtime
    models = await runtime.models()
    return Server(place, name, await runtime.version(), _found(models))


def _with_context(model: ServedModel, context: int | None) -> ServedModel:
    return replace(model, context=context or model.context) if model.loaded else model


def _found(models: Sequence[ServedModel], template: str = "") -> tuple[FoundModel, ...]:
    """Return models as they are shown; a template speaks for a server with one model only."""
    shows = len(models) == 1 and TURN_OPEN in template and CALL_OPEN in template
    return tuple(_model(one, shows) for one in models[:_MOST_MODELS] if len(one.id) <= _LONGEST_NAME)


def _model(model: ServedModel, template_shows: bool) -> FoundModel:
    meant = resolve(model.id)
    remote = model.remote or ("another machine" if _CLOUD.search(model.id) else "")
    ours = not remote and model.id.isprintable()
    return FoundModel(
        model.id,
        gemma4=ours and _is_gemma4(model.architecture, meant is not None or template_shows),
        variant=meant.variant if meant else "",
        loaded=model.loaded,
        context=model.context,
        quant=model.quant or (meant.quant or "" if meant else ""),
        bytes=model.bytes,
        remote=remote,
        mark=mark_in(model.id),
    )


def _is_gemma4(architecture: str, looks_like_it: bool) -> bool:
    """Return whether weights are Gemma 4's: their architecture decides where it is told, else name or template."""
    plain = re.sub(r"[-_. ]", "", architecture.lower())
    return plain.startswith("gemma4") and "assistant" not in plain if plain else looks_like_it


def _last(model: FoundModel) -> tuple[bool, bool]:
    """Return a key that puts models for showing last, and among the others those that are not in memory."""
    return bool(model.mark), model.loaded is not True
