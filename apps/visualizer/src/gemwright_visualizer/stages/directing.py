"""The four stages in their order: mood, pace, look, shots. Each may change fields of the rules' plan and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from gemwright_visualizer.asking import Asker, Decision, cleaned
from gemwright_visualizer.direction import PICTURE, Options, plan, recut, reworded, scene_words, sections_of
from gemwright_visualizer.palettes import nearest, palette_text, problems
from gemwright_visualizer.records import Analysis, Cast, Line, Look, Mood, Pace, Palette, Section, Shot, Storyboard
from gemwright_visualizer.stages.boundaries import moved
from gemwright_visualizer.stages.forms import (
    cast_question,
    look_question,
    mood_question,
    pace_question,
    palette_question,
    shot_question,
)

__all__ = ["Directed", "direct", "expected_calls"]

MOST_SHOTS: Final = 60
"""Shots that a model is asked for; the shortest of more keep what the rules say."""


@dataclass(frozen=True, slots=True)
class Directed:
    """What came of the stages.

    Attributes:
        analysis: of the song, with sections where the stages moved them.
        storyboard: of the film.
        decisions: who decided what, in the order of the questions.
        calls: sent to the model.
        cached: answered from earlier runs.
        seconds: that the calls took.
        away: why the model was not asked to the end; empty where it was.
    """

    analysis: Analysis
    storyboard: Storyboard
    decisions: tuple[Decision, ...]
    calls: int
    cached: int
    seconds: float
    away: str

    def shares(self) -> dict[str, float]:
        """Return the share of values that are the model's, repaired ones included, for each stage."""
        every: Counter[str] = Counter(one.stage for one in self.decisions)
        models: Counter[str] = Counter(one.stage for one in self.decisions if one.origin != "rule")
        return {stage: models[stage] / count for stage, count in every.items()}


def expected_calls(board: Storyboard) -> int:
    """Return how many questions a film of this plan takes, second tries not counted."""
    sections = max(1, len(board.moods))
    return 1 + 2 * sections + 3 + min(MOST_SHOTS, len(board.shots))


def direct(
    analysis: Analysis,
    lines: Sequence[Line],
    options: Options,
    asker: Asker,
    *,
    title: str = "",
    artist: str = "",
) -> Directed:
    """Plan a film with a model's help; without one, or where it says nothing that can be used, by the rules.

    Args:
        analysis: of the song.
        lines: sung lines.
        options: how the film is to be.
        asker: asks the model.
        title: of the song, as its tags say.
        artist: likewise.

    Raises:
        Stopped: the user stopped; answers are kept in the asker's cache.
        ModelAway: the server went away, and the user wanted to stop then.
    """
    board = plan(analysis, lines, options)
    song = _song_lines(analysis, title, artist)
    moods = _moods(analysis, lines, board, asker, song)
    analysis, said = moved(analysis, [one.boundary for one in moods])
    for index, one in enumerate(said):
        if one:
            refused = not one.startswith("moved")
            value = "keep" if refused else moods[index].boundary
            asker.note("mood", _where(index, len(moods)), "boundary", value, "rule" if refused else "model", one)
            moods[index] = replace(moods[index], boundary=cast("Any", value))
    paces = _paces(analysis, board, moods, asker)
    look = _look(board.look, options, moods, asker, song)
    board = recut(analysis, lines, options, look, moods, paces)
    board = _shots(analysis, board, options, asker)
    return Directed(analysis, board, tuple(asker.decisions), asker.calls, asker.cached, asker.seconds, asker.away)


def _where(index: int, count: int) -> str:
    return f"section {index + 1} of {count}"


def _song_lines(analysis: Analysis, title: str, artist: str) -> list[str]:
    named = " by ".join(filter(None, (cleaned(title, 60), cleaned(artist, 60))))
    tempo = f"tempo {analysis.rhythm.tempo:.0f}" if analysis.rhythm.tempo else "no steady beat"
    words = ", ".join(cleaned(one, 40) for one in analysis.words[:8])
    return [line for line in (f"song: {named}" if named else "", f"{tempo}, {analysis.duration:.0f} s", words) if line]


def _section_line(section: Section, bar: float) -> str:
    seconds = section.end - section.start
    bars = f", {round(seconds / bar)} bars" if bar else ""
    words = ", ".join(cleaned(one, 40) for one in section.words[:6])
    return f"{section.role}, {seconds:.0f} s{bars}, energy {round(10 * section.energy)}" + (
        f": {words}" if words else ""
    )


