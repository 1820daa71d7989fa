"""A conversation's turns as segments, by the rules of the canonical chat template of 2026-07-09.

Knows: openers and closers, thoughts, calls, results, content, the generation prompt, and which of all that the model
itself writes. Never knows: typed messages; the input is the template's own, JSON.

What is trained on: a model turn from after its opener to its stop token. The model stops an answer with `<turn|>`, and
its calls with `<|tool_response>`, the opener of the first result, which the runtime then fills. With thinking on, the
generation prompt after a result opens the next thought, so there its opener is not the model's. Where a turn ends after
a result without an answer, the template closes it, not the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final

from gemwright.wire.dialects import Dialect
from gemwright.wire.reading import ABSENT, TemplateRefusal, as_text, is_object, is_sequence, iterate, read, show
from gemwright.wire.schema import DeclarationWriter, declarations
from gemwright.wire.segments import MARKUP, MEDIA, TEXT, Segment
from gemwright.wire.tokens import (
    AUDIO,
    BOS,
    CALL_CLOSE,
    CALL_OPEN,
    CHANNEL_CLOSE,
    CHANNEL_OPEN,
    IMAGE,
    QUOTE,
    RESPONSE_CLOSE,
    RESPONSE_OPEN,
    THINK,
    TURN_CLOSE,
    TURN_OPEN,
    VIDEO,
)
from gemwright.wire.values import write_value

__all__ = ["TurnWriter", "clean"]

_THOUGHT: Final = CHANNEL_OPEN + "thought\n"
_THOUGHT_END: Final = "\n" + CHANNEL_CLOSE

BOS_MARK: Final[Segment] = (BOS, MARKUP, False)
SYSTEM_OPENER: Final[Segment] = (TURN_OPEN + "system\n", MARKUP, False)
THINK_MARK: Final[Segment] = (THINK + "\n", MARKUP, False)
MODEL_OPENER: Final[Segment] = (TURN_OPEN + "model\n", MARKUP, False)
CLOSER: Final[Segment] = (TURN_CLOSE + "\n", MARKUP, False)
MODEL_STOP: Final[Segment] = (TURN_CLOSE, MARKUP, True)
NEWLINE: Final[Segment] = ("\n", MARKUP, False)
THOUGHT_CUE: Final[Segment] = (_THOUGHT, MARKUP, False)
EMPTY_THOUGHT: Final[Segment] = (_THOUGHT + CHANNEL_CLOSE, MARKUP, False)

OPENERS: Final[dict[str, Segment]] = {
    "user": (TURN_OPEN + "user\n", MARKUP, False),
    "assistant": MODEL_OPENER,
    "model": MODEL_OPENER,
    "system": SYSTEM_OPENER,
    "developer": (TURN_OPEN + "developer\n", MARKUP, False),
    "tool": (TURN_OPEN + "tool\n", MARKUP, False),
}
PLAIN_MEDIA: Final[dict[str, str]] = {"image": IMAGE, "audio": AUDIO, "video": VIDEO}
ALL_MEDIA: Final[dict[str, str]] = {**PLAIN_MEDIA, "image_url": IMAGE, "input_audio": AUDIO}


class TurnWriter:
    """Writes one conversation; older generations of the template derive from it.

    Args:
        dialect: the dialect.
        thinking: the template's `enable_thinking`.
        preserve: the template's `preserve_thinking`.
    """

    declarations: ClassVar[type[DeclarationWriter]] = DeclarationWriter
    null: ClassVar[str] = "null"
    content_media: ClassVar[dict[str, str]] = ALL_MEDIA
    result_media: ClassVar[dict[str, str]] = ALL_MEDIA
    think_mark: ClassVar[Segment] = THINK_MARK

    messages: Sequence[Any] = ()
    roles: Sequence[Any] = ()
    last_user: int = -1
    last: str = ""
    """What the last message ended in: "calls", "results", or anything else."""
    after_result: bool = False
    """Whether the last thing printed is a result, so that the generation prompt would stand here."""
    shown_media: bool = False
    """Whether media in the last message's content hid its calls and results, as it did before 2026-07-09."""

    def __init__(self, dialect: Dialect, thinking: bool, preserve: bool) -> None:
        self.out: list[Segment] = [BOS_MARK]
        self.dialect = dialect
        self.thinking = thinking
        self.preserve = preserve

    def write(self, messages: Sequence[Any], tools: Any, prompt: bool) -> None:
        """Append the whole conversation to `out`.

        Args:
            messages: messages as JSON.
            tools: declarations as JSON, or something falsy.
            prompt: end with the generation prompt.

        Raises:
            TemplateRefusal: where the template raises.
        """
        roles: list[Any] = [read(message, "role") for message in messages]
        if self.header(messages, roles, tools):
            messages, roles = messages[1:], roles[1:]
        self.messages, self.roles = messages, roles
        end = len(roles)
        if "user" in roles:
            self.last_user = end - 1 - roles[::-1].index("user")
        self.loop(end)
        if prompt:
            self.generation_prompt()

    def header(self, messages: Sequence[Any], roles: Sequence[Any], tools: Any) -> bool:
        """Append the system turn that holds instructions and tools; return whether it used up the first message."""
        instructed = bool(roles) and (roles[0] == "system" or roles[0] == "developer")
        if not (instructed or self.thinking or tools):
            return False
        out = self.out
        out.append(SYSTEM_OPENER)
        if self.thinking:
            out.append(self.think_mark)
        if instructed:
            text = self.instructions(messages[0].get("content", ABSENT))
            if text:
                out.append((text, TEXT, False))
        if tools:
            out.extend(declarations(tools, self.declarations))
        out.append(CLOSER)
        return instructed

    def instructions(self, content: Any) -> str:
        """Return the text of the first system message."""
        if isinstance(content, str):
            return content.strip()
        if is_sequence(content):
            return "".join([show(read(item, "text")).strip() + " " for item in content])
        return ""

    def loop(self, end: int) -> None:
        """Append every turn. Each message is seen with the tool messages that follow it."""
        roles = self.roles
        previous: Any = None
        at = 0
        while at < end:
            after = at + 1
            if roles[at] != "tool":
                while after < end and roles[after] == "tool":
                    after += 1
                self.message(at, after, previous)
                previous = roles[at]
            at = after

    def message(self, at: int, after: int, previous: Any) -> None:
        """Append one message that is no tool message.

        Args:
            at: its index.
            after: the index of the next message that is no tool message, or the end.
            previous: the role of the last message that was no tool message.
        """
        role = self.roles[at]
        model = role == "assistant" or role == "model"
        if not (model and previous == "assistant"):
            self.open(role)
        message: dict[str, Any] = self.messages[at]
        get = message.get
        calls = get("tool_calls")
        thought = get("reasoning") or get("reasoning_content")
        if thought and self.keeps_thought(at, calls):
            self.thought(thought, model)
        if calls:
            self.calls(calls, model)
        given = get("tool_responses")
        answered = bool(given or calls) and self.results(calls, given, self.messages[at + 1 : after], model)
        content = get("content")
        filled = bool(content) and self.content(content, model)
        self.after_result = answered and not filled
        self.last = "" if self.shown_media else "results" if answered else "calls" if calls else ""
        self.close(model, after)

    def open(self, role: Any) -> None:
        """Append a turn's opener."""
        self.after_result = False
        if isinstance(role, str) and role in OPENERS:
            self.out.append(OPENERS[role])
            return
        name = as_text(role, "the role of a message")
        self.out += (TURN_OPEN, MARKUP, False), (name, TEXT, False), NEWLINE

    def keeps_thought(self, at: int, calls: Any) -> bool:
        """Whether the thought of the message at an index is printed."""
        return at > self.last_user or bool(self.preserve and calls)

    def thought(self, thought: Any, model: bool) -> None:
        """Append a thought in its channel."""
        text = as_text(thought, "a thought")
        cued = self.thinking and self.after_result
        self.out.append((_THOUGHT, MARKUP, model and not cued))
        self.out.append((text, TEXT, model))
        self.out.append((_THOUGHT_END, MARKUP, model))

    def calls(self, calls: Any, model: bool) -> None:
        """Append the calls of a message."""
        out = self.out
        mark = ""
        listed: Iterable[Any] = iterate(calls, "`tool_calls`")
        for call in listed:
            function: Any = read(call, "function")
            name: Any = read(function, "name")
            if not isinstance(name, str):
                name = as_text(name, "the name of a called function")
            out.append((mark + CALL_OPEN + "call:", MARKUP, model))
            if name:
                out.append((name, TEXT, model))
            mark = self.arguments(function.get("arguments", ABSENT), name, model) + CALL_CLOSE
        out.append((mark, MARKUP, model))

    def arguments(self, arguments: Any, name: str, model: bool) -> str:
        """Append a call's arguments; return the markup that ends them."""
        if isinstance(arguments, dict):
            return write_value(arguments, "", self.out, model, False, self.null)
        if arguments is None:
            return "{}"
        found = "missing" if arguments is ABSENT else f"a {type(arguments).__name__}"
        raise TemplateRefusal(
            "template_raise",
            f"the arguments of the call of `{name}` must be an object, and are {found}",
            hint="read arguments that are JSON text before rendering them",
        )

    def results(self, calls: Any, given: Any, following: Sequence[Any], model: bool) -> bool:
        """Append the results that belong to a message; return whether there were any.

        Args:
            calls: the message's calls.
            given: its own `tool_responses`, which go before tool messages.
            following: the tool messages directly after it.
            model: whether the model's turn is open.
        """
        stop = bool(calls) and model  # the model wrote the first opener when it stopped
        if given:
            for entry in iterate(given, "`tool_responses`"):
                self.result(self.given_name(entry), read(entry, "response"), stop)
                stop = False
            return True
        for message in following:
            self.tool_message(message, calls, stop)
            stop = False
        return bool(following)

    def given_name(self, entry: Any) -> Any:
        """Return the name that goes with an entry of `tool_responses`."""
        return read(entry, "name") or "unknown"

    def tool_message(self, message: dict[str, Any], calls: Any, stop: bool) -> None:
        """Append the result that a tool message holds, and its media after it."""
        name = message.get("name") or self.nameless(message)
        wanted = message.get("tool_call_id")
        for call in calls:  # absent equals absent: without ids every result takes the last call's name
            if call.get("id") == wanted:
                name = call["function"]["name"]
        body = message.get("content")
        if isinstance(body, str) or not is_sequence(body):
            self.result(name, body, stop)
            return
        texts = [part.get("text") for part in map(_part, body) if part.get("type") == "text"]
        self.result(name, "".join([as_text(text, "the text of a result's part") for text in texts]), stop)
        for part in body:
            self.placeholder(part.get("type"), self.result_media)

    def nameless(self, message: dict[str, Any]) -> Any:
        """Return the name of a result whose message gives none."""
        return "unknown"

    def result(self, name: Any, value: Any, stop: bool) -> None:
        """Append one result block.

        Args:
            name: the function's name.
            value: what it answered.
            stop: whether the model itself wrote the block's opener, when it stopped after its calls.
        """
        text = name if isinstance(name, str) else as_text(name, "the name of a result")
        out = self.out
        if stop:
            out.append((RESPONSE_OPEN, MARKUP, True))
            out.append(("response:", MARKUP, False))
        else:
            out.append((RESPONSE_OPEN + "response:", MARKUP, False))
        if text:
            out.append((text, TEXT, False))
        if value and isinstance(value, str):  # what most results are, without the call
            out.append(("{value:" + QUOTE, MARKUP, False))
            out.append((value, TEXT, False))
            out.append((QUOTE + "}" + RESPONSE_CLOSE, MARKUP, False))
            return
        if isinstance(value, dict):
            mark = write_value(value, "", out, False, null=self.null)
        elif value is ABSENT:
            mark = "{value:[]}"
        else:
            mark = write_value(value, "{value:", out, False, null=self.null) + "}"
        out.append((mark + RESPONSE_CLOSE, MARKUP, False))

    def content(self, content: Any, model: bool) -> bool:
        """Append a message's content; return whether it is more than white space."""
        if isinstance(content, str):
            text = clean(content) if model else content.strip()
            if text:
                self.out.append((text, TEXT, model))
            return bool(text)
        before = len(self.out)
        if is_sequence(content):
            for part in content:
                self.part(part, model)
        return len(self.out) > before

    def part(self, part: Any, model: bool) -> None:
        """Append one part of a message's content."""
        kind = _part(part).get("type")
        if kind == "text":
            self.part_text(part.get("text", ABSENT), model)
        else:
            self.placeholder(kind, self.content_media)

    def part_text(self, value: Any, model: bool) -> None:
        """Append the text of a part, trimmed by itself."""
        if model and not isinstance(value, str):
            raise TemplateRefusal("undefined", "a text part of the model has no text")
        text = clean(value) if model else show(value).strip()
        if text:
            self.out.append((text, TEXT, model))

    def placeholder(self, kind: Any, known: dict[str, str]) -> bool:
        """Append the placeholder of a media part; return whether there is one for its type."""
        token = known.get(kind) if isinstance(kind, str) else None
        if token is None:
            return False
        self.out.append((token, MEDIA, False))
        return True

    def close(self, model: bool, after: int) -> None:
        """Append a turn's end, unless the turn goes on."""
        if self.last == "calls":
            self.out.append((RESPONSE_OPEN, MARKUP, model))
            return
        later = after < len(self.roles)
        if model and later and self.roles[after] == "assistant":
            return
        if later or not self.after_result:
            self.end(model)

    def end(self, model: bool) -> None:
        """Append the closing mark of a turn."""
        if model and not self.after_result:
            self.out.append(MODEL_STOP)
            self.out.append(NEWLINE)
        else:
            self.out.append(CLOSER)

    def generation_prompt(self) -> None:
        """Append what makes the model speak next."""
        if not self.last:
            self.out.append(MODEL_OPENER)
            if self.dialect.empty_thought and not self.thinking:
                self.out.append(EMPTY_THOUGHT)
        elif self.last == "results" and self.thinking:
            self.out.append(THOUGHT_CUE)


def clean(text: str) -> str:
    """Return a model's text without thoughts.

    Closed thoughts go, an unclosed opener cuts the rest, a stray closer vanishes; white space is trimmed at the ends
    only.
    """
    if "<" in text and (CHANNEL_CLOSE in text or CHANNEL_OPEN in text):  # one character is found ten times faster
        text = "".join([piece.partition(CHANNEL_OPEN)[0] for piece in text.split(CHANNEL_CLOSE)])
    return text.strip()


def _part(part: Any) -> dict[str, Any]:
    if is_object(part):
        return part
    raise TemplateRefusal("undefined", f"a part of a content list must be an object, not {type(part).__name__}")
