"""How many golden cases each parser gets right: whole, one character a chunk, and in random pieces."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

from benchmarks.cases import GROUPS, group, load_cases, right
from benchmarks.peers import Peer
from benchmarks.peers.fetch import Unavailable
from benchmarks.peers.process import PeerProcess
from benchmarks.report import table

__all__ = ["main"]

MODES = {"whole": "one", "char": "char", "random": "random:1"}
CASE_SECONDS = 3.0


def main(peers: Sequence[Peer], *, quick: bool, download: bool) -> dict[str, Any]:
    """Measure, print the tables, and return the figures.

    Args:
        peers: who takes part.
        quick: take every fourth case.
        download: whether missing wheels may be fetched.
    """
    cases = load_cases()[:: 4 if quick else 1]
    sizes = Counter(map(group, cases))
    results: dict[str, Any] = {}
    for peer in peers:
        print(f"parse: {peer.name}", file=sys.stderr)
        try:
            with PeerProcess(peer, download=download) as process:
                results[peer.name] = {mode: _score(process, cases, chunks) for mode, chunks in MODES.items()}
        except Unavailable as reason:
            results[peer.name] = {"unavailable": str(reason)}
    print(_table(results, sizes, quick=quick))
    print("\nThese cases are tests of gemwright, which was written against them; the peers were not.")
    _print_failures(results)
    return {"cases": dict(sizes), "peers": results}


def _score(process: PeerProcess, cases: Sequence[dict[str, Any]], chunks: str) -> dict[str, Any]:
    correct: Counter[str] = Counter(dict.fromkeys(GROUPS, 0))
    errors = hangs = 0
    wrong: list[str] = []
    for case in cases:
        question = {"text": case["text"], "tools": case["tools"] or [], "thinking": case["thinking"], "chunks": chunks}
        found = process.ask(question, seconds=CASE_SECONDS)
        errors += "error" in found
        hangs += "hang" in found
        if right(case["expected"], found):
            correct[group(case)] += 1
        else:
            wrong.append(case["name"])
    return {"correct": dict(correct), "errors": errors, "hangs": hangs, "wrong": wrong}


def _table(results: dict[str, Any], sizes: Counter[str], *, quick: bool) -> str:
    head = ["parser", "fed", *(f"{name} ({sizes[name]})" for name in GROUPS), "errors", "of these hangs"]
    rows: list[list[str]] = []
    for name, modes in results.items():
        if "unavailable" in modes:
            rows.append([name, "-", *["-"] * (len(head) - 2)])
            continue
        for mode, score in modes.items():
            shares = [_share(score["correct"][g], sizes[g]) for g in GROUPS]
            rows.append([name, mode, *shares, str(score["errors"]), str(score["hangs"])])
    title = "Parsing: golden cases that come out right" + (" (every fourth case)" if quick else "")
    return table(title, head, rows)


def _share(correct: int, of: int) -> str:
    return f"{correct}  {correct / of:6.1%}" if of else "-"


def _print_failures(results: dict[str, Any]) -> None:
    for name, modes in results.items():
        if "unavailable" in modes:
            print(f"{name}: {modes['unavailable']}")
    ours = results.get("gemwright", {})
    for mode, score in ours.items():
        if mode != "unavailable" and score["wrong"]:
            print(f"gemwright, {mode}, wrong: {', '.join(score['wrong'])}")
