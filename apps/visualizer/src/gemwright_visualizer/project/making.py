"""The stages of a film, each from the results of those before: ingest, analyse, direct, draw, join.

A stage looks for its result by what it would be made of, and works only where there is none. So going on after a crash,
or after a change of one option, is the same as beginning: what is there is found.
"""

from __future__ import annotations

import dataclasses
import importlib.metadata
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from gemwright import Client
from gemwright_visualizer.asking import Asker
from gemwright_visualizer.audio import analyse, grid_of_bpm, grid_of_file, load_analysis, read_sound, save_analysis
from gemwright_visualizer.direction import plan
from gemwright_visualizer.errors import SongProblem
from gemwright_visualizer.lyrics import read_lyrics
from gemwright_visualizer.output import ChunkWriter, VideoSettings, write_film
from gemwright_visualizer.project import plain
from gemwright_visualizer.project.board import take_changes, write_board
from gemwright_visualizer.project.cache import code_of, digest, digest_of_file
from gemwright_visualizer.project.calls import Calls
from gemwright_visualizer.project.crew import Chunk, draw_chunks
from gemwright_visualizer.project.drawing import drawing
from gemwright_visualizer.project.edits import EDITS, apply, load, save
from gemwright_visualizer.project.folder import Project
from gemwright_visualizer.project.pictures import Picturing, backend_of
from gemwright_visualizer.project.request import Request
from gemwright_visualizer.project.spans import Span, key_of, loudest, samples_of, spans_of
from gemwright_visualizer.records import Analysis, Floats, Line, Rhythm, Section, Sound, Storyboard
from gemwright_visualizer.stages import direct

__all__ = ["FILM", "PREVIEW", "Making", "Planned", "Quiet", "Watcher", "grid_of"]

FILM: Final = "film.mp4"
PREVIEW: Final = "preview.mp4"
_PREVIEW_SECONDS: Final = 10
_BYTES_A_SECOND: Final = 3_000_000
"""Upper bound of what a second of 1080p takes on the disk: its chunk, and its part of the film."""
_ROOM: Final = 200 << 20
_SPARE: Final = 2 << 30
"""Bytes that chunks of earlier plans may take."""
_HEARING: Final = ("audio", "records.py", "filters.py")
_PLANNING: Final = ("direction", "stages", "asking", "palettes", "records.py")
_DRAWING: Final = ("rendering", "scenes", "palettes", "records.py", "output/chunks.py")


class Watcher(Protocol):
    """Is told what happens."""

    def say(self, sentence: str) -> None:
        """Take a sentence that the reader should know: a warning, or what was found."""
        ...

    def progress(self, what: str, done: int, total: int) -> None:
        """Take how far something is."""
        ...


class Quiet:
    """Watches and says nothing."""

    def say(self, sentence: str) -> None:
        """Forget a sentence."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Forget how far something is."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A film that can be drawn.

    Attributes:
        analysis: of the song, its sections as the director left them.
        board: the plan, with the changes by hand.
        folder: where both lie for the processes that draw.
        decisions: who decided what, as JSON values; empty where the rules decided alone.
        model: which model was asked; empty for none.
    """

    analysis: Analysis
    board: Storyboard
    folder: Path
    decisions: tuple[dict[str, Any], ...] = ()
    model: str = ""


def grid_of(bpm: float, first_beat: float, meter: int, beats: str, length: float) -> Rhythm | None:
    """Return the grid that was given by hand; None where none was.

    Args:
        bpm: beats a minute; 0 for none.
        first_beat: seconds to the first downbeat.
        meter: beats in a bar; 0 is four.
        beats: a file of beats; empty for none.
        length: of the song, seconds.

    Raises:
        SongProblem: the file cannot be used.
    """
    if beats:
        return grid_of_file(Path(beats), meter=meter or None, duration=length)
    return grid_of_bpm(bpm, first_beat, meter or 4, length) if bpm else None


