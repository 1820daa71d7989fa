"""A family tree's file, opened: its index is found or made, and who may be living is worked out."""

from __future__ import annotations

import datetime
import hashlib
import json
import sqlite3
import sys
from array import array
from pathlib import Path
from typing import Final

import platformdirs

from gemwright_simon.errors import TreeProblem
from gemwright_simon.reading.read import READER_VERSION, TreeFile
from gemwright_simon.records import ImportReport
from gemwright_simon.tree.build import build_index
from gemwright_simon.tree.living import living_people
from gemwright_simon.tree.privacy import Privacy
from gemwright_simon.tree.schema import INDEX_VERSION, UNKNOWN, numbers
from gemwright_simon.tree.store import Store
from gemwright_simon.tree.tree import Tree

__all__ = ["LIVING_YEARS", "open_tree"]

LIVING_YEARS: Final = 110

_YEAR: Final = 365.2425


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        if path.is_dir():
            raise TreeProblem(f"{path} is a folder", hint="name the file of the tree inside it") from None
        raise TreeProblem(f"{path} cannot be read: {error.strerror or error}", hint="is the name right?") from None


def _index(path: Path, digest: str, cache: Path) -> Path:
    """Return the index of a file, made now if it is not there."""
    version = f"{READER_VERSION}.{INDEX_VERSION}.{sys.version_info[0]}{sys.version_info[1]}"
    target = cache / f"{digest[:40]}-{version}.tree"
    if target.is_file():
        connection = sqlite3.connect(f"{target.absolute().as_uri()}?mode=ro", uri=True)
        try:
            connection.execute("SELECT value FROM meta WHERE key='report'").fetchone()
            return target
        except sqlite3.DatabaseError:  # cut off by a full disk, or touched by somebody
            target.unlink(missing_ok=True)
        finally:
            connection.close()
    build_index(TreeFile(path), target)
    return target


def _ties(store: Store) -> dict[int, list[int]]:
    """Return, by person, the members of all their families."""
    ties: dict[int, list[int]] = {}
    members: dict[int, list[int]] = {}
    for family, person in store.rows("SELECT family, person FROM partner UNION ALL SELECT family, person FROM child"):
        members.setdefault(family, []).append(person)
    for group in members.values():
        for one in group:
            ties.setdefault(one, []).extend(group)
    return ties


def _living(store: Store, target: Path, years: int, today: datetime.date) -> frozenset[int]:
    """Return who may be living, from the index where it was worked out this year already."""
    rule = f"{years}/{today.year}"
    row = store.one("SELECT people FROM living WHERE rule=?", rule)
    if row is not None:
        return frozenset(numbers(data=row[0]))
    oldest = round(datetime.date(today.year, 1, 1).toordinal() + 1721425 - years * _YEAR)
    columns = (store.column(name) for name in ("dead", "bound", "birth_lo"))
    people = [
        (n, bool(dead), None if bound == UNKNOWN else bound, None if lo == UNKNOWN else lo)
        for n, (dead, bound, lo) in enumerate(zip(*columns, strict=True))
    ]
    living = living_people(people, lambda: _ties(store), oldest)
    try:
        writer = sqlite3.connect(target, timeout=2)
        try:
            with writer:
                writer.execute(
                    "INSERT OR REPLACE INTO living VALUES(?,?)", (rule, array("i", sorted(living)).tobytes())
                )
        finally:
            writer.close()
    except sqlite3.Error:
        pass  # worked out again next time
    return frozenset(living)


def open_tree(
    path: Path | str,
    *,
    include_living: bool = False,
    living_years: int = LIVING_YEARS,
    cache: Path | None = None,
    today: datetime.date | None = None,
) -> Tree:
    """Open a family tree. The file is only read; its index is kept in the user's cache, by the file's hash.

    Args:
        path: a GEDCOM file, a GEDZIP archive, or Gramps XML.
        include_living: whether people who may be living, and what is marked as private, are shown.
        living_years: how old somebody without a recorded death may be and still be taken for living.
        cache: the folder for indexes; the user's own when None.
        today: the day to reckon from; the machine's when None.

    Raises:
        TreeProblem: the file is not there, is no family tree, or is damaged beyond reading; or the years make no sense.
    """
    if not 0 < living_years <= 200:
        raise TreeProblem(
            f"{living_years} years is no age of a person", hint="give a number from 1 to 200; 110 is usual"
        )
    path = Path(path)
    digest = _hash(path)
    folder = cache or platformdirs.user_cache_path("gemwright", appauthor=False) / "simon"
    target = _index(path, digest, folder)
    connection = sqlite3.connect(
        f"{target.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
    store = Store(connection)
    (text,) = store.one("SELECT value FROM meta WHERE key='report'") or ("{}",)
    values = json.loads(text)
    values["warnings"] = {kind: tuple(lines) for kind, lines in values["warnings"].items()}
    people, families = frozenset[int](), frozenset[int]()
    if not include_living:
        living = _living(store, target, living_years, today or datetime.date.today())  # noqa: DTZ011  # the user's own day
        people = living.union(n for (n,) in store.rows("SELECT n FROM closed WHERE n > 0"))
        pairs = zip(store.column("partner_family"), store.column("partner_person"), strict=True)
        families = frozenset(family for family, person in pairs if person in people)
        families = families.union(-n for (n,) in store.rows("SELECT n FROM closed WHERE n < 0"))
    privacy = Privacy(store, people, families)
    return Tree(store, ImportReport(**values), digest, privacy, redacted=not include_living)
