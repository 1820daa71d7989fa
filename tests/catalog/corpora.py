"""A small corpus to make mistakes in."""

from __future__ import annotations

from pathlib import Path

CORPUS = 'version = "2026.01.02"\nlicense = "CC-BY-4.0"\n'
SOURCE = 'title = "t"\nref = "https://example.org"\ndate = "2026-01"\nkind = "code"\n'
VOCAB = """
models = []
repairs = []
synonyms = []

[topics]
thinking = "thoughts"

[packages]
ollama = "semver"
"""
TOKENS = """
[[token]]
spelling = "<a>"
id = 1
role = "a"
type = "control"
source = ["example.org/one"]

[[token]]
spelling = "<b>"
id = 2
role = "b"
type = "control"
source = ["example.org/one"]
"""
VARIANT = """
id = "T1"
flavour = "small"
released = 2026-01-02
license = "Apache-2.0"
source = ["example.org/one"]

[names]
base = "o/t1"
instruct = "o/t1-it"
drafter = "o/t1-it-assistant"
short = ["t1"]
ollama = []
source = ["example.org/one"]

[geometry]
model_type = "gemma4"
layers = 4
hidden = 8
mlp = 16
heads = 2
kv_heads_local = 1
kv_heads_global = 1
head_dim_local = 4
head_dim_global = 8
window = 4
global_layers = [1, 3]
kv_shared_layers = 2
key_is_value = false
vocabulary = 16
context = 32
image_attention = "causal"
source = ["example.org/one"]

[media]
input = ["text"]
image_tokens = []
image_tokens_default = 0
video_seconds = 0
source = ["example.org/one"]

[sampling]
temperature = 1
top_p = 0.95
top_k = 64
stop_tokens = [1]
source = ["example.org/one"]

[parameters]
language_model = 100
full_model = 100
embeddings = 10
card_total = "100"
source = ["example.org/one"]
"""


def write_corpus(directory: Path) -> Path:
    """Write a right corpus and return its directory."""
    for name, text in (
        ("corpus.toml", CORPUS),
        ("vocab.toml", VOCAB),
        ("tokens.toml", TOKENS),
        ("variants/t1.toml", VARIANT),
        ("sources/example.org/one.toml", SOURCE),
    ):
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return directory


def edit(path: Path, old: str, new: str) -> None:
    """Replace the one place where a file says something."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (path, old)
    path.write_text(text.replace(old, new), encoding="utf-8")
