"""Made-up tools: names, descriptions and flat arguments, with the questions that call for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gemwright.messages import ToolSpec
from training.values import Draw
from training.verbs import VERBS, Verb
from training.words import capital, for_tests

__all__ = ["TYPES", "Argument", "Tool", "argument", "quote", "senses", "spoken", "tool", "toolset"]

_NAMED: Final = (
    "{n} {v}", "with {n} {v}", "{n}: {v}", "{n} = {v}", "the {n} is {v}", "with {v} as {n}", "set {n} to {v}",
    "{n} should be {v}", "for the {n} use {v}", "with the {n} {v}",
)  # fmt: skip
_FAMILIES: Final = tuple(
    (names.split(","), kind.split(","), phrases.split(";"), texts.split(";"))
    for names, kind, phrases, texts in (
        line.split("/", 3) for line in Path(__file__).with_name("families.txt").read_text().strip().split("\n")
    )
)
_ENUMS: Final = tuple(
    line.split(":")
    for line in """
unit,units:metric,imperial,celsius,fahrenheit
sort,order,sort_by:asc,desc,created,updated,name,size,popularity,relevance
state,status:open,closed,all,pending,done,draft,active,archived
format,output_format:json,csv,text,markdown,html,xml,pdf
priority,severity:low,medium,high,critical,normal,urgent
period,interval,range:hour,day,week,month,year
mode,level:fast,slow,safe,full,quick,deep,basic,debug
type,kind:file,directory,image,video,audio,link,note
size:small,medium,large,wide,tiny
visibility,access:public,private,internal,secret
direction,side:up,down,left,right,north,south,in,out
role,permission:admin,member,guest,owner,viewer,editor
""".strip().split("\n")
)
_FREE_KINDS: Final = (
    "sentence", "person", "city", "title", "ident", "date", "word", "nonce", "email", "integer", "number", "word",
    "year", "path", "time", "phrase", "long", "signed", "signed", "decimal", "grouped", "numeral", "timezone", "script",
    "script", "accents", "emoji", "symbols", "symbols", "code", "sql", "json", "slug", "ref", "caps", "digits", "mixed",
    "color", "handle", "glob", "command", "lines", "url", "datetime", "long",
)  # fmt: skip
TYPES: Final = {
    "integer": "integer", "year": "integer", "signed": "integer", "number": "number", "decimal": "number",
    "money": "number",
}  # fmt: skip
_GROUPS: Final = {
    "city": "name", "person": "name", "word": "name", "nonce": "name", "handle": "name", "slug": "name", "ref": "name",
    "integer": "num", "number": "num", "year": "num", "signed": "num", "decimal": "num", "path": "loc", "url": "loc",
    "date": "when", "datetime": "when", "title": "text", "phrase": "text", "long": "text", "sentence": "text",
    "timezone": "name", "ident": "name", "email": "name", "glob": "name", "color": "name", "symbols": "name",
}  # fmt: skip
_QUOTED: Final = frozenset(
    ("title", "phrase", "long", "sentence", "symbols", "code", "sql", "json", "mixed", "lines", "command", "script",
     "accents", "emoji", "caps", "grouped")
)  # fmt: skip
_QUOTES: Final = (('"', '"'), ('"', '"'), ('"', '"'), ("'", "'"), ("`", "`"), ("“", "”"), ("«", "»"))
_PLAIN_TEXT: Final = frozenset("person city title phrase path email word handle sentence".split())
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")


@dataclass(slots=True)
class Argument:
    """An argument: how it is declared and how questions name its value."""

    name: str
    kind: str
    schema: dict[str, Any]
    phrases: tuple[str, ...]
    required: bool = False
    spoken: str = ""


@dataclass(slots=True)
class Tool:
    """A tool and how to ask for it."""

    spec: ToolSpec
    verb: Verb
    noun: str
    arguments: tuple[Argument, ...]
    asks: tuple[str, ...]
    fixed: bool = False
    also: str = ""
    fill: Callable[[Draw], tuple[str, dict[str, Any]]] | None = field(default=None)
    goal: str = ""

    @property
    def name(self) -> str:
        """The tool's name."""
        return self.spec.name


