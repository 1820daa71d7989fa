"""The revisions of Gemma 4's wire format, and which variant speaks which.

Knows: five generations of the official chat template, by the date of their publication, in two flavours: with thinking
off, the templates of the 12B, 26B-A4B and 31B models write an empty thought ahead of the answer; those of E2B and E4B
do not. Nothing else differs between flavours.
Never knows: how any of it is printed.

Sources: the templates in pkg:pypi/trl@1.16.0 (small flavour; its README names the Hub commits), and the published
hashes of the large ones, which the small files reproduce with the one branch added (the tests do that). The canonical
large file differs from the small one in a comment, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from gemwright.foundation.errors import Unsupported

__all__ = ["CANONICAL", "DATES", "LARGE", "SMALL", "Dialect", "Flavour", "dialect_for"]

Flavour: TypeAlias = Literal["large", "small"]

LAUNCH: Final = "2026-04-02"
APRIL_09: Final = "2026-04-09"
APRIL_28: Final = "2026-04-28"
MAY_18: Final = "2026-05-18"
CANONICAL: Final = "2026-07-09"

DATES: Final = (LAUNCH, APRIL_09, APRIL_28, MAY_18, CANONICAL)
"""Every generation, oldest first."""

_VARIANTS: Final[dict[str, Flavour]] = {
    "e2b": "small",
    "e4b": "small",
    "12b": "large",
    "26b-a4b": "large",
    "31b": "large",
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """One revision of the wire format.

    Attributes:
        date: when its template was published, one of `DATES`.
        flavour: "large" or "small".
    """

    date: str
    flavour: Flavour

    def __post_init__(self) -> None:
        if self.date not in DATES:
            raise Unsupported(f"there is no dialect of {self.date}", hint=f"known are {', '.join(DATES)}")

    @property
    def name(self) -> str:
        """The name in reports: `2026-07-09-large`."""
        return f"{self.date}-{self.flavour}"

    @property
    def empty_thought(self) -> bool:
        """Whether an empty thought is written ahead of the answer when thinking is off."""
        return self.flavour == "large"

    @property
    def joins_turns(self) -> bool:
        """Whether consecutive messages of the model are one turn without a mark between them."""
        return self.date == CANONICAL


LARGE: Final = Dialect(CANONICAL, "large")
"""What 12B, 26B-A4B and 31B are prompted with today."""
SMALL: Final = Dialect(CANONICAL, "small")
"""What E2B and E4B are prompted with today."""


def dialect_for(variant_id: str, date: str | None = None) -> Dialect:
    """Return the dialect of a variant.

    Args:
        variant_id: `E2B`, `E4B`, `12B`, `26B-A4B` or `31B`, in any case, alone or as in `gemma-4-E2B-it`.
        date: one of `DATES`; the canonical generation when None.

    Raises:
        Unsupported: the variant or the date is unknown.
    """
    name = variant_id.lower().removeprefix("google/").removeprefix("gemma-4-").removesuffix("-it")
    flavour = _VARIANTS.get(name)
    if flavour is None:
        known = ", ".join(key.upper() for key in _VARIANTS)
        raise Unsupported(f"no Gemma 4 variant is called {variant_id}", hint=f"known are {known}")
    return Dialect(date or CANONICAL, flavour)
