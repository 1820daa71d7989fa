"""The official chat templates, run by Jinja: what our renderer is compared with.

The small flavour of every generation is read out of the wheel of pkg:pypi/trl@1.16.0 in `build/oracles` (`make oracles`
fetches it; nothing of it is installed). The canonical one is also inside the tiny model that this repository carries,
so that it can be compared with wherever the tests run. The large flavour is the small one plus one branch, which the
published SHA-256 of the large files confirm.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import jinja2

from gemwright.formats.gguf import read_header
from gemwright.wire.dialects import APRIL_09, APRIL_28, CANONICAL, LAUNCH, MAY_18, Dialect
from tests.noise.model import RANDOM_MODEL

CHECKOUT = Path(__file__).resolve().parents[2]
WHEELS = CHECKOUT / "build" / "oracles"
MODEL = RANDOM_MODEL
"""A model file that carries the canonical template."""

FILES = {
    LAUNCH: "gemma4_v2.jinja",
    APRIL_09: "gemma4_v3.jinja",
    APRIL_28: "gemma4.jinja",
    MAY_18: "gemma4_v4.jinja",
    CANONICAL: "gemma4_v5.jinja",
}
OPENER = "        {{- '<|turn>model\\n' -}}\n"
EMPTY_THOUGHT = """\
        {%- if not enable_thinking | default(false) -%}
            {{- '<|channel>thought\\n<channel|>' -}}
        {%- endif -%}
"""
CLOSED_OPENER = OPENER + "    {%- endif -%}\n"
LAUNCH_EMPTY_THOUGHT = EMPTY_THOUGHT.replace("\n    ", "\n").removeprefix("    ")


class TemplateMissing(Exception):
    """The wheel that holds a template is not in `build/oracles`."""


class RaisedByTemplate(Exception):
    """The template called `raise_exception`."""


@dataclass(frozen=True)
class Outcome:
    """What rendering gave: a text, or the kind of error."""

    text: str = ""
    error: str = ""


@cache
def source(dialect: Dialect) -> str:
    """Return a template's text.

    Raises:
        TemplateMissing: the wheel that holds it is not here; the message says what to do.
    """
    text = _small(dialect.date)
    if dialect.flavour == "small":
        return text
    before = CLOSED_OPENER if dialect.date == LAUNCH else OPENER
    if text.count(before) != 1:
        raise AssertionError("the branch that the large flavour adds has no place")
    return text.replace(before, before + (LAUNCH_EMPTY_THOUGHT if dialect.date == LAUNCH else EMPTY_THOUGHT))


def _small(date: str) -> str:
    wheels = sorted(WHEELS.glob("trl-1.16.0-*.whl"))
    if wheels:
        with zipfile.ZipFile(wheels[0]) as wheel:
            return wheel.read(f"trl/chat_templates/{FILES[date]}").decode("utf-8")
    if date == CANONICAL:
        return str(read_header(MODEL).metadata["tokenizer.chat_template"])
    raise TemplateMissing("pkg:pypi/trl@1.16.0 is not in build/oracles: run `make oracles`")


@cache
def template(dialect: Dialect) -> jinja2.Template:
    """Return a compiled template."""
    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701 - no HTML
    environment.globals["raise_exception"] = _raise
    return environment.from_string(source(dialect))


def outcome(dialect: Dialect, messages: Any, tools: Any, options: dict[str, Any]) -> Outcome:
    """Render, or say which kind of error the template ends in."""
    given = {} if tools is None else {"tools": tools}
    try:
        return Outcome(template(dialect).render(messages=messages, bos_token="<bos>", **given, **options))
    except RaisedByTemplate:
        return Outcome(error="template_raise")
    except jinja2.UndefinedError:
        return Outcome(error="undefined")
    except TypeError:
        return Outcome(error="type")
    except AttributeError:
        return Outcome(error="AttributeError")


def _raise(message: str) -> NoReturn:
    raise RaisedByTemplate(message)
