"""What holds for the parser on any text: it never raises, chunking changes nothing, the events are in order, time is linear."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gemwright.messages import Malformed, Text, Thinking, ToolCall, ToolCallEnded, ToolSpec, assistant, fold, user
from gemwright.wire.dialects import LARGE, SMALL, Dialect
from gemwright.wire.parse import Parser, parse
from gemwright.wire.render import render
from gemwright.wire.repair import REPAIRS
from gemwright.wire.tokens import CONTROL_TOKENS, QUOTE
from tests.wire.parsing import broken_invariants, said, same_text, stream, typed

OPEN, CLOSE = "<|tool_call>", "<tool_call|>"


def tool(name: str, **properties: Any) -> ToolSpec:
    """Return a tool with these properties."""
    return ToolSpec(name, "", {"type": "object", "properties": properties})


TOOLS = (
    tool(
        "note",
        text={"type": "string"},
        n={"type": "integer"},
        ok={"type": "boolean"},
        tags={"type": "array", "items": {"type": "string"}},
    ),
    tool(
        "ns:get",
        x={"type": "number"},
        at={"type": "object", "properties": {"lat": {"type": "number"}, "name": {"type": "string"}}},
    ),
    tool(
        "list",
        rows={
            "type": "array",
            "items": {"type": "object", "properties": {"k": {"type": "string"}, "n": {"type": "integer"}}},
        },
    ),
    tool("now"),
)

FRAGMENTS = (
    *CONTROL_TOKENS,
    *(token[:cut] for token in CONTROL_TOKENS for cut in (1, 2, len(token) // 2, len(token) - 1)),
    *("<unused7>", "<unused", "<call>", "</tool_call>", "<tool_call>"),
    *(
        "call:",
        ":",
        "call:note",
        "note",
        "ns:get",
        "call:now{}",
        "call:list",
        "other",
        "call:a:note{",
        "now()",
        "thought",
        "thought\n",
    ),
    *("{", "}", "[", "]", "(", ")", ",", "=", ": ", " ", "\n", "\n\n", "\t"),
    *("text", "text:", "n:", "ok:", "tags:", "rows:", "k:", '"text": ', "'n': ", "at:", "lat:", "unknown:"),
    *(
        "1",
        "-2.5",
        "1e3",
        "007",
        "true",
        "False",
        "None",
        "null",
        "plain words",
        "it's",
        '"q"',
        '"a\\"b"',
        "'s'",
        '"',
        "'",
        "\\",
        "\\u00e9",
        "\\ud83d",
    ),
    *(QUOTE, QUOTE + "x" + QUOTE, QUOTE + QUOTE, QUOTE + "a, n: 1}" + QUOTE),
    *(
        "BEGIN_ARG:\n",
        "\nEND_ARG\n",
        "BEGIN_ARG:\nx\nEND_ARG\n",
        "```",
        "```json\n",
        "```tool_code\n",
        '{"name": "now", "arguments": {}}',
        '{"name": "note", ',
    ),
    *("é", "👩‍🚀", "\u2028", "\x00", "\ufffd", "<", "|", "a < b", "Words. "),
)
"""Pieces of well-formed and of broken output; texts are drawn from them and from anything else."""

texts = st.lists(
    st.one_of(st.sampled_from(FRAGMENTS), st.sampled_from(FRAGMENTS), st.text(max_size=4)), max_size=24
).map("".join)
bodies = st.lists(st.sampled_from(FRAGMENTS[-70:]), max_size=14).map("".join)
blocks = st.tuples(
    st.sampled_from(["", "Words.\n", "<|channel>thought\nHm.\n<channel|>"]),
    bodies,
    st.sampled_from([CLOSE, "", "}" + CLOSE, "<turn|>"]),
)
calls = blocks.map(lambda b: b[0] + OPEN + "call:note{" + b[1] + b[2])
outputs = st.one_of(texts, calls, st.tuples(calls, texts).map("".join))
toolsets = st.sampled_from([(), TOOLS, TOOLS[:1]])


@st.composite
def cut(draw: st.DrawFn, text: str) -> list[str]:
    """Draw a way to cut a text into chunks, empty ones included."""
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12)))
    return [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]


def check(text: str, chunks: Sequence[str], tools: Sequence[ToolSpec], **options: Any) -> None:
    """Fail if a stream breaks an invariant, or if its chunking changes the result."""
    clean = not options.get("disabled")  # without its repair, a marker out of place is shown as it was written
    whole = stream([text], tools, **options)
    assert not broken_invariants(whole, clean=clean)
    by_characters = stream(list(text), tools, **options)
    assert not broken_invariants(by_characters, clean=clean)
    assert said(fold(by_characters)) == said(fold(whole))
    assert said(fold(stream(chunks, tools, **options))) == said(fold(whole))


@given(data=st.data(), text=outputs, tools=toolsets, thinking=st.booleans(), json_answer=st.booleans())
@settings(max_examples=600)
def test_any_text(data: st.DataObject, text: str, tools: Sequence[ToolSpec], thinking: bool, json_answer: bool) -> None:
    """The parser reads what a model made up: nothing may raise, leak a marker or depend on the network's chunks."""
    check(text, data.draw(cut(text)), tools, thinking=thinking, json_answer=json_answer)


