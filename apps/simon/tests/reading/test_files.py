"""Encodings told by the bytes, archives, Gramps XML, GEDCOM 7, and files that are no family tree at all."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from apps.simon.tests.samples import HEAD, tree_of
from gemwright_simon.errors import TreeProblem
from gemwright_simon.reading.ansel import decode_ansel
from gemwright_simon.tree import open_tree

PEOPLE = "0 @I1@ INDI\n1 NAME Jürg /Müller/\n1 BIRT\n2 PLAC Köln\n0 TRLR\n"


def text(claim: str) -> str:
    """Return a tree that claims an encoding."""
    return HEAD.replace("UTF-8", claim) + PEOPLE


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (text("UTF-8").encode(), "utf-8"),
        (text("ANSEL").encode(), "utf-8"),
        (text("ANSI").encode(), "utf-8"),
        (text("ANSEL").encode("latin-1").replace(b"\xfc", b"\xe8u").replace(b"\xf6", b"\xe8o"), "ansel"),
        (text("ANSI").encode("cp1252"), "cp1252"),
        (text("ASCII").encode("latin-1"), "cp1252"),
        (text("UTF-8").encode("latin-1"), "cp1252"),
        (text("MACINTOSH").encode("mac_roman"), "mac_roman"),
        (text("IBMPC").encode("cp437"), "cp437"),
        (text("IBMPC").replace("Köln", "Córdoba São").encode("cp850"), "cp850"),
        (b"\xef\xbb\xbf" + text("UTF-8").encode(), "utf-8-sig"),
        (text("UNICODE").encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + text("UNICODE").replace("\n", "\r").encode("utf-16-be"), "utf-16"),
        (text("UNICODE").encode("utf-16-le"), "utf-16-le"),
        (text("UNICODE").replace("\n", "\r\n").encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_the_bytes_decide(tmp_path: Path, data: bytes, encoding: str) -> None:
    """A name is read right whatever the header claims, and the report says why it was read so."""
    tree = tree_of(tmp_path, data)
    person = tree.person("I1")
    assert tree.report.encoding == encoding and tree.report.encoding_reason
    assert person is not None and person.names[0].text == "Jürg Müller"
    assert person.events[0].place in ("Köln", "Córdoba São")


def test_a_doubtful_encoding_shows_a_word_as_it_was_read(tmp_path: Path) -> None:
    """Whoever sees the report can tell at a glance whether the guess was right."""
    reason = tree_of(tmp_path, text("ANSI").encode("cp1252")).report.encoding_reason
    assert reason == "it claims ANSI; it reads 'Jürg'"


def test_a_letter_that_is_cut_off(tmp_path: Path) -> None:
    """The end of a truncated file costs one letter, is reported, and changes nothing else."""
    data = (HEAD + PEOPLE).encode()
    tree = tree_of(tmp_path, data[: data.index("öln".encode()) + 1])
    person = tree.person("I1")
    assert person is not None and person.names[0].text == "Jürg Müller" and person.events[0].place == "K\ufffd"
    assert tree.report.warnings["bytes that the encoding does not know"] == (9,)


def test_one_line_in_another_encoding(tmp_path: Path) -> None:
    """A line that was pasted from elsewhere is read as cp1252; the others stay UTF-8."""
    tree = tree_of(tmp_path, (HEAD + PEOPLE).encode().replace("Köln".encode(), "Köln".encode("cp1252")))
    person = tree.person("I1")
    assert person is not None and (person.names[0].surname, person.events[0].place) == ("Müller", "Köln")


def test_ansel_marks_come_before_their_letters() -> None:
    """Two marks on one letter, letters of their own, and a byte that means nothing."""
    assert decode_ansel(b"\xe8u \xf0\xe2c \xb1\xa5\xcf \x9f") == "ü ḉ łÆß \ufffd"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"\0" * 100, "is empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a PNG picture"),
        (b"\xff\xd8\xff\xe0JFIF", "a JPEG picture"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"SQLite format 3\0...", "an SQLite database"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (b"<?xml version='1.0'?><kml/>", "an XML file of another kind"),
        (b"Dear Maria,\nall is well.\n", "it begins 'Dear Maria, all is well.'"),
        (b"name;born\nMaria;1731\n", "it begins 'name;born Maria;1731'"),
        (gzip.compress(b"something", mtime=0), "a gzip archive"),
        (b"PK\x03\x04 broken", "a damaged ZIP archive"),
    ],
)
def test_what_is_no_tree_is_refused(tmp_path: Path, data: bytes, says: str) -> None:
    """The message says what the file looks like, and the hint what to do."""
    with pytest.raises(TreeProblem) as refused:
        tree_of(tmp_path, data)
    assert says in str(refused.value) and "\n" not in str(refused.value) and refused.value.hint
    assert not list(tmp_path.glob("cache/*")), "nothing is left behind"


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    """A missing file, and a folder."""
    for path in (tmp_path / "none.ged", tmp_path):
        with pytest.raises(TreeProblem):
            open_tree(path, cache=tmp_path)


def archive(path: Path, **files: bytes) -> bytes:
    """Make a ZIP archive; `__` in a name stands for a dot, and `up` for the folder above."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in files.items():
            zipped.writestr(name.replace("__", ".").replace("up", "../../up"), data)
    return path.read_bytes()


