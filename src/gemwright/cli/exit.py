"""How a run ends: failures told in one form, and the exit code of the process.

0 fine · 1 findings · 2 usage · 3 runtime · 4 output · 5 limit · 130 interrupted · 141 nobody reads our output any more
(what a program that SIGPIPE ended looks like to a shell) · 70 a fault of gemwright itself.
"""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Callable
from typing import Final

import click

from gemwright.cli.output import Session
from gemwright.foundation.errors import GemwrightError
from gemwright.foundation.terminal import harmless

__all__ = ["FAULT", "INTERRUPTED", "PIPE_CLOSED", "USAGE", "finish"]

USAGE: Final = 2
FAULT: Final = 70
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141


def finish(action: Callable[[], object], session: Session, global_options: frozenset[str] = frozenset()) -> int:
    """Do what was asked for, tell what went wrong, and return the exit code.

    Args:
        action: the command.
        session: how to speak.
        global_options: options that stand before the command, for the hint to one that stands after it.
    """
    try:
        code = _run(action, session, global_options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        _forget_output()
        return PIPE_CLOSED
    except OSError as e:
        _forget_output()
        with contextlib.suppress(OSError):
            session.tell(f"error: cannot write the output: {e.strerror or e}")
        return USAGE


def _run(action: Callable[[], object], session: Session, global_options: frozenset[str]) -> int:
    """Raises OSError, BrokenPipeError included, only where a stream cannot be written."""
    try:
        action()
        return 0
    except click.exceptions.Exit as e:
        return e.exit_code
    except (KeyboardInterrupt, click.Abort, EOFError):
        return _interrupted(session)
    except click.exceptions.NoArgsIsHelpError as e:
        session.tell(e.message)
        return USAGE
    except click.ClickException as e:
        possibilities = sorted(getattr(e, "possibilities", None) or [])
        message = e.message if possibilities else e.format_message()
        _tell(session, e, _decapitalised(message), _usage_hint(e, possibilities, global_options))
        return e.exit_code
    except GemwrightError as e:
        _tell(session, e, f"{e.message} ({e.code})", e.hint)
        return e.exit_code
    except BrokenPipeError:
        raise
    except OSError as e:
        if e.filename is None:
            raise
        _tell(session, e, f"{e.strerror}: {e.filename}", "")
        return USAGE
    except Exception as e:
        text = f"gemwright failed, which is its own fault: {type(e).__name__}: {e}"
        _tell(session, e, text, "" if session.debug else "`gemwright --debug …` shows where; please report it")
        return FAULT


def _interrupted(session: Session) -> int:
    if sys.stderr.isatty():
        session.tell("")  # the terminal has written ^C
    return INTERRUPTED


def _tell(session: Session, problem: BaseException, message: str, hint: str) -> None:
    if session.debug:
        session.tell(harmless("".join(traceback.format_exception(problem)).rstrip()))
    label = "\x1b[1;31merror\x1b[0m" if session.colored_talk else "error"
    session.tell(f"{label}: {harmless(message)}")
    if hint:
        label = "\x1b[1;36mhint\x1b[0m" if session.colored_talk else "hint"
        session.tell(f"\n{label}: {harmless(hint)}")


def _decapitalised(message: str) -> str:
    """Return a message of click's in our own manner: a small letter first, no full stop last."""
    text = message.rstrip().removesuffix(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _usage_hint(problem: click.ClickException, possibilities: list[str], global_options: frozenset[str]) -> str:
    if isinstance(problem, click.NoSuchOption) and problem.option_name in global_options:
        return f"{problem.option_name} goes before the command: gemwright {problem.option_name} …"
    if possibilities:
        return f"did you mean {' or '.join(possibilities)}?"
    context = getattr(problem, "ctx", None)
    return f"`{context.command_path} --help` shows what is possible" if context else ""


def _forget_output() -> None:
    """Send what is still buffered to nowhere, so that the interpreter does not fail once more while it ends."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError:
                os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
