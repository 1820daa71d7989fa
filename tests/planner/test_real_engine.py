"""What the planner says of the demo model against what a real llama.cpp reserves for it, setting by setting.

The demo model has Gemma 4's architecture in a small shape: sliding and global layers of two widths, shared layers.
"""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from gemwright.formats.gguf import read_header
from gemwright.launch.embedded import demo_model
from gemwright.planner.buffers import mask_bytes
from gemwright.planner.caches import Setup, cache_of
from gemwright.planner.figures import MIB
from gemwright.planner.headers import header_geometry

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("xllamacpp") is None, reason="xllamacpp is not installed: no real llama.cpp to ask"
)
CHILD = Path(__file__).with_name("reserving.py")
CACHE = re.compile(r"llama_kv_cache: size = +([\d.]+) MiB \( *(\d+) cells, +(\d+) layers")
COMPUTE = re.compile(r"compute buffer size = +([\d.]+) MiB")
BASE = Setup(4096)
SETTINGS = {
    "usual": BASE,
    "long": Setup(8192),
    "odd": Setup(1000, 128),
    "small-batch": Setup(8192, 256),
    "large-batch": Setup(8192, 2048),
    "batch-over-context": Setup(512, 2048),
    "four-in-a-pool": Setup(8192, slots=4),
    "three-apart": Setup(3000, slots=3, unified=False),
    "q8": Setup(8192, keys="q8_0", values="q8_0"),
    "mixed-types": Setup(4096, 256, slots=2, unified=False, keys="q8_0", values="q4_0"),
    "everything-kept": Setup(4096, swa_full=True),
    "f32": Setup(2048, keys="f32", values="f32"),
}


@dataclass(frozen=True)
class Reserved:
    """What the log says: MiB and cells of the two caches, and MiB of the compute buffer."""

    of_global: float
    cells_global: int
    of_local: float
    cells_local: int
    compute: float


@cache
def reserved(setup: Setup) -> Reserved:
    """Start the engine with a setup and read its log."""
    settings = {
        "n_ctx": setup.context,
        "n_ubatch": setup.ubatch,
        "n_parallel": setup.slots,
        "kv_unified": setup.unified,
        "swa_full": setup.swa_full,
        "cache_type_k": setup.keys,
        "cache_type_v": setup.values,
    }
    command = [sys.executable, str(CHILD), str(demo_model()), json.dumps(settings)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    lines = CACHE.findall(done.stderr)[-2:]
    compute = COMPUTE.findall(done.stderr)
    assert len(lines) == 2 and compute, done.stderr[-2000:]
    (first, first_cells, _), (second, second_cells, _) = lines
    return Reserved(float(first), int(first_cells), float(second), int(second_cells), float(compute[-1]))


GEOMETRY = header_geometry(read_header(demo_model()))


@pytest.mark.parametrize("name", SETTINGS)
def test_the_cache_is_what_llama_cpp_reserves(name: str) -> None:
    """Bytes and cells of both kinds of layers, to the last digit of the log."""
    setup = SETTINGS[name]
    found, said = cache_of(GEOMETRY, "llama.cpp", setup), reserved(setup)
    assert (found.global_cells, found.local_cells) == (said.cells_global, said.cells_local)
    assert found.of_global / MIB == pytest.approx(said.of_global, abs=0.0051)
    assert found.of_local / MIB == pytest.approx(said.of_local, abs=0.0051)


@pytest.mark.parametrize(
    "name", [name for name, one in SETTINGS.items() if one != BASE and not one.quantised and one.keys == "f16"]
)
def test_the_buffer_grows_as_its_formula_says(name: str) -> None:
    """The bytes of a row are read off one setting; at every other one the formula is within 2 %."""
    base = reserved(BASE).compute * MIB - mask_bytes(BASE, cache_of(GEOMETRY, "llama.cpp", BASE))
    each = base / BASE.effective_ubatch
    setup = SETTINGS[name]
    said = reserved(setup).compute * MIB
    found = each * setup.effective_ubatch + mask_bytes(setup, cache_of(GEOMETRY, "llama.cpp", setup))
    assert found == pytest.approx(said, rel=0.02)
