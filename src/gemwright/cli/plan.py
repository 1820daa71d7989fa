"""`gemwright plan`: what fits into so much memory, what of it is worth taking, and the commands that start it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import click

from gemwright.cli.input import open_lines
from gemwright.cli.output import data_stream, session, table, write, write_json, write_json_line
from gemwright.cli.plan_checkpoint import is_checkpoint, plan_checkpoint
from gemwright.foundation.errors import BadOption, GemwrightError, UsageProblem
from gemwright.foundation.terminal import harmless

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemwright.catalog.variants import Variant
    from gemwright.planner.choices import Budget, Kind
    from gemwright.planner.search import Pick, Plan, Wish
    from gemwright.planner.weights import Weights

__all__ = ["plan"]

TASKS: Final = ("chat", "agent", "vision", "audio", "documents", "fine-tuning")
_SIZE: Final = re.compile(r"\s*(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>[kmgt]?i?b?)\s*", re.IGNORECASE)
_MOST_BYTES: Final = 10**14
_OF_MACHINE: Final = 0.8
"""Part of a machine's memory that a model may take: the rest is the system's and other programs'."""
_HEADER: Final = ("MODEL", "QUANT", "CONTEXT", "CACHE", "ON THE DEVICE", "MEMORY", "HOST", "TOKENS/S", "SCORE", "WHY")


@click.command(
    short_help="which model fits into so much memory, and how fast",
    epilog=(
        "\b\nExamples:\n"
        "  gemwright plan --memory 14GB\n"
        "  gemwright plan --gpu 'RTX 3090' --task agent\n"
        "  gemwright plan 12B --memory 16GB --context 65536 --explain\n"
        "  gemwright plan --memory 24GB --file gemma-4-31B-it-Q4_K_M.gguf --plot\n"
        "  gemwright plan --jsonl rows.jsonl"
    ),
)
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@click.option("--memory", help="Memory for the model, such as 14GB or 24GiB; auto is this machine's own.")
@click.option(
    "--where",
    type=click.Choice(["gpu", "shared", "cpu"]),
    help="Whose memory that is: a graphics card's (default), one shared by card and processor, the processor's.",
)
@click.option(
    "--gpu", help="Name of the hardware, for its memory and its speed; a bandwidth may follow: 'X (448 GB/s)'."
)
@click.option(
    "--host-memory", help="Memory of the processor beside a card, for models that are split; else 16 GB or more."
)
@click.option("--task", type=click.Choice(TASKS), default="chat", show_default=True, help="What it is for.")
@click.option(
    "--context", type=click.IntRange(256, 1 << 20), help="Tokens that have to fit; else what is usual for the task."
)
@click.option("--quant", "quants", multiple=True, help="Only this quantisation, such as Q4_K_M; may be given again.")
@click.option("--cache", type=click.Choice(["f16", "q8_0", "q4_0"]), help="Only this type of keys and values.")
@click.option(
    "--slots",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="Conversations at once, each with a context of its own; speed is of all of them.",
)
@click.option("--drafter", is_flag=True, help="With the drafter for speculative decoding.")
@click.option("--no-split", is_flag=True, help="Nothing of the layers on the processor.")
@click.option(
    "--file",
    "file",
    metavar="PATH",
    help="A GGUF file or its URL, or a checkpoint: its header is read.",
)
@click.option("--explain", is_flag=True, help="Every number with its inputs, formula and source.")
@click.option("--plot", is_flag=True, help="Memory against context, as bars.")
@click.option("--svg", metavar="FILE", help="The same as an image, written to this file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option(
    "--jsonl", metavar="FILE", help="Read questions about single quantities line by line; - is standard input."
)
def plan(models: tuple[str, ...], jsonl: str | None, **options: Any) -> None:
    """Say which Gemma 4 fits, in which quantisation, with how much context, how fast, and how it is started.

    Weights, keys and values and compute buffers are exact sums for llama.cpp and what is built on it; speed and what a
    driver takes are ranges. Nothing is downloaded or started.
    """
    if jsonl is not None:
        _answer_lines(jsonl)
        return
    from gemwright.catalog import variant_of

    if options["file"] and (models or options["quants"]):
        raise UsageProblem("--file says itself which model and quantisation it holds", hint="leave those out")
    variants = tuple(dict.fromkeys(variant_of(name).id for name in models))
    budget, said = _budget(options)
    if options["file"] and is_checkpoint(options["file"]):
        fits = plan_checkpoint(options["file"], budget.bytes, options["context"] or 8192, as_json=options["as_json"])
        click.get_current_context().exit(0 if fits else 1)
    file = _file(options["file"]) if options["file"] else None
    if options["task"] == "fine-tuning":
        _fine_tuning(variants, budget, as_json=options["as_json"])
        return
    wish = _wish(variants, options, file)
    from gemwright.planner.search import plan as search

    found = search(wish, budget)
    if options["svg"] or options["plot"]:
        _plot(found, wish, budget, svg=options["svg"], text=options["plot"] and not options["as_json"])
    if options["as_json"]:
        write_json(_json(found, wish, budget, options))
    else:
        for line in said:
            session().say(line, style="note")
        _show(found, wish, budget, options)
    if not found.picks:
        click.get_current_context().exit(1)


