"""`gemwright plan`: a table for people, JSON for programs, lines of questions, and clear words for what cannot be."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from gemwright.launch.embedded import demo_model
from tests.cli.program import data, gemwright, lines
from tests.formats.test_gguf import entry, file, string, tensor
from tests.formats.test_safetensors import stored
from tests.planner.truth import rows


def test_the_table_ends_in_commands() -> None:
    """Someone with 14 GB learns what to run, and how."""
    done = gemwright("plan", "--memory", "14GB")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("MODEL") and "best for the task" in done.stdout
    for word in (
        "llama-server",
        "# Modelfile",
        "OLLAMA_KV_CACHE_TYPE",
        "vllm serve",
        "sglang serve",
        "mlx_lm",
        "lms load",
    ):
        assert word in done.stdout


def test_json_holds_the_same_and_every_sum() -> None:
    """Programs get numbers, commands and, with --explain, where each number comes from."""
    found = data(gemwright("plan", "--gpu", "RTX 3090", "--task", "agent", "--json", "--explain", "--drafter"))
    best = found["picks"][0]
    assert found["where"] == "gpu" and found["memory_bytes"] == 24 * 2**30
    assert best["need_bytes"] <= found["memory_bytes"] and best["context"] >= 32_768
    assert best["decode"]["low"] < best["decode"]["tokens_per_second"] < best["decode"]["high"]
    assert best["with_drafter"][0] < best["decode"]["tokens_per_second"] < best["with_drafter"][1]
    assert {figure["name"] for figure in best["figures"]} >= {"weights: device", "keys and values", "drafter", "decode"}
    assert "--speculative-config" in best["commands"]["vLLM"]


def test_nothing_that_fits_is_exit_code_one_and_what_is_nearest() -> None:
    """A script sees that nothing fits; a person sees what would."""
    done = gemwright("plan", "31B", "--memory", "20GB", "--context", "131072", "--no-split")
    assert done.exit_code == 1 and "nearest" in done.stdout and "GB at least" in done.stdout
    found = data(gemwright("plan", "31B", "--memory", "20GB", "--context", "131072", "--no-split", "--json"))
    assert found["picks"] == [] and found["nearest"][0]["need_bytes"] > 20e9


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("13B", "--memory", "14GB"), ("no Gemma 4 variant", "did you mean")),
        (("--memory", "14 parsecs"), ("no size", "14GB")),
        (("--memory", "0GB"), ("cannot be",)),
        (("--memory", "9999999TB"), ("cannot be",)),
        (("--memory=-4GB",), ("no size",)),
        ((), ("how much memory", "--memory")),
        (("--gpu", "RTX 4060 Ti"), ("8, 16 GB", "say which")),
        (("--gpu", "abacus"), ("not known", "GB/s")),
        (("--memory", "14GB", "--quant", "Q4_KM"), ("no quantisation", "did you mean Q4_K_M")),
        (("--memory", "14GB", "--file", "no.gguf"), ("does not exist",)),
        (("--memory", "14GB", "--file", "a.gguf", "12B"), ("says itself",)),
    ],
)
def test_bad_input_says_what_to_do(arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    """Each of these is a slip of somebody who should not have to guess."""
    done = gemwright("plan", *arguments)
    assert done.exit_code == 2, done.stdout
    for word in words:
        assert word in done.stderr


def cut_model(folder: Path, *, architecture: str = "gemma4", layers: int = 35, width: int = 1536) -> str:
    """Write the head of a GGUF with two tensors whose data are missing behind a hole."""
    metadata = [
        entry("general.architecture", 8, string(architecture)),
        entry(f"{architecture}.block_count", 4, struct.pack("<I", layers)),
        entry(f"{architecture}.embedding_length", 4, struct.pack("<I", width)),
    ]
    tensors = [
        tensor("token_embd.weight", (width, 262_144), 14),
        tensor("blk.0.attn_q.weight", (width, 2048), 12, width * 262_144 // 256 * 210),
    ]
    path = folder / "model.gguf"
    path.write_bytes(file(metadata, tensors))
    with path.open("ab") as sparse:
        sparse.truncate(path.stat().st_size + width * 262_144 // 256 * 210 + width * 2048 // 256 * 144 + 64)
    return str(path)


def test_a_file_is_counted_by_its_header(tmp_path: Path) -> None:
    """What a file holds is what it says, not what its name promises."""
    name = cut_model(tmp_path)
    found = data(gemwright("plan", "--memory", "14GB", "--file", name, "--json", "--explain"))
    weights = next(one for one in found["picks"][0]["figures"] if one["name"] == "weights: device")
    assert found["picks"][0]["variant"] == "E2B" and found["picks"][0]["quant"] == "model.gguf"
    assert weights["value"] == 1536 * 262_144 // 256 * 210 + 1536 * 2048 // 256 * 144
    assert name in found["picks"][0]["commands"]["llama.cpp"]


def test_files_of_something_else_are_refused(tmp_path: Path) -> None:
    """Another architecture, a shape that nobody published, a cut header, a page of HTML: each is named."""
    other = gemwright("plan", "--memory", "14GB", "--file", cut_model(tmp_path, architecture="llama"))
    assert other.exit_code == 2 and "'llama', not gemma4" in other.stderr
    demo = gemwright("plan", "--memory", "14GB", "--file", str(demo_model()))
    assert demo.exit_code == 2 and "none of the published shapes" in demo.stderr
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(Path(cut_model(tmp_path)).read_bytes()[:60])
    broken = gemwright("plan", "--memory", "14GB", "--file", str(cut))
    assert broken.exit_code == 2 and "cut off" in broken.stderr
    page = tmp_path / "page.gguf"
    page.write_text("<!doctype html><title>404</title>", "utf-8")
    html = gemwright("plan", "--memory", "14GB", "--file", str(page))
    assert html.exit_code == 2 and "not a GGUF file" in html.stderr


def test_lines_are_answered_one_by_one() -> None:
    """Every line gets an answer with its id; a bad one does not end the others."""
    truth = [asked for _, asked in rows("reported")]
    given = "\n".join(
        [*(json.dumps(row) for row in truth), '{"id": "x", "variant": "99B", "quantity": "kv"}', "[1]", "{"]
    )
    found = lines(gemwright("plan", "--jsonl", "-", given=given + "\n").stdout)
    assert len(found) == len(truth) + 3
    assert all(set(one) == {"id", "predicted", "unit", "reason"} for one in found)
    assert [one["id"] for one in found[:-3]] == [row["id"] for row in truth]
    assert [one["predicted"] for one in found[-3:]] == [None] * 3 and "99B" in found[-3]["reason"]
    assert found[0]["predicted"] == 2_147_483_648


def test_memory_against_context_is_drawn(tmp_path: Path) -> None:
    """Bars for a terminal, an image for a page."""
    image = tmp_path / "memory.svg"
    done = gemwright("plan", "12B", "--memory", "10GB", "--plot", "--svg", str(image))
    assert done.exit_code == 0 and "too much" in done.stdout
    assert image.read_text("utf-8").startswith("<svg")


def test_this_machine_can_be_asked() -> None:
    """`auto` counts on a part of the memory that is there, and says that cards have to be named."""
    done = gemwright("plan", "E2B", "--memory", "auto")
    assert done.exit_code in (0, 1) and "counted on" in done.stderr and "--gpu" in done.stderr


def test_fine_tuning_is_a_table_of_ranges() -> None:
    """Three methods for each variant, and whether they fit."""
    done = gemwright("plan", "E2B", "--memory", "24GB", "--task", "fine-tuning")
    assert done.exit_code == 0 and [line.split()[1] for line in done.stdout.splitlines()[1:]] == [
        "full",
        "lora",
        "qlora",
    ]
    found = data(gemwright("plan", "--memory", "24GB", "--task", "fine-tuning", "--json"))
    assert len(found["rows"]) == 15


def test_a_checkpoint_is_counted_by_its_shards(tmp_path: Path) -> None:
    """A folder of safetensors is what transformers and vLLM load."""
    prefix = "model.language_model."
    head = {f"{prefix}embed_tokens.weight": {"dtype": "BF16", "shape": [10, 1536], "data_offsets": [0, 30_720]}}
    (tmp_path / "a.safetensors").write_bytes(stored(head, 30_720))
    row = {"dtype": "I8", "shape": [7]}
    names = [f"{prefix}layers.{n}.mlp.up_proj.weight" for n in range(35)]
    rest = {name: {**row, "data_offsets": [7 * n, 7 * n + 7]} for n, name in enumerate(names)}
    (tmp_path / "b.safetensors").write_bytes(stored(rest, 245))
    found = data(gemwright("plan", "--memory", "2GB", "--file", str(tmp_path), "--json"))
    assert (found["variant"], found["weights_bytes"], found["embedding_bytes"]) == ("E2B", 30_965, 30_720)
    assert found["fits"] and found["request_bytes"] < found["need_bytes"][0]
    done = gemwright("plan", "--memory", "2GB", "--file", str(tmp_path / "b.safetensors"))
    assert done.exit_code == 2 and "no published Gemma 4" in done.stderr
