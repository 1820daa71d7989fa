"""The four stages over a scripted model: good answers reach the storyboard, bad ones leave the rules' values in place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from apps.visualizer.tests.direction.songs import PLAIN, song
from apps.visualizer.tests.scripted import ScriptedModel
from gemwright import GemwrightError, RuntimeRejected, RuntimeUnreachable
from gemwright_visualizer.direction import MOODS, SCENES, Options, from_json, plan, to_json
from gemwright_visualizer.errors import ModelAway, Stopped
from gemwright_visualizer.palettes import palette_of, problems
from gemwright_visualizer.records import Analysis, Line, Storyboard
from gemwright_visualizer.stages import Asker, Directed, direct, expected_calls, moved

SONG = song(110.0, PLAIN[:4])
LINES = (Line(20.0, 24.0, "we drive until the lamps go out"),)
COLOURS = {"c1": "#0a0f14", "c2": "#1f5f5b", "c3": "#62c2a2", "c4": "#f1f7e4", "accent": "#ff5a36"}
LOOK = {
    "style": "wet street photography",
    "medium": "photo",
    "lens": "28 mm",
    "light": "sodium lamps",
    "avoid": "crowds",
}
CAST = {
    "cast": "one",
    "name": "Ida",
    "looks": "short grey hair, a scar",
    "clothes": "yellow raincoat",
    "place": "a harbour",
}
THINGS = ("a crane over water", "a yellow raincoat", "an anchor", "ropes", "a gull", "a ferry door", "rust", "a wave")


def good(text: str, _pictures: list[bytes]) -> str:
    """Answer as a good director would: well-formed, in its own words, other than the rules'."""
    head = text.split("\n", 1)[0]
    if head.startswith("Choose the mood"):
        answer: dict[str, object] = {
            "mood": "lonely",
            "energy": 4,
            "story": "Ida waits at the quay",
            "image_seed": "a quay lamp",
        }
        return json.dumps(answer | {"boundary": "keep", "lyric_focus": "the lamps"})
    if head.startswith("Choose the pace"):
        return json.dumps({"rate": "slow", "motion": "orbit", "transition": "dissolve", "anticipate": "no"})
    if head.startswith("Choose the look"):
        return json.dumps(LOOK)
    if head.startswith("Choose the palette"):
        return json.dumps(COLOURS)
    if head.startswith("Choose who"):
        return json.dumps(CAST)
    number = int(re.findall(r"Choose shot (\d+)", head)[0])
    size = ("wide", "close")[number % 2]
    scene = json.loads(re.findall(r'"scene":("[^"]*")', text)[0]).split("|")[number % 5]
    answer = {"what": THINGS[number % 8], "size": size, "camera": "up", "cast": "yes", "scene": scene, "text": "lyric"}
    return json.dumps(answer)


def directed(
    says: Callable[[str, list[bytes]], str | GemwrightError], analysis: Analysis = SONG, **settings: object
) -> tuple[Directed, ScriptedModel]:
    """Return what came of the stages with a scripted model."""
    model = ScriptedModel(says)
    with model.client() as client:
        return direct(analysis, LINES, Options(), Asker(client, **settings), title="Quay", artist="Ida"), model  # type: ignore[arg-type]


def sound(board: Storyboard) -> None:
    """Check that a storyboard can be drawn and written, whoever made it."""
    assert from_json(to_json(board)) == board
    assert not problems(board.look.palette)
    for shot in board.shots:
        assert shot.scene in SCENES and palette_of(shot.palette)
    for one, two in pairwise(board.shots):
        assert one.scene != two.scene and one.size != two.size and one.what.lower() != two.what.lower()


def test_good_answers_reach_the_storyboard() -> None:
    """Every field that the scripted model chose is in the film's plan: mood, pace, look, palette, cast and shots."""
    made, model = directed(good)
    board, rules = made.storyboard, plan(SONG, LINES)
    assert {one.mood for one in board.moods} == {"lonely"}
    assert all((one.rate, one.motion) == ("slow", "orbit") for one in board.paces)
    assert len(board.shots) < len(rules.shots)
    assert (board.look.style, board.look.place, board.look.cast[0].name) == (
        "wet street photography",
        "a harbour",
        "Ida",
    )
    assert board.look.palette.c2 == COLOURS["c2"]
    assert all("short grey hair" in shot.prompt and "wet street photography" in shot.prompt for shot in board.shots)
    assert {shot.what for shot in board.shots} <= set(THINGS)
    assert made.shares() == {"mood": 1.0, "pace": 1.0, "look": 1.0, "shots": 1.0}
    assert made.calls == len(model.asked) == expected_calls(board)
    assert "lyric: we drive until the lamps go out" in "\n".join(model.asked)
    sound(board)


