"""The stand-in's tokenizer: byte-pair encoding in the form that llama.cpp reads as `gemma4`, with 2,048 tokens.

Merges join letters only, with one capital at most, in front. So a word has the same tokens after a space, in quotes and
in a name, and copying it is copying tokens. All other printable ASCII characters are tokens of their own; every other
character is its UTF-8 bytes.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from gemwright.wire.tokens import SPECIAL_TOKENS

__all__ = ["CONTROL", "VOCABULARY", "Tokenizer", "load", "train"]

VOCABULARY: Final = 2048
_FIRST: Final = ("<pad>", "<eos>", "<bos>", "<unk>", "<mask>")
CONTROL: Final = (*_FIRST, *(token for token in SPECIAL_TOKENS if token not in _FIRST))
"""Control tokens in the order of their ids."""
_BYTES: Final = tuple(f"<0x{value:02X}>" for value in range(256))
_CHARACTERS: Final = ("\u2581", "\n", "\u27e6", "\u27e7", *(chr(code) for code in range(33, 127)))
_PIECE: Final = re.compile(r"[A-Z]?[a-z]+|.", re.S)
_WORD: Final = re.compile(r"[A-Z]?[a-z]+")
_MARKERS: Final = re.compile("(" + "|".join(re.escape(token) for token in CONTROL) + ")")
_KEPT: Final = 400_000
_PATH: Final = Path(__file__).with_name("tokenizer.json")


class Tokenizer:
    """Text to token ids and back.

    Args:
        merges: pairs of tokens, first the most important.
    """

    def __init__(self, merges: Sequence[tuple[str, str]]) -> None:
        self.merges: tuple[tuple[str, str], ...] = tuple(merges)
        tokens = [*CONTROL, *_BYTES, *_CHARACTERS]
        known = set(tokens)
        for left, right in self.merges:
            if left + right not in known:
                known.add(left + right)
                tokens.append(left + right)
        while len(tokens) < VOCABULARY:
            tokens.append(f"<unused{len(tokens)}>")
        self.tokens: tuple[str, ...] = tuple(tokens)
        self.ids: dict[str, int] = {token: at for at, token in enumerate(tokens)}
        self._rank = {pair: at for at, pair in enumerate(self.merges)}
        self._control = {token: self.ids[token] for token in CONTROL}
        self._pieces: dict[str, tuple[int, ...]] = {}

    def encode(self, text: str, markers: bool) -> list[int]:
        """Return the ids of a text.

        Args:
            text: the text.
            markers: whether the spelling of a control token means that token; otherwise it is ordinary text.
        """
        if not markers:
            return self._plain(text)
        found: list[int] = []
        for piece in _MARKERS.split(text):
            if piece in self._control:
                found.append(self._control[piece])
            elif piece:
                found += self._plain(piece)
        return found

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ids; control tokens appear in their spelling, bytes that are no UTF-8 as U+FFFD."""
        out = bytearray()
        first, last = len(CONTROL), len(CONTROL) + 256
        for at in ids:
            if first <= at < last:
                out.append(at - first)
            else:
                out += self.tokens[at].replace("\u2581", " ").encode()
        return out.decode("utf-8", "replace")

    def save(self, path: Path = _PATH) -> None:
        """Write the merges as JSON."""
        path.write_text(json.dumps({"merges": [" ".join(pair) for pair in self.merges]}, indent=0) + "\n")

    def _plain(self, text: str) -> list[int]:
        found: list[int] = []
        known = self._pieces
        for piece in _PIECE.findall(text.replace(" ", "\u2581")):
            ids = known.get(piece)
            if ids is None:
                ids = self._word(piece)
            found += ids
        return found

    def _word(self, word: str) -> tuple[int, ...]:
        parts = list(word)
        rank = self._rank
        while len(parts) > 1:
            best = min(range(len(parts) - 1), key=lambda at: (rank.get((parts[at], parts[at + 1]), 1 << 30), at))
            if (parts[best], parts[best + 1]) not in rank:
                break
            parts[best : best + 2] = [parts[best] + parts[best + 1]]
        found: list[int] = []
        for part in parts:
            at = self.ids.get(part)
            found += (at,) if at is not None else (len(CONTROL) + byte for byte in part.encode())
        ids = tuple(found)
        if len(self._pieces) < _KEPT:
            self._pieces[word] = ids
        return ids


def load(path: Path = _PATH) -> Tokenizer:
    """Read a tokenizer that `Tokenizer.save` wrote."""
    merges = json.loads(path.read_text())["merges"]
    return Tokenizer([(left, right) for left, right in (pair.split(" ") for pair in merges)])


def count_words(text: str, counts: Counter[str]) -> None:
    """Add the words of a text that merges may join to their counts."""
    counts.update(_WORD.findall(_MARKERS.sub(" ", text)))


def train(counts: Mapping[str, int], merges: int) -> Tokenizer:
    """Learn merges from the words of a text.

    Args:
        counts: how often each word occurs.
        merges: how many merges to learn.
    """
    words = [list(word) for word in counts]
    weights = list(counts.values())
    pairs: Counter[tuple[str, str]] = Counter()
    where: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for at, word in enumerate(words):
        for pair in pairwise(word):
            pairs[pair] += weights[at]
            where[pair].add(at)
    found: list[tuple[str, str]] = []
    while len(found) < merges and pairs:
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        if pairs[best] < 2:
            break
        found.append(best)
        for at in sorted(where[best]):
            word = words[at]
            for pair in pairwise(word):
                pairs[pair] -= weights[at]
                where[pair].discard(at)
            here = 0
            while here < len(word) - 1:
                if (word[here], word[here + 1]) == best:
                    word[here : here + 2] = [word[here] + word[here + 1]]
                else:
                    here += 1
            for pair in pairwise(word):
                pairs[pair] += weights[at]
                where[pair].add(at)
        pairs.pop(best, None)
    return Tokenizer(found)


if __name__ == "__main__":
    from training.rows import tokenizer_counts

    room = VOCABULARY - len(CONTROL) - len(_BYTES) - len(_CHARACTERS)
    train(tokenizer_counts(), room).save()
