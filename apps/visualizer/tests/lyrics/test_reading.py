"""Lyrics files as people have them: good ones to the hundredth, broken ones mended, and what was mended said."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from gemwright_visualizer.errors import SongProblem
from gemwright_visualizer.lyrics import read_lyrics
from gemwright_visualizer.records import Analysis, Features, Line, Loudness, Rhythm, Section


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    """A minute at 120 beats a minute: an intro, a verse with a voice, an outro."""
    rows = 6001
    bands = np.full((rows, 6), 0.1, np.float32)
    bands[1600:4800, 2:4] = 0.8
    flat = np.full(rows, 0.1, np.float32)
    features = Features(
        hop=0.01, loudness=flat, bands=bands, onset_low=flat, onset_mid=flat, onset_high=flat, centroid=flat,
        flatness=flat, percussive=flat, chroma=np.full((rows, 12), 1 / 12, np.float32), width=flat,
    )  # fmt: skip
    beats = tuple(index / 2 for index in range(120))
    sections = (
        Section(0, 16, "A", "intro", 0.3),
        Section(16, 48, "B", "verse", 0.8),
        Section(48, 60, "A", "outro", 0.3),
    )
    return Analysis(60.0, Rhythm(120, 0.9, beats, beats[::4], 4), sections, (), features, Loudness(-14, 5, -1))


def read(folder: Path, name: str, content: str | bytes, analysis: Analysis) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """Write a file and read it."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_lyrics(path, analysis)


def test_lrc_lines_end_where_the_next_begins(tmp_path: Path, analysis: Analysis) -> None:
    """The format has no ends; an empty line is one."""
    lines, said = read(tmp_path, "a.lrc", "[ti:X]\n[00:01.50]One\n[00:03.25]Two\n[00:05]\n[00:20.125]Three\n", analysis)
    assert [(line.start, line.end, line.text) for line in lines] == [
        (1.5, 3.25, "One"),
        (3.25, 5.0, "Two"),
        (20.125, 28.125, "Three"),
    ]
    assert not said


def test_lrc_word_tags_offset_and_repeated_lines(tmp_path: Path, analysis: Analysis) -> None:
    """The enhanced format times words; one text may have several times; a positive offset shows lines earlier."""
    text = "[offset:500]\n[00:10.00]<00:10.00>Hold <00:10.60>on <00:11.20>\n[00:30.00][00:40.00]Again\n"
    lines, _ = read(tmp_path, "a.lrc", text, analysis)
    assert [(word.start, word.text) for word in lines[0].words] == [(9.5, "Hold"), (10.1, "on")]
    assert (lines[0].start, lines[0].end, lines[0].text) == (9.5, 10.7, "Hold on")
    assert [line.start for line in lines[1:]] == [29.5, 39.5]


def test_broken_lrc_is_mended_and_it_is_said(tmp_path: Path, analysis: Analysis) -> None:
    """Unsorted, doubled, beyond the end: each with its own sentence."""
    text = "[00:20.00]B\n[00:10.00]A\n[00:10.10]A\n[01:30.00]Late\n"
    lines, said = read(tmp_path, "a.lrc", text, analysis)
    assert [line.text for line in lines] == ["A", "B"]
    assert len(said) == 3
    assert any("sorted" in sentence for sentence in said)
    assert any("1 of 4 lines begin after the song's end" in sentence for sentence in said)
    assert any("twice" in sentence for sentence in said)


def test_lrc_of_another_song_is_refused(tmp_path: Path, analysis: Analysis) -> None:
    """Nothing in it belongs here."""
    with pytest.raises(SongProblem, match="no line within the 60 s"):
        read(tmp_path, "a.lrc", "[03:10.00]Elsewhere\n", analysis)


def test_srt_and_vtt(tmp_path: Path, analysis: Analysis) -> None:
    """Both, with markup, joined rows, karaoke tags and Windows line ends."""
    srt = "1\r\n00:00:01,500 --> 00:00:03,000\r\n<i>One</i>\r\nand more\r\n\r\n2\r\n00:00:04,000 --> 00:00:05,000\r\nTwo\r\n"
    lines, _ = read(tmp_path, "a.srt", srt, analysis)
    assert [(line.start, line.end, line.text) for line in lines] == [(1.5, 3.0, "One and more"), (4.0, 5.0, "Two")]
    vtt = "WEBVTT\n\nNOTE hi\n\n00:07.000 --> 00:09.000 align:start\n<v Ann>Hey <00:08.000>you\n"
    lines, _ = read(tmp_path, "a.vtt", vtt, analysis)
    assert lines[0].text == "Hey you"
    assert [(word.start, word.text) for word in lines[0].words] == [(7.0, "Hey"), (8.0, "you")]


def test_text_without_times_is_spread_over_the_verse_and_marked(tmp_path: Path, analysis: Analysis) -> None:
    """Guessed times fall on beats, in order, where a voice is likely, and say that they are guessed."""
    text = "[Verse 1]\nThe first line is here\nThe second line is here\n\nA third\nAnd the last one\n"
    lines, said = read(tmp_path, "a.txt", text, analysis)
    assert [line.text for line in lines] == [row for row in text.splitlines() if row and not row.startswith("[")]
    assert all(line.approximate for line in lines)
    assert all(16 <= line.start < 48 and line.start % 0.5 == 0 for line in lines)
    assert all(a.end <= b.start for a, b in pairwise(lines))
    assert any("approximate" in sentence for sentence in said)


@pytest.mark.parametrize(
    ("encoding", "text", "shown"),
    [
        ("cp1252", "Fa\u00e7ade d\u00e9j\u00e0 vue", "Windows-1252"),
        (
            "cp1251",
            "\u041f\u043e\u0434 \u0432\u0435\u0447\u0435\u0440",
            "Windows-1251",
        ),
        ("shift_jis", "\u3055\u304f\u3089\u3055\u304f\u3089\u306e\u305d\u3089\u306f", "Shift JIS"),
        ("gb18030", "\u6211\u7231\u4f60\u4e2d\u56fd", "GB 18030"),
        ("utf-16", "Na\u00efve", ""),
        ("utf-8-sig", "Na\u00efve", ""),
    ],
)
def test_other_encodings(tmp_path: Path, analysis: Analysis, encoding: str, text: str, shown: str) -> None:
    """Old files are in the code page of their country."""
    lines, said = read(tmp_path, "a.lrc", f"[00:01.00]{text}\n[00:04.00]{text}\n".encode(encoding), analysis)
    assert lines[0].text == text
    assert [sentence for sentence in said if "not UTF-8" in sentence] == (
        [f"the lyrics are not UTF-8 and were read as {shown}"] if shown else []
    )


def test_hostile_text_is_only_text(tmp_path: Path, analysis: Analysis) -> None:
    """Control characters would reach a terminal, and endless lines a layout."""
    lines, _ = read(tmp_path, "a.lrc", "[00:01.00]a\x1b[31m\u202eb" + "x" * 5000 + "\n", analysis)
    assert "\x1b" not in lines[0].text and "\u202e" not in lines[0].text
    assert len(lines[0].text) <= 300


def test_what_is_no_lyrics_is_refused(tmp_path: Path, analysis: Analysis) -> None:
    """Empty, missing, a picture, a book."""
    for name, content in (("a.lrc", b""), ("b.txt", b"\x89PNG\x00\x00\x00"), ("c.txt", b"x" * 3_000_000)):
        with pytest.raises(SongProblem) as caught:
            read(tmp_path, name, content, analysis)
        assert caught.value.hint
    with pytest.raises(SongProblem, match="cannot be read"):
        read_lyrics(tmp_path / "none.lrc", analysis)
