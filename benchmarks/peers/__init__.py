"""The peers: which wheels they come from, which of their modules are needed, and the adapter that drives them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["OURS", "PEERS", "SHARED", "Peer", "Wheel"]


@dataclass(frozen=True, slots=True)
class Wheel:
    """A distribution pinned in `requirements/bench.txt`, and what is unpacked of it.

    Attributes:
        name: the distribution.
        keep: path prefixes inside the wheel that are unpacked. Whatever the peer imports beyond them is a stand-in
            (`benchmarks.peers.stubs`), so this list is also the list of what is really the peer's own.
        native: whether compiled modules are unpacked too, which ties the copy to this interpreter.
    """

    name: str
    keep: tuple[str, ...]
    native: bool = False


@dataclass(frozen=True, slots=True)
class Peer:
    """A parser that takes part.

    Attributes:
        name: as printed.
        adapter: the module that drives it; its `load()` gives the adapter.
        wheel: where it comes from; None for ourselves.
    """

    name: str
    adapter: str
    wheel: Wheel | None = None


SHARED = (
    Wheel("regex", ("regex/",), native=True),
    Wheel("pydantic", ("pydantic/",)),
    Wheel("pydantic-core", ("pydantic_core/",), native=True),
    Wheel("annotated-types", ("annotated_types/",)),
    Wheel("typing-inspection", ("typing_inspection/",)),
    Wheel("typing-extensions", ("typing_extensions.py",)),
)
"""Libraries whose speed or behaviour is part of a peer's, so they are the real ones."""

OURS = Peer("gemwright", "benchmarks.peers.adapters.gemwright")

PEERS = (
    Peer(
        "vllm",
        "benchmarks.peers.adapters.vllm",
        Wheel(
            "vllm",
            (
                "vllm/parser/abstract_parser.py",
                "vllm/parser/engine/",
                "vllm/parser/gemma4.py",
                "vllm/entrypoints/generate/base/protocol.py",
                "vllm/entrypoints/openai/chat_completion/protocol.py",
                "vllm/entrypoints/serve/engine/protocol.py",
                "vllm/renderers/chat_utils/tool_call.py",
                "vllm/tool_parsers/utils.py",
                "vllm/utils/__init__.py",
            ),
        ),
    ),
    Peer(
        "sglang",
        "benchmarks.peers.adapters.sglang",
        Wheel(
            "sglang",
            (
                "sglang/srt/function_call/base_format_detector.py",
                "sglang/srt/function_call/core_types.py",
                "sglang/srt/function_call/gemma4_detector.py",
                "sglang/srt/parser/reasoning_parser.py",
            ),
        ),
    ),
    Peer(
        "mlx-lm",
        "benchmarks.peers.adapters.mlx_lm",
        Wheel("mlx-lm", ("mlx_lm/tool_parsers/gemma4.py", "mlx_lm/generate.py", "mlx_lm/server.py")),
    ),
    Peer(
        "transformers",
        "benchmarks.peers.adapters.transformers",
        Wheel("transformers", ("transformers/cli/serving/utils.py", "transformers/utils/chat_parsing/")),
    ),
)
