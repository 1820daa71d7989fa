"""The findings that the corpus was asked for, each a claim that a document shows, or flagged with the reason why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from gemwright.catalog import Catalog, catalog
from gemwright.catalog.claims import Claim
from gemwright.catalog.tooling import GROUPS, Tooling
from gemwright.corpus.compose import read_document

FINDINGS = {
    "26B is a mixture of 25.2B parameters, 3.8B active, and how many experts it has": (
        "architecture/moe-128-experts",
        "architecture/moe-dense-beside-experts",
        "architecture/moe-256-experts",
    ),
    "the warning against 4 bits concerns training": ("fine-tuning/26b-4bit-warning", "quantisation/26b-training-scope"),
    "audio of the E-series through Ollama": ("audio/ollama-how",),
    "a system role of its own": ("capabilities/system-role",),
    "thinking can be switched": ("capabilities/thinking", "thinking/switch"),
    "tool use is trained": ("tool-calling/trained",),
    "boxes on a grid of 1000 by 1000": ("vision/boxes", "vision/box-order"),
    "EmbeddingGemma, because Gemma 4 has no embedding mode": ("embeddings/no-embedding-mode",),
    "the brackets of turns, and the other tokens": (
        "tokens/turn-brackets",
        "tokens/tool-tokens",
        "tokens/string-delimiter",
        "tokens/media-tokens",
    ),
    "parse_response of transformers, and what became of response_schema": (
        "tool-calling/parse-response",
        "tool-calling/response-template",
    ),
    "gemma_pytorch has no Gemma 4": ("fine-tuning/gemma-pytorch-has-no-gemma-4",),
    "FlashAttention at a head dimension of 512": (
        "architecture/flash-attention-512",
        "flash-attention/two-stops-at-256",
    ),
    "fused LoRA kernels": ("lora/fused-kernels",),
    "quantisation of 26B in training": ("fine-tuning/26b-training-quantisation",),
    "tool tokens are learned embeddings": ("fine-tuning/tool-tokens-untrained", "tokens/untrained-in-base"),
}


@pytest.fixture(scope="module")
def known() -> Catalog:
    """The real corpus."""
    return catalog()


@pytest.mark.parametrize("finding", FINDINGS)
def test_each_is_merged_or_flagged(known: Catalog, checkout: Path, finding: str) -> None:
    """A claim says it, an entry of the index drew it, and the document that is named shows it."""
    for name in FINDINGS[finding]:
        assert name in known.all(Claim), name
        drawn = [one for entry in known.all(Tooling).values() for one in entry.finding if one.claim == name]
        assert drawn, f"no entry of the tooling index has the finding {name}"
        for one in drawn:
            assert bool(one.merged) is not bool(one.flagged)
            if one.merged:
                text = (checkout / "guide" / one.merged).read_text(encoding="utf-8")
                assert name in read_document(one.merged, text).named("claim"), one.merged


def test_the_corpus_has_the_size_it_should(known: Catalog) -> None:
    """What survived verification: over 200 advisories, 300 claims and 150 entries of the index in five groups."""
    assert len(known.tables["advisories"]) > 200 and len(known.tables["claims"]) >= 300
    assert len(known.tables["tooling"]) >= 150
    assert {name.partition("/")[0] for name in known.tables["tooling"]} == set(GROUPS)
    relatives = (
        "embeddinggemma embeddinggemma-2 shieldgemma-2 functiongemma paligemma-2 codegemma medgemma translategemma "
    )
    relatives += "t5gemma recurrentgemma datagemma txgemma dolphingemma signgemma vaultgemma diffusiongemma assistants"
    assert set(relatives.split()) <= set(known.tables["relatives"])


def test_the_story_of_think_false_is_told_whole(known: Catalog, checkout: Path) -> None:
    """Three explanations that were withdrawn, what is true and where, and what nobody has tried yet."""
    claims = known.all(Claim)
    for name in ("always-think-false", "26b-long-arguments", "26b-context-length"):
        assert claims[f"thinking/{name}"].status == "retracted" and claims[f"thinking/{name}"].replaced_by
    assert claims["thinking/cause-of-the-26b-stop-open"].status == "disputed"
    assert claims["thinking/26b-stops-under-think-false"].applies[0].package == "ollama"
    told = read_document("SYNTHESIS.md", (checkout / "guide/SYNTHESIS.md").read_text(encoding="utf-8")).named("claim")
    assert {f"thinking/{name}" for name in ("always-think-false", "26b-long-arguments", "26b-context-length")} <= told
    assert {"thinking/26b-stops-under-think-false", "thinking/think-false-scoped"} <= told


@pytest.mark.parametrize("skill", ["gemwright-use", "gemwright-doctor", "corpus-author"])
def test_skills_have_the_form_that_agents_read(checkout: Path, known: Catalog, skill: str) -> None:
    """The name is the folder's, the description says what and when, and no record that is named is gone."""
    import re

    text = (checkout / "skills" / skill / "SKILL.md").read_text(encoding="utf-8")
    head = dict(line.split(": ", 1) for line in text.split("---\n")[1].splitlines() if ": " in line)
    assert head["name"] == skill and len(head["name"]) <= 64
    assert 0 < len(head["description"]) <= 1024 and text.count("\n") < 500
    kinds = "|".join(known.tables)
    records = {f"{kind}/{name}" for kind, found in known.tables.items() for name in found}
    named = re.findall(rf"`((?:{kinds})/[a-z0-9][a-z0-9./-]*[a-z0-9])`", text)
    examples = {"claims/thinking/your-claim", "advisories/ollama/your-problem"}
    gone = [
        name for name in named if name not in records and name not in examples and not name.endswith((".toml", ".md"))
    ]
    assert gone == []
