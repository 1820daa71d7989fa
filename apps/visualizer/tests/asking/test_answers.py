"""Whatever a model makes of a small question: it is read, brought to plain words of bounded length, or refused."""

from __future__ import annotations

import random
import string

import pytest

from gemwright import Text, ToolCall, Turn
from gemwright_visualizer.asking import Choice, Colour, Refused, Whole, Words, is_enough, read_answer

KEYS = ("mood", "energy", "story")
GOOD = '{"mood": "calm", "energy": 3, "story": "a boat at rest"}'


@pytest.mark.parametrize(
    ("text", "way"),
    [
        (GOOD, "object"),
        (f"```json\n{GOOD}\n```", "object"),
        (f"Sure! Here is my answer:\n\n{GOOD}\n\nI hope it helps {{really}}.", "object"),
        ('{"answer": ' + GOOD + "}", "object"),
        (f"[{GOOD}, {GOOD}]", "repaired"),
        ("{'mood': 'calm', 'energy': 3, 'story': 'a boat at rest'}", "repaired"),
        ("{mood: calm, energy: 3, story: a boat at rest}", "repaired"),
        ('{"mood": "calm", "energy": 3, "story": "a boat at rest",}', "repaired"),
        ('{"mood": "calm" "energy": 3, "story": "a boat at rest"}', "repaired"),
        ('{"mood": "calm", "energy": 3, "story": "a boat at rest', "repaired"),
        ("mood: calm\nenergy: 3\nstory: a boat at rest", "lines"),
        ("- **Mood**: calm\n- **Energy**: 3\n- **Story**: a boat at rest", "lines"),
    ],
)
def test_every_rung_of_the_ladder_gives_the_same_values(text: str, way: str) -> None:
    """Clean, fenced, quoted wrongly, cut off, or no object at all: the values are the same, and the way is named."""
    answer = read_answer(Turn((Text(text),)), KEYS)
    assert answer.way == way
    assert Choice("mood", ("calm", "tense")).take(answer.values["mood"]).value == "calm"
    assert Whole("energy", 0, 10).take(answer.values["energy"]).value == 3
    assert Words("story", 20).take(answer.values["story"]).value == "a boat at rest"


def test_a_call_is_read_by_its_arguments() -> None:
    """A model that answers by a call nobody declared has answered all the same."""
    answer = read_answer(Turn((ToolCall("answer", {"mood": "calm"}),)), KEYS)
    assert (answer.way, answer.values) == ("call", {"mood": "calm"})


@pytest.mark.parametrize("text", ["", "no", "{", "}{", "{}", "[]", '{"colour": "red"}', "\x00\x1b[2J", "{" * 5000])
def test_nothing_is_read_as_nothing(text: str) -> None:
    """No text raises anything."""
    assert read_answer(Turn((Text(text),)), KEYS).values == {}


def test_noise_never_breaks_the_reader() -> None:
    """A thousand broken answers: values come out, or nothing does, and every value is refused or becomes safe words."""
    lot = random.Random(8)
    marks = string.printable + "{}\"':,|<>" * 6 + "\u202e\u0000é日本"
    for _ in range(1000):
        text = list(GOOD * lot.randint(1, 3))
        for _ in range(lot.randint(1, 30)):
            at = lot.randrange(len(text))
            text[at : at + lot.randint(0, 4)] = lot.choice(marks)
        answer = read_answer(Turn((Text("".join(text)),)), KEYS)
        for value in answer.values.values():
            try:
                taken = str(Words("story", 20).take(value).value)
            except Refused:
                continue
            assert len(taken) <= 240 and not set(taken) & set('<>{}[]|/\\$`"\x00\x1b\u202e\n') and ".." not in taken


@pytest.mark.parametrize(
    ("value", "taken"),
    [("Calm.", "calm"), ("calmness", "calm"), ("calm and cold", "calm"), (["calm"], "calm"), ("CALM / tense", "calm")],
)
def test_a_word_that_is_nearly_known_is_taken(value: object, taken: str) -> None:
    """Small models write capitals, endings and two words at once."""
    assert Choice("mood", ("calm", "tense", "cold")).take(value).value == taken


@pytest.mark.parametrize("value", ["calm|tense|cold", "purple", "", None, {}, 7])
def test_a_word_that_is_not_known_is_refused_with_the_known_ones(value: object) -> None:
    """The reason is what the model reads in its second try."""
    with pytest.raises(Refused, match="mood has to be one"):
        Choice("mood", ("calm", "tense", "cold")).take(value)


@pytest.mark.parametrize(("value", "number"), [(7, 7), ("7", 7), ("7/10", 7), (7.4, 7), ("8.6", 9), ([3], 3)])
def test_numbers_are_read_as_people_write_them(value: object, number: int) -> None:
    """And nothing else is."""
    assert Whole("energy", 0, 10).take(value).value == number


@pytest.mark.parametrize("value", ["high", 11, -1, True, None, "1e9", "9" * 400, "0-10", float("nan")])
def test_other_numbers_are_refused(value: object) -> None:
    """Nothing outside its bounds becomes a field."""
    with pytest.raises(Refused):
        Whole("energy", 0, 10).take(value)


@pytest.mark.parametrize(
    "value",
    [
        "一艘静止的船在湖面上",
        "лодка на озере",
        "at most 20 words",
        "12",
        "",
        None,
        "a tapestry of light",
        "no no no no no no no no",
    ],
)
def test_words_that_show_nothing_are_refused(value: object) -> None:
    """Another language, the form itself, a cliché, a loop."""
    with pytest.raises(Refused):
        Words("what", 20, plain=True).take(value)


def test_words_are_plain_and_bounded() -> None:
    """No path, no page, no shell, no second line comes through; long ones are cut, and that is said."""
    field = Words("what", 5)
    assert field.take("../../etc/passwd <b>x</b> $(rm -rf ~)").value == "etc passwd b x b"
    assert "cut to 5" in field.take("one two three four five six").repaired
    assert field.take("line one\nline two").value == "line one line two"
    assert field.take("caf\u00e9 de Z\u00fcrich").value == "caf\u00e9 de Z\u00fcrich"
    assert Words("name", 3, optional=True).take("None.").value == ""


@pytest.mark.parametrize(("value", "colour"), [("#FFaa00", "#ffaa00"), ("ffaa00", "#ffaa00"), ("#fa0", "#ffaa00")])
def test_colours_are_read(value: str, colour: str) -> None:
    """In the three ways in which they are written."""
    assert Colour("c1").take(value).value == colour


@pytest.mark.parametrize("value", ["red", "", None, "#ggg", "rgb(1,2,3)", "url(http://x)", "a bad one", "#rrggbb"])
def test_what_is_no_colour_is_refused(value: object) -> None:
    """The palette keeps the rule's colour then."""
    with pytest.raises(Refused):
        Colour("c1").take(value)


def test_an_answer_is_left_as_soon_as_it_is_whole_or_turns_in_circles() -> None:
    """A model that never ends costs no more than the first object."""
    assert is_enough(f"Here: {GOOD}") and not is_enough(GOOD[:-1]) and not is_enough("the mood is }")
    assert is_enough('{"story": "' + "or none 20 words " * 8) and not is_enough('{"story": "the sea, the sky, the sea')
