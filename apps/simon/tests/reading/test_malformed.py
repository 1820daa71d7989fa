"""Every way in which programs and editors break GEDCOM: the file opens, says what was put right, and loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps.simon.tests.samples import HEAD, one, tree_of
from gemwright_simon.records import Person
from gemwright_simon.tree import Tree

MARIA = "0 @I1@ INDI\n1 NAME Maria /Weil/\n1 SEX F\n1 BIRT\n2 DATE 11 FEB 1731\n2 PLAC Alzey\n"


def person(tree: Tree, handle: str = "I1") -> Person:
    """Return a person that has to be there."""
    found = tree.person(handle)
    assert found is not None
    return found


def is_maria(tree: Tree) -> None:
    """Check that Maria arrived whole."""
    maria = person(tree)
    (birth,) = maria.events
    assert (maria.names[0].text, maria.names[0].surname, maria.sex) == ("Maria Weil", "Weil", "F")
    assert (birth.date.text, birth.date.precision, birth.place) == ("11 FEB 1731", "day", "Alzey")


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (HEAD + MARIA.replace("1 SEX", "\n\n1 SEX") + "0 TRLR\n", "blank line"),
        ("".join(f"   {line}\n" for line in (HEAD + MARIA + "0 TRLR").split("\n")), "indented line"),
        (HEAD + MARIA.replace(" ", "\t", 1).replace("1 NAME ", "1\tNAME\t") + "0 TRLR\n", "unusual spacing"),
        (HEAD + MARIA.replace("\n", "   \n") + "0 TRLR\n", ""),
        ((HEAD + MARIA + "0 TRLR\n").replace("\n", "\r"), ""),
        ((HEAD + MARIA + "0 TRLR\n").replace("\n", "\r\n"), ""),
        ((HEAD + MARIA).replace("\n", "\r") + MARIA.replace("@I1@", "@I2@").replace("\n", "\r\n") + "0 TRLR\n", ""),
        (MARIA + "0 TRLR\n", "no HEAD record"),
        (HEAD + MARIA, "no TRLR record"),
        (HEAD + MARIA.lower().replace("maria /weil/", "Maria /Weil/").replace("alzey", "Alzey").replace("@i1@", "@I1@")
         .replace("11 feb", "11 FEB").replace(" f\n", " F\n") + "0 trlr\n", "tag in lower case"),
        (HEAD + MARIA.replace("Maria", "Ma\0ria") + "0 TRLR\n", "NUL byte removed"),
        (HEAD.replace("0 HEAD", "\ufeff0 HEAD") + MARIA + "0 TRLR\n", ""),
        (HEAD + "0 TRLR\n" + MARIA, "record after the end"),
        (HEAD + MARIA.replace("0 @I1@", "00 @I1@").replace("1 SEX", "01 SEX") + "0 TRLR\n", ""),
    ],
    ids=["blank", "indented", "tabs", "trailing spaces", "CR", "CRLF", "mixed", "no head", "no trailer", "lower case", "NUL",
         "byte order mark", "after the end", "levels of two digits"],
)  # fmt: skip
def test_lines_that_are_put_right(tmp_path: Path, text: str, warning: str) -> None:
    """The person is the same whatever was done to her lines, and the report says what it was."""
    tree = tree_of(tmp_path, text)
    is_maria(tree)
    assert set(tree.report.warnings) == ({warning} if warning else set())
    assert tree.report.lost == 0


def test_text_without_a_level_joins_the_value_before_it(tmp_path: Path) -> None:
    """A broken note goes on where it went on; a line of it that begins with a number is no line of GEDCOM."""
    tree = one(tmp_path, MARIA + "1 NOTE She left\nAlzey with her sons.\n12 children were born.\n1 OCCU baker\n")
    assert person(tree).notes == ("She left\nAlzey with her sons.\n12 children were born.",)
    assert [event.value for event in person(tree).events][1:] == ["baker"]
    assert len(tree.report.warnings["text without a level joined to the line before"]) == 2


def test_a_level_jump_goes_to_the_nearest_parent(tmp_path: Path) -> None:
    """Date and place two levels below their event still are its date and place."""
    tree = one(tmp_path, MARIA.replace("2 DATE", "3 DATE").replace("2 PLAC", "3 PLAC"))
    is_maria(tree)
    assert tree.report.warnings["level jump"] == (10,)


def test_a_cross_reference_used_twice_keeps_both_people(tmp_path: Path) -> None:
    """The second gets a name of its own; links go to the first."""
    tree = one(tmp_path, MARIA + "0 @I1@ INDI\n1 NAME Anna /Weil/\n0 @F1@ FAM\n1 WIFE @I1@\n")
    is_maria(tree)
    assert person(tree, "I1-2").names[0].text == "Anna Weil"
    assert person(tree).partner_in == ("F1",)
    assert "cross-reference used twice, the second renamed" in tree.report.warnings


def test_pointers_to_nobody_are_reported(tmp_path: Path) -> None:
    """What a file points to and does not hold is a warning with its line, and no member of the family."""
    tree = one(tmp_path, MARIA + "1 FAMS @F9@\n1 NOTE @N9@\n0 @F1@ FAM\n1 HUSB @I7@\n1 WIFE @I1@\n1 CHIL @I8@\n")
    family = tree.family("F1")
    assert family is not None and family.partners == ("I1",) and not family.children
    assert tree.report.warnings["pointer to nobody"] == (14,)
    assert tree.report.warnings["pointer to no family"] == (6,)
    assert "@N9@" in person(tree).notes[0]


def test_empty_links_are_no_links(tmp_path: Path) -> None:
    """`FAMC` and `HUSB` without a value, and GEDCOM 7's `@VOID@`, say that there is nobody."""
    tree = one(tmp_path, MARIA + "1 FAMC\n1 FAMS @VOID@\n0 @F1@ FAM\n1 HUSB\n1 WIFE @VOID@\n1 CHIL\n")
    is_maria(tree)
    assert person(tree).child_of == () and person(tree).partner_in == ()
    assert list(tree.links()) == []


