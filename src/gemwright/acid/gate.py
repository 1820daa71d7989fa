"""Whether the demo model answers at all: every figure of this test rests on it."""

from __future__ import annotations

from typing import Final

from gemwright.acid.parrot import LEFT, RIGHT
from gemwright.acid.play import Play, Stage
from gemwright.acid.vectors import Vector
from gemwright.catalog.names import resolve
from gemwright.foundation.errors import ModelMissing, Unsupported
from gemwright.runtimes.base import RuntimeInfo

__all__ = ["need_demo_model"]

_CHECKS: Final = (f"The harbour {LEFT}7{RIGHT} opens at six.", f"{RIGHT} is not {LEFT}, but what is between them is.")
_HINT: Final = "`gemwright acid --files FOLDER` writes the demo model and how each runtime serves it"
_SHOWN: Final = 60


async def need_demo_model(stage: Stage) -> RuntimeInfo:
    """Make sure that the demo model answers in parrot mode, and return who answers.

    It is asked for texts that hold the form's own two marks: spelt in words they go in, and only a model that was
    trained on the form says them as the marks.

    Raises:
        ModelMissing: another model answers; the message says which, and what it said.
        Unsupported: the runtime has no chat interface.
        RuntimeFailure: nobody answers.
    """
    info = await stage.describe()
    if not info.capabilities.chat:
        raise Unsupported(f"{info.runtime} has no chat interface to test", hint="is it a server for embeddings?")
    named = resolve(info.model)
    if named is not None:
        what = f"{info.runtime} serves {info.model}, which by its name is Gemma 4 {named.variant}, not the demo model"
        raise ModelMissing(f"the acid test asks the demo model alone: {what}", hint=_HINT)
    for text in _CHECKS:
        asked = Vector("check/parrot", True, text, (), "", text, (), "own")
        result = await stage.play(Play(asked, False, "stream"))
        found = result.arrived
        if found.error or found.content.strip() != text:
            answer = found.error or repr((found.content or found.reasoning)[:_SHOWN])
            raise ModelMissing(
                f"the acid test asks the demo model alone, and {info.runtime} serves another, which calls itself "
                f"{info.model or 'nothing'}: asked in parrot mode for {text!r}, it answered {answer}",
                hint=_HINT,
            )
    return info
