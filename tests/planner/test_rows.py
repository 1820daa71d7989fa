"""Predictions against what was measured: `memory_truth.csv`, row by row."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import pytest

from gemwright.foundation.errors import BadOption
from gemwright.planner.rows import predicted, read_row
from tests.planner.truth import rows

CANNOT = {
    "32": "no quantisation",
    "35": "no quantisation",
    "38": "no quantisation",
    "50": "own engine",
    "52": "ollama ps",
    "76": "bytes left",
    "79": "bytes left",
    "80": "bytes left",
    "82": "bytes left",
    "83": "no runtime",
    "85": "no runtime",
    "86": "no runtime",
    "88": "no runtime",
    "89": "no runtime",
    "91": "no runtime",
    "92": "no runtime",
}
"""Rows that have no honest answer, by a word of the reason that has to be given."""


def errors(kind: str, *, stated: bool = True) -> dict[str, float]:
    """Return relative errors of all rows of a class that have an answer, by row."""
    found: dict[str, float] = {}
    for row, asked in rows("reported", "reservation"):
        if row["quantity"].partition(":")[0] == kind and (row["stated"] == "yes" or not stated):
            answer = predicted(read_row(asked))
            if answer.predicted is not None:
                found[row["id"]] = abs(answer.predicted / float(row["reported"]) - 1)
    return found


def test_caches_are_exact() -> None:
    """Sliding windows, shared layers, slots, padding and old versions: a cache is a sum, so it has to be right."""
    found = errors("kv")
    assert len(found) == 18 + 115
    assert max(found.values()) <= 0.005


def test_weights_of_files_that_are_not_there() -> None:
    """llama-quantize's rules give sizes of files nobody made yet; publishers who do otherwise stay within 5 %."""
    found = errors("weights", stated=False)
    assert len(found) == 15 + 115
    assert median(found.values()) <= 0.01
    assert max(found.values()) <= 0.05
    reserved = [error for row, error in found.items() if "-" in row]
    assert max(reserved) == 0, "what llama.cpp loads is the same sum"


def test_compute_buffers() -> None:
    """The buffer of the server, on the device and on the host, and that of builds that kept logits for every row."""
    found = errors("compute")
    assert len(found) == 11 + 115
    assert max(found.values()) <= 0.02


def test_totals_are_the_sum_of_their_parts() -> None:
    """What llama.cpp reserves on a device is weights, cache and buffer, to the byte."""
    found = errors("total")
    assert len(found) == 115 and max(found.values()) == 0


def test_process_sizes_hold_a_range() -> None:
    """What nvidia-smi shows has a driver's context in it, which is a range: both reports lie within 5 %."""
    found = {row: error for row, error in errors("total", stated=False).items() if row in {"73", "74"}}
    assert len(found) == 2 and max(found.values()) <= 0.05


def test_what_cannot_be_known_says_why() -> None:
    """A number that is made up is worse than none: these rows have none, and a reason."""
    without = {}
    for row, asked in rows("reported", "reservation"):
        answer = predicted(read_row(asked))
        if answer.predicted is None:
            without[row["id"]] = answer.reason
    assert without.keys() == CANNOT.keys()
    for row, word in CANNOT.items():
        assert word in without[row], without[row]


@pytest.mark.parametrize(
    ("row", "want"),
    [
        ({"runtime": "vLLM", "version": "0.22.0", "quantity": "kv:needed for one request", "ubatch": 4096}, 6_420_561_920),
        ({"runtime": "vLLM", "version": "0.20.0", "quantity": "kv:needed for one request"}, 59_055_800_320),
        ({"runtime": "transformers", "quantity": "kv", "ctx": 4096, "settings": "cache=static"}, 293_601_280),
        ({"runtime": "transformers", "quantity": "kv:per sliding layer", "settings": "cache=dynamic"}, 1023 * 8192),
        ({"runtime": "transformers", "quantity": "kv:per sliding layer", "settings": "cache=dynamic;batch=3"}, 3 * 1023 * 8192),
        ({"runtime": "mlx-lm", "quantity": "kv:per global layer", "ctx": 1000}, 1024 * 4096),
        ({"runtime": "llama.cpp", "quantity": "kv:swa", "settings": "swa_full=on", "slots": 1, "ctx": 8192}, 25 * 8192 * 8192),
        ({"runtime": "llama.cpp", "quantity": "kv:swa cells", "unit": "cells"}, 4 * 1024 + 512),
        ({"runtime": "llama.cpp", "quantity": "kv:per global layer", "ctx": "4096", "kv_type": "q8_0"}, 4096 * 2 * 1088),
        ({"runtime": "Ollama", "version": "0.24.0", "quantity": "kv:per sliding layer", "ctx": 32768}, 37_748_736),
        ({"runtime": "Ollama", "version": "0.31.0", "quantity": "kv:per sliding layer", "ctx": 32768}, 1536 * 8192),
        ({"runtime": "Ollama", "quantity": "kv:per global layer", "ctx": 4096, "slots": 2}, 2 * 4096 * 4096),
    ],
)  # fmt: skip
def test_settings_and_versions_decide(row: dict[str, object], want: int) -> None:
    """Every runtime has rules of its own, and versions change them."""
    answer = predicted(read_row({"variant": "26B-A4B", "quant": "Q4_K_M", **row}))
    assert answer.predicted == want, answer.reason