def bytes_named(text: str, option: str = "--memory") -> int:
    """Return the bytes that a size such as `14GB`, `24 GiB` or `14` (GB) names.

    Raises:
        BadOption: it is no size, or one that no machine has.
    """
    found = _SIZE.fullmatch(text)
    if found is None:
        raise BadOption(f"{option} is {text[:40]!r}, which is no size", hint="write it like 14GB or 24GiB")
    unit = found["unit"].lower()
    base = 1024 if "i" in unit else 1000
    power = {"k": 1, "m": 2, "g": 3, "t": 4}.get(unit[:1], 0 if unit else 3)
    size = round(float(found["number"].replace(",", ".")) * base**power)
    if not 10**8 <= size <= _MOST_BYTES:
        raise BadOption(f"{option} is {text[:40]!r}, which cannot be", hint="write it like 14GB or 24GiB")
    return size


def _budget(options: dict[str, Any]) -> tuple[Budget, list[str]]:
    """Return how much memory there is, and what was taken for granted."""
    from gemwright.catalog import catalog
    from gemwright.catalog.things import Hardware
    from gemwright.foundation.platform import total_memory
    from gemwright.planner.choices import Budget
    from gemwright.planner.speed import Machine

    machine, said = None, list[str]()
    memory: str | None = options["memory"]
    kind: Kind | None = options["where"]
    sizes: tuple[float, ...] = ()
    if options["gpu"]:
        machine = Machine.named(options["gpu"], catalog())
        if machine is None:
            known = sorted(one.title for one in catalog().all(Hardware).values())
            near = ", ".join(_near(options["gpu"], known))
            hint = f"did you mean {near}?" if near else "write its bandwidth behind it: 'NAME (448 GB/s)'"
            raise BadOption(f"the memory bandwidth of {options['gpu'][:60]!r} is not known", hint=hint)
        record = catalog().all(Hardware).get(machine.card)
        sizes = record.memory_gb if record else ()
        kinds: dict[str, Kind] = {"soc": "shared", "cpu": "cpu"}
        kind = kind or kinds.get(machine.kind, "gpu")
    if memory == "auto":
        total = total_memory()
        if total is None:
            raise BadOption("this system does not say how much memory it has", hint="say it: --memory 14GB")
        size, kind = round(total * _OF_MACHINE), kind or "cpu"
        said.append(
            f"this machine has {total / 1e9:.1f} GB, of which {size / 1e9:.1f} are counted on; of a graphics card nothing is"
            " known here: name it with --gpu"
        )
    elif memory:
        size = bytes_named(memory)
    elif len(sizes) == 1:
        size = round(sizes[0] * 2**30)
        if kind == "shared":
            size = round(size * _OF_MACHINE)
    elif sizes:
        sold = ", ".join(f"{one:g}" for one in sizes)
        raise UsageProblem(f"{machine and machine.name} is sold with {sold} GB", hint="say which: --memory 16GB")
    else:
        raise UsageProblem("how much memory is there?", hint="--memory 14GB, --memory auto, or --gpu 'RTX 3090'")
    vendor = machine.vendor if machine and machine.vendor in {"nvidia", "amd", "intel", "apple"} else "nvidia"
    host = bytes_named(options["host_memory"], "--host-memory") if options["host_memory"] else 0
    return Budget(size, kind or "gpu", vendor, machine, host), said


def _near(text: str, known: list[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(text, known, n=2)


def _wish(variants: tuple[str, ...], options: dict[str, Any], file: tuple[Variant, str, Weights] | None) -> Wish:
    from gemwright.planner.quantising import QUANTS
    from gemwright.planner.search import CONTEXTS, QUANTS_TRIED, Wish

    known = {name.upper(): name for name in (*QUANTS, *QUANTS_TRIED)}
    quants: list[str] = []
    for name in options["quants"]:
        if name.upper() not in known:
            near = _near(name.upper(), list(known))
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known.values())}"
            raise BadOption(f"there is no quantisation {name[:40]!r} whose sizes are known", hint=hint)
        quants.append(known[name.upper()])
    asked = options["context"]
    contexts = (asked, *(one for one in CONTEXTS if one > asked)) if asked else ()
    return Wish(
        task=options["task"],
        variants=variants,
        quants=tuple(quants) or QUANTS_TRIED,
        contexts=contexts,
        caches=(options["cache"],) if options["cache"] else ("f16", "q8_0"),
        slots=(options["slots"],),
        split=not options["no_split"],
        drafting=options["drafter"],
        file=file,
    )


