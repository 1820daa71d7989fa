"""Names compared as people mean them, and found in a tree in the order of how sure the match is."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps.simon.tests.samples import one
from gemwright_simon.names.distance import within
from gemwright_simon.names.fold import fold, spellings
from gemwright_simon.names.phonetic import cologne, daitch_mokotoff, soundex


def test_folding() -> None:
    """Letters that cannot lose an accent become what people write in their place."""
    assert [fold(word) for word in ("Groß", "Søren", "Łódź", "Æbelø", "Étienne")] == [
        "gross",
        "soren",
        "lodz",
        "aebelo",
        "etienne",
    ]
    assert spellings("Müller") == ("muller", "mueller") and spellings("Weil") == ("weil",)


@pytest.mark.parametrize(
    ("word", "code"),
    # The examples of the United States National Archives.
    [("washington", "W252"), ("lee", "L000"), ("gutierrez", "G362"), ("pfister", "P236"), ("jackson", "J250"),
     ("tymczak", "T522"),     ("ashcraft", "A261")],
)  # fmt: skip
def test_soundex(word: str, code: str) -> None:
    """American Soundex, with H and W that do not part equal codes."""
    assert soundex(word) == code


@pytest.mark.parametrize(
    ("word", "code"), [("wikipedia", "3412"), ("breschnew", "17863"), ("muller", "657"), ("ludenscheidt", "52682")]
)
def test_cologne(word: str, code: str) -> None:
    """The usual examples of the Kölner Phonetik."""
    assert cologne(word) == code


@pytest.mark.parametrize(
    ("word", "codes"),
    # The examples of Mokotoff's own page.
    [("auerbach", {"097500", "097400"}), ("lipshitz", {"874400"}), ("lewinsky", {"876450"}), ("szlamawicz", {"486740"}),
     ("moskowitz", {"645740"}), ("peters", {"739400", "734000"}), ("jackson", {"154600", "145460", "454600", "445460"})],
)  # fmt: skip
def test_daitch_mokotoff(word: str, codes: set[str]) -> None:
    """Six digits, and both where letters have two readings."""
    assert set(daitch_mokotoff(word)) == codes


def test_distance() -> None:
    """A swap of neighbours is one step, and more than was asked for is none."""
    assert (within("maria", "mraia", 2), within("weil", "weill", 1), within("weil", "kaplan", 2)) == (1, 1, None)


PEOPLE = "".join(
    f"0 @I{number}@ INDI\n1 NAME {name}\n"
    for number, name in enumerate(
        [
            "Jürg /Müller/",
            "Jurg /Muller/",
            "Jürg Adam /Müller/",
            "William /Baker/",
            "Isaak /Moskowitz/",
            "Anna /Zimmermann/",
        ],
        1,
    )
)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Jürg Müller", [("I1", "exact"), ("I2", "folded"), ("I3", "part")]),
        ("jurg muller", [("I2", "exact"), ("I1", "folded"), ("I3", "part")]),
        ("Mueller", [("I1", "part"), ("I3", "part")]),
        ("Bill Baker", [("I4", "nickname")]),
        ("Bak", [("I4", "begins with bak")]),
        ("Moskovitz", [("I5", "sounds like")]),
        ("Zimbermann", [("I6", "spelt like")]),
        ("Nobody", []),
        ("", []),
    ],
)
def test_found_in_order(tmp_path: Path, asked: str, found: list[tuple[str, str]]) -> None:
    """The surest first, each with its reason."""
    assert one(tmp_path, PEOPLE).find(asked) == found
