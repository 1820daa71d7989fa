"""Reads family trees with one library and says whom it found, what it took and how much memory: a program of its own.

    python benchmarks/peers/tree_child.py LIBRARY list|count FILE...

One line of JSON for each file: `people` as name, date and place of birth, or `count`; or `error`. Beside it stand the time
of the processor since the library was loaded, and the most memory that the process used. It imports nothing of gemwright
but where that is the library.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Found = tuple[str, str, str]


def _ged4py() -> Callable[[str], Iterator[Found]]:
    parser = importlib.import_module("ged4py.parser")

    def read(path: str) -> Iterator[Found]:
        with parser.GedcomReader(path) as reader:
            for person in reader.records0("INDI"):
                date, place = person.sub_tag_value("BIRT/DATE"), person.sub_tag_value("BIRT/PLAC")
                yield person.name.format(), str(date or ""), str(place or "")

    return read


def _fastgedcom() -> Callable[[str], Iterator[Found]]:
    parser = importlib.import_module("fastgedcom.parser")
    with contextlib.suppress(ImportError):
        importlib.import_module("ansel").register()

    def read(path: str) -> Iterator[Found]:
        with Path(path).open(encoding=parser.guess_encoding(path)) as file:
            document, _ = parser.parse(file)
        for person in document.get_records("INDI"):
            birth = person > "BIRT"
            yield person >= "NAME", birth >= "DATE", birth >= "PLAC"

    return read


def _gedcom7() -> Callable[[str], Iterator[Found]]:
    library = importlib.import_module("gedcom7")

    def first(structure: Any, tag: str) -> Any:
        return next((one for one in structure.children if one.tag == tag), None) if structure else None

    def read(path: str) -> Iterator[Found]:
        with Path(path).open("rb") as file:
            records = library.load(file)
        for record in records:
            if record.tag == "INDI":
                name, birth = first(record, "NAME"), first(record, "BIRT")
                date, place = first(birth, "DATE"), first(birth, "PLAC")
                yield (name.text if name else ""), (date.text if date else ""), (place.text if place else "")

    return read


def _python_gedcom() -> Callable[[str], Iterator[Found]]:
    parser = importlib.import_module("gedcom.parser")
    individual = importlib.import_module("gedcom.element.individual").IndividualElement

    def read(path: str) -> Iterator[Found]:
        reader = parser.Parser()
        reader.parse_file(path, False)
        for element in reader.get_root_child_elements():
            if isinstance(element, individual):
                date, place, _ = element.get_birth_data()
                yield " ".join(element.get_name()), date, place

    return read


def _simon() -> Callable[[str], Iterator[Found]]:
    tree = importlib.import_module("gemwright_simon.tree")

    def read(path: str) -> Iterator[Found]:
        with (
            tempfile.TemporaryDirectory() as cache,
            tree.open_tree(path, include_living=True, cache=Path(cache)) as opened,
        ):
            for handle in opened.people():
                person = opened.person(handle)
                birth = next((event for event in person.events if event.kind == "birth"), None)
                name = person.names[0].text if person.names else ""
                yield name, (birth.date.text if birth else ""), (birth.place if birth else "")

    return read


def _counted(path: str) -> int:
    """Make Simon's whole index, and return how many people it has."""
    tree = importlib.import_module("gemwright_simon.tree")
    with tempfile.TemporaryDirectory() as cache, tree.open_tree(path, include_living=True, cache=Path(cache)) as opened:
        return opened.count_people


LIBRARIES = {
    "gemwright-simon": _simon,
    "ged4py": _ged4py,
    "fastgedcom": _fastgedcom,
    "gedcom7": _gedcom7,
    "python-gedcom": _python_gedcom,
}


def _peak() -> float:
    """Return the most memory that was used. Linux counts what the parent used in `ru_maxrss`, but not in `VmHWM`."""
    with contextlib.suppress(OSError, StopIteration, ValueError):
        lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def main(library: str, task: str, *files: str) -> None:
    """Read the files."""
    read = LIBRARIES[library]()
    start = time.process_time()
    for path in files:
        answer: dict[str, Any]
        try:
            if task == "list":
                answer = {"people": list(read(path))}
            elif library == "gemwright-simon":
                answer = {"count": _counted(path)}
            else:
                answer = {"count": sum(1 for _ in read(path))}
        except Exception as error:  # whatever a library raises is its answer
            answer = {"error": f"{type(error).__name__}: {error}"[:200]}
        answer |= {"cpu_s": time.process_time() - start, "peak_mb": _peak()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
