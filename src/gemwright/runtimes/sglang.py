"""SGLang: in what it differs from other servers that speak OpenAI's protocol.

Source: SGLang's `srt/entrypoints/openai/protocol.py` at 004c82e and its page on native APIs, which has `/get_server_info`
and `/tokenize`; `/server_info` is tried first and may not be there. Not met for real.
"""

from __future__ import annotations

from typing import ClassVar, Final

from gemwright.runtimes.openai_compat import OpenAICompat
from gemwright.runtimes.openai_compat_json import Differences

__all__ = ["DIFFERENCES", "SGLang"]

DIFFERENCES: Final = Differences(
    runtime="SGLang",
    record="sglang",
    port=30000,
    completions="tokens",
    completion_fields={"skip_special_tokens": False},
    version_paths=("/server_info", "/get_server_info"),
    tokenize_path="/tokenize",
    audio=True,
)


class SGLang(OpenAICompat):
    """An SGLang server, as a `Runtime`. Arguments as of `OpenAICompat`."""

    differences: ClassVar[Differences] = DIFFERENCES
