"""Matching on one small advisory: ranges, variants, conditions, and what is said when something is not known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gemwright.catalog.compile import compile_tree
from gemwright.catalog.document import open_document
from gemwright.corpus import Environment, Match, match
from tests.catalog.corpora import edit
from tests.corpus.trees import write_tree

PROBLEM = "advisories/ollama/empty.md"


def matched(tree: Path, facts: dict[str, Any]) -> list[Match]:
    """Match an environment with the tree."""
    return match(open_document(compile_tree(tree), "tree"), Environment.from_json(facts))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """One advisory: Ollama from 0.20.0 before 0.21.0, think == false."""
    return write_tree(tmp_path)


OFF = {"settings": {"think": False}}


@pytest.mark.parametrize(
    ("facts", "applies"),
    [
        ({"runtimes": {"ollama": "0.20.0"}, **OFF}, True),
        ({"runtimes": {"Ollama": "v0.20.7"}, **OFF}, True),
        ({"runtimes": {"ollama": "0.19.9"}, **OFF}, False),
        ({"runtimes": {"ollama": "0.21.0"}, **OFF}, False),
        ({"runtimes": {"ollama": "0.20.0"}}, None),
        ({"runtimes": {"ollama": "0.20.0"}, "settings": {"think": True}}, False),
        ({"runtimes": {"ollama": "0.20.0"}, "settings": {"think": None}}, False),
        ({"runtimes": {"ollama": None}, **OFF}, None),
        ({"runtimes": {"ollama": "nightly"}, **OFF}, None),
        ({"runtimes": {"vllm": "0.20.0"}, **OFF}, False),
        (OFF, False),
        ({}, False),
        ({"runtimes": {"ollama": "0.20.0"}, "models": [{"runtime": "vllm", "variant": "31B"}], **OFF}, False),
        ({"runtimes": {"ollama": "0.20.0"}, "models": [{"runtime": "ollama", "variant": "31B"}], **OFF}, True),
        ({"runtimes": {"ollama": "0.20.0"}, "models": [{"variant": "diffusiongemma"}], **OFF}, False),
    ],
)
def test_ranges_and_conditions(tree: Path, facts: dict[str, Any], applies: bool | None) -> None:
    """Introduced is in, fixed is out, and what is not known is not guessed."""
    found = matched(tree, facts)
    assert [one.applies for one in found] == ([] if applies is False else [applies])
    for one in found:
        assert bool(one.needs) is (applies is None) and one.reason


@pytest.mark.parametrize(
    ("variant", "applies"), [("26b", True), ("gemma4:26b", True), ("31B", False), (None, None), ("absent", None)]
)
def test_variants(tree: Path, variant: str | None, applies: bool | None) -> None:
    """The model that runs there has to be one of them."""
    edit(tree / PROBLEM, "asked =", 'variants = ["T1"]\nasked =')
    model = {} if variant == "absent" else {"variant": "T1" if applies else variant}
    found = matched(tree, {"runtimes": {"ollama": "0.20.1"}, "models": [{"runtime": "ollama", **model}], **OFF})
    edit(tree / PROBLEM, 'variants = ["T1"]', 'variants = ["t1"]')
    assert [one.applies for one in found] == ([] if applies is False else [applies])


def test_newer_than_anybody_looked_is_undecided(tree: Path) -> None:
    """An open problem, last seen in 0.22.0: 0.23.0 may have it or not; by design it has."""
    edit(tree / PROBLEM, ', { fixed = "0.21.0" }]', ']\nlast_seen = "0.22.0"')
    for version, applies in (("0.22.0", True), ("0.23.0", None)):
        assert [one.applies for one in matched(tree, {"runtimes": {"ollama": version}, **OFF})] == [applies]
    edit(tree / PROBLEM, 'last_seen = "0.22.0"', 'last_seen = "0.22.0"\nevery_version = true')
    assert [one.applies for one in matched(tree, {"runtimes": {"ollama": "0.23.0"}, **OFF})] == [True]


def test_any_graphics_card_is_enough(tree: Path) -> None:
    """But one and the same card has to fit the whole condition."""
    edit(tree / PROBLEM, "settings.think == false", "gpu.vendor == 'nvidia' and gpu.memory_gb < 10".replace("'", '\\"'))
    old, big = {"vendor": "amd", "memory_gb": 8}, {"vendor": "nvidia", "memory_gb": 80}
    small = {"vendor": "nvidia", "memory_gb": 8}
    for gpus, applies in (([old, big], []), ([big, small], [True]), ([], []), ([{"vendor": "nvidia"}], [None])):
        found = matched(tree, {"runtimes": {"ollama": "0.20.1"}, "hardware": {"gpus": gpus}})
        assert [one.applies for one in found] == applies


def test_tools_that_are_sent_are_tool_calls(tree: Path) -> None:
    """A request says it in another way than a person does; the person's word counts more."""
    edit(tree / PROBLEM, "settings.think == false", "settings.tool_calls")
    for settings, applies in (
        ({"tools": [{}]}, [True]),
        ({"tools": []}, []),
        ({}, [None]),
        ({"tools": [{}], "tool_calls": None}, []),
    ):
        found = matched(tree, {"runtimes": {"ollama": "0.20.1"}, "settings": settings})
        assert [one.applies for one in found] == applies, settings


def test_cards_can_be_counted(tree: Path) -> None:
    """Some problems need two."""
    edit(tree / PROBLEM, "settings.think == false", "gpu.count >= 2")
    for gpus, applies in (([{}, {}], [True]), ([{}], []), ([], []), (None, [None])):
        hardware = {} if gpus is None else {"gpus": gpus}
        assert [
            one.applies for one in matched(tree, {"runtimes": {"ollama": "0.20.1"}, "hardware": hardware})
        ] == applies


def test_what_is_carried_inside_is_asked_for(tree: Path) -> None:
    """A runtime that carries the affected one may have the problem; which version is inside, nobody said."""
    other = (tree / "runtimes/ollama.toml").read_text(encoding="utf-8").replace("Ollama", "LM Studio")
    (tree / "runtimes/lmstudio.toml").write_text(
        'mirror = "ollama"\n' + other.replace("which", "what"), encoding="utf-8"
    )
    [found] = matched(tree, {"runtimes": {"lmstudio": "0.4.9"}, **OFF})
    assert found.applies is None and found.needs == ("the version of ollama inside lmstudio",)


def test_a_client_has_to_do_with_every_model(tree: Path) -> None:
    """Front ends are listed beside the runtimes that serve their models."""
    facts = {"runtimes": {"ollama": "0.20.1"}, "models": [{"runtime": "vllm", "variant": "31B"}], **OFF}
    assert matched(tree, facts) == []
    edit(tree / "runtimes/ollama.toml", 'kind = "runtime"', 'kind = "client"')
    assert [one.applies for one in matched(tree, facts)] == [True]


def test_withdrawn_is_silent(tree: Path) -> None:
    """It stays to be read, and troubles nobody."""
    edit(tree / PROBLEM, "asked =", "withdrawn = 2026-01-02\nasked =")
    assert matched(tree, {"runtimes": {"ollama": "0.20.1"}, **OFF}) == []
