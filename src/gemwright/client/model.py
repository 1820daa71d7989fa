"""Which Gemma 4 stands behind a runtime, and what follows from that: dialect, sampling, budget.

Sampling is the same for every size (model card of 2026-06-26): temperature 1.0, top-p 0.95, top-k 64. The numbers are read
from the catalog, not from here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from gemwright.catalog.names import resolve, variant_of
from gemwright.catalog.variants import Variant
from gemwright.messages import GenerationOptions
from gemwright.runtimes.base import RuntimeInfo, Sampling
from gemwright.wire.dialects import SMALL, Dialect, dialect_for

__all__ = ["Model", "model_behind"]

ANSWER_TOKENS: Final = 4096
"""Output budget where the caller sets none; thinking counts against it, so with thinking it is twice that."""

_DEFAULT_VARIANT: Final = "E2B"
_EMPTY_THOUGHT: Final = "thought\\n<channel|>"
"""The one thing that only the large flavour's template holds: the empty thought before an answer without thinking."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model at an endpoint, as far as it is known.

    Attributes:
        variant: the catalog's record; that of the smallest model stands in where the variant is unknown.
        known: whether the variant is known.
        dialect: the format it is spoken to in.
        why: how the dialect was found, as a sentence.
        context: tokens loaded for one request, or None where the runtime does not say.
    """

    variant: Variant
    known: bool
    dialect: Dialect
    why: str
    context: int | None

    def sampling(self, options: GenerationOptions, *, prompt_tokens: int | None = None) -> Sampling:
        """Return the sampling of a request: the caller's options, else the model's recommended values.

        Args:
            options: what the caller asks for.
            prompt_tokens: tokens of the prompt, so that the budget ends with the context.
        """
        budget = options.max_tokens or ANSWER_TOKENS * (2 if options.thinking else 1)
        if self.context is not None and prompt_tokens is not None:
            budget = max(1, min(budget, self.context - prompt_tokens))
        recommended = self.variant.sampling
        return Sampling(
            temperature=recommended.temperature if options.temperature is None else options.temperature,
            top_p=recommended.top_p if options.top_p is None else options.top_p,
            top_k=recommended.top_k if options.top_k is None else options.top_k,
            seed=options.seed,
            max_tokens=budget,
            stop=options.stop,
        )


def model_behind(info: RuntimeInfo, *, variant: str = "") -> Model:
    """Work out which model answers.

    Args:
        info: what the runtime says.
        variant: the variant as the caller knows it; the model's name, then its template, decide where it is empty.

    Raises:
        BadOption: the caller's variant does not exist.
    """
    named = variant or info.variant
    if named:
        record = variant_of(named)
        return Model(record, True, dialect_for(record.id), f"the variant is set to {record.id}", info.context)
    found = resolve(info.model)
    if found is not None:
        record = variant_of(found.variant)
        return Model(record, True, dialect_for(record.id), f"the model's name says {record.id}", info.context)
    record = variant_of(_DEFAULT_VARIANT)
    if _EMPTY_THOUGHT in info.template:
        return Model(record, False, dialect_for("31B"), "the runtime's template is of the large flavour", info.context)
    if info.template:
        digest = hashlib.sha256(info.template.encode()).hexdigest()[:12]
        return Model(record, False, SMALL, f"the runtime's template ({digest}…) is of the small flavour", info.context)
    return Model(record, False, SMALL, "nothing says which variant this is, so the small flavour is used", info.context)
