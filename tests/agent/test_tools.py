"""Tools: what is declared of a function, what of a declaration is a trap, how a call is read, how a result is cut."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Literal

import pytest

from gemwright.agent import Finding, Retry, Tool, Toolbox, findings, tool
from gemwright.agent.paging import MAX_WHOLE, capped, page_of
from gemwright.foundation.errors import BadJSON, BadOption, BadToolSchema
from gemwright.messages import ToolCall, ToolSpec


def search(  # noqa: D417  # one argument has no description
    text: str, kind: Literal["any", "birth"] = "any", limit: int | None = None, tags: list[str] | None = None
) -> str:
    """Search the records
    of a town.

    More that the model need not know.

    Args:
        text (str): what to look for,
            in a few words
        kind: which records
        limit: how many at most

    Returns:
        text: nothing of this section is an argument
    """  # noqa: D205  # a summary over two lines, as people write them
    return f"{text}/{kind}/{limit}/{tags}"


def test_a_function_is_declared_by_its_annotations_and_docstring() -> None:
    """Flat types, choices, lists; a default makes optional; the docstring's words, joined."""
    spec = Tool.from_function(search).spec
    assert (spec.name, spec.description) == ("search", "Search the records of a town.")
    assert spec.parameters == {
        "type": "object",
        "properties": {
            "text": {"description": "what to look for, in a few words", "type": "string"},
            "kind": {"description": "which records", "type": "string", "enum": ["any", "birth"]},
            "limit": {"description": "how many at most", "type": "integer", "nullable": True},
            "tags": {"type": "array", "items": {"type": "string"}, "nullable": True},
        },
        "required": ["text"],
    }


def test_the_decorator_takes_options() -> None:
    """With and without brackets."""

    @tool
    def one() -> str:
        """Do one."""
        return ""

    @tool(approval=True, repeatable=True)
    def two() -> str:
        """Do two."""
        return ""

    assert (one.spec.name, one.approval, one.repeatable) == ("one", False, False)
    assert (two.spec.name, two.approval, two.repeatable) == ("two", True, True)


def nested(where: dict[str, str]) -> str:
    """Nest."""
    return ""


def nested_list(where: list[list[str]]) -> str:
    """Nest."""
    return ""


def either(where: int | str) -> str:
    """Either."""
    return ""


def bare(where) -> str:  # type: ignore[no-untyped-def]
    """Bare."""
    return ""


def starred(*where: str) -> str:
    """Star."""
    return ""


def unknown(where: Nowhere) -> str:  # type: ignore[name-defined]  # noqa: F821
    """Unknown."""
    return ""


def undocumented(where: str) -> str:  # noqa: D103  # what is tested
    return ""


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (nested, "which has no flat schema"),
        (nested_list, "which has no flat schema"),
        (either, "which has no flat schema"),
        (bare, "has no annotation"),
        (starred, "cannot be given by name"),
        (unknown, "cannot be read"),
        (undocumented, "has no docstring"),
        (lambda: "x", "has no name"),
    ],
)
def test_what_a_small_model_cannot_be_told_is_refused(function: Callable[..., Any], says: str) -> None:
    """By a sentence that names the function or the parameter."""
    with pytest.raises(BadToolSchema, match=says) as refused:
        Tool.from_function(function)
    assert refused.value.hint


def spec(name: str = "look", description: str = "Look.", **properties: Any) -> ToolSpec:
    """A declaration with these properties."""
    return ToolSpec(name, description, {"type": "object", "properties": properties})


TEXT = {"type": "string", "description": "a text"}


@pytest.mark.parametrize(
    ("specs", "where", "problem"),
    [
        ([spec(a={"type": "object", "description": "d", "properties": {"b": TEXT}})], "look.a", "nested object"),
        ([spec(a={"type": "array", "description": "d", "items": {"type": "object"}})], "look.a[]", "nested values"),
        ([spec(a={"type": "array", "description": "d"})], "look.a", "does not say what is in it"),
        ([spec(a={"type": ["string", "integer"], "description": "d"})], "look.a", "several types"),
        ([spec(a={"type": "string"})], "look.a", "has no description"),
        ([spec(a={"anyOf": [TEXT], "description": "d"})], "look.a", "`anyOf` is used"),
        ([spec(a={"type": "integer", "description": "d", "maximum": 3})], "look.a", "`maximum` is used"),
        ([spec(type=TEXT)], "look.type", "word of the declaration"),
        ([spec(a={"type": "string", "enum": [str(n) for n in range(31)]})], "look.a", "31 choices"),
        ([spec(**{f"a{n}": TEXT for n in range(9)})], "look", "9 arguments"),
        ([spec("look up")], "look up", "no plain word"),
        ([spec(description=" ")], "look", "no description"),
        ([spec(description="x" * 401)], "look", "401 characters"),
        (
            [ToolSpec("look", "Look.", {"type": "object", "properties": {}, "required": ["a"]})],
            "look.a",
            "not declared",
        ),
        ([spec("find_person"), spec("find_persons")], "find_persons", "near to `find_person`"),
        ([spec(), spec()], "look", "two tools have this name"),
        ([spec(f"{chr(97 + n) * 5}") for n in range(13)], "the tools", "13 tools"),
    ],
)
def test_traps_are_named(specs: list[ToolSpec], where: str, problem: str) -> None:
    """Each with its place, and with what to do."""
    said = [str(one) for one in findings(specs)]
    assert any(line.startswith(f"{where}: ") and problem in line for line in said), said
    assert all(one.advice for one in findings(specs))


