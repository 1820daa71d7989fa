"""llama.cpp's server by its OpenAI endpoints: in what it differs from other servers that speak that protocol.

`llamacpp` knows more of the same server, such as grammars and the loaded context; this is for what can only speak
OpenAI's protocol, a proxy in between for instance. Seen on llama.cpp as it comes in pkg:pypi/xllamacpp@2026.10.11549.
"""

from __future__ import annotations

from typing import ClassVar, Final

from gemwright.runtimes.openai_compat import OpenAICompat
from gemwright.runtimes.openai_compat_json import Differences

__all__ = ["DIFFERENCES", "LlamaCppOpenAI"]

DIFFERENCES: Final = Differences(
    runtime="llama.cpp",
    record="llama.cpp",
    port=8080,
    completions="tokens",
    visible="preserved_tokens",
    version_paths=("/props",),
    version_key="build_info",
    tokenize_path="/tokenize",
    tokenize_field="content",
    audio=True,
)


class LlamaCppOpenAI(OpenAICompat):
    """A llama.cpp server by `/v1/completions` and `/v1/chat/completions`. Arguments as of `OpenAICompat`."""

    differences: ClassVar[Differences] = DIFFERENCES
