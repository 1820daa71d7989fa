"""An answer that fits a JSON schema.

Three ways, the surest first. *Grammar*: where rendered prompts take one, the schema is declared as the arguments of one
tool that has to be called, since that is the structured format which Gemma 4 knows; the thought before it stays free.
*Runtime*: in the chat lane, where the runtime holds answers to a schema by itself. *Prompt*: the model is told. In every
way the answer is typed, validated, and asked for again with what was wrong, a few times at most: grammars hold less than
schemas say, and some runtimes forget theirs.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, Literal, Protocol, TypeAlias, TypeVar, cast

from gemwright.client.exchange import Question
from gemwright.client.schema_check import Misfit, check_schema, misfits
from gemwright.client.stream import Stream, events_of
from gemwright.foundation import jsonx
from gemwright.foundation.errors import BadJSON, BadOption, BadToolSchema, SchemaMismatch
from gemwright.messages import GenerationOptions, Message, Text, ToolSpec, Turn, assistant, system, tool_result, user
from gemwright.messages.parts import JSON
from gemwright.wire.coerce import SchemaNode, fit
from gemwright.wire.grammar import strict_calls

__all__ = ["Structured", "Way", "answer_in_schema"]

T = TypeVar("T")

Way: TypeAlias = Literal["grammar", "runtime", "prompt"]
"""How the model was held to the schema."""

MAX_ATTEMPTS: Final = 10

_TOOL: Final = "answer"
_VALUE: Final = "value"
_DESCRIPTION: Final = "Give the whole answer, once."
_DEMAND: Final = (
    "Answer with one JSON value that fits the JSON schema below, and with nothing else: "
    "no introduction, no code fence.\n"
)
_AGAIN: Final = "That does not fit. Give the whole answer once more, and mend this:\n"
_FENCE: Final = re.compile(r"```[ \t]*(?:json|JSON)?[ \t]*\r?\n(.*?)\r?\n?[ \t]*```", re.DOTALL)
_OWN_ROOT: Final = re.compile(r'"\$ref":"#(?!/\$defs/|/definitions/)')
_MISFITS_TOLD: Final = 8
_ANSWER_SHOWN: Final = 2000


class _Ask(Protocol):
    """Forms the question of a request (see `AsyncClient`)."""

    def __call__(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec],
        options: GenerationOptions,
        *,
        schema: Mapping[str, Any] | None = None,
        calls_at_most: int | None = None,
    ) -> Awaitable[Question]: ...


@dataclass(frozen=True, slots=True)
class Structured(Generic[T]):
    """An answer that fits its schema.

    Attributes:
        value: the answer: JSON, or what `read` made of it.
        way: how the model was held to the schema.
        turns: every turn that it took; the last holds the answer.
    """

    value: T
    way: Way
    turns: tuple[Turn, ...]

    @property
    def turn(self) -> Turn:
        """The turn that holds the answer."""
        return self.turns[-1]


class _Unfit(Exception):
    """An answer that cannot be taken."""

    def __init__(self, found: Sequence[Misfit]) -> None:
        super().__init__("; ".join(map(str, found)))
        self.found = found


async def answer_in_schema(
    ask: _Ask,
    messages: Sequence[Message],
    schema: Mapping[str, Any],
    options: GenerationOptions,
    *,
    read: Callable[[Any], T] | None,
    attempts: int,
) -> Structured[T]:
    """Ask until an answer fits (see `AsyncClient.structured`).

    Raises:
        SchemaMismatch: none did.
        BadToolSchema: the schema is none, or says what cannot be validated.
        BadOption: `attempts` is out of range.
    """
    if not 1 <= attempts <= MAX_ATTEMPTS:
        raise BadOption(f"attempts must be between 1 and {MAX_ATTEMPTS}, not {attempts}")
    check_schema(schema)
    way, form = await _way(ask, messages, schema, options)
    history = form.opening(messages)
    turns: list[Turn] = []
    last = _Unfit([])
    for _ in range(attempts):
        question = await ask(
            history, form.tools, form.options, schema=schema if way == "runtime" else None, calls_at_most=1
        )
        async with Stream(events_of(question)) as stream:
            turns.append(await stream.turn())
        try:
            value = form.value(turns[-1], schema)
            return Structured(cast("T", value) if read is None else _made(read, value), way, tuple(turns))
        except _Unfit as unfit:
            last = unfit
            history = [*history, *form.again(turns[-1], unfit)]
    shown = form.shown(turns[-1])[:_ANSWER_SHOWN]
    first = last.found[0]
    times = "one answer" if attempts == 1 else f"{attempts} answers"
    hint = "raise max_tokens: the answer was cut off" if turns[-1].finish == "length" else ""
    raise SchemaMismatch(
        f"none of {times} fits the schema; in the last, {first}", path=first.path, answer=shown, hint=hint
    )


def _made(read: Callable[[Any], T], value: object) -> T:
    try:
        return read(value)
    except (ValueError, TypeError) as e:
        raise _Unfit([Misfit("", str(e) or type(e).__name__)]) from e


class _Form:
    """How an answer is asked for, and found in a turn."""

    def __init__(self, tools: Sequence[ToolSpec], options: GenerationOptions, demand: str = "") -> None:
        self.tools = tools
        self.options = options
        self._demand = demand

    def opening(self, messages: Sequence[Message]) -> list[Message]:
        """Return the conversation, with the schema told in the system message where no tool tells it."""
        if not self._demand:
            return [*messages]
        first = messages[0] if messages else None
        if first is not None and first.role == "system":
            return [Message("system", (*first.parts, Text("\n\n" + self._demand))), *messages[1:]]
        return [system(self._demand), *messages]

    def value(self, turn: Turn, schema: Mapping[str, Any]) -> JSON:
        """Return the answer of a turn, typed and valid."""
        text = turn.text.strip()
        if not text:
            raise _Unfit([Misfit("", "it is empty")])
        return _valid(_read_json(text), schema)

    def again(self, turn: Turn, unfit: _Unfit) -> list[Message]:
        """Return the messages that say what was wrong."""
        return [assistant(turn.text.strip() or "…"), user(_told(unfit))]

    def shown(self, turn: Turn) -> str:
        """Return the answer as it came."""
        return turn.text


class _Called(_Form):
    """The answer is the arguments of a call.

    Args:
        tool: what has to be called.
        options: of the request.
        wrapped: whether the answer is one argument, since only objects can be arguments.
    """

    def __init__(self, tool: ToolSpec, options: GenerationOptions, *, wrapped: bool) -> None:
        super().__init__([tool], options)
        self._wrapped = wrapped

    def value(self, turn: Turn, schema: Mapping[str, Any]) -> JSON:
        """Return the arguments of the call, valid."""
        if not turn.tool_calls:
            reason = turn.incomplete[0].reason if turn.incomplete else "there is none"
            raise _Unfit([Misfit("", f"the answer is not whole: {reason}")])
        arguments = dict(turn.tool_calls[0].arguments)
        if self._wrapped and _VALUE not in arguments:
            raise _Unfit([Misfit("", "there is no value")])
        return _valid(arguments[_VALUE] if self._wrapped else arguments, schema)

    def again(self, turn: Turn, unfit: _Unfit) -> list[Message]:
        """Answer the call with what was wrong, as a tool would."""
        if not turn.tool_calls:
            return [user(_told(unfit))]
        results = [tool_result(call, _told(unfit), is_error=True) for call in turn.tool_calls]
        return [turn.message(), *results]

    def shown(self, turn: Turn) -> str:
        """Return the arguments, or what there is of them."""
        if turn.tool_calls:
            return jsonx.compact(dict(turn.tool_calls[0].arguments))
        return turn.incomplete[0].raw if turn.incomplete else turn.text


async def _way(
    ask: _Ask, messages: Sequence[Message], schema: Mapping[str, Any], options: GenerationOptions
) -> tuple[Way, _Form]:
    """Find the surest way that this runtime has."""
    plain = replace(options, strict_tools=False, tool_choice="auto", json_answer=True)
    told = _Form([], plain, _DEMAND + jsonx.compact(schema))
    probe = await ask(messages, (), plain)
    can = probe.info.capabilities
    if probe.lane.name == "raw" and can.grammar == "gbnf":
        tool, wrapped = _tool(schema)
        if wrapped and _OWN_ROOT.search(jsonx.compact(schema)):
            return "prompt", told  # its references would lead elsewhere in an argument
        try:
            strict_calls([tool], required=True, max_calls=1)
        except BadToolSchema:
            return "prompt", told  # no grammar can be made of it; it is validated all the same
        strict = replace(options, strict_tools=True, tool_choice="required", json_answer=False)
        return "grammar", _Called(tool, strict, wrapped=wrapped)
    holds = can.response_schema and can.chat and "response_format" not in can.ignores
    if holds and (probe.lane.name == "chat" or not probe.lane.why.startswith("asked for")):
        return "runtime", told
    return "prompt", told


def _tool(schema: Mapping[str, Any]) -> tuple[ToolSpec, bool]:
    """Return the schema as a tool, and whether the answer is one argument of it."""
    if schema.get("type") == "object":
        return ToolSpec(_TOOL, _DESCRIPTION, schema), False
    definitions = {key: schema[key] for key in ("$defs", "definitions") if key in schema}
    inner = {key: value for key, value in schema.items() if key not in definitions}
    wrapper: dict[str, JSON] = {"type": "object", "properties": {_VALUE: inner}, "required": [_VALUE], **definitions}
    return ToolSpec(_TOOL, _DESCRIPTION, wrapper), True


def _valid(value: object, schema: Mapping[str, Any]) -> JSON:
    typed = fit(cast("JSON", value), SchemaNode(schema))
    found = misfits(typed, schema)
    if found:
        raise _Unfit(found)
    return typed


def _read_json(text: str) -> object:
    """Read an answer that should be JSON: as it is, in a code fence, or between other words."""
    first: BadJSON | None = None
    for candidate in _candidates(text):
        try:
            return jsonx.parse(candidate)
        except BadJSON as error:
            first = first or error
    raise _Unfit([Misfit("", first.message if first else "it is no JSON")])


def _candidates(text: str) -> list[str]:
    found = [text, *(match[1] for match in _FENCE.finditer(text))]
    for opener, closer in (("{", "}"), ("[", "]")):
        begin, end = text.find(opener), text.rfind(closer)
        if 0 <= begin < end:
            found.append(text[begin : end + 1])
    return found


def _told(unfit: _Unfit) -> str:
    return _AGAIN + "\n".join(f"- {one}" for one in unfit.found[:_MISFITS_TOLD])
