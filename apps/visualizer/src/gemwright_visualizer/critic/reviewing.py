"""The critic at work: every picture is looked at, defects are vetoed, and what is vetoed is made again a few times."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from numpy.typing import NDArray

from gemwright_visualizer.asking import Asker
from gemwright_visualizer.critic.looking import odd_question, picture_question, score_of, vetoes
from gemwright_visualizer.critic.pixels import Box, Facts, Limits, faults, limits_of, measure
from gemwright_visualizer.errors import PictureProblem
from gemwright_visualizer.records import Palette

__all__ = ["Kept", "Make", "Review", "Subject", "Verdict", "improved", "review"]

Make = Callable[["Subject", int], NDArray[Any]]
"""Makes a picture of a shot: for the first try (0) or a later one, which takes another seed and, from the third on, the
words of `Subject.fix`. Raises `PictureProblem` where it cannot."""

TRIES: Final = 3
MOST: Final = 1.6
"""Pictures in all, for each that is needed."""
_SHEET: Final = 6


@dataclass(frozen=True, slots=True)
class Subject:
    """What a picture should show.

    Attributes:
        shot: number of the shot.
        what: is to be seen.
        style: of the film.
        palette: of the film.
        text_wanted: whether type belongs into it.
        boxes: where type lies, where that is known.
        soft: it has no edges by intent, as a scene of liquid colour.
        fix: what the critic wants changed in a third try.
    """

    shot: int
    what: str
    style: str
    palette: Palette
    text_wanted: bool = False
    boxes: tuple[Box, ...] = ()
    soft: bool = False
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the critic says of a picture.

    Attributes:
        accepted: nothing was vetoed.
        reasons: what was.
        unusable: nobody could use it.
        score: 0 to 1, for choosing among tries.
        by: `pixels`, `model`, `user` whose own picture it is, or `unreviewed` where the time was used up.
        fix: what the model would change.
    """

    accepted: bool
    reasons: tuple[str, ...] = ()
    unusable: bool = False
    score: float = 1.0
    by: str = "pixels"
    fix: str = ""

    def text(self) -> str:
        """Return it as a storyboard's cell: plain words."""
        if self.by == "unreviewed":
            return "unreviewed"
        return ("accepted" if self.accepted else "; ".join(self.reasons)) + f" ({self.by})"


@dataclass(frozen=True, slots=True)
class Kept:
    """A shot's picture after all tries: None where none can be used, and the shot needs a drawn scene."""

    subject: Subject
    picture: NDArray[Any] | None
    verdict: Verdict
    tries: int


@dataclass(slots=True)
class Review:
    """What came of a run.

    Attributes:
        kept: for each shot.
        made: pictures that were made in all.
        note: how it was looked at, as a sentence for the report.
    """

    kept: list[Kept] = field(default_factory=list[Kept])
    made: int = 0
    note: str = ""


def review(
    subject: Subject, picture: NDArray[Any], facts: Facts, limits: Limits, others: Sequence[Facts], asker: Asker | None
) -> Verdict:
    """Return the verdict on one picture: pixels first; what they pass is shown to the model, where there is one that sees."""
    found = faults(facts, limits, others, subject.boxes, soft=subject.soft)
    if found:
        unusable = any(one for _, one in found)
        return Verdict(False, tuple(one for one, _ in found), unusable, 0.0 if unusable else 0.4 / len(found))
    if asker is None or not asker.sees:
        return Verdict(True)
    known = len(asker.decisions)
    values = asker.ask(picture_question(subject.shot, picture, subject.what, subject.style, subject.text_wanted))
    if all(one.origin == "rule" for one in asker.decisions[known:]):
        return Verdict(True)
    wrong = vetoes(values, subject.text_wanted)
    unusable = any(one for _, one in wrong)
    return Verdict(not wrong, tuple(one for one, _ in wrong), unusable, score_of(values), "model", str(values["fix"]))