def _bar(analysis: Analysis) -> float:
    rhythm = analysis.rhythm
    return 60 / rhythm.tempo * rhythm.meter if rhythm.tempo else 0.0


def _sung(lines: Sequence[Line], section: Section) -> str:
    return " / ".join(one.text for one in lines if section.start <= one.start < section.end)


def _mood(values: Mapping[str, str | int]) -> Mood:
    return Mood(
        str(values["mood"]),
        int(values["energy"]),
        str(values["story"]),
        str(values["image_seed"]),
        cast("Any", values["boundary"]),
        str(values["lyric_focus"]),
    )


def _moods(
    analysis: Analysis, lines: Sequence[Line], board: Storyboard, asker: Asker, song: Sequence[str]
) -> list[Mood]:
    sections, bar = sections_of(analysis), _bar(analysis)
    strongest = max(range(len(sections)), key=lambda index: sections[index].energy)
    whole = _mood(
        asker.ask(mood_question("the whole song", song, board.moods[strongest], "", _sung(lines, sections[0])))
    )
    found: list[Mood] = []
    for index, section in enumerate(sections):
        before = f"{sections[index - 1].role}, {found[-1].mood}" if found else ""
        about = (f"the whole song: {whole.mood}, {whole.story}", _section_line(section, bar))
        where = _where(index, len(sections))
        found.append(_mood(asker.ask(mood_question(where, about, board.moods[index], before, _sung(lines, section)))))
    return found


def _paces(analysis: Analysis, board: Storyboard, moods: Sequence[Mood], asker: Asker) -> list[Pace]:
    sections, bar = sections_of(analysis), _bar(analysis)
    found: list[Pace] = []
    for index, section in enumerate(sections):
        rule = board.paces[index]
        draft: dict[str, str | int] = {
            "rate": rule.rate,
            "motion": rule.motion,
            "transition": rule.transition,
            "anticipate": "yes" if rule.anticipate else "no",
        }
        about = (f"mood: {moods[index].mood}", _section_line(section, bar))
        before = f"{found[-1].rate}, {found[-1].motion}" if found else ""
        values = asker.ask(pace_question(_where(index, len(sections)), about, draft, before))
        found.append(
            Pace(
                cast("Any", values["rate"]),
                cast("Any", values["motion"]),
                cast("Any", values["transition"]),
                values["anticipate"] == "yes",
            )
        )
    return found


def _look(draft: Look, options: Options, moods: Sequence[Mood], asker: Asker, song: Sequence[str]) -> Look:
    told = ", ".join(dict.fromkeys(one.mood for one in moods))
    about = (*song, f"moods: {told}")
    values = asker.ask(look_question(about, draft, options.style))
    look = replace(
        draft,
        style=str(values["style"]),
        medium=str(values["medium"]),
        lens=str(values["lens"]),
        light=str(values["light"]),
        avoid=str(values["avoid"]),
    )
    if not options.palette:
        look = replace(look, palette=_palette(look, about, asker))
    return _cast(look, (f"moods: {told}", f"story: {moods[0].story}"), asker)


def _palette(look: Look, about: Sequence[str], asker: Asker) -> Palette:
    values = asker.ask(palette_question(about, look, look.palette))
    c1, c2, c3, c4, accent = (str(values[name]) for name in ("c1", "c2", "c3", "c4", "accent"))
    colours = (look.palette.c1, look.palette.c2, look.palette.c3, look.palette.c4, look.palette.accent)
    if (c1, c2, c3, c4, accent) == colours:
        return look.palette
    asked = Palette("own", c1, c2, c3, c4, accent)
    wrong = problems(asked)
    if not wrong:
        return asked
    chosen = nearest(asked)
    for name in ("c1", "c2", "c3", "c4", "accent"):
        value = getattr(chosen, name)
        if value != values[name]:
            asker.note("look", "palette", name, value, "repaired", f"{wrong[0]}; the nearest that can be used")
    return chosen


