"""The shipped GGUF file in the layout of Hugging Face: `python -m training.to_huggingface MODEL.gguf FOLDER`.

The folder is what transformers, mlx-lm and mistral.rs load: `config.json`, `model.safetensors`, `tokenizer.json` and the
small files around them. The weights are those of the file, dequantised, so every runtime serves the very same model.

It is laid out like Gemma 4's own checkpoints, as the model that also sees and hears, without the parts that do: mistral.rs
knows no other form. Two keys stand there for mlx-lm alone, which takes the sizes of Gemma 4 where they are missing:
`global_head_dim`, which transformers 5.23 reads and does not write, and a `vocab_size` outside `text_config`. `transformers
serve` looks for a processor, which would want parts that see and hear: the tokenizer is named as one.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import gguf
import numpy as np

from gemwright.wire import tokens as wire

__all__ = ["TOKEN_NAMES", "config", "convert", "tokenizer_json", "write_safetensors"]

TOKEN_NAMES: Final = {
    "bos_token": wire.BOS,
    "eos_token": wire.EOS,
    "pad_token": wire.PAD,
    "unk_token": "<unk>",
    "mask_token": "<mask>",
    "image_token": wire.IMAGE,
    "boi_token": wire.IMAGE_OPEN,
    "eoi_token": wire.IMAGE_CLOSE,
    "audio_token": wire.AUDIO,
    "boa_token": wire.AUDIO_OPEN,
    "eoa_token": wire.AUDIO_CLOSE,
    "sot_token": wire.TURN_OPEN,
    "eot_token": wire.TURN_CLOSE,
    "soc_token": wire.CHANNEL_OPEN,
    "eoc_token": wire.CHANNEL_CLOSE,
    "think_token": wire.THINK,
    "escape_token": wire.QUOTE,
    "std_token": wire.TOOL_OPEN,
    "etd_token": wire.TOOL_CLOSE,
    "stc_token": wire.CALL_OPEN,
    "etc_token": wire.CALL_CLOSE,
    "str_token": wire.RESPONSE_OPEN,
    "etr_token": wire.RESPONSE_CLOSE,
}
"""Gemma 4's control tokens under the names that its tokenizer configuration gives them."""
_MODEL: Final = "model.language_model"
_TOP: Final = {
    "token_embd": "embed_tokens",
    "per_layer_token_embd": "embed_tokens_per_layer",
    "per_layer_model_proj": "per_layer_model_projection",
    "per_layer_proj_norm": "per_layer_projection_norm",
    "output_norm": "norm",
}
_LAYER: Final = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "inp_gate": "per_layer_input_gate",
    "proj": "per_layer_projection",
    "attn_norm": "input_layernorm",
    "post_attention_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "post_ffw_norm": "post_feedforward_layernorm",
    "post_norm": "post_per_layer_input_norm",
}
_STORED: Final = {"float32": "F32", "bfloat16": "BF16"}


def _name(tensor: str) -> str:
    """Return transformers' name of a GGUF tensor; empty for one that it computes itself."""
    stem = tensor.removesuffix(".weight")
    if stem in _TOP:
        return f"{_MODEL}.{_TOP[stem]}.weight"
    if not stem.startswith("blk."):
        return ""
    _, index, part = stem.split(".")
    if part == "layer_output_scale":
        return f"{_MODEL}.layers.{index}.layer_scalar"
    return f"{_MODEL}.layers.{index}.{_LAYER[part]}.weight"


