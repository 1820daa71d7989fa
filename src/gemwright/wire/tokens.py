"""The spellings of Gemma 4's control tokens, and their roles: the only file with these literals.

Token ids are data (`corpus/tokens.toml`, read through `gemwright.catalog`); a test compares the two.
Source: the vocabulary of llama.cpp's ggml-vocab-gemma-4.gguf and the canonical chat template of 2026-07-09.
"""

from __future__ import annotations

from typing import Final

__all__ = ["CONTROL_TOKENS", "QUOTE", "SOFT_TOKENS", "SPECIAL_TOKENS"]

BOS: Final = "<bos>"
EOS: Final = "<eos>"
PAD: Final = "<pad>"
TURN_OPEN: Final = "<|turn>"
TURN_CLOSE: Final = "<turn|>"
THINK: Final = "<|think|>"
CHANNEL_OPEN: Final = "<|channel>"
CHANNEL_CLOSE: Final = "<channel|>"
TOOL_OPEN: Final = "<|tool>"
TOOL_CLOSE: Final = "<tool|>"
CALL_OPEN: Final = "<|tool_call>"
CALL_CLOSE: Final = "<tool_call|>"
RESPONSE_OPEN: Final = "<|tool_response>"
RESPONSE_CLOSE: Final = "<tool_response|>"
QUOTE: Final = '<|"|>'
IMAGE: Final = "<|image|>"
AUDIO: Final = "<|audio|>"
VIDEO: Final = "<|video|>"
IMAGE_OPEN: Final = "<|image>"
IMAGE_CLOSE: Final = "<image|>"
AUDIO_OPEN: Final = "<|audio>"
AUDIO_CLOSE: Final = "<audio|>"

SOFT_TOKENS: Final = (IMAGE, AUDIO, VIDEO, IMAGE_OPEN, IMAGE_CLOSE, AUDIO_OPEN, AUDIO_CLOSE)
"""Placeholders of media and their brackets."""

CONTROL_TOKENS: Final = (
    BOS,
    EOS,
    PAD,
    TURN_OPEN,
    TURN_CLOSE,
    THINK,
    CHANNEL_OPEN,
    CHANNEL_CLOSE,
    TOOL_OPEN,
    TOOL_CLOSE,
    CALL_OPEN,
    CALL_CLOSE,
    RESPONSE_OPEN,
    RESPONSE_CLOSE,
    QUOTE,
    *SOFT_TOKENS,
)
"""Every control token of the format: what the parser takes for markers."""

SPECIAL_TOKENS: Final = (*CONTROL_TOKENS, "<unk>", "<mask>")
"""Every spelling that the tokenizer may turn into a control token; the last two mean nothing in a conversation."""
