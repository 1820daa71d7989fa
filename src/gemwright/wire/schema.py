"""JSON Schema to Gemma 4's declaration text.

Knows: which keywords a declaration shows, in which order, and how Gemma 4's template reads odd ones. `$ref` is printed
nowhere and never followed. What is lost on the way is reported by `gemwright.wire.losses`.

Source: the canonical chat template of 2026-07-09.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, ClassVar, Final

from gemwright.wire.content_key import content_key, content_of
from gemwright.wire.reading import (
    ABSENT,
    TemplateRefusal,
    is_object,
    is_sequence,
    iterate,
    read,
    show,
    sorted_keys,
    upper,
)
from gemwright.wire.segments import MARKUP, TEXT, Segment
from gemwright.wire.tokens import QUOTE, TOOL_CLOSE, TOOL_OPEN
from gemwright.wire.values import write_value

__all__ = ["KEYWORDS", "DeclarationWriter", "declarations"]

KEYWORDS: Final = frozenset({"description", "type", "properties", "required", "nullable"})
"""Keywords that are hidden where a schema is printed as if it were a mapping of properties."""


class DeclarationWriter:
    """Writes declarations as the template of 2026-07-09 does; older generations derive from it."""

    null: ClassVar[str] = "null"

    def __init__(self) -> None:
        self.out: list[Segment] = []
        self._mark = ""

    def declaration(self, tool: object) -> None:
        """Append one tool: `<|tool>declaration:NAME{…}<tool|>`.

        Raises:
            TemplateRefusal: the template raises on it.
        """
        function = read(tool, "function")
        self.mark(TOOL_OPEN + "declaration:")
        self.text(show(read(function, "name")))
        self.mark("{description:")
        self.quoted(show(read(function, "description")))
        parameters = read(function, "parameters")
        if parameters:
            self._parameters(parameters)
        if _contains(function, "response"):
            self._response(read(function, "response"))
        self.mark("}" + TOOL_CLOSE)
        self.flush()

    def _parameters(self, parameters: Any) -> None:
        self.mark(",parameters:{")
        properties = read(parameters, "properties")
        if properties:
            self.mark("properties:{")
            if not is_object(properties):
                raise TemplateRefusal("AttributeError", f"`properties` must be an object, not {_kind(properties)}")
            self.properties(properties)
            self.mark("},")
        required = read(parameters, "required")
        if required:
            self.required(required)
            self.mark(",")
        kind = read(parameters, "type")
        if kind:  # the closing brace belongs to the type, so without one the text is unbalanced
            self.mark("type:")
            self.quoted(upper(kind))
            self.mark("}")

    def _response(self, response: object) -> None:
        self.mark(",response:{")
        description = read(response, "description")
        if description:
            self.mark("description:")
            self.quoted(show(description))
            self.mark(",")
        if upper(read(response, "type")) == "OBJECT":
            self.mark("type:")
            self.quoted("OBJECT")
            self.mark("}")

    def properties(self, properties: dict[str, Any], *, hide_keywords: bool = False) -> None:
        """Append the entries of a mapping of properties, separated by commas.

        Args:
            properties: schemas by name.
            hide_keywords: leave out what is named like one of `KEYWORDS`.
        """
        names = [name for name in sorted_keys(properties) if not (hide_keywords and name in KEYWORDS)]
        for at, name in enumerate(names):
            schema = properties[name]
            if at:
                self.mark(",")
            self.text(name)
            self.mark(":{")
            self.property(schema, upper(read(schema, "type")))
            self.mark("}")

    def property(self, schema: object, kind: str) -> None:
        """Append the fields of one property in their fixed order."""
        self.description(schema)
        self.choices(schema, kind)
        self.nullable(schema)
        if kind == "OBJECT" and is_object(schema):
            inner = read(schema, "properties")
            self.mark("properties:{")
            if is_object(inner):
                self.properties(inner)
            else:
                self.properties(schema, hide_keywords=True)
            self.mark("},")
            required = read(schema, "required")
            if required:
                self.required(required)
                self.mark(",")
        self.mark("type:")
        self.quoted(kind)

    def description(self, schema: object) -> None:
        """Append a description where there is one, with the comma after it."""
        description = read(schema, "description")
        if description:
            self.mark("description:")
            self.quoted(show(description))
            self.mark(",")

    def choices(self, schema: object, kind: str) -> None:
        """Append a string's enum or an array's items, with the comma after it."""
        if kind == "STRING":
            enum = read(schema, "enum")
            if enum:
                self.mark("enum:")
                self.value(enum)
                self.mark(",")
        elif kind == "ARRAY":
            items = read(schema, "items")
            if is_object(items) and items:
                self.items(items)
                self.mark(",")

    def nullable(self, schema: object) -> None:
        """Append `nullable:true` where the schema says so, with the comma after it."""
        if read(schema, "nullable"):
            self.mark("nullable:true,")

    def items(self, items: dict[str, Any]) -> None:
        """Append an array's item schema, whose other keywords are printed raw."""
        self.mark("items:{")
        keys = [key for key in sorted_keys(items) if items[key] is not None]
        for at, key in enumerate(keys):
            value = items[key]
            if at:
                self.mark(",")
            if key == "properties":
                self.mark("properties:{")
                if is_object(value):
                    self.properties(value)
                self.mark("}")
            elif key == "required":
                self.required(value)
            elif key == "type":
                self.mark("type:")
                self.value(_item_type(value))
            else:
                self.text(key)
                self.mark(":")
                self.value(value)
        self.mark("}")

    def required(self, names: object) -> None:
        """Append `required:[…]`."""
        self.mark("required:[")
        for at, name in enumerate(iterate(names, "`required`")):
            if at:
                self.mark(",")
            self.quoted(show(name))
        self.mark("]")

    def mark(self, text: str) -> None:
        """Append markup."""
        self._mark += text

    def text(self, text: str) -> None:
        """Append text that is not ours."""
        if text:
            self.flush()
            self.out.append((text, TEXT, False))

    def quoted(self, text: str) -> None:
        """Append text between string marks."""
        self.mark(QUOTE)
        self.text(text)
        self.mark(QUOTE)

    def value(self, value: object) -> None:
        """Append a JSON value, its keys quoted."""
        self._mark = write_value(value, self._mark, self.out, False, quote_keys=True, null=self.null)

    def flush(self) -> None:
        """Append what markup is pending."""
        if self._mark:
            self.out.append((self._mark, MARKUP, False))
            self._mark = ""