def write_safetensors(path: Path, tensors: Mapping[str, np.ndarray], dtype: str) -> None:
    """Write float32 arrays as a safetensors file.

    Args:
        path: where to.
        tensors: the arrays by name.
        dtype: `float32`, or `bfloat16`, to which numbers are rounded.
    """
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    parts: list[bytes] = []
    at = 0
    for name, value in tensors.items():
        value = np.ascontiguousarray(value, "<f4")
        if dtype == "bfloat16":
            bits = value.view("<u4")
            data = ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2").tobytes()
        else:
            data = value.tobytes()
        header[name] = {"dtype": _STORED[dtype], "shape": list(value.shape), "data_offsets": [at, at + len(data)]}
        at += len(data)
        parts.append(data)
    told = json.dumps(header, separators=(",", ":")).encode()
    told += b" " * (-len(told) % 8)
    path.write_bytes(b"".join((len(told).to_bytes(8, "little"), told, *parts)))


def config(of: Mapping[str, Any], dtype: str, ends: list[int]) -> dict[str, Any]:
    """Return `config.json` for a file's metadata.

    Args:
        of: the metadata, without the prefix `gemma4.` of the architecture's own.
        dtype: how the weights are stored.
        ends: ids of the tokens that end generation.
    """
    ids: Mapping[str, int] = of["ids"]
    return {
        "architectures": ["Gemma4ForConditionalGeneration"],
        "model_type": "gemma4",
        "dtype": dtype,
        "vocab_size": of["vocabulary"],
        "text_config": _text_config(of, dtype, ends),
        "vision_config": None,
        "audio_config": None,
        "image_token_id": ids[wire.IMAGE],
        "boi_token_id": ids[wire.IMAGE_OPEN],
        "eoi_token_id": ids[wire.IMAGE_CLOSE],
        "audio_token_id": ids[wire.AUDIO],
        "boa_token_id": ids[wire.AUDIO_OPEN],
        "eoa_token_id": ids[wire.AUDIO_CLOSE],
        "video_token_id": ids[wire.VIDEO],
        "tie_word_embeddings": True,
        "bos_token_id": of["bos"],
        "pad_token_id": of["pad"],
        "eos_token_id": ends,
    }


def _text_config(of: Mapping[str, Any], dtype: str, ends: list[int]) -> dict[str, Any]:
    """Return the part of `config.json` that describes the text model."""
    pairs = of["rope.turning_pairs"]
    head, wide = of["attention.key_length_swa"], of["attention.key_length"]
    return {
        "model_type": "gemma4_text",
        "dtype": dtype,
        "vocab_size": of["vocabulary"],
        "vocab_size_per_layer_input": of["vocabulary"],
        "hidden_size": of["embedding_length"],
        "hidden_size_per_layer_input": of["embedding_length_per_layer_input"],
        "intermediate_size": of["feed_forward_length"][0],
        "use_double_wide_mlp": False,
        "num_hidden_layers": of["block_count"],
        "num_kv_shared_layers": of["attention.shared_kv_layers"],
        "num_attention_heads": of["attention.head_count"],
        "num_key_value_heads": of["attention.head_count_kv"],
        "num_global_key_value_heads": None,
        "head_dim": head,
        "global_head_dim": wide,
        "layer_types": [
            "sliding_attention" if slides else "full_attention" for slides in of["attention.sliding_window_pattern"]
        ],
        "sliding_window": of["attention.sliding_window"],
        "rope_parameters": {
            "sliding_attention": {"rope_type": "default", "rope_theta": of["rope.freq_base_swa"]},
            "full_attention": {
                "rope_type": "proportional",
                "partial_rotary_factor": 2 * pairs / wide,
                "rope_theta": of["rope.freq_base"],
            },
        },
        "attention_k_eq_v": False,
        "attention_bias": False,
        "attention_dropout": 0.0,
        "enable_moe_block": False,
        "hidden_activation": "gelu_pytorch_tanh",
        "rms_norm_eps": 1e-6,
        "final_logit_softcapping": of["final_logit_softcapping"],
        "max_position_embeddings": of["context_length"],
        "tie_word_embeddings": True,
        "use_cache": True,
        "bos_token_id": of["bos"],
        "pad_token_id": of["pad"],
        "eos_token_id": ends,
    }


