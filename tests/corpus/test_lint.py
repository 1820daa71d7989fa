"""Every rule of the lint finds the fault that is planted for it, names file and line, and is silent otherwise."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gemwright.catalog.compile import compile_tree
from gemwright.corpus.lint import RULES, fix, lint
from gemwright.foundation.errors import CorpusProblem
from gemwright.wire.repair import REPAIRS
from tests.catalog.corpora import edit
from tests.corpus.trees import ADVISORY, world_of, write_tree

CLAIM = "claims/thinking/counts.toml"
GONE = "claims/thinking/always-off.toml"
PROBLEM = "advisories/ollama/empty.md"
DOCUMENT = "guide/START.md"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A right tree."""
    return write_tree(tmp_path)


def test_a_right_tree_has_no_faults(tree: Path) -> None:
    """Otherwise nothing below would show anything."""
    assert lint(world_of(tree)) == []


PLANTED = [
    ("form", CLAIM, "statement =", "statment =", "no field 'statment'", 1),
    ("form", CLAIM, 'status = "verified"', 'status = "sure"', "status must be one of verified", 2),
    ("form", CLAIM, 'statement = "', "statement = ", "not TOML", 1),
    ("form", CLAIM, "figures = {", "figures = {{", "not TOML", 6),
    ("form", CLAIM, 'status = "verified"', 'status = "verified"\nstatus = "verified"', "not TOML", 3),
    ("form", PROBLEM, 'severity = "high"', 'severity = "urgent"', "severity must be one of", 3),
    ("form", PROBLEM, "+++\ntitle", "++\ntitle", "must begin with TOML between two lines of +++", 1),
    ("form", PROBLEM, 'title = "', 'text = "x"\ntitle = "', "its text stands below", 1),
    ("words", PROBLEM, 'topics = ["thinking"]', 'topics = ["thoughts"]', "does not have the topic 'thoughts'", 7),
    ("words", PROBLEM, 'package = "ollama"', 'package = "olama"', "does not have the package 'olama'", 16),
    ("words", PROBLEM, 'scheme = "semver"', 'scheme = "build"', "are counted as semver", 16),
    ("words", CLAIM, "asked =", 'variants = ["27B"]\nasked =', "does not have the model '27B'", 3),
    ("references", CLAIM, "example.org/one", "example.org/two", "there is no sources/example.org/two", 9),
    ("references", GONE, "thinking/counts", "thinking/count", "there is no claims/thinking/count", 3),
    ("references", PROBLEM, "asked =", 'related = ["ollama/none"]\nasked =', "no advisories/ollama/none", 8),
    ("references", PROBLEM, "asked =", 'related = ["ollama/empty"]\nasked =', "does not refer to itself", 8),
    ("references", PROBLEM, "[detect]", '[mitigation]\nrepair = ["magic"]\n\n[detect]', "no repair 'magic'", 21),
    ("references", "runtimes/ollama.toml", "ollama/empty", "ollama/none", "no advisories/ollama/none", 17),
    ("references", "support/thinking.toml", 'runtime = "ollama"', 'runtime = "olama"', "no runtimes/olama", 7),
    ("evidence", CLAIM, 'kind = "primary"', 'kind = "secondary"', "needs primary or measured evidence", 2),
    ("evidence", CLAIM, 'locator = "section 2"', 'locator = " "', "does not say where", 10),
    ("evidence", "runtimes/ollama.toml", 'source = ["example.org/one"]', "source = []", "has no source", 1),
    ("evidence", "support/thinking.toml", 'source = ["example.org/one"]', "", "has no source", 7),
    ("history", GONE, 'reason = "It was a guess."', "", "a retracted claim needs reason", 2),
    ("history", GONE, 'replaced_by = "thinking/counts"', "", "a retracted claim needs replaced_by", 2),
    ("history", CLAIM, "asked =", 'replaced_by = "thinking/always-off"\nasked =', "is replaced by nothing", 2),
    ("statements", CLAIM, "output tokens.", "output tokens", "does not end with a full stop", 1),
    ("statements", CLAIM, "output tokens.", "output. Tokens cost.", "more than one sentence", 1),
    ("statements", CLAIM, "output tokens.", "output " + "very " * 100 + "much.", "more than 400 characters", 1),
    ("ranges", PROBLEM, 'introduced = "0.20.0"', 'introduced = "early"', "'early' is no semver version", 18),
    ("ranges", PROBLEM, 'fixed = "0.21.0"', 'fixed = "0.19.0"', "so the range is empty", 18),
    ("ranges", PROBLEM, 'fixed = "0.21.0"', 'fixed = "0.20.0"', "so the range is empty", 18),
    ("ranges", PROBLEM, "{ fixed =", "{ introduced =", "is open already", 18),
    ("ranges", "runtimes/ollama.toml", '{ fixed = "0.21.0" }', '{ fixed = "0.19" }', "the range is empty", 18),
    (
        "ranges",
        "runtimes/ollama.toml",
        '{ fixed = "0.21.0" }',
        '{ fixed = "0.22.0" }',
        "none that ollama/empty names",
        15,
    ),
    ("ranges", PROBLEM, '{ introduced = "0.20.0" }, ', "", "is not open", 18),
    ("ranges", PROBLEM, '{ fixed = "0.21.0" }', '{ fixed = "0.21.0", last_affected = "0.20.9" }', "names one of", 18),
    ("ranges", PROBLEM, ', { fixed = "0.21.0" }]', ']\nlast_seen = "0.19.0"', "before it was introduced", 19),
    ("ranges", PROBLEM, "events =", "every_version = true\nevents =", "yet holds every version", 18),
    ("ranges", "runtimes/ollama.toml", 'version = "0.20.0"', 'version = "b20"', "'b20' is no semver version", 11),
    ("conditions", PROBLEM, "settings.think == false", "settings.think = false", "column", 21),
    ("conditions", PROBLEM, "settings.think == false", "weather == false", "a name that begins with", 21),
    ("conditions", PROBLEM, "settings.think == false", "model.colour == 1", "has no 'model.colour'", 21),
    ("conditions", PROBLEM, "settings.think == false", "installed.olama", "does not have the package", 21),
    ("dates", CLAIM, "review_by = 2026-06-02", "review_by = 2026-01-02", "is a day after last_checked", 5),
    ("dates", CLAIM, "last_checked = 2026-01-02", "last_checked = 2026-01-09", "after the corpus's own day", 4),
    ("dates", PROBLEM, "date = 2026-01-01", 'date = "2026-02-31"', "is no date", 26),
    ("dates", PROBLEM, "date = 2026-01-01", 'date = "last year"', "is no date", 26),
    ("dates", PROBLEM, "published = 2026-01-01", "published = 2026-01-02", "", 0),
    ("addresses", PROBLEM, "https://github.com/ollama/ollama/pull/2", "somewhere", "is no address", 24),
    (
        "addresses",
        "sources/example.org/one.toml",
        "https://example.org",
        "nowhere.py",
        "neither an address nor a path",
        2,
    ),
    ("sections", PROBLEM, "## Why", "## Because", "the headings are", 1),
    ("sections", PROBLEM, "\nUpgrade.\n", "", "nothing stands below 'What to do'", 41),
    ("supports", "support/thinking.toml", 'note = "Not with streaming."', "", "partial needs a note", 7),
    ("supports", "support/thinking.toml", 'since = "0.20.0"', 'since = "soon"', "is no semver version", 8),
    ("supports", "support/thinking.toml", 'since = "0.20.0"', 'mirror = "ollama"', "no versions of its own", 7),
    ("findings", "tooling/google-official/card.toml", 'merged = "START.md"', "", "either merged or flagged", 9),
    ("findings", "tooling/google-official/card.toml", "START.md", "END.md", "there is no document 'END.md'", 9),
    ("twins", PROBLEM, 'asked = ["empty reply"]', 'asked = ["Why is my answer cut?"]', "", 0),
    ("twins", "tokens.toml", "id = 2", "id = 1", "the token id stands", 0),
    ("markup", PROBLEM, "By reading.", "By <script>alert(1)</script>.", "a tag outside code: <script>", 47),
    ("markup", PROBLEM, "By reading.", "By <|turn>system.", "a marker outside code: <|turn>", 47),
    ("markup", PROBLEM, "By reading.", "[Read](javascript:alert(1)).", "a link that runs code", 47),
    ("markup", PROBLEM, "By reading.", "By read\u202eing.", "U+202E cannot be seen", 47),
    ("markup", CLAIM, "output tokens.", "output\u200b tokens.", "U+200B cannot be seen", 1),
    ("spacing", PROBLEM, "By reading.", "By reading.  ", "blanks at the end", 47),
    ("documents", DOCUMENT, "as output tokens. (", "as input tokens. (", "the claim 'thinking/counts' is stale", 3),
    ("documents", DOCUMENT, "thinking/counts -->\n", "thinking/always-off -->\n", "is retracted", 3),
    ("documents", DOCUMENT, "figures.tokens -->42", "figures.tokens -->43", "is stale", 7),
    ("documents", DOCUMENT, "figures.tokens", "figures.token", "has no field 'figures.token'", 7),
    ("documents", DOCUMENT, "of them.", "of them, or 25 %.", "the figure '25 %' stands outside marks", 7),
    ("documents", DOCUMENT, "of them.", "of them, 3.5 in all.", "the figure '3.5' stands outside marks", 7),
    ("documents", DOCUMENT, "severity=high", "severity=low", "is empty", 9),
    ("documents", DOCUMENT, "severity=high", "colour=red", "cannot choose by colour", 9),
    ("documents", DOCUMENT, "advisories severity", "advices severity", "there is no table 'advices'", 9),
    ("documents", DOCUMENT, "| Upgrade. |\n<!-- end -->", "| Upgrade. |", "has no <!-- end -->", 9),
    (
        "documents",
        DOCUMENT,
        "of them.",
        "of them.\n<!-- claim: x -->\n<!-- claim: y --><!-- end -->",
        "begins inside",
        9,
    ),
]


