"""What a large tree costs, as a program of its own: indexing it, opening it again, and calls of all six tools.

    python -m apps.simon.tests.tree.measure FILE CACHE

Prints one JSON object. Times of calls are wall time in milliseconds, with the time of the processor beside it: on a machine
that does other things as well the second says more.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gemwright_simon.tools import Toolbox
from gemwright_simon.tree import Tree, open_tree

SORTS = ("match", "birth", "death", "age", "children", "name")
GROUPS = ("surname", "given", "birth_place", "death_place", "birth_decade", "occupation")
EVENTS = ("any", "birth", "baptism", "marriage", "death", "burial", "residence", "occupation")
LACKING = ("no_sources", "no_parents", "no_birth_date")
RELATIONS = tuple(
    "parents grandparents ancestors children descendants siblings spouses first_cousins siblings_in_law".split()
)
SECTIONS = ("summary", "events", "family", "sources", "notes", "timeline")
TOPICS = ("any", "war", "migration", "law", "disease")

Call = tuple[str, dict[str, Any]]


def samples(tree: Tree, seed: int, most: int = 60) -> tuple[list[str], list[str], list[str]]:
    """Return handles, whole names and places that the tree really has."""
    chance = random.Random(seed)
    handles = chance.sample([one for one in tree.people() if not one.startswith("living")], most)
    people = [person for one in handles if (person := tree.person(one)) is not None]
    names = [person.names[0].text for person in people if person.names]
    places = [event.place for person in people for event in person.events if event.place]
    return handles, names, chance.sample(places, min(most, len(places)))


def calls(tree: Tree, seed: int) -> Iterator[Call]:
    """Yield calls of all six tools with many different arguments, drawn by a seed."""
    chance = random.Random(seed)
    handles, names, places = samples(tree, seed)
    yield "find_people", {}
    for sort in SORTS:
        yield "find_people", {"sort": sort}
    for by in GROUPS:
        yield "find_people", {"group_by": by}
    for problem in LACKING:
        yield "find_people", {"problem": problem}
    for name, place in zip(names, places, strict=False):
        year = chance.randrange(1600, 1900)
        years = {"from_year": year, "to_year": year + chance.choice((0, 10, 100))}
        part = chance.choice(name.split())
        yield "find_people", {"name": name}
        yield "find_people", {"name": part, "sort": chance.choice(SORTS)}
        yield "find_people", {"name": part[:-1] + "x"}
        yield "find_people", {"place": place, "event": chance.choice(EVENTS)}
        yield "find_people", {"place": place.split(", ")[-1], **years, "sort": chance.choice(SORTS)}
        yield "find_people", {**years, "event": chance.choice(EVENTS)}
        yield "find_people", {**years, "group_by": chance.choice(GROUPS)}
        yield "search_records", {"text": part, "kind": chance.choice(("any", "note", "source"))}
        yield "search_records", {"text": place.split(", ")[-1], "kind": chance.choice(("any", "place", "event"))}
        yield (
            "search_records",
            {"text": chance.choice(("bible", "church book", "census", "twin", "cows clock")), **years},
        )
        yield "get_historical_context", {"place": place, **years, "topic": chance.choice(TOPICS)}
    for at, handle in enumerate(handles):
        name = names[at % len(names)]
        yield "lookup_person", {"person": handle, "section": SECTIONS[at % len(SECTIONS)]}
        yield "lookup_person", {"person": name}
        yield "find_relatives", {"person": handle, "relation": RELATIONS[at % len(RELATIONS)]}
        yield "find_relationship", {"person_a": handle, "person_b": chance.choice(handles)}
        yield "search_records", {"text": "p", "person": handle}


def percentile(values: list[float], share: float) -> float:
    """Return the value that this share of all values does not pass."""
    return round(sorted(values)[min(int(len(values) * share), len(values) - 1)], 1)


def spent(tree: Tree, seed: int) -> dict[str, dict[str, Any]]:
    """Make all calls, and return by tool how many there were and what they took."""
    box = Toolbox(tree)
    times: dict[str, list[tuple[float, float, Call]]] = {}
    for call in calls(tree, seed):
        start, cpu = time.perf_counter(), time.thread_time()
        box.call(*call)
        took = (time.perf_counter() - start) * 1e3, (time.thread_time() - cpu) * 1e3
        times.setdefault(call[0], []).append((*took, call))
    found: dict[str, dict[str, Any]] = {}
    for name, one in times.items():
        wall, cpu = [took for took, _, _ in one], [took for _, took, _ in one]
        slowest = max(one, key=lambda each: each[1])
        found[name] = {
            "calls": len(one),
            "p50_ms": round(statistics.median(wall), 1),
            "p95_ms": percentile(wall, 0.95),
            "max_ms": round(max(wall), 1),
            "p50_cpu_ms": round(statistics.median(cpu), 1),
            "p95_cpu_ms": percentile(cpu, 0.95),
            "max_cpu_ms": round(max(cpu), 1),
            "slowest": slowest[2][1],
        }
    return found


def main(file: str, cache: str) -> dict[str, Any]:
    """Measure one file, and return the figures."""

    def opened() -> tuple[float, float]:
        start, cpu = time.perf_counter(), time.process_time()
        open_tree(file, cache=Path(cache)).close()
        return time.perf_counter() - start, time.process_time() - cpu

    start = time.process_time()
    sum(range(10_000_000))
    loop = time.process_time() - start
    _, index = opened()
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
    again = [opened() for _ in range(5)]
    with open_tree(file, cache=Path(cache)) as tree:
        tools = spent(tree, 1)
        people = tree.count_people
    return {
        "people": people,
        "index_cpu_s": round(index, 2),
        "loop_cpu_s": round(loop, 3),
        "index_peak_mb": most,
        "open_again_s": round(min(wall for wall, _ in again), 3),
        "open_again_cpu_s": round(min(cpu for _, cpu in again), 3),
        "tools": tools,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])) + "\n")
