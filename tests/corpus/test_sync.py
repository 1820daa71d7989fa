"""Pinned material from a real local server: checksums, broken files, interrupted runs, hostile paths."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from gemwright.corpus.sync import Pinned, Synced, pinned, sync
from gemwright.foundation.errors import CorpusProblem
from gemwright.foundation.http import Http
from tests.catalog.corpora import edit
from tests.corpus.trees import world_of, write_tree
from tests.loopback import Asked, Loopback, Say, answer

BODY = b"a file of somebody else\n"
HASH = hashlib.sha256(BODY).hexdigest()


async def serve(asked: Asked, say: Say) -> None:
    """Serve one file, and nothing else."""
    found = asked.path.endswith("/good.txt")
    await say(answer(BODY, kind="text/plain") if found else answer(b"no", 404, kind="text/plain"))


def run(wanted: list[Pinned], directory: Path) -> tuple[list[Synced], int]:
    """Sync from a local server; return what became of the files, and how often it was asked."""

    async def go() -> tuple[list[Synced], int]:
        async with Loopback(serve) as server, Http(server.url, retries=0) as http:
            return await sync(wanted, directory, http.get_bytes, lambda one: None), len(server.asked)

    return asyncio.run(go())


def test_files_appear_right_or_not_at_all(tmp_path: Path) -> None:
    """One right, one with another hash, one missing, one that nothing is known about."""
    wanted = [
        Pinned("a", "o/r/c1/good.txt", HASH),
        Pinned("b", "o/r/c2/good.txt", "0" * 64),
        Pinned("c", "o/r/c3/gone.txt", HASH),
        Pinned("d", "o/r/c4/good.txt", ""),
    ]
    done, asked = run(wanted, tmp_path)
    assert [one.outcome for one in done] == ["fetched", "failed", "failed", "unverified"] and asked == 4
    assert (tmp_path / "o/r/c1/good.txt").read_bytes() == BODY
    assert not (tmp_path / "o/r/c2/good.txt").exists() and "nothing was kept" in done[1].problem
    assert "404" in done[2].problem
    again, asked = run(wanted[:1], tmp_path)
    assert again[0].outcome == "kept" and asked == 0


def test_a_broken_file_is_fetched_again(tmp_path: Path) -> None:
    """A run that was killed half-way, or a disk that lied."""
    target = tmp_path / "o/r/c1/good.txt"
    target.parent.mkdir(parents=True)
    target.write_bytes(BODY[:5])
    done, _ = run([Pinned("a", "o/r/c1/good.txt", HASH)], tmp_path)
    assert done[0].outcome == "fetched" and target.read_bytes() == BODY


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    """And the other files are fetched all the same."""
    (tmp_path / "o").write_text("a file where the folder would be", encoding="utf-8")
    done, _ = run([Pinned("a", "o/r/c/good.txt", HASH), Pinned("b", "p/r/c/good.txt", HASH)], tmp_path)
    assert [one.outcome for one in done] == ["failed", "fetched"] and "cannot write" in done[0].problem


@pytest.mark.parametrize("path", ["../../../etc/passwd.txt", "a/../b.txt", "/etc/passwd.txt", "a//b.txt", "C:\\x.txt"])
def test_paths_do_not_leave_the_cache(tmp_path: Path, path: str) -> None:
    """The index is data, and data may be somebody's."""
    tree = write_tree(tmp_path)
    pin = f'repository = "o/r"\ncommit = "abc"\npath = \'{path}\'\n'
    edit(tree / "tooling/google-official/card.toml", "checked =", pin + "checked =")
    with pytest.raises(CorpusProblem, match="leaves its folder"):
        list(pinned(world_of(tree).catalog))


def test_groups_and_folders(tmp_path: Path) -> None:
    """Only what is asked for, and only files."""
    tree = write_tree(tmp_path)
    pin = 'repository = "o/r"\ncommit = "abc"\npath = "docs/a.md"\n'
    edit(tree / "tooling/google-official/card.toml", "checked =", pin + "checked =")
    catalog = world_of(tree).catalog
    assert [one.path for one in pinned(catalog)] == ["o/r/abc/docs/a.md"]
    assert list(pinned(catalog, ["huggingface"])) == []
    edit(tree / "tooling/google-official/card.toml", 'path = "docs/a.md"', 'path = "docs"')
    assert list(pinned(world_of(tree).catalog)) == []
