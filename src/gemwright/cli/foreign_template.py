"""Other people's chat templates, rendered by the template engine they are written for, to compare ours with.

A template is a program from somewhere: it runs in the engine's sandbox, and what it raises is its refusal. Nothing that
is sent to a model is ever rendered here.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NoReturn

from gemwright.cli.conversation import Conversation
from gemwright.cli.input import STDIN, read_text
from gemwright.foundation.errors import BadMessages, BadModelFile, BadOption, Unsupported
from gemwright.wire.tokens import BOS, EOS

__all__ = ["read_template", "render_template"]

_ENGINE: Final = "jinja2"
_GGUF: Final = b"GGUF"
_TEMPLATE_KEY: Final = "tokenizer.chat_template"


def read_template(name: str) -> str:
    """Return the text of a template file, or of the template inside a GGUF file.

    Raises:
        UsageProblem: the file cannot be read.
        BadModelFile: it is a GGUF file that is broken, or has no template.
    """
    if name == STDIN or not _is_gguf(Path(name)):
        return read_text(name)
    from gemwright.formats.gguf import read_header

    text = read_header(Path(name)).text(_TEMPLATE_KEY)
    if not text:
        raise BadModelFile(f"{name} has no chat template", hint=f"its metadata lack {_TEMPLATE_KEY}")
    return text


def _is_gguf(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_GGUF)) == _GGUF
    except (OSError, ValueError):
        return False  # reading it as text says what is wrong


def render_template(source: str, name: str, conversation: Conversation) -> str:
    """Return the prompt that a template gives.

    Args:
        source: the template's text.
        name: what messages call it.
        conversation: what to render; its dialect does not matter.

    Raises:
        Unsupported: the template engine is not installed.
        BadOption: the template has an error of its own.
        BadMessages: the template refuses the conversation.
    """
    if find_spec(_ENGINE) is None:
        raise Unsupported(
            "comparing with a template needs the template engine jinja2, which is not installed",
            hint="pip install 'gemwright[templates]'",
        )
    jinja2: Any = import_module(_ENGINE)
    sandbox: Any = import_module(f"{_ENGINE}.sandbox")
    environment = sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[f"{_ENGINE}.ext.loopcontrols"]
    )
    environment.globals["raise_exception"] = _raise
    given = {"bos_token": BOS, "eos_token": EOS, **(conversation.options or {})}
    if conversation.tools is not None:
        given["tools"] = conversation.tools
    try:
        return environment.from_string(source).render(messages=conversation.messages, **given)
    except jinja2.TemplateSyntaxError as e:
        raise BadOption(f"{name}, line {e.lineno}: this is no template: {e.message}") from e
    except _Refused as e:
        raise BadMessages(f"the template {name} refuses the conversation: {e}") from e
    except (jinja2.TemplateError, TypeError, ValueError, AttributeError, ArithmeticError, LookupError) as e:
        raise BadMessages(f"the template {name} fails on the conversation: {type(e).__name__}: {e}") from e
    except (RecursionError, OverflowError, MemoryError) as e:
        raise BadMessages(f"the template {name} does not end on the conversation: {type(e).__name__}") from e


class _Refused(Exception):
    """The template raised an exception of its own."""


def _raise(message: object) -> NoReturn:
    raise _Refused(message)
