"""The critic at work: tries, budgets, what is kept, and what it says where no model sees."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from apps.visualizer.tests.scripted import ScriptedModel
from gemwright import GemwrightError, RuntimeUnreachable
from gemwright_visualizer.asking import Asker
from gemwright_visualizer.critic import Subject, faults, improved, limits_of, measure, sheet_of
from gemwright_visualizer.errors import PictureProblem
from gemwright_visualizer.palettes import PALETTES, from_hex, ramp

PALETTE = PALETTES[0]
GOOD = {
    "subject_visible": "yes",
    "broken_anatomy": "none",
    "unwanted_text": "no",
    "style_match": 4,
    "sharp": 4,
    "fix": "none",
}


def picture(seed: int, size: tuple[int, int] = (160, 90)) -> NDArray[np.uint8]:
    """Return a picture of blocks in the palette's colours, another one for each seed."""
    lot = np.random.default_rng(seed)
    small = lot.random((9, 16))
    large = np.kron(small, np.ones((size[1] // 9, size[0] // 16)))
    stops = np.array([from_hex(one) for one in (PALETTE.c1, PALETTE.c2, PALETTE.c3, PALETTE.c4)]) * 255
    return np.stack([np.interp(large, np.linspace(0, 1, 4), stops[:, at]) for at in range(3)], axis=2).astype(np.uint8)


def subjects(count: int) -> list[Subject]:
    """Return what a film's shots should show."""
    return [Subject(number, f"thing {number}", "blocks", PALETTE) for number in range(1, count + 1)]


def test_good_pictures_are_made_once() -> None:
    """Nothing is asked of the back end twice without a reason."""
    done = improved(subjects(10), lambda one, attempt: picture(one.shot * 10 + attempt))
    assert done.made == 10 and all(one.verdict.accepted and one.tries == 1 for one in done.kept)
    assert done.note == "pixel checks only: no model was asked"


def test_a_defect_costs_at_most_three_tries_and_1_6_pictures_a_shot() -> None:
    """A back end that makes nothing but black frames is given up in time, and its shots get drawn scenes."""
    done = improved(subjects(10), lambda _one, _attempt: np.zeros((90, 160, 3), np.uint8))
    assert done.made == 16
    assert all(one.picture is None and one.verdict.reasons == ("black",) and one.tries <= 3 for one in done.kept)


def test_a_second_seed_mends_a_black_frame() -> None:
    """What was vetoed once and good then is kept, with the number of tries."""
    done = improved(
        subjects(10),
        lambda one, attempt: picture(one.shot * 10 + attempt) * (0 if one.shot == 4 and not attempt else 1),
    )
    assert (done.kept[3].tries, done.kept[3].verdict.accepted) == (2, True) and done.made == 11


def test_the_third_try_says_what_to_mend_and_the_best_of_three_is_kept() -> None:
    """A picture with a small fault is better than none: the best try wins where none is accepted."""
    fixes: list[str] = []

    def make(one: Subject, attempt: int) -> NDArray[np.uint8]:
        if one.shot == 2:
            fixes.append(one.fix)
        return picture(one.shot * 10 + attempt)

    def looks(text: str, _pictures: list[bytes]) -> str:
        if "thing 2" not in text:
            return json.dumps(GOOD | {"number": 0})
        tries = min(len(fixes), 3)
        return json.dumps(
            GOOD | {"unwanted_text": "yes", "sharp": (1, 4, 0)[tries - 1], "fix": f"remove letters {tries}"}
        )

    with ScriptedModel(looks).client() as client:
        done = improved(subjects(6), make, Asker(client))
    kept = done.kept[1]
    assert fixes == ["", "", "remove letters 2"]
    assert not kept.verdict.accepted and kept.tries == 3 and kept.picture is not None
    assert np.array_equal(kept.picture, picture(21))
    assert "text that does not belong there (model)" in kept.verdict.text()
    assert done.note == "pixel checks and a model that sees"


def test_a_back_end_that_fails_now_and_then_is_asked_again() -> None:
    """A failure is a try like any other."""

    def make(one: Subject, attempt: int) -> NDArray[np.uint8]:
        if one.shot == 1 and attempt == 0:
            raise PictureProblem("the back end is busy")
        return picture(one.shot * 10 + attempt)

    done = improved(subjects(5), make)
    assert done.kept[0].picture is not None and done.kept[0].tries == 2


def test_the_odd_one_on_a_sheet_is_made_once_more() -> None:
    """The model names a number; that shot and no other gets a new picture, if nothing is wrong with it."""

    def looks(text: str, _pictures: list[bytes]) -> str:
        return json.dumps({"number": 3, "why": "other light"}) if "The sheet holds" in text else json.dumps(GOOD)

    with ScriptedModel(looks).client() as client:
        done = improved(subjects(6), lambda one, attempt: picture(one.shot * 10 + attempt), Asker(client))
    assert [one.tries for one in done.kept] == [1, 1, 2, 1, 1, 1] and done.made == 7


@pytest.mark.parametrize(
    "says",
    [lambda _t, _p: "", lambda _t, _p: "{" * 99, lambda _t, _p: "I can't see images.", lambda _t, _p: RuntimeUnreachable("gone")],
    ids=["empty", "brackets", "refusal", "gone"],
)  # fmt: skip
def test_a_model_that_says_nothing_vetoes_nothing(says: Callable[[str, list[bytes]], str | GemwrightError]) -> None:
    """Without an answer the pixels decide, and the verdict says that they did."""
    with ScriptedModel(says).client() as client:
        done = improved(subjects(4), lambda one, attempt: picture(one.shot * 10 + attempt), Asker(client))
    assert all(one.verdict.accepted and one.verdict.by == "pixels" for one in done.kept)


def test_a_model_without_eyes_is_not_shown_pictures() -> None:
    """The report says so."""
    model = ScriptedModel(lambda _t, _p: json.dumps(GOOD), images=False)
    with model.client() as client:
        done = improved(subjects(3), lambda one, attempt: picture(one.shot * 10 + attempt), Asker(client))
    assert done.note == "pixel checks only: the model takes no pictures" and not model.asked


def test_when_the_time_is_up_the_rest_is_unreviewed() -> None:
    """No picture is lost, and each that nobody looked at says so."""
    ticks = iter(range(10_000))
    done = improved(
        subjects(8), lambda one, attempt: picture(one.shot * 10 + attempt), budget=5, clock=lambda: float(next(ticks))
    )
    words = [one.verdict.text() for one in done.kept]
    assert "unreviewed" in words and all(one.picture is not None for one in done.kept) and done.made == 8


def test_what_is_wrong_is_named() -> None:
    """Each check by itself, on a picture made for it."""
    good = [measure(picture(seed), PALETTE) for seed in range(8)]
    limits = limits_of(good, (160, 90))
    spoilt = picture(1).astype(np.float32)
    spoilt[3, 3] = math.nan
    barred = picture(2).copy()
    barred[:9] = barred[-9:] = 0
    cases = {
        "values that are no numbers": measure(spoilt, PALETTE),
        "80 by 90 instead of 160 by 90": measure(picture(1, (80, 90)), PALETTE),
        "white": measure(np.full((90, 160, 3), 255, np.uint8), PALETTE),
        "bars at the edges": measure(barred, PALETTE),
        "other colours than the palette": measure(picture(3)[..., [2, 1, 0]], PALETTE),
    }
    for word, facts in cases.items():
        assert word in [one for one, _ in faults(facts, limits)], word
    assert faults(good[0], limits, good[1:]) == ()
    assert [one for one, _ in faults(good[0], limits, [measure(picture(0, (320, 180)))])] == [
        "the same as another shot"
    ]
    assert faults(good[0], limits, (), [(0.1, 0.1, 0.9, 0.9)]) == ()
    assert [one for one, _ in faults(good[0], limits, (), [(0.02, 0.4, 0.5, 0.5)])] == ["type outside of the safe area"]


def test_a_sheet_holds_six_numbered_pictures() -> None:
    """Three a row, of any size."""
    sheet = sheet_of([picture(seed, (160, 90) if seed % 2 else (90, 160)) for seed in range(1, 7)])
    assert sheet.shape == (480, 720, 3) and sheet[100, 100].sum() > 0


def test_a_palette_s_own_ramp_is_never_far_from_it() -> None:
    """Colours between the palette's are the palette's."""
    for palette in PALETTES:
        colours = ramp((palette.c1, palette.c2, palette.c3, palette.c4)).colours
        strip = np.repeat((np.repeat(colours[None], 90, axis=0) * 255).astype(np.uint8), 2, axis=1)
        assert measure(strip, palette).colour < 0.1, palette.name
