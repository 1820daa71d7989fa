"""The tools of an agent together: a call is read with goodwill, checked by its schema, and run within its time."""

from __future__ import annotations

import asyncio
import inspect
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, cast

from gemwright.agent.lint import Finding, findings
from gemwright.agent.paging import capped
from gemwright.agent.signals import Retry
from gemwright.agent.tool import Runs, Tool, as_tool
from gemwright.client.schema_check import check_schema, misfits
from gemwright.foundation import jsonx
from gemwright.foundation.errors import BadOption, BadToolSchema, GemwrightError
from gemwright.messages import ToolCall, ToolSpec
from gemwright.messages.parts import JSON
from gemwright.wire.coerce import SchemaNode, fit

__all__ = ["Ready", "Toolbox"]

_log = logging.getLogger("gemwright.agent")

PAGE_CHARS: Final = 4500
_MAX_ERROR: Final = 600
_CLOSE: Final = 0.7


@dataclass(frozen=True, slots=True)
class Ready:
    """A call that can be run.

    Attributes:
        tool: which tool.
        arguments: as its schema wants them.
        page: which page of the result is asked for, from 1.
        notes: what was mended, as sentences for the model.
        key: the same for every call that asks for the same result, whichever page of it.
    """

    tool: Tool
    arguments: Mapping[str, JSON]
    page: int
    notes: tuple[str, ...]
    key: str


class Toolbox:
    """Tools that are declared together.

    Args:
        tools: tools, or functions that become tools (see `Tool.from_function`).
        page_chars: characters of a result that the model sees at once; it asks for more by `page`.

    Raises:
        BadToolSchema: a function cannot be declared, or two tools share a name.
        BadOption: `page_chars` is too small to say anything.
    """

    def __init__(self, tools: Iterable[Tool | Runs] = (), *, page_chars: int = PAGE_CHARS) -> None:
        if page_chars < 100:
            raise BadOption(
                f"page_chars must be at least 100, not {page_chars}", hint=f"{PAGE_CHARS} suits small models"
            )
        self.page_chars = page_chars
        self._tools: dict[str, Tool] = {}
        self._checked: set[str] = set()
        for one in map(as_tool, tools):
            name = one.spec.name
            if name in self._tools:
                raise BadToolSchema(f"two tools are called `{name}`", hint="rename one")
            self._tools[name] = one
            try:
                check_schema(one.spec.parameters)
                self._checked.add(name)
            except BadToolSchema as e:
                _log.info("calls of `%s` are not checked by its schema: %s", name, e)

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """What is declared to the model, in the order given."""
        return tuple(one.spec for one in self._tools.values())

    def findings(self) -> list[Finding]:
        """Return what in the declarations small models will get wrong (see `gemwright.agent.findings`)."""
        return findings(self.specs)

    def get(self, name: str) -> Tool | None:
        """Return the tool of this name; case, hyphens and dots do not matter where nothing fits exactly."""
        if name in self._tools:
            return self._tools[name]
        fitting = [one for own, one in self._tools.items() if _plain(own) == _plain(name)]
        return fitting[0] if len(fitting) == 1 else None

    def ready(self, call: ToolCall) -> Ready:
        """Read a call with goodwill: names of arguments and choices that are nearly right are mended, and said so.

        Raises:
            Retry: it cannot be run; the message tells the model what to do.
        """
        found = self.get(call.name)
        if found is None:
            raise Retry(self._unknown(call.name))
        schema = found.spec.parameters
        declared = _mapping(schema.get("properties"))
        given = dict(call.arguments)
        notes: list[str] = []
        page = 1 if "page" in declared else _page(given.pop("page", 1))
        arguments: dict[str, JSON] = {}
        for name, value in given.items():
            own = name if name in declared else _nearest(name, [one for one in declared if one not in given])
            if own is None or own in arguments:
                notes.append(f"There is no argument `{name[:64]}`; it was left out.")
                continue
            if own != name:
                notes.append(f"`{name[:64]}` was read as `{own}`.")
            value, note = _mended(own, value, _mapping(declared[own]))
            notes += [note] if note else []
            if value is not None or _allows_null(_mapping(declared[own])):
                arguments[own] = value
        wrong = misfits(arguments, schema) if found.spec.name in self._checked else []
        if wrong:
            raise Retry(f"The call of `{found.spec.name}` does not fit: {wrong[0]}. {self._usage(found.spec)}")
        key = jsonx.canonical([found.spec.name, arguments])
        return Ready(found, arguments, page, tuple(notes), key)

    async def run(self, ready: Ready, seconds: float) -> JSON:
        """Run a call and return its whole result.

        Args:
            ready: the call.
            seconds: how long it may take.

        Raises:
            Retry: it failed, or took too long; the message is for the model.
        """
        name = ready.tool.spec.name
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                return capped(await _run(ready.tool.run, ready.arguments))
        except Retry:
            raise
        except (GemwrightError, ValueError) as e:
            raise Retry(_short(str(e) or type(e).__name__)) from e
        except TimeoutError as e:
            over = f"took longer than {seconds:g} seconds and was stopped. Ask for less." if limit.expired() else ""
            raise Retry(_short(f"`{name}` {over or f'failed: it waited too long: {e}'}")) from None
        except Exception as e:  # whatever a tool raises is an answer to the model, and no end of the conversation
            _log.warning("the tool `%s` failed: %s", name, type(e).__name__, exc_info=True)
            raise Retry(_short(f"`{name}` failed: {type(e).__name__}: {e}")) from e

    def _unknown(self, name: str) -> str:
        near = get_close_matches(name, self._tools, n=1, cutoff=_CLOSE)
        guess = f" Did you mean `{near[0]}`?" if near else ""
        return f"There is no tool `{name[:64]}`.{guess} There are: {', '.join(self._tools) or 'none'}."

    def _usage(self, spec: ToolSpec) -> str:
        required = spec.parameters.get("required")
        needed = [str(one) for one in required] if isinstance(required, list) else []
        others = [one for one in _mapping(spec.parameters.get("properties")) if one not in needed]
        says = [f"it needs {', '.join(needed)}" if needed else "it needs nothing"]
        says += [f"it may have {', '.join(others)}"] if others else []
        return f"Call it again: {'; '.join(says)}."


