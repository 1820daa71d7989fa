"""The site: built for real from a small tree, searched without a network, and loading nothing from elsewhere."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.build_site import stay_at_home, write_pages
from tests.corpus.trees import write_tree


@pytest.fixture(scope="module")
def site(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a small tree, as the generator makes it."""
    root = tmp_path_factory.mktemp("site")
    write_tree(root)
    assert write_pages(root, root / "build" / "pages") > 20
    settings = shutil.copy(checkout / "site" / "zensical.toml", root / "build")
    text = Path(settings).read_text(encoding="utf-8")
    Path(settings).write_text(
        text.partition("nav = [")[0] + "[project.theme]" + text.partition("[project.theme]")[2], "utf-8"
    )
    command = [sys.executable, "-m", "zensical", "build", "--config-file", settings]
    subprocess.run(command, cwd=root / "build", check=True, capture_output=True, timeout=50)
    return root / "build" / "site"


def test_pages_load_nothing_from_elsewhere(checkout: Path, site: Path) -> None:
    """The generator's own program from elsewhere is replaced; another one would be named."""
    assert stay_at_home(site, checkout / "site" / "file-worker.js") == []
    page = (site / "advisories" / "ollama" / "empty.html").read_text(encoding="utf-8")
    assert '<script src="../../assets/javascripts/file-worker.js">' in page
    (site / "bad.html").write_text('<script src="https://elsewhere.example/x.js"></script>', encoding="utf-8")
    assert stay_at_home(site, checkout / "site" / "file-worker.js") == [
        'bad.html: <script src="https://elsewhere.example/x.js"'
    ]
    (site / "bad.html").unlink()


def test_records_are_in_the_search_index(site: Path) -> None:
    """The index lies beside the pages, also as a program, so that it works without a server."""
    items = json.loads((site / "search.json").read_text(encoding="utf-8"))["items"]
    assert any("Thoughts count as output tokens" in item["title"] for item in items)
    assert (site / "search.js").read_text(encoding="utf-8").startswith("var __index")


def test_data_lies_beside_the_pages(site: Path) -> None:
    """Feeds, the JSON API and llms.txt are served as they are."""
    assert (site / "feeds" / "all.atom").is_file() and (site / "llms.txt").is_file()
    assert json.loads((site / "api/v1/index.json").read_text(encoding="utf-8"))["kinds"]["advisories"] == 1


def test_markers_of_the_format_are_text(site: Path) -> None:
    """Gemma 4's own tokens look like tags, and are none."""
    assert "<code>&lt;|channel&gt;</code>" in (site / "advisories/ollama/empty.html").read_text(encoding="utf-8")