def test_a_palette_is_seen_in_every_shot() -> None:
    """The colours that the model chose are those that the renderer reads."""
    board = directed(good)[0].storyboard
    assert {palette_of(shot.palette).accent for shot in board.shots} == {COLOURS["accent"]}


@pytest.mark.parametrize(
    "said",
    [
        "",
        "I am sorry, I cannot help with that.",
        "{" * 300,
        '{"mood": "??", "energy": 99, "rate": "warp", "c1": "red", "what": "", "size": "huge"}',
        '{"what": "<script>alert(1)</script> ../../x $(reboot)", "scene": "../../../etc/passwd", "size": "wide|close"}',
        json.dumps([{"what": f"shot {number}"} for number in range(200)]),
        "心情 平静 能量 三",
        "\x1b]0;owned\x07\x1b[2J{\"mood\":\"calm\"}",
    ],
    ids=["empty", "refusal", "brackets", "nonsense", "hostile", "two hundred", "chinese", "escapes"],
)  # fmt: skip
def test_bad_answers_leave_the_rules_values(said: str) -> None:
    """The film is complete and can be drawn, and the record says that the rules decided, and why."""
    made, _ = directed(lambda _text, _pictures: said, song(110.0, PLAIN[:2]))
    sound(made.storyboard)
    assert all(one.mood in MOODS for one in made.storyboard.moods)
    written = to_json(made.storyboard)
    assert not re.search(r"<script|\.\./|\$\(|\\u001b|\\u0007", written)
    assert all(one.why for one in made.decisions if one.origin == "rule")
    assert max(made.shares().values()) < 0.7


def test_a_second_try_quotes_what_was_wrong() -> None:
    """A model that mends its answer is taken at its word then, and the record says that it was the second try."""

    def mends(text: str, pictures: list[bytes]) -> str:
        if "That was wrong" in text:
            assert "mood has to be one of" in text or "Choose the mood" not in text
            return good(text, pictures)
        return good(text, pictures).replace('"lonely"', '"blueish"')

    made, _ = directed(mends, song(110.0, PLAIN[:1]))
    moods = [one for one in made.decisions if one.field == "mood"]
    assert {one.value for one in moods} == {"lonely"}
    assert all(one.origin == "repaired" and "second try" in one.why for one in moods)


def test_what_was_answered_is_not_asked_again() -> None:
    """The same song with the same model costs no call; another model, or another seed of its own, asks anew."""
    cache: dict[str, str] = {}
    first, _ = directed(good, cache=cache)
    again, model = directed(good, cache=cache)
    assert again.storyboard == first.storyboard and (again.calls, again.cached) == (0, first.calls)
    assert not model.asked
    other = ScriptedModel(good, model="another")
    with other.client() as client:
        assert direct(SONG, LINES, Options(), Asker(client, cache)).calls == first.calls
    broken = dict.fromkeys(cache, "{not json")
    assert directed(good, cache=broken)[0].calls == first.calls


def test_a_server_that_goes_away_leaves_the_rest_to_the_rules() -> None:
    """What was decided stays, the rest is by rule and says why, and nobody is asked any more."""
    said = 0

    def leaves(text: str, pictures: list[bytes]) -> str | GemwrightError:
        nonlocal said
        said += 1
        return good(text, pictures) if said <= 4 else RuntimeUnreachable("nothing answers at http://127.0.0.1:9")

    made, model = directed(leaves)
    assert {one.mood for one in made.storyboard.moods} > {"lonely"}
    assert "nothing answers" in made.away and len(model.asked) == 5
    assert made.storyboard.look == plan(SONG, LINES).look
    sound(made.storyboard)


def test_a_server_that_goes_away_stops_the_stages_where_that_is_wanted() -> None:
    """The error says what to do, and what was answered before is kept."""
    said = 0

    def leaves(text: str, pictures: list[bytes]) -> str | GemwrightError:
        nonlocal said
        said += 1
        return good(text, pictures) if said <= 4 else RuntimeUnreachable("nothing answers at http://127.0.0.1:9")

    cache: dict[str, str] = {}
    with pytest.raises(ModelAway) as told:
        directed(leaves, cache=cache, on_fail="stop")
    assert told.value.exit_code == 3 and "resume" in told.value.hint
    assert len(cache) == 4
    assert directed(good, cache=cache)[0].cached == 4


