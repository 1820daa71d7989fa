"""Dependencies are few, explained, and locked the same for running and for testing."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import gemwright

WHOLE_RUNTIMES = {"mistralrs", "torch", "transformers"}
ENTRY = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[\w.+-]+)(?: ; [^\\\n]+?)?(?P<hashes>(?: \\\n    --hash=sha256:[0-9a-f]{64})+)$",
    re.MULTILINE,
)


@pytest.fixture(scope="module")
def project(checkout: Path) -> dict[str, Any]:
    """The parsed `pyproject.toml`."""
    return tomllib.loads((checkout / "pyproject.toml").read_text("utf-8"))


def member_tables(checkout: Path, project: dict[str, Any]) -> list[dict[str, Any]]:
    """Read the `[project]` tables of the distributions of this repository beside gemwright."""
    folders = project["tool"]["uv"]["workspace"]["members"]
    return [tomllib.loads((checkout / folder / "pyproject.toml").read_text("utf-8"))["project"] for folder in folders]


def members(checkout: Path, project: dict[str, Any]) -> set[str]:
    """Name the distributions of this repository beside gemwright: they come from the tree and are in no lock."""
    return {canonicalize_name(table["name"]) for table in member_tables(checkout, project)}


def direct_dependencies(project: dict[str, Any]) -> dict[str, Requirement]:
    """Collect what the project itself names: dependencies, extras and groups, by normalised name."""
    table = project["project"]
    extras = table["optional-dependencies"].values()
    groups = project["dependency-groups"].values()
    lines = [*table["dependencies"], *(line for lines in (*extras, *groups) for line in lines if isinstance(line, str))]
    return {canonicalize_name(requirement.name): requirement for requirement in map(Requirement, lines)}


def locked(checkout: Path, lock: str) -> dict[tuple[str, str], str]:
    """Read a lock: the hashes of each name and version."""
    text = (checkout / "requirements" / f"{lock}.lock").read_text("utf-8")
    entries = {(canonicalize_name(match["name"]), match["version"]): match["hashes"] for match in ENTRY.finditer(text)}
    assert sum(1 + hashes.count("\n") for hashes in entries.values()) == len(text.splitlines()), (
        "a line no rule explains"
    )
    return entries


def test_every_direct_dependency_is_explained(checkout: Path, project: dict[str, Any]) -> None:
    """Whoever adds a dependency says what for, why this one, and what instead."""
    page = (checkout / "docs" / "dev" / "dependencies.md").read_text("utf-8")
    rows = {canonicalize_name(name) for name in re.findall(r"^\| `([\w.-]+)`", page, re.MULTILINE)}
    of_members = {
        canonicalize_name(Requirement(line).name)
        for table in member_tables(checkout, project)
        for line in table["dependencies"]
    }
    assert rows == set(direct_dependencies(project)) | of_members - {"gemwright"}


def test_run_lock_is_part_of_test_lock(checkout: Path) -> None:
    """Both commands share one environment: a second lock that moved a package would make them undo each other.

    Markers may differ: a package that running needs on an old Python alone may be needed by a test tool on every one.
    """
    run, test = locked(checkout, "run"), locked(checkout, "test")
    assert run.items() <= test.items()


def test_the_clients_lock_agrees_with_the_run_lock(checkout: Path, project: dict[str, Any]) -> None:
    """The plug-ins are tested in the clients' environment, so our own dependencies have to be there, and the same."""
    run, clients = locked(checkout, "run"), locked(checkout, "clients")
    versions = dict(run.keys())
    assert all(versions[name] == version for name, version in clients if name in versions)
    needed = {canonicalize_name(Requirement(line).name) for line in project["project"]["dependencies"]}
    assert needed <= {name for name, _ in clients}


def test_plugged_into_programs_are_in_no_other_lock(checkout: Path) -> None:
    """Who plugs us in has them already; who does not, never installs them."""
    for lock in ("run", "test"):
        assert not {name for name, _ in locked(checkout, lock)} & {"llm", "pydantic-ai-slim", "openai", "ollama"}


def test_locks_hold_what_the_project_names(checkout: Path, project: dict[str, Any]) -> None:
    """A dependency that was added without `make lock` would be missing on the next machine."""
    pins, own = {**locked(checkout, "test"), **locked(checkout, "clients")}, members(checkout, project)
    assert not own & {name for name, _ in pins}
    for name, requirement in direct_dependencies(project).items():
        if name in own or name in WHOLE_RUNTIMES:
            continue
        versions = [version for pinned, version in pins if pinned == name]
        assert versions, f"{name} is in no lock; run `make lock`"
        assert all(requirement.specifier.contains(version, prereleases=True) for version in versions)


def test_run_lock_is_what_running_needs(checkout: Path, project: dict[str, Any]) -> None:
    """`make run` on a bare machine installs the core, the engine and what an editable install needs; no test tools."""
    pins = {name for name, _ in locked(checkout, "run")}
    needed = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["demo"]]
    needed += project["dependency-groups"]["build"]
    assert {canonicalize_name(Requirement(line).name) for line in needed} - members(checkout, project) <= pins
    assert not pins & {"pytest", "ruff", "pyright", "numpy", "uv"}


def test_the_demo_is_an_engine_and_the_model_of_this_repository(checkout: Path, project: dict[str, Any]) -> None:
    """`pip install 'gemwright[demo]'` has to bring what bare `gemwright` starts, and its model as it is here."""
    demo = {one.name: one for one in map(Requirement, project["project"]["optional-dependencies"]["demo"])}
    assert set(demo) == {"gemwright-standin", "xllamacpp"}
    member = tomllib.loads((checkout / "standin" / "pyproject.toml").read_text("utf-8"))["project"]
    assert demo["gemwright-standin"].specifier.contains(member["version"])
    assert not member["dependencies"]


def test_whole_runtimes_are_in_no_lock(checkout: Path) -> None:
    """Gigabytes that few people want are installed by `make tune-env` and `peers-env`, so tests have to do without them."""
    for lock in ("run", "test"):
        assert not {name for name, _ in locked(checkout, lock)} & {*WHOLE_RUNTIMES, "tokenizers"}


def test_one_version_everywhere(checkout: Path) -> None:
    """A citation that names another version than the package cites something else."""
    assert f"\nversion: {gemwright.__version__}\n" in (checkout / "CITATION.cff").read_text("utf-8")
