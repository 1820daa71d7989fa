"""How a name sounds, as codes: American Soundex, Kölner Phonetik (1969) and Daitch-Mokotoff Soundex (1985).

Written from the published rules: the United States National Archives' description of Soundex; Hans Joachim Postel, "Die
Kölner Phonetik"; the coding chart of Gary Mokotoff, "Soundexing and Genealogy".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

__all__ = ["cologne", "daitch_mokotoff", "sound_codes", "soundex"]

_SOUNDEX: Final = {
    letter: digit for digit, letters in enumerate(("", "bfpv", "cgjkqsxz", "dt", "l", "mn", "r")) for letter in letters
}


def soundex(word: str) -> str:
    """Return the American Soundex code of a folded word, such as `R163`; empty where it has no Latin letter."""
    letters = [one for one in word if "a" <= one <= "z"]
    if not letters:
        return ""
    code, last = letters[0].upper(), _SOUNDEX.get(letters[0], 0)
    for one in letters[1:]:
        digit = _SOUNDEX.get(one, 0)
        if digit and digit != last:
            code += str(digit)
            if len(code) == 4:
                return code
        if one not in "hw":
            last = digit
    return code.ljust(4, "0")


def cologne(word: str) -> str:
    """Return the Kölner Phonetik code of a folded word; empty where it has no Latin letter."""
    text = re.sub(r"[^a-z]", "", word.replace("ph", "f"))
    codes: list[str] = []
    for at, one in enumerate(text):
        before, after = text[at - 1] if at else "", text[at + 1 : at + 2]
        if one in "aeijouy":
            code = "0"
        elif one == "b" or one == "p":
            code = "1"
        elif one in "dt":
            code = "8" if after and after in "csz" else "2"
        elif one in "fvw":
            code = "3"
        elif one in "gkq":
            code = "4"
        elif one == "c":
            if not at:
                code = "4" if after and after in "ahkloqrux" else "8"
            else:
                code = "4" if after and after in "ahkoqux" and before not in ("s", "z") else "8"
        elif one == "x":
            code = "8" if before and before in "ckq" else "48"
        elif one == "l":
            code = "5"
        elif one in "mn":
            code = "6"
        elif one == "r":
            code = "7"
        elif one in "sz":
            code = "8"
        else:
            code = ""  # h
        codes.append(code)
    joined = "".join(codes)
    single = re.sub(r"(\d)\1+", r"\1", joined)
    return single[:1] + single[1:].replace("0", "")


# Letters → codes at the start of a word, before a vowel, and elsewhere; "|" parts two readings, "-" is silent.
_CHART: Final = """
ai aj ay:0 1 - | au:0 7 - | a:0 - - | b:7 7 7 | chs:5 54 54 | ch:5|4 5|4 5|4 | ck:5|45 5|45 5|45
cz cs csz czs:4 4 4 | c:5|4 5|4 5|4 | drz drs:4 4 4 | ds dsh dsz:4 4 4 | dz dzh dzs:4 4 4 | d dt:3 3 3
ei ej ey:0 1 - | eu:1 1 - | e:0 - - | fb:7 7 7 | f:7 7 7 | g:5 5 5 | h:5 5 - | ia ie io iu:1 - - | i:0 - -
j:1|4 -|4 -|4 | ks:5 54 54 | kh:5 5 5 | k:5 5 5 | l:8 8 8 | mn:66 66 66 | m:6 6 6 | nm:66 66 66 | n:6 6 6
oi oj oy:0 1 - | o:0 - - | p pf ph:7 7 7 | q:5 5 5 | rz rs:94|4 94|4 94|4 | r:9 9 9 | schtsch schtsh schtch:2 4 4
sch:4 4 4 | shtch shch shtsh:2 4 4 | sht scht schd:2 43 43 | sh:4 4 4 | stch stsch sc:2 4 4 | strz strs stsh:2 4 4
st:2 43 43 | szcz szcs:2 4 4 | szt shd szd sd:2 43 43 | sz:4 4 4 | s:4 4 4 | tch ttch ttsch:4 4 4 | th:3 3 3
trz trs:4 4 4 | tsch tsh:4 4 4 | ts tts ttsz tc:4 4 4 | tz ttz tzs tsz:4 4 4 | t:3 3 3 | ui uj uy:0 1 - | u ue:0 - -
v:7 7 7 | w:7 7 7 | x:5 54 54 | y:1 - - | zdz zdzh zhdzh:2 4 4 | zd zhd:2 43 43 | zh zs zsch zsh:4 4 4 | z:4 4 4
"""


def _chart() -> dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]:
    table: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {}
    for entry in re.split(r"\s\|\s|\n", _CHART.strip()):
        letters, _, codes = entry.strip().partition(":")
        start, vowel, other = (tuple("" if one == "-" else one for one in code.split("|")) for code in codes.split())
        for one in letters.split():
            table[one] = (start, vowel, other)
    return table


_DM: Final = _chart()
_LONGEST: Final = max(map(len, _DM))
_MOST_READINGS: Final = 32


def daitch_mokotoff(word: str) -> tuple[str, ...]:
    """Return the Daitch-Mokotoff codes of a folded word: six digits each, more than one where letters have two readings."""
    text = re.sub(r"[^a-z]", "", word)
    if not text:
        return ()
    # Each reading: its digits so far, and the code of the last letters, which is not repeated.
    readings: dict[tuple[str, str], None] = {("", ""): None}
    at = 0
    while at < len(text):
        size = next(size for size in range(min(_LONGEST, len(text) - at), 0, -1) if text[at : at + size] in _DM)
        after = text[at + size : at + size + 1]
        place = 0 if not at else 1 if after and after in "aeiou" else 2
        codes = _DM[text[at : at + size]][place]
        pair = text[at : at + size] in ("mn", "nm")
        grown: dict[tuple[str, str], None] = {}
        for digits, last in readings:
            for code in codes:
                same = code == last and code and not pair
                grown[digits if same else digits + code, code] = None
        readings = dict(list(grown.items())[:_MOST_READINGS])
        at += size
    return tuple(dict.fromkeys(digits[:6].ljust(6, "0") for digits, _ in readings))


@lru_cache(65536)
def sound_codes(word: str) -> tuple[str, ...]:
    """Return all codes of a folded word, each marked with its system: `s:`, `k:` or `d:`."""
    if len(word) < 3:
        return ()
    codes = [f"s:{soundex(word)}", f"k:{cologne(word)}", *(f"d:{one}" for one in daitch_mokotoff(word))]
    return tuple(one for one in codes if len(one) > 2)
