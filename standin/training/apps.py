"""Conversations in the manner of particular programs: six tools of a family tree, answers as one flat object, Gemma 4."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from gemwright.messages import ToolSpec
from training.conversations import DONT_KNOW, Talk, register, some_tools
from training.questions import Result, ask, polish
from training.tools import Tool
from training.values import Draw
from training.verbs import VERBS
from training.words import capital

__all__ = ["FAMILY_TOOLS", "add"]

_FACTS: Final = Path(__file__).with_name("facts.json")


def _text(says: str = "", **more: Any) -> dict[str, Any]:
    return {"type": "string", **({"description": says} if says else {}), **more}


def _tool(name: str, says: str, required: str, /, **properties: dict[str, Any]) -> ToolSpec:
    return ToolSpec(name, says, {"type": "object", "properties": properties, "required": required.split()})


_WHOLE: Final[dict[str, Any]] = {"type": "integer"}
_EVENTS: Final = "any birth baptism marriage death burial residence occupation".split()
_SORTS: Final = "match birth death age children name".split()
_GROUPS: Final = "surname given birth_place death_place birth_decade occupation".split()
_PROBLEMS: Final = (
    "no_sources no_parents no_birth_date dates_conflict impossible_dates young_parent possible_duplicate "
    "conflicting_sources"
).split()
_SECTIONS: Final = "summary events family sources notes timeline".split()
_RELATIONS: Final = (
    "parents grandparents great_grandparents ancestors children grandchildren descendants siblings half_siblings spouses "
    "aunts_uncles nieces_nephews first_cousins second_cousins parents_in_law siblings_in_law step_family paternal_line "
    "maternal_line"
).split()
_TOPICS: Final = "any war migration borders law disease religion calendar work".split()
FAMILY_TOOLS: Final = (
    _tool(
        "find_people",
        "Search, filter, sort, count or group people in the tree.",
        "",
        name=_text("full or partial name; spelling variants are found"),
        place=_text(),
        event=_text(enum=_EVENTS),
        from_year=_WHOLE,
        to_year=_WHOLE,
        sort=_text(enum=_SORTS),
        group_by=_text(enum=_GROUPS),
        problem=_text(enum=_PROBLEMS),
        limit=_WHOLE,
    ),
    _tool(
        "lookup_person",
        "Everything recorded about one person: names, events, family, sources, notes.",
        "person",
        person=_text(),
        section=_text(enum=_SECTIONS),
    ),
    _tool(
        "find_relatives",
        "List relatives of one kind, e.g. cousins, ancestors, descendants, in-laws.",
        "person relation",
        person=_text(),
        relation=_text(enum=_RELATIONS),
        generations=_WHOLE,
        limit=_WHOLE,
    ),
    _tool(
        "find_relationship",
        "How two people are related, through whom, by blood and by marriage.",
        "person_a person_b",
        person_a=_text(),
        person_b=_text(),
        kind=_text(enum=["all", "blood", "marriage"]),
    ),
    _tool(
        "search_records",
        "Search sources, citations, notes, events and places as recorded.",
        "text",
        text=_text(),
        kind=_text(enum=["any", "source", "note", "event", "place"]),
        person=_text(),
        from_year=_WHOLE,
        to_year=_WHOLE,
        limit=_WHOLE,
    ),
    _tool(
        "get_historical_context",
        "General history for a place and years. Background only, not evidence about a person.",
        "place from_year",
        place=_text(),
        from_year=_WHOLE,
        to_year=_WHOLE,
        topic=_text(enum=_TOPICS),
    ),
)
"""Six tools over a family tree."""


def _who(draw: Draw) -> str:
    return f"I{draw.whole(1, 999)}" if draw.chance(0.2) else draw.person()


def _mark(draw: Draw) -> str:
    return f"{draw.one('IFS')}{draw.whole(1, 999)}"


def _find_people(draw: Draw) -> tuple[str, dict[str, Any]]:
    given: dict[str, Any] = {}
    kind = draw.whole(0, 8)
    year, later = draw.year(), draw.whole(1, 60)
    surname, place = capital(draw.nonce()), draw.city()
    if kind == 0:
        given = {"event": "birth", "place": place}
        text = draw.one(("who was born in {p}", "which people were born in {p}", "everybody born in {p}")).format(
            p=place
        )
        if draw.chance(0.5):
            given |= {"from_year": year, "to_year": year + later}
            text += f" between {year} and {year + later}"
    elif kind == 1:
        event, said = draw.one(
            (
                ("death", "died"),
                ("marriage", "married"),
                ("burial", "were buried"),
                ("baptism", "were baptised"),
                ("residence", "lived"),
            )
        )
        given = {"event": event, "place": place}
        text = f"which people {said} in {place}"
        if draw.chance(0.4):
            given["from_year"] = year
            text += f" after {year}"
    elif kind == 2:
        given = {"name": surname}
        text = draw.one(
            (
                "how many people are called {n}",
                "find {n}",
                "is there somebody named {n}",
                "search for the name {n}",
                "who is called {n} in the tree",
            )
        ).format(n=surname)
    elif kind == 3:
        group = draw.one(_GROUPS)
        given = {"group_by": group}
        text = draw.one(("group the people by {g}", "what is the most common {g}", "count people by {g}")).format(
            g=group.replace("_", " ")
        )
    elif kind == 4:
        problem = draw.one(_PROBLEMS)
        given = {"problem": problem}
        text = draw.one(("which people have the problem {p}", "who has {p}", "find people with {p}")).format(
            p=problem.replace("_", " ")
        )
    elif kind == 5:
        sort, said = draw.one(
            (
                ("birth", "who was born first"),
                ("death", "who died first"),
                ("age", "who lived longest"),
                ("children", "who had the most children"),
                ("name", "list the people by name"),
            )
        )
        given, text = {"sort": sort}, said
        if draw.chance(0.5):
            given["limit"] = count = draw.whole(1, 30)
            text += f", at most {count}"
    elif kind == 6:
        given = {"name": surname, "place": place}
        text = f"is there a {surname} in {place}"
    elif kind == 7:
        given = {"from_year": year, "to_year": year + later, "event": draw.one(("birth", "death", "marriage"))}
        text = f"list every {given['event']} from {year} to {year + later}"
    else:
        given = {"name": surname, "limit": draw.whole(1, 50)}
        text = f"show at most {given['limit']} people named {surname}"
    return polish(draw, text), given


def _lookup(draw: Draw) -> tuple[str, dict[str, Any]]:
    who = _who(draw)
    given: dict[str, Any] = {"person": who}
    if draw.chance(0.55):
        section = draw.one(_SECTIONS)
        given["section"] = section
        says = {
            "summary": "give me a summary of {p}",
            "events": "which events are recorded for {p}",
            "family": "tell me about the family of {p}",
            "sources": "what sources are there for {p}",
            "notes": "show the notes on {p}",
            "timeline": "show the timeline of {p}",
        }
        return polish(draw, says[section].format(p=who)), given
    return polish(
        draw,
        draw.one(
            (
                "who was {p}",
                "what do we know about {p}",
                "when was {p} born",
                "when did {p} die",
                "look up {p}",
                "where was {p} born",
                "tell me everything about {p}",
                "what did {p} do for a living",
            )
        ).format(p=who),
    ), given


def _relatives(draw: Draw) -> tuple[str, dict[str, Any]]:
    who, relation = _who(draw), draw.one(_RELATIONS)
    said = {
        "aunts_uncles": "aunts and uncles",
        "nieces_nephews": "nieces and nephews",
        "parents_in_law": "parents in law",
        "siblings_in_law": "siblings in law",
    }.get(relation, relation.replace("_", " "))
    if relation == "siblings" and draw.chance(0.5):
        said = "brothers and sisters"
    given: dict[str, Any] = {"person": who, "relation": relation}
    text = draw.one(
        (
            "who are the {r} of {p}",
            "list the {r} of {p}",
            "name the {r} of {p}",
            "which {r} did {p} have",
            "show all {r} of {p}",
            "did {p} have {r}",
        )
    ).format(r=said, p=who)
    if relation in ("ancestors", "descendants", "paternal_line", "maternal_line") and draw.chance(0.5):
        given["generations"] = count = draw.whole(1, 9)
        text += f" for {count} generations"
    elif draw.chance(0.15):
        given["limit"] = count = draw.whole(1, 40)
        text += f", at most {count}"
    return polish(draw, text), given


def _relationship(draw: Draw) -> tuple[str, dict[str, Any]]:
    one, two = _who(draw), _who(draw)
    given: dict[str, Any] = {"person_a": one, "person_b": two}
    text = draw.one(
        (
            "how are {a} and {b} related",
            "how is {a} related to {b}",
            "what is the relationship between {a} and {b}",
            "is {a} related to {b}",
            "are {a} and {b} cousins",
        )
    ).format(a=one, b=two)
    if draw.chance(0.3):
        given["kind"] = kind = draw.one(("blood", "marriage"))
        text += f" by {kind}"
    return polish(draw, text), given


def _records(draw: Draw) -> tuple[str, dict[str, Any]]:
    what = draw.words(draw.whole(1, 3))
    given: dict[str, Any] = {"text": what}
    kind = draw.one(("", "source", "note", "event", "place"))
    if kind:
        given["kind"] = kind
        text = draw.one(("which {k}s mention {t}", "search the {k}s for {t}", "find {k}s about {t}")).format(
            k=kind, t=f'"{what}"'
        )
    else:
        text = draw.one(
            (
                "search the records for {t}",
                "is {t} mentioned in the records",
                "what was recorded about {t}",
                "find {t} in the records",
            )
        ).format(t=f'"{what}"')
    if draw.chance(0.3):
        given["person"] = who = _who(draw)
        text += f" for {who}"
    if draw.chance(0.25):
        given["from_year"] = year = draw.year()
        text += f" from {year}"
        if draw.chance(0.5):
            given["to_year"] = year + 20
            text += f" to {year + 20}"
    return polish(draw, text), given


def _context(draw: Draw) -> tuple[str, dict[str, Any]]:
    place, year = draw.city(), draw.year()
    given: dict[str, Any] = {"place": place, "from_year": year}
    said = {
        "": "what happened",
        "war": "what wars were there",
        "migration": "why did people leave",
        "borders": "which borders changed",
        "law": "which laws mattered",
        "disease": "which diseases were there",
        "religion": "what about religion",
        "calendar": "which calendar was used",
        "work": "what work did people do",
    }
    topic = draw.one(list(said))
    text = f"{said[topic]} in {place} "
    if topic:
        given["topic"] = topic
    if draw.chance(0.5):
        given["to_year"] = later = year + draw.whole(1, 60)
        text += draw.one((f"between {year} and {later}", f"from {year} to {later}"))
    else:
        text += draw.one((f"in {year}", f"around {year}", f"from {year} on"))
    return polish(draw, text, not text.startswith("why")), given


_FILLS: Final = (_find_people, _lookup, _relatives, _relationship, _records, _context)


def family_tools() -> list[Tool]:
    """Return the six tools with their questions."""
    return [
        Tool(spec, VERBS["get"], "person", (), (), False, "", fill)
        for spec, fill in zip(FAMILY_TOOLS, _FILLS, strict=True)
    ]


def _person_line(draw: Draw) -> tuple[str, str, str]:
    who, mark = draw.person(), f"I{draw.whole(1, 999)}"
    born = f"born {draw.whole(1, 28)} {draw.one(('JAN', 'FEB', 'MAY', 'OCT'))} {draw.year()} {draw.city()}"
    died = f"died ABT {draw.year()} [{mark}.DEAT]{{no source}} | parents: {draw.person()} [{_mark(draw)}]"
    return who, mark, f"{who} [{mark}] {draw.one('FM')} | {born} [{mark}.BIRT]{{S{draw.whole(1, 99)}}} | {died}"


def _family_result(draw: Draw, name: str, given: dict[str, Any]) -> Result:
    if name == "find_relationship":
        kind = draw.one(
            ("first cousin", "second cousin once removed", "sister", "uncle", "great-grandfather", "brother-in-law")
        )
        where = f"[{_mark(draw)}~{_mark(draw)}]"
        return (
            f"{kind} (blood) {where} | common: {draw.person()} [{_mark(draw)}]",
            f"They are related: {kind} {where}.",
            (kind, where),
        )
    if name == "get_historical_context":
        if draw.chance(0.2):
            return "no context on file", "There is no context on file.", ("no context on file",)
        text = draw.sentence()
        return text, f"Background: {text}", (text,)
    if name in ("lookup_person", "search_records"):
        who, mark, line = _person_line(draw)
        return line, f"{who} [{mark}]: {line.split(' | ')[1]}", (who, mark)
    people = [_person_line(draw) for _ in range(draw.whole(0, 5))]
    if not people:
        return "total=0", "Nobody was found.", ("Nobody",)
    body = f"total={len(people)}\n" + "\n".join(line for _, _, line in people)
    return (
        body,
        f"I found {len(people)}: " + ", ".join(f"{who} [{mark}]" for who, mark, _ in people) + ".",
        tuple(who for who, _, _ in people),
    )


def _family(talk: Talk, count: int) -> None:
    draw = talk.draw
    talk.tools = family_tools()
    draw.random.shuffle(talk.tools)
    talk.system(
        draw.one(
            (
                "You answer questions about a family tree. Use the tools; never guess.",
                "You are a genealogist. Every fact comes from a tool.",
                "",
                draw.sentence(),
            )
        )
    )
    if draw.chance(0.06):
        talk.user(
            draw.one(
                (
                    "What is the weather today?",
                    "Write a poem about the sea.",
                    "What is the capital of the moon?",
                    "Which train goes home?",
                )
            )
        )
        talk.say(DONT_KNOW, "No tool fits.", ("I don't know",))
        return
    for _ in range(draw.one((1, 1, 1, 1, 2, 3))):
        one = draw.one(talk.tools)
        question, given = ask(draw, one)
        body, answer, quotes = _family_result(draw, one.name, given)
        talk.user(question)
        talk.call([(one, given)], [body], f"The tool {one.name} fits.")
        talk.say(answer, "The result answers it.", quotes)


_MOODS: Final = (
    "calm tense bright dark warm cold wild tender proud sad hopeful angry dreamy lonely playful grand".split()
)
_SHAPES: Final[tuple[tuple[str, tuple[tuple[str, str], ...]], ...]] = (
    (
        "mood",
        (
            ("mood", "|".join(_MOODS)),
            ("energy", "0-10"),
            ("story", "words"),
            ("image_seed", "words"),
            ("boundary", "keep|earlier|later"),
            ("lyric_focus", "words"),
        ),
    ),
    (
        "pace",
        (
            ("rate", "hold|slow|medium|fast|frantic"),
            ("motion", "drift|push|orbit|pulse|shake"),
            ("transition", "cut|dissolve|flash|whip|none"),
            ("anticipate", "yes|no"),
        ),
    ),
    (
        "look",
        (
            ("style", "words"),
            ("medium", "photo|film|painting|3d|ink|collage|pixel|abstract"),
            ("lens", "words"),
            ("light", "words"),
            ("avoid", "words"),
        ),
    ),
    ("palette", (("c1", "#"), ("c2", "#"), ("c3", "#"), ("c4", "#"), ("accent", "#"))),
    (
        "cast",
        (("cast", "none|one|two"), ("name", "name"), ("looks", "words"), ("clothes", "words"), ("place", "words")),
    ),
    (
        "shot",
        (
            ("what", "words"),
            ("size", "wide|medium|close|macro|top"),
            ("camera", "static|in|out|left|right|up|down|orbit"),
            ("cast", "yes|no"),
            ("scene", "words"),
            ("text", "lyric|none"),
        ),
    ),
)


def _flat(talk: Talk, count: int) -> None:
    """The answer is one flat object with given keys, filled from short lines of text."""
    draw = talk.draw
    title, shape = draw.one(_SHAPES)
    if draw.chance(0.25):
        title = draw.word()
        shape = tuple(
            (draw.word(), draw.one(("words", "0-10", "#", "yes|no", "|".join(draw.word() for _ in range(3)))))
            for _ in range(draw.whole(1, 6))
        )
    answer: dict[str, Any] = {}
    lines: list[str] = []
    for key, kind in shape:
        if "|" in kind:
            value: Any = draw.one(kind.split("|"))
        else:
            value = (
                draw.whole(0, 10)
                if kind == "0-10"
                else draw.color()
                if kind == "#"
                else draw.person()
                if kind == "name"
                else draw.words(draw.whole(2, 8))
            )
        answer[key] = value
        lines.append(draw.one(("{k}: {v}", "the {k} is {v}", "{k} = {v}")).format(k=key.replace("_", " "), v=value))
    draw.random.shuffle(lines)
    asked = "{" + ",".join(f'"{key}":"{kind}"' for key, kind in shape) + "}"
    talk.system(
        draw.one(
            (
                "You direct a film for a song. Answer with one flat JSON object.",
                "Answer with one flat object and nothing else.",
                "",
            )
        )
    )
    extra = [
        f"section {draw.whole(1, 9)}: {draw.words(draw.whole(3, 9))}",
        f"tempo {draw.whole(60, 180)}",
        f"lyric: {draw.words(draw.whole(3, 8))}",
    ]
    head = draw.one((f"Choose the {title}.", f"{capital(title)} please.", f"Give the {title} of this section."))
    talk.user(
        "\n".join(
            [head, *draw.random.sample(extra, draw.whole(0, 2)), *lines, f"Answer as one object with the keys: {asked}"]
        )
    )
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":") if draw.chance(0.0) else (", ", ": "))
    talk.say(text, "No tool is needed.")


@cache
def claims() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return short verified sentences about Gemma 4 with the ways to ask for them, as they were when frozen."""
    return tuple((one["statement"], tuple(one["asked"])) for one in json.loads(_FACTS.read_text(encoding="utf-8")))


