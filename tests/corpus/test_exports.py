"""Other people's forms: OSV, JSON, llms.txt, feeds and pages of a small tree, changes between two, and the handoff."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from gemwright.catalog.document import Catalog
from gemwright.corpus.changes import changes, notes
from gemwright.corpus.export import FORMS
from gemwright.corpus.forms import blank
from gemwright.corpus.handoff import handoff
from gemwright.corpus.lint import lint
from gemwright.site import feeds, pages
from tests.catalog.corpora import edit
from tests.corpus.trees import world_of, write_tree

PROBLEM = "advisories/ollama/empty.md"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small tree."""
    return write_tree(tmp_path)


def catalog_of(tree: Path) -> Catalog:
    """Its records."""
    return world_of(tree).catalog


def test_osv(tree: Path) -> None:
    """What scanners read: ids, moments, events; what OSV has no ecosystem for stands where it leaves room."""
    [(path, text)] = FORMS["osv"](catalog_of(tree))
    record = json.loads(text)
    assert path == f"osv/{record['id']}.json" == "osv/GEMWRIGHT-ollama-empty.json"
    assert (record["schema_version"], record["modified"]) == ("1.7.4", "2026-01-02T00:00:00Z")
    assert record["references"] == [{"type": "FIX", "url": "https://github.com/ollama/ollama/pull/2"}]
    other = [{"package": "ollama", "scheme": "semver", "events": [{"introduced": "0.20.0"}, {"fixed": "0.21.0"}]}]
    assert record["database_specific"]["affected"] == other and "affected" not in record
    edit(tree / "runtimes/ollama.toml", "port = 11434", 'port = 11434\npackage = "pkg:golang/github.com/ollama/ollama"')
    [(_, text)] = FORMS["osv"](catalog_of(tree))
    [affected] = json.loads(text)["affected"]
    assert affected["package"]["ecosystem"] == "Go" and affected["package"]["name"] == "github.com/ollama/ollama"
    assert affected["ranges"] == [{"type": "SEMVER", "events": [{"introduced": "0.20.0"}, {"fixed": "0.21.0"}]}]


