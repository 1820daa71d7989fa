"""The real corpus: it compiles, it is in the wheel, and what stands in it is used and in order."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from gemwright.catalog import catalog
from gemwright.catalog.claims import Claim
from gemwright.catalog.compile import compile_tree
from gemwright.catalog.reader import tree_files


@pytest.fixture(scope="module")
def corpus(checkout: Path) -> Path:
    """Its directory."""
    return checkout / "corpus"


def test_it_compiles(corpus: Path) -> None:
    """Every schema, citation and cross-check at once."""
    document = compile_tree(corpus)
    assert len(document["variants"]) == 5 and len(document["tokens"]) == 24


def test_every_source_is_cited(corpus: Path) -> None:
    """A source that nothing cites is left over from a figure that is gone."""
    document = compile_tree(corpus)
    sources = document.pop("sources")
    rest = json.dumps(document)
    assert [name for name in sources if json.dumps(name) not in rest] == []


def test_files_are_text_that_diffs_well(corpus: Path) -> None:
    """UTF-8 without a mark, line feeds, one at the end, no trailing space."""
    for name, path in tree_files(corpus):
        data = path.read_bytes()
        assert b"\r" not in data and not data.startswith(b"\xef\xbb\xbf"), name
        assert data.endswith(b"\n") and not data.endswith(b"\n\n"), name
        lines = data.decode().split("\n")
        assert all(line == line.rstrip() for line in lines), name


def test_the_version_is_a_day(corpus: Path) -> None:
    """CalVer: the day of the last change to a fact."""
    about = tomllib.loads((corpus / "corpus.toml").read_text(encoding="utf-8"))
    assert re.fullmatch(r"20\d\d\.(0[1-9]|1[0-2])\.(0[1-9]|[12]\d|3[01])", about["version"])
    assert about["license"] in (corpus / "LICENSE").read_text(encoding="utf-8")


def test_dates_of_sources_are_dates(corpus: Path) -> None:
    """A day, a month or a year, so that stale sources can be found."""
    for name, path in tree_files(corpus / "sources"):
        source = tomllib.loads(path.read_text(encoding="utf-8"))
        assert re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", str(source["date"])), name
        assert re.match(r"https://|pkg:|[\w/.]+$", source["ref"]), name


def test_own_references_exist(corpus: Path, checkout: Path) -> None:
    """A measurement of ours names the program that makes it."""
    for name, path in tree_files(corpus / "sources"):
        ref = tomllib.loads(path.read_text(encoding="utf-8"))["ref"]
        assert "://" in ref or ref.startswith("pkg:") or (checkout / ref).exists(), name


def test_the_wheel_carries_it(checkout: Path, corpus: Path, tmp_path: Path) -> None:
    """An installed gemwright has no tree to read; an editable one has, and must not carry a stale copy."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "wheel")]
    subprocess.run(command, cwd=checkout, check=True, capture_output=True, timeout=60)
    [wheel] = (tmp_path / "wheel").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        carried = json.loads(archive.read("gemwright/_corpus/corpus.json"))
    assert carried == compile_tree(corpus)
    assert not (checkout / "src" / "gemwright" / "_corpus").exists()
    editable = "from hatchling.build import build_editable; import sys; build_editable(sys.argv[1])"
    (tmp_path / "editable").mkdir()
    subprocess.run(
        [sys.executable, "-c", editable, str(tmp_path / "editable")],
        cwd=checkout,
        check=True,
        capture_output=True,
        timeout=60,
    )
    [wheel] = (tmp_path / "editable").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        assert not [name for name in archive.namelist() if "_corpus" in name]


def test_every_check_that_names_a_test_names_one(checkout: Path) -> None:
    """A claim that says how it is proved again must not point into the void."""
    checks = [claim.check for claim in catalog().all(Claim).values() if "tests/" in claim.check]
    assert len(checks) > 30
    for check in checks:
        for file, function in re.findall(r"(tests/[\w/]+\.py)(?:::(\w+))?", check):
            text = (checkout / file).read_text(encoding="utf-8")
            assert not function or f"def {function}(" in text, check


def test_documents_link_to_files_that_are_there(checkout: Path) -> None:
    """They are read on a Git host as they are: every relative link, and every heading that one points to."""
    for path in sorted((checkout / "guide").rglob("*.md")):
        text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for link in re.findall(r"\]\((?!https?://|#)([^)\s]+)\)", text):
            target, _, heading = link.partition("#")
            found = (path.parent / target).resolve()
            assert found.exists(), f"{path.name}: {link}"
            if heading:
                titles = re.findall(r"^#+ (.+)$", found.read_text(encoding="utf-8"), re.MULTILINE)
                anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
                assert heading in anchors, f"{path.name}: {link}"
