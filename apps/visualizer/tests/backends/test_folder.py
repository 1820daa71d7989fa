"""The user's own pictures: odd formats, turned ones, hostile ones, and which shot gets which."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gemwright_visualizer.backends import PictureFolder, Request, fitted, picture_from_file
from gemwright_visualizer.errors import PictureProblem


def wanted(shot: int, size: tuple[int, int] = (160, 90)) -> Request:
    """Return a request for a shot's picture."""
    return Request(shot, "", "", 1, size)


def plain(folder: Path, name: str, colour: tuple[int, int, int], size: tuple[int, int] = (64, 36)) -> None:
    """Write a picture of one colour."""
    Image.new("RGB", size, colour).save(folder / name)


def test_pictures_come_in_the_order_people_sort_them_and_by_number_where_they_have_one(tmp_path: Path) -> None:
    """`shot-2` goes to shot 2; the others take turns, 2 before 10."""
    for name, red in (("b10.png", 30), ("b2.png", 20), ("shot-2.png", 200), ("a.png", 10)):
        plain(tmp_path, name, (red, 0, 0))
    folder = PictureFolder(tmp_path)
    assert [one.name for one in folder.files] == ["a.png", "b2.png", "b10.png", "shot-2.png"]
    assert [int(folder.generate(wanted(shot)).picture[0, 0, 0]) for shot in range(1, 6)] == [10, 200, 30, 10, 20]
    assert folder.generate(wanted(2)).source == "shot-2.png"


def test_a_turned_photograph_stands_upright(tmp_path: Path) -> None:
    """What a phone says by EXIF is done: the red top stays on top."""
    image = Image.new("RGB", (40, 80), (0, 0, 255))
    image.paste((255, 0, 0), (0, 0, 40, 20))
    exif = Image.Exif()
    exif[0x0112] = 6
    image.rotate(90, expand=True).save(tmp_path / "turned.jpg", exif=exif, quality=95)
    upright = np.asarray(picture_from_file(tmp_path / "turned.jpg"))
    assert upright.shape[:2] == (80, 40) and upright[5, 20, 0] > 200 and upright[60, 20, 2] > 200


@pytest.mark.parametrize(
    ("name", "mode"),
    [("p.png", "P"), ("la.png", "LA"), ("rgba.webp", "RGBA"), ("l.bmp", "L"), ("c.jpg", "CMYK"), ("g.gif", "P"),
     ("one.png", "1"), ("i16.png", "I;16"), ("f.tiff", "F")],
)  # fmt: skip
def test_odd_formats_become_rgb(tmp_path: Path, name: str, mode: str) -> None:
    """Palettes, alpha, grey, CMYK, one bit, sixteen bits, floats."""
    ramp = np.tile(np.linspace(0, 255, 64), (36, 1))
    if mode == "I;16":
        image = Image.fromarray((ramp * 257).astype(np.uint16))
    elif mode == "F":
        image = Image.fromarray(ramp.astype(np.float32))
    else:
        image = Image.fromarray(ramp.astype(np.uint8)).convert("RGB").convert(mode)
    image.save(tmp_path / name)
    picture = fitted(picture_from_file(tmp_path / name), (64, 36))
    assert picture.shape == (36, 64, 3) and picture.dtype == np.uint8
    assert int(picture[:, -8:].mean()) > int(picture[:, :8].mean()) + 60


def bomb(side: int) -> bytes:
    """Return a small PNG that says it has `side` times `side` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 4000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"hello", "no picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "no picture"),
        (bomb(60_000), "far too many pixels"),
        (bomb(12_000), "12000 by 12000"),
        (bomb(600), "broken"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 400, "p.png is"),
    ],
    ids=["empty", "text", "postscript", "bomb", "large", "cut", "noise"],
)
def test_a_hostile_file_is_passed_over_and_named(tmp_path: Path, data: bytes, says: str) -> None:
    """The film gets the next picture, and the report the reason."""
    (tmp_path / "p.png").write_bytes(data)
    plain(tmp_path, "q.png", (9, 9, 9))
    folder = PictureFolder(tmp_path)
    made = folder.generate(wanted(1))
    assert made.source == "q.png" and says in made.notes[0] and says in folder.skipped[0]
    (tmp_path / "q.png").unlink()
    with pytest.raises(PictureProblem, match="none of the pictures"):
        PictureFolder(tmp_path).generate(wanted(1))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_links_out_of_the_folder_and_pipes_are_left_out(tmp_path: Path) -> None:
    """Nothing outside is read, and nothing waits for ever."""
    inside = tmp_path / "pictures"
    inside.mkdir()
    plain(tmp_path, "secret.png", (1, 2, 3))
    (inside / "link.png").symlink_to(tmp_path / "secret.png")
    (inside / "loop.png").symlink_to(inside / "loop.png")
    os.mkfifo(inside / "pipe.png")
    (inside / "folder.png").mkdir()
    plain(inside, "good.png", (5, 5, 5))
    folder = PictureFolder(inside)
    assert [one.name for one in folder.files] == ["good.png"] and len(folder.skipped) == 4


def test_a_folder_without_pictures_is_told(tmp_path: Path) -> None:
    """And so is one that is not there."""
    (tmp_path / "notes.txt").write_text("hello", "utf-8")
    with pytest.raises(PictureProblem, match="no picture in"):
        PictureFolder(tmp_path)
    with pytest.raises(PictureProblem, match="no folder"):
        PictureFolder(tmp_path / "nowhere")


def test_a_picture_fills_its_frame_without_being_stretched() -> None:
    """A circle stays one: the picture is cut, not pulled."""
    image = Image.new("RGB", (400, 400), (0, 0, 0))
    image.paste((255, 255, 255), (150, 150, 250, 250))
    frame = fitted(image, (320, 180))
    rows, columns = np.where(frame[..., 0] > 128)
    assert frame.shape == (180, 320, 3) and abs((rows.max() - rows.min()) - (columns.max() - columns.min())) <= 2
