"""Settings: found, merged, checked, and each with where it came from.

The first that names a value wins:

1. arguments of the call or the command line;
2. `GEMWRIGHT_*` environment variables;
3. the chosen `[profile.NAME]`, of the project's file, then of the user's;
4. the project's file: `gemwright.toml`, else `[tool.gemwright]` in `pyproject.toml`, in the current directory;
5. the user's file (`config.toml` in `gemwright.foundation.paths`);
6. other programs' variables where they mean the same: `NO_COLOR`, `FORCE_COLOR`, `OLLAMA_HOST`;
7. the default.

A profile is chosen by an argument, by `GEMWRIGHT_PROFILE`, or by `profile = "NAME"` in a file that does not itself
define profiles (TOML gives one name one meaning). Files hold no secrets: they name the variable that does.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from gemwright.foundation.address import checked_address
from gemwright.foundation.errors import BadOption, ConfigProblem, LimitReached
from gemwright.foundation.files import read_capped
from gemwright.foundation.ollama_host import ollama_address
from gemwright.foundation.paths import HOME_VARIABLE, places
from gemwright.foundation.settings import SETTINGS, Setting, Settings

__all__ = ["Config", "Row", "load"]

_MAX_FILE_BYTES = 1024 * 1024
_SECRET_WORDS: Final = frozenset({"api_key", "apikey", "key", "token", "hf_token", "password", "secret"})
_DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Row:
    """A setting as a person sees it. `value` never holds a secret."""

    name: str
    value: object
    origin: str
    help: str


@dataclass(frozen=True, kw_only=True)
class Config(Settings):
    """All settings, as attributes, each with its origin."""

    origins: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    def origin(self, name: str) -> str:
        """Return where a setting's value came from, such as `environment GEMWRIGHT_MODEL`.

        Raises:
            ConfigProblem: there is no such setting.
        """
        if name not in SETTINGS:
            raise _unknown(name, "a question for its origin")
        return self.origins.get(name, _DEFAULT)

    def show(self) -> tuple[Row, ...]:
        """Return every setting with its value and origin, in the order of the table, without secrets."""
        rows: list[Row] = []
        for name, setting in SETTINGS.items():
            value = getattr(self, name)
            shown = checked_address(value).shown if name == "endpoint" and value else value
            rows.append(Row(name, shown, self.origin(name), setting.help))
        return tuple(rows)

    def api_key(self, environ: Mapping[str, str]) -> str | None:
        """Return the server's key from the variable that `api_key_env` names, or None where none is needed.

        Raises:
            ConfigProblem: the variable was named on purpose, and is not set.
        """
        key = environ.get(self.api_key_env, "").strip()
        if not key and self.origin("api_key_env") != _DEFAULT:
            raise ConfigProblem(
                f"api_key_env ({self.origin('api_key_env')}) names {self.api_key_env}, which is not set",
                hint=f"export {self.api_key_env}=…, or leave api_key_env out where the server wants no key",
            )
        return key or None


@dataclass(frozen=True, slots=True)
class _Source:
    """Some values, already checked, and the words for where they stand."""

    origin: str
    values: Mapping[str, object]

    def origin_of(self, name: str) -> str:
        return f"{self.origin} {SETTINGS[name].variable}" if self.origin == "environment" else self.origin


@dataclass(frozen=True, slots=True)
class _File:
    """A settings file: its own values, and those of its profiles."""

    values: _Source
    profiles: Mapping[str, _Source]


def load(arguments: Mapping[str, object], environ: Mapping[str, str], cwd: Path) -> Config:
    """Find, merge and check all settings.

    Args:
        arguments: settings given with the call; None means not given. Text is read as a command line's.
        environ: the environment's variables; an empty one counts as not set.
        cwd: the directory whose `gemwright.toml` or `pyproject.toml` counts.

    Raises:
        ConfigProblem: a setting is unknown, has the wrong type, or a file cannot be read; the message names the place.
    """
    given = _Source("argument", _checked(_without_none(arguments), "an argument", text_only=True))
    variables = _Source("environment", _from_environment(environ))
    files = list(_files(environ, cwd))
    sources = [given, variables, *(file.values for file in files)]
    chosen = next((str(source.values["profile"]) for source in sources if source.values.get("profile")), "")
    sources = [given, variables, *_chosen_profiles(chosen, files), *(file.values for file in files)]
    return _merged([*sources, *_foreign(environ, sources)])


def _merged(sources: Iterable[_Source]) -> Config:
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for source in sources:
        for name, value in source.values.items():
            if name not in values:
                values[name] = value
                origins[name] = source.origin_of(name)
    return Config(**values, origins=origins)


def _without_none(values: Mapping[str, object]) -> Mapping[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _checked(values: Mapping[str, object], place: str, *, text_only: bool) -> Mapping[str, object]:
    """Return the values, each of its setting's type."""
    checked: dict[str, object] = {}
    for name, value in values.items():
        setting = SETTINGS.get(name)
        if setting is None:
            raise _unknown(name, place)
        checked[name] = _read(setting, value, place, text_only=text_only)
    return checked


