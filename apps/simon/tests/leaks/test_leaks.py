"""No output of Simon holds a word of a living person: not one of five hundred attacks, no tool, no command, no server."""

from __future__ import annotations

import io
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from apps.simon.tests.leaks.marking import SENTINEL, hidden_of, leaks, mark_gedcom, mark_gramps, opened
from apps.simon.tests.leaks.prompts import ATTACKS, Prompt, calls, prompts, targets, told
from apps.simon.tests.trees.public import EXAMPLE, unpacked
from gemwright_simon.clerk import Clerk
from gemwright_simon.cli.main import main
from gemwright_simon.conversation import Historian
from gemwright_simon.generate import generate
from gemwright_simon.mcp import serve
from gemwright_simon.quality import PROBLEMS, check, duplicates, gaps, having
from gemwright_simon.tools import Toolbox
from gemwright_simon.tree import Tree

PROVE = bool(os.environ.get("GEMWRIGHT_PROVE"))
ATTACKED = 500
LARGE = "over two thousand people it takes a minute: `make prove` does it"


@dataclass
class Marked:
    """A tree with marked living people, as everybody sees it, and what is not to be seen."""

    file: Path
    shown: Tree
    whole: Tree
    hidden: list[str]
    secrets: frozenset[str]


def _made(folder: Path, what: str) -> Path:
    if what == "gramps":
        file = unpacked(folder, "gramps", EXAMPLE)
        mark_gramps(file)
    else:
        file = folder / "family.ged"
        file.write_text(generate(5, 300), "utf-8")
        mark_gedcom(file)
    return file


@pytest.fixture(scope="module", params=["generated", "gramps"])
def marked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Marked]:
    """A generated family, and the example of Gramps."""
    file = _made(tmp_path_factory.mktemp("leaks"), request.param)
    hidden = hidden_of(file)
    with opened(file) as shown, opened(file, include_living=True) as whole:
        secrets = frozenset(one for target in targets(shown, whole) for one in target.secrets)
        yield Marked(file, shown, whole, hidden, secrets)


def test_the_marks_are_there_to_be_found(marked: Marked) -> None:
    """The owner sees them: every hidden person has a name that is marked, and others' notes speak of them."""
    assert len(marked.hidden) >= 20
    for handle in marked.hidden:
        person = marked.whole.person(handle)
        assert person is not None
        assert all(SENTINEL.search(name.text) for name in person.names), handle
    notes = [
        hit for hit in marked.whole.search("told")[1] + marked.whole.search("remembers")[1] if SENTINEL.search(hit.text)
    ]
    assert len(notes) >= 5
    assert leaks("Zqbado [I7]", "who?", ["I7"]) == ["zqbado", "I7"] and not leaks("no match: Zqbado", "Zqbado", ["I7"])


def asked(marked: Marked, wanted: list[Prompt]) -> Iterator[tuple[Prompt, str]]:
    """Ask the prompts as `ask --jsonl --no-model` does, each on its own; yield each with all that is answered."""
    historian = Historian(marked.shown)
    for prompt in wanted:
        answer = historian.again().ask(prompt.text)
        yield (
            prompt,
            json.dumps(answer.as_json(), ensure_ascii=False) + "\n".join(one.line() for one in answer.evidence),
        )


def test_five_hundred_attacks_get_nothing(marked: Marked) -> None:
    """Of every kind of attack; an answer may repeat what was asked, and nothing else."""
    if not PROVE and marked.file.suffix != ".ged":
        pytest.skip(LARGE)
    wanted = prompts(marked.shown, marked.whole, 500, ATTACKED)
    assert len(wanted) == ATTACKED and {one.attack for one in wanted} == set(ATTACKS)
    leaked = {
        prompt.text: found
        for prompt, answer in asked(marked, wanted)
        if (found := leaks(answer, prompt.text, marked.hidden) + told(answer, prompt.text, marked.secrets))
    }
    assert not leaked, f"{len(leaked)}: {list(leaked.items())[:3]}"


def test_the_attacks_would_find_what_is_not_hidden(marked: Marked) -> None:
    """Over the same tree with everybody shown, the same prompts bring names and dates to light."""
    if marked.file.suffix != ".ged":
        pytest.skip("once is enough, and the generated family is the smaller one")
    clerk = Clerk(marked.whole)
    found: Counter[str] = Counter()
    for prompt in prompts(marked.shown, marked.whole, 500, ATTACKED)[::5]:
        answer = clerk.answer(prompt.text)
        said = "" if answer is None else answer.text
        found[prompt.attack] += bool(leaks(said, prompt.text) or told(said, prompt.text, marked.secrets))
    assert found.total() >= 15, found


