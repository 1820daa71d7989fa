"""What the rules look at: every record that could be read, every document, and where things stand in their files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from gemwright.catalog.document import SCHEMA, Catalog, open_document
from gemwright.catalog.kinds import KINDS
from gemwright.catalog.reader import read_tree, tree_files
from gemwright.catalog.records import build
from gemwright.corpus.compose import Document, read_document
from gemwright.foundation.errors import CorpusProblem

__all__ = ["Fault", "World"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong.

    Attributes:
        rule: the rule that found it.
        file: where, as a path with slashes: below `corpus/`, or `guide/…`.
        line: which line, counted from 1.
        message: what is wrong.
        hint: what to do.
    """

    rule: str
    file: str
    line: int
    message: str
    hint: str = ""


class World:
    """A corpus with its documents.

    Attributes:
        directory: what holds `corpus.toml`.
        guide: what holds the documents; None where there are none.
    """

    def __init__(self, directory: Path, guide: Path | None = None) -> None:
        """Read everything that can be read.

        Raises:
            CorpusProblem: `corpus.toml`, `vocab.toml` or `tokens.toml` is missing.
        """
        self.directory = directory
        self.guide = guide
        self.faults: list[Fault] = []
        problems: list[CorpusProblem] = []
        self.tree = read_tree(directory, problems)
        self.faults += [_fault(problem) for problem in problems]
        self._records: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        for kind, form in KINDS.items():
            for name, table in list(self.tree[kind].items()):
                file = f"{kind}/{name}{form.ending}"
                try:
                    self._records[kind][name] = build(form.record, table, file)
                except CorpusProblem as e:
                    line = self.line(file, _field(e.message))
                    message = e.message.removeprefix(file).lstrip(": ")
                    self.faults.append(Fault("form", file, line, message, e.hint or ""))
                    del self.tree[kind][name]

    @cached_property
    def catalog(self) -> Catalog:
        """The records that could be read, as a catalog."""
        document = {**self.tree, "schema": SCHEMA, "tree": "", "tokens": self.tree["tokens"].get("token", [])}
        return open_document(document, str(self.directory))

    def records(self, kind: str) -> Iterator[tuple[str, str, Any]]:
        """Yield the file, the id and the record of a kind."""
        for name, record in self._records[kind].items():
            yield f"{kind}/{name}{KINDS[kind].ending}", name, record

    def has(self, kind: str, name: str) -> bool:
        """Return whether there is such a record, also one that could not be read."""
        return name in self._records[kind] or (self.directory / f"{kind}/{name}{KINDS[kind].ending}").is_file()

    @cached_property
    def files(self) -> Mapping[str, str]:
        """The text of every data file that is UTF-8, by its name."""
        found: dict[str, str] = {}
        for name, path in tree_files(self.directory):
            try:
                found[name] = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                continue
        return found

    @cached_property
    def documents(self) -> Mapping[str, Document]:
        """The documents whose marks pair, by name; the others are among the faults."""
        found: dict[str, Document] = {}
        paths = sorted(self.guide.rglob("*.md")) if self.guide else []
        for path in paths:
            name = self.name(path)
            try:
                found[name] = read_document(name, path.read_text(encoding="utf-8"))
            except CorpusProblem as e:
                self.faults.append(_fault(e, "documents"))
        return found

    def name(self, path: Path) -> str:
        """Return what a file is called in faults."""
        if self.guide and path.is_relative_to(self.guide):
            return "guide/" + path.relative_to(self.guide).as_posix()
        return path.relative_to(self.directory).as_posix()

    def path(self, name: str) -> Path:
        """Return where a file lies that is called so in faults."""
        if self.guide and name.startswith("guide/"):
            return self.guide / name.removeprefix("guide/")
        return self.directory / name

    def line(self, file: str, needle: str) -> int:
        """Return the first line that sets a field or holds a text; 1 where none does."""
        text = self.files.get(file) or self._text(file)
        for number, line in enumerate(text.split("\n"), 1):
            if re.match(rf"\s*{re.escape(needle)}\s*=", line) or line.strip() in (f"[{needle}]", f"[[{needle}]]"):
                return number
        for number, line in enumerate(text.split("\n"), 1):
            if needle and needle in line:
                return number
        return 1

    def _text(self, file: str) -> str:
        try:
            return self.path(file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    def excused(self, rule: str) -> frozenset[str]:
        """Return the files that a rule leaves alone.

        Raises:
            CorpusProblem: one of them is not there any more, or has no reason.
        """
        path = self.directory / "exceptions" / f"{rule}.txt"
        if not path.is_file():
            return frozenset()
        found: set[str] = set()
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            name, _, reason = (part.strip() for part in line.partition("#"))
            if not name:
                continue
            if not reason or not self.path(name).is_file():
                what = "has no reason behind a #" if not reason else "names a file that is not there"
                raise CorpusProblem(f"exceptions/{rule}.txt:{number}: {name!r} {what}")
            found.add(name)
        return frozenset(found)


def _fault(problem: CorpusProblem, rule: str = "form") -> Fault:
    match = re.match(r"([\w./-]+\.(?:toml|md))(?::(\d+))?:? ?(.*)", problem.message, re.DOTALL)
    if match is None:
        return Fault(rule, "corpus.toml", 1, problem.message, problem.hint or "")
    return Fault(rule, match[1], int(match[2] or 1), match[3], problem.hint or "")


def _field(message: str) -> str:
    """Return the field that an error of the reader is about."""
    quoted = re.search(r"has no field '([^']+)'", message)
    if quoted:
        return quoted[1]
    names = re.findall(r": ([a-z_]+)(?:\[\d+\])?(?=[ :])", message)
    return names[-1] if names else ""