def tokenizer_json(tokens: list[str], merges: list[str], special: list[int]) -> dict[str, Any]:
    """Return `tokenizer.json`: BPE over characters with `▁` for a space, and bytes for what has no token."""
    space, text = {"String": " "}, {"String": "\u2581"}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": at, "content": tokens[at], "special": True}
            | dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
            for at in special
        ],
        "normalizer": {"type": "Replace", "pattern": space, "content": "\u2581"},
        "pre_tokenizer": None,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": wire.BOS, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {wire.BOS: {"id": wire.BOS, "ids": [tokens.index(wire.BOS)], "tokens": [wire.BOS]}},
        },
        "decoder": {
            "type": "Sequence",
            "decoders": [
                {"type": "Replace", "pattern": text, "content": " "},
                {"type": "ByteFallback"},
                {"type": "Fuse"},
            ],
        },
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": "<unk>",
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": True,
            "byte_fallback": True,
            "ignore_merges": False,
            "vocab": {token: at for at, token in enumerate(tokens)},
            "merges": [merge.split(" ") for merge in merges],
        },
    }


def convert(model: Path, folder: Path, dtype: str = "float32") -> None:
    """Write the folder.

    Args:
        model: a GGUF file that `training.export_gguf` wrote.
        folder: where to; made if it is not there.
        dtype: how the weights are stored: `float32` is exact, `bfloat16` half the size.
    """
    reader = gguf.GGUFReader(model)
    known = {name.removeprefix("gemma4."): field.contents() for name, field in reader.fields.items()}
    tokens, kinds = known["tokenizer.ggml.tokens"], known["tokenizer.ggml.token_type"]
    found = {tensor.name: gguf.quants.dequantize(tensor.data, tensor.tensor_type) for tensor in reader.tensors}
    known["vocabulary"], known["ids"] = len(tokens), {token: at for at, token in enumerate(tokens)}
    known["rope.turning_pairs"] = int((found["rope_freqs.weight"] == 1.0).sum())
    known |= {part: known[f"tokenizer.ggml.{part}_token_id"] for part in ("bos", "eos")}
    known["pad"] = known["tokenizer.ggml.padding_token_id"]
    ends = [tokens.index(token) for token in (wire.EOS, wire.TURN_CLOSE, wire.RESPONSE_OPEN)]
    special = [at for at, kind in enumerate(kinds) if kind in (2, 3, 4)]  # unknown, control, user-defined

    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(
        folder / "model.safetensors", {_name(name): value for name, value in found.items() if _name(name)}, dtype
    )
    named = TOKEN_NAMES | {"extra_special_tokens": dict(list(TOKEN_NAMES.items())[5:])}
    told = {
        "config.json": config(known, dtype, ends),
        "generation_config.json": {
            "bos_token_id": known["bos"],
            "pad_token_id": known["pad"],
            "eos_token_id": ends,
            "do_sample": True,
            "temperature": 1.0,
            "top_k": 64,
            "top_p": 0.95,
        },
        "tokenizer.json": tokenizer_json(tokens, known["tokenizer.ggml.merges"], special),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "processor_class": "PreTrainedTokenizerFast",
            "model_max_length": known["context_length"],
            "clean_up_tokenization_spaces": False,
            **named,
        },
    }
    for name, content in told.items():
        (folder / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    (folder / "chat_template.jinja").write_text(known["tokenizer.chat_template"], "utf-8")


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(description="Write the stand-in in the layout of Hugging Face.")
    parser.add_argument("model", type=Path, help="the GGUF file")
    parser.add_argument("folder", type=Path, help="the folder to write")
    parser.add_argument("--dtype", choices=sorted(_STORED), default="float32", help="how weights are stored")
    given = parser.parse_args()
    convert(given.model, given.folder, given.dtype)
    print(f"{given.folder}: {sum(path.stat().st_size for path in given.folder.iterdir())} bytes")


if __name__ == "__main__":
    main()
