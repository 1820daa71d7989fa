"""Tables of records, by name: `variants`, `advisories severity=critical`, `support topic=audio`, and so on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from gemwright.catalog.advisories import SEVERITIES, Advisory
from gemwright.catalog.claims import Claim
from gemwright.catalog.document import Catalog
from gemwright.catalog.results import Benchmark, Measurement
from gemwright.catalog.support import Feature, Statement
from gemwright.catalog.things import Hardware, Quant, Relative, Runtime
from gemwright.catalog.tooling import GROUPS, Tooling
from gemwright.catalog.variants import Variant
from gemwright.corpus.compose.text import cell
from gemwright.foundation.errors import CorpusProblem

__all__ = ["TABLES", "table"]

_EMPTY = "\u2013"
_MODELS = ("31B", "26B-A4B", "12B", "E4B", "E2B", "Gemma 3 27B")


def table(catalog: Catalog, query: str) -> str:
    """Return a table of records as Markdown.

    Args:
        catalog: the records.
        query: the table's name, then `key=value` to choose among its records; values divided by commas are
            alternatives.

    Raises:
        CorpusProblem: there is no such table or key, or nothing to show.
    """
    name, *words = query.split()
    make = TABLES.get(name)
    if make is None:
        raise CorpusProblem(f"there is no table {name!r}", hint=f"tables are {', '.join(TABLES)}")
    chosen: dict[str, frozenset[str]] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise CorpusProblem(f"{word!r} in the table {name!r} is not key=value")
        chosen[key] = frozenset(value.split(","))
    heading, *rows = make(catalog, chosen)
    if chosen:
        raise CorpusProblem(f"the table {name!r} cannot choose by {', '.join(chosen)}")
    if not rows:
        raise CorpusProblem(f"the table {query!r} is empty")
    lines = [heading, tuple("---" for _ in heading), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


_Chosen = dict[str, frozenset[str]]
_Rows = Iterable[Sequence[str]]


def _takes(chosen: _Chosen, key: str) -> Callable[[Iterable[str]], bool]:
    wanted = chosen.pop(key, None)
    return lambda values: wanted is None or bool(wanted & set(values))


def _link(folder: str, name: str, title: str, ending: str = "toml") -> str:
    return f"[{cell(title)}](../corpus/{folder}/{name}.{ending})"


def _advisories(catalog: Catalog, chosen: _Chosen) -> _Rows:
    severity, topic, package = _takes(chosen, "severity"), _takes(chosen, "topic"), _takes(chosen, "package")
    state, folder = _takes(chosen, "state"), _takes(chosen, "component")
    found = [
        (name, one)
        for name, one in catalog.all(Advisory).items()
        if not one.withdrawn
        and severity([one.severity])
        and topic(one.topics)
        and package(row.package for row in one.affected)
        and state([one.state])
        and folder([name.partition("/")[0]])
    ]
    found.sort(key=lambda item: (SEVERITIES.index(item[1].severity), item[0]))
    yield ("Problem", "Where", "State", "What to do")
    for name, one in found:
        todo = cell(one.section("What to do"))
        yield (_link("advisories", name, one.title, "md"), cell(_where(one)), one.state, todo)


def _where(one: Advisory) -> str:
    ranges = [f"{row.package} {row.span()}" for row in one.affected]
    return "; ".join([*ranges, *([", ".join(one.variants)] if one.variants else [])]) or "everywhere"


def _claims(catalog: Catalog, chosen: _Chosen) -> _Rows:
    topic, status = _takes(chosen, "topic"), _takes(chosen, "status")
    gone = False
    rows: list[Sequence[str]] = []
    for name, one in sorted(catalog.all(Claim).items()):
        if topic([name.partition("/")[0], *one.topics]) and status([one.status]):
            gone = gone or bool(one.replaced_by)
            rows.append(
                (_link("claims", name, one.statement), one.status, cell(one.reason or one.advice or one.detail))
            )
    yield ("What was said" if gone else "Claim", "Status", "Why, and what holds" if gone else "What to do with it")
    yield from rows


def _variants(catalog: Catalog, chosen: _Chosen) -> _Rows:
    known = list(catalog.variants.values())
    yield ("", *(one.id for one in known))
    rows: Mapping[str, Callable[[Variant], object]] = {
        "parameters, all of it": lambda one: f"{one.parameters.full_model:,}",
        "parameters, language model": lambda one: f"{one.parameters.language_model:,}",
        "on the model card": lambda one: one.parameters.card_total,
        "layers (global)": lambda one: f"{one.geometry.layers} ({len(one.geometry.global_layers)})",
        "hidden size": lambda one: f"{one.geometry.hidden:,}",
        "query heads": lambda one: one.geometry.heads,
        "KV heads, sliding / global": lambda one: f"{one.geometry.kv_heads_local} / {one.geometry.kv_heads_global}",
        "sliding window": lambda one: f"{one.geometry.window:,}",
        "layers that share KV": lambda one: one.geometry.kv_shared_layers,
        "context": lambda one: f"{one.geometry.context:,}",
        "takes": lambda one: ", ".join(one.media.input),
        "released": lambda one: one.released,
        "licence": lambda one: one.license,
    }
    for title, value in rows.items():
        yield (title, *(cell(str(value(one))) for one in known))


def _tokens(catalog: Catalog, chosen: _Chosen) -> _Rows:
    yield ("Id", "Token", "Role", "Type in GGUF")
    for one in catalog.tokens:
        yield (str(one.id), f"`{one.spelling}`".replace("|", r"\|"), cell(one.role), one.type)


def _benchmarks(catalog: Catalog, chosen: _Chosen) -> _Rows:
    topic = _takes(chosen, "topic")
    yield ("Benchmark", *_MODELS, "Conditions")
    for name, one in sorted(catalog.all(Benchmark).items()):
        if not topic(one.topics):
            continue
        keys = dict.fromkeys((score.part, score.conditions) for score in one.score if score.model in _MODELS)
        for part, conditions in keys:
            by_model = {s.model: s for s in one.score if (s.part, s.conditions) == (part, conditions)}
            values = [
                f"{by_model[model].value:g}{f' ± {by_model[model].margin:g}' if by_model[model].margin else ''}"
                if model in by_model
                else _EMPTY
                for model in _MODELS
            ]
            title = f"{one.title} {part}".strip() + (" ↓" if one.better == "lower" else "")
            yield (_link("benchmarks", name, title), *values, cell(conditions or one.conditions))


def _support(catalog: Catalog, chosen: _Chosen) -> _Rows:
    topic = _takes(chosen, "topic")
    wanted = chosen.pop(
        "runtime", frozenset(("ollama", "llama.cpp", "vllm", "sglang", "transformers", "mlx-vlm", "lmstudio"))
    )
    runtimes = [name for name in catalog.all(Runtime) if name in wanted]
    yield ("Feature", *(cell(catalog.all(Runtime)[name].title) for name in runtimes))
    for name, one in sorted(catalog.all(Feature).items()):
        if topic(one.topics):
            answers = {statement.runtime: statement for statement in one.statement}
            cells = (_answer(answers.get(runtime), answers) for runtime in runtimes)
            yield (_link("support", name, one.title), *cells)


def _answer(one: Statement | None, answers: Mapping[str, Statement]) -> str:
    if one is None:
        return "?"
    if one.mirror:
        return f"as {cell(one.mirror)}"
    if not one.since:
        return "no"
    return f"{cell(one.since)}{f' until {cell(one.until)}' if one.until else ''}{' (in part)' if one.partial else ''}"


def _relatives(catalog: Catalog, chosen: _Chosen) -> _Rows:
    yield ("Model", "For", "Sizes", "Made from", "Context", "Released", "Licence")
    for name, one in sorted(catalog.all(Relative).items()):
        context = f"{one.context:,}" if one.context else _EMPTY
        sizes = cell(", ".join(one.sizes)) or _EMPTY
        link = _link("relatives", name, one.title)
        yield (link, cell(one.use), sizes, cell(one.base), context, one.released or _EMPTY, cell(one.license))


def _runtimes(catalog: Catalog, chosen: _Chosen) -> _Rows:
    kind = _takes(chosen, "kind")
    yield ("Software", "First with Gemma 4", "Have at least", "Never", "Newest known here", "Port", "Carries")
    for name, one in sorted(catalog.all(Runtime).items()):
        if kind([one.kind]):
            first = ", ".join(f"{variant} {version}" for variant, version in (one.first or {}).items())
            yield (
                _link("runtimes", name, one.title),
                cell(first) or "?",
                cell(one.at_least) or "?",
                cell(", ".join(one.never)) or _EMPTY,
                cell(f"{one.latest} ({one.latest_date})" if one.latest_date else one.latest) or "?",
                str(one.port or _EMPTY),
                cell(one.mirror) or _EMPTY,
            )


def _commands(catalog: Catalog, chosen: _Chosen) -> _Rows:
    yield ("Software", "Start")
    for name, one in sorted(catalog.all(Runtime).items()):
        if one.command:
            yield (_link("runtimes", name, one.title), "`" + " ".join(one.command.split()).replace("|", r"\|") + "`")


def _quants(catalog: Catalog, chosen: _Chosen) -> _Rows:
    format_ = _takes(chosen, "format")
    yield ("Quantisation", "Bits per weight", "For", "Not for", "What it is")
    for name, one in sorted(catalog.all(Quant).items()):
        if format_([one.format]):
            bits = f"{one.bits_per_weight:g}" if one.bits_per_weight else _EMPTY
            fits, avoid = ", ".join(one.variants) or "all", ", ".join(one.avoid) or _EMPTY
            yield (_link("quants", name, one.title), bits, fits, avoid, cell(one.what))


def _files(catalog: Catalog, chosen: _Chosen) -> _Rows:
    variant, format_ = _takes(chosen, "variant"), _takes(chosen, "format")
    yield ("Variant", "File", "Quantisation", "Bytes", "GB as shown")
    rows = [
        (file.variant, file, name, one)
        for name, one in catalog.all(Quant).items()
        for file in one.file
        if variant([file.variant]) and format_([one.format])
    ]
    for _, file, name, one in sorted(rows, key=lambda row: (row[0], row[2], row[1].name)):
        exact = f"{file.bytes:,}" if file.bytes else _EMPTY
        shown = f"{file.gb:g}" if file.gb else _EMPTY
        yield (file.variant, cell(file.name), _link("quants", name, one.title), exact, shown)


def _hardware(catalog: Catalog, chosen: _Chosen) -> _Rows:
    yield ("Hardware", "Memory, GB", "Bandwidth, GB/s", "Compute capability")
    for name, one in sorted(catalog.all(Hardware).items()):
        memory = ", ".join(f"{size:g}" for size in one.memory_gb) or "?"
        speed = f"{one.bandwidth_gbs:g}" if one.bandwidth_gbs else "?"
        yield (_link("hardware", name, one.title), memory, speed, cell(one.compute_capability) or _EMPTY)


def _measurements(catalog: Catalog, chosen: _Chosen) -> _Rows:
    topic = _takes(chosen, "topic")
    yield ("Measured", "Where", "Result", "Date")
    for name, one in sorted(catalog.all(Measurement).items()):
        if topic(one.topics):
            result = ", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in one.figures.items())
            yield (_link("measurements", name, one.title), cell(one.hardware), cell(result), one.date)


def _tooling(catalog: Catalog, chosen: _Chosen) -> _Rows:
    group = _takes(chosen, "group")
    yield ("What", "When to read it", "Pinned at", "Licence", "Findings")
    known = catalog.all(Tooling)
    for name, one in sorted(known.items(), key=lambda item: (GROUPS.index(item[0].partition("/")[0]), item[0])):
        if group([name.partition("/")[0]]):
            pin = f"`{one.commit[:12]}`" if one.commit else _EMPTY
            title = (
                f"[{cell(one.title)}]({one.url})" if one.url.startswith("http") else f"{cell(one.title)} (`{one.url}`)"
            )
            findings = "; ".join(_finding(found.claim, found.merged, found.flagged) for found in one.finding)
            yield (f"{title}: {cell(one.what)}", cell(one.when), pin, cell(one.license), findings or _EMPTY)


def _finding(claim: str, merged: str, flagged: str) -> str:
    link = f"[{cell(claim)}](../../corpus/claims/{claim}.toml)"
    return f"{link} merged: {merged}" if merged else f"{link} flagged: {cell(flagged)}"


TABLES: Mapping[str, Callable[[Catalog, _Chosen], _Rows]] = {
    "advisories": _advisories,
    "benchmarks": _benchmarks,
    "claims": _claims,
    "commands": _commands,
    "files": _files,
    "hardware": _hardware,
    "measurements": _measurements,
    "quants": _quants,
    "relatives": _relatives,
    "runtimes": _runtimes,
    "support": _support,
    "tokens": _tokens,
    "tooling": _tooling,
    "variants": _variants,
}
"""Table by name."""