def test_no_tool_gives_anything_away(marked: Marked) -> None:
    """Five hundred calls with hidden people's names, handles, places, dates and aliases; sixty where they are slow."""
    toolbox = Toolbox(marked.shown)
    leaked: list[Any] = []
    count = ATTACKED if PROVE or marked.file.suffix == ".ged" else 60
    for name, arguments in calls(marked.shown, marked.whole, 7, count):
        text = toolbox.call(name, arguments).text
        question = json.dumps(arguments, ensure_ascii=False)
        found = leaks(text, question, marked.hidden) + told(text, question, marked.secrets)
        leaked += [(name, arguments, found)] if found else []
    assert not leaked, f"{len(leaked)}: {leaked[:3]}"


def test_the_server_gives_nothing_away(marked: Marked) -> None:
    """The same calls over the Model Context Protocol, answers and errors."""
    wanted = list(calls(marked.shown, marked.whole, 11, 60 if PROVE or marked.file.suffix == ".ged" else 15))
    lines = [
        json.dumps(
            {"jsonrpc": "2.0", "id": at, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
        )
        for at, (name, arguments) in enumerate(wanted)
    ]
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    first = json.dumps({"jsonrpc": "2.0", "id": "hello", "method": "initialize", "params": hello})
    sink = io.BytesIO()
    serve(Toolbox(marked.shown), io.BytesIO("\n".join([first, *lines, ""]).encode()), sink)
    answers = {one["id"]: one for one in map(json.loads, sink.getvalue().splitlines())}
    assert len(answers) == len(wanted) + 1
    for at, (_, arguments) in enumerate(wanted):
        text = json.dumps(answers[at], ensure_ascii=False)
        assert not leaks(text, json.dumps(arguments, ensure_ascii=False), marked.hidden), (wanted[at], text)


def test_checks_gaps_and_duplicates_give_nothing_away(marked: Marked) -> None:
    """All findings, all gaps, also those of somebody's direct line, all pairs, and everybody who has a problem."""
    tree = marked.shown
    dead = next(handle for handle in tree.people() if (person := tree.person(handle)) and not person.hidden)
    said = repr([check(tree), gaps(tree, "", 0), gaps(tree, dead, 0), duplicates(tree)])
    said += repr([sorted(having(tree, problem)) for problem in PROBLEMS])
    assert len(said) > 10_000
    assert not leaks(said, "", marked.hidden)


def test_no_command_gives_anything_away(
    marked: Marked, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reports, checks, gaps, duplicates, one answer and many, a tool by hand, and the chat; standard error as well."""
    if not PROVE and marked.file.suffix != ".ged":
        pytest.skip(LARGE)

    def folder(*_: object, **__: object) -> Path:
        return marked.file.parent / "cache"

    monkeypatch.setattr("platformdirs.user_cache_path", folder)
    file, (first, *_) = str(marked.file), targets(marked.shown, marked.whole)
    question = f"When was {first.name} born?"
    lines = "".join(
        json.dumps({"id": at, "question": text}) + "\n" for at, text in enumerate([question, "Who is living1?"])
    )
    commands = [
        (["open", file], ""),
        (["open", file, "--json"], ""),
        (["check", file, "--limit", "0"], ""),
        (["check", file, "--json"], ""),
        (["gaps", file, "--limit", "0", "--json"], ""),
        (["gaps", file, "--limit", "200"], ""),
        (["gaps", file, "--home", first.handle], ""),
        (["duplicates", file, "--limit", "0"], ""),
        (["duplicates", file, "--json"], ""),
        (["ask", question, "--tree", file, "--no-model"], ""),
        (["ask", question, "--tree", file, "--no-model", "--json", "--home", first.name], ""),
        (["ask", "--jsonl", "--tree", file, "--no-model"], lines),
        (["tool", "lookup_person", "--tree", file, "--args", json.dumps({"person": first.handle})], ""),
        (["chat", file, "--no-model"], f"/forms\n{question}\nWho is the youngest person in the tree?\n"),
    ]
    for arguments, given in commands:
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        with pytest.raises(SystemExit):
            main(arguments)
        said = capsys.readouterr()
        asked_for = " ".join(arguments) + given
        assert said.out or said.err
        assert not leaks(said.out + said.err, asked_for, marked.hidden), arguments
