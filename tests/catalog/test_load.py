"""Opening the catalog: the packaged document, or a checkout's tree behind a cache that may be broken in any way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gemwright.catalog import compile as compiler
from gemwright.catalog import load
from gemwright.catalog.document import open_document
from gemwright.foundation.errors import CorpusProblem
from tests.catalog.corpora import edit, write_corpus


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A checkout's corpus, and a home of its own. The catalog that other tests use is put back."""
    tree = write_corpus(tmp_path / "corpus")
    monkeypatch.setattr(load, "_CHECKOUT", tree)
    monkeypatch.setattr(load, "_PACKAGED", tmp_path / "_corpus" / "corpus.json")
    monkeypatch.setenv("GEMWRIGHT_HOME", str(tmp_path / "home"))
    load.catalog.cache_clear()
    yield tree
    load.catalog.cache_clear()


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The trees that were compiled."""
    trees: list[Path] = []
    real = compiler.compile_tree

    def compile_tree(tree: Path) -> dict[str, object]:
        trees.append(tree)
        return real(tree)

    monkeypatch.setattr(compiler, "compile_tree", compile_tree)
    return trees


def reopened() -> str:
    """Open the catalog as a new process would, and return the one variant's context as a sign of what was read."""
    load.catalog.cache_clear()
    [variant] = load.catalog().variants.values()
    return f"{load.catalog().version} {variant.geometry.context}"


def cache_files(tmp_path: Path) -> list[Path]:
    """What stands in the cache."""
    return sorted((tmp_path / "home" / "cache" / "corpus").iterdir())


def test_a_checkout_is_compiled_once(tree: Path, tmp_path: Path, compiled: list[Path]) -> None:
    """Reading a thousand TOML files takes a tenth of a second; reading one JSON file does not."""
    assert [reopened(), reopened()] == ["2026.01.02 32"] * 2
    assert compiled == [tree]
    assert len(cache_files(tmp_path)) == 1


def test_a_change_is_seen_at_once(tree: Path, compiled: list[Path]) -> None:
    """Also one that leaves size and time of a file as they were, and also a change back."""
    path = tree / "variants" / "t1.toml"
    assert reopened().endswith(" 32")
    edit(path, "context = 32", "context = 64")
    assert reopened().endswith(" 64")
    edit(path, "context = 64", "context = 32")
    assert reopened().endswith(" 32")
    assert len(compiled) == 2


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    "rubbish", [b"", b"{", b"\xff", b"[]", b'{"schema": 99}', b'{"schema": 1, "tree": "x"}', b"[" * 9999]
)
def test_a_broken_cache_is_made_again(tmp_path: Path, rubbish: bytes, compiled: list[Path]) -> None:
    """A full disk or a crash must not need a person."""
    reopened()
    [file] = cache_files(tmp_path)
    good = file.read_bytes()
    file.write_bytes(rubbish)
    assert reopened() == "2026.01.02 32"
    assert len(compiled) == 2
    assert file.read_bytes() == good


@pytest.mark.usefixtures("tree")
def test_a_cached_document_that_lost_a_field_is_made_again(tmp_path: Path) -> None:
    """Valid JSON of the right schema, and still broken."""
    reopened()
    [file] = cache_files(tmp_path)
    document = json.loads(file.read_bytes())
    del document["variants"]
    file.write_text(json.dumps(document), encoding="utf-8")
    assert reopened() == "2026.01.02 32"


@pytest.mark.usefixtures("tree")
def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, compiled: list[Path]) -> None:
    """Containers and build machines have no home."""
    (tmp_path / "home").write_text("a file where the folder would be", encoding="utf-8")
    assert [reopened(), reopened()] == ["2026.01.02 32"] * 2
    assert len(compiled) == 2


def test_old_documents_do_not_pile_up(tree: Path, tmp_path: Path) -> None:
    """Each edit makes a new one."""
    for context in range(64, 74):
        text = (tree / "variants" / "t1.toml").read_text(encoding="utf-8")
        head, _, tail = text.partition("context = ")
        rest = tail.partition("\n")[2]
        (tree / "variants" / "t1.toml").write_text(f"{head}context = {context}\n{rest}", encoding="utf-8")
        assert reopened().endswith(f" {context}")
    assert len(cache_files(tmp_path)) == 4


def test_the_packaged_document_wins_and_needs_no_home(tree: Path, tmp_path: Path, compiled: list[Path]) -> None:
    """A wheel carries its own data, and may lie beside anything."""
    compiler.write(tree, tmp_path / "_corpus" / "corpus.json")
    edit(tree / "variants" / "t1.toml", "context = 32", "context = 64")
    compiled.clear()
    assert reopened() == "2026.01.02 32"
    assert compiled == [] and not (tmp_path / "home").exists()


def test_a_broken_installation_says_so(tree: Path, tmp_path: Path) -> None:
    """There is nothing to fall back to that would be the right data."""
    packaged = tmp_path / "_corpus" / "corpus.json"
    packaged.parent.mkdir()
    packaged.write_text("{", encoding="utf-8")
    with pytest.raises(CorpusProblem, match="cannot read") as caught:
        reopened()
    assert "again" in caught.value.hint
    packaged.unlink()
    (tree / "corpus.toml").unlink()
    with pytest.raises(CorpusProblem, match="data of the catalog is missing"):
        reopened()


@pytest.mark.parametrize(
    "document", [None, [], {}, {"schema": 2}, {"schema": 1}, {"schema": 1, "corpus": {}, "variants": [3]}]
)
def test_other_documents_are_refused(document: object) -> None:
    """A newer schema must be refused by its number, before a field is misread."""
    with pytest.raises(CorpusProblem):
        open_document(document, "it")


def test_what_was_opened_cannot_be_changed() -> None:
    """One catalog is shared by the whole process."""
    [variant, *_] = load.catalog().variants.values()
    with pytest.raises(AttributeError):
        variant.geometry.layers = 3  # type: ignore[misc]
    with pytest.raises(TypeError):
        load.catalog().variants["T9"] = variant  # type: ignore[index]
