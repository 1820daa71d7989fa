"""A film: type that reads, joins between shots, few flashes, clear refusals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from apps.visualizer.tests.rendering.boards import board, drums
from gemwright import UsageProblem
from gemwright_visualizer.palettes import from_hex
from gemwright_visualizer.palettes.colours import to_linear
from gemwright_visualizer.records import Line
from gemwright_visualizer.rendering import MANNERS, Film
from gemwright_visualizer.verifying import FlashMeter

SONG = drums()
TEXT = "Slow light over the river"


def ratio(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return WCAG's contrast of luminances."""
    return (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)


def luminance(pixels: np.ndarray) -> np.ndarray:
    """Return relative luminances of stored pixels."""
    return to_linear(pixels.astype(np.float32) / np.float32(255)) @ np.array([0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("style", MANNERS)
@pytest.mark.parametrize("scene", ["stripes", "liquid"])
def test_type_reads_on_any_ground(scene: str, style: str) -> None:
    """By the pixels: what lies in the line's box and is not type has a contrast of 4.5 with it; the box is in the safe area."""
    story = board([scene], frames=60, palettes=("signal",), text=TEXT, style=style)
    film = Film(story, SONG, limited=False, size=(384, 216))
    (caption,) = film.captions(48)
    assert caption.contrast >= 4.5
    assert caption.left >= 0.1 * 384 - 0.5 and caption.right <= 0.9 * 384 + 0.5
    assert caption.top >= 0.1 * 216 - 0.5 and caption.bottom <= 0.9 * 216 + 0.5
    box = (slice(int(caption.top), int(caption.bottom) + 1), slice(int(caption.left), int(caption.right) + 1))
    with_type = luminance(film.frame(48)[box])
    type_light = float(luminance((from_hex(caption.colour) * 255)[None, :])[0])
    contrasts = ratio(with_type, np.full_like(with_type, type_light))
    assert (contrasts < 2.2).mean() > 0.006, "no type is seen"
    # The ground is what lies two pixels and more from type: the edges of letters are half of each.
    away = ~ndimage.binary_dilation(contrasts < 3.2, iterations=2)
    dark_type = type_light < 0.18
    ground = with_type[away]
    against = np.percentile(ground, 2 if dark_type else 98)
    assert float(ratio(np.array(against), np.array(type_light))) >= 4.4


def test_a_line_comes_on_time_and_goes() -> None:
    """Nothing before it is sung, nothing after; never two lines at once."""
    film = Film(board(["ring", "cells"], frames=60, text=TEXT), SONG, limited=False, size=(160, 90))
    assert film.captions(0) == ()
    assert len(film.captions(30)) == 1
    assert film.captions(59) == ()
    assert film.frame(30).tobytes() != film.frame(30, type_on=False).tobytes()
    assert film.frame(0).tobytes() == film.frame(0, type_on=False).tobytes()


def test_the_word_that_is_sung_is_lit() -> None:
    """With words' times, a line changes as its words are sung; without, it stands still once it has come."""
    story = board(["ring"], frames=90, text=TEXT)
    sung = Film(story, drums(loud=False), limited=False, size=(320, 180))
    line = story.lines[0]
    still = Film(
        replace(story, lines=(Line(line.start, line.end, line.text),)),
        drums(loud=False),
        limited=False,
        size=(320, 180),
    )

    def lit(film: Film, at: int) -> np.ndarray:
        difference = np.abs(film.frame(at).astype(int) - film.frame(at, type_on=False).astype(int)).sum(axis=2)
        return difference[130:170]

    assert np.abs(lit(sung, 26) - lit(sung, 38)).max() > 100
    assert np.abs(lit(sung, 26) - lit(sung, 38)).sum() > 3 * np.abs(lit(still, 66) - lit(still, 78)).sum()


def test_a_title_card_is_shown_once_where_it_is_wanted() -> None:
    """In the first seconds, and not where a line is sung."""
    film = Film(
        board(["stars"], frames=180),
        SONG,
        title="Northern Lights",
        artist="Vela",
        card=True,
        limited=False,
        size=(160, 90),
    )
    assert [caption.text for caption in film.captions(60)] == ["Northern Lights"]
    assert film.captions(170) == ()
    without = Film(board(["stars"], frames=180), SONG, title="Northern Lights", limited=False, size=(160, 90))
    assert without.captions(60) == ()


@pytest.mark.parametrize("transition", ["dissolve", "flash", "whip"])
def test_a_transition_joins_two_shots(transition: str) -> None:
    """Within it a frame is neither shot's own; after it the shot stands alone."""
    cut = Film(board(["ring", "cells"], frames=40), SONG, limited=False, size=(96, 54))
    film = Film(
        board(["ring", "cells"], frames=40, transition=transition),  # pyright: ignore[reportArgumentType]
        SONG,
        limited=False,
        size=(96, 54),
    )
    assert film.frame(41).tobytes() != cut.frame(41).tobytes()
    assert film.frame(39).tobytes() == cut.frame(39).tobytes()
    assert film.frame(70).tobytes() == cut.frame(70).tobytes()


def _worst(film: Film, frames: range) -> float:
    meter = FlashMeter(30, 24 * 14)
    for at in frames:
        picture = film.frame(at)
        meter.see(picture[2::4, 2::4][:14, :24].reshape(-1, 3))
    return max(meter.general, meter.red)


def test_a_strobing_plan_is_tamed_and_keeps_its_rhythm() -> None:
    """Light and dark shots of a tenth of a second each: far too many flashes, and three at most once it is limited."""
    story = board(["stripes", "ring"] * 12, frames=3, palettes=("signal", "noir"))
    wild = Film(story, SONG, limited=False, size=(96, 56))
    tame = Film(story, SONG, size=(96, 56))
    assert _worst(wild, range(0, 66)) > 3
    assert _worst(tame, range(0, 66)) <= 3
    change = [float(np.abs(tame.frame(at).astype(int) - tame.frame(at - 1).astype(int)).mean()) for at in range(40, 58)]
    cuts = [value for at, value in zip(range(40, 58), change, strict=True) if at % 3 == 0]
    others = [value for at, value in zip(range(40, 58), change, strict=True) if at % 3]
    assert float(np.median(cuts)) > 2 * float(np.median(others))


def test_limiting_does_not_depend_on_the_order_of_frames() -> None:
    """A frame that is limited is the same bytes alone as in order."""
    story = board(["stripes", "ring"] * 12, frames=3, palettes=("signal", "noir"))
    one, other = (Film(story, SONG, size=(64, 36)) for _ in range(2))
    wanted = [one.frame(at).tobytes() for at in range(30, 50)]
    assert [other.frame(at).tobytes() for at in (49, 33)] == [wanted[19], wanted[3]]


def test_a_calm_plan_is_left_alone() -> None:
    """Contrast is taken only where the rule asks for it."""
    story = board(["liquid", "ring"], frames=45)
    free, tame = (Film(story, SONG, limited=limited, size=(96, 54)) for limited in (False, True))
    assert free.frame(60).tobytes() == tame.frame(60).tobytes()


def test_a_users_picture_is_shown_and_a_broken_one_is_reported(tmp_path: Path) -> None:
    """A picture changes what is seen; one that cannot be read gives a sentence and a drawn one instead."""
    picture = np.zeros((90, 160, 3), dtype=np.uint8)
    picture[:, :80] = (220, 60, 40)
    Image.fromarray(picture).save(tmp_path / "left.png")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    story = board(["image"], frames=30)

    def film_of(file: str) -> Film:
        shots = tuple(replace(shot, keyframe_file=file) for shot in story.shots)
        return Film(replace(story, shots=shots), SONG, folder=tmp_path, limited=False, size=(160, 90))

    shown = film_of("left.png").frame(10)
    assert shown[40, 20].astype(int).sum() > 2 * shown[40, 140].astype(int).sum()
    for file in ("broken.png", "missing.png", "../outside.png"):
        film = film_of(file)
        assert film.frame(10).std() > 5
        assert len(film.warnings) == 1


def test_what_cannot_be_drawn_is_refused() -> None:
    """Each with a hint."""
    story = board(["ring"], frames=30)
    unknown = replace(story, shots=(replace(story.shots[0], scene="plasma"),))
    backwards = replace(story, shots=(replace(story.shots[0], end_frame=0),))
    colourless = replace(story, shots=(replace(story.shots[0], palette="nothing"),))
    for wrong in (unknown, backwards, colourless, replace(story, shots=())):
        with pytest.raises(UsageProblem) as caught:
            Film(wrong, SONG)
        assert caught.value.hint
    film = Film(story, SONG, size=(64, 36))
    for frame in (-1, 30):
        with pytest.raises(UsageProblem):
            film.frame(frame)
