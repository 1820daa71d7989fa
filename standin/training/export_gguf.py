"""Trained weights to the file that llama.cpp loads: `python -m training.export_gguf WEIGHTS OUT`.

WEIGHTS is a folder that `training.train` wrote. The chat template is Google's canonical one, small flavour, taken from
the model of random weights in `tests/noise`, which carries it unchanged.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np

from gemwright.formats.gguf import read_header
from gemwright.wire import tokens as wire
from training import tokenizer
from training.tokenizer import CONTROL, Tokenizer

__all__ = ["LABEL", "canonical_template", "export", "load_weights", "token_types"]

LABEL = "demo model: a small model trained on synthetic conversations, not Gemma"
DESCRIPTION = (
    "13.1 million parameters in Gemma 4's architecture, trained from scratch by the gemwright project on conversations "
    "that it generates. It speaks Gemma 4's wire format and calls tools; it has no general knowledge and holds no weights "
    "of Google's. Chat template: Google's canonical one, small flavour."
)
KINDS = ("q8_0", "f16", "f32")
# llama.cpp drops control tokens from the text it hands on; these have to be seen by its chat parser.
SHOWN = {wire.CHANNEL_OPEN, wire.CHANNEL_CLOSE, wire.CALL_OPEN, wire.CALL_CLOSE, wire.QUOTE}
SHOWN |= {wire.RESPONSE_OPEN, wire.RESPONSE_CLOSE}
CARRIES_TEMPLATE = Path(__file__).parents[2] / "tests" / "noise" / "random.gguf"


def canonical_template() -> str:
    """Return Google's chat template, as the random model carries it."""
    return read_header(CARRIES_TEMPLATE).text("tokenizer.chat_template")


def token_types(words: Tokenizer) -> list[int]:
    """Return the type of every token, as llama.cpp's converter would set it for Gemma 4."""
    kinds = gguf.TokenType
    found: list[int] = []
    for token in words.tokens:
        if token in SHOWN:
            found.append(kinds.USER_DEFINED)
        elif token in CONTROL:
            found.append(kinds.UNKNOWN if token == "<unk>" else kinds.CONTROL)  # noqa: S105 - a token's spelling
        elif token.startswith("<unused"):
            found.append(kinds.UNUSED)
        else:
            found.append(kinds.BYTE if len(token) == 6 and token.startswith("<0x") else kinds.NORMAL)
    return found


def load_weights(folder: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return what `training.train` saved: the weights by name, and the shape of the model."""
    weights: dict[str, np.ndarray] = {}
    for path in sorted(folder.glob("weights-*.npz")):
        with np.load(path) as file:
            weights |= {name: file[name] for name in file.files}
    return weights, json.loads((folder / "progress.json").read_text("utf-8"))["shape"]


def _tensors(weights: Mapping[str, np.ndarray], shape: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the tensors under GGUF's names, float32."""
    found: dict[str, np.ndarray] = {}
    for name, value in weights.items():
        name = name.removesuffix(".weight").replace("blocks.", "blk.")
        found[f"{name}.weight"] = np.asarray(value, np.float32)
    pairs = shape["head_global"] // 2
    still = np.full(pairs, 1e30, np.float32)  # divided by this, a pair does not turn
    still[: shape["turning"]] = 1.0
    found["rope_freqs.weight"] = still
    for index in range(shape["layers"]):
        found[f"blk.{index}.layer_output_scale.weight"] = np.ones(1, np.float32)
    return found


def export(
    out: Path,
    weights: Mapping[str, np.ndarray],
    shape: Mapping[str, Any],
    words: Tokenizer,
    template: str,
    kind: str = "q8_0",
) -> None:
    """Write a GGUF file.

    Args:
        out: where to.
        weights: the parameters of `training.model.Gemma4` by name.
        shape: the fields of `training.model.Shape`.
        words: the tokenizer.
        template: the chat template.
        kind: how matrices are stored: `q8_0`, `f16` or `f32`. Norms stay float32.
    """
    layers = range(shape["layers"])
    sliding = [index % shape["period"] != shape["period"] - 1 for index in layers]
    stored = {"q8_0": "MOSTLY_Q8_0", "f16": "MOSTLY_F16", "f32": "ALL_F32"}[kind]
    fields: dict[str, object] = {"type": "model", "name": "gemwright stand-in", "license": "apache-2.0"}
    fields |= {"description": DESCRIPTION, "organization": "gemwright", "file_type": gguf.LlamaFileType[stored]}
    fields |= {"quantization_version": gguf.GGML_QUANT_VERSION, "context_length": shape["context"]}
    fields |= {"embedding_length": shape["width"], "block_count": shape["layers"], "head_count": shape["heads"]}
    fields |= {"feed_forward_length": [shape["mlp"]] * shape["layers"], "head_count_kv": shape["kv_heads"]}
    fields |= {"layer_norm_rms_eps": 1e-6, "shared_kv_layers": shape["shared"], "sliding_window": shape["window"]}
    fields |= {"sliding_window_pattern": sliding, "embedding_length_per_layer_input": shape["per_layer"]}
    for part, of in (("", "global"), ("_swa", "sliding")):
        size = shape[f"head_{of}"]
        fields |= {f"key_length{part}": size, f"value_length{part}": size, f"rope_dimension_count{part}": size}
        fields[f"rope_freq_base{part}"] = shape[f"base_{of}"]
    fields |= {"final_logit_softcapping": shape["cap"], "tokenizer_model": "gemma4", "token_list": list(words.tokens)}
    fields |= {"token_scores": [-1000.0] * len(words.tokens), "token_types": token_types(words)}
    fields |= {"token_merges": [f"{left} {right}" for left, right in words.merges]}
    fields |= {"add_space_prefix": False, "add_bos_token": True, "chat_template": template}
    fields |= {f"{token}_token_id": words.ids[f"<{token}>"] for token in ("bos", "eos", "pad", "unk", "mask")}
    file = gguf.GGUFWriter(out, "gemma4")
    file.add_string("gemwright.label", LABEL)
    for name, value in fields.items():
        getattr(file, f"add_{name}")(value)
    for name, value in sorted(_tensors(weights, shape).items()):
        if value.ndim < 2 or kind == "f32":
            file.add_tensor(name, value)
        elif kind == "f16":
            file.add_tensor(name, value.astype(np.float16))
        else:
            packed = gguf.quants.quantize(value, gguf.GGMLQuantizationType.Q8_0)
            file.add_tensor(name, packed, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    file.write_header_to_file()
    file.write_kv_data_to_file()
    file.write_tensors_to_file()
    file.close()


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(description="Write the stand-in as GGUF.")
    parser.add_argument("weights", type=Path, help="folder that training.train wrote")
    parser.add_argument("out", type=Path, help="the GGUF file")
    parser.add_argument("--kind", choices=KINDS, default="q8_0", help="how matrices are stored")
    given = parser.parse_args()
    export(given.out, *load_weights(given.weights), tokenizer.load(), canonical_template(), given.kind)
    print(f"{given.out}: {given.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