@pytest.mark.parametrize(("rule", "file", "old", "new", "says", "line"), PLANTED)
def test_planted_faults_are_found(tree: Path, rule: str, file: str, old: str, new: str, says: str, line: int) -> None:
    """By the rule that is there for it, in the file and on the line where a person will look."""
    edit(tree.parent / file if file.startswith("guide/") else tree / file, old, new)
    found = [fault for fault in lint(world_of(tree), [rule]) if fault.file == file]
    if not says:
        assert found == []
        return
    assert any(says in fault.message for fault in found), [fault.message for fault in found]
    if line:
        assert line in {fault.line for fault in found if says in fault.message}, found


def test_every_rule_has_a_planted_fault() -> None:
    """A rule without one may find nothing at all."""
    elsewhere = {"names"}
    assert {rule for rule, *_ in PLANTED} | elsewhere == set(RULES)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("claims/thinking/Counts.toml", "small letters"),
        ("claims/counts.toml", "lie 2 deep"),
        ("claims/weather/rain.toml", "no folder 'weather'"),
        ("advisories/olama/empty.md", "no folder 'olama'"),
        ("tooling/other/card.toml", "no folder 'other'"),
    ],
)
def test_paths_are_ids(tree: Path, name: str, says: str) -> None:
    """The id of a record is where it lies, so a file in the wrong place has the wrong id."""
    source = {"claims": CLAIM, "advisories": PROBLEM, "tooling": "tooling/google-official/card.toml"}
    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(tree / source[name.partition("/")[0]], tree / name)
    assert any(fault.file == name and says in fault.message for fault in lint(world_of(tree), ["names"]))