def test_a_flat_and_described_tool_has_no_traps() -> None:
    """Nothing is found where nothing is wrong."""
    assert findings([spec(a=TEXT, b={"type": "integer", "description": "how many"})]) == []
    assert Toolbox([search]).findings() == [
        Finding("search", "tags", "the argument has no description", "say what it is, with an example")
    ]


def do(call: ToolCall, *tools: Any) -> Any:
    """Read a call and run it: its whole result, or the sentence of its failure."""
    box = Toolbox(tools)

    async def use() -> Any:
        try:
            return await box.run(box.ready(call), 5)
        except Retry as e:
            return f"Error: {e}"

    return asyncio.run(use())


@pytest.mark.parametrize(
    ("arguments", "result", "note"),
    [
        ({"text": "a", "limit": "12"}, "a/any/12/None", ""),
        ({"text": "a", "limit": 12.0}, "a/any/12/None", ""),
        ({"Text": "a"}, "a/any/None/None", "`Text` was read as `text`."),
        ({"text": "a", "limits": 3}, "a/any/3/None", "`limits` was read as `limit`."),
        ({"text": "a", "kind": "Birth"}, "a/birth/None/None", ""),
        ({"text": "a", "kind": "brith"}, "a/birth/None/None", "`kind` was read as 'birth'."),
        ({"text": "a", "colour": "red"}, "a/any/None/None", "There is no argument `colour`; it was left out."),
        ({"text": "a", "kind": None}, "a/any/None/None", ""),
        ({"text": 1790}, "1790/any/None/None", ""),
        ({"text": "a", "tags": '["x"]'}, "a/any/None/['x']", ""),
    ],
)
def test_a_call_is_read_with_goodwill(arguments: dict[str, Any], result: str, note: str) -> None:
    """What is certain is mended in silence, what is guessed is said."""
    call = ToolCall("search", arguments)
    assert do(call, search) == result
    assert " ".join(Toolbox([search]).ready(call).notes) == note


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            ToolCall("search", {}),
            "the property `text` is missing. Call it again: it needs text; it may have kind, limit, tags.",
        ),
        (ToolCall("search", {"text": "a", "kind": "wedding"}), 'kind: it has to be one of ["any","birth"]'),
        (ToolCall("search", {"text": "a", "limit": "many"}), "limit: it has to be integer"),
        (ToolCall("serch", {}), "There is no tool `serch`. Did you mean `search`? There are: search."),
        (ToolCall("dance", {}), "There is no tool `dance`. There are: search."),
    ],
)
def test_what_cannot_be_run_says_what_can(call: ToolCall, says: str) -> None:
    """One sentence for the model, with the next step."""
    assert says in do(call, search)


def test_names_of_tools_are_read_with_goodwill_too() -> None:
    """`getTide`, `get-tide` and `get_tide` are one; a name that two tools could have is none."""
    box = Toolbox([Tool(ToolSpec("get_tide"), print), Tool(ToolSpec("a_b"), print), Tool(ToolSpec("ab"), print)])
    assert all(box.get(name) is box.get("get_tide") is not None for name in ("getTide", "get-tide", "GET_TIDE"))
    assert box.get("A_B") is None


def test_a_result_is_json_or_a_text() -> None:
    """Anything else is a failure that names it."""
    assert do(ToolCall("look"), Tool(ToolSpec("look"), lambda: {"a": [1, None]})) == {"a": [1, None]}
    assert "cannot be written as JSON" in do(ToolCall("look"), Tool(ToolSpec("look"), lambda: {1, 2}))
    assert "cannot be written as JSON" in do(ToolCall("look"), Tool(ToolSpec("look"), lambda: float("nan")))
    with pytest.raises(BadJSON):
        capped(object())


def test_pages_hold_everything_once() -> None:
    """Joined without their notes they are the result; none is larger than its size; cuts are at line ends."""
    whole = "\n".join(f"line {number}" for number in range(500))
    pages: list[str] = []
    while True:
        page = page_of(whole, len(pages) + 1, 400)
        assert isinstance(page, str)
        body, _, note = page.rpartition("\n")
        assert len(body) <= 400
        pages.append(body)
        if "for more" not in note:
            break
        assert f"page={len(pages) + 1}]" in note
    assert "\n".join(pages) == whole
    assert page_of({"a": 1}, 1, 400) == {"a": 1}
    assert page_of("", 1, 400) == ""
    with pytest.raises(IndexError, match="there is no page 99"):
        page_of(whole, 99, 400)


def test_a_line_without_end_is_cut_too_and_nothing_is_kept_without_bound() -> None:
    """A result of megabytes costs a megabyte."""
    first = page_of("x" * 1000, 1, 400)
    assert isinstance(first, str) and first.startswith("x" * 400 + "\n[page 1 of 3")
    kept = capped("y" * (MAX_WHOLE + 5))
    assert isinstance(kept, str) and len(kept) < MAX_WHOLE + 100 and "was not kept" in kept
    assert isinstance(capped(["z" * MAX_WHOLE]), str)
    assert capped("\ud800") == "?"


def test_a_page_that_says_nothing_is_refused() -> None:
    """A size is a number of characters."""
    with pytest.raises(BadOption, match="at least 100"):
        Toolbox(page_chars=10)
