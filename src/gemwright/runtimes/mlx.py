"""mlx-lm's server: in what it differs from other servers that speak OpenAI's protocol.

It is text only, loads whichever model a request names (and would download it), and reads calls and thoughts out of
completions as well as out of chats, so rendered prompts would lose theirs. Source: mlx-lm's `server.py` at d78bf58.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Final

from gemwright.runtimes.base import ServedModel
from gemwright.runtimes.openai_compat import OpenAICompat
from gemwright.runtimes.openai_compat_json import Differences

__all__ = ["DIFFERENCES", "MLX"]

DIFFERENCES: Final = Differences(
    runtime="mlx-lm",
    record="mlx-lm",
    port=8080,
    reasoning="reasoning",
    response_schema=False,
    needs_model=False,
    embeddings=False,
    images=False,
    ignores=("tool_choice", "response_format"),
)


class MLX(OpenAICompat):
    """An `mlx_lm.server`, as a `Runtime`. Arguments as of `OpenAICompat`; without a model it answers with its own."""

    differences: ClassVar[Differences] = DIFFERENCES

    async def models(self) -> list[ServedModel]:
        """Return the models in the server's cache. Which of them is loaded, it does not tell.

        Raises:
            RuntimeFailure: nobody answers, or somebody who does not speak this protocol.
        """
        return [replace(model, loaded=None) for model in await super().models()]

    def _first(self, found: Sequence[ServedModel]) -> ServedModel:
        """Return the one model there is. It lists all in its cache, and does not say which of them it was started with."""
        return found[0] if len(found) == 1 else ServedModel("")
