"""The six tools: what they say of a small family, to the letter where the form is fixed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.simon.tests.tools.families import crowd, toolbox
from gemwright_simon.tools import CAP, SCHEMAS, Toolbox


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toolbox]:
    """The tools over the small family."""
    with toolbox(tmp_path_factory.mktemp("tools")) as opened:
        yield opened


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toolbox]:
    """The tools over a father of three hundred."""
    with toolbox(tmp_path_factory.mktemp("many"), crowd(300)) as opened:
        yield opened


def test_a_summary_has_the_form_of_the_specification(tools: Toolbox) -> None:
    """Facts with handles, evidence in braces, qualifiers kept, the second birth date announced."""
    text = tools.call("lookup_person", {"person": "I12"}).text
    parts = text.split(" | ")
    assert parts[0] == "Maria Falk [I12] F"
    assert "also recorded as: Maria Weil (married)" in parts
    assert "born 11 FEB 1751/52 (=1752 new style) Alzey, Palatinate, Germany [I12.BIRT]{S3 p.44 q3}" in parts
    assert "died ABT 1790 [I12.DEAT]{no source}" in parts
    assert "parents: Jakob Falk [I4], Anna Neu [I5] [F2]" in parts
    assert (
        "spouse: Otto Weil [I13], married 2 MAY 1773 Worms [F5.MARR]{S3 p.51} [F5] children: Paul Weil [I16]" in parts
    )
    assert "! 2 birth dates recorded, the first is preferred (section=events)" in parts


def test_what_is_not_recorded_is_said(tools: Toolbox) -> None:
    """No birth of Rosa and no parents of Simon, in so many words."""
    assert "born: not recorded" in tools.call("lookup_person", {"person": "I2"}).text
    assert "parents: not recorded" in tools.call("lookup_person", {"person": "I1"}).text


def test_an_ambiguous_day_is_not_given_as_one(tools: Toolbox) -> None:
    """Day and month of 05/07/1749 may be swapped."""
    assert "05/07/1749 (day and month unclear)" in tools.call("lookup_person", {"person": "I13"}).text


@pytest.mark.parametrize("section", ["events", "family", "sources", "notes", "timeline"])
def test_each_section_has_lines_and_a_total(tools: Toolbox, section: str) -> None:
    """One fact a line, each with a handle."""
    result = tools.call("lookup_person", {"person": "Maria Falk", "section": section})
    assert not result.error and result.total == len(result.lines) - 1 > 0
    assert all("[" in line for line in result.lines)


def test_words_of_the_file_cannot_pass_for_handles_or_evidence(tools: Toolbox) -> None:
    """A note that spells them comes out with round brackets."""
    result = tools.call("lookup_person", {"person": "I12", "section": "notes"})
    assert "(I1.BIRT)(S9 q3)" in result.text
    assert result.handles == ("I12",)


def test_a_name_that_two_people_have_gives_candidates(tools: Toolbox) -> None:
    """Numbered, with what tells them apart, and no choice made."""
    result = tools.call("lookup_person", {"person": "Karl Falk"})
    assert set(result.candidates) == {"I6", "I14"} and result.total == 2
    assert "1. Karl Falk, born 1730, died 1795 [I6]" in result.text and "handle" in result.lines[-1]


def test_a_year_beside_the_name_can_tell_them_apart(tools: Toolbox) -> None:
    """People write it so."""
    assert tools.call("lookup_person", {"person": "Karl Falk (1760-1820)"}).text.startswith("Karl Falk [I14] M")
    assert tools.call("lookup_person", {"person": "Karl Falk born 1730"}).text.startswith("Karl Falk [I6] M")


@pytest.mark.parametrize("person", ["i12", "@I12@", "[I12]", "Maria Falk", "maria  FALK", "Maria Weil"])
def test_a_person_is_found_however_the_handle_or_name_is_written(tools: Toolbox, person: str) -> None:
    """By handle in any dress, and by each recorded name."""
    assert "Maria Falk [I12] F" in tools.call("lookup_person", {"person": person}).text


def test_nobody_of_that_name_is_an_error_with_a_next_step(tools: Toolbox) -> None:
    """One line."""
    result = tools.call("lookup_person", {"person": "Xerxes Quuxbar"})
    assert result.error and len(result.lines) == 1 and "no match or private" in result.text


def test_relatives_are_listed_with_their_word_and_their_link(tools: Toolbox) -> None:
    """Half-siblings apart from siblings, cousins through the aunt or uncle, generations of ancestors."""
    cousins = tools.call("find_relatives", {"person": "I12", "relation": "first_cousins"})
    assert cousins.lines == (
        "first_cousins of Maria Falk [I12]: total=1",
        "first cousin: Karl Falk, born 1760, died 1820 [I14] (through Karl Falk [I6])",
    )
    siblings = tools.call("find_relatives", {"person": "I12", "relation": "siblings"})
    assert siblings.total == 0 and "half-siblings: 1" in siblings.text
    half = tools.call("find_relatives", {"person": "I12", "relation": "half sibling"})
    assert "half-sister: Greta Falk" in half.text
    ancestors = tools.call("find_relatives", {"person": "I16", "relation": "ancestors"})
    assert ancestors.total == 6 and "generations=3" in ancestors.text


def test_a_relationship_has_the_form_of_the_specification(tools: Toolbox) -> None:
    """Term, basis, common ancestors, generations, path."""
    text = tools.call("find_relationship", {"person_a": "I16", "person_b": "I14"}).text
    assert text.startswith("first cousin once removed (blood) [I16~I14] | ")
    assert "common: Simon Falk [I1] + Rosa Lenz [I2], 3 up / 2 up | path: I16>I12>I4>I1<I6<I14" in text
    text = tools.call("find_relationship", {"person_a": "I13", "person_b": "I4"}).text
    assert (
        "Otto Weil [I13] is the son-in-law of Jakob Falk [I4]; Jakob Falk [I4] is the father-in-law of Otto Weil"
        in text
    )


def test_people_without_a_line_are_not_related(tools: Toolbox) -> None:
    """In the words that the conversation looks for."""
    result = tools.call("find_relationship", {"person_a": "I1", "person_b": "I91"})
    assert result.total == 0 and result.text.startswith("no relationship recorded between")


def test_people_are_found_by_name_place_and_years(tools: Toolbox) -> None:
    """With an exact total, whatever the page."""
    assert tools.call("find_people", {"name": "Falk"}).total == 6
    born = tools.call("find_people", {"event": "birth", "place": "Germany"})
    assert born.total == 2 and set(born.handles) == {"I1", "I12"}
    assert tools.call("find_people", {"event": "birth", "from_year": 1760, "to_year": 1769}).total == 2
    assert "people=13 families=6 sources=1" in tools.call("find_people", {}).text


def test_people_can_be_grouped(tools: Toolbox) -> None:
    """By surname, the most frequent first."""
    lines = tools.call("find_people", {"group_by": "surname"}).lines
    assert lines[1] == "Falk: 6"


def test_records_are_searched(tools: Toolbox) -> None:
    """Sources by title, notes by word, each with its handle."""
    assert "S3" in tools.call("search_records", {"text": "parish register"}).handles
    assert "I12" in tools.call("search_records", {"text": "midwife", "kind": "note"}).handles[0]
    assert tools.call("search_records", {"text": "zeppelin"}).total == 0


def test_context_is_background_with_a_reference(tools: Toolbox) -> None:
    """Or the fixed words that there is none."""
    result = tools.call("get_historical_context", {"place": "Alzey, Germany", "from_year": 1798})
    assert "http" in result.text and "not evidence" in result.text
    none = tools.call("get_historical_context", {"place": "Atlantis", "from_year": 1798})
    assert "no context on file" in none.text and none.total == 0


def test_a_living_person_is_not_shown_by_any_tool(tools: Toolbox) -> None:
    """No name, date, place or note; the place in the family stays, and is counted."""
    calls = [
        ("lookup_person", {"person": "I90"}),
        ("lookup_person", {"person": "Zoe Secretname"}),
        ("find_people", {"name": "Secretname"}),
        ("find_people", {"place": "Hidden Place"}),
        ("find_people", {"event": "birth", "from_year": 2000, "to_year": 2002}),
        ("find_people", {"group_by": "surname"}),
        ("find_people", {}),
        ("find_relatives", {"person": "I91", "relation": "children"}),
        ("find_relationship", {"person_a": "I91", "person_b": "I90"}),
        ("search_records", {"text": "Zoe"}),
        ("search_records", {"text": "private words"}),
        *(("lookup_person", {"person": "I91", "section": one}) for one in ("summary", "family", "events", "notes")),
    ]
    for name, arguments in calls:
        text = tools.call(name, arguments).text
        shown = text.replace("Zoe Secretname", "", 1) if "no match or private" in text else text
        for secret in ("2001", "Private words", "I90", "APR"):
            assert secret not in shown.replace('"I90"', ""), (name, arguments, text)
        if "Secretname" in text:
            assert str(arguments) and "Secretname" in str(arguments), (name, arguments, text)
    children = tools.call("find_relatives", {"person": "I91", "relation": "children"})
    assert children.total == 1 and "a living person [" in children.text


def test_a_living_name_is_answered_like_one_that_does_not_exist(tools: Toolbox) -> None:
    """No oracle: the same words."""
    living = tools.call("lookup_person", {"person": "Zoe Secretname"}).text
    nobody = tools.call("lookup_person", {"person": "Zoe Nobodyhere"}).text
    assert living.replace("Secretname", "X") == nobody.replace("Nobodyhere", "X")


def test_pages_go_on_where_the_last_one_ended(many: Toolbox) -> None:
    """Following what each page says leads through the whole list once; no page is over the cap."""
    for limit in (None, 7, 200, "60"):
        arguments: dict[str, object] = {"person": "I0", "relation": "children"}
        if limit is not None:
            arguments["limit"] = limit
        seen: list[str] = []
        for _ in range(400):
            result = many.call("find_relatives", arguments)
            assert len(result.text) <= CAP and result.total == 300
            seen += [handle for handle in result.handles if handle != "I0"]
            last = result.lines[-1]
            if not last.startswith("next"):
                break
            for word in last.split()[1:]:
                name, value = word.split("=")
                arguments[name] = int(value)
        assert seen == [f"I{number}" for number in range(1, 301)], limit


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("lookup_person", {}, "lookup_person needs person"),
        ("find_relatives", {"person": "I12"}, "find_relatives needs relation"),
        (
            "find_relatives",
            {"person": "I12", "relation": "flowers"},
            "relation cannot be flowers; it is one of: parents",
        ),
        ("find_people", {"from_year": "around 1850"}, "from_year must be a whole number"),
        ("find_people", {"limit": True}, "limit must be a whole number"),
        ("find_people", {"name": {"given": "x"}}, "name must be one text"),
        ("find_people", {"name": "x" * 5000}, "name has 5000 characters"),
        ("fly", {}, "there is no tool of that name; there are find_people"),
    ],
)
def test_a_bad_call_is_refused_in_one_line(tools: Toolbox, name: str, arguments: dict[str, object], said: str) -> None:
    """With what to do."""
    result = tools.call(name, arguments)
    assert result.error and len(result.lines) == 1 and result.text.startswith(said)


def test_arguments_near_the_right_ones_are_understood_and_told(tools: Toolbox) -> None:
    """Other spellings of names, numbers as text, choices in other forms."""
    result = tools.call(
        "find_relatives", {"personn": "I16", "Relation": "Ancestor", "generation": "2", "colour": "red"}
    )
    assert result.total == 4
    assert "personn read as person" in result.text and "no argument colour: ignored" in result.text
    assert tools.call("find_people", {"fromYear": "1760", "to_year": 1769.0, "event": "birth"}).total == 2


def test_odd_arguments_never_end_in_an_exception(tools: Toolbox) -> None:
    """Whatever a model writes, there is an answer within the cap."""
    odd: list[object] = [
        "",
        "\x00",
        "'; DROP TABLE person; --",
        '"',
        "*",
        "a OR",
        -1,
        10**9,
        1.5,
        [],
        ["I12"],
        {},
        None,
        True,
    ]
    for schema in SCHEMAS:
        names = list(schema["parameters"]["properties"])
        for value in odd:
            for one in names:
                base: dict[str, object] = {"person": "I12", "relation": "parents", "text": "a", "place": "Germany"}
                base |= {"from_year": 1800, "person_a": "I1", "person_b": "I12"}
                arguments = {name: base[name] for name in schema["parameters"]["required"]} | {one: value}
                assert 0 < len(tools.call(schema["name"], arguments).text) <= CAP
