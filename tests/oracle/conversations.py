"""Conversations, tools and options as JSON, drawn by Hypothesis: mostly well-formed, sometimes absurd.

Texts are put together from what could go wrong: control tokens and pieces of them, white space of all kinds, letters
whose upper and lower case are odd, and the names that templates look for.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from gemwright.wire.tokens import CONTROL_TOKENS

Strategy = st.SearchStrategy[Any]

SNIPPETS = [
    "",
    " ",
    "Bergen",
    "x",
    "\n",
    "\u2028\u00a0\x1c",
    "\u200b",
    "straße İ",
    '"\\{},:[]',
    "{{ 1 }}{% raw %}",
    "<|tu",
    "rn>",
    "<",
    "|>",
    *CONTROL_TOKENS,
]
NAMES = [
    "city",
    "Days",
    "days",
    "_x",
    "10",
    "type",
    "description",
    "properties",
    "required",
    "nullable",
    "enum",
    "items",
]

texts: Strategy = st.lists(st.sampled_from(SNIPPETS), max_size=4).map("".join) | st.text(max_size=6).filter(
    lambda text: not any(0xD800 <= ord(c) < 0xE000 for c in text)
)
names: Strategy = st.sampled_from(NAMES) | texts
scalars: Strategy = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from([0, 1, 1.0, -0.0, 1e16, 1e-05, 2**70]), texts
)
values: Strategy = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4), max_leaves=8
)
objects: Strategy = st.dictionaries(names, values, max_size=4)


kinds: Strategy = st.sampled_from(["string", "STRING", "array", "object", "integer", "number", "boolean", "null"])
ids: Strategy = st.sampled_from(["a", "b", "", None, 1, "1", True])
part_types: Strategy = st.sampled_from(
    ["text", "text", "text", "image", "image_url", "audio", "input_audio", "video", "video_url", "file", None]
)


class Drawer:
    """Strategies for conversations and tool sets.

    Args:
        oddity: in how many of a hundred places something else stands than the format has there; 0 is well-formed JSON.
    """

    def __init__(self, oddity: int) -> None:
        self.oddity = oddity
        self.schemas: Strategy = st.recursive(self._schema(objects), self._schema, max_leaves=6)
        self.conversations: Strategy = st.lists(self._message(), max_size=7)
        self.tool_lists: Strategy = st.none() | self.mostly(st.lists(self._tool(), max_size=2))

    def mostly(self, usual: Strategy, odd: Strategy = values) -> Strategy:
        """Draw the usual, or now and then something odd."""
        if not self.oddity:
            return usual
        return st.integers(1, 100).flatmap(lambda number: odd if number <= self.oddity else usual)

    def fields(self, always: dict[str, Strategy], sometimes: dict[str, Strategy]) -> Strategy:
        """Draw a mapping; where things may be odd, fields may be missing that are always there."""
        sometimes = {key: value for key, value in sometimes.items() if key not in always}
        whole = st.fixed_dictionaries(always, optional=sometimes)
        return self.mostly(whole, values | st.fixed_dictionaries({}, optional={**always, **sometimes}))

    def _schema(self, inner: Strategy) -> Strategy:
        return self.fields(
            {},
            {
                "type": self.mostly(kinds | st.lists(kinds, max_size=2)),
                "description": self.mostly(texts),
                "enum": self.mostly(st.lists(scalars, max_size=3)),
                "nullable": self.mostly(st.booleans()),
                "properties": self.mostly(st.dictionaries(names, inner, max_size=3)),
                "required": self.mostly(st.lists(self.mostly(names), max_size=3)),
                "items": inner,
                "default": values,
                "anyOf": st.lists(inner, max_size=2),
                "additionalProperties": inner | st.booleans(),
                "title": texts,
            },
        )

    def _tool(self) -> Strategy:
        parameters = self.fields(
            {
                "type": self.mostly(st.just("object")),
                "properties": self.mostly(st.dictionaries(names, self.schemas, max_size=4)),
            },
            {"required": self.mostly(st.lists(self.mostly(names), max_size=3)), "description": texts},
        )
        response = self.fields({}, {"type": self.mostly(kinds), "description": self.mostly(texts)})
        function = self.fields(
            {"name": self.mostly(names)},
            {"description": self.mostly(texts), "parameters": parameters, "response": response},
        )
        return self.fields({"function": function}, {"type": st.just("function")})

    def _message(self) -> Strategy:
        part = self.fields({"type": part_types, "text": self.mostly(texts)}, {})
        content = self.mostly(st.one_of(texts, texts, st.none(), st.lists(part, max_size=3)))
        function = self.fields({"name": self.mostly(names), "arguments": self.mostly(objects | st.none())}, {})
        call = self.fields({"function": function}, {"id": ids, "type": st.just("function")})
        calls = self.mostly(st.lists(call, min_size=1, max_size=2))
        given = self.fields({}, {"name": self.mostly(names), "response": values})
        assistant = {
            "content": content,
            "reasoning": self.mostly(texts),
            "reasoning_content": self.mostly(texts),
            "tool_calls": calls,
            "tool_responses": self.mostly(st.lists(given, max_size=2)),
        }
        answer: dict[str, Strategy] = {"role": st.just("tool"), "content": content | scalars}
        role = self.mostly(st.sampled_from(["system", "developer", "model", "critic", "assistant", "tool"]))
        return st.one_of(
            self.fields({"role": st.just("user"), "content": content}, {"tool_calls": calls}),
            self.fields({"role": st.just("assistant")}, assistant),
            self.fields({"role": st.just("assistant"), "tool_calls": calls}, {}),
            self.fields(answer, {"tool_call_id": ids, "name": self.mostly(names)}),
            self.fields(answer, {"tool_call_id": ids, "name": self.mostly(names)}),
            self.fields({"role": role, "content": content}, {**assistant, "name": names}),
        )


PLAIN = Drawer(0)
ODD = Drawer(4)
conversations: Strategy = PLAIN.conversations | ODD.conversations
tool_lists: Strategy = PLAIN.tool_lists | ODD.tool_lists
options: Strategy = st.fixed_dictionaries(
    {},
    optional={
        "enable_thinking": st.booleans() | st.sampled_from(["false", "", None]),
        "preserve_thinking": st.booleans(),
        "add_generation_prompt": st.booleans(),
    },
)
