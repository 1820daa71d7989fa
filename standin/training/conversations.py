"""Synthetic conversations: `examples(seed)` yields them without end, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from gemwright.messages import Message, Text, Thinking, ToolCall, ToolResult, ToolSpec, assistant, system, user
from gemwright.messages.parts import JSON
from training.questions import Result, ask, bare, fact, fill, joined, polish, result
from training.servers import server_tools
from training.tools import Tool, senses, tool, toolset
from training.values import Draw
from training.words import capital

__all__ = ["DONT_KNOW", "Example", "Talk", "example", "examples", "register"]

DONT_KNOW: Final = "I don't know. None of my tools can answer that."
Flavour = Literal["small", "large"]


@dataclass(frozen=True)
class Example:
    """A conversation with what the model is to say in it.

    Attributes:
        messages: the whole conversation, the model's turns included.
        tools: the declared tools.
        thinking: whether the model is asked to think.
        flavour: which of the two forms of the prompt.
        kind: what it teaches.
        expect: what the model is to do after the last question: `{"steps": [...]}`. A step is
            `{"calls": [{"name", "arguments"}], "results": [...]}` or `{"answer": text, "quotes": [...]}`.
    """

    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...]
    thinking: bool
    flavour: Flavour
    kind: str
    expect: dict[str, Any]


@dataclass
class Talk:
    """A conversation that is being written."""

    draw: Draw
    thinking: bool
    tools: list[Tool] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)

    def system(self, text: str) -> None:
        """Open with instructions."""
        if text:
            self.messages.insert(0, system(text))

    def user(self, text: str) -> None:
        """Let the user speak; what came before is no longer expected of the model."""
        self.steps.clear()
        self.messages.append(user(text))

    def say(self, text: str, thought: str, quotes: tuple[str, ...] = ()) -> None:
        """Let the model answer."""
        parts = [Thinking(thought)] if self.thinking else []
        self.messages.append(assistant(*parts, Text(text)))
        self.steps.append({"answer": text, "quotes": list(quotes or (text,))})

    def call(self, calls: list[tuple[Tool, dict[str, Any]]], results: list[JSON], thought: str) -> None:
        """Let the model call tools, which answer."""
        made = [
            ToolCall(one.name, dict(sorted(given.items(), key=lambda pair: pair[0].lower())), str(at))
            for at, (one, given) in enumerate(calls)
        ]
        parts = [Thinking(thought)] if self.thinking else []
        self.messages.append(assistant(*parts, *made))
        self.messages += (
            Message("tool", (ToolResult(call.name, body, call.id),)) for call, body in zip(made, results, strict=True)
        )
        self.steps.append(
            {"calls": [{"name": call.name, "arguments": dict(call.arguments)} for call in made], "results": results}
        )

    def finish(self, kind: str, flavour: Flavour) -> Example:
        """Return the conversation as an example."""
        return Example(
            tuple(self.messages),
            tuple(one.spec for one in self.tools),
            self.thinking,
            flavour,
            kind,
            {"steps": list(self.steps)},
        )


def _thought(one: Tool) -> str:
    return f"The user wants: {one.goal or one.verb.key + ' ' + one.noun}. The tool {one.name} fits."


_ANSWERS: Final = "The result answers it."
_TALKS: Final = (
    "Hello!", "Good morning.", "How are you?", "Thank you.", "Hi there.", "Good evening.", "Thanks, that helps.",
)  # fmt: skip
_REPLIES: Final = (
    "Hello! What can I do for you?", "Good morning! What can I do for you?", "I am well, thank you. What can I do?",
    "You are welcome.", "Hello! What can I do for you?", "Good evening! What can I do for you?", "You are welcome.",
)  # fmt: skip


def persona(draw: Draw) -> tuple[str, dict[str, str]]:
    """Return instructions that say who the model is, and what they tell."""
    name = capital(draw.nonce())
    told = {
        "name": name,
        "maker": capital(draw.nonce()) + draw.one(("", " Labs", " Ltd", " GmbH", "")),
        "task": draw.noun() + "s",
        "limit": draw.noun() + "s",
    }
    text = draw.one(("You are {name}.", "You are {name}, an assistant.", "Your name is {name}."))
    text += draw.one((" You were made by {maker}.", " {maker} made you.", " You work for {maker}."))
    text += draw.one((" You help with {task}.", " Your task: {task}.", " You answer questions about {task}."))
    text += draw.one(
        (" You do not talk about {limit}.", " You never discuss {limit}.", " You cannot help with {limit}.")
    )
    return text.format(**told), told


def instructions(draw: Draw) -> str:
    """Return a system prompt that does not matter, or none."""
    kind = draw.random.random()
    if kind < 0.4:
        return ""
    if kind < 0.6:
        return draw.one(
            (
                "You are a helpful assistant.",
                "Answer briefly.",
                "Use the tools where they help.",
                "You can call tools. Never guess.",
                "Be short and exact.",
            )
        )
    if kind < 0.8:
        return persona(draw)[0]
    return " ".join(draw.sentence() for _ in range(draw.whole(1, 4)))


def _exchange(talk: Talk, one: Tool) -> None:
    draw = talk.draw
    question, given = ask(draw, one)
    body, answer, quotes = result(draw, one, given)
    talk.user(question)
    talk.call([(one, given)], [body], _thought(one))
    talk.say(answer, _ANSWERS, quotes)


_SERVERS: Final = 0.5
"""Share of conversations with tools in the manner of public servers."""


def some_tools(draw: Draw, count: int) -> list[Tool]:
    """Return tools, made up or like those of public servers."""
    if draw.chance(_SERVERS) and not draw.test:
        return server_tools(draw, count)
    return toolset(draw, count)


def _single(talk: Talk, count: int) -> None:
    talk.tools = some_tools(talk.draw, count)
    talk.system(instructions(talk.draw))
    _exchange(talk, talk.draw.one(talk.tools))


def _several(talk: Talk, count: int) -> None:
    """Many questions to the same tools: choosing among them is what takes most practice, and declarations are long."""
    draw = talk.draw
    talk.tools = some_tools(draw, draw.whole(3, 7) if draw.chance(0.75) else draw.whole(8, 12))
    talk.system(instructions(draw) if draw.chance(0.5) else "")
    for _ in range(draw.whole(3, 7)):
        if draw.chance(0.06):
            _refuse(talk)
        else:
            _exchange(talk, draw.one(talk.tools))


def _copy(talk: Talk, count: int) -> None:
    """A value of any kind and length into one argument."""
    draw = talk.draw
    talk.tools = toolset(draw, count - 1)
    one = tool(draw, used=[other.name for other in talk.tools], arguments=1, kind=draw.one(_COPIED))
    while any(other.noun == one.noun for other in talk.tools):
        one = tool(draw, used=[other.name for other in talk.tools], arguments=1, kind=draw.one(_COPIED))
    one.arguments[0].required = True
    talk.tools.append(one)
    draw.random.shuffle(talk.tools)
    _exchange(talk, one)


_COPIED: Final = (
    "phrase", "long", "long", "sentence", "signed", "decimal", "grouped", "numeral", "script", "script", "accents",
    "emoji", "symbols", "symbols", "code", "sql", "json", "mixed", "lines", "command", "url", "path", "digits", "caps",
)  # fmt: skip


def _multi(talk: Talk, count: int) -> None:
    talk.tools = some_tools(talk.draw, count)
    talk.system(instructions(talk.draw))
    for _ in range(talk.draw.one((1, 1, 1, 2, 2, 3))):
        if talk.draw.chance(0.15):
            at = talk.draw.whole(0, len(_TALKS) - 1)
            talk.user(_TALKS[at])
            talk.say(_REPLIES[at], "No tool is needed.")
        elif talk.draw.chance(0.2) and talk.messages and talk.messages[-1].role == "assistant":
            _again(talk)
        else:
            _exchange(talk, talk.draw.one(talk.tools))
    _exchange(talk, talk.draw.one(talk.tools))


def _again(talk: Talk) -> None:
    said = talk.messages[-1].text
    talk.user(talk.draw.one(("Say that again.", "Repeat your answer, please.", "What did you say?", "Once more?")))
    talk.say(said, "No tool is needed.")


_NOT_MANY: Final = frozenset(("bool", "enum", "words", "people", "numbers", "files", "phrases"))


def _parallel(talk: Talk, count: int) -> None:
    draw = talk.draw
    talk.tools = some_tools(draw, count)
    talk.system(instructions(draw))
    calls: list[tuple[Tool, dict[str, Any]]] = []
    single = [
        one
        for one in talk.tools
        if one.fill is None and len(one.arguments) < 4 and any(other.kind not in _NOT_MANY for other in one.arguments)
    ]
    if single and (draw.chance(0.55) or len(talk.tools) < 2):
        one = draw.one(single)
        able = [other for other in one.arguments if other.kind not in _NOT_MANY]
        argument = next((other for other in able if other.required), able[0])
        shared = [(other, *fill(draw, other)) for other in one.arguments if other.required and other is not argument]
        values: list[Any] = []
        texts: list[str] = []
        phrase = draw.one(argument.phrases)
        for _ in range(draw.one((2, 2, 2, 3, 3, 4))):
            argument.phrases = (phrase,)
            value, text = fill(draw, argument)
            if value not in values:
                values.append(value)
                texts.append(text)
        question = polish(
            draw, f"{bare(draw, one)} {_listed(draw, texts)}" + "".join(f" {text}" for _, _, text in shared)
        )
        calls = [(one, {argument.name: value, **{other.name: given for other, given, _ in shared}}) for value in values]
    else:
        while not 2 <= len(calls) <= len(talk.tools):
            if len(talk.tools) < 2:
                talk.tools = some_tools(draw, 2)
            chosen = draw.random.sample(talk.tools, draw.whole(2, min(3 if draw.test else 6, len(talk.tools))))
            texts = []
            for one in chosen:
                text, given = ask(draw, one)
                calls.append((one, given))
                texts.append(text)
        question = draw.one(("\n", "\n", "\nAnd: ", "\nAlso: ", "\nAt the same time: ")).join(texts)
    found = [result(draw, one, given) for one, given in calls]
    talk.user(question)
    talk.call(calls, [body for body, _, _ in found], f"These are {len(calls)} calls.")
    talk.say(
        " ".join(answer for _, answer, _ in found), _ANSWERS, tuple(text for _, _, quotes in found for text in quotes)
    )


def _listed(draw: Draw, texts: list[str]) -> str:
    if len(texts) == 1:
        return texts[0]
    return ", ".join(texts[:-1]) + draw.one((" and ", ", and ", " and also ", " and then ")) + texts[-1]


def _chain(talk: Talk, count: int) -> None:
    draw = talk.draw
    rounds = draw.one((2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 7, 8, 9, 10))
    if draw.chance(0.25):
        _sequence(talk, count, rounds)
        return
    others = toolset(draw, max(1, count - rounds)) if count > rounds or draw.chance(0.3) else []
    nouns = {one.noun for one in others}
    chain: list[Tool] = []
    while len(chain) < rounds:
        kind = draw.one(
            ("person", "city", "ident", "word", "title", "date", "path", "integer", "handle", "email", "nonce")
        )
        one = tool(
            draw,
            draw.one(("get", "details", "current")),
            used={other.name for other in others + chain},
            arguments=1,
            kind=kind,
        )
        if one.noun in nouns:
            continue
        one.arguments[0].required = True
        one.spec.parameters["required"] = [one.arguments[0].name]  # type: ignore[index]
        nouns.add(one.noun)
        chain.append(one)
    talk.tools = others + chain
    draw.random.shuffle(talk.tools)
    talk.system(instructions(draw))
    value: Any = draw.value(chain[0].arguments[0].kind)
    phrase = " of ".join("the " + one.noun for one in reversed(chain))
    talk.user(
        polish(
            draw, f"{draw.one(('what is ', 'get ', 'tell me ', 'find '))}{phrase} of {value}", ended=draw.chance(0.2)
        )
    )
    for at, one in enumerate(chain):
        given = {one.arguments[0].name: value}
        value = draw.value(chain[at + 1].arguments[0].kind) if at + 1 < rounds else fact(draw)
        body, _, _ = result(draw, one, {}, str(value))
        talk.call([(one, given)], [body], f"Step {at + 1} of {rounds}: the {one.noun}. The tool {one.name} fits.")
    talk.say(f"The {chain[-1].noun} is {value}.", _ANSWERS, (str(value),))


def _sequence(talk: Talk, count: int, rounds: int) -> None:
    """Several things to do, one after the other."""
    draw = talk.draw
    talk.tools = some_tools(draw, count)
    talk.system(instructions(draw))
    rounds = min(rounds, 4) if draw.test else draw.whole(2, 7)
    texts: list[str] = []
    calls: list[tuple[Tool, dict[str, Any], Result]] = []
    for at in range(rounds):
        one = draw.one(talk.tools)
        text, given = ask(draw, one)
        texts.append(f"{at + 1}. {text}")
        calls.append((one, given, result(draw, one, given)))
    head = draw.one(("Do these one after the other:\n", "Step by step:\n", "In this order, one call at a time:\n"))
    talk.user(head + "\n".join(texts))
    for at, (one, given, (body, _, _)) in enumerate(calls):
        talk.call([(one, given)], [body], f"Step {at + 1} of {rounds}. {_thought(one)}")
    _, answer, quotes = calls[-1][2]
    talk.say(answer, _ANSWERS, quotes)


def _unknown(talk: Talk, count: int) -> None:
    draw = talk.draw
    talk.tools = some_tools(draw, count) if draw.chance(0.9) else []
    talk.system(instructions(draw))
    _refuse(talk)


def _refuse(talk: Talk) -> None:
    """A question that no tool can answer."""
    draw = talk.draw
    known = {word for one in talk.tools for word in senses(one)}
    verb = draw.one(talk.tools).verb.key if talk.tools and draw.chance(0.4) else ""
    other = tool(draw, verb)
    while senses(other) & known:
        other = tool(draw, verb)
    talk.user(ask(draw, other)[0] if not draw.chance(0.3) else polish(draw, bare(draw, other)))
    talk.say(DONT_KNOW, "No tool fits.", ("I don't know",))


def _ask_back(talk: Talk, count: int) -> None:
    draw = talk.draw
    talk.tools = toolset(draw, count)
    able = [one for one in talk.tools if any(argument.required for argument in one.arguments)]
    if not able:
        _single(talk, count)
        return
    talk.system(instructions(draw))
    one = draw.one(able)
    missing = draw.one([argument for argument in one.arguments if argument.required])
    keep = frozenset(argument.name for argument in one.arguments if argument.required and argument is not missing)
    question, _ = ask(draw, Tool(one.spec, one.verb, one.noun, one.arguments, one.asks), keep)
    text = f"Which {missing.name.replace('_', ' ')} do you mean?"
    talk.user(question)
    talk.say(text, f"The tool {one.name} needs {missing.name}.", (missing.name.replace("_", " "),))
    if draw.chance(0.5) and len(keep) == 0:
        value, _ = fill(draw, missing)
        shown = joined(draw, [str(part) for part in value]) if isinstance(value, list) else str(value)
        if isinstance(value, (dict, bool)) or not shown.strip() or shown != shown.strip():
            return
        talk.user(shown)
        body, answer, quotes = result(draw, one, {missing.name: value})
        if isinstance(value, list):
            return _restart_plain(talk)
        talk.call([(one, {missing.name: value})], [body], _thought(one))
        talk.say(answer, _ANSWERS, quotes)


def _restart_plain(talk: Talk) -> None:
    talk.messages.pop()
    talk.user("Hello!")
    talk.say(_REPLIES[0], "No tool is needed.")


def _echo(talk: Talk, count: int) -> None:
    draw = talk.draw
    if draw.chance(0.3):
        talk.tools = some_tools(draw, count)
    text = str(draw.value(draw.one((*_COPIED, "title", "ident", "person", "word"))))
    if draw.chance(0.2):
        text = draw.words(draw.whole(20, 60))
    talk.system(instructions(draw) if draw.chance(0.5) else "")
    talk.user(
        draw.one(("Repeat: {t}", "Repeat after me: {t}", "Say: {t}", "Echo this:\n{t}", "Repeat exactly: {t}")).format(
            t=text
        )
        if "{" not in text
        else "Repeat: " + text
    )
    talk.say(text, "No tool is needed.")


def _identity(talk: Talk, count: int) -> None:
    draw = talk.draw
    text, told = persona(draw)
    if draw.chance(0.4):
        talk.tools = some_tools(draw, count)
    extra = {draw.noun(): fact(draw) for _ in range(draw.whole(0, 3))}
    for key, value in extra.items():
        text += f" The {key} is {value}."
    talk.system(text)
    asked: list[tuple[tuple[str, ...], str, str]] = [
        (("Who are you?", "What is your name?", "Tell me your name.", "What are you called?"), "I am {name}.", "name"),
        (("Who made you?", "Who built you?", "Who do you work for?"), "I was made by {maker}.", "maker"),
        (("What can you do?", "What do you help with?", "What is your task?"), "I help with {task}.", "task"),
        (
            ("Tell me about {limit}.", "What about {limit}?", "I have a question on {limit}."),
            "I cannot help with {limit}.",
            "limit",
        ),
    ]
    if extra and draw.chance(0.55):
        key = draw.one(list(extra))
        talk.user(draw.one(("What is the {k}?", "Tell me the {k}.", "Which {k} is it?")).format(k=key))
        talk.say(f"The {key} is {extra[key]}.", "The instructions tell it.", (extra[key],))
        return
    questions, answer, key = draw.one(asked)
    talk.user(draw.one(questions).format(**told))
    talk.say(answer.format(**told), "The instructions tell it.", (told[key],))


def _format(talk: Talk, count: int) -> None:
    draw = talk.draw
    items = [draw.word() for _ in range(draw.whole(2, 6))]
    forms: tuple[tuple[str, Callable[[list[str]], str]], ...] = (
        ("as a JSON list", lambda found: "[" + ", ".join(f'"{one}"' for one in found) + "]"),
        ("as a numbered list", lambda found: "\n".join(f"{at}. {one}" for at, one in enumerate(found, 1))),
        ("as a bullet list", lambda found: "\n".join(f"- {one}" for one in found)),
        ("separated by commas", lambda found: ", ".join(found)),
        ("in capitals", lambda found: " ".join(found).upper()),
        ("one per line", "\n".join),
        ("separated by semicolons", lambda found: "; ".join(found)),
        ("as a JSON object with the key {k}", lambda found: ""),
        ("in reverse order", lambda found: " ".join(reversed(found))),
        ("as a CSV line", lambda found: ",".join(found)),
        ("in bold Markdown", lambda found: " ".join(f"**{one}**" for one in found)),
    )
    how, write = draw.one(forms)
    if "capitals" in how:
        items = items[:3]
    key = draw.word()
    text = write(items) or '{"' + key + '": [' + ", ".join(f'"{one}"' for one in items) + "]}"
    how = how.format(k=key)
    if draw.chance(0.3):
        talk.tools = some_tools(draw, count)
    if draw.chance(0.4):
        talk.system(f"Answer {how}.")
        talk.user(draw.one(("Write these words: ", "The words are: ", "Words: ")) + " ".join(items))
    else:
        talk.system(instructions(draw) if draw.chance(0.3) else "")
        talk.user(
            draw.one(("Write these words {h}: {w}", "{w}\nWrite that {h}.", "Give me {w} {h}.")).format(
                h=how, w=" ".join(items)
            )
        )
    talk.say(text, "No tool is needed.")


def _hello(talk: Talk, count: int) -> None:
    draw = talk.draw
    if draw.chance(0.6):
        talk.tools = some_tools(draw, count)
    talk.system(instructions(draw))
    at = draw.whole(0, len(_TALKS) - 1)
    talk.user(_TALKS[at])
    talk.say(_REPLIES[at], "No tool is needed.")


def _small_talk(talk: Talk, count: int) -> None:
    """A few turns without tools."""
    draw = talk.draw
    text, told = persona(draw)
    talk.system(text)
    for _ in range(draw.whole(2, 4)):
        kind = draw.whole(0, 3)
        if kind == 0:
            at = draw.whole(0, len(_TALKS) - 1)
            talk.user(_TALKS[at])
            talk.say(_REPLIES[at], "No tool is needed.")
        elif kind == 1:
            said = str(draw.value(draw.one(("title", "person", "word", "phrase", "ident", "sentence"))))
            talk.user(draw.one(("Repeat: ", "Say: ", "Repeat after me: ", "Repeat exactly: ")) + said)
            talk.say(said, "No tool is needed.")
        elif kind == 2:
            talk.user(draw.one(("Who are you?", "What is your name?", "Tell me your name.", "What are you called?")))
            talk.say(f"I am {told['name']}.", "The instructions tell it.", (told["name"],))
        elif talk.messages[-1].role == "assistant":
            _again(talk)
        else:
            talk.user(draw.one(("What can you do?", "What do you help with?", "What is your task?")))
            talk.say(f"I help with {told['task']}.", "The instructions tell it.", (told["task"],))


Maker = Callable[[Talk, int], None]
_MAKERS: Final[dict[str, tuple[Maker, int]]] = {
    "single": (_single, 18),
    "several": (_several, 34),
    "copy": (_copy, 9),
    "chain": (_chain, 11),
    "multi-turn": (_multi, 8),
    "parallel": (_parallel, 11),
    "identity": (_identity, 5),
    "unknown": (_unknown, 7),
    "format": (_format, 5),
    "echo": (_echo, 4),
    "ask back": (_ask_back, 4),
    "hello": (_hello, 1),
    "small talk": (_small_talk, 3),
}
_WEIGHTED: Final[list[str]] = [kind for kind, (_, weight) in _MAKERS.items() for _ in range(weight)]


def register(kind: str, maker: Maker, weight: int) -> None:
    """Add a kind of conversation with its weight; the kinds here weigh about a hundred together."""
    if kind not in _MAKERS:
        _MAKERS[kind] = (maker, weight)
        _WEIGHTED.extend([kind] * weight)


def example(
    source: random.Random,
    *,
    test: bool = False,
    kind: str = "",
    count: int = 0,
    thinking: bool | None = None,
    flavour: Flavour | None = None,
) -> Example:
    """Return one conversation.

    Args:
        source: where chance comes from.
        test: draw the names and values that are kept for tests.
        kind: what kind; any when empty.
        count: how many tools; any number when 0.
        thinking: whether the model thinks; either when None.
        flavour: the form of the prompt; either when None.
    """
    draw = Draw(source, test)
    chosen = kind or draw.one(_WEIGHTED)
    tools = count or draw.one(_TOOL_COUNTS)
    talk = Talk(draw, draw.chance(0.4) if thinking is None else thinking)
    _MAKERS[chosen][0](talk, tools)
    return talk.finish(chosen, flavour or draw.one(("small", "large")))


_TOOL_COUNTS: Final = (1, 2, 2, 3, 3, 4, 4, 5, 5, 5, 6, 6, 6, 7, 9)


def examples(seed: int, *, test: bool = False) -> Iterator[Example]:
    """Yield conversations without end."""
    source = random.Random(seed)
    while True:
        yield example(source, test=test)