def test_ids_that_differ_in_case_alone_are_twins(tree: Path) -> None:
    """On Windows and macOS they would be one file."""
    shutil.copy(tree / CLAIM, tree / "claims/thinking/COUNTS.toml")
    if (tree / "claims/thinking/COUNTS.toml").samefile(tree / CLAIM):
        pytest.skip("this file system does not tell names apart by case")
    assert any("the id stands in" in fault.message for fault in lint(world_of(tree), ["twins"]))


def test_a_question_belongs_to_one_record_of_a_kind(tree: Path) -> None:
    """Two claims with the same question are one claim, or one of them is asked differently."""
    edit(tree / GONE, "last_checked", 'asked = ["Why is my answer cut?"]\nlast_checked')
    assert ["the question of claims stands in" in fault.message for fault in lint(world_of(tree), ["twins"])] == [True]


def test_an_unpaired_file_does_not_hide_the_others(tree: Path) -> None:
    """One broken file, and every other fault is still told."""
    (tree / CLAIM).write_bytes(b"\xff\xfe broken")
    edit(tree / PROBLEM, "## Why", "## Because")
    found = {(fault.rule, fault.file) for fault in lint(world_of(tree))}
    assert ("form", CLAIM) in found and ("sections", PROBLEM) in found


def test_line_breaks_of_windows_change_nothing(tree: Path) -> None:
    """A checkout there may have them, and records are the same."""
    before = compile_tree(tree)
    for path in (tree / CLAIM, tree / PROBLEM):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    after = compile_tree(tree)
    assert {**before, "tree": ""} == {**after, "tree": ""}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "lacks the field"),
        (b"\xff\xfe", "not UTF-8"),
        (b"a = " + b"[" * 20_000 + b"]" * 20_000, "nested too deeply"),
        (b"# " + b"x" * 5 * 1024 * 1024, "more than 4194304 bytes"),
        (b'"\\x" = 1', "not TOML"),
        (b"statement = 2026-02-31", "not TOML"),
        (b'statement = "a\nb"', "not TOML"),
        (b"\x00", "not TOML"),
    ],
)
def test_bad_files_are_told_and_nothing_else_breaks(tree: Path, data: bytes, says: str) -> None:
    """Empty, huge, malformed, hostile: one fault that names the file, and the other rules go on."""
    (tree / CLAIM).write_bytes(data)
    found = lint(world_of(tree))
    assert any(fault.file == CLAIM and fault.rule == "form" and says in fault.message for fault in found), found
    with pytest.raises(CorpusProblem, match=r"counts\.toml"):
        compile_tree(tree)


