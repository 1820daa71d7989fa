"""Settings: which place wins, that every value knows it, and that a mistake is told with its place and a hint."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from gemwright.foundation.config import Config, load
from gemwright.foundation.errors import ConfigProblem
from gemwright.foundation.settings import SETTINGS

SECRET = "Zq8xY2mN7pLk4"


class World:
    """A current directory, a home, and an environment that knows only the home."""

    def __init__(self, root: Path) -> None:
        self.cwd = root / "project"
        self.cwd.mkdir()
        self.home = root / "home"
        (self.home / "config").mkdir(parents=True)

    def project(self, text: str, name: str = "gemwright.toml") -> None:
        """Write a file of the project."""
        (self.cwd / name).write_text(text, encoding="utf-8")

    def user(self, text: str) -> None:
        """Write the person's own file."""
        (self.home / "config" / "config.toml").write_text(text, encoding="utf-8")

    def load(self, arguments: Mapping[str, object] | None = None, **environ: str) -> Config:
        """Load the settings as they would be found here."""
        return load(arguments or {}, {"GEMWRIGHT_HOME": str(self.home), **environ}, self.cwd)

    def problem(self, arguments: Mapping[str, object] | None = None, **environ: str) -> ConfigProblem:
        """Return the error that loading raises."""
        with pytest.raises(ConfigProblem) as caught:
            self.load(arguments, **environ)
        return caught.value


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An empty world."""
    return World(tmp_path)


def test_defaults_are_of_their_own_kind(world: World) -> None:
    """The table must accept its own defaults, and they must say that they are defaults."""
    config = world.load()
    for name, setting in SETTINGS.items():
        assert getattr(config, name) == setting.default
        assert config.origin(name) == "default"
        if setting.default is not None:
            setting.kind.read(setting.default, text_only=False)


def test_every_step_of_the_ladder_beats_the_next(world: World) -> None:
    """The promised precedence, step by step: each place is taken away and the next one shows."""
    world.project('model = "project"\nprofile = "p"')
    world.user('model = "user"\n[profile.p]\nmodel = "profile"')
    assert world.load({"model": "argument"}, GEMWRIGHT_MODEL="environment").model == "argument"
    config = world.load({"model": None}, GEMWRIGHT_MODEL="environment")
    assert (config.model, config.origin("model")) == ("environment", "environment GEMWRIGHT_MODEL")
    config = world.load()
    assert (config.model, config.profile) == ("profile", "p")
    assert config.origin("model").startswith("profile p of ")
    world.project('model = "project"')
    config = world.load()
    assert (config.model, config.origin("model")) == ("project", f"file {world.cwd / 'gemwright.toml'}")
    (world.cwd / "gemwright.toml").unlink()
    config = world.load()
    assert (config.model, config.origin("model")) == ("user", f"user file {world.home / 'config' / 'config.toml'}")
    world.user("")
    assert world.load().model == ""


def test_the_projects_profile_beats_the_users(world: World) -> None:
    """Both may define the same profile; they are merged, the nearer one first."""
    world.project("[profile.big]\nmax_tokens = 1")
    world.user('[profile.big]\nmax_tokens = 2\nmodel = "m"')
    config = world.load({"profile": "big"})
    assert (config.max_tokens, config.model) == (1, "m")


def test_pyproject_counts_where_there_is_no_file_of_our_own(world: World) -> None:
    """A Python project keeps its tools' settings there; our own file speaks alone."""
    world.project('[tool.gemwright]\nmodel = "py"\n[tool.gemwright.profile.x]\nthinking = true', "pyproject.toml")
    config = world.load({"profile": "x"})
    assert (config.model, config.thinking) == ("py", True)
    assert config.origin("model") == f"file {world.cwd / 'pyproject.toml'}"
    world.project("max_tokens = 5")
    assert (world.load().model, world.load().max_tokens) == ("", 5)


def test_somebody_elses_pyproject_does_not_stop_us(world: World) -> None:
    """A broken file that does not speak of us is not our business; one that does is."""
    world.project("[project\n", "pyproject.toml")
    assert world.load().model == ""
    world.project('[tool.other]\nfor = "gemwright"', "pyproject.toml")
    assert world.load().model == ""
    world.project("[tool.gemwright]\nmodel = \n", "pyproject.toml")
    assert "pyproject.toml, line 2" in world.problem().message
    world.project("tool.gemwright = 3", "pyproject.toml")
    assert "must be a table" in world.problem().message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('model = "a\n', "line 1"),
        ("max_tokens = 1\n\nmodel == 2\n", "line 3"),
        ('model = "a"\nmodel = "b"\n', "line 2"),
        ("a = [1,\n\n", "line 3"),
    ],
)
def test_broken_toml_names_file_and_line(world: World, text: str, says: str) -> None:
    """The person has to find the place."""
    world.project(text)
    problem = world.problem()
    assert f"{world.cwd / 'gemwright.toml'}, {says}" in problem.message


