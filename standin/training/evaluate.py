"""Scores a model on the frozen tests, through llama.cpp: `python -m training.evaluate MODEL.gguf`.

Every answer is noted as soon as it is there, below `--state`; the same command goes on where it was cut off. With
`--shuffled`, the model's weights are first put into a random order, block by block: the same file without what it has
learned, which has to score near zero, or the tests do not measure the model.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import importlib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from gemwright.launch.embedded import start_embedded
from training.evaluate_cases import FROZEN, golden_outputs, load, public_tools, random_texts
from training.evaluate_engine import RECOMMENDED, Engine, Speaker
from training.evaluate_jobs import CONTEXT, Job, Record, Vocabulary, conversation_jobs, parrot_jobs, speed_jobs
from training.evaluate_report import Measure, measures, table

__all__ = ["SECTIONS", "jobs_of", "main", "run_section"]

SECTIONS: Final = ("speed", "mcp", "mcp_more", "calls", "sampled", "orders", "copy", "other", "parrot", "parrot_random")


def jobs_of(section: str, words: Vocabulary, folder: Path = FROZEN) -> Iterator[Job]:
    """Return the jobs of a section.

    Args:
        section: one of `SECTIONS`.
        words: the model's tokenizer.
        folder: where the frozen files are.

    Raises:
        ValueError: there is no such section.
    """
    match section:
        case "speed":
            yield from speed_jobs(words, public_tools(folder))
        case "mcp" | "mcp_more":
            yield from conversation_jobs(public_tools(folder, section), words)
        case "calls" | "orders" | "copy" | "other":
            yield from conversation_jobs(load(section, folder), words)
        case "sampled":
            yield from conversation_jobs(load("calls", folder)[::2], words, RECOMMENDED)
        case "parrot":
            yield from parrot_jobs(golden_outputs(_ask_to_say), words)
        case "parrot_random":
            yield from parrot_jobs(random_texts(_ask_to_say, folder), words)
        case _:
            raise ValueError(f"there is no section {section}")


def _ask_to_say(text: str) -> str:
    """Return the message that asks for a text; its form belongs to the generator."""
    return importlib.import_module("training.parrot").prompt(text)


async def run_section(
    jobs: Sequence[Job], speakers: Sequence[Speaker], notes: Path, *, tell: bool = False
) -> list[Record]:
    """Put jobs to models, several at a time, and note each answer at once.

    Args:
        jobs: the jobs.
        speakers: the models; each gets one job at a time.
        notes: a file of JSON Lines; what it holds already is not asked again.
        tell: write the progress to standard error.
    """
    known = _known(notes)
    left = iter([job for job in jobs if job.id not in known])
    started, done = time.monotonic(), 0
    with notes.open("a", encoding="utf-8") as file:
        file.write("\n" if file.tell() else "")  # what was cut off stands on a line of its own

        async def work(speaker: Speaker) -> None:
            nonlocal done
            for job in left:
                record = {"id": job.id, **await job.ask(speaker)}
                known[job.id] = record
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
                file.flush()
                done += 1
                if tell and done % 50 == 0:
                    seconds = time.monotonic() - started
                    sys.stderr.write(f"{notes.stem}: {done} answers, {seconds:.0f} s\n")

        await asyncio.gather(*(work(speaker) for speaker in speakers))
    return [known[job.id] for job in jobs if job.id in known]


def _known(notes: Path) -> dict[str, Record]:
    """Return what was noted before; a line that was cut off is asked again."""
    known: dict[str, Record] = {}
    for line in notes.read_text("utf-8").split("\n") if notes.exists() else ():
        with suppress(json.JSONDecodeError):
            one: Record = json.loads(line)
            known[one["id"]] = one
    return known


async def _evaluate(model: Path, words: Vocabulary, wanted: Sequence[str], options: Any) -> list[Measure]:
    found: list[Measure] = []
    with ExitStack() as stack:
        urls = [stack.enter_context(start_embedded(model, context=CONTEXT)).url for _ in range(options.engines)]
        engines = [Engine(url) for url in urls]
        for section in wanted:
            try:
                jobs = list(jobs_of(section, words, options.frozen))
            except FileNotFoundError as missing:
                sys.stderr.write(f"{section}: left out, there is no {missing.filename}\n")
                continue
            if options.limit and section != "speed":
                jobs = jobs[:: max(len(jobs) // options.limit, 1)][: options.limit]
            alone = engines[:1] if section == "speed" else engines
            notes = options.state / f"{section}.jsonl"
            found += measures(section, await run_section(jobs, alone, notes, tell=True))
            sys.stdout.write(table(one for one in found if one.section == section) + "\n\n")
            sys.stdout.flush()
        for engine in engines:
            await engine.close()
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sections that were asked for; 1 if one is below its bar.

    Args:
        arguments: instead of the command line's.
    """
    parser = argparse.ArgumentParser(prog="training.evaluate", description="Score a model on the frozen tests.")
    parser.add_argument("model", type=Path, help="a GGUF file with the stand-in's tokenizer")
    parser.add_argument("--sections", default=",".join(SECTIONS), help="comma-separated; all by default")
    parser.add_argument("--limit", type=int, default=0, help="cases at most in each section")
    parser.add_argument("--engines", type=int, default=2, help="engines that work side by side, one thread each")
    parser.add_argument("--state", type=Path, help="folder for the answers; one for each model by default")
    parser.add_argument("--frozen", type=Path, default=FROZEN, help="folder of the frozen tests")
    parser.add_argument("--shuffled", action="store_true", help="score the model with its weights shuffled")
    parser.add_argument("--json", type=Path, help="write the measures there as well")
    options = parser.parse_args(arguments)
    model: Path = options.model
    mark = hashlib.sha256(model.read_bytes()).hexdigest()[:12] + ("-shuffled" if options.shuffled else "")
    options.state = options.state or Path("build") / "evaluation" / mark
    options.state.mkdir(parents=True, exist_ok=True)
    if options.shuffled:
        from training.evaluate_shuffled import shuffle_weights  # numpy, for this alone

        model = shuffle_weights(model, options.state / "shuffled.gguf")
    tokenizer = importlib.import_module("training.tokenizer")
    found = asyncio.run(_evaluate(model, tokenizer.load(), options.sections.split(","), options))
    sys.stdout.write(table(found) + "\n")
    if options.json:
        rows = [{**asdict(one), "value": one.value, "passed": one.passed} for one in found]
        options.json.write_text(json.dumps({"model": mark, "measures": rows}, indent=1, ensure_ascii=False) + "\n")
    return int(any(one.passed is False for one in found))


if __name__ == "__main__":
    raise SystemExit(main())
