"""ANSEL (ANSI/NISO Z39.47), the old character set of GEDCOM, with GEDCOM's own four additions."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["decode_ansel"]

_SPACING: Final = dict(
    zip(
        bytes.fromhex("a1a2a3a4a5a6a7a8a9aaabacadaeb0b1b2b3b4b5b6b7b8b9babcbdbebfc0c1c2c3c4c5c6c7c8cdcecf"),
        "ŁØĐÞÆŒʹ·♭®±ƠƯʼʻłøđþæœʺı£ðơư□■°ℓ℗©♯¿¡ß€eoß",  # noqa: RUF001  # letters that look like others
        strict=True,
    )
)
# A combining mark stands before its letter in ANSEL, after it in Unicode.
_COMBINING: Final = dict(
    zip(
        bytes.fromhex("e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfe"),
        "\u0309\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030c\u030a\ufe20\ufe21\u0315\u030b\u0310"
        "\u0327\u0328\u0323\u0324\u0325\u0333\u0332\u0326\u031c\u032e\ufe22\ufe23\u0338\u0313",
        strict=True,
    )
)
_TABLE: Final = {**_SPACING, **_COMBINING}
_MARKS: Final = "".join(_COMBINING.values())
_BEFORE_LETTER: Final = re.compile(f"([{_MARKS}]+)([^{_MARKS}\r\n])")


def decode_ansel(data: bytes) -> str:
    """Decode whole lines; a byte that ANSEL does not define becomes U+FFFD."""
    if data.isascii():
        return data.decode("ascii")
    text = data.decode("latin-1").translate({byte: _TABLE.get(byte, "\ufffd") for byte in range(128, 256)})
    return unicodedata.normalize("NFC", _BEFORE_LETTER.sub(r"\2\1", text))