@given(
    data=st.data(),
    text=outputs,
    off=st.sampled_from([*([name] for name in REPAIRS), list(REPAIRS)]),
    thinking=st.booleans(),
)
@settings(max_examples=600)
def test_any_text_with_repairs_off(data: st.DataObject, text: str, off: list[str], thinking: bool) -> None:
    """A user may switch any repair off, or all: the same promises hold, and no such repair is reported."""
    check(text, data.draw(cut(text)), TOOLS, thinking=thinking, disabled=off)
    turn = parse(text, TOOLS, thinking=thinking, disabled=off)
    assert not {repair.id for repair in turn.repairs} & set(off)


@given(text=outputs, tools=toolsets, thinking=st.booleans())
@settings(max_examples=200)
def test_parsing_in_one_piece_is_the_fold_of_the_events(text: str, tools: Sequence[ToolSpec], thinking: bool) -> None:
    """There is one parser, not one for streams and one for strings."""
    assert said(parse(text, tools, thinking=thinking)) == said(fold(stream([text], tools, thinking=thinking)))


DROPPED = ("<pad>", "<bos>", "<unused7>", "<|image|>", "<audio|>", "<|think|>", QUOTE)
JOINS = (
    *DROPPED,
    *(
        "<|tool_",
        "call>",
        "<ch",
        "annel|>",
        "<|channel>",
        "<channel|>",
        "<|",
        "<",
        "|>",
        "<unused",
        "7>",
        "<tool",
        "_call|>",
    ),
    *(
        "\n",
        "\n",
        "thought",
        "thought\n",
        "call:now{}",
        "call:note{text:x}",
        "<call>now{}",
        OPEN + "call:now{}" + CLOSE,
    ),
    *("{", "}", "it's ", "x", " ", "```\n", '{"name": "now", "arguments": {}}', "<turn|>"),
)
"""Pieces that mean something else when what stands between them is dropped."""


@given(
    data=st.data(), text=st.lists(st.sampled_from(JOINS), min_size=2, max_size=6).map("".join), thinking=st.booleans()
)
@settings(max_examples=1500)
def test_what_is_dropped_joins_nothing(data: st.DataObject, text: str, thinking: bool) -> None:
    """A token removed from the middle may not make a marker of its sides, nor a line's start of a line's middle."""
    check(text, data.draw(cut(text)), TOOLS, thinking=thinking)


values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=12).filter(lambda text: QUOTE not in text),
        st.sampled_from(
            [", n: 1", "}", "]", "{", ":", ",", "a:", "'x'", '"x"', "<", "<|", '<|"|', "call:now{}", "\\", CLOSE[:-1]]
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.from_regex(r"[a-z_@$][a-z0-9_.@-]{0,8}", fullmatch=True), inner, max_size=4),
    ),
    max_leaves=12,
)