def test_links_of_one_side_count_for_both(tmp_path: Path) -> None:
    """A child that names its family, and a family that names its child, are both related."""
    lines = (
        "0 @I1@ INDI\n1 NAME A //\n1 FAMS @F1@\n0 @I2@ INDI\n1 NAME B //\n1 FAMC @F1@\n0 @I3@ INDI\n1 NAME C //\n"
        "0 @I4@ INDI\n1 NAME D //\n0 @F1@ FAM\n1 WIFE @I4@\n1 CHIL @I3@\n"
    )
    tree = one(tmp_path, lines)
    family = tree.family("F1")
    assert family is not None
    assert (family.partners, family.children) == (("I4", "I1"), ("I3", "I2"))
    assert person(tree, "I3").child_of[0].family == "F1" and person(tree, "I4").partner_in == ("F1",)
    assert tree.parents("I3") == [("I4", "birth"), ("I1", "birth")]
    assert {"child named by one side only", "partner named by one side only"} <= set(tree.report.warnings)


def test_a_person_as_their_own_parent_opens(tmp_path: Path) -> None:
    """So do longer circles; both are reported with the line of somebody on them."""
    own = one(tmp_path, MARIA + "1 FAMS @F1@\n1 FAMC @F1@\n0 @F1@ FAM\n1 WIFE @I1@\n1 CHIL @I1@\n")
    assert "a person as parent and child of one family" in own.report.warnings
    assert own.parents("I1") == []
    circle = one(
        tmp_path,
        "0 @I1@ INDI\n1 FAMS @F1@\n1 FAMC @F2@\n0 @I2@ INDI\n1 FAMC @F1@\n1 FAMS @F2@\n"
        "0 @F1@ FAM\n1 HUSB @I1@\n1 CHIL @I2@\n0 @F2@ FAM\n1 HUSB @I2@\n1 CHIL @I1@\n0 @I3@ INDI\n1 FAMC @F2@\n",
    )
    assert circle.report.warnings["a person as an ancestor of themselves"] == (6, 9)


