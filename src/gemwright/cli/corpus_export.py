"""`gemwright corpus export`: the corpus in other people's forms, as a folder of files."""

from __future__ import annotations

from pathlib import Path

import click

from gemwright.cli.output import session

__all__ = ["export"]


@click.command(
    short_help="write it in other people's forms",
    epilog=(
        "\b\nExamples:\n"
        "  gemwright corpus export osv --out build/export\n"
        "  gemwright corpus export json llms --out build/export"
    ),
)
@click.argument("forms", nargs=-1, required=True, type=click.Choice(["json", "osv", "llms"]))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder to write below.")
def export(forms: tuple[str, ...], out: Path) -> None:
    """Write the corpus as JSON (api/v1/…), as OSV (osv/…) or for language models (llms.txt, llms-full.txt)."""
    from gemwright.catalog import catalog
    from gemwright.corpus.export import FORMS
    from gemwright.foundation.files import write_whole

    for form in dict.fromkeys(forms):
        count = 0
        for name, text in FORMS[form](catalog()):
            write_whole(out / name, text.encode())
            count += 1
        session().say(f"{form}: {count} files below {out}")