def _read(setting: Setting, value: object, place: str, *, text_only: bool) -> object:
    try:
        return setting.kind.read(value, text_only=text_only)
    except ValueError as e:
        raise ConfigProblem(f"{setting.name} in {place} must be {e}", hint=f"{setting.name}: {setting.help}") from e
    except BadOption as e:
        raise ConfigProblem(f"{setting.name} in {place}: {e.message}", hint=e.hint) from e


def _unknown(name: str, place: str) -> ConfigProblem:
    near = difflib.get_close_matches(name.replace("-", "_").lower(), SETTINGS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"the settings are {', '.join(SETTINGS)}"
    return ConfigProblem(f"there is no setting {name!r}, which stands in {place}", hint=hint)


# The environment.


def _from_environment(environ: Mapping[str, str]) -> Mapping[str, object]:
    variables = {setting.variable: setting for setting in SETTINGS.values()}
    values: dict[str, object] = {}
    for variable, text in environ.items():
        if not variable.startswith("GEMWRIGHT_") or not text.strip():
            continue
        if setting := variables.get(variable):
            values[setting.name] = _read(setting, text.strip(), f"the environment ({variable})", text_only=True)
    key_variable = str(values.get("api_key_env", SETTINGS["api_key_env"].default))
    known = [*variables, HOME_VARIABLE, key_variable]
    for variable in environ:
        if variable.startswith("GEMWRIGHT_") and variable not in known:
            _reject_misspelt(variable, known)
    return values


def _reject_misspelt(variable: str, known: list[str]) -> None:
    """Raise where a variable is nearly one of ours. One that is like none may be another program's."""
    near = difflib.get_close_matches(variable, known, n=1, cutoff=0.9)
    if near:
        raise ConfigProblem(f"the environment variable {variable} is no setting", hint=f"did you mean {near[0]}?")


def _foreign(environ: Mapping[str, str], sources: Iterable[_Source]) -> Iterator[_Source]:
    """Yield what other programs' variables say, where they mean the same as a setting of ours."""
    if environ.get("NO_COLOR"):
        yield _Source("environment NO_COLOR", {"color": "never"})
    elif forced := environ.get("FORCE_COLOR"):
        yield _Source("environment FORCE_COLOR", {"color": "never" if forced in ("0", "false") else "always"})
    host = environ.get("OLLAMA_HOST", "").strip()
    runtime = next((source.values["runtime"] for source in sources if "runtime" in source.values), "")
    if host and runtime == "ollama":
        yield _Source("environment OLLAMA_HOST", {"endpoint": _ollama_address(host)})


def _ollama_address(host: str) -> str:
    try:
        return ollama_address(host)
    except BadOption as e:
        raise ConfigProblem(f"OLLAMA_HOST is no address: {e.message}", hint=e.hint) from e


# Files.


def _files(environ: Mapping[str, str], cwd: Path) -> Iterator[_File]:
    """Yield the project's file and the user's, where there are any."""
    own = _parse(cwd / "gemwright.toml")
    project = own if own is not None else _from_pyproject(cwd / "pyproject.toml")
    if project is not None:
        place = cwd / ("gemwright.toml" if own is not None else "pyproject.toml")
        yield _file(project, f"file {place}", place)
    user_path = places(environ).user_settings
    user = _parse(user_path)
    if user is not None:
        yield _file(user, f"user file {user_path}", user_path)


def _from_pyproject(path: Path) -> dict[str, Any] | None:
    text = _text(path)
    if text is None or "gemwright" not in text:
        return None  # so somebody else's broken file does not stop us
    tool = _toml(text, path).get("tool")
    table: object = cast("dict[str, object]", tool).get("gemwright") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigProblem(f"tool.gemwright in {path} must be a table", hint="write [tool.gemwright]")
    return cast("dict[str, Any] | None", table)


def _parse(path: Path) -> dict[str, Any] | None:
    text = _text(path)
    return None if text is None else _toml(text, path)


def _text(path: Path) -> str | None:
    try:
        return read_capped(path, _MAX_FILE_BYTES).decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError as e:
        raise ConfigProblem(f"{path} is not UTF-8: {e.reason} at byte {e.start}", hint="save it as UTF-8") from e
    except OSError as e:
        raise ConfigProblem(f"cannot read {path}: {e.strerror}", hint="is it a file that you may read?") from e
    except LimitReached as e:
        raise ConfigProblem(e.message, hint=e.hint) from e


def _toml(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        where = re.search(r"\(at line (\d+), column \d+\)", str(e))
        line = where[1] if where else text.count("\n") + 1
        reason = str(e).partition(" (at ")[0]
        raise ConfigProblem(f"{path}, line {line}: this is not TOML: {reason}", hint='write NAME = "value"') from e


def _file(table: Mapping[str, Any], origin: str, path: Path) -> _File:
    """Return a file's checked values and those of all its profiles, chosen or not."""
    values = dict(table)
    profiles: dict[str, _Source] = {}
    if isinstance(values.get("profile"), dict):
        for name, profile in cast("dict[str, Any]", values.pop("profile")).items():
            place = f"[profile.{name}] of {path}"
            if not isinstance(profile, dict):
                raise ConfigProblem(f"profile.{name} in {path} must be a table", hint=f"write [profile.{name}]")
            if "profile" in profile:
                raise ConfigProblem(f"{place} cannot choose a profile", hint="leave `profile` out of it")
            body = _reject_secrets(cast("dict[str, Any]", profile), place)
            profiles[name] = _Source(f"profile {name} of {path}", _checked(body, place, text_only=False))
    return _File(_Source(origin, _checked(_reject_secrets(values, str(path)), str(path), text_only=False)), profiles)


def _reject_secrets(values: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    """Raise where a file holds a secret. The message does not repeat it."""
    for name in values:
        if name.lower().replace("-", "_") in _SECRET_WORDS:
            raise ConfigProblem(
                f"{name!r} stands in {place}, and secrets do not belong in settings files",
                hint='put it into an environment variable, and the variable\'s name here: api_key_env = "…"',
            )
    endpoint = values.get("endpoint")
    if isinstance(endpoint, str) and "@" in endpoint.partition("://")[2].partition("/")[0]:
        raise ConfigProblem(
            f"the endpoint in {place} holds a user or password, and secrets do not belong in settings files",
            hint='name the variable that holds the key: api_key_env = "…"; or pass the endpoint by GEMWRIGHT_ENDPOINT',
        )
    return values


def _chosen_profiles(name: str, files: list[_File]) -> list[_Source]:
    if not name:
        return []
    found = [file.profiles[name] for file in files if name in file.profiles]
    if not found:
        known = sorted({profile for file in files for profile in file.profiles})
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"profiles here: {', '.join(known) or 'none'}"
        raise ConfigProblem(f"there is no profile {name!r}", hint=hint)
    return found
