"""The machine first, then one table after the other; figures also as JSON with `--json`."""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import beats, client, films, growth, machine, parse, trees
from benchmarks.peers import OURS, PEERS

__all__ = ["main"]

SECTIONS = ("render", "parse", "growth", "client", "beats", "films", "trees")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("bench",), default="bench", help="side by side with peers")
    parser.add_argument("--only", default=",".join(SECTIONS), help="sections, separated by commas: %(default)s")
    parser.add_argument("--peers", help="parsers, separated by commas; all where not given")
    parser.add_argument("--quick", action="store_true", help="fewer cases and sizes: to try it out, not to quote it")
    parser.add_argument("--no-fetch", action="store_true", help="do without peers whose wheels are not here yet")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    options = parser.parse_args(arguments)
    options.only = options.only.split(",")
    if unknown := set(options.only) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    everyone = {peer.name: peer for peer in (OURS, *PEERS)}
    names = options.peers.split(",") if options.peers else [*everyone]
    if unknown := set(names) - set(everyone):
        parser.error(f"no such parser: {', '.join(sorted(unknown))}; there are {', '.join(everyone)}")
    options.peers = [everyone[name] for name in names]
    return options


def _render() -> Any:
    if importlib.util.find_spec("benchmarks.render") is None:
        print("\nrender: not there")
        return None
    return importlib.import_module("benchmarks.render").main()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the chosen sections, print their tables, and return the exit status."""
    options = _options(arguments)
    started = time.monotonic()
    report: dict[str, Any] = {"machine": machine.describe()}
    print("\n".join(f"{name}: {value}" for name, value in report["machine"].items()))
    if "render" in options.only:
        report["render"] = _render()
    for section in (parse, growth, client, beats, films):
        name = section.__name__.rpartition(".")[2]
        if name in options.only:
            report[name] = section.main(options.peers, quick=options.quick, download=not options.no_fetch)
    if "trees" in options.only:
        report["trees"] = trees.main(quick=options.quick, download=not options.no_fetch)
    report["machine"]["load at the end"] = machine.load_average()
    report["seconds"] = round(time.monotonic() - started, 1)
    print(f"\nload at the end: {report['machine']['load at the end']}; {report['seconds']} s in all")
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
