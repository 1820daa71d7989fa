"""What is said about the servers that a search found: one line each, and what is known against a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gemwright.foundation.terminal import harmless

if TYPE_CHECKING:
    from gemwright.corpus import Match
    from gemwright.launch.search import FoundModel, Place, Search, Server

__all__ = ["looked_at", "model_line", "passed_over", "server_line", "short", "unusable", "warnings"]

_MOST_WARNINGS: Final = 6
_LONGEST: Final = 120


def server_line(server: Server) -> str:
    """Return who answers, and where."""
    return short(f"{server.runtime} {server.version or 'of unknown version'} at {server.place.url}")


def model_line(model: FoundModel) -> str:
    """Return which model it is and with which context it is loaded, as far as the server tells."""
    about = ", ".join(filter(None, [model.variant and f"Gemma 4 {model.variant}", model.quant]))
    name = short(model.shown) + (f" ({short(about)})" if about else "")
    return f"model {name}, context {context_in_words(model)}, {loaded_in_words(model)}"


def context_in_words(model: FoundModel) -> str:
    """Return the context that is loaded, in tokens."""
    if model.context:
        return str(model.context)
    return "unknown until it is loaded" if model.loaded is False else "unknown: the server does not say"


def loaded_in_words(model: FoundModel) -> str:
    """Return whether a model is in memory."""
    if model.loaded is None:
        return "the server does not say whether it is loaded"
    return "loaded" if model.loaded else "not loaded yet: the first answer waits for that"


def passed_over(search: Search) -> list[str]:
    """Return a line for each server without a Gemma 4, and for whatever else came to nothing."""
    lines: list[str] = []
    for server in search.servers:
        if server.choose() is None:
            away = [model.name for model in server.models if model.remote and model.variant]
            many = f"{len(server.models)} model{'s' if len(server.models) > 1 else ''}, no Gemma 4"
            why = many if server.models else "no model"
            why += f" of its own ({short(away[0])} runs on another machine, where your words would go)" if away else ""
            lines.append(f"passed over: {server_line(server)}: {why}")
    return [*lines, *unusable(search)]


def unusable(search: Search) -> list[str]:
    """Return a line for each place that cannot be used, was too slow, or was named in vain, and for what was left out."""
    lines: list[str] = []
    for place, reason in search.strange:
        hint = f" (name it with --endpoint {place.url}, and the key by GEMWRIGHT_API_KEY)" if "key" in reason else ""
        lines.append(f"passed over: {place.url} answers, but {reason}{hint}")
    lines += [f"passed over: {place.url} ({place.why}) did not answer in time" for place in search.slow]
    lines += [f"passed over: nothing answers at {place.url} ({place.why})" for place in search.absent if place.named]
    return [short(line) for line in [*lines, *search.notes]]


def looked_at(places: tuple[Place, ...]) -> str:
    """Return where was looked, in a few words."""
    here = [place.url.rpartition(":")[2] for place in places if place.url.startswith("http://127.0.0.1:")]
    there = [place.url for place in places if not place.url.startswith("http://127.0.0.1:")]
    return short(" and ".join([*(["ports " + ", ".join(here)] if here else []), *there]) or "nowhere")


def warnings(runtime: str, version: str, variant: str) -> list[tuple[str, str]]:
    """Return what is known against a version, the worst first: the severity, and a line with what to do.

    What is asked of the corpus is a conversation with tools, streamed, with and without thinking. Of severity critical is
    also told what a version has whose other conditions are not known here, and which those are.

    Args:
        runtime: its name for people, as servers are called here.
        version: as the server spells it; nothing is known against a version that is not told.
        variant: of the model, as an id of the catalog; empty where it is not known.
    """
    from gemwright.catalog import catalog
    from gemwright.catalog.things import Runtime
    from gemwright.corpus import Environment, match

    known = catalog()
    record = next((name for name, one in known.all(Runtime).items() if one.title == runtime), "")
    if not record or not version:
        return []
    found: dict[str, Match] = {}
    for thinking in (False, True):
        settings = {
            "think": thinking,
            "enable_thinking": thinking,
            "tool_calls": True,
            "multi_turn": True,
            "stream": True,
        }
        models = [{"runtime": record, "variant": variant}] if variant else None
        facts = {"runtimes": {record: version}, "models": models, "settings": settings}
        for one in match(known, Environment.from_json(facts)):
            holds = any(span.package == record and span.holds(version) for span in one.advisory.affected)
            wanted = one.advisory.severity == "critical" or (one.applies and one.advisory.severity == "high")
            if holds and wanted and not (one.id in found and found[one.id].applies):
                found[one.id] = one
    worst = sorted(found.values(), key=lambda one: (one.advisory.severity != "critical", not one.applies, one.id))
    lines = [(one.advisory.severity, _line(one)) for one in worst]
    if len(lines) > _MOST_WARNINGS:
        more = f"{len(lines) - _MOST_WARNINGS} more; `gemwright corpus match` lists what applies to a machine"
        lines = [*lines[:_MOST_WARNINGS], (worst[_MOST_WARNINGS].advisory.severity, more)]
    return lines


def _line(one: Match) -> str:
    if one.applies:
        return f"{one.id}: {one.advisory.title}. Do: {_advice(one)}"
    return f"{one.id}: {one.advisory.title}. Whether it applies depends on {', '.join(one.needs)}. Do: {_advice(one)}"


def short(text: str) -> str:
    """Return a server's words as they may stand in a line: harmless, on one line, and not without end."""
    plain = harmless(" ".join(text.split()))
    return plain if len(plain) <= 2 * _LONGEST else plain[: 2 * _LONGEST] + "…"


def _advice(one: Match) -> str:
    """Return what takes the problem away, in a few words."""
    cure = one.advisory.mitigation
    ways = [f"install {cure.upgrade}"] if cure.upgrade else []
    ways += [f"set {cure.option}"] if cure.option else []
    ways += [f"the {cure.lane} lane does not have it"] if cure.lane else []
    ways += [f"repaired here ({', '.join(cure.repair)})"] if cure.repair else []
    return "; or ".join([*ways, f"gemwright corpus show {one.id}"])
