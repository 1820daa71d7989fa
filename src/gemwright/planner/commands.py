"""The exact commands of a choice, for each runtime that runs it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gemwright.catalog.load import catalog
from gemwright.catalog.things import Quant
from gemwright.catalog.variants import Variant
from gemwright.planner.choices import Choice
from gemwright.planner.figures import GB
from gemwright.planner.weights import checkpoint

__all__ = ["commands_of"]

_OLLAMA_TAGS: Final = {"Q4_K_M": "q4_K_M", "Q8_0": "q8_0", "BF16": "bf16"}
_EVERY_LAYER: Final = 999
_LAYOUTS: Final = {"bf16": "BF16", "fp8": "FP8", "qat-w4a16": "W4A16", "nvfp4": "NVFP4"}
"""Records of quantisations that vLLM and SGLang load, to words that `weights.checkpoint` reads."""
_WORDS: Final = {"bf16": "full weights", "fp8": "8 bits, FP8", "qat-w4a16": "4 bits, W4A16", "nvfp4": "4 bits, NVFP4"}


def commands_of(
    chosen: Choice, room: int, *, file: str = "", media: bool = False, drafting: bool = False
) -> Mapping[str, str]:
    """Return what to type, by runtime; several lines where a runtime needs them.

    Runtimes that take other files than GGUF get the nearest checkpoint that fits, or are told that none does.

    Args:
        chosen: the choice.
        room: bytes of memory that there are.
        file: path of a GGUF that is there, or empty.
        media: whether images or sound are wanted.
        drafting: with a drafter.
    """
    one = catalog().variants[chosen.variant]
    found = {
        "llama.cpp": _llamacpp(one, chosen, file, media=media, drafting=drafting),
        "Ollama": _ollama(one, chosen, file),
    }
    found["LM Studio"] = _lmstudio(one, chosen, file)
    if not file and chosen.offload == "all":
        found["vLLM"] = _vllm(one, chosen, room, drafting=drafting)
        found["SGLang"] = _sglang(one, chosen, room)
        found["MLX"] = _mlx(one, chosen, room, media=media)
    return found


def _repository(one: Variant, quant: str) -> tuple[str, str]:
    """Return a repository of GGUF files and the tag of a quantisation in it."""
    name = one.names.instruct.rpartition("/")[2]
    if quant.startswith("QAT"):
        return f"{one.names.instruct}-qat-q4_0-gguf", ""
    return f"unsloth/{name}-GGUF", quant


def _llamacpp(one: Variant, chosen: Choice, file: str, *, media: bool, drafting: bool) -> str:
    setup = chosen.setup
    if file:
        source = ["-m", file]
    else:
        repository, tag = _repository(one, chosen.quant)
        source = ["-hf", f"{repository}:{tag}" if tag else repository]
    words = ["llama-server", *source, "--jinja", "-c", str(setup.context), "-np", str(setup.slots)]
    words += ["-ub", str(setup.ubatch), "-fa", "on", "-ctk", setup.keys, "-ctv", setup.values]
    if setup.slots > 1 and setup.unified:
        words += ["--kv-unified"]
    if chosen.offload == "none":
        words += ["-ngl", "0"]
    elif chosen.offload == "layers":
        words += ["-ngl", str(chosen.layers + 1)]  # one more: the output head
    else:
        words += ["-ngl", str(_EVERY_LAYER)]
    if chosen.offload == "experts":
        words += ["--cpu-moe"]
    if not media and not file:
        words += ["--no-mmproj"]
    if drafting:
        words += ["--spec-type", "draft-mtp", "--spec-draft-model", "DRAFTER.gguf", "--spec-draft-n-max", "2"]
    return shlex.join(words)


def _ollama(one: Variant, chosen: Choice, file: str) -> str:
    setup, size = chosen.setup, one.names.short[-1]
    tags = {tag.lower(): tag for tag in one.names.ollama}
    wanted = f"{one.names.short[0]}-it-{_OLLAMA_TAGS.get(chosen.quant, '?')}"
    qat = next((tag for tag in one.names.ollama if tag.endswith("-qat")), "")
    if file:
        source = shlex.quote(file)
    elif chosen.quant.startswith("QAT") and qat:
        source = f"gemma4:{qat}"
    elif wanted.lower() in tags:
        source = f"gemma4:{tags[wanted.lower()]}"
    else:
        repository, tag = _repository(one, chosen.quant)
        source = f"hf.co/{repository}:{tag}" if tag else f"hf.co/{repository}"
    lines = [f"FROM {source}", f"PARAMETER num_ctx {setup.each}", f"PARAMETER num_batch {setup.ubatch}"]
    if chosen.offload in {"layers", "none"}:
        lines.append(f"PARAMETER num_gpu {chosen.layers + 1 if chosen.offload == 'layers' else 0}")
    name = f"gemma4-plan-{size}"
    environment = f"OLLAMA_NUM_PARALLEL={setup.slots} OLLAMA_FLASH_ATTENTION=1 OLLAMA_KV_CACHE_TYPE={setup.keys}"
    modelfile = "\n".join(["# Modelfile", *lines])
    return f"{modelfile}\n{environment} ollama serve\nollama create {name} -f Modelfile\nollama run {name}"


def _lmstudio(one: Variant, chosen: Choice, file: str) -> str:
    part = {"all": "max", "experts": "max", "none": "off"}.get(
        chosen.offload, f"{chosen.layers / one.geometry.layers:.2f}"
    )
    if file:
        get = f"lms import {shlex.quote(file)}"
        key = "MODEL"
    else:
        repository, tag = _repository(one, chosen.quant)
        get = f"lms get {repository}@{tag.lower()}" if tag else f"lms get {repository}"
        key = one.names.instruct.lower().removesuffix("-it")
    return f"{get}\nlms load {key} --context-length {chosen.setup.each} --gpu {part}\nlms server start"


@dataclass(frozen=True, slots=True)
class _Checkpoint:
    """A checkpoint for runtimes that take no GGUF, and what is said of it."""

    name: str
    remark: str


def _checkpoint(one: Variant, quant: str, room: int) -> _Checkpoint:
    """Return the published checkpoint nearest to a quantisation whose weights leave a tenth of the memory.

    Where none does, the smallest is returned, and said not to fit.
    """
    order = ("bf16", "fp8", "qat-w4a16", "nvfp4")
    first = 0 if quant.startswith("BF16") else 1 if quant in {"Q8_0", "Q6_K"} else 2
    found: list[tuple[int, str, str]] = []
    for record in (*order[first:], *reversed(order[:first])):
        name = one.names.instruct if record == "bf16" else _published(one, record)
        weights = checkpoint(one.id, _LAYOUTS[record])
        if name and weights is not None:
            found.append((weights.file, name, record))
    for size, name, record in found:
        if size <= 0.9 * room:
            same = record == order[first]
            return _Checkpoint(
                name, "" if same and first == 0 else f"# {_WORDS[record]}: {size / GB:.1f} GB of weights"
            )
    size, name, record = min(found)
    return _Checkpoint(name, f"# does not fit: {_WORDS[record]} take {size / GB:.1f} GB, and there are {room / GB:.1f}")


def _published(one: Variant, record: str) -> str:
    """Return the repository of a quantisation of a variant that is on record, or an empty string."""
    files = catalog().all(Quant)[record].file
    return next(
        (entry.name for entry in files if entry.variant == one.id and re.fullmatch(r"[\w.-]+/[\w.-]+", entry.name)), ""
    )


def _vllm(one: Variant, chosen: Choice, room: int, *, drafting: bool) -> str:
    source = _checkpoint(one, chosen.quant, room)
    words = ["vllm", "serve", source.name, "--max-model-len", str(chosen.setup.each)]
    words += ["--max-num-seqs", str(chosen.setup.slots), "--max-num-batched-tokens", "2048"]
    words += ["--enable-auto-tool-choice", "--tool-call-parser", "gemma4", "--reasoning-parser", "gemma4"]
    if chosen.setup.quantised:
        words += ["--kv-cache-dtype", "fp8"]
    if drafting:
        words += ["--speculative-config", f'{{"model":"{one.names.drafter}","num_speculative_tokens":2}}']
    return "\n".join(filter(None, [source.remark, shlex.join(words)]))


def _sglang(one: Variant, chosen: Choice, room: int) -> str:
    source = _checkpoint(one, chosen.quant, room)
    words = ["sglang", "serve", "--model-path", source.name, "--context-length", str(chosen.setup.each)]
    words += ["--max-running-requests", str(chosen.setup.slots)]
    words += ["--reasoning-parser", "gemma4", "--tool-call-parser", "gemma4"]
    return "\n".join(filter(None, [source.remark, shlex.join(words)]))


def _mlx(one: Variant, chosen: Choice, room: int, *, media: bool) -> str:
    bits = "bf16" if chosen.quant.startswith("BF16") else "8bit" if chosen.quant in {"Q8_0", "Q6_K"} else "4bit"
    known = _published(one, f"mlx-{bits[0]}bit") if bits != "bf16" else ""
    name = known or f"mlx-community/{one.names.instruct.rpartition('/')[2]}-{bits}"
    weights = checkpoint(one.id, bits)
    remark = "# needs an Apple chip; the cache grows with the conversation"
    if weights is not None and weights.file > 0.9 * room:
        remark = f"# does not fit: its weights take {weights.file / GB:.1f} GB, and there are {room / GB:.1f}"
    return f"{remark}\n{'mlx_vlm.server' if media else 'mlx_lm.server'} --model {shlex.quote(name)}"
