"""Tools that the command line names: `module:function[,function]`, or the command of an MCP server."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Generator, Iterable
from contextlib import ExitStack, contextmanager
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gemwright.foundation.errors import BadOption

if TYPE_CHECKING:
    from gemwright.agent import Tool

__all__ = ["load_tools", "names_functions", "served"]

_NAMED: Final = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*(?:,[A-Za-z_]\w*)*")


def names_functions(given: str) -> bool:
    """Whether this names functions of a module, and no file."""
    return _NAMED.fullmatch(given) is not None and not Path(given).exists()


def load_tools(given: str) -> list[Tool]:
    """Import the functions that are named, from the current directory as well, and make tools of them.

    Args:
        given: `module:function[,function]`; a function may be a tool already, made by `@tool`.

    Raises:
        BadOption: there is no such module or function, or the module fails.
        BadToolSchema: a function cannot be a tool.
    """
    from gemwright.agent import Tool

    module, _, names = given.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        home = import_module(module)
    except ModuleNotFoundError as e:
        missing = f"there is no module `{e.name}`" if e.name != module else f"there is no module `{module}` here"
        raise BadOption(missing, hint="the module is looked for in this directory and among what is installed") from e
    except Exception as e:
        raise BadOption(f"the module `{module}` cannot be imported: {type(e).__name__}: {e}") from e
    tools: list[Tool] = []
    for name in names.split(","):
        found = getattr(home, name, None)
        if isinstance(found, Tool):
            tools.append(found)
        elif callable(found):
            tools.append(Tool.from_function(found))
        else:
            near = get_close_matches(name, [one for one in vars(home) if callable(getattr(home, one))], n=1)
            hint = f"did you mean {near[0]}?" if near else f"{module} has to define it"
            raise BadOption(f"the module `{module}` has no function `{name}`", hint=hint)
    return tools


@contextmanager
def served(commands: Iterable[str]) -> Generator[list[Tool]]:
    """Start MCP servers, give their tools, and end them with the block.

    Args:
        commands: each as a shell would read it; no shell runs it.

    Raises:
        BadOption: a command cannot be read.
        RuntimeFailure: a server cannot be started, or does not answer as one.
    """
    from gemwright.agent import MCPServer

    with ExitStack() as stack:
        tools: list[Tool] = []
        for command in commands:
            try:
                words = shlex.split(command)
            except ValueError as e:
                raise BadOption(f"the command {command!r} cannot be read: {e}") from e
            tools += stack.enter_context(MCPServer(words)).tools()
        yield tools
