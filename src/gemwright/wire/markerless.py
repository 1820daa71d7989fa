"""Calls without their markers: when text at the start of a line, or a whole answer, is a call after all.

Turning explanatory text into a tool run is the worse error, so the rules are narrow: a declared tool, at the start of a
line, with arguments that parse and nothing but a line's end after them; or an answer that is nothing but a JSON or Python
call of declared tools. Text is held back only while it can still become one of these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from gemwright.wire.blocks import Block, ReadCall, read_block, read_json_calls, read_python_call
from gemwright.wire.lexer import find_marker, without_fragment
from gemwright.wire.tokens import CALL_CLOSE, EOS, QUOTE
from gemwright.wire.toolset import Toolset

__all__ = ["LineCall", "Unmarked", "Verdict", "read_whole", "recognise"]

_TAGS: Final = ("<call>", "<tool_call>", "<|tool_call|>")
_CLOSING: Final = re.compile(r"\s*</(?:tool_call|call)>")
_CLOSING_PART: Final = re.compile(r"\s*(?:<(?:/[a-z_]{0,9})?)?")
_LINE_HEAD: Final = re.compile(r"call[ \t]{0,4}:[ \t]{0,4}(?P<name>[^\s{(<,\"']{1,256})[ \t]{0,4}(?P<open>[{(])")
_LINE_HEAD_PART: Final = re.compile(
    r"c(?:a(?:l(?:l(?:[ \t]{0,4}(?::[ \t]{0,4}(?:[^\s{(<,\"']{1,256}[ \t]{0,4})?)?)?)?)?)?"
)
_TAG_HEAD: Final = re.compile(
    r"\s{0,64}(?:call[ \t]{0,4}:[ \t]{0,4})?(?P<name>[^\s{(<,\"']{1,256})[ \t]{0,4}(?P<open>[{(])"
)
_TAG_HEAD_PART: Final = re.compile(r"\s{0,64}(?:call[ \t]{0,4}:?[ \t]{0,4})?(?:[^\s{(<,\"']{1,256}[ \t]{0,4})?")
_FENCE: Final = re.compile(r"```[ \t]*(?P<language>[a-z_]*)[ \t]*\n")
_FENCE_PART: Final = re.compile(r"`{1,3}|```[ \t]*[a-z_]{0,16}[ \t]*")
_LANGUAGES: Final = frozenset({"", "json", "tool_code", "tool_call"})
_FIRST_KEYS: Final = (
    "name",
    "tool",
    "tool_name",
    "function_name",
    "function",
    "arguments",
    "parameters",
    "args",
    "input",
    "type",
    "id",
    "tool_calls",
)
_NAMING: Final = frozenset({"name", "tool", "tool_name", "function_name"})
_JSON_START: Final = re.compile(
    r"[\[\s]{0,64}\{\s{0,64}\"(?P<key>[a-z_]{1,16})\"\s{0,64}:\s{0,64}"
    r"(?:\"(?P<value>[^\"]{0,256})(?P<end>\")?)?"
)
_JSON_START_PART: Final = re.compile(
    r"[\[\s]{0,64}(?:\{\s{0,64}(?:\"(?P<key>[a-z_]{0,16})(?:\"\s{0,64}:?\s{0,64})?)?)?"
)
_PYTHON_START: Final = re.compile(
    r"\s{0,64}(?:print\()?(?:\w{1,64}\s?=\s?)?(?P<name>[A-Za-z_][\w.:/-]{0,255})?(?P<open>\()?"
)
_CLOSER_OR_MARK: Final = re.compile(r"[})]|<")
_FREE_ATTEMPTS: Final = 16


class Verdict(Enum):
    """What the beginning of a line may be."""

    PLAIN = "plain text"
    WAIT = "more text is needed to tell"
    LINE = "a call without its open marker, perhaps"
    WHOLE = "an answer that is a call, perhaps"


@dataclass(frozen=True, slots=True)
class Unmarked:
    """What held text turned out to be: calls, an incomplete call, or (both empty) plain text.

    `end` is where it ends in the text.
    """

    calls: tuple[ReadCall, ...] = ()
    end: int = 0
    used: frozenset[str] = frozenset()
    incomplete: bool = False
    raw: str = ""

    @property
    def name(self) -> str:
        """The name of the first call."""
        return self.calls[0].name if self.calls else ""


PLAIN: Final = Unmarked()


def recognise(text: str, tools: Toolset, *, whole: bool, lines: bool, final: bool) -> Verdict:
    """Judge text at the start of a line.

    Args:
        text: it begins with a character that is not white space.
        tools: the declared tools.
        whole: whether the answer begins here, and JSON in it may be a call.
        lines: whether calls without markers are looked for.
        final: whether nothing more will arrive.
    """
    if lines:
        if text[0] == "c":
            head = _LINE_HEAD.match(text)
            if head:
                return Verdict.LINE if tools.resolve(head["name"]) in tools else Verdict.PLAIN
            waiting = not final and _LINE_HEAD_PART.fullmatch(text)
            return Verdict.WAIT if waiting else Verdict.PLAIN
        if text[0] == "<":
            if text.startswith(_TAGS):
                return Verdict.LINE
            if not final and any(tag.startswith(text) for tag in _TAGS):
                return Verdict.WAIT
    if whole and text[0] in "{[`":
        return Verdict.WHOLE
    return Verdict.PLAIN


class LineCall:
    """Reads one call without its open marker at the start of a line, while its text grows.

    Args:
        tools: the declared tools.
        cap: longest text to hold back, in characters.
    """

    def __init__(self, tools: Toolset, *, cap: int) -> None:
        self._tools = tools
        self._cap = cap
        self._start = -1
        self._scanned = 0
        self._attempts = 0
        self._last_attempt = 0
        self._block: Block | None = None

    def read(self, text: str, *, final: bool) -> Unmarked | None:
        """Look at the text since the start of the line.

        Returns:
            What it is, or None while more text is needed.
        """
        if self._start < 0:
            plain = self._read_head(text, final=final)
            if plain is not None or self._start < 0:
                return plain
        if self._start < len(text) and text[self._start] in "{[":
            return _read_tagged_json(text, self._start, self._tools, final=final, cap=self._cap)
        if self._block is not None:
            return self._after_block(text, final=final)
        return self._scan(text, final=final)

    def _read_head(self, text: str, *, final: bool) -> Unmarked | None:
        tag = next((t for t in _TAGS if text.startswith(t)), "")
        body = len(tag)
        while tag and body < len(text) and text[body].isspace():
            body += 1
        if tag and text[body : body + 1] in ("{", "["):
            self._start = body
            return None
        pattern, part = (_TAG_HEAD, _TAG_HEAD_PART) if tag else (_LINE_HEAD, _LINE_HEAD_PART)
        head = pattern.match(text, len(tag))
        if head is None:
            return None if not final and part.fullmatch(text, len(tag)) else PLAIN
        if self._tools.resolve(head["name"]) not in self._tools:
            return PLAIN
        self._start = len(tag)
        self._scanned = head.end()
        return None

    def _scan(self, text: str, *, final: bool) -> Unmarked | None:
        """Try to read the call at each closing bracket and marker, until it is whole."""
        for found in _CLOSER_OR_MARK.finditer(text, self._scanned):
            where = found.start()
            if where > self._cap:
                return PLAIN
            if found[0] == "<":
                position, mark = find_marker(text, where, final=final)
                if position == where and mark is None:
                    self._scanned = where
                    return None
                if position != where or mark is None or mark[0] == QUOTE:
                    continue
                return _at_marker(text, self._start, where, mark[0], self._tools)
            if self._attempts >= _FREE_ATTEMPTS and where < self._last_attempt * 1.5:
                continue
            self._attempts, self._last_attempt = self._attempts + 1, where
            block = read_block(text[self._start : where + 1], self._tools, closed=False)
            if block.complete and block.calls:
                self._block = block
                self._scanned = where + 1
                return self._after_block(text, final=final)
        self._scanned = len(text)
        if final:
            return _at_end(text, self._start, self._tools)
        return PLAIN if len(text) > self._cap else None

    def _after_block(self, text: str, *, final: bool) -> Unmarked | None:
        """The brackets are balanced: is this the end of the line?"""
        block = self._block or Block()
        end = self._start + block.end
        after = _line_ends(text, end, final=final)
        if after is None:
            return None if len(text) <= self._cap else PLAIN
        if after >= 0:
            return Unmarked(block.calls, after, block.used)
        self._block = None
        return self._scan(text, final=final) if _could_go_on(text, end) else PLAIN


def _could_go_on(text: str, at: int) -> bool:
    """Whether the brackets closed inside bare text, so that the call goes on after them."""
    rest = text[at : at + 1]
    return bool(rest) and rest in "}]),"


def _at_marker(text: str, start: int, where: int, mark: str, tools: Toolset) -> Unmarked:
    closed = mark == CALL_CLOSE
    block = read_block(text[start:where], tools, closed=closed)
    if block.calls and (closed or block.complete):
        return Unmarked(block.calls, where + len(mark) if closed else where, block.used)
    return _unfinished(text[:where])


def _at_end(text: str, start: int, tools: Toolset) -> Unmarked:
    whole = without_fragment(text)
    block = read_block(whole[start:], tools, closed=False)
    if block.calls and block.complete:
        after = _line_ends(whole, start + block.end, final=True)
        if after is not None and after >= 0:
            return Unmarked(block.calls, after if after < len(whole) else len(text), block.used)
    return _unfinished(text)


def _unfinished(text: str) -> Unmarked:
    """Cut off: a string delimiter proves that it was meant as a call; without one it stays text."""
    return Unmarked(end=len(text), incomplete=True, raw=text) if QUOTE in text else PLAIN


def _line_ends(text: str, at: int, *, final: bool) -> int | None:
    """Return where a call's line ends, -1 if prose follows on it, or None while that is open."""
    closing = _CLOSING.match(text, at)
    if closing:
        at = closing.end()
    elif not final and _CLOSING_PART.fullmatch(text, at):
        return None
    rest = text[at:]
    ahead = rest.lstrip(" \t")
    if not ahead:
        return at if final else None
    if ahead[0] in "\r\n" or ahead.startswith("call:"):
        return at
    if ahead[0] == "<":
        position, mark = find_marker(ahead, 0, final=final)
        if mark is not None and position == 0:
            return at + (len(rest) - len(ahead) + mark.end() if mark[0] in (CALL_CLOSE, EOS) else 0)
        if final:
            return at if not without_fragment(ahead) else -1
        return None if position == 0 or _CLOSING_PART.fullmatch(ahead) else -1
    return None if not final and "call:".startswith(ahead) else -1


