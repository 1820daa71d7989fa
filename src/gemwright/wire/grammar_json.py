"""Strict calls for runtimes that constrain by JSON schema or by structural tags.

Knows: the call as a JSON object `{name, arguments}`, and xgrammar's structural tags, which vLLM and SGLang take.

Structural tags (https://xgrammar.mlc.ai/docs/structural_tag/structural_tag.html, read for xgrammar 0.2.8): a `tag` is
`begin`, `content`, `end`; `triggered_tags` lets text run free until a trigger; `tags_with_separator` holds tags alone.
xgrammar's JSON-schema content cannot write Gemma 4's strings and bare keys (its own `gemma_4` style is switched off for
that reason, mlc-ai/xgrammar#684), so the content here is a `grammar`: the inside of the call's braces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from gemwright.messages.parts import JSON
from gemwright.messages.tools import ToolSpec
from gemwright.wire.grammar_text import FORBIDDEN
from gemwright.wire.schema_refs import ANNOTATIONS
from gemwright.wire.tokens import CALL_CLOSE, CALL_OPEN, CHANNEL_CLOSE, CHANNEL_OPEN

__all__ = ["call_schema", "structural_tag"]

_SCHEMAS: Final = frozenset(
    {
        "additionalItems", "additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then",
        "unevaluatedItems", "unevaluatedProperties",
    }
)  # fmt: skip
_SCHEMA_LISTS: Final = frozenset({"allOf", "anyOf", "items", "oneOf", "prefixItems"})
_SCHEMA_MAPS: Final = frozenset({"$defs", "definitions", "dependentSchemas", "patternProperties", "properties"})
_WHOLE: Final = frozenset({"$ref", "allOf"})
_BRANCHES: Final = frozenset({"anyOf", "oneOf"})
_ASIDE: Final = frozenset({"contains", "dependentSchemas", "if", "not"})
"""Schemas that look at a value from one side only."""


def call_schema(tools: Sequence[ToolSpec]) -> dict[str, JSON]:
    """Return the JSON schema of one call: an object of `name` and `arguments`.

    The tools' own schemas stand in it as they are, but for two things: a schema with references moves to `$defs`, its
    pointers with it; and objects with `properties` take no others unless they say so, as in the other forms. The latter
    not where a schema composes objects (`allOf`, a reference with more beside it, `if`): each part knows only some of
    the properties then, and one that refused the others would refuse everything.

    Args:
        tools: the declarations, at least one.
    """
    calls: list[dict[str, Any]] = []
    definitions: dict[str, Any] = {}
    for tool in tools:
        pointer = f"#/$defs/{tool.name.replace('~', '~0').replace('/', '~1')}"
        copy = _Copy(pointer)
        arguments = copy.of(tool.parameters)
        if not copy.composes:
            arguments = _Copy(pointer, close=True).of(tool.parameters)
        if copy.refers:
            definitions[tool.name] = arguments
            arguments = {"$ref": pointer}
        calls.append(
            {
                "type": "object",
                "properties": {"name": {"type": "string", "const": tool.name}, "arguments": arguments},
                "required": ["name", "arguments"],
                "additionalProperties": False,
            }
        )
    schema: dict[str, Any] = calls[0] if len(calls) == 1 else {"anyOf": calls}
    return {**schema, "$defs": definitions} if definitions else schema


class _Copy:
    """Copies a schema: pointers into itself begin at `pointer`, and with `close` objects take no undeclared properties."""

    def __init__(self, pointer: str, *, close: bool = False) -> None:
        self._pointer = pointer
        self._close = close
        self.refers = False
        self.composes = False

    def of(self, schema: object) -> Any:
        """Return the copy of a schema."""
        if not isinstance(schema, Mapping):
            return schema
        node = cast("Mapping[str, Any]", schema)
        says = node.keys() - ANNOTATIONS
        self.composes |= not _ASIDE.isdisjoint(says) or len(node.get("allOf", ())) > 1
        self.composes |= len(says) > 1 and not _WHOLE.isdisjoint(says)
        self.composes |= "properties" in says and not _BRANCHES.isdisjoint(says)
        out = {key: self._keyword(key, value) for key, value in node.items()}
        if self._close and "properties" in node:
            out.setdefault("additionalProperties", False)
        return out

    def _keyword(self, key: str, value: Any) -> Any:
        if key == "$ref" and isinstance(value, str):
            self.refers = True
            return self._pointer + value[1:]
        if key in _SCHEMA_MAPS and isinstance(value, Mapping):
            return {k: self.of(v) for k, v in cast("Mapping[str, object]", value).items()}
        if key in _SCHEMA_LISTS and isinstance(value, list):
            return [self.of(v) for v in cast("list[object]", value)]
        return self.of(value) if key in _SCHEMAS else value


def structural_tag(
    insides: Mapping[str, str],
    *,
    opened: bool,
    thought: str,
    required: bool,
    preface: bool,
    single: bool,
) -> dict[str, JSON]:
    """Return a structural tag of thought, text and calls.

    Args:
        insides: each tool's name, and the grammar of what stands between its braces.
        opened: whether the prompt has opened the thought already.
        thought: "off", "may" or "must".
        required: whether there must be a call.
        preface: whether text may stand before a required call.
        single: whether there may be one call only.
    """
    elements: list[JSON] = []
    if thought != "off":
        tag = _tag("" if opened else f"{CHANNEL_OPEN}thought\n", _any_text(), CHANNEL_CLOSE)
        elements.append({"type": "optional", "content": tag} if thought == "may" else tag)
    tags: list[JSON] = [
        _tag(f"{CALL_OPEN}call:{name}{{", {"type": "grammar", "grammar": grammar}, f"}}{CALL_CLOSE}")
        for name, grammar in insides.items()
    ]
    if required:
        if preface:
            elements.append(_any_text())
        elements.append(
            {
                "type": "tags_with_separator",
                "tags": tags,
                "separator": "",
                "at_least_one": True,
                "stop_after_first": single,
            }
        )
    else:
        elements.append(
            {
                "type": "triggered_tags",
                "triggers": [CALL_OPEN],
                "tags": tags,
                "stop_after_first": single,
                "excludes": _excluded(CALL_OPEN),
            }
        )
    form: JSON = elements[0] if len(elements) == 1 else {"type": "sequence", "elements": elements}
    return {"type": "structural_tag", "format": form}


def _tag(begin: str, content: JSON, end: str) -> dict[str, JSON]:
    return {"type": "tag", "begin": begin, "content": content, "end": end}


def _any_text() -> dict[str, JSON]:
    return {"type": "any_text", "excludes": _excluded()}


def _excluded(*but: str) -> list[JSON]:
    return [mark for mark in FORBIDDEN if mark not in but]
