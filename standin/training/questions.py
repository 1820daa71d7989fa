"""Questions that call for a tool, with the arguments that they give; results of tools and answers that quote them."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from gemwright.messages.parts import JSON
from training.tools import Argument, Tool, quote, spoken
from training.values import Draw
from training.words import capital

__all__ = ["Result", "ask", "fact", "fill", "joined", "polish", "result"]

Result = tuple[JSON, str, tuple[str, ...]]
"""What a tool gives back, the answer from it, and what the answer has to quote."""

_ALWAYS_QUOTED: Final = frozenset("code sql json mixed lines command symbols long sentence phrase".split())
_OFTEN_QUOTED: Final = frozenset("title script accents emoji caps grouped numeral slug".split())
_COLON: Final = frozenset("code sql json lines command long sentence phrase symbols mixed".split())


def fill(draw: Draw, one: Argument) -> tuple[Any, str]:
    """Return a value for an argument and the words that give it."""
    said = spoken(one.name) if draw.chance(0.75) else one.name
    if one.kind == "enum":
        value = draw.one(one.schema["enum"])
        return value, draw.one(one.phrases).format(n=said, v=value if draw.chance(0.6) else value.replace("_", " "))
    if one.kind == "bool":
        value = draw.chance(0.6)
        yes = ("{n}: yes", "{n}: true", "{n} = true", "with {n} set to true", "{n} set to true", "with {n} true")
        no = ("without {n}", "{n}: no", "{n}: false", "{n} = false", "{n} set to false", "with {n} false")
        return value, draw.one(yes if value else no).format(n=said)
    if one.kind in ("words", "people", "numbers", "files", "phrases"):
        kind = {"words": "word", "people": "person", "numbers": "signed", "files": "path", "phrases": "title"}[one.kind]
        values: list[Any] = list(dict.fromkeys(draw.value(kind) for _ in range(draw.whole(1, 4))))
        quoted = one.kind == "phrases" or draw.chance(0.2)
        texts = [f'"{value}"' if quoted else str(value) for value in values]
        text = texts[0] if len(texts) == 1 else ", ".join(texts[:-1]) + draw.one((" and ", ", ", ", and ")) + texts[-1]
        return values, draw.one(("with {n} {v}", "{n} {v}", "{n}: {v}", "with the {n} {v}", "for the {n} {v}")).format(
            n=said, v=text
        )
    value = draw.value(one.kind)
    if one.schema.get("type", "string") == "string":
        value = str(value)
    text = str(value)
    if one.spoken and draw.chance(0.6):
        return value, draw.one(("{n} {v}", "the {n} {v}", "{n}: {v}", "for the {n} {v}")).format(
            n=spoken(one.spoken), v=_in_text(draw, one.kind, text)
        )
    return value, draw.one(one.phrases).format(n=said, v=_in_text(draw, one.kind, text))


def _in_text(draw: Draw, kind: str, text: str) -> str:
    if kind in _ALWAYS_QUOTED or (kind in _OFTEN_QUOTED and (" " in text or draw.chance(0.3))) or draw.chance(0.08):
        return quote(draw, text)
    return text


def joined(draw: Draw, parts: list[str]) -> str:
    """Return parts of a sentence as one text."""
    text = parts[0]
    for part in parts[1:]:
        text += draw.one((" ", ", ", ", ", ", ", " and ")) + part
    return text


_BEFORE: Final = (
    "please ", "can you ", "could you ", "I want you to ", "I would like you to ", "now ", "would you ", "help me: ",
    "quickly ", "then ", "next, ", "let us ",
)  # fmt: skip


def polish(draw: Draw, text: str, command: bool = True, ended: bool = False) -> str:
    """Return a question with a capital, an end and perhaps something beside the point.

    Args:
        draw: where words come from.
        text: the bare question.
        command: whether a polite opening fits.
        ended: whether its last words are a value that a full stop would spoil.
    """
    question = re.match(r"(what|how|which|is|are|will|does) ", text) is not None
    if command and not question and draw.chance(0.35):
        before = draw.one(_BEFORE)
        text, question = before + text, "you " in before and "you to" not in before
    text = capital(text) if draw.chance(0.85) else text
    if not ended:
        text += "?" if question and draw.chance(0.9) else draw.one((".", ".", "", "!"))
    if draw.chance(0.06):
        text = (
            draw.one(
                (
                    f"Hello, I am {draw.person()}.",
                    f"Yesterday I was in {draw.city()}.",
                    f"I have {draw.integer()} minutes.",
                    f"My friend {draw.person()} asked me this.",
                    f"This is about {draw.word()}.",
                    "Hi!",
                    "Thanks so far.",
                )
            )
            + " "
            + text
        )
    if draw.chance(0.05) and not ended:
        text += draw.one((" Thanks.", " It is urgent.", f" My cat is called {capital(draw.nonce())}.", " Thank you!"))
    return text


def bare(draw: Draw, one: Tool) -> str:
    """Return a question for a tool without values."""
    return draw.one(one.asks).format(n=one.noun)


def ask(draw: Draw, one: Tool, keep: frozenset[str] | None = None) -> tuple[str, dict[str, Any]]:
    """Return a question and the arguments that its call has to have.

    Args:
        draw: where words come from.
        one: the tool.
        keep: names of the arguments to give; all required ones and some others when None.
    """
    if one.fill is not None:
        return one.fill(draw)
    given: dict[str, Any] = {}
    parts: list[str] = []
    last = ""
    for argument in one.arguments:
        if argument.name not in keep if keep is not None else not argument.required and draw.chance(0.5):
            continue
        value, phrase = fill(draw, argument)
        given[argument.name] = value
        if (
            argument.kind in _COLON
            and not last
            and isinstance(value, str)
            and value
            and draw.chance(0.2)
            and not one.fixed
        ):
            said = spoken(argument.name)
            last = draw.one((f"{said}: {value}", f"{said}:\n{value}", f"with this {said}: {value}"))
        else:
            parts.append(phrase)
    if len(parts) > 1 and not one.fixed and draw.chance(0.45):
        rest = parts[1:]
        draw.random.shuffle(rest)
        parts = [parts[0], *rest] if draw.chance(0.5) else [*rest, parts[0]]
    chosen = draw.chance(0.1)
    if chosen:
        text = f"{draw.one(('use', 'call', 'run', 'please use', 'use the tool'))} {one.name}" + (
            " with " if parts else ""
        )
    else:
        text = bare(draw, one) + (" " if parts else "")
    text += " ".join(parts) if one.fixed else joined(draw, parts) if parts else ""
    if last:
        return polish(draw, text + draw.one((", ", " ", ". ")) + last, not chosen, True), given
    return polish(draw, text, not chosen, draw.chance(0.15)), given


_UNITS: Final = ("EUR", "USD", "km", "kg", "days", "hours", "degrees", "points", "percent", "pages")


def fact(draw: Draw) -> str:
    """Return something that a tool may say."""
    kind = draw.one(
        (
            "integer",
            "number",
            "unit",
            "word",
            "person",
            "date",
            "city",
            "ident",
            "title",
            "year",
            "time",
            "signed",
            "decimal",
            "grouped",
            "script",
            "accents",
            "path",
            "phrase",
        )
    )
    if kind == "unit":
        return f"{draw.value(draw.one(('integer', 'number', 'signed')))} {draw.one(_UNITS)}"
    return str(draw.value(kind))


def _subject(one: Tool, given: dict[str, Any]) -> str:
    for argument in one.arguments:
        if (
            argument.name in given
            and argument.kind in ("person", "city", "ident", "title", "path", "word", "handle")
            and given[argument.name]
        ):
            return str(given[argument.name])
    return ""


def result(draw: Draw, one: Tool, given: dict[str, Any], wanted: str | None = None) -> Result:
    """Return what a tool gives back and what is to be said about it.

    Args:
        draw: where words come from.
        one: the tool.
        given: its arguments.
        wanted: the value that has to be in it; any when None.
    """
    about = one.noun
    subject = _subject(one, given)
    if wanted is None and draw.chance(0.05):
        error = draw.words(draw.whole(2, 6))
        return draw.one(("error: ", "Error: ", "failed: ")) + error, f"The tool reported an error: {error}.", (error,)
    if wanted is not None or one.verb.gives == "value":
        return _value(draw, about, subject, fact(draw) if wanted is None else wanted)
    if one.verb.gives == "list":
        return _list(draw)
    if one.verb.gives == "count":
        count = str(draw.integer())
        body: JSON = draw.one(
            (count, f"total={count}", json.dumps({"count": int(count)}), f"{count} {about}s", {"count": int(count)})
        )
        return body, f"There are {count} {about}s.", (count,)
    return _done(draw)


def _value(draw: Draw, about: str, subject: str, value: str) -> Result:
    others = [(draw.noun(), fact(draw)) for _ in range(draw.whole(1, 3))]
    pairs = [(about, value), *((key, text) for key, text in others if key != about)]
    draw.random.shuffle(pairs)
    form = draw.whole(0, 7)
    body: JSON
    if form == 0:
        body = value
    elif form == 1:
        body = f"{about}: {value}"
    elif form == 2:
        body = f"The {about}{f' of {subject}' if subject else ''} is {value}."
    elif form == 3:
        body = json.dumps(
            {key.replace(" ", "_"): text for key, text in pairs},
            ensure_ascii=False,
            separators=draw.one(((",", ":"), (", ", ": "))),
        )
    elif form == 4:
        body = "\n".join(f"{key}: {text}" for key, text in pairs)
    elif form == 5:
        body = " | ".join(([subject] if subject else []) + [f"{key} {text}" for key, text in pairs])
    elif form == 6:
        body = {key.replace(" ", "_"): text for key, text in pairs}
    else:
        body = (
            capital(draw.words(draw.whole(3, 15)))
            + f". The {about} is {value}. "
            + capital(draw.words(draw.whole(3, 15)))
            + "."
        )
    return body, f"The {about} is {value}.", (value,)


def _list(draw: Draw) -> Result:
    kind = draw.one(("person", "title", "city", "ident", "word", "path", "script"))
    found = list(dict.fromkeys(str(draw.value(kind)) for _ in range(draw.one((0, 1, 2, 3, 3, 4, 5, 6)))))
    if not found:
        return (
            draw.one(("[]", "none", "no results", "total=0", '{"results": []}', "0 found", [])),
            "Nothing was found.",
            ("Nothing",),
        )
    form = draw.whole(0, 4)
    body: JSON
    if form == 0:
        body = json.dumps(found, ensure_ascii=False)
    elif form == 1:
        body = "\n".join(f"{at}. {text}" for at, text in enumerate(found, 1))
    elif form == 2:
        body = f"total={len(found)} | " + " | ".join(found)
    elif form == 3:
        body = list(found)
    else:
        body = "\n".join("- " + text for text in found)
    return body, f"I found: {', '.join(found)}.", tuple(found)


def _done(draw: Draw) -> Result:
    form = draw.whole(0, 4)
    name = draw.ident()
    if form == 0:
        return json.dumps({"ok": True, "id": name}), f"Done. The id is {name}.", (name,)
    if form == 1:
        return draw.one(("ok", "done", "success", '{"ok": true}', {"ok": True})), "Done.", ("Done",)
    if form == 2:
        return (
            f"{draw.one(('created', 'saved', 'changed', 'id', 'accepted as'))} {name}",
            f"Done. The id is {name}.",
            (name,),
        )
    if form == 3:
        return {"status": "ok", "id": name}, f"Done. The id is {name}.", (name,)
    text = draw.words(draw.whole(2, 6))
    return text, f"Done: {text}.", (text,)