def declarations(tools: Any, writer: type[DeclarationWriter]) -> Iterable[Segment]:
    """Return the segments of a tool set in its order, from a cache keyed by its content.

    Args:
        tools: declarations as JSON, in OpenAI's envelope.
        writer: the generation's writer.

    Raises:
        TemplateRefusal: the template raises on a declaration.
    """
    key = content_key(tools)
    return _write(tools, writer) if key is None else _cached(key, writer)


@lru_cache(maxsize=64)
def _cached(key: bytes, writer: type[DeclarationWriter]) -> tuple[Segment, ...]:
    return _write(content_of(key), writer)


def _write(tools: Any, writer: type[DeclarationWriter]) -> tuple[Segment, ...]:
    new = writer()
    for tool in iterate(tools, "the list of tools"):
        new.declaration(tool)
    return tuple(new.out)


def _contains(container: Any, key: str) -> bool:
    if isinstance(container, str) or is_sequence(container):
        return key in container
    raise TemplateRefusal("type", f"a tool's `function` must be an object, not {_kind(container)}")


def _item_type(value: Any) -> str | list[str]:
    if isinstance(value, str):
        return value.upper()
    return [upper(kind) for kind in iterate(value, "`type`")] if value else []


def _kind(value: object) -> str:
    return "nothing" if value is ABSENT else type(value).__name__