def test_no_flash_attention_widens_values_and_forbids_their_quantisation() -> None:
    """Without flash attention llama.cpp pads values to the widest layer, and refuses quantised ones."""
    asked: dict[str, object] = {"variant": "E4B", "runtime": "llama.cpp", "quantity": "kv:swa", "ctx": 8192, "slots": 1}
    flash = predicted(read_row(asked)).predicted
    plain = predicted(read_row({**asked, "settings": "flash_attn=off"})).predicted
    assert flash is not None and plain == 1.5 * flash
    refused = predicted(read_row({**asked, "settings": "flash_attn=off", "kv_type": "q8_0"}))
    assert refused.predicted is None and "refuses" in refused.reason
    buffer = predicted(read_row({**asked, "quantity": "compute:device", "settings": "flash_attn=off"}))
    assert buffer.predicted is None and "was not" in buffer.reason


def test_units_are_the_rows() -> None:
    """A log prints MiB, another bytes."""
    asked: dict[str, object] = {"variant": "E4B", "runtime": "llama.cpp", "quantity": "kv", "ctx": 32768, "slots": 1}
    assert predicted(read_row({**asked, "unit": "MiB"})).predicted == 552


def test_several_devices_are_not_guessed() -> None:
    """Which layers lie on which of two cards is a choice of the runtime; the sum of all is known."""
    asked: dict[str, object] = {"variant": "31B", "runtime": "llama.cpp", "quant": "Q8_0", "hardware": "2x RTX 3090"}
    assert predicted(read_row({**asked, "quantity": "weights:CUDA0"})).predicted is None
    assert predicted(read_row({**asked, "quantity": "weights:CUDA0+CUDA1+Host"})).predicted


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ({"variant": "13B"}, "no Gemma 4 variant"),
        ({"variant": "31B", "ctx": -5}, "cannot be"),
        ({"variant": "31B", "ctx": "1e30"}, "cannot be"),
        ({"variant": "31B", "ubatch": "many"}, "no number"),
        ({"variant": "31B", "kv_type": "q3"}, "kv_type"),
        ({"variant": "31B", "settings": "unified=perhaps"}, "unified"),
        ({"variant": "31B", "quantity": ""}, "quantity"),
    ],
)
def test_bad_rows_are_refused(row: dict[str, object], word: str) -> None:
    """A size that cannot be would give a number that cannot be."""
    with pytest.raises(BadOption, match=word):
        read_row({"runtime": "llama.cpp", "quantity": "kv", **row})


def test_unknown_parts_say_what_is_known() -> None:
    """Whoever misspells a part learns the parts."""
    for quantity in ("kv:middle", "weights:tail", "compute:moon", "total:everything", "joy", "weights:PLE"):
        asked = {"variant": "31B", "quant": "Q4_0", "runtime": "llama.cpp", "quantity": quantity}
        answer = predicted(read_row(asked))
        assert answer.predicted is None and answer.reason


def test_the_page_tells_the_errors_that_there_are(checkout: Path) -> None:
    """A table of errors that nobody recomputes grows better than the truth."""
    page = (checkout / "docs" / "concepts" / "planner.md").read_text("utf-8")
    names = {"kv": "keys and values", "weights": "weights", "compute": "compute buffers", "total": "totals"}
    found: dict[tuple[str, str], list[float | None]] = {}
    for row, asked in rows("reported", "reservation"):
        answer = predicted(read_row(asked)).predicted
        error = None if answer is None else abs(answer / float(row["reported"]) - 1)
        whose = "own" if row["kind"] == "reservation" else "reported"
        found.setdefault((row["quantity"].partition(":")[0], whose), []).append(error)
    for (kind, whose), listed in found.items():
        known = [error for error in listed if error is not None]
        figures = f"{100 * median(known):.2f} % | {100 * max(known):.2f} %"
        assert f"| {names[kind]}, {whose} | {len(listed)} | {len(known)} | {figures} |" in page
