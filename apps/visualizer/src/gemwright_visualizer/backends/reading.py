"""Bytes and files from anywhere as pictures: turned upright, in RGB, of bounded size; what is none is refused."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image, ImageOps

from gemwright_visualizer.errors import PictureProblem
from gemwright_visualizer.records import Frame

__all__ = ["FORMATS", "MOST_BYTES", "fitted", "picture_from_bytes", "picture_from_file"]

FORMATS: Final = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM", "TGA")
"""Formats that are opened; nothing that runs another program, such as EPS."""
MOST_BYTES: Final = 128 * 1024 * 1024
_MOST_PIXELS: Final = 100_000_000
_SMALLEST: Final = 8


def picture_from_file(path: Path, most_side: int = 4096) -> Image.Image:
    """Read a picture of the user's.

    Args:
        path: of the file.
        most_side: pixels of the longer side; larger pictures are scaled down while they are read.

    Raises:
        PictureProblem: it is no picture that can be read, or too large.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise PictureProblem(
                f"{path.name} has {size:,} bytes; {MOST_BYTES:,} is the limit", hint="scale it down first"
            )
        data = path.read_bytes()
    except OSError as error:
        raise PictureProblem(
            f"{path.name} cannot be read: {error.strerror or error}", hint="look at its rights"
        ) from error
    return picture_from_bytes(data, path.name, most_side)


def picture_from_bytes(data: bytes, name: str, most_side: int = 4096) -> Image.Image:
    """Read bytes as a picture in RGB, turned as its EXIF says, transparent parts on black.

    Args:
        data: the bytes.
        name: for messages.
        most_side: pixels of the longer side at most.

    Raises:
        PictureProblem: they are none, or only a part of one.
    """
    if not data:
        raise PictureProblem(f"{name} is empty", hint="it holds no bytes at all")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data), formats=FORMATS)
            if image.width * image.height > _MOST_PIXELS or min(image.size) < _SMALLEST:
                raise PictureProblem(
                    f"{name} is {image.width} by {image.height} pixels", hint="from 8 by 8 to a hundred million pixels"
                )
            if image.format == "JPEG":
                image.draft("RGB", (most_side, most_side))
            image.load()
            image = ImageOps.exif_transpose(image)
            image = _in_rgb(image)
    except PictureProblem:
        raise
    except Image.DecompressionBombError as error:
        raise PictureProblem(
            f"{name} says that it has far too many pixels", hint="a hundred million at most"
        ) from error
    except Exception as error:  # a decoder that is fed broken bytes raises whatever it likes
        why = str(error).splitlines()[0][:100] if str(error) else type(error).__name__
        kind = "is no picture that can be read" if "cannot identify" in why else f"is broken: {why}"
        raise PictureProblem(f"{name} {kind}", hint=f"formats: {', '.join(FORMATS)}") from error
    image.thumbnail((most_side, most_side), Image.Resampling.LANCZOS)
    return image


def _in_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        values = np.nan_to_num(np.asarray(image, dtype=np.float64))
        span = float(values.max() - values.min()) or 1.0
        return Image.fromarray(((values - values.min()) / span * 255).astype(np.uint8)).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        whole = image.convert("RGBA")
        ground = Image.new("RGBA", whole.size, (0, 0, 0, 255))
        return Image.alpha_composite(ground, whole).convert("RGB")
    return image.convert("RGB")


def fitted(image: Image.Image, size: tuple[int, int]) -> Frame:
    """Return a picture that fills a size: scaled, and cut at two edges where its shape is another.

    The part above the middle is kept where it is cut above and below, since that is where faces are.
    """
    filled: Any = ImageOps.fit(image, size, Image.Resampling.LANCZOS, centering=(0.5, 0.4))
    return np.asarray(filled, dtype=np.uint8).copy()