def written(value: Any) -> str:
    """Return a value as the model writes it."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{written(item)}" for key, item in value.items()) + "}"  # pyright: ignore
    if isinstance(value, list):
        return "[" + ",".join(written(item) for item in value) + "]"  # pyright: ignore
    if isinstance(value, str):
        return QUOTE + value + QUOTE
    return (
        {None: "null", True: "true", False: "false"}[value] if value is None or isinstance(value, bool) else repr(value)
    )


@given(
    data=st.data(),
    arguments=st.dictionaries(st.from_regex(r"[a-z_][a-z0-9_.-]{0,8}", fullmatch=True), values, max_size=5),
)
@settings(max_examples=500)
@example(data=None, arguments={"a": ", b:", "b": "x"})
@example(data=None, arguments={"a": [",", ",", "]"], "b": {"c": "}"}})
def test_well_formed_arguments_come_back(data: st.DataObject | None, arguments: dict[str, Any]) -> None:
    """Any value that the format can write is read back exactly, with no repair, under any chunking."""
    text = f"{OPEN}call:f{written(arguments)}{CLOSE}"
    chunks = data.draw(cut(text)) if data else list(text)
    turn = fold(stream(chunks))
    assert [(call.name, repr(dict(call.arguments))) for call in turn.tool_calls] == [("f", repr(arguments))]
    assert not turn.repairs


prose = st.text(max_size=60).filter(
    lambda text: "<" not in text and "call:" not in text and "thought" not in text and "{" not in text
)
made_calls = st.lists(
    st.builds(
        ToolCall,
        st.sampled_from(["note", "ns:get", "list", "now", "not_declared", "a.b-c"]),
        st.dictionaries(st.from_regex(r"[a-z_][a-z0-9_.-]{0,8}", fullmatch=True), values, max_size=4),
    ),
    min_size=1,
    max_size=4,
)


@given(data=st.data(), thought=prose, calls=made_calls, answer=prose, dialect=st.sampled_from([LARGE, SMALL]))
@settings(max_examples=300)
def test_what_is_rendered_is_parsed_back(
    data: st.DataObject, thought: str, calls: list[ToolCall], answer: str, dialect: Dialect
) -> None:
    """History and output are the same language: a turn that went through both is the turn it was."""
    opening = [user("Hello.")]
    for parts in ([*([Thinking(thought)] if thought.strip() else []), *calls], [Text(answer)]):
        before = render(opening, dialect=dialect, thinking=True, add_generation_prompt=False).text
        text = render([*opening, assistant(*parts)], dialect=dialect, thinking=True, add_generation_prompt=False).text
        assert text.startswith(before)
        output = text[len(before) :].removeprefix("<|turn>model\n")
        turn = fold(stream(data.draw(cut(output))))
        made = [part for part in parts if isinstance(part, ToolCall)]
        assert [(call.name, typed(dict(call.arguments))) for call in turn.tool_calls] == [
            (call.name, typed(dict(call.arguments))) for call in made
        ]
        assert same_text(turn.thinking) == same_text(thought if made else "")
        assert same_text(turn.text) == same_text("" if made else answer)
        assert not turn.repairs
        assert not turn.incomplete


@given(
    text=st.text(max_size=200).filter(lambda text: not any(c in text for c in "<")),
    tail=st.sampled_from(["", "<", " <", "<turn|>"]),
)
@settings(max_examples=200)
def test_plain_text_is_untouched(text: str, tail: str) -> None:
    """Text without markup is the answer, character for character, though its end may have looked like a marker's start."""
    turn = parse(text + tail)
    want = text + (tail if tail != "<turn|>" else "")
    assert turn.text == want or (turn.text.strip() == want.strip())
    assert not turn.tool_calls


