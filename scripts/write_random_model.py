"""Write `tests/noise/random.gguf`: a real llama.cpp model of the `gemma4` architecture whose weights are noise, for tests.

It has Gemma 4 E2B's features (sliding and global layers, shared KV, per-layer embeddings, a wider MLP in the sharing
layers, tied embeddings, a logit soft-cap), Gemma 4's control tokens as single tokens and Google's chat template, in
300 kB. It proves that prompts, tokens, streams and servers fit together; it knows nothing.

The token ids are deliberately not Gemma's: code that takes ids from a table instead of from the server fails on it.
Weights come from SHAKE-256 of their names, so every machine and every numpy writes the same bytes.

    python scripts/write_random_model.py TEMPLATE [OUT]

TEMPLATE is the canonical template (small flavour, 2026-07-09, Apache-2.0) as a file, or the wheel of
pkg:pypi/trl@1.16.0, which carries it as `trl/chat_templates/gemma4_v5.jinja`.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import zipfile
from pathlib import Path

import gguf
import numpy as np

from gemwright.wire import tokens as wire

TEMPLATE_SHA256 = "0a2c8073c878ab1da004bee933a998606537bbb62016310352c7285c3f01c5b5"
TEMPLATE_IN_TRL = "trl/chat_templates/gemma4_v5.jinja"
LABEL = "random weights: proves the plumbing, not Gemma"
OUT = Path(__file__).parents[1] / "tests" / "noise" / "random.gguf"

WIDTH, HEADS, PER_LAYER, HEAD_SLIDING, HEAD_GLOBAL, TURNING_PAIRS = 64, 2, 32, 32, 64, 8
SLIDING = [True, False, True, False]
OWNERS = 2  # layers with their own KV; the last of them has to be global, and the one before it sliding
MLP = [64, 64, 128, 128]

# llama.cpp's converter marks these user-defined, so that its chat parser sees them; other control tokens have no text.
SHOWN = {wire.CHANNEL_OPEN, wire.CHANNEL_CLOSE, wire.CALL_OPEN, wire.CALL_CLOSE, wire.QUOTE}
SHOWN |= {wire.RESPONSE_OPEN, wire.RESPONSE_CLOSE}
LEADING = [wire.PAD, wire.EOS, wire.BOS, "<unk>", "<mask>"]
MERGED = "\n\n|▁▁|▁the|▁a|▁in|▁to|▁of|▁is|ing|tion|er|and|on|re|at|call|thought|turn|model|user|system|true|false|name"


def template(source: Path) -> str:
    """Return the canonical template, after checking that it is that one."""
    if zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as wheel:
            data = wheel.read(TEMPLATE_IN_TRL)
    else:
        data = source.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != TEMPLATE_SHA256:
        raise SystemExit(f"{source}: sha256 {found}, expected {TEMPLATE_SHA256}")
    return data.decode()


def vocabulary() -> tuple[list[str], list[int], list[str]]:
    """Return tokens, their types, and BPE merges: a word is merged from the left, letter by letter."""
    kinds = dict.fromkeys([*LEADING, *wire.CONTROL_TOKENS], gguf.TokenType.CONTROL) | {"<unk>": gguf.TokenType.UNKNOWN}
    kinds |= dict.fromkeys(SHOWN, gguf.TokenType.USER_DEFINED)
    kinds |= {f"<0x{byte:02X}>": gguf.TokenType.BYTE for byte in range(256)}
    kinds |= dict.fromkeys(["\n", "▁", *map(chr, range(33, 127))], gguf.TokenType.NORMAL)
    steps = dict.fromkeys((word[:cut], word[cut]) for word in MERGED.split("|") for cut in range(1, len(word)))
    kinds |= {left + right: gguf.TokenType.NORMAL for left, right in steps}
    return list(kinds), list(kinds.values()), [f"{left} {right}" for left, right in steps]


def noise(name: str, rows: int, columns: int) -> np.ndarray:
    """Return `rows` by `columns` uniform weights of variance 1 / `columns`, as Q8_0 blocks (a scale and 32 levels)."""
    raw = hashlib.shake_256(name.encode()).digest(rows * columns)
    levels = np.maximum(np.frombuffer(raw, np.int8), -127).reshape(-1, 32)
    scales = np.full((len(levels), 1), (3 / columns) ** 0.5 / 127, "<f2")
    return np.hstack([scales.view(np.uint8), levels.view(np.uint8)]).reshape(rows, -1)


def tensors(tokens: list[str], kinds: list[int]) -> dict[str, np.ndarray]:
    """Return every tensor by name: uint8 is Q8_0, float32 is what it says."""
    layers = range(len(SLIDING))
    found = {"rope_freqs.weight": np.full(HEAD_GLOBAL // 2, 1e30, np.float32)}  # 1e30: this pair does not turn
    found["rope_freqs.weight"][:TURNING_PAIRS] = 1.0
    shapes = {"token_embd": (len(tokens), WIDTH), "per_layer_token_embd": (len(tokens), PER_LAYER * len(layers))}
    shapes["per_layer_model_proj"] = (PER_LAYER * len(layers), WIDTH)
    norms = {"output_norm": (WIDTH, 1.0), "per_layer_proj_norm": (PER_LAYER, 1.0)}
    for index, mlp in zip(layers, MLP, strict=True):
        block, head = f"blk.{index}.", HEAD_SLIDING if SLIDING[index] else HEAD_GLOBAL
        shapes |= {f"{block}attn_q": (HEADS * head, WIDTH), f"{block}attn_output": (WIDTH, HEADS * head)}
        norms[f"{block}attn_q_norm"] = (head, 1.5 * head**-0.25)  # attention is not scaled elsewhere
        if index < OWNERS:
            shapes |= {f"{block}attn_k": (head, WIDTH), f"{block}attn_v": (head, WIDTH)}
            norms[f"{block}attn_k_norm"] = (head, head**-0.25)
        shapes |= {f"{block}ffn_gate": (mlp, WIDTH), f"{block}ffn_up": (mlp, WIDTH), f"{block}ffn_down": (WIDTH, mlp)}
        shapes |= {f"{block}inp_gate": (PER_LAYER, WIDTH), f"{block}proj": (WIDTH, PER_LAYER)}
        for norm in ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm", "post_norm"):
            norms[f"{block}{norm}"] = (WIDTH, 1.0)
        norms[f"{block}layer_output_scale"] = (1, 1.0)
    found |= {f"{name}.weight": noise(name, *shape) for name, shape in shapes.items()}
    found |= {f"{name}.weight": np.full(size, value, np.float32) for name, (size, value) in norms.items()}
    # Tied embeddings decide what is said: smaller rows keep bytes and most control tokens rare in the noise.
    rare = [kind != gguf.TokenType.NORMAL and word != wire.TURN_CLOSE for word, kind in zip(tokens, kinds, strict=True)]
    blocks = found["token_embd.weight"].reshape(len(tokens), -1, 34)
    blocks[rare, :, :2] = (blocks[rare, :, :2].copy().view("<f2") * np.float16(0.5)).view(np.uint8)
    return found


def write(out: Path, chat_template: str) -> None:
    """Write the model file."""
    tokens, kinds, merges = vocabulary()
    fields: dict[str, object] = {"type": "model", "name": "gemwright random weights", "license": "apache-2.0"}
    fields["description"] = f"{LABEL}. Chat template: Google's canonical one, small flavour, sha256 {TEMPLATE_SHA256}"
    fields |= {"file_type": gguf.LlamaFileType.MOSTLY_Q8_0, "quantization_version": gguf.GGML_QUANT_VERSION}
    fields |= {"context_length": 8192, "embedding_length": WIDTH, "block_count": len(SLIDING)}
    fields |= {"feed_forward_length": MLP, "head_count": HEADS, "head_count_kv": 1, "layer_norm_rms_eps": 1e-6}
    fields |= {"rope_freq_base": 1e6, "rope_dimension_count": HEAD_GLOBAL, "key_length": HEAD_GLOBAL}
    fields |= {"rope_freq_base_swa": 1e4, "rope_dimension_count_swa": HEAD_SLIDING, "key_length_swa": HEAD_SLIDING}
    fields |= {"value_length": HEAD_GLOBAL, "value_length_swa": HEAD_SLIDING, "sliding_window": 512}
    fields |= {"sliding_window_pattern": SLIDING, "shared_kv_layers": len(SLIDING) - OWNERS}
    fields |= {"embedding_length_per_layer_input": PER_LAYER, "final_logit_softcapping": 30.0}
    fields |= {"tokenizer_model": "gemma4", "token_list": tokens, "token_scores": [-1000.0] * len(tokens)}
    fields |= {"token_types": kinds, "token_merges": merges, "add_space_prefix": False, "add_bos_token": True}
    fields |= {f"{token}_token_id": tokens.index(f"<{token}>") for token in ("bos", "eos", "pad", "unk", "mask")}
    fields["chat_template"] = chat_template
    file = gguf.GGUFWriter(out, "gemma4")
    file.add_string("gemwright.label", LABEL)
    for name, value in fields.items():
        getattr(file, f"add_{name}")(value)
    for name, weights in tensors(tokens, kinds).items():
        quantised = gguf.GGMLQuantizationType.Q8_0 if weights.dtype == np.uint8 else None
        file.add_tensor(name, weights, raw_dtype=quantised)
    file.write_header_to_file()
    file.write_kv_data_to_file()
    file.write_tensors_to_file()
    file.close()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="Write the tiny random model.")
    options.add_argument("template", type=Path, help="the canonical template, or trl's wheel")
    options.add_argument("out", type=Path, nargs="?", default=OUT)
    given = options.parse_args()
    write(given.out, template(given.template))
    sys.stdout.write(f"{given.out}: {given.out.stat().st_size} bytes\n")
