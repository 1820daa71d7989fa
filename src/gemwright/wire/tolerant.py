"""Reads the arguments of a whole call, however damaged, and says which repairs that took.

The streaming reader (`arguments.py`) handles what is written canonically. At the first deviation it hands the call over to
this reader, which sees the call as a whole. It never raises, never loops, and takes time linear in the text.
"""

from __future__ import annotations

import json
import re
from typing import Final

from gemwright.messages.parts import JSON
from gemwright.wire.coerce import ANY, SchemaNode, bare_value, fit
from gemwright.wire.delimiters import PAIR, VALUE_START, closes, declared_pair, ends_with_pair
from gemwright.wire.lexer import MARKER
from gemwright.wire.tokens import QUOTE

__all__ = ["ArgumentReader", "dumps"]

_MAX_DEPTH: Final = 100
_TOKEN: Final = re.compile(r"[^\s,<>\"'{}\[\]()=]+(?=\s{0,256}(?:[,}\])]|<(?!\|\"\|>)|\Z))")
_TOKEN_BEFORE_PAIR: Final = re.compile(r"([^\s,<>\"'{}\[\]()=:]+)\s{1,256}(?=[^\s\"'<>{}\[\](),:=]{1,64}\s{0,8}[:=])")
_NEXT_ELEMENT: Final = re.compile(r"\s{1,64}<\|\"\|>(?!\s{0,64}[,\]}])")
_ELEMENT_BEFORE: Final = re.compile(r",\s{0,64}\Z")
_STRUCTURE: Final = re.compile(r"<\|\"\|>|[,{}\[\]()]")
_NEXT_CALL: Final = re.compile(r"[}\])]{1,8}\s{0,8}call:[^\s{(<]{1,128}[{(]")
_JSON_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_JSON_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "/": "/", "'": "'"}
_PYTHON_ESCAPE: Final = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U000[0-9a-fA-F]{5}|.)", re.DOTALL)
_PYTHON_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'", "\n": ""}
_PYTHON_WORDS: Final = frozenset({"True", "False", "None", "TRUE", "FALSE"})
_PAIRS: Final = {"{": "}", "[": "]", "(": ")"}


