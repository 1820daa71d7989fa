"""`gemwright config`: the settings as they are, and where they come from."""

from __future__ import annotations

from pathlib import Path

import click

from gemwright.cli.output import session, table, write, write_json

__all__ = ["config"]


@click.group(
    short_help="show the settings, and where they come from",
    epilog="\b\nExamples:\n  gemwright config show --origin\n  gemwright config paths --json",
)
def config() -> None:
    """Show the settings, and where they come from.

    The first that names a value wins: an option of the command, a GEMWRIGHT_ variable, the chosen profile, gemwright.toml
    or [tool.gemwright] in pyproject.toml here, your own settings file, the default.
    """


@config.command(
    short_help="print every setting",
    epilog=(
        "\b\nExamples:\n"
        "  gemwright config show\n"
        "  gemwright config show --origin\n"
        "  GEMWRIGHT_MODEL=gemma-4-E2B-it gemwright config show --json"
    ),
)
@click.option("--origin", is_flag=True, help="Say where each value comes from.")
@click.option("--profile", metavar="NAME", help="As if the profile of that name were chosen.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; origins are always in it.")
def show(origin: bool, profile: str | None, as_json: bool) -> None:
    """Print every setting with its value; no secret is among them."""
    rows = session().settings(profile=profile).show()
    if as_json:
        names = ("name", "value", "origin", "help")
        write_json({"settings": [{name: getattr(row, name) for name in names} for row in rows]})
        return
    columns = [(row.name, _shown(row.value), *((row.origin,) if origin else ()), row.help) for row in rows]
    write(table(columns, ("SETTING", "VALUE", *(("ORIGIN",) if origin else ()), "WHAT IT IS")))


def _shown(value: object) -> str:
    """Return a value as TOML would write it, but for text, which stands without quotes."""
    if value is None or value == "":
        return "-"
    return str(value).lower() if isinstance(value, bool) else str(value)


@config.command(
    short_help="print where gemwright keeps its files",
    epilog="\b\nExamples:\n  gemwright config paths\n  GEMWRIGHT_HOME=./portable gemwright config paths",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def paths(as_json: bool) -> None:
    """Print the directories and settings files. Nothing is made before something is written there."""
    from gemwright.foundation.paths import places

    found = places()
    here = Path.cwd()
    rows = (
        ("config", found.config, "what you wrote and would miss"),
        ("cache", found.cache, "can be made again; may be deleted at any time"),
        ("state", found.state, "logs, tapes, unfinished work"),
        ("data", found.data, "model files and the like"),
        ("user_settings", found.user_settings, "your own settings"),
        ("project_settings", here / "gemwright.toml", "this directory's settings"),
    )
    if as_json:
        write_json({"paths": {name: {"path": str(path), "exists": path.exists()} for name, path, _ in rows}})
        return
    write(
        table(
            [(name, str(path), "yes" if path.exists() else "no", purpose) for name, path, purpose in rows],
            ("PLACE", "PATH", "EXISTS", "WHAT IT HOLDS"),
        )
    )
