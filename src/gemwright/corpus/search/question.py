"""What a question asks: its words, and what it says about the software, the versions and the variants in use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from gemwright.catalog.document import Catalog
from gemwright.corpus.environment import package_name, variant_name

__all__ = ["Question", "Words", "read_question", "tokens"]

_MAX_CHARACTERS = 20_000
_MAX_TERMS = 200
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_MEASURE = re.compile(r"(?<![\w.])(\d+)[ -]?(gb|gib|g|k|bits?|b)\b", re.IGNORECASE)
_MARKER = re.compile(r"<(\|?)([a-z_]+|\")(\|?)>")
_GENERATION = re.compile(r"\bgemma[- ]?([12356789])(?![\d.])", re.IGNORECASE)
_UNITS = {"gib": "gb", "g": "gb", "bits": "bit"}
_STOP = frozenset(
    "a an and any are as at be been but by can cannot could did do does doing dont for from get gets getting got had has "
    "have having how i if im in into is isnt it its ive just like me my no not of on one only or our out so some such than "
    "that the their them then there these they this those to too up us use used using very was we were what when where "
    "which while who why will with without would you your gemma gemma4 please help hi hello thanks anyone somebody also "
    "because about after all always am s t m re ve ll".split()
)
_NAMES: Mapping[str, str] = {
    "llama.cpp": r"llama[ ._-]?cpp|llama[ -]server|llama[ -]cli|llamacpp",
    "ollama": r"ollama",
    "vllm": r"vllm",
    "sglang": r"sglang",
    "lmstudio": r"lm[ -]?studio",
    "transformers": r"transformers|hugging ?face pipeline",
    "mlx-lm": r"mlx[ _-]lm",
    "mlx-vlm": r"mlx[ _-]vlm",
    "unsloth": r"unsloth",
    "unsloth-zoo": r"unsloth[ _-]zoo",
    "axolotl": r"axolotl",
    "peft": r"peft",
    "trl": r"\btrl\b",
    "litert-lm": r"litert[ _-]?lm|litertlm",
    "llama-cpp-python": r"llama[ _-]cpp[ _-]python",
    "node-llama-cpp": r"node-llama-cpp",
    "koboldcpp": r"kobold ?cpp",
    "open-webui": r"open[ -]?webui",
    "opencode": r"opencode",
    "litellm": r"litellm",
    "bitsandbytes": r"bitsandbytes|\bbnb\b",
    "deepspeed": r"deepspeed",
    "llmcompressor": r"llm[ -]?compressor",
    "keras-hub": r"keras[ -]?hub",
    "textgen": r"text-generation-webui|oobabooga|\btextgen\b",
}
_INTENTS: Mapping[str, re.Pattern[str]] = {
    "choice": re.compile(
        r"\bwhich\b.{0,40}\b(?:model|gemma|one|size|variant|version|quant|of them)\b|\bwhat (?:model|size|gemma|quant)\b|"
        r"\b(?:e2b|e4b|12b|26b|31b)\b.{0,20}\b(?:vs|or|versus)\b|\bvs\b|\bbest (?:model|gemma|size|choice)|recommend|"
        r"\bwhat (?:would|should) (?:you|i) (?:take|use|run|pick)|\bgood enough for\b|\bfits? (?:in|on|into)\b",
        re.IGNORECASE,
    ),
    "trouble": re.compile(
        r"\b(?:errors?|fail\w*|crash\w*|broken|wrong|empty|blank|stops?|stuck|hangs?|loops?|endless\w*|garbage|gibberish|nonsense|"
        r"lost|missing|disappear\w*|ignor\w*|nothing|never|doesn'?t|won'?t|can'?t|cannot|not work\w*|unable|exception|traceback|"
        r"refus\w*|repeats?|slow|oom|nan|leak\w*|instead of|why)\b",
        re.IGNORECASE,
    ),
}
_VERSION = r"(?:[ ]*(?:version|release|build|v|==|=|@|:|/)?[ ]*)(v?\d+\.\d+(?:\.\d+)?(?:[-.]?rc\d+)?|b\d{4,5})"
_VARIANT = re.compile(
    r"(?<![\w.])(?:gemma[- ]?4[-: ]?)?(e2b|e4b|12b|26b(?:[- ]a4b)?|31b)(?![\w])|diffusion ?gemma", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words that a searcher may exchange for each other.

    Attributes:
        groups: word to the other words and phrases of its group.
    """

    groups: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, catalog: Catalog) -> Words:
        """Read the groups of the vocabulary."""
        groups: dict[str, list[str]] = {}
        for line in catalog.vocabulary.synonyms:
            members = [one.strip().casefold() for one in line.split("|")]
            for member in members:
                groups.setdefault(member, []).extend(other for other in members if other != member)
        return cls({word: tuple(dict.fromkeys(others)) for word, others in groups.items()})


@dataclass(frozen=True, slots=True)
class Question:
    """A question that was understood.

    Attributes:
        text: as it was asked, cut to a bound.
        terms: its telling words, in order, each once.
        packages: software that it names, each with the version it names, or None.
        variants: variants that it names.
        intents: what kind of answer it wants: a `choice` among models, a way out of `trouble`; empty is a fact.
    """

    text: str
    terms: tuple[str, ...]
    packages: Mapping[str, str | None]
    variants: frozenset[str]
    intents: frozenset[str] = frozenset()


def read_question(text: str) -> Question:
    """Read a question, an error message or a log; whatever it is, this does not raise."""
    text = text[:_MAX_CHARACTERS]
    packages: dict[str, str | None] = {}
    for name, pattern in _NAMES.items():
        compiled = _pattern(pattern)
        for match in compiled.finditer(text):
            packages[package_name(name)] = packages.get(package_name(name)) or match[1]
    variants = frozenset(variant_name(match[1] or "diffusiongemma") for match in _VARIANT.finditer(text))
    intents = frozenset(name for name, pattern in _INTENTS.items() if pattern.search(text))
    return Question(text, tuple(_terms(text)), packages, variants, intents)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-])(?:{name})(?:{_VERSION})?(?![\w-])", re.IGNORECASE)


def tokens(text: str) -> list[str]:
    """Return the words of a text in lower case, the parts of those in CamelCase, sizes as one word (`16gb`), and markers.

    A marker such as `<turn|>` becomes a word of its own, since what makes it one are signs that are no letters.
    """
    found = [match[1] + _UNITS.get(unit := match[2].casefold(), unit) for match in _MEASURE.finditer(text)]
    found += [f"gemma{match[1]}" for match in _GENERATION.finditer(text)]
    found += [
        f"marker{'o' if match[1] else ''}{'c' if match[3] else ''}{match[2].replace(chr(34), 'quote').replace('_', '')}"
        for match in _MARKER.finditer(text)
    ]
    for word in _WORD.findall(text):
        found.append(word.casefold())
        parts = _CAMEL.findall(word)
        if len(parts) > 1 and len(word) > 5:
            found.extend(part.casefold() for part in parts if len(part) > 2)
    return found


def _terms(text: str) -> list[str]:
    kept = (
        word
        for word in dict.fromkeys(tokens(text))
        if word not in _STOP and (len(word) > 1 or word.isdigit()) and not (word.isdigit() and len(word) < 3)
    )
    return list(kept)[:_MAX_TERMS]