def improved(
    subjects: Sequence[Subject],
    make: Make,
    asker: Asker | None = None,
    *,
    size: tuple[int, int] | None = None,
    budget: float = math.inf,
    seen: Sequence[Facts] = (),
    clock: Callable[[], float] = time.monotonic,
) -> Review:
    """Make a picture for each shot, look at all, and make those again that are vetoed.

    There are three tries at most, 1.6 pictures for each that is needed, and what is still vetoed when the time is up is kept
    as unreviewed.

    Args:
        subjects: of the shots.
        make: makes a picture.
        asker: asks the model that sees; None, or a model that takes no pictures, leaves it at the pixels.
        size: width and height that each picture must have.
        budget: seconds for everything after the first tries.
        seen: pictures of other shots that none of these may repeat.
        clock: seconds that pass; tests pass their own.

    Raises:
        Stopped: the user stopped.
    """
    begin = clock()
    done = Review(note=_note(asker))
    first = [_made(make, one, 0, done) for one in subjects]
    facts = [
        None if one is None else measure(one, subject.palette) for one, subject in zip(first, subjects, strict=True)
    ]
    limits = limits_of([one for one in facts if one is not None], size)
    accepted: list[Facts] = list(seen)
    most = math.floor(MOST * len(subjects) + 1e-9)
    for subject, picture, fact in zip(subjects, first, facts, strict=True):
        kept, final = _one(
            subject, picture, fact, limits, accepted, make, asker, done, most, lambda: clock() - begin > budget
        )
        done.kept.append(kept)
        if final is not None:
            accepted.append(final)
    if asker is not None and asker.sees:
        _belong(done, make, asker, limits, most, lambda: clock() - begin > budget)
    return done


def _note(asker: Asker | None) -> str:
    if asker is None:
        return "pixel checks only: no model was asked"
    return "pixel checks and a model that sees" if asker.sees else "pixel checks only: the model takes no pictures"


def _made(make: Make, subject: Subject, attempt: int, done: Review) -> NDArray[Any] | None:
    done.made += 1
    try:
        return make(subject, attempt)
    except PictureProblem:
        return None


def _one(
    subject: Subject,
    picture: NDArray[Any] | None,
    facts: Facts | None,
    limits: Limits,
    accepted: Sequence[Facts],
    make: Make,
    asker: Asker | None,
    done: Review,
    most: int,
    late: Callable[[], bool],
) -> tuple[Kept, Facts | None]:
    """Return the best picture of a shot after at most three tries."""
    best: tuple[NDArray[Any], Verdict, Facts] | None = None
    fix, tries = "", 1
    while True:
        if picture is not None and facts is not None:
            if late():
                verdict = Verdict(True, by="unreviewed", score=0.5)
            else:
                verdict = review(subject, picture, facts, limits, accepted, asker)
            if best is None or _worth(verdict) > _worth(best[1]):
                best = picture, verdict, facts
            fix = verdict.fix or fix
            if verdict.accepted:
                break
        if tries == TRIES or done.made >= most or late():
            break
        again = replace(subject, fix=fix) if tries == TRIES - 1 else subject
        picture = _made(make, again, tries, done)
        facts = measure(picture, subject.palette) if picture is not None else None
        tries += 1
    if best is None:
        return Kept(subject, None, Verdict(False, ("no picture was made",), True, 0.0), tries), None
    if best[1].unusable:
        return Kept(subject, None, best[1], tries), None
    return Kept(subject, best[0], best[1], tries), best[2]


def _worth(verdict: Verdict) -> tuple[bool, bool, float]:
    return verdict.accepted, not verdict.unusable, verdict.score


def _belong(done: Review, make: Make, asker: Asker, limits: Limits, most: int, late: Callable[[], bool]) -> None:
    """Look at six neighbours on a sheet; the one that does not belong is made anew once, and kept if nothing is wrong."""
    for start in range(0, len(done.kept), _SHEET):
        group = [
            index for index in range(start, min(start + _SHEET, len(done.kept))) if done.kept[index].picture is not None
        ]
        pictures = [one for index in group if (one := done.kept[index].picture) is not None]
        if len(group) < _SHEET // 2 or late() or done.made >= most:
            continue
        first = done.kept[group[0]].subject
        odd = int(asker.ask(odd_question(first.shot, pictures, first.style))["number"])
        if not odd:
            continue
        kept = done.kept[group[odd - 1]]
        fresh = _made(make, kept.subject, TRIES, done)
        if fresh is None:
            continue
        others = [measure(one) for at, one in enumerate(pictures) if at != odd - 1]
        verdict = review(kept.subject, fresh, measure(fresh, kept.subject.palette), limits, others, asker)
        if verdict.accepted:
            done.kept[group[odd - 1]] = Kept(kept.subject, fresh, verdict, kept.tries + 1)