class Making:
    """Makes the film of a project.

    Args:
        project: an opened folder.
        request: what is asked for.
        watcher: is told what happens.
        client: a model; None leaves everything to the rules.
        model: what tells the model from others.
        workers: processes that draw at a time.
    """

    def __init__(
        self,
        project: Project,
        request: Request,
        watcher: Watcher | None = None,
        *,
        client: Client | None = None,
        model: str = "",
        workers: int = 2,
    ) -> None:
        self.project = project
        self.request = request
        self.watcher = watcher or Quiet()
        self.workers = workers
        self._client = client
        self._model = model
        self._sound: Sound | None = None
        self._told: set[str] = set()
        self._song_key = ""
        if project.request != request:
            project.request = request
            project.save()

    # ingest and analyse

    def song_key(self) -> str:
        """Return the hash of the song's bytes.

        Raises:
            SongProblem: the file cannot be read.
        """
        if not self._song_key:
            try:
                self._song_key = digest_of_file(Path(self.request.song))
            except OSError as problem:
                reason = (problem.strerror or "it cannot be read").lower()
                raise SongProblem(f"{Path(self.request.song).name}: {reason}") from None
        return self._song_key

    def sound(self) -> Sound:
        """Return the decoded song; it stays in memory until `forget_sound`."""
        if self._sound is None:
            self._sound = read_sound(Path(self.request.song), long=self.request.long)
            self._warn(self._sound.warnings)
        return self._sound

    def forget_sound(self) -> None:
        """Give the memory of the decoded song back."""
        self._sound = None

    def _warn(self, sentences: tuple[str, ...] | list[str]) -> None:
        for sentence in sentences:
            if sentence not in self._told:
                self._told.add(sentence)
                self.watcher.say(sentence)

    def analysis(self) -> Analysis:
        """Return what was measured of the song, from the cache where it was measured before.

        Raises:
            SongProblem: the song, or the grid that was given, cannot be used.
        """
        request = self.request
        grid = [
            request.bpm,
            request.first_beat,
            request.meter,
            digest_of_file(Path(request.beats)) if request.beats else "",
        ]
        key = digest("analysis", self.song_key(), grid, code_of(*_HEARING))
        cache = self.project.cache
        known = cache.result("analysis", key)
        folder = cache.find("analysis", key)
        if known is None or folder is None:
            sound = self.sound()
            found = analyse(
                sound, grid_of(request.bpm, request.first_beat, request.meter, request.beats, sound.duration)
            )
            with cache.make("analysis", key) as (part, facts):
                save_analysis(found, part)
                facts |= {
                    "title": sound.title,
                    "artist": sound.artist,
                    "codec": sound.codec,
                    "warnings": list(sound.warnings),
                }
            known, folder = facts, cache.root / "analysis" / key
        found = load_analysis(folder)
        self.project.facts |= {name: known[name] for name in ("title", "artist", "codec")}
        self._warn([*known["warnings"], *found.warnings])
        self.project.reached("analysis", key)
        return found

    def lines(self, analysis: Analysis) -> tuple[Line, ...]:
        """Return the lines of the lyrics, none where no file was named.

        Raises:
            SongProblem: the file cannot be read.
        """
        if not self.request.lyrics:
            return ()
        lines, warnings = read_lyrics(Path(self.request.lyrics), analysis)
        self._warn(list(warnings))
        return lines

    # direct

    def planned(self, *, resumed: bool = False) -> Planned:
        """Return the plan, with the changes by hand laid over it, and write it for people.

        Args:
            resumed: take the plan that the run before had, whichever model runs now.

        Raises:
            UsageProblem: an option, or a change by hand, cannot be used.
            Stopped: the reader stopped while a model was asked.
        """
        edits = load(self.project.folder)
        told = take_changes(self.project.folder, edits)
        if told:
            save(self.project.folder, edits)
            self._warn([f"taken into {EDITS}: {line}" for line in told])
        analysis = self.analysis()
        lines = self.lines(analysis)
        basis = digest(
            self.project.stages["analysis"],
            plain.write(lines),
            plain.write(self.request.options),
            [self.request.budget, self.request.on_fail, self.request.model, *self.names()],
            code_of(*_PLANNING),
        )
        key = digest("plan", basis, self._model)
        before = self.project.stages.get("plan", "")
        known = self.project.cache.result("plan", before) if resumed else None
        if known is not None and known.get("basis") == basis:
            key = before
        else:
            known = self.project.cache.result("plan", key)
        if known is None:
            known = self._direct(analysis, lines, basis, key)
        self.project.reached("plan", key)
        sections = tuple(plain.read(Section, row, "the kept plan") for row in known["sections"])
        analysis = dataclasses.replace(analysis, sections=sections)
        board, warnings = apply(plain.read(Storyboard, known["board"], "plan"), edits)
        self._warn(warnings)
        board = self._pictured(analysis, lines, board)
        write_board(self.project.folder, board)
        found = self._laid_out(Planned(analysis, board, Path(), tuple(known["decisions"]), str(known["model"])))
        self.project.reached("draw", found.folder.name)
        return found

    def _pictured(self, analysis: Analysis, lines: tuple[Line, ...], board: Storyboard) -> Storyboard:
        """Return the plan with a picture in each shot that wants one."""
        backend = backend_of(self.request)
        if backend is None:
            return board
        asker = None
        if self._client is not None:
            calls = Calls(self.project.cache.root / "calls", f"critic {self._model}")
            budget = self.request.budget or None
            asker = Asker(self._client, calls, seed=self.request.seed, on_fail=self.request.on_fail, budget=budget)
        picturing = Picturing(
            self.project.folder,
            self.project.cache,
            self.request,
            backend,
            asker,
            lambda done, total: self.watcher.progress("pictures", done, total),
        )
        drawn = plan(analysis, lines, dataclasses.replace(self.request.options, pictures=False))
        board, key = picturing.pictured(board, drawn)
        self.project.facts["critic"] = picturing.note
        self.project.reached("pictures", key)
        return board

    def _laid_out(self, planned: Planned) -> Planned:
        """Return a plan with the folder that the processes which draw read it from."""
        title, artist = self.names()
        named = {"title": title, "artist": artist, "card": bool(artist)}
        board = plain.write(planned.board)
        sections = plain.write(planned.analysis.sections)
        key = digest("draw", board, self.project.stages["analysis"], sections, named)
        folder = self.project.cache.find("draw", key)
        if folder is None:
            with self.project.cache.make("draw", key) as (part, facts):
                save_analysis(planned.analysis, part)
                facts |= {"board": board} | named
            folder = self.project.cache.root / "draw" / key
        return dataclasses.replace(planned, folder=folder)

    def names(self) -> tuple[str, str]:
        """Return title and artist: as asked for, else as the file's tags say."""
        facts = self.project.facts
        return (
            self.request.title or str(facts.get("title", "")),
            self.request.artist or str(facts.get("artist", "")),
        )

    def _direct(self, analysis: Analysis, lines: tuple[Line, ...], basis: str, key: str) -> dict[str, Any]:
        title, artist = self.names()
        asker = Asker(
            self._client,
            Calls(self.project.cache.root / "calls", self._model),
            seed=self.request.seed,
            on_fail=self.request.on_fail,
            budget=self.request.budget or None,
            tell=lambda stage, where, count: self.watcher.progress(f"{stage}: {where}", count, 0),
        )
        directed = direct(analysis, lines, self.request.options, asker, title=title, artist=artist)
        if self._client is not None and directed.away:
            self._warn([f"the rules decided the rest: {directed.away}"])
        with self.project.cache.make("plan", key) as (_, result):
            result |= {
                "basis": basis,
                "model": self._model,
                "board": plain.write(directed.storyboard),
                "sections": plain.write(directed.analysis.sections),
                "decisions": plain.write(directed.decisions) if self._client is not None else [],
                "calls": directed.calls,
                "seconds": directed.seconds,
            }
        return result

    # draw and join

    def settings(self, board: Storyboard) -> VideoSettings:
        """Return how the film is encoded."""
        return VideoSettings(board.width, board.height, board.fps, speed=self.request.speed)

    def chunks(self, planned: Planned) -> list[Chunk]:
        """Return the chunks of the film, drawn or not."""
        board, settings = planned.board, self.settings(planned.board)
        made_of = (
            self.project.stages["analysis"],
            [plain.write(section) for section in planned.analysis.sections],
            settings.options(),
            code_of(*_DRAWING),
            self.names(),
            [importlib.metadata.version(name) for name in ("av", "numpy", "skia-python")],
        )
        root = self.project.cache.root / "chunks"
        return [Chunk(*span, root / f"{key_of(board, span, *made_of)}.mp4") for span in spans_of(board)]

    def halved(self, planned: Planned) -> Planned:
        """Return the same film at half the size, for a machine that is slow."""
        width, height = (max(2, side // 4 * 2) for side in (planned.board.width, planned.board.height))
        return self._laid_out(
            dataclasses.replace(planned, board=dataclasses.replace(planned.board, width=width, height=height))
        )

    def prune(self, used: list[Chunk]) -> None:
        """Remove drawn chunks of earlier plans, the oldest first, where they take more than a film or two.

        Args:
            used: what the film is made of now.
        """
        kept = {chunk.path for chunk in used}
        others = [path for path in (self.project.cache.root / "chunks").glob("*.mp4") if path not in kept]
        sizes = {path: path.stat() for path in others}
        left = sum(stat.st_size for stat in sizes.values())
        for path in sorted(others, key=lambda path: sizes[path].st_mtime):
            if left <= _SPARE:
                break
            left -= sizes[path].st_size
            path.unlink(missing_ok=True)

    def need_room(self, board: Storyboard) -> None:
        """Make sure that the film fits on the disk.

        Raises:
            DiskProblem: it does not.
        """
        share = board.width * board.height / (1920 * 1080)
        self.project.need(round(_BYTES_A_SECOND * share * float(board.frames / board.fps)) + _ROOM)

    def preview_span(
        self, planned: Planned, at: float | None = None, seconds: float = _PREVIEW_SECONDS
    ) -> tuple[int, int]:
        """Return the chunks of a preview: numbers of the first, and of the one after the last.

        Args:
            planned: the film.
            at: where it begins, in seconds; None is the loudest place.
            seconds: how long it is, about.
        """
        board, spans = planned.board, spans_of(planned.board)
        if at is None:
            features = planned.analysis.features
            return loudest(board, spans, features.loudness, features.hop, seconds)
        first = max((i for i, (begin, _) in enumerate(spans) if begin / board.fps <= at), default=0)
        last = first + 1
        while last < len(spans) and (spans[last - 1][1] - spans[first][0]) / board.fps < seconds:
            last += 1
        return first, last

    def draw(self, planned: Planned, chunks: list[Chunk], what: str) -> float:
        """Draw what is not drawn yet.

        Returns:
            CPU seconds of the processes that drew.

        Raises:
            DiskProblem: a chunk could not be written.
            FilmProblem: a chunk could not be drawn.
        """
        command = [
            sys.executable,
            "-m",
            "gemwright_visualizer.project.worker",
            str(planned.folder),
            str(self.project.folder),
        ]
        return draw_chunks(
            command,
            chunks,
            self.settings(planned.board),
            lambda done, total: self.watcher.progress(what, done, total),
            workers=self.workers,
        )

    def join(self, planned: Planned, chunks: list[Chunk], target: Path) -> Path:
        """Write the film of drawn chunks, unless it is there already.

        Raises:
            OSError: it cannot be written.
        """
        board = planned.board
        names = [chunk.path.stem for chunk in chunks]
        facts = self.project.facts
        title, artist = self.names()
        tags = {"title": title, "artist": artist}
        key = digest(
            "film", names, self.song_key(), self.request.preset, tags, code_of("output/film.py", "audio/decoding.py")
        )
        mark = facts.get(target.name)
        if target.is_file() and isinstance(mark, list) and mark == [key, target.stat().st_size]:
            return target
        span: Span = (chunks[0].start, chunks[-1].end)
        samples: Floats = self.sound().samples
        if len(chunks) < len(spans_of(board)):
            samples = samples[samples_of(span, board.fps)]
        write_film(target, [chunk.path for chunk in chunks], samples, board.fps, preset=self.request.preset, tags=tags)
        facts[target.name] = [key, target.stat().st_size]
        self.project.save()
        return target

    def probe(self, planned: Planned, frames: int = 10, clock: Callable[[], float] = time.perf_counter) -> float:
        """Measure on this machine how many frames a second are drawn and encoded by one process.

        Args:
            planned: the film.
            frames: how many are drawn, at the beginnings of several shots.
            clock: seconds that pass.
        """
        draw = drawing(planned.folder, self.project.folder)
        shots = planned.board.shots
        places = [shots[len(shots) * i // 4].start_frame for i in range(4)]
        target = self.project.cache.root / "probe.mp4"
        with ChunkWriter(target, self.settings(planned.board)) as writer:
            for place in places:
                writer.add(next(draw(place, place + 1)))
            begin = clock()
            for place in places:
                for picture in draw(place + 1, min(place + 1 + frames // 4, planned.board.frames)):
                    writer.add(picture)
        target.unlink(missing_ok=True)
        return max(1, writer.frames - len(places)) / max(1e-6, clock() - begin)
