"""What a caller can ask of one generation."""

from __future__ import annotations

from dataclasses import dataclass

from gemwright.foundation.errors import BadOption
from gemwright.messages.tools import ToolChoice

__all__ = ["GenerationOptions"]


@dataclass(frozen=True, slots=True)
class GenerationOptions:
    """Options of one generation; None means the variant's recommended default.

    Attributes:
        thinking: whether the model thinks first. Gemma 4 has a switch, no effort levels.
        max_tokens: output budget in tokens. Thinking counts against it.
        temperature, top_p, top_k: sampling; the recommended values for every size are 1.0, 0.95 and 64.
        seed: for runtimes that take one.
        stop: further stop strings.
        tool_choice: "auto", "none" or "required".
        strict_tools: hold calls to their schemas by a grammar, where the runtime takes one.
        strict_max_chars: with strict tools, characters at most in each thought, text and string; None leaves it open.
        json_answer: the caller expects JSON as the answer, so JSON in the content is never taken for a call.
    """

    thinking: bool = False
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    tool_choice: ToolChoice = "auto"
    strict_tools: bool = False
    strict_max_chars: int | None = None
    json_answer: bool = False

    def __post_init__(self) -> None:
        if self.max_tokens is not None and self.max_tokens < 1:
            raise BadOption(f"max_tokens must be at least 1, not {self.max_tokens}")
        if self.temperature is not None and not 0 <= self.temperature <= 10:
            raise BadOption(f"temperature must be between 0 and 10, not {self.temperature}", hint="1.0 is recommended")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise BadOption(f"top_p must be above 0 and at most 1, not {self.top_p}", hint="0.95 is recommended")
        if self.top_k is not None and self.top_k < 0:
            raise BadOption(f"top_k must not be negative: {self.top_k}", hint="64 is recommended; 0 turns it off")
