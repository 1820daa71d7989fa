"""The formats: LRC with line and word tags, SubRip, WebVTT. What a line lacks is left open for the mending."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gemwright_visualizer.lyrics.text import plain
from gemwright_visualizer.records import Word

__all__ = ["Raw", "of_cues", "of_lrc"]

LINE_TAG = re.compile(r"\[(\d{1,3}):(\d{1,2})(?:[.:](\d{1,3}))?\]")
WORD_TAG = re.compile(r"<(\d{1,3}):(\d{1,2})(?:[.:](\d{1,3}))?>")
HEAD_TAG = re.compile(r"\[([A-Za-z#]+):([^\]]*)\]\s*$")
ARROW = re.compile(r"((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})")


@dataclass(frozen=True, slots=True)
class Raw:
    """A line as it stands in a file; `end` is None where the file does not say."""

    start: float
    end: float | None
    text: str
    words: tuple[Word, ...] = ()


def _seconds(minutes: str, seconds: str, part: str | None) -> float:
    return int(minutes) * 60 + int(seconds) + (int(part) / 10 ** len(part) if part else 0.0)


def of_lrc(text: str) -> list[Raw]:
    """Read LRC: `[mm:ss.xx]` before a line, several where it is sung again, `<mm:ss.xx>` before words, `[offset:ms]`.

    A positive offset shows lines earlier, as the format's first player did.
    """
    found: list[Raw] = []
    shift = 0.0
    for row in text.splitlines():
        head = HEAD_TAG.fullmatch(row.strip())
        if head and not LINE_TAG.match(row.strip()):
            if head.group(1).lower() == "offset":
                shift = _offset(head.group(2))
            continue
        times: list[float] = []
        rest = row.strip()
        while match := LINE_TAG.match(rest):
            times.append(_seconds(*match.groups()))
            rest = rest[match.end() :].lstrip()
        if not times:
            continue
        words, end = _words(rest)
        line = plain(WORD_TAG.sub("", rest))
        for index, time in enumerate(times):
            moved = time - times[0]
            sung = tuple(Word(word.start + moved, word.text) for word in words)
            found.append(Raw(time, end + moved if end is not None else None, line, sung if index == 0 or words else ()))
    return [_moved(raw, -shift) for raw in found]


def _offset(text: str) -> float:
    try:
        value = float(text.strip())
    except ValueError:
        return 0.0
    return value / 1000 if abs(value) < 600_000 else 0.0


def _moved(raw: Raw, by: float) -> Raw:
    if not by:
        return raw
    words = tuple(Word(word.start + by, word.text) for word in raw.words)
    return Raw(raw.start + by, raw.end + by if raw.end is not None else None, raw.text, words)


def _words(text: str) -> tuple[tuple[Word, ...], float | None]:
    """Return words with times; a tag without a word behind it is the line's end."""
    tags = list(WORD_TAG.finditer(text))
    words: list[Word] = []
    end: float | None = None
    for index, tag in enumerate(tags):
        stop = tags[index + 1].start() if index + 1 < len(tags) else len(text)
        word, time = plain(text[tag.end() : stop]), _seconds(*tag.groups())
        if word:
            words.append(Word(time, word))
        elif index == len(tags) - 1:
            end = time
    return tuple(words), end


def of_cues(text: str) -> list[Raw]:
    """Read SubRip or WebVTT: a row with `start --> end`, then the text until an empty row; lines of a cue are joined."""
    found: list[Raw] = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        rows = block.split("\n")
        place = next((index for index, row in enumerate(rows) if "-->" in row), None)
        if place is None or not (times := ARROW.search(rows[place])):
            continue
        body = " ".join(rows[place + 1 :])
        words = _cue_words(body, _clock(times.group(1)))
        line = plain(re.sub(r"<\d[\d:.,]*>", "", body))
        found.append(Raw(_clock(times.group(1)), _clock(times.group(2)), line, words))
    return found


def _cue_words(body: str, start: float) -> tuple[Word, ...]:
    """Return words where the cue has time tags inside, as karaoke tracks have."""
    pieces = re.split(r"<((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})>", body)
    if len(pieces) < 3:
        return ()
    times = [start, *(_clock(piece) for piece in pieces[1::2])]
    texts = [plain(piece) for piece in pieces[::2]]
    return tuple(Word(time, word) for time, word in zip(times, texts, strict=True) if word)


def _clock(text: str) -> float:
    whole, _, part = text.replace(",", ".").partition(".")
    seconds = 0
    for field in whole.split(":"):
        seconds = seconds * 60 + int(field)
    return seconds + int(part) / 10 ** len(part)
