"""Compiling: the same tree gives the same bytes, and every mistake is told with its file and field."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gemwright.catalog.compile import compile_tree, main, write
from gemwright.foundation.errors import CorpusProblem
from tests.catalog.corpora import VARIANT, edit, write_corpus


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A right corpus."""
    return write_corpus(tmp_path / "corpus")


def test_a_right_tree_compiles_to_the_same_bytes_each_time(tree: Path, tmp_path: Path) -> None:
    """Wheels are built reproducibly; what an editor leaves lying about is not data."""
    write(tree, tmp_path / "one.json")
    (tree / "variants" / ".#t1.toml").write_text("half", encoding="utf-8")
    (tree / "README.md").write_text("words", encoding="utf-8")
    write(tree, tmp_path / "two.json")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    document = json.loads((tmp_path / "one.json").read_bytes())
    assert document["schema"] == 2
    assert document["variants"]["t1"]["released"] == "2026-01-02"
    assert list(document["sources"]) == ["example.org/one"]


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("variants/t1.toml", "hidden = 8", "", "lacks the field 'hidden'"),
        ("variants/t1.toml", "hidden = 8", "hiden = 8", "no field 'hiden'"),
        ("variants/t1.toml", "hidden = 8", "hidden = 8.5", "geometry: hidden must be a whole number, not 8.5"),
        ("variants/t1.toml", "hidden = 8", "hidden = true", "hidden must be a whole number"),
        ("variants/t1.toml", "key_is_value = false", "key_is_value = 0", "must be true or false"),
        ("variants/t1.toml", "temperature = 1", 'temperature = "1"', "temperature must be a number"),
        ("variants/t1.toml", 'flavour = "small"', 'flavour = "medium"', "must be one of small, large"),
        ("variants/t1.toml", 'input = ["text"]', 'input = ["smell"]', r"input\[0\] must be one of"),
        ("variants/t1.toml", 'input = ["text"]', 'input = "text"', "must be a list"),
        ("variants/t1.toml", 'id = "T1"', 'id = "T2"', "'T2' stands in a file of another name"),
        ("variants/t1.toml", "[names]", "[[names]]", "names must be a table"),
        ("variants/t1.toml", "global_layers = [1, 3]", "global_layers = [1, 2]", "end with the last layer"),
        ("variants/t1.toml", "global_layers = [1, 3]", "global_layers = [3, 1, 3]", "must rise"),
        ("variants/t1.toml", "global_layers = [1, 3]", "global_layers = [3]", "not every kind has an owner"),
        ("variants/t1.toml", "kv_heads_local = 1", "kv_heads_local = 3", "cannot share 3 key heads"),
        ("variants/t1.toml", 'id = "T1"', "id = ", "variants/t1.toml:2: not TOML"),
        ("tokens.toml", "id = 2", "id = 1", "token id 1 stands in the corpus 2 times"),
        ("tokens.toml", 'spelling = "<b>"', 'spelling = "<a>"', "token spelling '<a>'"),
        ("tokens.toml", 'role = "b"', 'role = "a"', "token role 'a'"),
        ("sources/example.org/one.toml", 'kind = "code"', 'kind = "rumour"', "must be one of code, official"),
        ("corpus.toml", "version", "vresion", "no field 'vresion'"),
    ],
)
def test_mistakes_are_named(tree: Path, file: str, old: str, new: str, says: str) -> None:
    """Contributors of facts see this text, not our code."""
    edit(tree / file, old, new)
    with pytest.raises(CorpusProblem, match=says):
        compile_tree(tree)


def test_every_block_cites_a_source_that_exists(tree: Path) -> None:
    """A figure without a source cannot be corrected."""
    path = tree / "variants" / "t1.toml"
    blocks = VARIANT.count('source = ["example.org/one"]')
    assert blocks == 6
    for position in range(blocks):
        pieces = VARIANT.split('source = ["example.org/one"]')
        for citation, says in (("source = []", "names no source"), ('source = ["nowhere"]', "cites 'nowhere'")):
            before = '["example.org/one"]'.join(f"{piece}source = " for piece in pieces[: position + 1])
            after = 'source = ["example.org/one"]'.join(pieces[position + 1 :])
            path.write_text(before.removesuffix("source = ") + citation + after, encoding="utf-8")
            with pytest.raises(CorpusProblem, match=says):
                compile_tree(tree)


def test_files_where_none_belong(tree: Path) -> None:
    """A misplaced file would otherwise be a fact that nobody sees."""
    stray = tree / "variant" / "t2.toml"
    stray.parent.mkdir()
    stray.write_text("", encoding="utf-8")
    with pytest.raises(CorpusProblem, match=r"variant/t2\.toml stands where no data file belongs"):
        compile_tree(tree)
    stray.unlink()
    (tree / "tokens.toml").unlink()
    with pytest.raises(CorpusProblem, match=r"tokens\.toml is missing"):
        compile_tree(tree)


def test_the_command(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Contributors run it by hand: a status for scripts, a sentence for people."""
    out = tmp_path / "out.json"
    main([str(tree), str(out)])
    assert out.is_file()
    edit(tree / "tokens.toml", "id = 2", "id = 1")
    with pytest.raises(SystemExit, match="error: the token id 1"):  # Python prints the text, and ends with 1
        main([str(tree), str(out)])
    with pytest.raises(SystemExit, match="2"):
        main([])
    assert "usage" in capsys.readouterr().err


def test_a_build_needs_the_standard_library_alone(tree: Path, tmp_path: Path, checkout: Path) -> None:
    """The build hook runs in an environment that holds the build tool and nothing of ours."""
    command = [sys.executable, "-I", "-S", "-c", "import sys; sys.path.insert(0, sys.argv.pop(1)); import runpy; "
               "runpy.run_module('gemwright.catalog.compile', run_name='__main__')"]  # fmt: skip
    arguments = [str(checkout / "src"), str(tree), str(tmp_path / "out.json")]
    subprocess.run([*command, *arguments], check=True, timeout=30, cwd=tmp_path)
    assert (tmp_path / "out.json").is_file()
