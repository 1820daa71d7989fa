"""The folder for other runtimes holds the very model of the file: weights, tokens and template."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

gguf = pytest.importorskip("gguf", reason="gguf is not installed here")
np = pytest.importorskip("numpy", reason="numpy is not installed here")

STANDIN = Path(__file__).parents[1]
if str(STANDIN) not in sys.path:
    sys.path.insert(0, str(STANDIN))

from training import export_gguf, to_huggingface  # noqa: E402 - after the packages are known to be there
from training.tokenizer import Tokenizer  # noqa: E402

WORDS = Tokenizer([("t", "h"), ("th", "e"), ("a", "n"), ("an", "d")])
TEXTS = ("the band and then", "Then «Zürich» 東京 👩‍👩‍👧\n\ttab", '<|turn>user\n<|"|>x<|"|><turn|>', "\x00\u2028 and")
SHAPE = {
    "vocabulary": 2048,
    "width": 64,
    "layers": 6,
    "period": 3,
    "shared": 3,
    "heads": 2,
    "kv_heads": 1,
    "head_sliding": 32,
    "head_global": 64,
    "turning": 8,
    "mlp": 64,
    "per_layer": 32,
    "window": 512,
    "base_sliding": 1e4,
    "base_global": 1e6,
    "cap": 30.0,
    "context": 8192,
}


def weights() -> dict[str, np.ndarray]:
    """Return noise under the names that the trainer uses."""
    noise = np.random.default_rng(1)

    def matrix(rows: int, columns: int) -> np.ndarray:
        return (noise.standard_normal((rows, columns)) * columns**-0.5).astype(np.float32)

    width, wide = SHAPE["width"], SHAPE["per_layer"] * SHAPE["layers"]
    found = {"token_embd": matrix(2048, width), "per_layer_token_embd": matrix(2048, wide)}
    found |= {"per_layer_model_proj.weight": matrix(wide, width)}
    sizes = {"per_layer_proj_norm": SHAPE["per_layer"], "output_norm": width}
    for index in range(SHAPE["layers"]):
        block, size = f"blocks.{index}.", SHAPE["head_global"] if index % 3 == 2 else SHAPE["head_sliding"]
        shapes = {"attn_q": (2 * size, width), "attn_output": (width, 2 * size), "ffn_down": (width, 64)}
        shapes |= {"ffn_gate": (64, width), "ffn_up": (64, width), "inp_gate": (32, width), "proj": (width, 32)}
        sizes[f"{block}attn_q_norm"] = size
        if index < 3:
            shapes |= {"attn_k": (size, width), "attn_v": (size, width)}
            sizes[f"{block}attn_k_norm"] = size
        found |= {f"{block}{name}.weight": matrix(*shape) for name, shape in shapes.items()}
        for name in ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm", "post_norm"):
            sizes[f"{block}{name}"] = width
    return found | {name: noise.uniform(0.5, 1.5, size).astype(np.float32) for name, size in sizes.items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a model of noise and convert it."""
    base = tmp_path_factory.mktemp("converted")
    export_gguf.export(base / "m.gguf", weights(), SHAPE, WORDS, export_gguf.canonical_template())
    to_huggingface.convert(base / "m.gguf", base / "hf")
    return base / "hf"


def test_what_runtimes_read_is_there(folder: Path) -> None:
    """Guards the keys that runtimes stop without: mlx-lm takes a global head of 512 and 262,144 tokens without them."""
    outside = json.loads((folder / "config.json").read_text("utf-8"))
    told = outside["text_config"]
    assert outside["vocab_size"] == told["vocab_size"] == 2048
    assert outside["video_token_id"] == WORDS.ids["<|video|>"]
    assert (told["head_dim"], told["global_head_dim"]) == (32, 64)
    assert told["layer_types"] == ["sliding_attention", "sliding_attention", "full_attention"] * 2
    assert told["rope_parameters"]["full_attention"]["partial_rotary_factor"] == 0.25
    assert told["eos_token_id"] == [WORDS.ids[token] for token in ("<eos>", "<turn|>", "<|tool_response>")]
    assert (folder / "chat_template.jinja").read_text("utf-8") == export_gguf.canonical_template()


def test_bfloat16_is_rounded_to_even(tmp_path: Path) -> None:
    """Guards the file that is written by hand: a byte off and every weight is another."""
    values = np.array([[1.0, -2.5, 1.00390625, 1.01171875]], np.float32)  # the last two lie between two numbers
    to_huggingface.write_safetensors(tmp_path / "x.safetensors", {"x": values}, "bfloat16")
    data = (tmp_path / "x.safetensors").read_bytes()
    size = int.from_bytes(data[:8], "little")
    assert json.loads(data[8 : 8 + size])["x"] == {"dtype": "BF16", "shape": [1, 4], "data_offsets": [0, 8]}
    bits = np.frombuffer(data[8 + size :], "<u2").astype("<u4") << 16
    assert bits.view("<f4").tolist() == [1.0, -2.5, 1.0, 1.015625]


def test_tokens_are_those_of_our_tokenizer(folder: Path) -> None:
    """Guards that a runtime which tokenises by itself sends the model what it was trained on."""
    tokenizers = pytest.importorskip("tokenizers", reason="tokenizers is not installed here; `make tune-env` brings it")
    theirs = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    for text in TEXTS:
        ids = theirs.encode(text, add_special_tokens=False).ids
        assert ids == WORDS.encode(text, markers=True), text
        assert theirs.decode(ids, skip_special_tokens=False) == text


@pytest.mark.filterwarnings("ignore")
def test_transformers_computes_what_we_trained(folder: Path) -> None:
    """Guards every name and size of the conversion against an implementation that is not ours."""
    torch = pytest.importorskip("torch", reason="torch is not installed here; `make tune-env` brings it")
    package = pytest.importorskip(
        "transformers", reason="transformers is not installed here; `make tune-env` brings it"
    )
    from training import model as network

    theirs = package.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    ours = network.Gemma4(network.Shape(**SHAPE))
    stored = gguf.GGUFReader(folder.parent / "m.gguf")
    found = {tensor.name: gguf.quants.dequantize(tensor.data, tensor.tensor_type) for tensor in stored.tensors}
    names = {name: name.removesuffix(".weight").replace("blocks.", "blk.") + ".weight" for name in ours.state_dict()}
    ours.load_state_dict({name: torch.from_numpy(np.array(found[there])) for name, there in names.items()})
    ids = torch.from_numpy(np.random.default_rng(2).integers(0, 2048, 700))
    with torch.no_grad():
        attend = network.dense_attention(ours.shape, torch.zeros(len(ids)))
        mine = ours.logits(ours(ids, torch.arange(len(ids)), attend))
        assert torch.allclose(mine, theirs(ids[None]).logits[0], atol=1e-3)