def _read_tagged_json(text: str, body: int, tools: Toolset, *, final: bool, cap: int) -> Unmarked | None:
    """`<tool_call>{…}</tool_call>`, the form of other model families."""
    closing = re.compile(r"</(?:tool_call|call)>|<tool_call\|>").search(text, body)
    if closing is None and not final:
        return None if len(text) <= cap else PLAIN
    stop = closing.start() if closing else len(text)
    calls = read_json_calls(text[body:stop], tools)
    if not calls:
        return PLAIN
    return Unmarked(calls, closing.end() if closing else stop, frozenset({"json-call"}))


def read_whole(text: str, tools: Toolset, *, final: bool, cap: int) -> Unmarked | None:
    """Read an answer that may be nothing but JSON or Python calls, bare or fenced.

    Returns:
        What it is, or None while it can still become a call.
    """
    position, mark = 0, None
    while True:
        position, mark = find_marker(text, position, final=final)
        if mark is None or mark[0] != QUOTE:
            break
        position = mark.end()
    if len(text) > cap or not _viable(text, tools):
        return PLAIN
    if mark is None and not final:
        return None
    answer = text[:position].strip()
    fence = _FENCE.match(answer)
    python = json = True
    if fence:
        if not answer.endswith("```") or fence["language"] not in _LANGUAGES:
            return PLAIN
        json = fence["language"] in ("", "json", "tool_code", "tool_call")
        python = fence["language"] != "json"
        answer = answer[fence.end() : -3].strip()
    elif answer.startswith("`"):
        return PLAIN
    calls = read_json_calls(answer, tools, whole=True) if json else ()
    if not calls and python and fence:
        calls = read_python_call(answer, tools)
    return Unmarked(calls, position) if calls else PLAIN