def test_json_api_stands_alone(tree: Path) -> None:
    """Each file holds the sources that it cites, and mirrors are resolved."""
    other = (tree / "runtimes/ollama.toml").read_text(encoding="utf-8").replace("Ollama", "LM Studio")
    (tree / "runtimes/lmstudio.toml").write_text('mirror = "ollama"\n' + other, encoding="utf-8")
    with (tree / "support/thinking.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[statement]]\nruntime = "lmstudio"\nmirror = "ollama"\n')
    files = {path: json.loads(text) for path, text in FORMS["json"](catalog_of(tree))}
    support = files["api/v1/support/thinking.json"]
    assert support["statement"][1]["answer_of"] == "ollama" and support["statement"][1]["since"] == "0.20.0"
    assert list(support["sources"]) == ["example.org/one"] and support["urls"] == ["https://example.org"]
    assert files["api/v1/index.json"]["kinds"]["claims"] == 2
    assert [row["id"] for row in files["api/v1/claims.json"]["records"]] == ["thinking/always-off", "thinking/counts"]


def test_llms_txt(tree: Path) -> None:
    """A short index and everything; what is retracted is marked."""
    files = dict(FORMS["llms"](catalog_of(tree)))
    assert files["llms.txt"].startswith("# ") and "(api/v1/claims/thinking/counts.json)" in files["llms.txt"]
    assert "(retracted) Thinking is always off." in files["llms-full.txt"]
    assert "Instead: Thoughts count as output tokens." in files["llms-full.txt"]


def test_feeds_are_xml(tree: Path) -> None:
    """Also where a title holds what XML would act on."""
    edit(tree / PROBLEM, "Ollama: the answer is empty", "Ollama: <b>&empty")
    found = dict(feeds(catalog_of(tree)))
    assert set(found) == {"feeds/all.atom", "feeds/ollama.atom"}
    root = ET.fromstring(found["feeds/ollama.atom"])  # noqa: S314 - our own output
    titles = [one.text for one in root.iter("{http://www.w3.org/2005/Atom}title")]
    assert titles == ["Known problems of Gemma 4 with ollama", "Ollama: <b>&empty (high, fixed)"]


def test_hostile_text_is_text_on_pages(tree: Path) -> None:
    """Script, markers and links that run code come out as what they are."""
    edit(tree / PROBLEM, "By reading.", "\n#2 by <script>alert(1)</script> [x](javascript:alert(2)) <|turn> `<|turn>`.")
    edit(tree / "claims/thinking/counts.toml", "output tokens.", "output <img src=x onerror=alert(1)> tokens.")
    found = dict(pages(catalog_of(tree), tree.parent / "guide"))
    text = found["advisories/ollama/empty.md"]
    assert "<script" not in text and "javascript:" not in text and "&lt;script>" in text and "`<|turn>`" in text
    assert "\n\\#2 by" in text
    assert "<img" not in found["claims/thinking/counts.md"] and "&lt;img" in found["claims/thinking/counts.md"]


def test_a_page_for_every_record_and_links_between_them(tree: Path) -> None:
    """Documents link to records as files, pages link to pages."""
    found = dict(pages(catalog_of(tree), tree.parent / "guide"))
    for kind, records in catalog_of(tree).tables.items():
        assert f"{kind}/index.md" in found and all(f"{kind}/{name}.md" in found for name in records)
    assert "](../advisories/ollama/empty.md)" in found["guide/START.md"]
    assert (
        "What holds: [Thoughts count as output tokens.](../../claims/thinking/counts.md)"
        in found["claims/thinking/always-off.md"]
    )
    assert "0 of 1 standing claims are past their review" in found["freshness.md"]


def test_changes_are_computed(tree: Path, tmp_path: Path) -> None:
    """Added, removed, changed; that somebody only looked again is none."""
    old = shutil.copytree(tree, tmp_path / "old" / "corpus")
    edit(tree / "claims/thinking/counts.toml", 'status = "verified"', 'status = "disputed"')
    edit(tree / "claims/thinking/always-off.toml", "last_checked = 2026-01-02", "last_checked = 2026-01-01")
    (tree / PROBLEM).rename(tree / "advisories/ollama/nothing.md")
    found = changes(catalog_of(old), catalog_of(tree))
    assert [(one.kind, one.id, one.how, one.states) for one in found] == [
        ("claims", "thinking/counts", "changed", ("status: verified → disputed",)),
        ("advisories", "ollama/empty", "removed", ()),
        ("advisories", "ollama/nothing", "added", ()),
    ]
    text = notes(found, "1", "2")
    assert "## advisories: 1 added, 1 removed" in text and "status: verified → disputed" in text
    assert "Nothing changed." in notes([], "1", "1")


def test_handoff_names_what_is_open(tree: Path) -> None:
    """Disputed, past review, unconfirmed: the first things that the next person looks at."""
    edit(tree / "claims/thinking/counts.toml", 'status = "verified"', 'status = "disputed"')
    edit(tree / PROBLEM, 'state = "fixed"', 'state = "unconfirmed"')
    edit(tree / "corpus.toml", "2026.01.02", "2026.09.01")
    text = handoff(catalog_of(tree), "2026.01.01")
    assert "[thinking/counts](corpus/claims/thinking/counts.toml): Thoughts count as output tokens. (review by" in text
    for heading, row in (
        ("claims that are disputed", "thinking/counts"),
        ("nobody confirmed", "ollama/empty"),
        ("Changed since", "ollama/empty"),
        ("Retracted and superseded", "thinking/always-off"),
    ):
        section = text.partition(heading)[2].partition("\n## ")[0]
        assert row in section, heading


@pytest.mark.parametrize("kind", ["claims", "advisories", "support", "runtimes", "tooling", "sources", "benchmarks"])
def test_blank_forms_are_told_what_they_lack(tree: Path, kind: str) -> None:
    """A new record parses at once; what has to be filled in, the lint says."""
    form = blank(kind, "2026-01-02")
    ending, folder = (".md", "ollama/") if kind == "advisories" else (".toml", {"claims": "thinking/"}.get(kind, ""))
    path = tree / kind / f"{folder}new{ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(form, encoding="utf-8")
    assert not any("not TOML" in fault.message for fault in lint(world_of(tree)))


def test_the_examples_of_the_schemas_are_right(checkout: Path, tree: Path) -> None:
    """The commented example of the authored form is a record that passes; the schemas are those of the classes."""
    from gemwright.corpus.forms import authored_schema
    from scripts.write_corpus_reference import public_schema

    text = (checkout / "corpus/schemas/authored.md").read_text(encoding="utf-8")
    example = text.partition("```toml\n")[2].partition("```")[0]
    (checkout_like := tree / "claims/thinking/example.toml").write_text(example, encoding="utf-8")
    world = world_of(tree)
    assert "thinking/example" in {name for _, name, _ in world.records("claims")}, checkout_like
    for name, schema in (("authored", authored_schema()), ("public", public_schema())):
        assert json.loads((checkout / f"corpus/schemas/{name}.schema.json").read_text(encoding="utf-8")) == schema