class ArgumentReader:
    """One pass over the text of a call's arguments.

    Args:
        text: the call.
        start: first character to read.
        end: where the call's text ends.
        closed: whether a close marker stands at `end`, which proves that the call is finished.

    Attributes:
        at: where reading stopped.
        used: ids of the repairs that were needed.
        open: whether the text ended inside a container or string.
        in_text: whether it ended inside a string that had an opening quote.
        text_tail_closed: whether that string's text ends with brackets that close all that is open.
    """

    def __init__(self, text: str, start: int, end: int, *, closed: bool) -> None:
        self.text = text
        self.at = start
        self.end = end
        self.closed = closed
        self.used: set[str] = set()
        self.open = False
        self.in_text = False
        self.text_tail_closed = False
        self._closers: list[str] = []

    # -- containers

    def read_object(self, node: SchemaNode) -> dict[str, JSON]:
        """Read from the opening bracket at `at`, round or curly, to its end."""
        closer = _PAIRS[self.text[self.at]]
        self.at += 1
        if len(self._closers) >= _MAX_DEPTH:
            self._give_up()
            return {}
        self._closers.append(closer)
        result: dict[str, JSON] = {}
        keys = frozenset(node.keys)
        fresh = True
        while self._more(fresh):
            c = self.text[self.at]
            if c in "}])":
                if self._end_of(closer):
                    break
                continue
            if c == "{" and not result:
                result.update(self.read_object(node))
                self.used.add("json-arguments" if closer == ")" else "unbalanced-closers")
                fresh = False
                continue
            found = self._key(keys)
            if found is None:
                if closer == ")" and self._positional(node, result):
                    fresh = False
                    continue
                self._skip_junk()
                continue
            child = node.child(found)
            value = self._value(child, keys, array=False)
            if found in result:
                self.used.add("repeated-key")
            result[found] = self._fitted(value, child)
            fresh = False
        self._closers.pop()
        return result

    def read_array(self, node: SchemaNode) -> list[JSON]:
        """Read from the opening bracket at `at` to its end."""
        self.at += 1
        if len(self._closers) >= _MAX_DEPTH:
            self._give_up()
            return []
        self._closers.append("]")
        result: list[JSON] = []
        items = node.items
        fresh = True
        while self._more(fresh):
            if self.text[self.at] in "}])":
                if self._end_of("]"):
                    break
                continue
            if self._next_key_here():
                self.used.add("unbalanced-closers")
                break
            before = self.at
            result.append(self._fitted(self._value(items, frozenset(), array=True), items))
            fresh = False
            if self.at == before:
                self._skip_junk()
        self._closers.pop()
        return result

    def _next_key_here(self) -> bool:
        """Whether a key stands where an element should: the array's bracket is missing."""
        pair = PAIR.match(self.text, self.at, self.end)
        return (
            pair is not None
            and pair["bare"] is not None
            and not set("])") & set(pair["bare"])
            and len(self._closers) > 1
            and VALUE_START.match(self.text, pair.end(), self.end) is not None
        )

    def _more(self, fresh: bool) -> bool:
        """Skip what separates two elements; False at the end of the text."""
        text, end = self.text, self.end
        commas = 0
        begin = self.at
        while self.at < end:
            c = text[self.at]
            if c == ",":
                commas += 1
            elif c == "<" and (mark := MARKER.match(text, self.at, end)):
                if mark[0] == QUOTE:
                    break
                self.used.add("stray-marker")
                self.at = mark.end()
                continue
            elif not c.isspace():
                break
            self.at += 1
        if self.at >= end:
            self.open = True
            if commas or begin != self.at:
                self.used.add("loose-layout")
            return False
        closing = text[self.at] in "}])"
        if self.at - begin != (0 if fresh or closing else 1) or (commas and closing):
            self.used.add("loose-layout" if commas or fresh or closing else "missing-comma")
        elif not fresh and not closing and not commas:
            self.used.add("missing-comma")
        return True

    def _end_of(self, closer: str) -> bool:
        """At a closing bracket: whether the container that `closer` closes ends here."""
        c = self.text[self.at]
        if c == closer:
            if self._is_surplus():
                self.used.add("unbalanced-closers")
                self.at += 1
                return False
            self.at += 1
            return True
        self.used.add("unbalanced-closers")
        if c in self._closers[:-1]:
            return True
        self.at += 1
        return False

    def _is_surplus(self) -> bool:
        """Whether the outermost bracket closes too early: `}` and then `,key:` at the top of a call."""
        if len(self._closers) > 1 or self.text[self.at] == "]":
            return False
        after = self.at + 1
        while after < self.end and self.text[after].isspace():
            after += 1
        if after >= self.end or self.text[after] != ",":
            return False
        pair = PAIR.match(self.text, after + 1, self.end)
        return pair is not None and VALUE_START.match(self.text, pair.end(), self.end) is not None

    def _give_up(self) -> None:
        self.open = True
        self.closed = False
        self.at = self.end

    def _skip_junk(self) -> None:
        """Step over what is neither key nor value, up to the next thing that could be one."""
        self.used.add("missing-delimiter")
        if self.text.startswith(QUOTE, self.at):
            self.at += len(QUOTE)
            return
        self.at += 1
        while self.at < self.end and self.text[self.at] not in ",}])":
            self.at += 1

    # -- keys

    def _key(self, keys: frozenset[str]) -> str | None:
        found = PAIR.match(self.text, self.at, self.end)
        if found is None:
            return None
        self.at = found.end()
        if self.text[self.at - 1] == "=":
            self.used.add("python-arguments")
        quoted = found["quoted"]
        if quoted is None:
            if not (found.end("bare") == found.end() - 1):
                self.used.add("loose-layout")
            return found["bare"]
        if quoted.startswith(QUOTE):
            return quoted[len(QUOTE) : -len(QUOTE)]
        if quoted[0] == '"':
            self.used.add("json-arguments")
            return _unescape_json(quoted[1:-1])
        self.used.add("single-quotes")
        return _unescape_python(quoted[1:-1])

    def _positional(self, node: SchemaNode, result: dict[str, JSON]) -> bool:
        """Read a value without a key, for the next parameter that has none yet."""
        free = [key for key in node.keys if key not in result]
        if not free:
            return False
        before = self.at
        child = node.child(free[0])
        value = self._value(child, frozenset(), array=True)
        if self.at == before:
            return False
        self.used.add("python-arguments")
        result[free[0]] = self._fitted(value, child)
        return True

    # -- values

    def _fitted(self, value: JSON, node: SchemaNode) -> JSON:
        fitted = fit(value, node)
        if fitted is not value and fitted != value:
            self.used.add("coerced-argument")
        return fitted

    def _value(self, node: SchemaNode, keys: frozenset[str], *, array: bool) -> JSON:
        text, end = self.text, self.end
        begin = self.at
        while self.at < end and text[self.at].isspace():
            self.at += 1
        if self.at >= end:
            self.open = True
            return None
        c = text[self.at]
        if text.startswith(QUOTE, self.at):
            if self.at != begin:
                self.used.add("loose-layout")
            return self._quoted(QUOTE, keys, array=array)
        if c in "\"'" and self._plausible_quote(c):
            self.used.add("json-arguments" if c == '"' else "single-quotes")
            return self._quoted(c, keys, array=array)
        if c in "{[" and not node.text_only:
            return self.read_object(node) if c == "{" else self.read_array(node)
        self.at = begin
        return self._bare(node, keys, array=array)

    def _plausible_quote(self, c: str) -> bool:
        """Whether a quote at the beginning of a value opens a string; an apostrophe may be text."""
        return (
            c == '"'
            or self.text.find(c, self.at + 1, self.end) >= 0
            or self.text.find(QUOTE, self.at + 1, self.end) >= 0
        )

    def _quoted(self, quote: str, keys: frozenset[str], *, array: bool) -> JSON:
        """Read a string that an opening quote begins, however it ends."""
        text, end = self.text, self.end
        if quote != QUOTE and text.startswith(quote * 3, self.at):
            close = text.find(quote * 3, self.at + 3, end)
            if close >= 0:
                start, self.at = self.at + 3, close + 3
                return _decode(text[start:close], quote)
        start = at = self.at + len(quote)
        literals: list[int] = []
        declared = declared_pair(keys) if keys and quote == QUOTE and not array else None
        pattern = re.compile(r"\\.|" + re.escape(quote) + "|" + re.escape(QUOTE), re.DOTALL) if quote != QUOTE else None
        while True:
            if pattern is None:
                at = text.find(QUOTE, at, end)
                if at < 0:
                    break
                mark = QUOTE
            else:
                found = pattern.search(text, at, end)
                if found is None:
                    break
                at, mark = found.start(), found[0]
                if mark[0] == "\\":
                    at = found.end()
                    continue
            after = at + len(mark)
            if self._closes(after, keys, array=array, odd=bool(len(literals) % 2)):
                return self._closed_at(start, at, after, quote, mark, literals)
            if mark == quote and mark != QUOTE and text.startswith(QUOTE, after):
                beyond = after + len(QUOTE)
                if self._closes(beyond, keys, array=array):
                    self.used.add("missing-delimiter")
                    return self._closed_at(start, at, beyond, quote, mark, literals)
            if mark == QUOTE and array and not len(literals) % 2:
                if _NEXT_ELEMENT.match(text, after, end):
                    return self._closed_at(start, at, after, quote, mark, literals)
                comma = _ELEMENT_BEFORE.search(text[max(start, at - 64) : at])
                if comma is not None:
                    self.used.add("missing-delimiter")
                    self.at = max(start, at - 64) + comma.start()
                    return _decode(text[start : self.at], quote)
            if mark == quote and quote != QUOTE and not array and self._pair_follows(after, keys):
                return self._closed_at(start, at, after, quote, mark, literals)
            if mark == QUOTE and not array:
                seen = literals[-1] if literals else start
                found_pair = declared.search(text, seen, at) if declared else None
                if found_pair is not None:
                    self.used.add("missing-delimiter")
                    self.at = found_pair.start()
                    return _decode(text[start : self.at], quote)
                pair = ends_with_pair(text, start, at, keys)
                if pair is not None:
                    self.used.add("missing-delimiter")
                    self.at = pair.start()
                    return _decode(text[start : pair.start()], quote)
                if self._pair_follows(after, keys):
                    return self._closed_at(start, at, after, quote, mark, literals)
            literals.append(at)
            at = after
        return self._unclosed(start, quote, keys, literals, array=array)

    def _closes(self, after: int, keys: frozenset[str], *, array: bool, odd: bool = False) -> bool:
        """Whether a quote that ends before `after` closes its string."""
        return bool(
            closes(
                self.text,
                after,
                self.end,
                final=True,
                closers=self._closers,
                keys=keys,
                in_array=array,
                odd=odd,
            )
        )

    def _pair_follows(self, after: int, keys: frozenset[str]) -> bool:
        """Whether the next key comes without a comma before it."""
        at = after
        while at < self.end and self.text[at].isspace():
            at += 1
        pair = PAIR.match(self.text, at, self.end)
        if pair is None or VALUE_START.match(self.text, pair.end(), self.end) is None:
            return False
        name = pair["bare"] or pair["quoted"].replace(QUOTE, "").strip("\"'")
        return name in keys if keys else pair["bare"] is not None and " " not in name

    def _closed_at(self, start: int, at: int, after: int, quote: str, mark: str, literals: list[int]) -> str:
        self.at = after
        if mark != quote:
            self.used.add("missing-delimiter")
        if not literals:
            return _decode(self.text[start:at], quote)
        if quote == QUOTE:
            self.used.add("interior-delimiter")
            if len(literals) == 2 and literals[0] == start and literals[1] == at - len(QUOTE):
                return self.text[start + len(QUOTE) : literals[1]]
        return _decode(self.text[start:at], quote)

    def _unclosed(self, start: int, quote: str, keys: frozenset[str], literals: list[int], *, array: bool) -> str:
        """No closing quote: up to the next declared key, or to the brackets that end the call."""
        self.used.add("missing-delimiter")
        if literals and quote == QUOTE:
            self.used.add("interior-delimiter")
        for pair in self._declared_pairs(start, keys) if keys and not array else ():
            self.at = pair.start()
            return _decode(self.text[start : pair.start()], quote)
        stop, complete = self._without_closers(start)
        self.open = self.in_text = True
        self.text_tail_closed = complete
        value = self.text[start:stop]
        if quote == QUOTE and value.endswith('"') and value.count('"') == 1:
            value = value[:-1]
        self.at = self.end
        return _decode(value, quote)

    def _declared_pairs(self, start: int, keys: frozenset[str]) -> list[re.Match[str]]:
        names = "|".join(re.escape(key) for key in sorted(keys, key=len, reverse=True))
        pattern = re.compile(rf",\s{{0,64}}[\"']?(?:{names})[\"']?\s{{0,8}}[:=]")
        found = pattern.search(self.text, start, self.end)
        return [found] if found else []

    def _without_closers(self, start: int) -> tuple[int, bool]:
        """Return where the text ends once the brackets that close what is open are taken off, and whether all were there."""
        stop = self.end
        text = self.text
        complete = True
        for closer in self._closers:
            at = stop
            while at > start and text[at - 1].isspace():
                at -= 1
            if at > start and text[at - 1] == closer:
                stop = at - 1
            else:
                complete = False
        return stop, complete

    def _bare(self, node: SchemaNode, keys: frozenset[str], *, array: bool) -> JSON:
        """Read a value without any quote: a scalar, or text whose delimiters are missing."""
        begin = self.at
        while self.at < self.end and self.text[self.at] in " \t\r\n":
            self.at += 1
        long_text = node.text_only and bool(keys) and not array and len(self._closers) == 1
        token = None if long_text else _TOKEN.match(self.text, self.at, self.end)
        if token is not None and not array and not self._value_ends(token.end()):
            token = None
        if token is None:
            token = _TOKEN_BEFORE_PAIR.match(self.text, self.at, self.end)
            if token is not None and long_text and not self._pair_at(token.end(), keys):
                token = None
            if token is not None:
                self.used.add("missing-comma")
        if token is not None:
            if self.at != begin:
                self.used.add("loose-layout")
            word = token[1] if token.re.groups else token[0]
            self.at += len(word)
            return self._scalar(word, node)
        self.at = begin
        stop, after = self._bare_end(keys, array=array, long_text=long_text)
        raw = self.text[begin:stop]
        self.at = after
        value = raw.strip()
        if after > stop:  # a lone delimiter ended it: it was meant as text
            return value
        if "\n" in value:
            value = raw.rstrip().lstrip(" \t")
        return self._scalar(value, node)

    def _value_ends(self, at: int) -> bool:
        """Whether a comma after a word ends the value: a key, or nothing more, has to follow it."""
        while at < self.end and self.text[at].isspace():
            at += 1
        if at >= self.end or self.text[at] != ",":
            return True
        while at < self.end and (self.text[at].isspace() or self.text[at] == ","):
            at += 1
        return at >= self.end or self.text[at] in "}])" or PAIR.match(self.text, at, self.end) is not None

    def _scalar(self, word: str, node: SchemaNode) -> JSON:
        if word in _PYTHON_WORDS:
            self.used.add("python-arguments")
        value, plain = bare_value(word, node), bare_value(word, ANY)
        if type(value) is not type(plain):
            self.used.add("coerced-argument")
        elif isinstance(value, str):
            self.used.add("missing-delimiter")
        return value

    def _bare_end(self, keys: frozenset[str], *, array: bool, long_text: bool) -> tuple[int, int]:
        """Return where bare text ends and where reading goes on."""
        text, end = self.text, self.end
        depth = 0
        nested = not (long_text and self.closed)
        for found in _STRUCTURE.finditer(text, self.at, end):
            at, mark = found.start(), found[0]
            if mark == QUOTE:
                if self._closes(found.end(), keys, array=array):
                    self.used.add("missing-delimiter")
                    return at, found.end()
            elif mark == ",":
                if depth == 0 and (array or self._pair_at(at + 1, keys)):
                    return at, at
            elif mark in "{[(":
                depth += 1
            elif _NEXT_CALL.match(text, at, end) or (depth == 0 and nested):
                return at, at
            elif depth:
                depth -= 1
        stop, complete = self._without_closers(self.at)
        if not complete and not self.closed:
            self.open = True
            return end, end
        return stop, stop

    def _pair_at(self, at: int, keys: frozenset[str]) -> bool:
        while at < self.end and self.text[at].isspace():
            at += 1
        pair = PAIR.match(self.text, at, self.end)
        if pair is None:
            return False
        name = pair["bare"] or pair["quoted"].replace(QUOTE, "").strip("\"'")
        return name in keys if keys else VALUE_START.match(self.text, pair.end(), self.end) is not None


def _decode(text: str, quote: str) -> str:
    if quote == QUOTE:
        return text.replace(QUOTE, '"')
    text = text.replace(QUOTE, '"')
    return _unescape_json(text) if quote == '"' else _unescape_python(text)


def _unescape_json(text: str) -> str:
    if "\\" not in text:
        return text

    def one(found: re.Match[str]) -> str:
        code = found[1]
        if len(code) == 5:
            return chr(int(code[1:], 16))
        return _JSON_ESCAPES.get(code, found[0])

    return _whole(_JSON_ESCAPE.sub(one, text))


def _unescape_python(text: str) -> str:
    if "\\" not in text:
        return text

    def one(found: re.Match[str]) -> str:
        code = found[1]
        if len(code) > 1:
            return chr(int(code[1:], 16))
        return _PYTHON_ESCAPES.get(code, found[0])

    return _whole(_PYTHON_ESCAPE.sub(one, text))


def _whole(text: str) -> str:
    """Join surrogate pairs; a lone surrogate becomes U+FFFD."""
    if not any("\ud800" <= c <= "\udfff" for c in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def dumps(value: JSON) -> str:
    """Return the JSON text of arguments as the parser streams it: compact, not escaped beyond need."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