def test_long_lines_and_deep_levels(tmp_path: Path) -> None:
    """Two hundred kilobytes on one line, and ninety-nine levels, arrive whole."""
    deep = "".join(f"{level} _L{level} word{level}\n" for level in range(1, 100))
    tree = one(tmp_path, MARIA + f"1 NOTE {'x' * 200_000}\n" + deep)
    notes = person(tree).notes
    assert notes[0] == "x" * 200_000
    assert all(f"word{level}" in notes[1] for level in range(1, 100))


def test_continued_values_join_as_written(tmp_path: Path) -> None:
    """`CONC` adds, `CONT` begins a line; a space before or after the break is part of the text."""
    tree = one(
        tmp_path,
        MARIA + "1 NOTE She was\n2 CONC  kind and h\n2 CONC onest.\n2 CONT\n2 CONT Twice \n2 CONC widowed.\n",
    )
    assert person(tree).notes == ("She was kind and honest.\n\nTwice widowed.",)


def test_doubled_at_signs_are_one(tmp_path: Path) -> None:
    """`@@` is how GEDCOM writes an at sign."""
    assert person(one(tmp_path, MARIA + "1 NOTE maria@@alzey.example\n")).notes == ("maria@alzey.example",)


def test_programs_own_tags_stay_readable(tmp_path: Path) -> None:
    """Ancestry's `_APID`, and whatever else is unknown, is text under its record."""
    tree = one(
        tmp_path,
        MARIA + "2 SOUR @S1@\n3 PAGE 44\n3 _APID 1,61157::99\n1 _XYZ one\n2 ABC two\n0 @S1@ SOUR\n1 TITL Book\n",
    )
    maria = person(tree)
    assert "_APID: 1,61157::99" in maria.events[0].citations[0].text and maria.events[0].citations[0].page == "44"
    assert maria.notes == ("_XYZ: one (ABC: two)",)


def test_notes_and_sources_in_place_or_by_pointer(tmp_path: Path) -> None:
    """Both ways of both are read alike."""
    tree = one(
        tmp_path,
        MARIA + "2 SOUR Grandmother's bible\n3 QUAY 2\n1 NOTE here\n1 NOTE @N1@\n1 SOUR @S1@\n"
        "0 @N1@ NOTE there\n1 CONT and more\n0 @S1@ SOUR\n1 TITL Book\n1 AUTH Weil\n",
    )
    maria = person(tree)
    assert maria.notes == ("here", "there\nand more")
    assert (maria.events[0].citations[0].text, maria.events[0].citations[0].quality) == ("Grandmother's bible", 2)
    assert maria.citations[0].source == "S1"
    source = tree.source("S1")
    assert source is not None and (source.title, source.author) == ("Book", "Weil")


def test_names_that_are_hardly_there(tmp_path: Path) -> None:
    """An empty NAME, none at all, and one that is only in its pieces."""
    tree = one(tmp_path, "0 @I1@ INDI\n1 NAME\n0 @I2@ INDI\n0 @I3@ INDI\n1 NAME\n2 GIVN Eva\n2 SURN Weil\n")
    assert [name.text for name in person(tree).names] == [""]
    assert person(tree, "I2").names == ()
    assert (person(tree, "I3").names[0].text, tree.find("eva weil")) == ("Eva Weil", [("I3", "exact")])


