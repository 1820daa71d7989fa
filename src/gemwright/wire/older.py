"""The generations of the chat template before 2026-07-09: what each did differently from the next.

Model files in the wild still carry these templates, so their prompts have to be explained and compared. Each class says
only what its generation changes, newest first; nothing here is used for the canonical dialect.

Sources: the small templates in pkg:pypi/trl@1.16.0. The large ones are these plus one branch, to the byte: the tests
rebuild them and find the published hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from gemwright.wire.reading import ABSENT, TemplateRefusal, is_object, iterate, read, show
from gemwright.wire.schema import DeclarationWriter
from gemwright.wire.segments import MARKUP, TEXT, Segment
from gemwright.wire.tokens import AUDIO, RESPONSE_OPEN, THINK
from gemwright.wire.turns import EMPTY_THOUGHT, MODEL_OPENER, PLAIN_MEDIA, TurnWriter

__all__ = ["April09Turns", "April28Turns", "LaunchTurns", "May18Turns"]

_BLANK_LINE: Final[Segment] = ("\n\n", MARKUP, False)


class May18Declarations(DeclarationWriter):
    """Printed null as Python does."""

    null: ClassVar[str] = "None"


class May18Turns(TurnWriter):
    """2026-05-18: thoughts with calls only, every message closed, no cue after results, arguments as text allowed."""

    declarations: ClassVar[type[DeclarationWriter]] = May18Declarations
    null: ClassVar[str] = "None"
    content_media: ClassVar[dict[str, str]] = PLAIN_MEDIA
    result_media: ClassVar[dict[str, str]] = PLAIN_MEDIA

    def write(self, messages: Sequence[Any], tools: Any, prompt: bool) -> None:
        """Append the whole conversation to `out`; an empty one is refused."""
        if not messages:
            raise TemplateRefusal("undefined", "this dialect needs a message", hint="the canonical dialect does not")
        super().write(messages, tools, prompt)

    def message(self, at: int, after: int, previous: Any) -> None:
        """Append one message that is no tool message."""
        self.shown_media = False
        super().message(at, after, previous)

    def keeps_thought(self, at: int, calls: Any) -> bool:
        """Whether the thought of the message at an index is printed."""
        return at > self.last_user and bool(calls)

    def arguments(self, arguments: Any, name: str, model: bool) -> str:
        """Append a call's arguments: text as it stands, and nothing for what is no object."""
        if is_object(arguments):
            return super().arguments(arguments, name, model)
        if not arguments or not isinstance(arguments, str):
            return "{}"
        self.out += ("{", MARKUP, model), (arguments, TEXT, model)
        return "}"

    def given_name(self, entry: Any) -> Any:
        """Return the name that goes with an entry of `tool_responses`; only a missing one is made up for."""
        name = read(entry, "name")
        return "unknown" if name is ABSENT else name

    def nameless(self, message: dict[str, Any]) -> Any:
        """Return the name of a result whose message gives none: what it has instead, which is refused unless empty."""
        return message.get("name")

    def part(self, part: Any, model: bool) -> None:
        """Append one part of a message's content; what is no object is passed over."""
        kind = read(part, "type")
        if kind == "text":
            self.part_text(read(part, "text"), model)
        elif self.placeholder(kind, self.content_media):
            self.shown_media = True

    def close(self, model: bool, after: int) -> None:
        """Append a turn's end, also between two messages of the model."""
        if self.last == "calls":
            self.out.append((RESPONSE_OPEN, MARKUP, model))
        elif not self.after_result:
            self.end(model)

    def generation_prompt(self) -> None:
        """Append what makes the model speak next."""
        if not self.last:
            super().generation_prompt()


class April28Turns(May18Turns):
    """2026-04-28: media in results were dropped."""

    result_media: ClassVar[dict[str, str]] = {}


class April09Declarations(May18Declarations):
    """Dropped properties that are named like keywords."""

    def properties(self, properties: dict[str, Any], *, hide_keywords: bool = False) -> None:
        """Append the entries of a mapping of properties."""
        super().properties(properties, hide_keywords=True)


class April09Turns(April28Turns):
    """2026-04-09: printed system content whatever it was, and took content for filled before cleaning it."""

    declarations: ClassVar[type[DeclarationWriter]] = April09Declarations

    def instructions(self, content: Any) -> str:
        """Return the text of the first system message."""
        return show(content).strip()

    def content(self, content: Any, model: bool) -> bool:
        """Append a message's content; return whether there is any value at all."""
        super().content(content, model)
        return bool(content)


class LaunchDeclarations(April09Declarations):
    """Another order of fields; a comma before `properties`, `required` and `items` even where nothing precedes."""

    def property(self, schema: object, kind: str) -> None:
        """Append the fields of one property in their fixed order."""
        separator = ""
        description = read(schema, "description")
        if description:
            self.mark("description:")
            self.quoted(show(description))
            separator = ","
        if read(schema, "nullable"):
            self.mark(separator + "nullable:true")
            separator = ","
        if kind == "STRING" and read(schema, "enum"):
            self.mark(separator + "enum:")
            self.value(read(schema, "enum"))
            separator = ","
        elif kind == "OBJECT":
            self.inner(schema)
        elif kind == "ARRAY":
            items = read(schema, "items")
            if is_object(items) and items:
                self.mark(",")
                self.items(items)
        self.mark(separator + "type:")
        self.quoted(kind)

    def inner(self, schema: Any) -> None:
        """Append an object's properties and what it requires."""
        inner = read(schema, "properties")
        self.mark(",properties:{")
        self.properties(inner if is_object(inner) else schema)
        self.mark("}")
        required = read(schema, "required")
        if required:
            self.mark(",")
            self.required(required)


class LaunchTurns(April09Turns):
    """2026-04-02, the launch: no thoughts, tool messages are turns of their own, blank lines around pictures."""

    declarations: ClassVar[type[DeclarationWriter]] = LaunchDeclarations
    think_mark: ClassVar[Segment] = (THINK, MARKUP, False)

    def loop(self, end: int) -> None:
        """Append every turn."""
        for at in range(end):
            self.message(at, at + 1, None)

    def keeps_thought(self, at: int, calls: Any) -> bool:
        """Thoughts were never printed."""
        return False

    def results(self, calls: Any, given: Any, following: Sequence[Any], model: bool) -> bool:
        """Append the results that a message itself holds; return whether there were any."""
        for entry in iterate(given, "`tool_responses`") if given else ():
            self.result(self.given_name(entry), read(entry, "response"), False)
        return bool(given)

    def placeholder(self, kind: Any, known: dict[str, str]) -> bool:
        """Append the placeholder of a media part, all but audio between blank lines."""
        lines = isinstance(kind, str) and known.get(kind) not in (None, AUDIO)
        if lines:
            self.out.append(_BLANK_LINE)
        shown = super().placeholder(kind, known)
        if lines:
            self.out.append(_BLANK_LINE)
        return shown

    def close(self, model: bool, after: int) -> None:
        """Append a turn's end."""
        if not self.after_result:
            self.end(model)

    def generation_prompt(self) -> None:
        """Append what makes the model speak next; the large flavour's empty thought came even after a result."""
        if self.last != "results":
            self.out.append(MODEL_OPENER)
        if self.dialect.empty_thought and not self.thinking:
            self.out.append(EMPTY_THOUGHT)
