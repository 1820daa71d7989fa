"""The critic against two hundred pictures of known state: pixels alone, and with a scripted model that sees.

The scripted model is code that knows each picture's state and answers wrongly in four of a hundred, in the forms that
small models give. It shows that answers become the right verdicts; it says nothing of a real model's eyes.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter, defaultdict

import pytest

from apps.visualizer.tests.critic.planted import DEFECTS, PIXELS_SEE, Planted, calibration
from apps.visualizer.tests.scripted import ScriptedModel
from gemwright_visualizer.asking import Asker
from gemwright_visualizer.critic import Facts, Subject, limits_of, picture_of, review
from gemwright_visualizer.direction import SCENES


@pytest.fixture(scope="module")
def films() -> list[list[Planted]]:
    """Two hundred pictures of five films."""
    return list(calibration())


def vetoed(films: list[list[Planted]], asker: Asker | None) -> tuple[dict[str, float], float, Counter[str]]:
    """Return the share of each defect that was vetoed, the share of good pictures that were, and for which reasons."""
    hits: dict[str, list[bool]] = defaultdict(list)
    wrong: list[bool] = []
    reasons: Counter[str] = Counter()
    for pictures in films:
        facts = [one.facts for one in pictures]
        limits = limits_of(facts)
        accepted: list[Facts] = []
        for number, (one, fact) in enumerate(zip(pictures, facts, strict=True), 1):
            subject = Subject(number, one.scene, "drawn", one.palette, soft=SCENES[one.scene].soft)
            verdict = review(subject, one.frame, fact, limits, accepted, asker)
            if verdict.accepted:
                accepted.append(fact)
            if one.defect:
                hits[one.defect].append(not verdict.accepted)
            else:
                wrong.append(not verdict.accepted)
                reasons.update(f"{one.scene}: {reason}" for reason in verdict.reasons)
    return {name: sum(each) / len(each) for name, each in hits.items()}, sum(wrong) / len(wrong), reasons


def test_two_hundred_pictures_hold_every_defect(films: list[list[Planted]]) -> None:
    """The set is what it says."""
    every = [one for film in films for one in film]
    assert len(every) >= 195
    assert set(DEFECTS) == {one.defect for one in every if one.defect}


def test_pixels_alone_see_what_can_be_measured(films: list[list[Planted]]) -> None:
    """Blank, blurred, noise, repeats, bars and foreign colours: at least nine of ten; good pictures: at most one of ten."""
    recall, false, reasons = vetoed(films, None)
    shown = f"{recall}, false {false:.3f}, {reasons}"
    assert all(recall[name] >= 0.9 for name in PIXELS_SEE), shown
    assert recall["text"] < 0.5 and recall["cut subject"] < 0.5, shown
    assert false <= 0.1, shown


def test_with_a_scripted_model_what_only_eyes_see_is_vetoed_too(films: list[list[Planted]]) -> None:
    """Stray text, a cut or a wrong subject: nine of ten; the model's own mistakes stay below one of ten."""
    known = {hashlib.sha256(picture_of(one.frame).data).hexdigest(): one.defect for film in films for one in film}
    lot = random.Random(3)

    def looks(_text: str, pictures: list[bytes]) -> str:
        defect = known[hashlib.sha256(pictures[0]).hexdigest()]
        if lot.random() < 0.04:
            defect = "" if defect else "text"
        answer = {
            "subject_visible": "no" if defect in ("cut subject", "wrong subject", "blank") else "yes",
            "broken_anatomy": "none",
            "unwanted_text": "yes" if defect == "text" else "no",
            "style_match": 1 if defect == "palette" else 4,
            "sharp": 1 if defect == "blur" else 4,
            "fix": "no letters" if defect == "text" else "none",
        }
        plain = json.dumps(answer)
        lines = "\n".join(f"{key}: {value}" for key, value in answer.items())
        return lot.choice((plain, f"```json\n{plain}\n```", plain.replace('"', "'"), lines))

    with ScriptedModel(looks).client() as client:
        recall, false, reasons = vetoed(films, Asker(client))
    shown = f"{recall}, false {false:.3f}, {reasons}"
    assert all(recall[name] >= 0.9 for name in ("blank", "blur", "text")), shown
    assert all(recall[name] >= 0.75 for name in DEFECTS), shown
    assert false <= 0.1, shown
