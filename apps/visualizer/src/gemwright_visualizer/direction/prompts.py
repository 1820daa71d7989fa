"""The words that an image generator gets: assembled by code, so that all pictures of a film share the same style text."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Sequence
from typing import Final

from gemwright_visualizer.records import Cast, Look, Palette

__all__ = ["MOST_TOKENS", "colour_word", "negative_of", "palette_words", "prompt_of", "tokens"]

MOST_TOKENS: Final = 75
"""What the text encoders of common image models read of a prompt; the rest is cut off there.

Source: CLIP reads 77 tokens, two of which mark the text's beginning and end (pkg:pypi/transformers CLIPTextConfig,
`max_position_embeddings`).
"""
STANDARD_AVOID: Final = (
    "text, watermark, logo, signature, border, frame, collage of pictures, blurry, low quality, extra fingers"
)
MEDIA: Final[dict[str, str]] = {
    "photo": "photograph",
    "film": "film still",
    "painting": "oil painting",
    "3d": "3d render",
    "ink": "ink drawing",
    "collage": "paper collage",
    "pixel": "pixel art",
    "abstract": "abstract composition",
}
SIZES: Final[dict[str, str]] = {
    "wide": "wide shot of",
    "medium": "medium shot of",
    "close": "close-up of",
    "macro": "macro shot of",
    "top": "top view of",
}
_PIECE: Final = re.compile(r"[^\W\d_]+|\d|[^\w\s]|_", re.UNICODE)
_LETTERS: Final = 5
"""Letters of a word that one token is counted for: more tokens are counted than a real encoder makes of English."""
_HUES: Final = (
    (15, "red"),
    (40, "orange"),
    (66, "yellow"),
    (165, "green"),
    (200, "teal"),
    (255, "blue"),
    (290, "violet"),
    (335, "magenta"),
    (361, "red"),
)


def tokens(text: str) -> int:
    """Return how many tokens a text has at most, counted without a tokeniser: generous for every word."""
    found = _PIECE.findall(text)
    return sum(1 if not piece.isalpha() else _in_word(piece) for piece in found)


def _in_word(word: str) -> int:
    return len(word.encode("utf-8")) if not word.isascii() else 1 + (len(word) - 1) // _LETTERS


def colour_word(colour: str) -> str:
    """Return a name in plain words for a colour `#rrggbb`."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, light, full = colorsys.rgb_to_hls(red, green, blue)
    if light < 0.09:
        return "black"
    if light > 0.93:
        return "white"
    if full < 0.12:
        return "dark grey" if light < 0.35 else "grey" if light < 0.7 else "pale grey"
    name = next(name for upto, name in _HUES if hue * 360 < upto)
    return f"dark {name}" if light < 0.3 else f"pale {name}" if light > 0.78 else name


def palette_words(palette: Palette) -> str:
    """Return a palette in at most three colour names."""
    words = dict.fromkeys(colour_word(one) for one in (palette.c1, palette.c3, palette.accent, palette.c2, palette.c4))
    return " and ".join(list(words)[:3])


def prompt_of(look: Look, what: str, size: str, cast: Sequence[Cast] = ()) -> str:
    """Return the prompt of a shot, 75 counted tokens at most.

    Style first, then what is seen, who, where, light, colours, lens. Where it is too long, the lens goes first, then
    colours, place, light and clothes, whole; what is seen is shortened last.

    Args:
        look: of the film.
        what: is seen.
        size: of the shot, as in a storyboard.
        cast: who is in it; their looks are put in word by word.
    """
    head = f"{MEDIA.get(look.medium, look.medium)}, {look.style}" if look.style else MEDIA.get(look.medium, look.medium)
    seen = f"{SIZES.get(size, '')} {what}".strip()
    people = [f"{one.name}: {one.looks}".strip(": ") for one in cast]
    clothes = [one.clothes for one in cast]
    parts: list[tuple[int, str]] = [
        (0, head),
        (0, seen),
        *[(1, text) for text in people],
        *[(2, text) for text in clothes],
        (4, look.place),
        (3, look.light),
        (5, palette_words(look.palette)),
        (6, look.lens),
    ]
    parts = [(rank, text.strip(" ,.;")) for rank, text in parts if text.strip(" ,.;")]
    for drop in (6, 5, 4, 3, 2, 1):
        if tokens(", ".join(text for _, text in parts)) <= MOST_TOKENS:
            break
        parts = [(rank, text) for rank, text in parts if rank != drop]
    return _shortened(", ".join(text for _, text in parts))


def negative_of(look: Look) -> str:
    """Return what no picture may show: what the look avoids, and the standard list."""
    return _shortened(f"{look.avoid}, {STANDARD_AVOID}" if look.avoid else STANDARD_AVOID)


def _shortened(text: str) -> str:
    words = text.split(" ")
    while len(words) > 1 and tokens(" ".join(words)) > MOST_TOKENS:
        words.pop()
    while tokens(words[0]) > MOST_TOKENS:
        words[0] = words[0][: len(words[0]) // 2]
    return " ".join(words).rstrip(" ,")
