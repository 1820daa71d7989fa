"""What a name means: tags, repository ids, file names and paths, as a Gemma 4 variant and a quantisation.

Knows: how runtimes and publishers spell Gemma 4, and which of its relatives are not it.
Never knows: whether anything of that name exists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from gemwright.catalog.load import catalog
from gemwright.catalog.variants import Variant
from gemwright.foundation.errors import BadOption

__all__ = ["ModelName", "resolve", "variant_of"]

_MAX_LENGTH = 1024


@dataclass(frozen=True, slots=True)
class ModelName:
    """What a name says.

    Attributes:
        variant: id in the catalog.
        quant: quantisation in its usual spelling, such as `Q4_K_M`, `UD-Q4_K_XL`, `QAT-Q4_0`, `QAT`, `BF16`, `NVFP4` or
            `4bit`; None where the name does not say (an Ollama tag without one means whatever was published last).
    """

    variant: str
    quant: str | None = None


def resolve(name: str) -> ModelName | None:
    """Return what a name means, or None where it names no Gemma 4 that can be talked to.

    Understood are Ollama's (`gemma4:12b`, `gemma4`), Hugging Face's (`google/gemma-4-12B-it`,
    `hf.co/unsloth/gemma-4-26B-A4B-it-GGUF:UD-Q4_K_XL`), files' (`gemma-4-12b-it-qat-q4_0.gguf`), and paths with either
    in them. Older generations, relatives such as EmbeddingGemma, drafters and projector files give None. Fine-tunes
    count as their variant if they keep its name. Whatever the name is, this does not raise.
    """
    if len(name) > _MAX_LENGTH:
        return None
    text = name.strip().lower()
    tagged = _OLLAMA.fullmatch(text)
    if tagged:
        known = _ollama_tags().get(tagged["tag"] or "latest")
        if known:
            return ModelName(known, _quant(tagged["tag"] or ""))
    return _from_parts([part for part in re.split(r"[/\\]|--", text) if part])


def variant_of(name: str) -> Variant:
    """Return a variant by its id or by any name of it that `resolve` understands, in any case of letters.

    Raises:
        BadOption: it is none that we know.
    """
    known = catalog().variants
    found = _sizes().get(name.strip().lower())
    if found is None and (meant := resolve(name)):
        found = meant.variant
    if found is not None:
        return known[found]
    import difflib

    near = difflib.get_close_matches(name.upper(), known, n=1)
    raise BadOption(
        f"there is no Gemma 4 variant {name!r}",
        hint=f"did you mean {near[0]}?" if near else f"the variants are {', '.join(known)}",
    )


_OLLAMA = re.compile(r"(?:(?:https?://)?(?:registry\.)?ollama\.(?:ai|com)/)?(?:library/)?gemma4(?::(?P<tag>[\w.-]+))?")
_GEMMA_4 = re.compile(r"(?<![a-z0-9])gemma[-_. ]?4(?![0-9a-z])")
_SEPARATED = r"(?<![a-z0-9])(?:{})(?![a-z0-9])"
_PROJECTOR = re.compile(_SEPARATED.format("mmproj"))
_DRAFTER = re.compile(_SEPARATED.format("assistant|drafter|draft"))
_SAYS_NOTHING = re.compile(
    # What file names carry beside the model's: shards, formats, hashes, and the words for "the model".
    r"\d{5}-of-\d{5}|[0-9a-f]{7,64}|sha256|snapshots|blobs|main|ggml|gguf|safetensors|bin|models?|weights|it|[-_. ]+"
)


def _from_parts(parts: list[str]) -> ModelName | None:
    """Read a path from its end: a file that says nothing about its model leaves the word to its folder."""
    quant: str | None = None
    for part in reversed(parts):
        quant = quant or _quant(part)
        if family := _GEMMA_4.search(part):
            size = None if _PROJECTOR.search(part) else _size(part[family.end() :])
            return ModelName(size, quant) if size else None
        if _SAYS_NOTHING.sub("", _QUANT.sub("", part)):
            return None
    return None


def _size(rest: str) -> str | None:
    """Return the variant whose size stands in what follows the family's name."""
    found = None if _DRAFTER.search(rest) else _size_pattern().search(rest)
    return _sizes()[found[0].replace("_", "-")] if found else None


_QUANT = re.compile(
    r"(?<![a-z0-9])(?P<qat>qat(?![a-z0-9]))?[-_.]?"
    r"(?:(?P<gguf>(?:ud[-_])?i?q\d_(?:k(?:_(?:xxs|xs|s|m|l|xl))?|[01]|xxs|xs|s|m|nl)|tq[12]_0)"
    r"|(?P<float>bf16|fp?16|fp?32|(?:fp8|fp4|nvfp4|mxfp4|mxfp8)(?:_e\dm\d)?|w\da\d+|int[48]|awq|gptq)"
    r"|(?P<bits>[2-8])-?bit|(?P<mobile>(?<=qat[-_])mobile))?(?![a-z0-9])"
)
_FLOATS: Mapping[str, str] = {"FP16": "F16", "FP32": "F32"}


def _quant(part: str) -> str | None:
    """Return the quantisation that a part of a name ends with or contains, the last one where there are several."""
    found: str | None = None
    for spelled in _quants(part):
        found = spelled
    return found


def _quants(part: str) -> Iterator[str]:
    for match in _QUANT.finditer(part):
        kind = ""
        if match["gguf"]:
            kind = match["gguf"].upper().replace("UD_", "UD-")
        elif match["float"]:
            kind = _FLOATS.get(match["float"].upper(), match["float"].upper())
        elif match["bits"]:
            kind = f"{match['bits']}bit"
        elif match["mobile"]:
            kind = "mobile"
        if match["qat"] or kind:
            yield "-".join(word for word in ("QAT" if match["qat"] else "", kind) if word)


@cache
def _sizes() -> Mapping[str, str]:
    """Return variant ids by the words for their sizes."""
    return {word: one.id for one in catalog().variants.values() for word in (one.id.lower(), *one.names.short)}


@cache
def _size_pattern() -> re.Pattern[str]:
    words = sorted(_sizes(), key=len, reverse=True)
    return re.compile(_SEPARATED.format("|".join(re.escape(word).replace(r"\-", "[-_]") for word in words)))


@cache
def _ollama_tags() -> Mapping[str, str]:
    return {tag.lower(): one.id for one in catalog().variants.values() for tag in one.names.ollama}
