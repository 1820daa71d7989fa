"""`gemwright models`: every model of every server that is found, and the demo model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gemwright.cli.output import session, table, write, write_json
from gemwright.cli.servers import looked_at, server_line, short, unusable

if TYPE_CHECKING:
    from gemwright.launch.search import FoundModel, Search, Server

__all__ = ["models"]

_HEADER = ("RUNTIME", "VERSION", "ADDRESS", "GEMMA 4", "LOADED", "CONTEXT", "QUANT", "SIZE", "MODEL")
_UNKNOWN = "?"


@click.command(epilog="\b\nExamples:\n  gemwright models\n  gemwright models --json")
@click.option("--endpoint", help="Address of a server that is asked as well, and first.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def models(endpoint: str | None, as_json: bool) -> None:
    """List every model of every server that runs on this machine, and the demo model of our own engine.

    Asked are the usual ports of Ollama, llama.cpp, LM Studio, vLLM, SGLang and mlx-lm on this machine (setting search_ports),
    OLLAMA_HOST, and the endpoint of the settings. Nothing is loaded or downloaded. What a server does not tell is "?".
    """
    from gemwright.launch.search import find

    search = find(session().settings(endpoint=endpoint))
    embedded = _embedded()
    if as_json:
        write_json(
            {
                "servers": [_server_json(one) for one in search.servers],
                "embedded": embedded,
                "looked": [{"url": place.url, "why": place.why} for place in search.looked],
                "slow": [place.url for place in search.slow],
                "unusable": [{"url": place.url, "reason": reason} for place, reason in search.strange],
                "notes": list(search.notes),
            }
        )
        return
    rows = [_row(server, model) for server in search.servers for model in server.models]
    if embedded is not None:
        mark, context = embedded["note"].partition(":")[0], str(embedded["context"])
        about = (mark, "no", context, embedded["quant"], _size(embedded["bytes"]), embedded["name"])
        rows.append(("embedded", "", "started when needed", *about))
    if rows:
        write(table(rows, _HEADER))
    for line in _remarks(search):
        session().say(line, style="note")


def _remarks(search: Search) -> list[str]:
    none = [] if search.servers else [f"no running server was found (looked at {looked_at(search.looked)})"]
    empty = [f"{server_line(server)} has no models" for server in search.servers if not server.models]
    return [*none, *empty, *unusable(search)]


def _row(server: Server, model: FoundModel) -> tuple[str, ...]:
    name = short(model.shown) + (f" (runs on {short(model.remote)})" if model.remote else "")
    return (
        server.runtime,
        short(server.version) or _UNKNOWN,
        server.place.url,
        (model.mark or model.variant or "yes") if model.gemma4 else "no",
        {True: "yes", False: "no", None: _UNKNOWN}[model.loaded],
        str(model.context or _UNKNOWN),
        short(model.quant) or _UNKNOWN,
        _size(model.bytes),
        name,
    )


def _size(count: int | None) -> str:
    if count is None:
        return _UNKNOWN
    return f"{count / 1e9:.1f} GB" if count >= 10**9 else f"{count / 1e6:.0f} MB"


def _server_json(server: Server) -> dict[str, Any]:
    return {
        "runtime": server.runtime,
        "version": server.version or None,
        "url": server.place.url,
        "why": server.place.why,
        "models": [
            {
                "name": model.name,
                "gemma4": model.gemma4,
                "variant": model.variant or None,
                "loaded": model.loaded,
                "context": model.context,
                "quant": model.quant or None,
                "bytes": model.bytes,
                "remote": model.remote or None,
                "note": model.mark or None,
            }
            for model in server.models
        ],
    }


def _embedded() -> dict[str, Any] | None:
    """Return the demo model as our own engine would start it, or None where it is not installed."""
    from collections import Counter

    from gemwright.formats.gguf import read_header
    from gemwright.foundation.errors import ConfigProblem
    from gemwright.launch.embedded import CONTEXT, LABEL_KEY, demo_model

    try:
        path = demo_model()
    except ConfigProblem:
        return None
    header = read_header(path)
    weights: Counter[str] = Counter()
    for tensor in header.tensors:
        weights[tensor.type] += tensor.size
    return {
        "name": header.text("general.name"),
        "gemma4": header.is_gemma4,
        "note": header.text(LABEL_KEY),
        "context": session().settings().engine_context or CONTEXT,
        "quant": weights.most_common(1)[0][0],
        "bytes": path.stat().st_size,
    }