def test_files_that_cannot_be_read(world: World) -> None:
    """A folder, other bytes than UTF-8, a file of absurd size: an error that names the file, no traceback."""
    path = world.cwd / "gemwright.toml"
    path.write_bytes(b"model = '\xff'")
    assert "not UTF-8" in world.problem().message
    path.write_bytes(b"#" * 1024 * 1024 + b"#")
    assert "more than" in world.problem().message
    path.unlink()
    path.mkdir()
    assert str(path) in world.problem().message


def test_a_byte_order_mark_is_passed_over(world: World) -> None:
    """Windows editors write one."""
    (world.cwd / "gemwright.toml").write_bytes(b"\xef\xbb\xbfmodel = 'm'")
    assert world.load().model == "m"


def test_unknown_names_are_errors_with_a_suggestion(world: World) -> None:
    """A misspelt setting that is silently ignored costs an afternoon."""
    world.project("max_token = 5")
    problem = world.problem()
    assert "'max_token'" in problem.message and "gemwright.toml" in problem.message
    assert problem.hint == "did you mean max_tokens?"
    world.project("[profile.any]\nthinkin = true")  # also where the profile is not chosen
    assert "[profile.any]" in world.problem().message
    world.project("zzz = 1")
    assert "endpoint" in world.problem().hint
    world.project("")
    assert world.problem({"max-token": 3}).hint == "did you mean max_tokens?"
    assert world.problem(GEMWRIGHT_MAX_TOKNES="3").hint == "did you mean GEMWRIGHT_MAX_TOKENS?"
    assert world.load(GEMWRIGHT_PLUGINS="").model == ""  # nothing like one of ours: another program's


@pytest.mark.parametrize(
    ("toml", "expects"),
    [
        ('max_tokens = "5"', "a whole number, 1 or more"),
        ("max_tokens = 0", "a whole number"),
        ("max_tokens = true", "a whole number"),
        ("max_tokens = 1.5", "a whole number"),
        ("engine_context = 10", "256 or more"),
        ('thinking = "yes"', "true or false"),
        ("timeout_idle = -1", "seconds above 0"),
        ("timeout_idle = inf", "seconds above 0"),
        ("timeout_idle = nan", "seconds above 0"),
        ("timeout_idle = 2026-07-09", "seconds above 0"),
        ('color = "blue"', "one of auto, always, never"),
        ("model = 4", "text"),
        ("endpoint = 8080", "an address such as"),
        ('endpoint = "localhost:8080"', "starts with http:// or https://"),
        ('api_key_env = "MY KEY"', "the name of an environment variable"),
        ("profile = 3", "text"),
        ("[profile]\nx = 3", "must be a table"),
        ('[profile.x]\nprofile = "y"', "cannot choose a profile"),
    ],
)
def test_types_are_checked_in_files(world: World, toml: str, expects: str) -> None:
    """TOML has types, so a number in quotes is a mistake there."""
    world.project(toml)
    problem = world.problem()
    assert expects in problem.message
    assert "gemwright.toml" in problem.message


def test_text_is_read_in_the_environment_and_on_the_command_line(world: World) -> None:
    """There everything is text."""
    config = world.load(
        {"max_tokens": "12", "timeout_idle": 7},
        GEMWRIGHT_THINKING="Yes",
        GEMWRIGHT_OFFLINE="0",
        GEMWRIGHT_COLOR="NEVER",
        GEMWRIGHT_TIMEOUT_CONNECT=" 2.5 ",
        GEMWRIGHT_MODEL="",
    )
    assert (config.max_tokens, config.timeout_idle, config.timeout_connect) == (12, 7, 2.5)
    assert (config.thinking, config.offline, config.color) == (True, False, "never")
    assert config.origin("model") == "default"  # an empty variable is not set
    problem = world.problem(GEMWRIGHT_THINKING="perhaps")
    assert "GEMWRIGHT_THINKING" in problem.message and "true or false" in problem.message
    assert "a whole number" in world.problem({"max_tokens": "many"}).message


def test_unknown_profiles(world: World) -> None:
    """A profile that is not there must not quietly leave everything at its defaults."""
    assert "none" in world.problem({"profile": "laptop"}).hint
    world.user("[profile.laptop]\nthinking = true")
    assert world.problem({"profile": "labtop"}).hint == "did you mean laptop?"


