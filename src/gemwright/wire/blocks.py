"""Reads one whole call block, whatever form the model gave it: Gemma 4's own, brackets, JSON, Python, BEGIN_ARG.

Used where the streaming reader stops, and for answers that turn out to be a call without any marker.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from gemwright.messages.parts import JSON
from gemwright.wire.coerce import ANY, fit
from gemwright.wire.tokens import CHANNEL_CLOSE, CHANNEL_OPEN
from gemwright.wire.tolerant import ArgumentReader
from gemwright.wire.toolset import Toolset

__all__ = ["Block", "ReadCall", "read_block", "read_json_calls", "read_python_call"]

_CHANNEL_NOISE: Final = re.compile(
    rf"{re.escape(CHANNEL_OPEN)}[^<]{{0,4096}}{re.escape(CHANNEL_CLOSE)}"
    rf"|{re.escape(CHANNEL_OPEN)}|{re.escape(CHANNEL_CLOSE)}"
)
_HEAD: Final = re.compile(
    r"(?P<prefix>\s*(?:call\s+|(?:call)?\s*:\s*))?(?P<name>[^\s{(<,\"'][^{(<\n]{0,255}?)(?P<gap>\s*)(?P<open>[{(])"
)
_FENCED: Final = re.compile(r"\s*```[ \t]*[a-z_]*[ \t]*\n(.*?)\n?```\s*\Z", re.DOTALL)
_CALL_THEN_JSON: Final = re.compile(r"call\s*:\s*(?=[{\[])")
_BARE_HEAD: Final = re.compile(r"\s*(?:(?:call)?\s*:\s*)?(?P<name>[A-Za-z_][\w.:/-]{0,255})\s*\Z")
_BEGIN_ARG: Final = re.compile(
    r"\s*(?:call)?\s*:?\s*(?P<name>[^\s{(<,\"':]+(?::[^\s{(<,\"':]+)*?)\s*:?\s*BEGIN_ARG:?", re.DOTALL
)
_ARG: Final = re.compile(r"BEGIN_ARG:?[ \t]*\n?(.*?)\n?[ \t]*END_ARG", re.DOTALL)
_NAME_KEYS: Final = ("name", "tool", "tool_name", "function_name", "function")
_ARGUMENT_KEYS: Final = ("arguments", "parameters", "args", "input", "tool_input", "params")


@dataclass(frozen=True, slots=True)
class ReadCall:
    """A call as it was read: the declared name that is meant, and its arguments."""

    name: str
    arguments: dict[str, JSON]


@dataclass(frozen=True, slots=True)
class Block:
    """What a block amounts to.

    Attributes:
        calls: the calls read, usually one; empty where it cannot be read at all.
        name: the name, as far as one can be seen.
        end: where the calls end in the block's text.
        complete: whether the arguments were balanced.
        in_text: whether the block ended inside a quoted string.
        tail_closed: whether that string's text ends with brackets that close all that is open.
        used: ids of the repairs that it took.
    """

    calls: tuple[ReadCall, ...] = ()
    name: str = ""
    end: int = 0
    complete: bool = False
    in_text: bool = False
    tail_closed: bool = False
    used: frozenset[str] = frozenset()


def read_block(text: str, tools: Toolset, *, closed: bool) -> Block:
    """Read the text of a call block.

    Args:
        text: what stands after the open marker, up to the close marker or to whatever ended the block.
        tools: the declared tools.
        closed: whether a close marker ended it.
    """
    begin_arg = _BEGIN_ARG.match(text)
    if begin_arg:
        return _read_begin_arg(text, begin_arg, tools, closed=closed)
    fenced = _FENCED.match(text)
    if fenced:
        inner = read_block(fenced[1], tools, closed=closed)
        return replace(inner, end=len(text)) if inner.calls else inner
    start = len(text) - len(text.lstrip())
    noise = _CHANNEL_NOISE.match(text, start)
    while noise:
        start = noise.end()
        while start < len(text) and text[start].isspace():
            start += 1
        noise = _CHANNEL_NOISE.match(text, start)
    named = _CALL_THEN_JSON.match(text, start)
    start = named.end() if named else start
    if text[start : start + 1] in ("{", "["):
        return _read_json_block(text, start, tools)
    head = _HEAD.match(text, start)
    if head is None:
        return _read_bare_name(text[start:], tools, len(text)) if closed else Block(name=_visible_name(text[start:]))
    return _read_arguments(text, head, tools, closed=closed)


def _visible_name(text: str) -> str:
    found = re.match(r"\s*(?:(?:call)?\s*:\s*)?([A-Za-z_][\w.:/-]{0,255})", text)
    return found[1] if found else ""


def _read_bare_name(text: str, tools: Toolset, end: int) -> Block:
    found = _BARE_HEAD.match(text)
    if found is None or found["name"] == "call":
        return Block(name=_visible_name(text))
    name = found["name"]
    meant = tools.resolve(name)
    used = {"call-prefix", "tool-namespace"} if meant != name else {"call-prefix"}
    return Block((ReadCall(meant, {}),), meant, end, complete=True, used=frozenset(used))


def _read_arguments(text: str, head: re.Match[str], tools: Toolset, *, closed: bool) -> Block:
    used: set[str] = set()
    written = head["name"].strip()
    if head.start():
        used.add("loose-layout")
    if head["prefix"] != "call:" or head["gap"]:
        used.add("call-prefix")
    name = tools.resolve(written)
    if name != written:
        used.add("tool-namespace")
    if head["open"] == "(":
        used.add("round-brackets")
    reader = ArgumentReader(text, head.end() - 1, len(text), closed=closed)
    arguments = reader.read_object(tools.node(name))
    used |= reader.used
    if reader.open and closed and not reader.in_text:
        used.add("unbalanced-closers")
    readable = not reader.open or reader.closed
    return Block(
        (ReadCall(name, arguments),) if readable else (),
        name,
        reader.at,
        complete=not reader.open,
        in_text=reader.in_text,
        tail_closed=reader.text_tail_closed,
        used=frozenset(used),
    )


def _read_begin_arg(text: str, head: re.Match[str], tools: Toolset, *, closed: bool) -> Block:
    name = tools.resolve(head["name"])
    node = tools.node(name)
    values: list[str] = []
    end = head.end()
    for found in _ARG.finditer(text):
        values.append(_CHANNEL_NOISE.sub("", found[1]).strip("\n"))
        end = found.end()
    if "BEGIN_ARG" in text[end:] or not values:
        if not closed:
            return Block(name=name)
        last = text.rpartition("BEGIN_ARG")[2]
        values.append(last.lstrip(":").strip("\n"))
        end = len(text)
    names = [*node.keys, *(f"arg{n}" for n in range(len(node.keys), len(values)))]
    arguments: dict[str, JSON] = {key: fit(value, node.child(key)) for key, value in zip(names, values, strict=False)}
    return Block((ReadCall(name, arguments),), name, end, complete=True, used=frozenset({"begin-arg"}))


def _read_json_block(text: str, start: int, tools: Toolset) -> Block:
    value, end = _json_at(text, start)
    calls = _calls_of(value, tools)
    if not calls:
        found = re.search(r"\"(?:name|tool)\"\s*:\s*\"([^\"]{1,256})\"", text[:4096])
        return Block(name=found[1] if found else "", in_text=False)
    return Block(calls, calls[0].name, end, complete=True, used=frozenset({"json-call"}))


def _json_at(text: str, start: int) -> tuple[object, int]:
    """Return the JSON value at `start`, read strictly or else tolerantly, and where it ends."""
    try:
        return json.JSONDecoder(strict=False, parse_constant=_no_number).raw_decode(text, start)
    except (ValueError, RecursionError):
        reader = ArgumentReader(text, start, len(text), closed=False)
        value: JSON = reader.read_object(ANY) if text[start] == "{" else reader.read_array(ANY)
        return (None if reader.open else value), reader.at


def _no_number(name: str) -> JSON:
    """Refuse what JSON does not have, such as NaN."""
    raise ValueError(name)


def _calls_of(value: object, tools: Toolset, *, whole: bool = False) -> tuple[ReadCall, ...]:
    if isinstance(value, list):
        found = [_calls_of(item, tools, whole=whole) for item in cast("list[object]", value)]
        return tuple(call for calls in found for call in calls) if found and all(found) else ()
    if not isinstance(value, dict):
        return ()
    record = cast("dict[str, Any]", value)
    if isinstance(record.get("tool_calls"), list):
        return _calls_of(record["tool_calls"], tools, whole=whole)
    if isinstance(record.get("function"), dict):
        return _calls_of(record["function"], tools, whole=whole)
    written = next((record[key] for key in _NAME_KEYS if isinstance(record.get(key), str)), None)
    if written is None:
        return ()
    name = tools.resolve(written)
    arguments: object = next((record[key] for key in _ARGUMENT_KEYS if key in record), None)
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments, strict=False)
        except (ValueError, RecursionError):
            return ()
    if arguments is None:
        data = whole and (len(record) > 1 or bool(tools.node(name).keys))
        return () if data else (ReadCall(name, {}),)
    if not isinstance(arguments, dict):
        return ()
    fitted = fit(cast("dict[str, JSON]", arguments), tools.node(name))
    return (ReadCall(name, cast("dict[str, JSON]", fitted)),)


def read_json_calls(text: str, tools: Toolset, *, whole: bool = False) -> tuple[ReadCall, ...]:
    """Read text that is nothing but JSON calls, one or several; empty unless every one names a declared tool.

    Args:
        text: the text.
        tools: the declared tools.
        whole: whether it is a whole answer, in which an object without arguments is data.
    """
    at = 0
    found: list[ReadCall] = []
    while at < len(text):
        if text[at].isspace() or text[at] in ",;":
            at += 1
            continue
        if text[at] not in "{[":
            return ()
        value, end = _json_at(text, at)
        calls = _calls_of(value, tools, whole=whole)
        if not calls or end <= at:
            return ()
        found += calls
        at = end
    return tuple(found) if all(call.name in tools for call in found) else ()


def read_python_call(text: str, tools: Toolset) -> tuple[ReadCall, ...]:
    """Read text that is nothing but Python calls of declared tools, bare or inside `print(…)`; else empty."""
    found: list[ReadCall] = []
    rest = text.strip()
    wrapped = re.fullmatch(r"print\((.*)\)", rest, re.DOTALL)
    if wrapped:
        rest = wrapped[1].strip()
    while rest:
        head = re.match(r"(?:\w+\s*=\s*)?(?P<name>[A-Za-z_][\w.:/-]{0,255})\(", rest)
        if head is None:
            return ()
        name = head["name"]
        if name not in tools:
            name = name.rpartition(".")[2]
        if name not in tools:
            return ()
        reader = ArgumentReader(rest, head.end() - 1, len(rest), closed=False)
        arguments = reader.read_object(tools.node(name))
        if reader.open:
            return ()
        found.append(ReadCall(name, arguments))
        rest = rest[reader.at :].lstrip(" \t\r\n;")
    return tuple(found)
