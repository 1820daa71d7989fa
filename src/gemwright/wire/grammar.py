"""Strict calls: tool declarations to grammars that hold a model to them, in Gemma 4's own format.

Knows: what an output may consist of: a thought, text, calls. Three forms of the same demand, because runtimes differ:
GBNF for llama.cpp's `/completion`, a JSON schema, and a structural tag for vLLM and SGLang.
Never knows: which runtime is asked, or how many tokens it may spend. A grammar says what may come, not that it ends: a
text without a limit goes on for as long as the model likes, and an output cut off by its token budget is incomplete.

How llama.cpp applies a grammar, as tried with xllamacpp 2026.10.11549 and read in its `src/llama-grammar.cpp`:

- Literals are matched by characters, so `"<|tool_call>"` may come as the control token or spelt by ordinary tokens,
  which a model that would rather not call does at times. `<|tool_call>` outside quotes demands the token itself (since
  ggml-org/llama.cpp#17816 of December 2025, so in every build that runs Gemma 4). That is the default here.
- The end of generation (`<turn|>`, `<eos>`, `<|tool_response>`) is allowed exactly where the grammar may end, and
  cannot be demanded inside it.
- A token literal is also found in the middle of a token: after text that may be `<` and then has to end, the mark that
  ends it is allowed at once, and answered with status 500, `Unexpected empty grammar stack`. `grammar_text.some_text`
  and the writer keep clear of that.
- A grammar that cannot be read is answered with status 400, `failed to parse grammar`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from gemwright.foundation.errors import BadOption, BadToolSchema
from gemwright.messages.parts import JSON
from gemwright.messages.tools import ToolSpec
from gemwright.wire.grammar_gbnf import GbnfWriter, MarkForm
from gemwright.wire.grammar_json import call_schema, structural_tag
from gemwright.wire.grammar_rules import any_of, literal, optional, repeat
from gemwright.wire.losses import SchemaLoss
from gemwright.wire.schema_shapes import Shape
from gemwright.wire.schema_tree import MAX_DEPTH, MAX_REPEATS, shape_of_tool
from gemwright.wire.tokens import CALL_CLOSE, CALL_OPEN, CHANNEL_CLOSE, CHANNEL_OPEN

__all__ = ["Grammar", "ThoughtRule", "strict_calls"]

ThoughtRule: TypeAlias = Literal["off", "may", "must", "opened"]
"""Whether a thought comes first: never, perhaps, always, or always with its opening mark already in the prompt."""

MAX_GRAMMAR: Final = 4_000_000
"""Characters of a grammar at most."""

_NAME: Final = re.compile(r"[^\s{}()<>\[\]\"'`,=\x00-\x1f\x7f]{1,128}")


@dataclass(frozen=True, slots=True)
class Grammar:
    """One demand in three forms.

    Attributes:
        gbnf: for llama.cpp's `/completion`, field `grammar`: the whole output, in Gemma 4's format.
        json_schema: of one call as an object `{name, arguments}`, for runtimes that constrain by JSON schema. It holds
            all that the tools' schemas say; what of it is obeyed depends on the runtime.
        structural_tag: for vLLM's `structured_outputs` or `response_format`, and SGLang's: Gemma 4's format again.
        losses: what the GBNF and the structural tag do not hold the model to. Where this is not empty, validate.
    """

    gbnf: str
    json_schema: dict[str, JSON]
    structural_tag: dict[str, JSON]
    losses: tuple[SchemaLoss, ...]


def strict_calls(
    tools: Sequence[ToolSpec],
    *,
    thinking: ThoughtRule = "off",
    required: bool = False,
    preface: bool = False,
    max_calls: int | None = None,
    max_text_chars: int | None = None,
    max_items: int | None = None,
    marks: MarkForm = "token",
) -> Grammar:
    """Return the grammars of outputs that call these tools with arguments that fit their schemas.

    Args:
        tools: the declarations, at least one.
        thinking: whether a thought comes first. "opened" where the prompt ends in an open thought, as it does after a
            tool result with thinking on.
        required: at least one call; else the output is text, calls, or text and then calls.
        preface: with `required`, whether text may stand before the first call.
        max_calls: calls at most; 1 is no parallel calls, None no limit. The structural tag knows 1 and None only.
        max_text_chars: characters at most in each thought, text and string argument, up to 1,000; None leaves it to the
            schemas' own `maxLength`. A model with random weights needs one, since it never decides to end a string. In
            the structural tag it bounds arguments only.
        max_items: elements at most in arrays, and undeclared properties in a row at most in objects, that set no limit
            themselves.
        marks: "token" demands control tokens in the GBNF, "text" their spelling, for engines without token literals.

    Raises:
        BadToolSchema: a schema or name that no grammar can be made of; the hint says what to change.
        BadOption: no tools, or a limit out of its range.
    """
    _check(tools, max_calls=max_calls, max_text_chars=max_text_chars, max_items=max_items)
    try:
        shapes, losses = _shapes(tools)
        writer = GbnfWriter(marks=marks, longest_text=max_text_chars, most_items=max_items)
        calls = _calls(writer, shapes, least=1 if required else 0, most=max_calls)
        text = f"{writer.text()} " if preface or not required else ""
        writer.rules.set("root", f"{_thought(writer, thinking)}{text}{calls}")
        gbnf = writer.rules.text()
        _check_size(gbnf, len(tools))
        tag = structural_tag(
            _insides(shapes, max_text_chars=max_text_chars, max_items=max_items),
            opened=thinking == "opened",
            thought="must" if thinking == "opened" else thinking,
            required=required,
            preface=preface,
            single=max_calls == 1,
        )
        return Grammar(gbnf, call_schema(tools), tag, losses)
    except RecursionError:
        raise BadToolSchema(
            f"a schema of these tools nests more than {MAX_DEPTH} levels",
            hint="take the inner part as a JSON text (`type: string`), or declare several simpler tools",
        ) from None


def _shapes(tools: Sequence[ToolSpec]) -> tuple[dict[str, Shape], tuple[SchemaLoss, ...]]:
    shapes: dict[str, Shape] = {}
    losses: list[SchemaLoss] = []
    for tool in tools:
        shapes[tool.name], lost = shape_of_tool(tool)
        losses += lost
    return shapes, tuple(losses)


def _insides(shapes: dict[str, Shape], *, max_text_chars: int | None, max_items: int | None) -> dict[str, str]:
    """Return the grammar of what stands between the braces of each tool's call."""
    insides: dict[str, str] = {}
    for name, shape in shapes.items():
        writer = GbnfWriter(marks="text", longest_text=max_text_chars, most_items=max_items)
        writer.rules.set("root", writer.members(shape, name))
        insides[name] = writer.rules.text()
    return insides


