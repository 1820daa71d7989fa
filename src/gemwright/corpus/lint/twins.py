"""Nothing is said twice: no two records with one id or sentence, and no two of a kind with one way of asking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from gemwright.catalog.kinds import KINDS
from gemwright.corpus.lint.world import Fault, World

__all__ = ["DESCRIPTION", "check"]

DESCRIPTION = "no id, sentence, title or token stands twice, no question in two records of a kind"


def check(world: World) -> Iterator[Fault]:
    """Yield the second and later of each."""
    seen: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for file in world.files:
        seen["id", file.rpartition(".")[0].casefold()].append((file, ""))
    for kind in KINDS:
        for file, _, record in world.records(kind):
            for field in ("statement", "title", "ref"):
                value = getattr(record, field, "")
                if isinstance(value, str) and value and (field != "title" or kind != "sources"):
                    seen[f"{kind} {field}", _plain(value)].append((file, field))
            for phrase in getattr(record, "asked", ()):
                seen[f"question of {kind}", _plain(phrase)].append((file, phrase))
    for what in ("id", "spelling"):
        for token in world.tree["tokens"].get("token", []):
            seen[f"token {what}", str(token.get(what))].append(("tokens.toml", str(token.get(what))))
    for (what, _), places in seen.items():
        for file, needle in places[1:]:
            where = f" in {places[0][0]}" if places[0][0] != file else " in this file"
            yield Fault("twins", file, world.line(file, needle), f"the {what} stands{where}, too")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip("?.! ")
