"""Which adapter a name or an address means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gemwright.foundation.errors import BadOption
from gemwright.foundation.http import Timeouts
from gemwright.runtimes.base import Runtime
from gemwright.runtimes.llamacpp import LlamaCpp
from gemwright.runtimes.llamacpp_openai import LlamaCppOpenAI
from gemwright.runtimes.lmstudio import LMStudio
from gemwright.runtimes.mlx import MLX
from gemwright.runtimes.ollama import Ollama
from gemwright.runtimes.openai_compat import OpenAICompat
from gemwright.runtimes.registry import Recognised
from gemwright.runtimes.sglang import SGLang
from gemwright.runtimes.transformers_serve import TransformersServe
from gemwright.runtimes.vllm import VLLM

__all__ = ["NAMES", "endpoint"]

_KNOWN: Final[Mapping[str, tuple[type[LlamaCpp] | type[Ollama] | type[OpenAICompat], int]]] = {
    "llama.cpp": (LlamaCpp, 8080),
    "llama.cpp-openai": (LlamaCppOpenAI, 8080),
    "ollama": (Ollama, 11434),
    "lmstudio": (LMStudio, 1234),
    "vllm": (VLLM, 8000),
    "sglang": (SGLang, 30000),
    "mlx-lm": (MLX, 8080),
    "transformers": (TransformersServe, 8000),
    "openai": (OpenAICompat, 8000),
}
_IN_PROCESS: Final = ("mistral.rs", "transformers-local")
NAMES: Final = (*_KNOWN, *_IN_PROCESS)


def endpoint(
    target: str, *, speaks: str = "", model: str = "", api_key: str = "", timeouts: Timeouts | None = None
) -> tuple[Runtime, str]:
    """Return the adapter that a target means, and the address that it asks.

    Args:
        target: a runtime's name, at its usual port on this machine or, of mistral.rs and transformers-local, in this
            process; or an address, which is asked who it is.
        speaks: the runtime's name where an address is not to be asked, such as `openai` for OpenAI's protocol alone.
        model: which of its models; in this process, the folder that holds it.
        api_key: sent as a bearer token.
        timeouts: deadlines.

    Raises:
        BadOption: there is no such runtime, or the address is none, or no folder is named where one has to be.
    """
    if target in _IN_PROCESS:
        return _in_process(target, model, timeouts), target
    is_address = "://" in target
    for name in (speaks, "" if is_address else target):
        if name and name not in _KNOWN:  # in this process nobody can be spoken to at an address
            raise BadOption(f"there is no runtime {name!r}", hint=f"give an address, or one of {', '.join(NAMES)}")
    url = target if is_address else f"http://127.0.0.1:{_KNOWN[target][1]}"
    if is_address and not speaks:
        return Recognised(url, model=model, api_key=api_key, timeouts=timeouts), url
    adapter, _ = _KNOWN[speaks or target]
    return adapter(url, model=model, api_key=api_key, timeouts=timeouts), url


def _in_process(name: str, folder: str, timeouts: Timeouts | None) -> Runtime:
    if not folder:
        hint = "--model FOLDER: the demo model in Hugging Face form; `gemwright acid --files` says how to make it"
        raise BadOption(f"{name} runs in this process, and needs the folder of its model", hint=hint)
    if name == "mistral.rs":
        from gemwright.runtimes.mistralrs_local import MistralrsLocal

        return MistralrsLocal(folder, timeouts=timeouts)
    from gemwright.runtimes.transformers_local import TransformersLocal

    return TransformersLocal(folder, timeouts=timeouts)