def _file(name: str) -> tuple[Variant, str, Weights]:
    """Return the variant that a GGUF holds, its name, and its weights."""
    from contextlib import ExitStack
    from pathlib import Path

    from gemwright.formats.gguf import read_header
    from gemwright.foundation.remote_file import RemoteFile
    from gemwright.planner.headers import header_variant
    from gemwright.planner.weights import header_weights

    with ExitStack() as stack:
        if name.startswith(("http://", "https://")):
            if session().settings().offline:
                raise UsageProblem("--file is a URL, and --offline forbids asking for it", hint="leave one of them out")
            header = read_header(stack.enter_context(RemoteFile(name)))
        else:
            header = read_header(Path(name))
    shown = name.rpartition("/")[2][:60] or "the file"
    return header_variant(header, shown), shown, header_weights(header, shown)


def _show(found: Plan, wish: Wish, budget: Budget, options: dict[str, Any]) -> None:
    from gemwright.planner.choices import figures_of
    from gemwright.planner.tasks import TASKS as KNOWN

    if not found.picks:
        write(f"nothing of what was asked fits into {budget.bytes / 1e9:.1f} GB; nearest:\n")
    shown = found.picks or found.nearest
    if shown:
        write(table([_row(one, budget) for one in shown], _HEADER))
    media = KNOWN[wish.task].needs != ""
    if options["explain"]:
        for one in shown:
            write(f"\n{session().paint(_title(one), 'heading')}\n")
            for figure in figures_of(one.choice, one.weights, budget, media=media, drafting=wish.drafting):
                value = (
                    f"{figure.value:,.0f} {figure.unit}"
                    if figure.unit == "bytes"
                    else f"{figure.value:.1f} {figure.unit}"
                )
                span = "" if figure.exact else f" (from {figure.low:,.0f} to {figure.high:,.0f})"
                inputs = ", ".join(f"{key} {part}" for key, part in figure.inputs.items())
                write(
                    f"  {figure.name}: {value}{span}\n    {figure.formula}\n    {harmless(inputs)}\n    {figure.source}\n"
                )
    if found.picks:
        best = found.picks[0]
        write(f"\n{session().paint(f'To start {_title(best)}', 'heading')}\n")
        for runtime, command in _commands(best, budget, wish, options).items():
            body = command.replace("\n", "\n  ")
            write(f"\n{runtime}:\n  {harmless(body)}\n")
        session().say(
            f"{found.feasible} of {found.tried} ways fit, {found.front} of them are beaten by none; scores are the"
            " publisher's with an assumed loss for fewer bits; gemwright plan --explain shows every sum",
            style="note",
        )


def _commands(one: Pick, budget: Budget, wish: Wish, options: dict[str, Any]) -> Mapping[str, str]:
    from gemwright.planner.commands import commands_of
    from gemwright.planner.tasks import TASKS as KNOWN

    media = KNOWN[wish.task].needs != ""
    return commands_of(one.choice, budget.bytes, file=options["file"] or "", media=media, drafting=wish.drafting)


def _title(one: Pick) -> str:
    return f"{one.choice.variant} {harmless(one.choice.quant)} with {one.choice.setup.each:,} tokens"


