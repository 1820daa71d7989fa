"""Documents: blocks are written from records, prose is left alone, and nothing in a record can act on a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from gemwright.catalog.document import Catalog
from gemwright.corpus.compose import compose, figures_in_prose, read_document
from gemwright.corpus.compose.blocks import figure
from gemwright.corpus.compose.tables import TABLES, table
from gemwright.corpus.compose.text import cell, escaped
from gemwright.foundation.errors import CorpusProblem
from tests.corpus.trees import world_of, write_tree


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    """The records of a small tree."""
    return world_of(write_tree(tmp_path)).catalog


def test_prose_is_left_byte_for_byte(catalog: Catalog) -> None:
    """Also odd blanks, code, and marks shown as code."""
    text = "a  \r\n\n```\n<!-- claim: no/such -->\n```\n`<!-- claim: x -->` <!-- note --> 1 < 2\n"
    assert compose(read_document("x.md", text), catalog) == (text, [])


def test_composing_twice_changes_nothing(catalog: Catalog) -> None:
    """What is written is what is expected the next time."""
    text = "<!-- claim: thinking/counts -->\nold\n<!-- end -->\nIt <!-- claim: thinking/counts -->x<!-- end -->\n"
    once, problems = compose(read_document("x.md", text), catalog)
    assert len(problems) == 2 and once.count("Thoughts count") == 2
    assert compose(read_document("x.md", once), catalog) == (once, [])


def test_a_retracted_claim_is_shown_as_history_alone(catalog: Catalog) -> None:
    """A mistake of the past may be told as one."""
    text, [stale] = compose(read_document("x.md", "<!-- claim: thinking/always-off history --><!-- end -->"), catalog)
    assert "*(retracted)*" in text and "is stale" in stale.message


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("claims/thinking/counts figures.tokens", "42"),
        ("claims/thinking/counts figures.share", "0.254"),
        ("claims/thinking/counts figures.share %1", "0.3 %"),
        ("variants/t1 parameters.full_model", "100"),
        ("variants/t1 geometry.global_layers.1", "3"),
        ("variants/t1 parameters.full_model K", "0.1K"),
        ("variants/t1 parameters.full_model KiB2", "0.10 KiB"),
        ("variants/t1 names.instruct", "o/t1-it"),
    ],
)
def test_figures(catalog: Catalog, what: str, text: str) -> None:
    """Whole, scaled, from tables and lists."""
    assert figure(catalog, what) == text


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("nonsense", "is not kind/id field"),
        ("claims/thinking/none figures.x", "no record"),
        ("variants/t1 geometry.depth", "no field"),
        ("variants/t1 geometry.global_layers.9", "no field"),
        ("variants/t1 geometry", "is no figure"),
        ("variants/t1 parameters.full_model parsecs", "no format"),
    ],
)
def test_figures_that_cannot_be(catalog: Catalog, what: str, says: str) -> None:
    """Named, never guessed."""
    with pytest.raises(CorpusProblem, match=says):
        figure(catalog, what)


def test_every_table_says_when_it_has_nothing(catalog: Catalog) -> None:
    """An empty table in a document would look like "there are none"."""
    for name in TABLES:
        try:
            assert table(catalog, name).count("\n") >= 2
        except CorpusProblem as e:
            assert "is empty" in e.message


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
        ("`<|turn>` opens", "`<|turn>` opens"),
        ("<|turn> bare", "&lt;|turn&gt; bare"),
        ("[x](javascript:y)", r"\[x\](javascript:y)"),
        ("a_b * c", r"a\_b \* c"),
        ("two\nlines", "two lines"),
        ("`` a`b ``", "`` a`b ``"),
        ("lonely ` tick", r"lonely \` tick"),
    ],
)
def test_text_is_shown_and_does_nothing(text: str, shown: str) -> None:
    """Records hold other people's words."""
    assert escaped(text) == shown
    assert cell("a|b") == r"a\|b"


def test_figures_in_prose_are_seen_where_nothing_keeps_them_true() -> None:
    """But not in code, links, marks, names or numbers of a list."""
    text = (
        "1. Gemma 4 E2B, 12B or 26B-A4B of 2026-04-02, v0.20.4 [x](5 GB) `3 GB` "
        "<!-- figure: a/b c -->4 GB<!-- end -->\n\n16 GB, 3 %, 0.25"
    )
    found = figures_in_prose(read_document("x.md", text))
    assert [problem.message.split("'")[1] for problem in found] == ["16 GB", "3 %", "0.25"]
    assert {problem.line for problem in found} == {3}