GROWING = {
    "content": lambda n: "Words, and more words. " * n,
    "thought": lambda n: "<|channel>thought\n" + "Words, and more words. " * n + "<channel|>x",
    "one long string": lambda n: (
        f"{OPEN}call:note{{text:{QUOTE}" + 'if (a < b) { c["d"]; }\n' * n + f"{QUOTE}}}{CLOSE}"
    ),
    "many rows": lambda n: (
        f"{OPEN}call:list{{rows:[" + ",".join(["{k:" + QUOTE + "a" + QUOTE + ",n:1}"] * n) + f"]}}{CLOSE}"
    ),
    "many calls": lambda n: f"{OPEN}call:now{{}}{CLOSE}" * n,
    "cut in a string": lambda n: f"{OPEN}call:note{{text:{QUOTE}" + "a, b: {c} " * n,
    "open brackets": lambda n: f"{OPEN}call:f{{a:" + "[" * n,
    "closed brackets": lambda n: f"{OPEN}call:f{{a:1" + "]" * n + "}" + CLOSE,
    "open braces": lambda n: f"{OPEN}call:f" + "{a:" * n + CLOSE,
    "delimiters": lambda n: f"{OPEN}call:note{{text:" + QUOTE * n + f"}}{CLOSE}",
    "interior delimiters": lambda n: (
        f"{OPEN}call:note{{text:{QUOTE}" + f"print({QUOTE}a{QUOTE})\n" * n + f"{QUOTE}}}{CLOSE}"
    ),
    "commas and keys, no delimiter": lambda n: f"{OPEN}call:note{{text:" + "a, b: c, " * n + f"}}{CLOSE}",
    "bare words": lambda n: f"{OPEN}call:f{{" + "word " * n + f"}}{CLOSE}",
    "commas": lambda n: f"{OPEN}call:note{{" + "," * n + f"}}{CLOSE}",
    "blanks": lambda n: f"{OPEN}call:note{{text:" + QUOTE + "x" + QUOTE + " " * n + f"n:1}}{CLOSE}",
    "quotes": lambda n: f'{OPEN}call:note{{text:"' + 'a" b ' * n + f"}}{CLOSE}",
    "apostrophes": lambda n: f"{OPEN}call:note{{text:'" + "it's " * n + f"}}{CLOSE}",
    "stripped calls": lambda n: "call:note{text:x}\n" * n,
    "stripped call that never ends": lambda n: "call:note{text:" + "a, {b} " * n,
    "lines that may be calls": lambda n: "call:not a call\n" * n,
    "raw JSON that never ends": lambda n: '{"name": "note", "arguments": {"text": "' + "word " * n,
    "open markers": lambda n: OPEN * n,
    "channels": lambda n: "<|channel>thought\n<channel|>" * n,
    "channel opens": lambda n: "<|channel>" * n,
    "marker starts": lambda n: "<|" * n,
    "less than": lambda n: "<" * n,
    "reserved tokens": lambda n: "<unused49>" * n,
    "fences": lambda n: "```\n" * n,
    "arguments by position": lambda n: f"{OPEN}call:note:\n" + "BEGIN_ARG:\nx\nEND_ARG\n" * n + CLOSE,
    "missing commas": lambda n: f"{OPEN}call:f{{" + f"a:{QUOTE}x{QUOTE}" * n + f"}}{CLOSE}",
    "two calls in a block": lambda n: OPEN + "call:now{}" * n + CLOSE,
    "turn opens": lambda n: "<|turn>model\n" * n,
}


def seconds(text: str, size: int) -> float:
    """Return the processor time of a parse."""
    parser = Parser(TOOLS)
    chunks = [text[at : at + size] for at in range(0, len(text), size)]
    start = time.process_time()
    for chunk in chunks:
        parser.feed(chunk)
    parser.finish()
    return time.process_time() - start


@pytest.mark.parametrize("size", [1, 10**9], ids=["one character each", "whole"])
@pytest.mark.parametrize("name", GROWING)
def test_time_grows_no_faster_than_the_text(name: str, size: int) -> None:
    """Eight times the text may not take thirty times the time: a degenerate loop must not freeze the reader."""
    make = GROWING[name]
    n = 10_000 // (len(make(2)) - len(make(1))) + 1
    measured: list[str] = []
    for _ in range(3):  # a busy machine may be slow once
        small, large = max(seconds(make(n), size), 0.002), seconds(make(8 * n), size)
        if large < 30 * small:
            return
        measured.append(f"{small:.4f} s and {large:.4f} s")
    pytest.fail(f"{len(make(n))} and {len(make(8 * n))} characters took {'; '.join(measured)}")


def test_memory_is_bounded_by_the_open_construct() -> None:
    """Text that was handed on is not kept: a day of streaming must not fill the memory."""
    parser = Parser(TOOLS)
    chunk = "Words, and more words. " * 40
    for _ in range(20):
        parser.feed(chunk)
    tracemalloc.start()
    for _ in range(400):
        parser.feed(chunk)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 64_000


def test_a_call_over_the_cap_is_no_call() -> None:
    """An argument without end is given up, said so, and what follows is still read."""
    parser = Parser(TOOLS, max_call_chars=1000)
    events = parser.feed(f"Hi. {OPEN}call:note{{text:{QUOTE}")
    for _ in range(50):
        events += parser.feed("endless words " * 10)
    events += parser.finish()
    assert not [event for event in events if isinstance(event, ToolCallEnded)]
    assert len([event for event in events if isinstance(event, Malformed)]) == 1
    assert not broken_invariants(events)
    assert fold(events).text.strip() == "Hi."


@pytest.mark.parametrize("depth", [100, 5_000, 100_000])
@pytest.mark.parametrize("form", ["{a:", "[", '{"a":', "("])
@pytest.mark.parametrize("end", ["", CLOSE, "}" * 100 + CLOSE])
def test_deep_nesting_never_raises(depth: int, form: str, end: str) -> None:
    """Nesting deeper than any stack is refused or repaired, not a RecursionError."""
    events = stream([f"{OPEN}call:f{{a:" + form * depth + end], TOOLS)
    assert not broken_invariants(events)