def test_couples_of_all_kinds(tmp_path: Path) -> None:
    """Two husbands, three parents, and one person named as both partners."""
    people = "".join(f"0 @I{n}@ INDI\n1 NAME P{n} //\n" for n in range(1, 6))
    tree = one(
        tmp_path,
        people
        + "0 @F1@ FAM\n1 HUSB @I1@\n1 HUSB @I2@\n0 @F2@ FAM\n1 HUSB @I1@\n1 WIFE @I3@\n1 WIFE @I4@\n1 CHIL @I5@\n"
        "0 @F3@ FAM\n1 HUSB @I3@\n1 WIFE @I3@\n",
    )
    families = [tree.family(handle) for handle in ("F1", "F2", "F3")]
    assert [family and family.partners for family in families] == [("I1", "I2"), ("I1", "I3", "I4"), ("I3",)]
    assert [who for who, _ in tree.parents("I5")] == ["I1", "I3", "I4"]
    assert "the same person as both partners" in tree.report.warnings


def test_kinds_of_children(tmp_path: Path) -> None:
    """`PEDI`, an `ADOP` event that names the family, and the tags of Family Tree Maker."""
    tree = one(
        tmp_path,
        "0 @I1@ INDI\n0 @I2@ INDI\n1 FAMC @F1@\n2 PEDI adopted\n0 @I3@ INDI\n1 ADOP\n2 FAMC @F1@\n3 ADOP BOTH\n0 @I4@ INDI\n"
        "0 @I5@ INDI\n1 FAMC @F1@\n2 PEDI STEP\n0 @F1@ FAM\n1 HUSB @I1@\n1 CHIL @I2@\n1 CHIL @I3@\n1 CHIL @I4@\n2 _FREL Foster\n"
        "2 _MREL Foster\n1 CHIL @I5@\n",
    )
    assert [kind for _, kind in tree.children("I1")] == ["adopted", "adopted", "foster", "step"]


WORDS = "".join(
    f"{level} {tag} {'' if tag in ('BIRT', 'DATA') else f'sentinel{number}'}\n"
    for number, (level, tag) in enumerate(
        [(1, "NAME"), (2, "NPFX"), (2, "GIVN"), (2, "TYPE"), (2, "NOTE"), (2, "_ODD"), (1, "SEX"), (1, "BIRT"), (2, "DATE"),
         (3, "TIME"), (3, "PHRASE"), (2, "PLAC"), (3, "MAP"), (4, "LATI"), (3, "FORM"), (2, "AGE"), (2, "CAUS"), (2, "TYPE"),
         (2, "NOTE"), (3, "SOUR"), (2, "SOUR"), (3, "PAGE"), (3, "QUAY"), (3, "DATA"), (4, "DATE"), (4, "TEXT"), (3, "OBJE"),
         (3, "NOTE"), (1, "EVEN"), (2, "TYPE"), (1, "RESN"), (1, "ADDR"), (2, "CITY"), (1, "FAMC"), (1, "ASSO"), (2, "RELA"),
         (1, "CHAN"), (2, "DATE"), (1, "XUNKNOWN"), (2, "DEEP"), (3, "DEEPER"), (1, "OBJE"), (2, "FILE"), (1, "NO"), (2, "DATE"),
         (1, "DEAT"), (2, "PLAC"), (3, "ROMN"), (1, "REFN"), (2, "TYPE"), (1, "NICK"), (1, "NCHI"), (1, "SSN")]
    )
)  # fmt: skip


@pytest.mark.parametrize("tag", ["INDI", "FAM", "SOUR"])
def test_nothing_is_lost(tmp_path: Path, tag: str) -> None:
    """A word of its own on every line of a record, wherever GEDCOM would or would not have it, is found in what comes out."""
    tree = one(tmp_path, f"0 @X1@ {tag}\n{WORDS}")
    record = {"INDI": tree.person, "FAM": tree.family, "SOUR": tree.source}[tag]("X1")
    assert record is not None
    said = repr(record)
    missing = [word for word in WORDS.split() if word.startswith("sentinel") and word not in said]
    assert missing == []