def _cast(look: Look, about: Sequence[str], asker: Asker) -> Look:
    values = asker.ask(cast_question(about, look, None))
    place = str(values["place"]) or look.place
    first = _one(values)
    if first is None:
        return replace(look, place=place)
    people = [first]
    if values["cast"] == "two":
        second = _one(asker.ask(cast_question(about, look, first)))
        if second is not None and second.name.lower() != first.name.lower():
            people.append(second)
    return replace(look, cast=tuple(people), place=place)


def _one(values: Mapping[str, str | int]) -> Cast | None:
    """Return a person of the cast; None where there is none, or nothing is said of their looks."""
    if values["cast"] == "none" or not values["looks"]:
        return None
    return Cast(str(values["name"]) or "the singer", str(values["looks"]), str(values["clothes"]))


def _shots(analysis: Analysis, board: Storyboard, options: Options, asker: Asker) -> Storyboard:
    sections = sections_of(analysis)
    asked = _worth_asking(board)
    done: list[Shot] = []
    sides: dict[int, str] = {}
    spare = tuple(dict.fromkeys(one.what for one in board.shots))
    for shot in board.shots:
        one = shot
        if shot.shot in asked and not shot.locked:
            one = _shot(shot, sections[shot.section], board, options, done, asker)
        one = _apart(one, shot, done, spare, options, asker)
        if one.camera in ("left", "right"):
            side = sides.setdefault(one.section, one.camera)
            if side != one.camera:
                if one.camera != shot.camera:
                    asker.note(
                        "shots", f"shot {shot.shot}", "camera", side, "repaired", "a section keeps its direction"
                    )
                one = replace(one, camera=side)
        done.append(one)
    return reworded(board, done)


def _worth_asking(board: Storyboard) -> set[int]:
    """Return the shots that are asked for: those that open sections, then the longest."""
    opening = {shot.section: shot.shot for shot in reversed(board.shots)}
    ranked = sorted(
        board.shots,
        key=lambda one: (opening[one.section] != one.shot, one.start_frame - one.end_frame, one.shot),
    )
    return {one.shot for one in ranked[:MOST_SHOTS]}


def _shot(
    shot: Shot, section: Section, board: Storyboard, options: Options, done: Sequence[Shot], asker: Asker
) -> Shot:
    scenes = (
        (PICTURE,) if options.pictures else tuple(one for one in options.scenes if not done or one != done[-1].scene)
    )
    scenes = scenes or options.scenes
    if shot.scene not in scenes:
        shot = replace(shot, scene=scenes[0])
    before = [f"{one.what}, {one.size}, {scene_words(one.scene)}" for one in done[-2:]]
    seconds = float((shot.end_frame - shot.start_frame) / board.fps)
    values = asker.ask(shot_question(shot, section, board.moods[shot.section], board.look, scenes, before, seconds))
    shown = bool(shot.lyric) and values["text"] == "lyric"
    return replace(
        shot,
        what=str(values["what"]),
        size=str(values["size"]),
        camera=str(values["camera"]),
        cast=values["cast"] == "yes" and bool(board.look.cast),
        scene=str(values["scene"]),
        lyric=shot.lyric if shown else "",
        text_style=shot.text_style if shown else "",
        palette=palette_text(board.look.palette),
    )


def _apart(shot: Shot, rule: Shot, done: Sequence[Shot], spare: Sequence[str], options: Options, asker: Asker) -> Shot:
    """Return a shot that repeats neither of the last two; what repeats is changed, and said so."""
    for name, others in (("size", ("wide", "close", "medium")), ("scene", options.scenes)):
        if name == "scene" and (options.pictures or len(others) < 2):
            continue
        if done and getattr(shot, name) == getattr(done[-1], name):
            other = next((one for one in others if one != getattr(shot, name)), "")
            asker.note("shots", f"shot {shot.shot}", name, other, "repaired", f"the shot before has the same {name}")
            shot = replace(shot, **cast("Any", {name: other}))
    if _seen(shot.what, done):
        other = next((one for one in (rule.what, *spare) if not _seen(one, done)), "")
        if other:
            why = "one of the last two shots shows the same"
            asker.note("shots", f"shot {shot.shot}", "what", other, "rule" if other == rule.what else "repaired", why)
            shot = replace(shot, what=other)
    return shot


def _seen(what: str, done: Sequence[Shot]) -> bool:
    """Tell whether one of the last two shots shows the same, in these words or with more around them."""
    mine = what.lower()
    return any(mine in one.what.lower() or one.what.lower() in mine for one in done[-2:])