def spoken(name: str) -> str:
    """Return a name as people say it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").replace("-", " ").lower()


def quote(draw: Draw, text: str) -> str:
    """Return a text in quotes that it does not hold."""
    for _ in range(12):
        left, right = draw.one(_QUOTES)
        if left not in text and right not in text:
            return left + text + right
    return f"```{text}```"


def _described(draw: Draw, name: str, texts: tuple[str, ...] | list[str]) -> str:
    said = spoken(name)
    return draw.one((*texts, *texts, "the {n}", "{n} to use", "Which {n}", "{n}", "{n} (optional)", "The {n}")).format(
        n=said
    )


def argument(draw: Draw, used: set[str], kind: str = "") -> Argument:
    """Return an argument with a name that is not used yet.

    Args:
        draw: where words come from.
        used: names in use; the new one is added.
        kind: a kind of value; any when empty.
    """
    while True:
        alias = ""
        described: tuple[str, ...] = ()
        if not kind and draw.chance(0.5):
            names, kinds, phrases, texts = draw.one(_FAMILIES)
            name, found, spoken_as, described = (
                draw.one(names),
                draw.one(kinds),
                (*phrases, *phrases, *_NAMED[:3]),
                tuple(texts),
            )
            if draw.test or draw.chance(0.15):  # tests have no names that training has
                name = draw.one((name + "_" + draw.plain(), draw.plain() + "_" + name, name + capital(draw.plain())))
                spoken_as = _NAMED
            schema: dict[str, Any] = {"type": TYPES.get(found, "string")}
        else:
            name = draw.noun().replace(" ", "_") if draw.chance(0.7) else draw.plain() + "_" + draw.plain()
            if draw.chance(0.25):
                alias = name
                name += draw.one(("_name", "_id", "_path", "_number", "_key", "_text", "_code", "Id", "Name"))
            spoken_as = _NAMED
            choice = draw.whole(0, 19)
            found = kind or draw.one(_FREE_KINDS)
            schema = {"type": TYPES.get(found, "string")}
            if kind or choice < 11:
                pass
            elif choice < 15:
                found, alias = "enum", ""
                if draw.chance(0.5) and not draw.test:
                    named, values = draw.one(_ENUMS)
                    options = values.split(",")
                    draw.random.shuffle(options)
                    name, options = draw.one(named.split(",")), options[: draw.whole(2, len(options))]
                else:
                    options = list(
                        dict.fromkeys(
                            draw.plain() if draw.chance(0.8) else draw.plain() + "_" + draw.plain()
                            for _ in range(draw.whole(2, 7))
                        )
                    )
                schema = {"type": "string", "enum": options}
                spoken_as = (*_NAMED, "in {n} {v}", "{v} {n}")
            elif choice < 17:
                found, alias, schema = "bool", "", {"type": "boolean"}
                name = (
                    draw.one(("include_", "with_", "is_", "", "")) + draw.plain()
                    if draw.chance(0.7)
                    else draw.plain()
                    if draw.test
                    else draw.one(
                        (
                            "verbose",
                            "recursive",
                            "archived",
                            "public",
                            "urgent",
                            "raw",
                            "dry_run",
                            "force",
                            "private",
                            "draft",
                            "all",
                        )
                    )
                )
            else:
                found = draw.one(("words", "words", "words", "people", "numbers", "files", "phrases"))
                alias = ""
                schema = {"type": "array", "items": {"type": "integer" if found == "numbers" else "string"}}
                names_of_lists = (
                    "tags",
                    "labels",
                    "items",
                    "files",
                    "names",
                    "ids",
                    "values",
                    "fields",
                    "paths",
                    "recipients",
                )
                name = (
                    draw.one((name + "s", name + "_list"))
                    if draw.test or draw.chance(0.2)
                    else draw.one(names_of_lists)
                )
        if name in used or not _NAME.match(name):
            continue
        used.add(name)
        if schema.get("type") == "integer" and draw.chance(0.35):
            schema["type"] = "number" if draw.chance(0.93) else "string"
        if draw.chance(0.02):
            schema["nullable"] = True
        if found in _PLAIN_TEXT and draw.chance(0.06):  # no type is shown of it
            schema = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
        if draw.chance(0.5):
            schema["description"] = _described(draw, name, described)
        return Argument(name, found, schema, tuple(spoken_as), False, alias)


def senses(one: Tool) -> set[str]:
    """Return the words that may mean what a tool is about."""
    found = {one.noun, *one.noun.split(), one.also, *one.also.split()}
    if one.fill is not None:
        found |= set(re.findall("[a-z]+", f"{one.goal} {one.spec.description}".lower()))
    return (found | {other for word in found for other in _SYNONYMS.get(word, ())}) - {""}


_STYLES: Final = ("verb_noun",) * 8 + (
    "noun_verb",
    "camel",
    "camel",
    "noun",
    "word_verb_noun",
    "nonce",
    "nonce",
    "kebab",
    "verb",
)


def _name(draw: Draw, verb: Verb, noun: str) -> str:
    under, did, style = noun.replace(" ", "_"), draw.one(verb.names), draw.one(_STYLES)
    if style == "verb_noun":
        return did + "_" + under + draw.one(("", "", "", "s", "_v2", "_" + draw.plain()))
    if style == "noun_verb":
        return under + "_" + did
    if style == "camel":
        return did.replace("_", "") + "".join(capital(part) for part in under.split("_"))
    if style == "noun":
        return under
    if style == "word_verb_noun":
        return draw.plain() + "_" + did + "_" + under
    if style == "kebab":
        return did + "-" + under.replace("_", "-")
    if style == "verb":
        return did
    return draw.nonce() if draw.chance(0.6) else draw.nonce() + "_" + draw.plain()


_COUNTS: Final = (0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4)


def tool(
    draw: Draw, verb: str = "", noun: str = "", used: Collection[str] = (), arguments: int | None = None, kind: str = ""
) -> Tool:
    """Return a new tool.

    Args:
        draw: where words come from.
        verb: key of a verb; any when empty.
        noun: what the tool is about; any when empty.
        used: names of tools that exist.
        arguments: how many arguments; any number when None.
        kind: the kind of value of the first argument; any when empty.
    """
    does = VERBS[verb] if verb else draw.one(_ALL)
    about = noun or (
        draw.one(_CAN_PARAPHRASE)
        if draw.chance(0.15) and not draw.test
        else draw.noun()
        if draw.chance(0.7)
        else draw.plain() + " " + draw.noun()
    )
    name = _name(draw, does, about)
    while name in used or not _NAME.match(name):
        name = _name(draw, does, about)
    names: set[str] = set()
    found = [
        argument(draw, names, kind if at == 0 else "")
        for at in range(draw.one(_COUNTS) if arguments is None else arguments)
    ]
    two = draw.chance(0.07) and arguments is None and not draw.test
    if two:
        found = _pair(draw, about)
    for at, one in enumerate(found):
        one.required = two or draw.chance(0.85 if at == 0 else 0.35)
    _disambiguate(found)
    text = draw.one(does.says).format(n=about)
    asks = does.asks
    text = _more_text(draw, text, found)
    if draw.chance(0.03) and about.replace(" ", "_") in name and any(did in name for did in does.names):
        text = ""
    also = draw.one(_SYNONYMS[about]) if about in _SYNONYMS and not draw.test and draw.chance(0.3) else ""
    if also:  # the question has only a paraphrase
        asks = tuple(one.format(n=also) for one in asks)
    return Tool(_spec(draw, name, text, found), does, about, tuple(found), tuple(asks), two, also)


_ALL: Final = tuple(VERBS.values())
_SAME: Final = tuple(
    tuple(line.split(","))
    for line in (
        "issue,bug,problem", "repository,repo,codebase", "file,document", "directory,folder", "photo,picture,image",
        "message,note", "user,account,member", "email,mail,letter", "task,todo,job", "meeting,appointment,event",
        "car,vehicle", "movie,film", "song,track,tune", "shop,store", "price,cost", "customer,client,buyer",
        "invoice,bill", "order,purchase", "comment,remark", "picture,screenshot", "article,post,story", "website,page,site",
        "weather,forecast", "temperature,heat", "lamp,light", "flight,plane trip", "hotel,place to stay", "road,street,route",
        "doctor,physician", "illness,disease", "teacher,instructor", "student,pupil", "course,class,lesson", "exam,test",
        "money,cash", "salary,pay", "employee,worker,staff member", "company,firm,business", "city,town", "country,nation",
        "table,sheet", "record,entry", "error,fault,failure", "log,protocol", "password,secret", "key,token",
        "container,pod", "server,machine,host", "database,store of data", "branch,line of work", "change,edit,modification",
        "reminder,alert,notification", "contact,person", "recipe,dish", "book,volume", "author,writer", "child,kid",
        "package,parcel", "address,location", "map,plan", "timer,countdown", "alarm,wake-up call", "summary,digest,overview",
        "pull request,proposed change,merge request", "release,version", "milestone,goal", "label,tag", "graph,network",
        "entity,thing", "relation,connection", "observation,fact", "snapshot,backup", "schedule,timetable",
    )
)  # fmt: skip
_CAN_PARAPHRASE: Final = tuple(word for line in _SAME for word in line[:2] if not for_tests(word))
_SYNONYMS: Final = {word: tuple(other for other in line if other != word) for line in _SAME for word in line}


def _disambiguate(found: list[Argument]) -> None:
    """Two arguments that prepositions cannot tell apart are named in the question."""
    for one in found:
        group = _GROUPS.get(one.kind, one.kind)
        if (
            one.kind not in ("bool", "enum")
            and sum(_GROUPS.get(other.kind, other.kind) == group for other in found) > 1
        ):
            one.phrases = _NAMED


def _pair(draw: Draw, about: str) -> list[Argument]:
    kind = draw.one(("path", "city", "date", "timezone", "word", "time", "url", "email", "ident", "ref", "handle"))
    tail = about.split(" ")[-1]
    one, two = draw.one(
        (
            ("source", "destination"),
            ("from", "to"),
            (f"source_{tail}", f"target_{tail}"),
            (f"old_{tail}", f"new_{tail}"),
            ("origin", "target"),
            ("first", "second"),
            ("from_" + tail, "to_" + tail),
            ("src", "dst"),
            ("a", "b"),
        )
    )
    if one in ("first", "a"):
        return [
            Argument(one, kind, {"type": "string"}, ("{v}",)),
            Argument(two, kind, {"type": "string"}, ("and {v}",)),
        ]
    return [
        Argument(one, kind, {"type": "string"}, ("from {v}", "{v}")),
        Argument(two, kind, {"type": "string"}, ("to {v}",)),
    ]


_EXTRAS: Final = (
    " Returns text.", " Returns JSON.", " Needs an account.", " May take a few seconds.", " Read only.", " Requires permission.",
    " If nothing matches, the list is empty.", " Fails if it does not exist.", " Only for members.", " Results are sorted.",
    " Use it only when asked.", " Works offline.", " Times are in UTC.",
)  # fmt: skip


def _more_text(draw: Draw, text: str, found: list[Argument]) -> str:
    if found and draw.chance(0.2):
        text += draw.one((" by {x}", " for a given {x}", ", given a {x}")).format(x=spoken(found[0].name))
    elif draw.chance(0.15):
        text += draw.one((" in the {x} system", " of the {x} service")).format(x=draw.word())
    text += draw.one((".", ".", ""))
    if draw.chance(0.25) and text.endswith("."):
        text += draw.one(_EXTRAS)
    return text


def _spec(draw: Draw, name: str, text: str, found: list[Argument]) -> ToolSpec:
    properties = {one.name: one.schema for one in draw.random.sample(found, len(found))}
    parameters: dict[str, Any] = {"type": "object", "properties": properties}
    required = [one.name for one in found if one.required]
    if required or draw.chance(0.5):
        parameters["required"] = required
    return ToolSpec(name, text, parameters)


def toolset(draw: Draw, count: int) -> list[Tool]:
    """Return tools in any order; some share their noun, their verb or a prefix."""
    found: list[Tool] = []
    while len(found) < count:
        names = {one.name for one in found}
        near = found and draw.chance(0.4)
        if near:
            base = draw.one(found)
            verb, noun = (draw.one(_ALL).key, base.noun) if draw.chance(0.7) else (base.verb.key, "")
            made = tool(draw, verb, noun, names)
        else:
            made = tool(draw, used=names)
        if made.name in names or any(_alike(made, other) for other in found):
            continue
        found.append(made)
    if draw.chance(0.3):
        prefix = (
            draw.plain() + "_"
            if draw.test
            else draw.one(
                (
                    "git",
                    "repo",
                    "db",
                    "fs",
                    "browser",
                    "api",
                    "k8s",
                    "mail",
                    "app",
                    draw.plain(),
                    draw.plain(),
                    draw.plain(),
                    capital(draw.plain()),
                )
            )
            + draw.one(("_", "_", "_", "-", "."))
        )
        prefix = prefix.replace(".", "__")
        for one in found:
            one.spec = ToolSpec(prefix + one.name, one.spec.description, one.spec.parameters)
    draw.random.shuffle(found)
    return found


_NEAR: Final = tuple(
    frozenset(line.split())
    for line in (
        "get details current status read convert summarize validate compute predict",
        "list search history",
        "create add write set book buy schedule draw",
        "update set write rename",
        "delete clear cancel reset",
        "send reply forward share",
        "start run toggle resume restart play",
        "stop pause disable cancel close",
        "copy pull export write",
        "compare validate summarize",
        "tag assign set",
        "reset restart resume",
    )
)


def _alike(one: Tool, other: Tool) -> bool:
    """Whether a question could mean either of two tools."""
    mine, theirs = one.noun, other.noun
    if mine == theirs:
        return one.verb.key == other.verb.key or any(one.verb.key in near and other.verb.key in near for near in _NEAR)
    same = senses(one) & senses(other)
    return bool(same) and (
        one.verb.key == other.verb.key or any(one.verb.key in near and other.verb.key in near for near in _NEAR)
    )