def _gemma(talk: Talk, count: int) -> None:
    draw = talk.draw
    if draw.chance(0.4):
        talk.tools = some_tools(draw, count)
    if draw.chance(0.12):
        talk.user(
            draw.one(("What model are you?", "Which model is this?", "Are you Gemma 4?", "Are you a real Gemma?"))
        )
        talk.say("I am a small demo model with Gemma 4's architecture. I am not Gemma 4.", "No tool is needed.")
        return
    statement, asked = draw.one(claims())
    talk.user(capital(draw.one(asked)) + draw.one(("", "?", ".")))
    talk.say(statement, "No tool is needed.")


def _long(talk: Talk, count: int) -> None:
    """A fact somewhere in a long result."""
    draw = talk.draw
    one = Tool(
        ToolSpec(
            f"read_{draw.nonce()}",
            f"Reads the {draw.word()}.",
            {"type": "object", "properties": {"page": {"type": "integer"}}, "required": ["page"]},
        ),
        VERBS["read"],
        draw.nonce(),
        (),
        (),
    )
    talk.tools = [*(other for other in some_tools(draw, count) if other.name != one.name), one]
    draw.random.shuffle(talk.tools)
    page, what = draw.whole(1, 999), draw.nonce()
    facts = {
        what: draw.one((draw.person, draw.city, draw.date, draw.ident, draw.title))(),
        **{draw.nonce(): draw.word() for _ in range(draw.whole(3, 12))},
    }
    texts = [f"The {key} is {value}." for key, value in facts.items()]
    texts += [draw.sentence() for _ in range(draw.one((20, 60, 120, 220)))]
    draw.random.shuffle(texts)
    talk.user(f"Use {one.name} with page {page}. What is the {what}?")
    talk.call([(one, {"page": page})], [" ".join(texts)], f"The tool {one.name} fits.")
    talk.say(f"The {what} is {facts[what]}.", "The result answers it.", (str(facts[what]),))


def add() -> None:
    """Register the kinds of conversations here."""
    register("family", _family, 6)
    register("flat object", _flat, 4)
    register("gemma", _gemma, 3)
    register("long", _long, 2)
