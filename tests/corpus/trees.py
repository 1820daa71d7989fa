"""A small tree of records with a document, right in everything, to plant faults in."""

from __future__ import annotations

from pathlib import Path

from gemwright.corpus.lint import World
from tests.catalog.corpora import write_corpus

__all__ = ["ADVISORY", "world_of", "write_tree"]

CLAIM = """
statement = "Thoughts count as output tokens."
status = "verified"
asked = ["why is my answer cut"]
last_checked = 2026-01-02
review_by = 2026-06-02
figures = { tokens = 42, share = 0.254 }

[[evidence]]
source = "example.org/one"
locator = "section 2"
kind = "primary"
retrieved = 2026-01-02
"""
RETRACTED = """
statement = "Thinking is always off."
status = "retracted"
replaced_by = "thinking/counts"
reason = "It was a guess."
last_checked = 2026-01-02
review_by = 2026-06-02

[[evidence]]
source = "example.org/one"
locator = "section 3"
kind = "secondary"
retrieved = 2026-01-02
"""
ADVISORY = """+++
title = "Ollama: the answer is empty"
severity = "high"
severity_reason = "no answer at all"
state = "fixed"
confidence = "source-verified"
topics = ["thinking"]
asked = ["empty reply"]
errors = ["done_reason: length"]
aliases = ["ollama/ollama#1"]
published = 2026-01-01
modified = 2026-01-02
last_checked = 2026-01-02

[[affected]]
package = "ollama"
scheme = "semver"
events = [{ introduced = "0.20.0" }, { fixed = "0.21.0" }]

[detect]
when = "settings.think == false"

[[references]]
url = "https://github.com/ollama/ollama/pull/2"
kind = "change"
date = 2026-01-01
+++

## What you see

Nothing.

## Why

The budget is spent on `<|channel>` text.

## Who is affected

Everybody.

## What to do

Upgrade.

## How it was confirmed

By reading.
"""
RUNTIME = """
title = "Ollama"
scheme = "semver"
kind = "runtime"
port = 11434
at_least = "0.21.0"
latest = "0.33.2"
asked = ["which ollama"]
source = ["example.org/one"]

[[milestone]]
version = "0.20.0"
what = "first"

[[quirk]]
id = "empty-answers"
effect = "Answers are empty."
advisory = "ollama/empty"
events = [{ introduced = "0.20.0" }, { fixed = "0.21.0" }]
"""
SUPPORT = """
title = "Thinking kept apart"
what = "Thoughts come in a field of their own."
topics = ["thinking"]
asked = ["where are the thoughts"]

[[statement]]
runtime = "ollama"
since = "0.20.0"
partial = true
note = "Not with streaming."
source = ["example.org/one"]
"""
TOOLING = """
title = "Card"
what = "The card."
when = "First."
url = "https://example.org/card"
license = "Apache-2.0"
checked = 2026-01-02

[[finding]]
claim = "thinking/counts"
merged = "START.md"
"""
DOCUMENT = """# Start

<!-- claim: thinking/counts -->
Thoughts count as output tokens. ([t](https://example.org))
<!-- end -->

It is <!-- figure: claims/thinking/counts figures.tokens -->42<!-- end --> of them. `30 GB` is code.

<!-- table: advisories severity=high -->
| Problem | Where | State | What to do |
| --- | --- | --- | --- |
| [Ollama: the answer is empty](../corpus/advisories/ollama/empty.md) | ollama since 0.20.0, before 0.21.0 | fixed | Upgrade. |
<!-- end -->
"""


def write_tree(root: Path) -> Path:
    """Write a right tree and return the directory that holds `corpus.toml`; documents lie in `guide/` beside it."""
    corpus = write_corpus(root / "corpus")
    for name, text in (
        ("corpus/claims/thinking/counts.toml", CLAIM),
        ("corpus/claims/thinking/always-off.toml", RETRACTED),
        ("corpus/advisories/ollama/empty.md", ADVISORY),
        ("corpus/runtimes/ollama.toml", RUNTIME),
        ("corpus/support/thinking.toml", SUPPORT),
        ("corpus/tooling/google-official/card.toml", TOOLING),
        ("guide/START.md", DOCUMENT),
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    for path in corpus.rglob("*.toml"):
        path.write_text(path.read_text(encoding="utf-8").lstrip("\n"), encoding="utf-8")
    return corpus


def world_of(corpus: Path) -> World:
    """Return what the rules look at."""
    return World(corpus, corpus.parent / "guide")
