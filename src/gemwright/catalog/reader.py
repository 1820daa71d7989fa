"""The tree under `corpus/`: read whole, with nothing left out and nothing judged.

corpus.toml, vocab.toml      the corpus as a whole, and the words it uses
tokens.toml                  [[token]] …
<kind>/<path>.toml           one record each; its path without the ending is its id
advisories/<path>.md         one each, too: TOML between lines of `+++`, then Markdown
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from gemwright.catalog.kinds import KINDS
from gemwright.foundation.errors import CorpusProblem, LimitReached
from gemwright.foundation.files import read_capped

__all__ = ["read_file", "read_tree", "tree_files", "tree_hash"]

_TOP = ("corpus", "vocab", "tokens")
_FENCE = "+++"
_MAX_BYTES = 4 * 1024 * 1024
_NO_RECORDS = ("schemas", "exceptions")
_PROSE = ("README.md", "LICENSE")


def tree_files(directory: Path) -> Iterator[tuple[str, Path]]:
    """Yield every data file below the corpus: its path from there, with slashes, and its path. In a fixed order."""
    found = ((path.relative_to(directory).as_posix(), path) for path in directory.rglob("*") if path.is_file())
    yield from sorted((name, path) for name, path in found if _is_data(name))


def _is_data(name: str) -> bool:
    parts = name.split("/")
    if any(part[0] == "." for part in parts) or parts[-1] in _PROSE or parts[0] in _NO_RECORDS:
        return False
    return name.endswith((".toml", ".md"))


def tree_hash(directory: Path) -> str:
    """Return a hash of the corpus, and of the code that reads it: when either changes, what was made of it is old."""
    import hashlib

    digest = hashlib.sha256()
    code = sorted((path.name, path) for path in Path(__file__).parent.glob("*.py"))
    for name, path in [*code, *tree_files(directory)]:
        data = path.read_bytes()
        digest.update(f"{name}\n{len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()


def read_tree(directory: Path, problems: list[CorpusProblem] | None = None) -> dict[str, Any]:
    """Return the whole corpus as plain values that JSON can hold: `corpus`, `vocab`, `tokens`, and each kind by id.

    Args:
        directory: what holds `corpus.toml`.
        problems: where to put what is wrong with single files, so that the others are read all the same.

    Raises:
        CorpusProblem: a file is missing, unreadable, no TOML, or stands where no file belongs.
    """
    tree: dict[str, Any] = {**dict.fromkeys(_TOP), **{kind: {} for kind in KINDS}}
    for name, path in tree_files(directory):
        try:
            head, slash, rest = name.rpartition(".")[0].partition("/")
            if slash and head in KINDS and name.endswith(KINDS[head].ending):
                tree[head][rest] = read_file(path, name)
            elif not slash and head in _TOP and name.endswith(".toml"):
                tree[head] = read_file(path, name)
            else:
                raise CorpusProblem(f"{name} stands where no data file belongs", hint="corpus/README.md has a map")
        except CorpusProblem as e:
            if problems is None:
                raise
            problems.append(e)
    for needed in _TOP:
        if tree[needed] is None:
            raise CorpusProblem(f"{needed}.toml is missing in {directory}")
    return tree


def read_file(path: Path, name: str) -> dict[str, Any]:
    """Return one file's table; a Markdown file's text is its field `text`.

    Raises:
        CorpusProblem: it cannot be read; the message names file and line.
    """
    try:
        text = read_capped(path, _MAX_BYTES).decode("utf-8").replace("\r\n", "\n")
    except OSError as e:
        raise CorpusProblem(f"cannot read {name}: {e.strerror}") from e
    except LimitReached as e:
        raise CorpusProblem(f"{name} has more than {_MAX_BYTES} bytes; a record is a page or two") from e
    except UnicodeDecodeError as e:
        raise CorpusProblem(f"{name} is not UTF-8: {e}") from e
    if not name.endswith(".md"):
        return _parse(text, name)
    lines = text.split("\n")
    if lines[0] != _FENCE or _FENCE not in lines[1:]:
        raise CorpusProblem(f"{name}:1: the file must begin with TOML between two lines of {_FENCE}")
    end = lines.index(_FENCE, 1)
    table = _parse("\n".join(["", *lines[1:end]]), name)  # the empty line keeps the numbers of the lines
    if "text" in table:
        raise CorpusProblem(f"{name} has a field 'text', but its text stands below the second {_FENCE}")
    return {**table, "text": "\n".join(lines[end + 1 :]).strip() + "\n"}


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        return cast("dict[str, Any]", _plain(tomllib.loads(text)))
    except tomllib.TOMLDecodeError as e:
        message, _, place = str(e).partition(" (at line ")
        line = place.partition(",")[0]
        raise CorpusProblem(f"{name}{':' + line if line.isdigit() else ''}: not TOML: {message}") from e
    except RecursionError as e:
        raise CorpusProblem(f"{name}: nested too deeply to be a record") from e


def _plain(value: object) -> object:
    """Return a value with its dates as text, which is what JSON has for them."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in cast("list[object]", value)]
    return value.isoformat() if isinstance(value, datetime.date) else value
