"""What somebody runs: software with versions, models, settings and hardware, from the JSON that describes it.

    {"runtimes": {"ollama": "0.20.4"}, "packages": {"transformers": "5.5.0"},
     "models": [{"runtime": "ollama", "variant": "26B-A4B", "quant": "q4_K_M", "source": null, "context": 32768}],
     "settings": {"think": false, "tool_calls": true}, "hardware": {"gpus": [{"vendor": "nvidia", "name": "RTX 4090",
     "compute_capability": 8.9, "memory_gb": 24}], "os": "linux"}, "task": "agent"}

Every part may be missing, and then nothing is known about it. In `settings`, null is a thing that was not sent or is off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from gemwright.foundation.errors import UsageProblem

__all__ = ["CORE", "Environment", "package_name", "setting_name", "variant_name"]

_PARTS = ("runtimes", "packages", "models", "settings", "hardware", "task")
_MAX_ITEMS = 10_000
_PACKAGES: Mapping[str, str] = {
    "llama-cpp": "llama.cpp",
    "llamacpp": "llama.cpp",
    "llama-server": "llama.cpp",
    "llama-cli": "llama.cpp",
    "lm-studio": "lmstudio",
    "llm-compressor": "llmcompressor",
    "gemma-pytorch": "gemma_pytorch",
    "flash-attention": "flash-attn",
    "litert": "litert-lm",
    "mlxlm": "mlx-lm",
    "mlxvlm": "mlx-vlm",
    "text-generation-webui": "textgen",
    "tensorrt-llm": "tensorrt-llm",
    "transformers.js": "@huggingface/transformers",
}
_SETTINGS: Mapping[str, str] = {
    "c": "ctx_size",
    "n_ctx": "ctx_size",
    "ctk": "cache_type_k",
    "ctv": "cache_type_v",
    "fa": "flash_attn",
    "ub": "ubatch_size",
    "n_ubatch": "ubatch_size",
    "b": "batch_size",
    "n_batch": "batch_size",
    "np": "n_parallel",
    "ngl": "n_gpu_layers",
    "mm": "mmproj",
    "nkvo": "no_kv_offload",
    "md": "spec_draft_model",
    "model_draft": "spec_draft_model",
    "draft_model": "spec_draft_model",
    "tp": "tensor_parallel_size",
    "tp_size": "tensor_parallel_size",
    "max_completion_tokens": "max_tokens",
}
_TAGS = {"e2b": "E2B", "e4b": "E4B", "12b": "12B", "26b": "26B-A4B", "26b-a4b": "26B-A4B", "31b": "31B"}
CORE = frozenset(_TAGS.values())
"""Ids of the five variants; everything else is a relative."""


def package_name(name: str) -> str:
    """Return the name under which a runtime or package is compared."""
    plain = name.strip().casefold().replace("_", "-")
    plain = re.sub(r"^(lm) studio", r"\1-studio", plain)
    return _PACKAGES.get(plain, plain.replace("gemma-pytorch", "gemma_pytorch"))


def setting_name(name: str) -> str:
    """Return the name under which a setting is compared: `--kv-cache-dtype` is `kv_cache_dtype`."""
    plain = name.strip().lstrip("-").replace("-", "_").casefold()
    plain = plain.removeprefix("options.")
    return _SETTINGS.get(plain, plain)


def variant_name(name: str) -> str:
    """Return the id of a variant or relative as records write it: `gemma4:26b` and `26B-A4B-it` are `26B-A4B`."""
    plain = name.strip().casefold().replace("_", "-").rpartition("/")[2].replace("gemma4:", "")
    if "diffusiongemma" in plain:
        return "diffusiongemma"
    plain = re.sub(r"^gemma-?4n?-", "", plain)
    return _TAGS.get(re.sub(r"[-.](it|base|assistant|unified|pt)\b.*$", "", plain), plain)


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment that was read; `None` is a part that nothing is known about.

    Attributes:
        runtimes: name to version, or to None where the version is not known.
        packages: the same of libraries.
        models: each with `runtime`, `variant`, `quant`, `source`, `context`, as far as known.
        settings: by their compared names.
        gpus: each with `vendor`, `name`, `compute_capability`, `memory_gb`, as far as known.
        os: name of the operating system.
        task: what is being done.
    """

    runtimes: Mapping[str, str | None] | None = None
    packages: Mapping[str, str | None] | None = None
    models: tuple[Mapping[str, object], ...] | None = None
    settings: Mapping[str, object] = field(default_factory=dict[str, object])
    gpus: tuple[Mapping[str, object], ...] | None = None
    os: str | None = None
    task: str | None = None

    @classmethod
    def from_json(cls, value: object) -> Environment:
        """Read an environment.

        Args:
            value: parsed JSON in the shape that the module shows.

        Raises:
            UsageProblem: it has another shape; the message names the part.
        """
        facts = _table(value, "the facts")
        for name in facts:
            if name not in _PARTS:
                raise UsageProblem(f"the facts have no part {name!r}", hint=f"the parts are {', '.join(_PARTS)}")
        hardware = _table(facts.get("hardware") or {}, "hardware")
        task = facts.get("task")
        return cls(
            _versions(facts.get("runtimes"), "runtimes"),
            _versions(facts.get("packages"), "packages"),
            _models(facts.get("models")),
            dict(_settings(_table(facts.get("settings") or {}, "settings"))),
            _tables(hardware.get("gpus"), "hardware.gpus"),
            _text(hardware.get("os"), "hardware.os"),
            _text(task, "task"),
        )

    def version(self, package: str) -> tuple[bool, str | None]:
        """Return whether a runtime or package is there, and its version where that is known."""
        name = package_name(package)
        for group in (self.runtimes, self.packages):
            if group is not None and name in group:
                return True, group[name]
        return False, None


def _table(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise UsageProblem(f"{where} must be a JSON object, not {type(value).__name__}")
    if len(cast("dict[str, Any]", value)) > _MAX_ITEMS:
        raise UsageProblem(f"{where} has more than {_MAX_ITEMS} entries")
    return cast("dict[str, Any]", value)


def _tables(value: object, where: str) -> tuple[Mapping[str, object], ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(cast("list[object]", value)) > _MAX_ITEMS:
        raise UsageProblem(f"{where} must be a list of JSON objects")
    return tuple(_table(one, f"{where}[{i}]") for i, one in enumerate(cast("Sequence[object]", value)))


def _text(value: object, where: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise UsageProblem(f"{where} must be text or null")
    return value


def _versions(value: object, where: str) -> Mapping[str, str | None] | None:
    if value is None:
        return None
    table = _table(value, where)
    return {
        package_name(name): str(one) if isinstance(one, int | float) else _text(one, f"{where}.{name}")
        for name, one in table.items()
    }


def _models(value: object) -> tuple[Mapping[str, object], ...] | None:
    models = _tables(value, "models")
    if models is None:
        return None
    return tuple(dict(_model(one, i)) for i, one in enumerate(models)) or None


def _model(model: Mapping[str, object], index: int) -> Iterator[tuple[str, object]]:
    for name, value in model.items():
        if name in ("runtime", "variant"):
            text = _text(value, f"models[{index}].{name}")
            if text is not None:
                yield name, package_name(text) if name == "runtime" else variant_name(text)
        else:
            yield name, value


def _settings(settings: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield every setting, and what stands inside a table, unless the same name stands outside."""
    for value in settings.values():
        if isinstance(value, dict):
            yield from _settings(cast("dict[str, object]", value))
    for name, value in settings.items():
        yield setting_name(name), value