def test_one_call_that_is_rejected_is_not_the_end() -> None:
    """A prompt that one model finds too long costs that answer alone; three in a row count as a server that is gone."""
    made, _ = directed(
        lambda text, pictures: RuntimeRejected("too long", status=400) if "section 2" in text else good(text, pictures)
    )
    assert made.storyboard.moods[0].mood == made.storyboard.moods[2].mood == "lonely"
    assert made.storyboard.moods[1].mood != "lonely" and not made.away
    assert "too long" in directed(lambda _text, _pictures: RuntimeRejected("too long", status=400))[0].away


def test_the_time_for_the_model_ends() -> None:
    """With its budget used up the rules decide the rest."""
    ticks = iter(range(100_000))
    made, model = directed(good, budget=30, clock=lambda: float(next(ticks)))
    assert 0 < len(model.asked) < expected_calls(made.storyboard)
    assert "used up" in made.away
    sound(made.storyboard)


def test_a_stop_is_heard_between_two_words() -> None:
    """Stopping does not wait for the answer, and the answers before it are kept."""
    cache: dict[str, str] = {}
    model = ScriptedModel(good)
    with model.client() as client, pytest.raises(Stopped) as told:
        direct(SONG, LINES, Options(), Asker(client, cache, stop=lambda: len(model.asked) >= 6))
    assert told.value.exit_code == 130 and len(cache) == 5


def test_without_a_model_the_rules_decide_everything() -> None:
    """The stages then give exactly the rules' plan."""
    made = direct(SONG, LINES, Options(), Asker(None))
    assert made.storyboard == plan(SONG, LINES)
    assert set(made.shares().values()) == {0.0} and made.calls == 0


def test_repeats_and_turns_of_direction_are_refused() -> None:
    """A model that says the same shot again and again gets a film whose neighbours differ and whose camera keeps its side."""

    def stubborn(text: str, pictures: list[bytes]) -> str:
        if not text.startswith("Choose shot"):
            return good(text, pictures)
        number = int(re.findall(r"Choose shot (\d+)", text)[0])
        side = ("left", "right")[number % 2]
        return json.dumps(
            {"what": "a gull", "size": "wide", "camera": side, "cast": "no", "scene": "ink", "text": "none"}
        )

    made, _ = directed(stubborn)
    sound(made.storyboard)
    for section in range(4):
        assert len({shot.camera for shot in made.storyboard.shots if shot.section == section} & {"left", "right"}) <= 1
    assert any("same size" in one.why for one in made.decisions)


def test_colours_that_cannot_be_used_become_the_nearest_palette() -> None:
    """Five greens are no palette: the film gets one that can be told apart, and the record says why."""

    def greens(text: str, pictures: list[bytes]) -> str:
        if text.startswith("Choose the palette"):
            return json.dumps(dict.fromkeys(COLOURS, "#22aa44"))
        return good(text, pictures)

    made, _ = directed(greens)
    sound(made.storyboard)
    assert any("look alike" in one.why and one.origin == "repaired" for one in made.decisions)


def test_a_section_moves_only_where_the_music_changes_too() -> None:
    """`earlier` is taken where the change is nearly as strong a bar before, and refused elsewhere."""
    analysis = song(120.0, (("verse", "A", 0.3, 16), ("chorus", "B", 0.9, 16)))
    bar, hop = 2.0, analysis.features.hop
    analysis.features.bands[: int((32.0 - bar) / hop)] = 0.1
    there, said = moved(analysis, ("keep", "earlier"))
    assert there.sections[1].start == pytest.approx(30.0) == there.sections[0].end and "moved" in said[1]
    analysis.features.bands[:] = np.float32(0.5)
    analysis.features.bands[: int(32.0 / hop)] = 0.1
    analysis.features.bands[int(28.0 / hop) : int(32.0 / hop)] = 0.1
    here, said = moved(analysis, ("later", "later"))
    assert said[0] == "the song's beginning stays"
    assert here.sections[1].start in (pytest.approx(32.0), pytest.approx(34.0))
