"""Family trees as programs and editors break them, each with the people that a reader should find in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["CASES", "MARIA", "Case", "Found"]

Found = tuple[str, str, str]
"""A person's name, and date and place of the birth."""

MARIA: Final = ("Maria Weil", "11 FEB 1731", "Alzey")
_HEAD: Final = "0 HEAD\n1 SOUR Test\n1 GEDC\n2 VERS 5.5.1\n2 FORM LINEAGE-LINKED\n1 CHAR UTF-8\n"
_WOMAN: Final = "0 @I1@ INDI\n1 NAME Maria /Weil/\n1 SEX F\n1 BIRT\n2 DATE 11 FEB 1731\n2 PLAC Alzey\n"
_END: Final = "0 TRLR\n"
_PLAIN: Final = _HEAD + _WOMAN + _END
_MUELLER: Final = ("Jürg Müller", "1802", "Köln")
_MAN: Final = "0 @I1@ INDI\n1 NAME Jürg /Müller/\n1 BIRT\n2 DATE 1802\n2 PLAC Köln\n"


@dataclass(frozen=True, slots=True)
class Case:
    """A file.

    Attributes:
        name: what is wrong with it.
        data: its bytes.
        people: who is in it.
    """

    name: str
    data: bytes
    people: tuple[Found, ...] = (MARIA,)


def _with(lines: str) -> bytes:
    return (_HEAD + _WOMAN + lines + _END).encode()


def _encoded(charset: str, codec: str, mark: bytes = b"") -> bytes:
    head = _HEAD.replace("UTF-8", charset)
    return mark + (head + _MAN + _END).encode(codec)


def _ansel() -> bytes:
    text = (_HEAD.replace("UTF-8", "ANSEL") + _MAN + _END).encode("latin-1")
    return text.replace(b"\xfc", b"\xe8u").replace(b"\xf6", b"\xe8o")


def _lower() -> str:
    tags = {" INDI": " indi", " NAME": " name", " SEX": " sex", " BIRT": " birt", " DATE": " date", " PLAC": " plac"}
    text = _WOMAN
    for tag, small in tags.items():
        text = text.replace(tag, small)
    return text


_TWO: Final = "0 @I2@ INDI\n1 NAME Anna /Weil/\n"
_ANNA: Final = ("Anna Weil", "", "")

CASES: Final = (
    Case("as the standard wants it", _PLAIN.encode()),
    Case("GEDCOM 7.0", _PLAIN.replace("5.5.1\n2 FORM LINEAGE-LINKED\n1 CHAR UTF-8", "7.0").encode()),
    Case("blank lines", _PLAIN.replace("1 SEX", "\n\n1 SEX").encode()),
    Case("indented lines", "".join(f"  {line}\n" for line in _PLAIN.splitlines()).encode()),
    Case("tabs", _PLAIN.replace("1 NAME ", "1\tNAME\t").encode()),
    Case("spaces at the ends of lines", _PLAIN.replace("\n", "   \n").encode()),
    Case("CR alone", _PLAIN.replace("\n", "\r").encode()),
    Case("CR and LF", _PLAIN.replace("\n", "\r\n").encode()),
    Case("mixed ends of lines", (_HEAD.replace("\n", "\r") + _WOMAN.replace("\n", "\r\n") + _END).encode()),
    Case("no HEAD", (_WOMAN + _END).encode()),
    Case("no TRLR", (_HEAD + _WOMAN).encode()),
    Case("tags in small letters", (_HEAD + _lower() + _END).encode()),
    Case("text without a level", _with("1 NOTE She left\nAlzey with her sons.\n12 children were born.\n")),
    Case("a level left out", _PLAIN.replace("2 DATE", "3 DATE").replace("2 PLAC", "3 PLAC").encode()),
    Case("a cross-reference used twice", _with(_TWO.replace("@I2@", "@I1@")), (MARIA, _ANNA)),
    Case("pointers to nobody", _with("1 FAMS @F9@\n0 @F1@ FAM\n1 HUSB @I7@\n1 WIFE @I1@\n1 CHIL @I8@\n")),
    Case("empty links", _with("1 FAMC\n0 @F1@ FAM\n1 HUSB\n1 WIFE @I1@\n")),
    Case("links of one side", _with("1 FAMC @F1@\n" + _TWO + "0 @F1@ FAM\n1 WIFE @I2@\n"), (MARIA, _ANNA)),
    Case("her own mother", _with("1 FAMS @F1@\n1 FAMC @F1@\n0 @F1@ FAM\n1 WIFE @I1@\n1 CHIL @I1@\n")),
    Case("a line of 200 kB", _with(f"1 NOTE {'x' * 200_000}\n")),
    Case("levels up to 99", _with("".join(f"{level} _L x\n" for level in range(1, 100)))),
    Case("NUL bytes", _PLAIN.replace("1 SEX", "\x001 SEX").encode()),
    Case("a letter of UTF-8 cut off", (_HEAD + _WOMAN).encode() + b"1 NOTE K\xc3"),
    Case("doubled at signs", _with("1 NOTE maria@@alzey.example\n")),
    Case("an empty name", _with("0 @I2@ INDI\n1 NAME\n"), (MARIA, ("", "", ""))),
    Case("two husbands", _with(_TWO + "0 @F1@ FAM\n1 HUSB @I1@\n1 HUSB @I2@\n"), (MARIA, _ANNA)),
    Case("husband and wife are one", _with("0 @F1@ FAM\n1 HUSB @I1@\n1 WIFE @I1@\n")),
    Case("a program's own tags", _with("1 _APID 1,61157::99\n1 _XYZ one\n2 ABC two\n")),
    Case("UTF-8 with a byte order mark", _encoded("UTF-8", "utf-8-sig"), (_MUELLER,)),
    Case("UTF-16, little end first", _encoded("UNICODE", "utf-16-le", b"\xff\xfe"), (_MUELLER,)),
    Case("UTF-16, big end first", _encoded("UNICODE", "utf-16-be", b"\xfe\xff"), (_MUELLER,)),
    Case("ANSEL", _ansel(), (_MUELLER,)),
    Case("UTF-8 that claims ANSEL", _encoded("ANSEL", "utf-8"), (_MUELLER,)),
    Case("Windows-1252 that claims ANSI", _encoded("ANSI", "cp1252"), (_MUELLER,)),
    Case("Latin-1 that claims ASCII", _encoded("ASCII", "latin-1"), (_MUELLER,)),
    Case("Latin-1 that claims UTF-8", _encoded("UTF-8", "latin-1"), (_MUELLER,)),
    Case("MacRoman", _encoded("MACINTOSH", "mac_roman"), (_MUELLER,)),
    Case("code page 437", _encoded("IBMPC", "cp437"), (_MUELLER,)),
)