def test_secrets_are_refused_in_files_and_never_repeated(world: World) -> None:
    """Settings files are committed and shared; the error about a key must not put it into a terminal's log."""
    for toml in (
        f'api_key = "{SECRET}"',
        f'[profile.x]\ntoken = "{SECRET}"',
        f'endpoint = "http://me:{SECRET}@host"',
    ):
        world.project(toml)
        problem = world.problem()
        assert "secrets" in problem.message and "api_key_env" in problem.hint
        assert SECRET not in problem.message + problem.hint


def test_no_view_of_the_settings_shows_a_password(world: World) -> None:
    """An address with a password may be passed by the environment; it is used, and not shown."""
    config = world.load(GEMWRIGHT_ENDPOINT=f"http://me:{SECRET}@host:8080/v1")
    assert SECRET in config.endpoint
    assert SECRET not in repr(config) + repr(config.show())
    [row] = [row for row in config.show() if row.name == "endpoint"]
    assert (row.value, row.origin) == ("http://host:8080/v1", "environment GEMWRIGHT_ENDPOINT")
    assert SECRET not in world.problem(GEMWRIGHT_ENDPOINT=f"ftp://me:{SECRET}@host").message


def test_the_key_comes_from_the_variable_that_is_named(world: World) -> None:
    """Named on purpose and missing is an error; the default variable may be missing."""
    config = world.load()
    assert config.api_key({}) is None
    assert config.api_key({"GEMWRIGHT_API_KEY": f" {SECRET}\n"}) == SECRET
    assert world.load(GEMWRIGHT_API_KEY=SECRET).origin("api_key_env") == "default"  # a key is no misspelt setting
    world.project('api_key_env = "MY_KEY"')
    config = world.load()
    assert config.api_key({"MY_KEY": SECRET}) == SECRET
    with pytest.raises(ConfigProblem, match="names MY_KEY, which is not set") as caught:
        config.api_key({"GEMWRIGHT_API_KEY": SECRET})
    assert SECRET not in str(caught.value) + caught.value.hint


def test_colour_variables_of_other_programs(world: World) -> None:
    """NO_COLOR is a convention that files and arguments may overrule (no-color.org); empty means not set."""
    assert world.load(NO_COLOR="1").color == "never"
    assert world.load(NO_COLOR="1", FORCE_COLOR="1").color == "never"
    assert world.load(NO_COLOR="", FORCE_COLOR="1").color == "always"
    assert world.load(FORCE_COLOR="0").color == "never"
    assert world.load(NO_COLOR="1").origin("color") == "environment NO_COLOR"
    world.project('color = "always"')
    assert world.load(NO_COLOR="1").color == "always"


@pytest.mark.parametrize(
    ("host", "endpoint"),
    [
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:9000", "http://127.0.0.1:9000"),
        ("[::]:9000", "http://127.0.0.1:9000"),
        ("box", "http://box:11434"),
        ("box:80", "http://box"),
        ("box/ollama", "http://box:11434/ollama"),
        ("http://box", "http://box"),
        ("https://box/ollama/", "https://box/ollama/"),
        ("[2001:db8::1]", "http://[2001:db8::1]:11434"),
        ("2001:db8::1", "http://[2001:db8::1]:11434"),
        ("[2001:db8::1]:1", "http://[2001:db8::1]:1"),
        ("::", "http://127.0.0.1:11434"),
        (":9000", "http://127.0.0.1:9000"),
        ('  "box:9000" ', "http://box:9000"),
        ("'box'", "http://box:11434"),
        ("box:66000", "http://box:11434"),
        ("box:", "http://box:11434"),
        ("box/", "http://box:11434/"),
        ("https://box:9000", "https://box:9000"),
        ("http://me:word@box:9000", "http://box:9000"),
    ],
)
def test_ollama_host(world: World, host: str, endpoint: str) -> None:
    """Ollama's variable is written in its own ways; where it says to listen everywhere, we call this machine."""
    config = world.load({"runtime": "ollama"}, OLLAMA_HOST=host)
    assert (config.endpoint, config.origin("endpoint")) == (endpoint, "environment OLLAMA_HOST")


def test_ollama_host_is_for_ollama(world: World) -> None:
    """Who has Ollama and asks for something else must not be sent to Ollama; our own setting always wins."""
    assert world.load(OLLAMA_HOST="box").endpoint == ""
    config = world.load({"runtime": "ollama", "endpoint": "http://mine:1"}, OLLAMA_HOST="box")
    assert config.endpoint == "http://mine:1"
    assert "OLLAMA_HOST" in world.problem({"runtime": "ollama"}, OLLAMA_HOST="http://").message


def test_show_lists_every_setting_with_its_help(world: World) -> None:
    """`config show` is the documentation of last resort."""
    rows = world.load().show()
    assert [row.name for row in rows] == list(SETTINGS)
    assert all(row.help and row.origin for row in rows)
    with pytest.raises(ConfigProblem, match="no setting 'modle'"):
        world.load().origin("modle")