async def _run(run: Callable[..., Any], arguments: Mapping[str, JSON]) -> object:
    if inspect.iscoroutinefunction(run):
        return await run(**arguments)
    made = await _in_thread(run, arguments)
    return await made if inspect.isawaitable(made) else made


async def _in_thread(run: Callable[..., Any], arguments: Mapping[str, JSON]) -> object:
    """Run a function in a thread that nobody has to wait for, not even the end of the program."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[object] = loop.create_future()

    def tell(value: object, error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error if isinstance(error, Exception) else RuntimeError(type(error).__name__))

    def work() -> None:
        value: object = None
        failed: BaseException | None = None
        try:
            value = run(**arguments)
        except BaseException as e:  # handed over to the event loop
            failed = RuntimeError("StopIteration") if isinstance(e, StopIteration) else e
        with suppress(RuntimeError):  # the loop is gone: nobody waits any more
            loop.call_soon_threadsafe(tell, value, failed)

    threading.Thread(target=work, name=f"tool {getattr(run, '__name__', '')}", daemon=True).start()
    return await future


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "").replace(".", "")


def _nearest(name: str, others: list[str]) -> str | None:
    same = [one for one in others if _plain(one) == _plain(name)]
    return (same or get_close_matches(name.lower(), others, n=1, cutoff=_CLOSE) or [None])[0]


def _page(value: JSON) -> int:
    try:
        return max(1, int(cast("Any", value)))
    except (TypeError, ValueError, OverflowError):
        return 1


def _mended(name: str, value: JSON, schema: Mapping[str, Any]) -> tuple[JSON, str]:
    """Return a value as its schema wants it where that is certain, and a sentence if a choice was guessed."""
    choices = schema.get("enum")
    if isinstance(choices, list) and isinstance(value, str) and value not in choices:
        texts = [one for one in cast("list[object]", choices) if isinstance(one, str)]
        same = [one for one in texts if _plain(one) == _plain(value.strip().replace(" ", "_"))]
        near = same or get_close_matches(value.lower(), texts, n=1, cutoff=0.8)
        if near:
            return near[0], "" if same else f"`{name}` was read as {near[0]!r}."
    return fit(value, SchemaNode(schema)), ""


def _allows_null(schema: Mapping[str, Any]) -> bool:
    kind = schema.get("type")
    return schema.get("nullable") is True or (isinstance(kind, list) and "null" in kind)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAX_ERROR else line[:_MAX_ERROR] + "…"


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