def _check_size(gbnf: str, tools: int) -> None:
    if len(gbnf) > MAX_GRAMMAR:
        raise BadToolSchema(
            f"the grammar of these {tools} tools would have {len(gbnf):,} characters",
            hint=f"{MAX_GRAMMAR:,} are the limit: offer fewer tools at once, or shorten their enumerations",
        )


def _check(
    tools: Sequence[ToolSpec], *, max_calls: int | None, max_text_chars: int | None, max_items: int | None
) -> None:
    if not tools:
        raise BadOption("strict calls need at least one tool", hint="declare a tool, or leave the grammar out")
    seen: set[str] = set()
    for tool in tools:
        if not _NAME.fullmatch(tool.name):
            raise BadToolSchema(
                f"the tool name {tool.name[:80]!r} cannot be written in a call",
                hint="use letters, digits, and `_ - . / :`, 128 characters at most",
            )
        if tool.name in seen:
            raise BadToolSchema(f"two tools are called `{tool.name}`", hint="a call could mean either: rename one")
        seen.add(tool.name)
    for option, value, least in (
        ("max_calls", max_calls, 1),
        ("max_text_chars", max_text_chars, 1),
        ("max_items", max_items, 0),
    ):
        if value is not None and not least <= value <= MAX_REPEATS:
            raise BadOption(f"{option} must be between {least} and {MAX_REPEATS}, not {value}")


def _calls(writer: GbnfWriter, shapes: dict[str, Shape], *, least: int, most: int | None) -> str:
    named = [
        writer.rules.share(f"call-{name}", f'{literal(name + "{")} {writer.members(shape, name)} "}}"')
        for name, shape in shapes.items()
    ]
    opener, closer = writer.mark(CALL_OPEN), writer.mark(CALL_CLOSE)
    return repeat(writer.rules.set("call", f'{opener} "call:" {any_of(named)} {closer}'), least, most)


def _thought(writer: GbnfWriter, thinking: ThoughtRule) -> str:
    if thinking == "off":
        return ""
    closed = f"{writer.some_text() if thinking == 'must' else writer.text()} {writer.mark(CHANNEL_CLOSE)}"
    if thinking == "opened":
        return f"{closed} "
    whole = f"{writer.mark(CHANNEL_OPEN)} {literal('thought' + chr(10))} {closed}"
    return f"{optional(whole)} " if thinking == "may" else f"{whole} "
