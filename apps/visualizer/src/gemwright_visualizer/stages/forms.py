"""The questions of the four stages, word by word: who is asked, what is known, and which form the answer has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from gemwright_visualizer.asking import Choice, Colour, Field, Question, Whole, Words, cleaned
from gemwright_visualizer.direction import CAMERAS, MEDIUMS, MOODS, RATES, SIZES
from gemwright_visualizer.records import Cast, Look, Mood, Palette, Section, Shot

__all__ = ["cast_question", "look_question", "mood_question", "pace_question", "palette_question", "shot_question"]

_FORM: Final = (
    "Answer with one flat JSON object and nothing else: no markdown, no list, no second object. Plain English words."
)
_MOOD: Final = (
    "You are the director of a music video. You say what a part of the song feels like. You cannot hear it: the lines are "
    f"measurements, and a first draft made from them. Change of the draft what you feel otherwise; the words are yours. {_FORM}"
)
_PACE: Final = (
    "You are the editor of a music video. You say how a part of the song is cut and how the pictures move. Quiet parts "
    f"have long shots. Keep of the draft what fits. {_FORM}"
)
_LOOK: Final = (
    "You are the art director of a music video. You decide one look for the whole film, so that all pictures belong "
    f"together. Name things that can be seen. {_FORM}"
)
_SHOTS: Final = (
    "You are the storyboard artist of a music video. You say what one shot shows: a concrete thing in a place, no feelings, "
    f"no camera words. Never repeat an earlier shot. {_FORM}"
)
_YES_NO: Final = ("yes", "no")
_NOBODY: Final = {"nobody": "none", "no one": "none", "no": "none", "0": "none", "1": "one", "2": "two", "yes": "one"}


def _draft(rule: Mapping[str, str | int], names: Sequence[str]) -> list[str]:
    return [f"{name}: {rule[name]}" for name in names]


def _lyrics(lyric: str) -> list[str]:
    return [f"lyric: {cleaned(lyric, 160)}"] if lyric.strip() else []


def mood_question(where: str, about: Sequence[str], draft: Mood, before: str = "", lyric: str = "") -> Question:
    """Return the question for the mood of the song or of a section.

    Args:
        where: as a person counts.
        about: what is known, a line each.
        draft: by rule.
        before: the section before, in a line.
        lyric: what is sung.
    """
    rule: dict[str, str | int] = {
        "mood": draft.mood,
        "energy": draft.energy,
        "story": draft.story,
        "image_seed": draft.image_seed,
        "boundary": "keep",
        "lyric_focus": "",
    }
    fields: tuple[Field, ...] = (
        Choice("mood", tuple(MOODS)),
        Whole("energy", 0, 10),
        Words("story", 20),
        Words("image_seed", 12, plain=True),
        Choice("boundary", ("keep", "earlier", "later"), optional=True),
        Words("lyric_focus", 6, optional=True),
    )
    earlier = [f"before: {before}"] if before else []
    head = f"Choose the mood of {where}."
    lines = (
        head,
        *about,
        *earlier,
        *_lyrics(lyric),
        *_draft(rule, ("mood", "energy", "boundary")),
    )
    return Question("mood", where, _MOOD, lines, fields, rule)


def pace_question(where: str, about: Sequence[str], rule: Mapping[str, str | int], before: str) -> Question:
    """Return the question for the pace of a section."""
    fields: tuple[Field, ...] = (
        Choice("rate", RATES),
        Choice("motion", ("drift", "push", "orbit", "pulse", "shake")),
        Choice("transition", ("cut", "dissolve", "flash", "whip", "none")),
        Choice("anticipate", _YES_NO),
    )
    earlier = [f"before: {before}"] if before else []
    meaning = "hold is 8 bars a shot, slow 4, medium 2, fast 1, frantic a half"
    lines = (f"Choose the pace of {where}.", *about, *earlier, meaning, *_draft(rule, tuple(rule)))
    return Question("pace", where, _PACE, lines, fields, rule, most_tokens=120)


def look_question(about: Sequence[str], draft: Look, wish: str) -> Question:
    """Return the question for style, medium, lens, light and what to avoid."""
    rule: dict[str, str | int] = {
        "style": draft.style,
        "medium": draft.medium,
        "lens": draft.lens,
        "light": draft.light,
        "avoid": draft.avoid,
    }
    fields: tuple[Field, ...] = (
        Words("style", 20, plain=True),
        Choice("medium", MEDIUMS),
        Words("lens", 8),
        Words("light", 8),
        Words("avoid", 15),
    )
    wanted = [f"the user wants: {cleaned(wish)}"] if wish else []
    head = "Choose the look of the film."
    lines = (head, *about, *wanted, *_draft(rule, ("medium",)))
    return Question("look", "style", _LOOK, lines, fields, rule, 0.8)


def palette_question(about: Sequence[str], look: Look, draft: Palette) -> Question:
    """Return the question for four colours from dark to light, and an accent."""
    rule: dict[str, str | int] = {
        "c1": draft.c1,
        "c2": draft.c2,
        "c3": draft.c3,
        "c4": draft.c4,
        "accent": draft.accent,
    }
    lines = (
        "Choose the palette of the film: four colours from very dark to very light, and one that stands out.",
        *about,
        f"style: {look.style}",
        f"light: {look.light}",
    )
    return Question("look", "palette", _LOOK, lines, tuple(Colour(name) for name in rule), rule, 0.8, 160)


def cast_question(about: Sequence[str], look: Look, other: Cast | None) -> Question:
    """Return the question for who appears in the film: nobody, one or two; the second is asked for by itself."""
    rule: dict[str, str | int] = {"cast": "none", "name": "", "looks": "", "clothes": "", "place": look.place}
    fields: tuple[Field, ...] = (
        Choice("cast", ("none", "one", "two"), means=_NOBODY),
        Words("name", 3, optional=True),
        Words("looks", 25, optional=True),
        Words("clothes", 12, optional=True),
        Words("place", 12, optional=True),
    )
    head = "Choose who is seen in the film again and again, with fixed features: nobody, one or two."
    known = [f"the first one is {other.name}: {other.looks}", "Choose the second one; cast: two"] if other else []
    lines = (head, *about, f"style: {look.style}", *known)
    return Question("look", "cast 2" if other else "cast", _LOOK, lines, fields, rule, 0.8, 300)


def shot_question(
    shot: Shot, section: Section, mood: Mood, look: Look, scenes: Sequence[str], before: Sequence[str], seconds: float
) -> Question:
    """Return the question for a shot.

    Args:
        shot: by rule.
        section: it lies in.
        mood: of the section.
        look: of the film.
        scenes: names that may be used here.
        before: the last two shots, a line each.
        seconds: its length.
    """
    rule: dict[str, str | int] = {
        "what": shot.what,
        "size": shot.size,
        "camera": shot.camera,
        "cast": "yes" if shot.cast else "no",
        "scene": shot.scene,
        "text": "lyric" if shot.lyric else "none",
    }
    fields: tuple[Field, ...] = (
        Words("what", 18, plain=True),
        Choice("size", SIZES),
        Choice("camera", CAMERAS),
        Choice("cast", _YES_NO),
        Choice("scene", tuple(scenes)),
        Choice("text", ("lyric", "none"), optional=True, means={"yes": "lyric", "no": "none"}),
    )
    people = [f"cast: {', '.join(one.name for one in look.cast)}"] if look.cast else []
    lines = (
        f"Choose shot {shot.shot}: {seconds:.1f} s, {section.role}, mood {mood.mood}.",
        f"style of the film: {cleaned(look.style, 100)}",
        f"story: {mood.story}",
        f"section: {mood.image_seed}",
        *people,
        *(f"earlier: {one}" for one in before),
        *_lyrics(shot.lyric),
        *_draft(rule, ("size", "camera", "cast", "scene", "text")),
    )
    return Question("shots", f"shot {shot.shot}", _SHOTS, lines, fields, rule, 0.8)