def test_addresses_of_registries_become_package_urls(tree: Path) -> None:
    """The fixer writes what the rule asks for, and nothing else."""
    address = "https://pypi" + ".org/project/vllm/0.33.0/"
    edit(tree / PROBLEM, "https://github.com/ollama/ollama/pull/2", address)
    assert [fault.hint for fault in lint(world_of(tree), ["addresses"])] == ["write pkg:pypi/vllm@0.33.0"]
    assert fix(world_of(tree), ["addresses"]) == [tree / PROBLEM]
    text = (tree / PROBLEM).read_text(encoding="utf-8")
    assert text == ADVISORY.replace("https://github.com/ollama/ollama/pull/2", "pkg:pypi/vllm@0.33.0")


def test_what_a_machine_can_mend_is_mended(tree: Path) -> None:
    """Stale blocks and blanks go; prose by hand stays byte for byte."""
    before = (tree.parent / DOCUMENT).read_bytes()
    edit(tree.parent / DOCUMENT, "as output tokens. (", "as input tokens. (")
    edit(tree / PROBLEM, "By reading.", "By reading.  ")
    assert lint(world_of(tree)) != []
    assert sorted(fix(world_of(tree))) == [tree / PROBLEM, tree.parent / DOCUMENT]
    assert lint(world_of(tree)) == []
    assert (tree.parent / DOCUMENT).read_bytes() == before


def test_exceptions_are_countable_debt(tree: Path) -> None:
    """Each names a file and a reason; one whose file is gone is a mistake."""
    edit(tree / PROBLEM, "## Why", "## Because")
    debt = tree / "exceptions" / "sections.txt"
    debt.parent.mkdir()
    debt.write_text(f"{PROBLEM}  # told elsewhere\n", encoding="utf-8")
    assert lint(world_of(tree), ["sections"]) == []
    for broken, says in ((f"{PROBLEM}\n", "no reason"), ("claims/x.toml # gone\n", "not there")):
        debt.write_text(broken, encoding="utf-8")
        with pytest.raises(CorpusProblem, match=says):
            lint(world_of(tree), ["sections"])


def test_an_unknown_rule_is_named(tree: Path) -> None:
    """A misspelt --rule must not pass as clean."""
    with pytest.raises(CorpusProblem, match="no lint rule 'rangs'"):
        lint(world_of(tree), ["rangs"])


def test_the_vocabulary_knows_the_parsers_repairs(checkout: Path) -> None:
    """Records name repairs by the ids of the parser, which the corpus may not import."""
    assert world_of(checkout / "corpus").catalog.vocabulary.repairs == tuple(REPAIRS)