def test_gedzip_is_opened_and_written_nowhere(tmp_path: Path) -> None:
    """The tree inside is read; a member that points out of the archive is ignored and reported."""
    data = archive(tmp_path / "a.zip", gedcom__ged=(HEAD + PEOPLE).encode(), up__ged=b"0 HEAD\n", photo__jpg=b"..")
    tree = tree_of(tmp_path, data, "tree.gdz")
    assert tree.report.people == 1 and "path outside the archive, ignored" in tree.report.warnings
    assert not list(tmp_path.parent.glob("up*"))


def test_an_archive_without_a_tree_says_so(tmp_path: Path) -> None:
    """A ZIP of pictures, and a word processor's document, which is a ZIP too."""
    for files, says in (
        ({"a__jpg": b""}, "without a gedcom.ged"),
        ({"[Content_Types]__xml": b""}, "an Office document"),
    ):
        with pytest.raises(TreeProblem, match=says):
            tree_of(tmp_path, archive(tmp_path / "a.zip", **files))


def test_an_archive_that_unpacks_to_too_much_is_left_alone(tmp_path: Path) -> None:
    """Forty megabytes of nothing in forty kilobytes: a family tree does not pack so well."""
    bomb = archive(
        tmp_path / "a.zip", gedcom__ged=(HEAD + "0 @I1@ INDI\n1 NOTE x\n").encode() + b"2 CONT  \n" * 5_000_000
    )
    with pytest.raises(TreeProblem, match="far more than a family tree"):
        tree_of(tmp_path, bomb)


GEDCOM_7 = """0 HEAD
1 GEDC
2 VERS 7.0
1 SCHMA
2 TAG _SKY https://example.org/sky
0 @I1@ INDI
1 NAME Lt. Maria /von Weil/ II
2 NPFX Lt.
2 NICK Mia
1 SEX X
1 BIRT
2 DATE JULIAN 11 FEB 1731
3 PHRASE the day of the flood
1 NO MARR
2 DATE FROM 1700 TO 1800
1 NOTE @@home, and @VOID@
1 SNOTE @N1@
1 FAMC @VOID@
0 @N1@ SNOTE shared
0 TRLR
"""


