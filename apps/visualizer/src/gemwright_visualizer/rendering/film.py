"""A film from its storyboard: any frame, in any order, the same bytes for the same inputs."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gemwright import UsageProblem
from gemwright_visualizer.palettes import from_hex, mix, palette_of, to_hex
from gemwright_visualizer.records import Analysis, Drive, Frame, Line, Palette, Shot, Storyboard
from gemwright_visualizer.rendering.camera import view_of
from gemwright_visualizer.rendering.captions import Caption, draw_caption, draw_title
from gemwright_visualizer.rendering.limiter import Limiter
from gemwright_visualizer.rendering.score import SongScore
from gemwright_visualizer.rendering.transitions import joined, span_of
from gemwright_visualizer.scenes import SCENES, Scene, Sheet, Stage, View

__all__ = ["Film", "even"]

_SMALL = 40
"""Lines of the small pictures in which flashes are looked for."""
_REMEMBERED = 20.0
"""Seconds after which a scene that remembers begins anew, so that any frame is found in bounded time."""
_CARD = (0.7, 5.2)
"""When the title card comes and goes, seconds."""


def even(pixels: int) -> int:
    """Return a length in pixels that video can have: even, and not below 16."""
    return max(pixels + pixels % 2, 16)


@dataclass(slots=True)
class _Cast:
    scene: Scene
    done: int
    """Frames of the shot that a scene which remembers has seen."""


class _Painter:
    """Draws frames without type at one size."""

    def __init__(self, film: Film, width: int, height: int) -> None:
        self.film = film
        self.sheet = Sheet(width, height)
        self._scenes: OrderedDict[tuple[int, int], _Cast] = OrderedDict()

    def _cast(self, at: int, segment: int) -> _Cast:
        key = (at, segment)
        if key not in self._scenes:
            film, shot = self.film, self.film.storyboard.shots[at]
            stage = Stage(
                sheet=self.sheet,
                palette=film.palette(at),
                seed=shot.seed,
                score=film.score,
                start=film.time(shot.start_frame),
                words=film.words(shot),
                picture=film.picture(shot) if shot.scene == "image" else None,
            )
            self._scenes[key] = _Cast(SCENES[shot.scene](stage), 0)
            while len(self._scenes) > 2:
                self._scenes.popitem(last=False)
        self._scenes.move_to_end(key)
        return self._scenes[key]

    def shot(self, at: int, frame: int) -> Scene:
        """Draw a shot's frame on the sheet; one before or after the shot continues its motion."""
        film, shot = self.film, self.film.storyboard.shots[at]
        passed = max(frame - shot.start_frame, 0)
        span = max(round(_REMEMBERED * float(film.fps)), 1)
        cast = self._cast(at, passed // span if SCENES[shot.scene].remembers else 0)
        if cast.scene.remembers:
            begin = passed // span * span
            if cast.done > passed - begin + 1:
                self._scenes.pop((at, passed // span))
                cast = self._cast(at, passed // span)
            while cast.done < passed - begin + 1:
                drive = film.drive(at, shot.start_frame + begin + cast.done)
                cast.scene.advance(drive, film.view(shot, drive))
                cast.done += 1
        drive = film.drive(at, frame)
        cast.scene.draw(drive, film.view(shot, drive))
        return cast.scene

    def picture(self, frame: int) -> Scene:
        """Draw a whole frame, with the transition it may lie in, on the sheet."""
        film = self.film
        at = film.shot_at(frame)
        shot = film.storyboard.shots[at]
        length = span_of(shot.transition, shot.end_frame - shot.start_frame, float(film.fps)) if at else 0
        passed = frame - shot.start_frame
        before: Frame | None = None
        if 0 <= passed < length and shot.transition in ("dissolve", "whip"):
            self.shot(at - 1, frame)
            before = self.sheet.pixels.copy()
        scene = self.shot(at, frame)
        if 0 <= passed < length:
            joined(self.sheet, before, shot.transition, (passed + 1) / (length + 1), scene.inks, shot.seed)
        return scene


class Film:
    """A storyboard together with its song, ready to be drawn.

    Attributes:
        width, height: pixels; both even.
        frames: how many.
        fps: frames a second, exactly.
        warnings: one sentence for each thing that could not be had, such as a picture.
    """

    def __init__(
        self,
        storyboard: Storyboard,
        analysis: Analysis,
        *,
        title: str = "",
        artist: str = "",
        card: bool = False,
        folder: Path | None = None,
        size: tuple[int, int] | None = None,
        limited: bool = True,
    ) -> None:
        """Prepare; nothing is drawn yet.

        Args:
            storyboard: what is seen when.
            analysis: what is heard when.
            title: of the song, for a title card and scenes of type.
            artist: likewise.
            card: whether a title card is shown in the first seconds.
            folder: where the pictures of `Shot.keyframe_file` lie.
            size: width and height in pixels instead of the storyboard's; odd ones are rounded up.
            limited: whether flashes are limited to three a second (WCAG 2.3.1).

        Raises:
            UsageProblem: there is no shot, a shot has no frame, or a scene or a palette is not known.
        """
        if not storyboard.shots or storyboard.frames < 1:
            raise UsageProblem("the storyboard has no shot", hint="plan the film anew")
        for shot in storyboard.shots:
            if shot.scene not in SCENES:
                raise UsageProblem(
                    f"shot {shot.shot} wants a scene that does not exist", hint="one of: " + ", ".join(SCENES)
                )
            if shot.end_frame <= shot.start_frame:
                raise UsageProblem(f"shot {shot.shot} ends before it begins", hint="mend its start_frame and end_frame")
        self.storyboard = storyboard
        self.analysis = analysis
        wide, tall = size or (storyboard.width, storyboard.height)
        self.width, self.height = even(wide), even(tall)
        self.frames = storyboard.frames
        self.fps: Fraction = storyboard.fps
        self.score = SongScore(analysis)
        self.warnings: list[str] = []
        self._title, self._artist, self._card = title, artist, card
        self._folder = folder
        self._starts = [shot.start_frame for shot in storyboard.shots]
        self._palettes = [palette_of(shot.palette) for shot in storyboard.shots]
        self._pictures: OrderedDict[str, Any] = OrderedDict()
        self._shown_lyrics = {shot.lyric.strip() for shot in storyboard.shots if shot.lyric.strip()}
        self._painter = _Painter(self, self.width, self.height)
        small = max(_SMALL / min(self.width, self.height), 0.0)
        self._small = _Painter(self, even(round(self.width * small)), even(round(self.height * small)))
        self._limiter = Limiter(self._small_picture, self.frames, float(self.fps)) if limited else None

    def time(self, frame: int) -> float:
        """Return when a frame is shown, seconds from the song's first sample."""
        return float(frame / self.fps)

    def shot_at(self, frame: int) -> int:
        """Return the index of the shot that a frame belongs to."""
        return max(bisect_right(self._starts, frame) - 1, 0)

    def palette(self, at: int) -> Palette:
        """Return a shot's palette as its section wears it: the quieter, the more subdued its light."""
        palette, shot = self._palettes[at], self.storyboard.shots[at]
        energy = self.score.drive(self.time((shot.start_frame + shot.end_frame) // 2)).energy
        share = 0.16 * (1 - energy)
        light = mix(from_hex(palette.c4), from_hex(palette.c3), share)
        return replace(palette, c4=to_hex(light))

    def words(self, shot: Shot) -> tuple[str, ...]:
        """Return what a scene of type shows: the shot's lyric, else the title; then the artist."""
        head = shot.lyric.strip() or self._title.strip() or shot.what.strip()
        return tuple(text for text in (head, self._artist.strip()) if text)

    def picture(self, shot: Shot) -> Any:
        """Return a shot's picture, rows by columns by 3, or None where there is none that can be read."""
        name = shot.keyframe_file
        if not name or self._folder is None:
            return None
        if name not in self._pictures:
            from PIL import Image

            path = (self._folder / name).resolve()
            try:
                if not path.is_relative_to(self._folder.resolve()):
                    raise OSError("it lies outside the project")
                with Image.open(path) as opened:
                    opened.draft("RGB", (2 * self.width, 2 * self.height))
                    self._pictures[name] = np.asarray(opened.convert("RGB"))
            except (OSError, ValueError, Image.DecompressionBombError) as problem:
                self.warnings.append(f"shot {shot.shot}: its picture cannot be read ({problem}); a drawn one stands in")
                self._pictures[name] = None
            while len(self._pictures) > 3:
                self._pictures.popitem(last=False)
        return self._pictures[name]

    def drive(self, at: int, frame: int) -> Drive:
        """Return what moves a shot at a frame."""
        shot = self.storyboard.shots[at]
        return self.score.drive(self.time(frame), self.time(shot.start_frame), self.time(shot.end_frame))

    def view(self, shot: Shot, drive: Drive) -> View:
        """Return where the camera is."""
        return view_of(shot, drive)

    def _small_picture(self, frame: int) -> NDArray[np.uint8]:
        self._small.picture(frame)
        return self._small.sheet.pixels[..., :3].copy()

    def _checked(self, frame: int) -> None:
        if not 0 <= frame < self.frames:
            raise UsageProblem(f"there is no frame {frame}", hint=f"the film has frames 0 to {self.frames - 1}")

    def _limited(self, frame: int) -> None:
        if self._limiter is None:
            return
        gain = self._limiter.gain(frame)
        if gain > 0.995:
            return
        sheet = self._painter.sheet
        middle = self._limiter.middle(frame)
        picture = sheet.pixels.copy()
        sheet.colours(np.moveaxis(middle, -1, 0).astype(np.float32) / np.float32(255))
        kept = np.uint16(round(gain * 256))
        mixed = picture.astype(np.uint16) * kept + sheet.pixels.astype(np.uint16) * np.uint16(256 - int(kept))
        np.right_shift(mixed, 8, out=mixed)
        sheet.pixels[...] = mixed.astype(np.uint8)

    def frame(self, frame: int, *, type_on: bool = True) -> Frame:
        """Return a frame: height by width by 3, RGB.

        Args:
            frame: from 0.
            type_on: False leaves sung lines and the title away.

        Raises:
            UsageProblem: there is no such frame.
        """
        self._drawn(frame, type_on)
        return self._painter.sheet.rgb()

    def captions(self, frame: int) -> tuple[Caption, ...]:
        """Return the type on a frame: where it is, and how it reads.

        Raises:
            UsageProblem: there is no such frame.
        """
        return self._drawn(frame, True)

    def line_at(self, frame: int) -> Line | None:
        """Return the sung line that is shown on a frame; never two at once."""
        if not self._shown_lyrics:
            return None
        time = self.time(frame)
        shot = self.storyboard.shots[self.shot_at(frame)]
        if shot.scene == "type" and shot.lyric.strip():
            # The scene itself shows it.
            return None
        own = shot.lyric.strip()
        if own and all(line.text.strip() != own for line in self.storyboard.lines):
            return Line(self.time(shot.start_frame), self.time(shot.end_frame), own)
        for line in self.storyboard.lines:
            if line.start <= time < line.end and line.text.strip() in self._shown_lyrics:
                return line
        return None

    def _drawn(self, frame: int, type_on: bool) -> tuple[Caption, ...]:
        self._checked(frame)
        scene = self._painter.picture(frame)
        self._limited(frame)
        if not type_on:
            return ()
        at = self.shot_at(frame)
        shot = self.storyboard.shots[at]
        drive = self.drive(at, frame)
        sheet = self._painter.sheet
        line = self.line_at(frame)
        if line is not None:
            style = shot.text_style or self._style_of(line)
            drawn = draw_caption(sheet, scene.inks, line, style, drive, scene.paper)
            return (drawn,) if drawn else ()
        if self._card and shot.scene != "type":
            drawn = draw_title(sheet, scene.inks, self._title, self._artist, drive, *_CARD, scene.paper)
            return (drawn,) if drawn else ()
        return ()

    def _style_of(self, line: Line) -> str:
        for shot in self.storyboard.shots:
            if shot.lyric.strip() == line.text.strip() and shot.text_style:
                return shot.text_style
        return "clean"
