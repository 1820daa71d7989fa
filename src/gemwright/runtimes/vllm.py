"""vLLM: in what it differs from other servers that speak OpenAI's protocol.

Source: vLLM's `entrypoints/openai/completion/protocol.py` at 002032e for completions, the claim
streaming/reasoning-field-names for thoughts; `/version` and `/tokenize` as users call them. Not met for real.
"""

from __future__ import annotations

from typing import ClassVar, Final

from gemwright.runtimes.openai_compat import OpenAICompat
from gemwright.runtimes.openai_compat_json import Differences
from gemwright.runtimes.quirks import Quirks

__all__ = ["DIFFERENCES", "VLLM"]

DIFFERENCES: Final = Differences(
    runtime="vLLM",
    record="vllm",
    port=8000,
    reasoning="reasoning",
    completions="tokens",
    completion_fields={
        # Our marks are special tokens, which are left out of the text otherwise; no space is put between two of them.
        "skip_special_tokens": False,
        "spaces_between_special_tokens": False,
    },
    version_paths=("/version",),
    tokenize_path="/tokenize",
    audio=True,
)


class VLLM(OpenAICompat):
    """A vLLM server, as a `Runtime`. Arguments as of `OpenAICompat`."""

    differences: ClassVar[Differences] = DIFFERENCES

    def _ignored_besides(self, quirks: Quirks) -> tuple[str, ...]:
        return ("tool_choice",) if quirks.has("tool-choice-not-enforced") else ()