def _row(one: Pick, budget: Budget) -> tuple[str, ...]:
    from gemwright.planner.choices import rate_of

    found = one.choice
    rate = rate_of(found, one.weights, budget, found.setup.each // 4)
    speed = (
        "?"
        if rate is None or rate.low is None or rate.high is None
        else f"{rate.value:.0f} ({rate.low:.0f}-{rate.high:.0f})"
    )
    lies = {"all": "all", "experts": "all but experts", "layers": f"{found.layers} layers", "none": "nothing"}
    return (
        found.variant,
        found.quant,
        f"{found.setup.each:,}",
        found.setup.keys,
        lies[found.offload],
        f"{found.need / 1e9:.1f} GB",
        f"{found.host / 1e9:.1f} GB" if found.host else "-",
        speed,
        "?" if found.quality is None else f"{found.quality:.0f}",
        one.why,
    )


def _json(found: Plan, wish: Wish, budget: Budget, options: dict[str, Any]) -> dict[str, Any]:
    from gemwright.planner.choices import figures_of, json_of, rate_of
    from gemwright.planner.speed import drafted, prefill
    from gemwright.planner.tasks import TASKS as KNOWN

    media = KNOWN[wish.task].needs != ""

    def told(one: Pick) -> dict[str, Any]:
        from gemwright.catalog import catalog

        variant = catalog().variants[one.choice.variant]
        rate = rate_of(one.choice, one.weights, budget, one.choice.setup.each // 4)
        out = {**json_of(one.choice, rate), "why": one.why}
        read = prefill(variant, budget.machine, one.choice.setup.each // 4) if budget.machine else None
        out["prefill"] = None if read is None else {"tokens_per_second": round(read.value), "low": round(read.low or 0),
                                                    "high": round(read.high or 0)}  # fmt: skip
        if wish.drafting and rate is not None:
            out["with_drafter"] = [round(part, 1) for part in drafted(rate, variant)]
        out["commands"] = dict(_commands(one, budget, wish, options))
        if options["explain"]:
            figures = figures_of(one.choice, one.weights, budget, media=media, drafting=wish.drafting)
            out["figures"] = [figure.as_json() for figure in figures]
        return out

    return {
        "memory_bytes": budget.bytes,
        "where": budget.kind,
        "task": wish.task,
        "tried": found.tried,
        "feasible": found.feasible,
        "front": found.front,
        "picks": [told(one) for one in found.picks],
        "nearest": [told(one) for one in found.nearest],
    }


def _plot(found: Plan, wish: Wish, budget: Budget, *, svg: str | None, text: bool) -> None:
    from pathlib import Path

    from gemwright.catalog import catalog
    from gemwright.foundation.files import write_whole
    from gemwright.planner.choices import choice
    from gemwright.planner.plot import Curve, as_svg, as_text
    from gemwright.planner.search import CONTEXTS, with_context

    curves: dict[str, Curve] = {}
    for one in found.picks or found.nearest:
        variant, setup = catalog().variants[one.choice.variant], one.choice.setup
        points = [
            (context, choice(variant, one.choice.quant, one.weights, with_context(setup, context), budget).need)
            for context in CONTEXTS
            if context <= variant.geometry.context
        ]
        name = f"{variant.id} {one.choice.quant} cache {setup.keys}"
        curves.setdefault(name, Curve(harmless(name), tuple(points)))
    if text:
        write(as_text(list(curves.values()), budget.bytes) + "\n")
    if svg and curves:
        write_whole(Path(svg), as_svg(list(curves.values()), budget.bytes).encode())
        session().say(f"wrote {svg}")


def _fine_tuning(variants: tuple[str, ...], budget: Budget, *, as_json: bool) -> None:
    from gemwright.catalog import catalog
    from gemwright.planner.training import METHODS, training_memory

    names = variants or tuple(catalog().variants)
    figures = [(name, method, training_memory(name, method)) for name in names for method in METHODS]
    if as_json:
        listed = [{"variant": name, "method": method, **figure.as_json()} for name, method, figure in figures]
        write_json({"memory_bytes": budget.bytes, "task": "fine-tuning", "rows": listed})
        return
    rows: list[tuple[str, str, str, str]] = []
    for name, method, figure in figures:
        low, high = figure.low or figure.value, figure.high or figure.value
        fits = "yes" if high <= budget.bytes else "perhaps" if low <= budget.bytes else "no"
        rows.append((name, method, f"{low / 1e9:.1f} to {high / 1e9:.1f} GB", fits))
    write(table(rows, ("MODEL", "METHOD", "MEMORY", "FITS")))


def _answer_lines(name: str) -> None:
    """Answer every line of a file: one object with `id`, `predicted`, `unit` and `reason` for each."""
    from collections.abc import Mapping
    from typing import cast

    from gemwright.foundation.jsonx import read_lines
    from gemwright.planner.rows import predicted, read_row

    out = data_stream()
    with open_lines(name) as lines:
        for line in read_lines(lines):
            known: dict[str, object] = {"id": None, "predicted": None, "unit": None}
            try:
                asked = line.require()
                if not isinstance(asked, Mapping):
                    raise BadOption(f"line {line.number} is no object")
                given = cast("Mapping[str, object]", asked)
                known |= {"id": given.get("id"), "unit": given.get("unit")}
                answer = predicted(read_row(given))
                value = answer.predicted
                whole = value is not None and str(given.get("unit", "")).lower() in {"bytes", "cells", "tokens", ""}
                known["predicted"] = round(value) if whole and value is not None else value
                known["reason"] = answer.reason
            except GemwrightError as e:
                known["reason"] = e.message
            write_json_line(out, known)
