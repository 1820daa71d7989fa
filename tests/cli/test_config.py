"""`gemwright config`: every setting with its value and origin, and no surprise where a file is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from gemwright.foundation.settings import SETTINGS
from tests.cli.program import data, gemwright


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory to stand in, with all our directories below it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GEMWRIGHT_HOME", str(tmp_path / "home"))
    return tmp_path


def test_show_lists_every_setting() -> None:
    """The page is the answer to "what can I set?", so none may be missing, nor its explanation."""
    lines = gemwright("config", "show").stdout.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(SETTINGS)
    assert lines[0].split() == ["SETTING", "VALUE", "WHAT", "IT", "IS"]
    for line, setting in zip(lines[1:], SETTINGS.values(), strict=True):
        assert line.endswith(setting.help)


def test_origin_names_the_place_of_each_value(here: Path) -> None:
    """Which of five places a value came from is what one cannot guess."""
    (here / "gemwright.toml").write_text('model = "ours"\n[profile.laptop]\nmax_tokens = 9\n', "utf-8")
    env = {"GEMWRIGHT_TIMEOUT_IDLE": "7"}
    result = gemwright("--offline", "config", "show", "--origin", "--profile", "laptop", env=env)
    rows = {line.split()[0]: line for line in result.stdout.splitlines()}
    assert rows["model"].split()[1:4] == ["ours", "file", str(here / "gemwright.toml")]
    assert "profile laptop of" in rows["max_tokens"]
    assert "environment GEMWRIGHT_TIMEOUT_IDLE" in rows["timeout_idle"]
    assert rows["offline"].split()[1:3] == ["true", "argument"]
    assert rows["thinking"].split()[1:3] == ["false", "default"]


def test_json_has_types_and_origins() -> None:
    """A program must not read a table."""
    found = data(gemwright("config", "show", "--json", env={"GEMWRIGHT_MAX_TOKENS": "64"}))
    assert found["schema_version"] == 1
    rows = {row["name"]: row for row in found["settings"]}
    assert rows["max_tokens"]["value"] == 64
    assert rows["max_tokens"]["origin"] == "environment GEMWRIGHT_MAX_TOKENS"
    assert rows["model"] == {"name": "model", "value": "", "origin": "default", "help": SETTINGS["model"].help}


def test_a_secret_in_an_address_is_not_shown() -> None:
    """The page is pasted into reports."""
    result = gemwright("config", "show", env={"GEMWRIGHT_ENDPOINT": "http://me:swordfish@127.0.0.1:8080"})
    assert result.exit_code == 0, result.stderr
    assert "127.0.0.1:8080" in result.stdout
    assert "swordfish" not in result.stdout


def test_a_value_cannot_drive_the_terminal(here: Path) -> None:
    """A settings file may come with somebody else's project."""
    (here / "gemwright.toml").write_text('model = "a\\u001b[2Jb"\n', "utf-8")
    result = gemwright("config", "show")
    assert "\x1b" not in result.stdout
    assert "a<U+001B>[2Jb" in result.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("modle = 1\n", "did you mean model?"),
        ("model = \n", "line 1: this is not TOML"),
        ("max_tokens = -1\n", "max_tokens in"),
    ],
)
def test_a_wrong_file_is_named(here: Path, text: str, said: str) -> None:
    """The file, the line and the setting: a person can go there."""
    (here / "gemwright.toml").write_text(text, "utf-8")
    result = gemwright("config", "show")
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert "gemwright.toml" in result.stderr


def test_a_wrong_file_does_not_stop_help_or_data(here: Path) -> None:
    """Whoever mends a settings file may still ask for help, and a renderer that needs no setting works on."""
    (here / "gemwright.toml").write_text("model = \n", "utf-8")
    assert gemwright("--help").exit_code == 0
    result = gemwright("wire", "render", given='[{"role": "user", "content": "Hi"}]')
    assert (result.exit_code, result.stderr) == (0, "")


def test_paths_are_those_of_this_run(here: Path) -> None:
    """What to look into, and what to delete; nothing is made by asking."""
    found = data(gemwright("config", "paths", "--json"))["paths"]
    assert found["user_settings"] == {"path": str(here / "home" / "config" / "config.toml"), "exists": False}
    assert found["cache"]["path"] == str(here / "home" / "cache")
    shown = gemwright("config", "paths").stdout
    for name, place in found.items():
        assert name in shown
        assert place["path"] in shown
    assert not (here / "home").exists()
    (here / "gemwright.toml").write_text("", "utf-8")
    assert data(gemwright("config", "paths", "--json"))["paths"]["project_settings"]["exists"] is True