def _viable(text: str, tools: Toolset) -> bool:
    """Whether the beginning of an answer can still become a call of a declared tool."""
    fence = _FENCE.match(text)
    if fence is None:
        return bool(_FENCE_PART.fullmatch(text)) if text.startswith("`") else _viable_json(text, tools)
    if fence["language"] not in _LANGUAGES:
        return False
    inner = text[fence.end() :]
    if inner.lstrip()[:1] in ("", "{", "["):
        return _viable_json(inner, tools)
    return fence["language"] != "json" and _viable_python(inner, tools)


def _viable_json(text: str, tools: Toolset) -> bool:
    start = _JSON_START.match(text)
    if start is None:
        part = _JSON_START_PART.fullmatch(text)
        return part is not None and (part["key"] is None or any(k.startswith(part["key"]) for k in _FIRST_KEYS))
    if start["key"] not in _FIRST_KEYS:
        return False
    if start["key"] in _NAMING and start["value"] is not None:
        value = start["value"]
        return tools.resolve(value) in tools if start["end"] else tools.could_begin(value) or ":" in value
    return True


def _viable_python(text: str, tools: Toolset) -> bool:
    start = _PYTHON_START.match(text)
    if start is None or start["name"] is None:
        return start is not None and start.end() == len(text)
    name = start["name"]
    last = name.rpartition(".")[2]
    if start["open"]:
        return name in tools or last in tools
    whole = start.end() == len(text)
    return whole and (
        "." in name or tools.could_begin(name) or "print(".startswith(name) or "default_api".startswith(name)
    )
