"""LM Studio: in what it differs from other servers that speak OpenAI's protocol.

It is closed source, so only what its pages document is used: `/api/v0/models` (since 0.3.6) tells which models are
loaded and with which context, `/api/v1/models` (since 0.4.0) the same in another form. Nothing documents which marks
its completions keep, so rendered prompts are not sent, and no page tells its version. Thinking of Gemma 4 is switched by
`reasoning_effort`, as one of its makers says in lmstudio-ai/lmstudio-bug-tracker#2057 (2026-06-18).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from gemwright.foundation.errors import RuntimeGarbled, RuntimeRejected
from gemwright.runtimes.base import ServedModel
from gemwright.runtimes.openai_compat import OpenAICompat
from gemwright.runtimes.openai_compat_json import Differences
from gemwright.runtimes.reading import as_count, as_list, as_object, as_text

__all__ = ["DIFFERENCES", "LMStudio"]

DIFFERENCES: Final = Differences(
    runtime="LM Studio",
    record="lmstudio",
    port=1234,
    thinking="effort",
)


class LMStudio(OpenAICompat):
    """An LM Studio server, as a `Runtime`. Arguments as of `OpenAICompat`."""

    differences: ClassVar[Differences] = DIFFERENCES

    async def models(self) -> list[ServedModel]:
        """Return the models on this machine that talk, those that are loaded first, with their context.

        Raises:
            RuntimeFailure: nobody answers, or somebody who does not speak this protocol.
        """
        for path, read in (("/api/v1/models", _of_v1), ("/api/v0/models", _of_v0)):
            try:
                answer = as_object(await self._http.get_json(path))
            except (RuntimeGarbled, RuntimeRejected):
                continue  # an older version, or something else that listens there
            found = [
                model for row in as_list(answer.get("models") or answer.get("data")) for model in read(as_object(row))
            ]
            if found:
                return sorted(found, key=lambda model: not model.loaded)
        return await super().models()


def _of_v1(row: Mapping[str, Any]) -> list[ServedModel]:
    """Read a model of `/api/v1/models`: one for each time that it is loaded."""
    name = as_text(row.get("key"))
    if not name or row.get("type") != "llm":
        return []
    images = as_object(row.get("capabilities")).get("vision") is True
    quant, size = as_text(as_object(row.get("quantization")).get("name")), as_count(row.get("size_bytes"))
    architecture = as_text(row.get("architecture"))
    instances = [as_object(one) for one in as_list(row.get("loaded_instances"))]
    if not instances:
        return [ServedModel(name, loaded=False, images=images, quant=quant, bytes=size, architecture=architecture)]
    return [
        ServedModel(
            as_text(one.get("id")) or name,
            context=as_count(as_object(one.get("config")).get("context_length")) or None,
            images=images,
            quant=quant,
            bytes=size,
            architecture=architecture,
        )
        for one in instances
    ]


def _of_v0(row: Mapping[str, Any]) -> list[ServedModel]:
    """Read a model of `/api/v0/models`."""
    name, kind = as_text(row.get("id")), row.get("type")
    if not name or kind not in ("llm", "vlm"):
        return []
    loaded = row.get("state") == "loaded"
    context = as_count(row.get("loaded_context_length")) or None
    return [
        ServedModel(
            name,
            loaded=loaded,
            context=context if loaded else None,
            images=kind == "vlm",
            quant=as_text(row.get("quantization")),
            architecture=as_text(row.get("arch")),
        )
    ]
