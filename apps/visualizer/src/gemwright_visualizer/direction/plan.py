"""The director without a model: from the numbers of a song to a whole storyboard, in one pass and by lot with a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gemwright_visualizer.direction.cutting import Cut, cuts_of, frame_count
from gemwright_visualizer.direction.grid import Grid, grid_of
from gemwright_visualizer.direction.hearing import heard, sections_of
from gemwright_visualizer.direction.looks import leading_mood, look_of
from gemwright_visualizer.direction.lots import lot_of
from gemwright_visualizer.direction.lyrics import line_in, placed
from gemwright_visualizer.direction.moods import MOODS, mood_of, story_of
from gemwright_visualizer.direction.options import Options
from gemwright_visualizer.direction.pacing import pace_of
from gemwright_visualizer.direction.prompts import negative_of, prompt_of
from gemwright_visualizer.direction.scenery import PICTURE, pools
from gemwright_visualizer.direction.shots import STYLES, Chooser, things_of
from gemwright_visualizer.palettes import palette_of, palette_text
from gemwright_visualizer.records import (
    Analysis,
    Line,
    Look,
    Mood,
    Pace,
    Palette,
    Role,
    Section,
    Shot,
    Storyboard,
    Transition,
)

__all__ = ["plan", "recut", "reworded"]


def plan(analysis: Analysis, lines: Sequence[Line] = (), options: Options | None = None) -> Storyboard:
    """Return a complete storyboard by rules alone; the same input gives the same one.

    Args:
        analysis: of the song.
        lines: sung lines, where there are any.
        options: how the film is to be.

    Raises:
        UsageProblem: the palette asked for is none.
    """
    options = options or Options()
    sections, heards = sections_of(analysis), heard(analysis)
    names = [
        mood_of(one.energy, one.brightness, one.minor, options.seed, section.label)
        for section, one in zip(sections, heards, strict=True)
    ]
    things = things_of(leading_mood(names, sections), options.seed)
    moods = tuple(
        _mood(name, one.energy, things, section) for name, one, section in zip(names, heards, sections, strict=True)
    )
    drive = sum(one.drive for one in heards) / len(heards)
    look = look_of(names, sections, drive, options.seed, options.style, _asked_palette(options.palette))
    paces = pace_of(sections, heards, analysis.rhythm.confidence, options.seed)
    return recut(analysis, lines, options, look, moods, paces)


def recut(
    analysis: Analysis,
    lines: Sequence[Line],
    options: Options,
    look: Look,
    moods: Sequence[Mood],
    paces: Sequence[Pace],
) -> Storyboard:
    """Return the storyboard that follows from a look, moods and paces, whoever chose them.

    Args:
        analysis: of the song; its sections may have been moved.
        lines: sung lines.
        options: how the film is to be.
        look: of the film.
        moods: one for each section.
        paces: one for each section.
    """
    sections = sections_of(analysis)
    width, height = options.size
    frames = frame_count(analysis.duration, options.fps)
    grid = grid_of(analysis)
    cuts = cuts_of(sections, paces, grid, analysis.moments, options.fps, frames)
    shown = placed(lines, analysis.duration)
    board = Storyboard(width, height, options.fps, frames, options.seed, look, tuple(moods), tuple(paces), (), shown)
    return replace(board, shots=tuple(_shots(board, sections, cuts, grid, options)))


def reworded(board: Storyboard, shots: Sequence[Shot]) -> Storyboard:
    """Return a storyboard with other shots, the prompts of all that are not locked assembled anew from its look."""
    return replace(
        board,
        shots=tuple(
            one
            if one.locked
            else replace(
                one,
                prompt=prompt_of(board.look, one.what, one.size, board.look.cast if one.cast else ()),
                negative=negative_of(board.look),
            )
            for one in shots
        ),
    )


def _mood(name: str, energy: float, things: Sequence[str], section: Section) -> Mood:
    thing = things[lot_of("thing", section.label).randrange(len(things))]
    return Mood(name, round(10 * energy), story_of(name, thing), thing)


def _asked_palette(text: str) -> Palette | None:
    return palette_of(text) if text else None


def _shots(
    board: Storyboard, sections: Sequence[Section], cuts: Sequence[Cut], grid: Grid, options: Options
) -> list[Shot]:
    energies: list[tuple[str, float, Role]] = [(one.label, one.energy, one.role) for one in sections]
    leading = leading_mood([one.mood if one.mood in MOODS else "calm" for one in board.moods], sections)
    chooser = Chooser(things_of(leading, options.seed), pools(energies, options.scenes, options.seed), options.seed)
    style = lot_of("type", options.seed, leading).choice(STYLES)
    colours = palette_text(board.look.palette)
    negative = negative_of(board.look)
    found: list[Shot] = []
    for index, cut in enumerate(cuts):
        section, mood, pace = sections[cut.section], board.moods[cut.section], board.paces[cut.section]
        end = cuts[index + 1].frame if index + 1 < len(cuts) else board.frames
        ends_at = cuts[index + 1].time if index + 1 < len(cuts) else float(board.frames / board.fps)
        number = index + 1
        scene = chooser.scene(section.label, options.scenes)
        size = chooser.size(number, cut.boundary)
        what = chooser.what(number, mood.image_seed, cut.boundary)
        lyric = line_in(board.lines, float(cut.frame / board.fps), float(end / board.fps))
        found.append(
            Shot(
                shot=number,
                start_frame=cut.frame,
                end_frame=end,
                start_beat=grid.beat_at(cut.time, 0.5 / float(board.fps) + 0.02),
                bars=round(grid.bars(cut.time, ends_at), 2),
                section=cut.section,
                rate=pace.rate,
                motion=pace.motion,
                transition=_transition(index, cut, pace),
                scene=PICTURE if options.pictures else scene,
                what=what,
                size=size,
                camera=chooser.camera(number, cut.section, pace.motion),
                cast=False,
                prompt=prompt_of(board.look, what, size),
                negative=negative,
                seed=lot_of("shot", options.seed, number).randrange(2**31),
                palette=colours,
                lyric=lyric,
                text_style=style if lyric else "",
            )
        )
    return found


def _transition(index: int, cut: Cut, pace: Pace) -> Transition:
    """Return how a shot begins: the section's own way where it opens, then cuts, or dissolves where it is slow."""
    if not index:
        return "none"
    if cut.boundary:
        return pace.transition if pace.transition != "none" else "cut"
    return "dissolve" if pace.rate in ("hold", "slow") and pace.transition == "dissolve" else "cut"
