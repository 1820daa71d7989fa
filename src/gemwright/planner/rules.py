"""Which way of counting a runtime and version have. What is true of which version is data: claims of the corpus."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from gemwright.catalog.claims import Claim
from gemwright.catalog.load import catalog
from gemwright.catalog.results import Measurement

__all__ = ["RUNTIMES", "Family", "Rules", "rules_of"]

Family: TypeAlias = Literal["llama.cpp", "ollama-old", "vllm", "vllm-old", "transformers", "mlx", "sglang"]

RUNTIMES: Final = {
    "llama.cpp": "llama.cpp",
    "llama-server": "llama.cpp",
    "llamacpp": "llama.cpp",
    "koboldcpp": "llama.cpp",
    "llama-cpp-python": "llama.cpp",
    "lmstudio": "llama.cpp",
    "lm studio": "llama.cpp",
    "ollama": "ollama",
    "vllm": "vllm",
    "transformers": "transformers",
    "hf": "transformers",
    "mlx": "mlx",
    "mlx-lm": "mlx",
    "mlx-vlm": "mlx",
    "sglang": "sglang",
}
"""Names of runtimes, in small letters, to the runtime whose rules hold."""

_DAY: Final = re.compile(r"\d{4}-\d{2}(?:-\d{2})?")
_OLD_OLLAMA: Final = "memory/ollama-old-engine"
_NEW_VLLM: Final = "memory/vllm-021"
_ALL_ROWS: Final = "memory/logits-for-every-row"
_ONE_ROW: Final = "github.com/llama.cpp-23861"
"""The change that ended it."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How a runtime counts.

    Attributes:
        family: whose formulas hold.
        all_rows: whether it reserves logits for every row of a micro-batch.
        evidence: ids of the claims that decided it.
        remark: what was assumed, where the version could not be placed.
    """

    family: Family
    all_rows: bool = False
    evidence: tuple[str, ...] = ()
    remark: str = ""


def rules_of(runtime: str, version: str = "", date: str = "") -> Rules | None:
    """Return how a runtime counts, or None where it is not one of those that are known.

    Args:
        runtime: as people write it, remarks in brackets included: `ollama (own engine)`, `llama.cpp Metal`.
        version: as the runtime spells it; empty is the newest.
        date: the day of the report, where it is known: it places a commit that no number names.
    """
    words = runtime.strip().lower()
    head = words.partition("(")[0].strip()
    known = RUNTIMES.get(head) or RUNTIMES.get(head.split(" ")[0] if head else "")
    if known is None:
        return None
    version = version.strip()
    if known == "ollama":
        old = "own engine" in words or (bool(version) and _holds(_OLD_OLLAMA, version) is True)
        if old and "llama-server" not in words:
            return Rules("ollama-old", all_rows=True, evidence=(_OLD_OLLAMA,))
        return Rules("llama.cpp", remark=_unplaced(version, _OLD_OLLAMA))
    if known == "vllm":
        old = bool(version) and _before(_NEW_VLLM, version)
        return Rules("vllm-old" if old else "vllm", evidence=(_NEW_VLLM,), remark=_unplaced(version, _NEW_VLLM))
    if known == "llama.cpp" and head not in {"lmstudio", "lm studio", "koboldcpp", "llama-cpp-python"}:
        every = bool(version) and _holds(_ALL_ROWS, version) is True
        if not every and (day := date if _DAY.fullmatch(date) else _day_of_commit(version)):
            every = not _placed("build", version) and day <= catalog().sources[_ONE_ROW].date
            if every or day != date:
                return Rules("llama.cpp", every, (_ALL_ROWS,), f"version {version!r} taken for one of {day}")
        return Rules("llama.cpp", every, (_ALL_ROWS,) if every else (), _unplaced(version, _ALL_ROWS))
    return Rules(known)  # type: ignore[arg-type]


def _holds(claim: str, version: str) -> bool | None:
    found = [one.holds(version) for one in _claim(claim).applies]
    return True if True in found else None if None in found else False


def _before(claim: str, version: str) -> bool:
    """Whether a version lies before the range of a claim that began at some version and never ended."""
    return _holds(claim, version) is False


def _unplaced(version: str, claim: str) -> str:
    if not version or any(one.events and _placed(one.scheme, version) for one in _claim(claim).applies):
        return ""
    return f"version {version!r} cannot be placed; taken for the newest"


def _placed(scheme: str, version: str) -> bool:
    from gemwright.foundation.versions import parse

    return parse(version, scheme) is not None  # type: ignore[arg-type]


def _day_of_commit(version: str) -> str:
    """Return the day of the first measurement that names a commit: it is no newer. Empty where none does."""
    if not re.fullmatch(r"[0-9a-f]{7,40}", version):
        return ""
    measured = catalog().all(Measurement).values()
    return min((one.date for one in measured if any(version in name.split() for name in one.software)), default="")


def _claim(name: str) -> Claim:
    return catalog().all(Claim)[name]
