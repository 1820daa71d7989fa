"""Set-up: installs when it has to, never twice, and starts anew when the environment cannot be trusted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import set_up


class Installer:
    """Stands in for pip: remembers which locks it was asked for, and leaves an interpreter behind."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails = False

    def __call__(self, checkout: Path, environment: Path, lock: str) -> None:
        """Take the place of `set_up.install`."""
        self.asked.append(lock)
        if self.fails:
            raise set_up.SetUpError("no network")
        python = set_up.environment_python(environment)
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()


@pytest.fixture
def installer(monkeypatch: pytest.MonkeyPatch) -> Installer:
    """Replace pip."""
    double = Installer()
    monkeypatch.setattr(set_up, "install", double)
    return double


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout as far as set-up looks at one."""
    (tmp_path / "requirements").mkdir()
    locks = [f"requirements/{lock}.lock" for lock in ("run", "test", "clients")]
    for name in (*locks, *(f"{folder}/pyproject.toml" for folder in set_up.DISTRIBUTIONS["test"])):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, "utf-8")
    return tmp_path


def test_second_run_installs_nothing(project: Path, installer: Installer) -> None:
    """`make run` has to start at once the second time."""
    assert set_up.set_up(project, "run") is True
    assert set_up.set_up(project, "run") is False
    assert installer.asked == ["run"]


def test_running_after_testing_installs_nothing(project: Path, installer: Installer) -> None:
    """The test lock holds the run lock, so one environment serves both verbs."""
    set_up.set_up(project, "run")
    set_up.set_up(project, "test")
    assert set_up.set_up(project, "run") is False
    assert set_up.set_up(project, "test") is False
    assert installer.asked == ["run", "test"]


def test_clients_have_an_environment_of_their_own(project: Path, installer: Installer) -> None:
    """Other people's clients bring what our own tests must not find by accident."""
    assert set_up.set_up(project, "clients") is True
    assert not (project / ".venv").exists()
    assert set_up.set_up(project, "test") is True
    assert set_up.set_up(project, "clients") is False
    assert installer.asked == ["clients", "test"]


def test_clients_that_cannot_be_installed_are_done_without(
    project: Path, installer: Installer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a network `make test` goes on and says what it leaves out; it tries again the next time."""
    monkeypatch.setattr(set_up, "CHECKOUT", project)
    installer.fails = True
    assert set_up.main(["test"]) == 1
    assert set_up.main(["clients"]) == 0
    assert "tests that need them will be skipped: no network" in capsys.readouterr().err
    installer.fails = False
    assert set_up.set_up(project, "clients") is True


@pytest.mark.parametrize("changed", ["requirements/run.lock", "pyproject.toml", "standin/pyproject.toml"])
def test_changed_input_installs_again_and_keeps_the_environment(
    project: Path, installer: Installer, changed: str
) -> None:
    """A pulled lock has to be installed; what is there already need not be thrown away for it."""
    set_up.set_up(project, "run")
    kept = project / ".venv" / "kept"
    kept.touch()
    (project / changed).write_text("new", "utf-8")
    assert set_up.set_up(project, "run") is True
    assert kept.exists()


def test_touched_files_install_nothing(project: Path, installer: Installer) -> None:
    """Git gives files new times on every switch of branches; only their content counts."""
    set_up.set_up(project, "run")
    (project / "requirements" / "run.lock").touch()
    assert set_up.set_up(project, "run") is False


def test_failed_install_is_tried_again(project: Path, installer: Installer) -> None:
    """An install that broke off half-way must not count as done, nor may an older stamp vouch for it."""
    set_up.set_up(project, "run")
    (project / "requirements" / "run.lock").write_text("new", "utf-8")
    installer.fails = True
    with pytest.raises(set_up.SetUpError):
        set_up.set_up(project, "run")
    (project / "requirements" / "run.lock").write_text("requirements/run.lock", "utf-8")
    installer.fails = False
    assert set_up.set_up(project, "run") is True


@pytest.mark.parametrize("reason", ["moved", "other python", "no interpreter"])
def test_untrustworthy_environment_is_made_anew(
    project: Path, installer: Installer, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    """Scripts inside an environment name its old place and Python; what cannot work is not repaired but replaced."""
    set_up.set_up(project, "run")
    stale = project / ".venv" / "stale"
    stale.touch()
    if reason == "no interpreter":
        set_up.environment_python(project / ".venv").unlink()
    else:
        monkeypatch.setattr(set_up, "origin", lambda checkout: f"{checkout} {reason}")
    assert set_up.set_up(project, "run") is True
    assert not stale.exists()


def test_our_own_distributions_come_from_the_tree(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are installed from their folders: no index has to know them, and `make run` goes without the Visualizer."""
    commands: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(set_up, "pip_command", lambda environment: ["pip"])
    monkeypatch.setattr("subprocess.run", run)
    for lock, apps in {"run": ["simon"], "test": ["simon", "visualizer"]}.items():
        set_up.install(project, project / ".venv", lock)
        own = commands[-1]
        folders = [Path(own[at + 1]).resolve() for at, word in enumerate(own) if word == "--editable"]
        assert folders == [project.resolve(), project / "standin", *(project / "apps" / app for app in apps)]
    assert all("--no-deps" in command for command in commands)


def test_python_without_pip_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian splits pip and venv off Python; a traceback from inside `venv` would not tell a person so."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(set_up.SetUpError, match="apt install python3-venv"):
        set_up.pip_command(tmp_path / "env")


def test_python_without_ensurepip_uses_the_pip_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian's python3-pip without python3-venv is enough: that pip installs into the environment from outside."""
    found = set_up.importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "ensurepip" else found(name))
    command = set_up.pip_command(tmp_path / "env")
    assert command == [sys.executable, "-m", "pip", "--python", str(set_up.environment_python(tmp_path / "env"))]
    subprocess.run([*command, "list"], check=True, capture_output=True, timeout=60)


def test_unknown_verb_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt verb installs nothing."""
    assert set_up.main(["tset"]) == 2
    assert "usage" in capsys.readouterr().err
