"""The papers beside a film: they say what is so, hold nobody's code, and look as they should."""

from __future__ import annotations

import csv
import dataclasses
import io
import re

import numpy as np
from PIL import Image

from apps.visualizer.tests.direction.songs import song
from apps.visualizer.tests.project.boards import board
from gemwright_visualizer.output import contact_sheets, cues, description, report_page, subtitles, tile_size
from gemwright_visualizer.records import Line, Storyboard

EVIL = "<script>alert(1)</script>"


def plan(shots: int = 7) -> Storyboard:
    """Return a plan with a line that is not harmless."""
    made = board(shots, 60)
    return dataclasses.replace(
        made,
        shots=tuple(dataclasses.replace(one, critic="too dark" if one.shot == 2 else "") for one in made.shots),
        lines=(Line(0.5, 2.04, f"=1+1 {EVIL} --> la"), Line(61.0, 3661.25, "so far")),
    )


def test_subtitles_are_subrip() -> None:
    """Players read them by these arrows and commas."""
    text = subtitles(plan().lines)
    assert text.startswith("1\n00:00:00,500 --> 00:00:02,040\n")
    assert "\n2\n00:01:01,000 --> 01:01:01,250\nso far\n" in text
    assert text.count("-->") == 2


def test_cues_name_bars_and_beats_and_run_nothing() -> None:
    """A light desk wants bars; a spreadsheet must not run a song's words."""
    rows = list(csv.DictReader(io.StringIO(cues(plan(), song()))))
    assert {row["kind"] for row in rows} >= {"section", "shot", "line"}
    assert rows[0]["bar"] == "1"
    assert [float(row["start"]) for row in rows] == sorted(float(row["start"]) for row in rows)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@"))]


def test_chapters_begin_at_zero_and_stand_apart() -> None:
    """Video sites take no others."""
    text = description(plan(), song(), "First Light", "nobody")
    times = [int(m) * 60 + int(s) for m, s in re.findall(r"^(\d+):(\d\d) [A-Z]", text, re.MULTILINE)]
    assert times[0] == 0
    assert min(np.diff(times)) >= 9
    assert "First Light" in text


def test_the_report_stands_alone_and_escapes_everything() -> None:
    """It is opened from a disk, years later, and names come from strangers' files."""
    check = {"group": "file", "title": EVIL, "figure": 1.0, "unit": "", "bar": "yes", "passed": True, "detail": EVIL}
    page = report_page(
        plan(),
        song(),
        [check],
        title=EVIL,
        artist=EVIL,
        film='f".mp4',
        sheets=[b"png"],
        facts=[(EVIL, EVIL)],
        decisions=[{"stage": "mood", "value": EVIL}],
    )
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 6
    assert 'src="f&quot;.mp4"' in page
    assert not re.findall(r"(?:src|href)=\"(?!data:|f&quot;)", page)
    assert "default-src 'none'" in page


def test_the_sheet_shows_each_shot_and_comes_in_pages() -> None:
    """A film of a hundred and thirty shots does not fit on one page that anybody reads."""
    made = plan(130)
    width, height = tile_size(made)
    pictures = {shot.shot: np.full((height, width, 3), (shot.shot, 200, 30), np.uint8) for shot in made.shots}
    pages = contact_sheets(made, song(), pictures, title="A title that is far too long for the page " * 9, artist="x")
    assert len(pages) == 3
    first = np.asarray(Image.open(io.BytesIO(pages[0])).convert("RGB"))
    for shot in made.shots[:60]:
        assert (first == (shot.shot, 200, 30)).all(axis=-1).sum() > 0.8 * width * height
    assert first.shape[1] == 2000


def test_tiles_keep_the_shape_of_the_film() -> None:
    """An upright film on a lying tile is no preview of anything."""
    for size in ((1920, 1080), (1080, 1920), (1080, 1080), (1080, 1350)):
        width, height = tile_size(dataclasses.replace(board(), width=size[0], height=size[1]))
        assert abs(width / height - size[0] / size[1]) < 0.03