def test_gedcom_7(tmp_path: Path) -> None:
    """Calendars as words, phrases, what did not happen, shared notes, and pointers to nothing."""
    tree = tree_of(tmp_path, GEDCOM_7)
    person = tree.person("I1")
    assert person is not None and tree.report.version == "GEDCOM 7.0" and not tree.report.warnings
    birth, marriage = person.events
    assert (birth.date.calendar, birth.date.note, birth.happened) == ("julian", "the day of the flood", True)
    assert (marriage.kind, marriage.happened, marriage.date.qualifier) == ("marriage", False, "from-to")
    name = person.names[0]
    assert (name.surname, name.suffix, name.nickname, person.sex) == ("von Weil", "II", "Mia", "X")
    assert person.notes == ("@home, and @VOID@", "shared")


GRAMPS = """<?xml version="1.0"?>
<!DOCTYPE database PUBLIC "-//Gramps//DTD Gramps XML 1.7.1//EN" "grampsxml.dtd">
<database xmlns="http://gramps-project.org/xml/1.7.1/">
<header><created date="2020-01-01" version="5.1"/></header>
<events><event handle="_e1" id="E1"><type>Birth</type><dateval val="1731-02-11" cformat="Julian" dualdated="1"/>
<place hlink="_p1"/><description>Birth of Weil, Maria</description><citationref hlink="_c1"/></event></events>
<people><person handle="_i1" id="I1"><gender>F</gender><name type="Birth Name"><first>Maria</first>
<surname prefix="von">Weil</surname></name><eventref hlink="_e1" role="Primary"/><childof hlink="_f1"/>
<attribute type="Hair" value="red"/><noteref hlink="_n1"/></person>
<person handle="_i2" id="I2" priv="1"><gender>M</gender><name><first>Jakob</first><surname>Weil</surname></name>
<parentin hlink="_f1"/></person></people>
<families><family handle="_f1" id="F1"><father hlink="_i2"/>
<childref hlink="_i1" mrel="Adopted" frel="Adopted"/></family></families>
<citations><citation handle="_c1" id="C1"><page>44</page><confidence>4</confidence><sourceref hlink="_s1"/></citation></citations>
<sources><source handle="_s1" id="S1"><stitle>Parish book</stitle></source></sources>
<places><placeobj handle="_p1" id="P1" type="City"><pname value="Alzey"/><placeref hlink="_p2"/></placeobj>
<placeobj handle="_p2" id="P2" type="Country"><pname value="Palatinate"/></placeobj></places>
<notes><note handle="_n1" id="N1" type="General"><text>Had three cows.</text></note></notes>
</database>"""


def test_gramps_xml(tmp_path: Path) -> None:
    """The same records come out as of GEDCOM, compressed or not; places have what lies around them."""
    for data in (GRAMPS.encode(), gzip.compress(GRAMPS.encode())):
        tree = tree_of(tmp_path, data, "tree.gramps")
        person = tree.person("I1")
        assert person is not None and tree.report.version == "Gramps XML 1.7.1" and tree.report.producer == "Gramps 5.1"
        birth = person.events[0]
        assert (birth.date.text, birth.date.calendar, birth.place) == (
            "JULIAN 11 FEB 1730/31",
            "julian",
            "Alzey, Palatinate",
        )
        assert (birth.citations[0].source, birth.citations[0].page, birth.citations[0].quality) == ("S1", "44", 3)
        assert person.names[0].surname == "von Weil"
        assert set(person.notes) == {"_ATTR: Hair: red", "Had three cows."}
        assert tree.parents("I1") == [("I2", "adopted")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GRAMPS[:900], "not well-formed XML"),
        (GRAMPS.replace('"grampsxml.dtd">', '"grampsxml.dtd" [<!ENTITY a "aaaa">]>'), "defines XML entities"),
        (GRAMPS.replace("<header>", "<a>" * 100 + "<header>"), "nested deeper"),
    ],
)
def test_damaged_xml_is_refused(tmp_path: Path, text: str, says: str) -> None:
    """Cut off, full of entities, or nested without end."""
    with pytest.raises(TreeProblem, match=says):
        tree_of(tmp_path, text, "tree.gramps")
