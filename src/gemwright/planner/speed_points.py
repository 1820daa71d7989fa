"""Measured speeds of Gemma 4 that the speed model is fitted on, each as it was reported.

Addresses are of reports in public. `BENCH` are lines of llama-bench quoted in threads of several repositories, whose depth
was not stated and is taken as 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["POINTS", "Point"]

BENCH: Final = "llama-bench lines quoted in public threads"
LOG: Final = "a public log of 2026-05-23 on an Apple M5 Max"
CARD: Final = "a public model card"


@dataclass(frozen=True, slots=True)
class Point:
    """One measured speed.

    Attributes:
        variant, quant: what ran; a quant as its report names it.
        hardware: on what, with the bandwidth of its data sheet.
        runtime, version: in what; empty where the report does not say.
        depth: tokens before.
        sequences: at once.
        decode: tokens a second, of all sequences together.
        prefill: tokens a second of prompt; 0 where it was not reported.
        source: where it was reported.
    """

    variant: str
    quant: str
    hardware: str
    runtime: str
    version: str
    depth: int
    sequences: int
    decode: float
    prefill: float
    source: str


POINTS: Final = (
    Point(
        "26B-A4B",
        "Q4_0",
        "RTX 3090 (936 GB/s)",
        "llama.cpp",
        "PR 29152",
        32768,
        1,
        152.5,
        0.0,
        "https://github.com/ggml-org/llama.cpp/pull/29152",
    ),
    Point(
        "26B-A4B",
        "Q4_0",
        "RTX 3090 (936 GB/s)",
        "llama.cpp",
        "PR 29152",
        0,
        2,
        331.6,
        0.0,
        "https://github.com/ggml-org/llama.cpp/pull/29152",
    ),
    Point(
        "12B",
        "Q4_0",
        "RTX 3090 (936 GB/s)",
        "llama.cpp",
        "PR 29152",
        0,
        1,
        98.8,
        0.0,
        "https://github.com/ggml-org/llama.cpp/pull/29152",
    ),
    Point(
        "12B",
        "Q4_0",
        "RTX 3090 (936 GB/s)",
        "llama.cpp",
        "PR 29152",
        32768,
        1,
        86.7,
        0.0,
        "https://github.com/ggml-org/llama.cpp/pull/29152",
    ),
    Point(
        "31B",
        "Q4_0",
        "RTX 5090 (1792 GB/s)",
        "llama.cpp",
        "PR 29152",
        32768,
        1,
        68.3,
        0.0,
        "https://github.com/ggml-org/llama.cpp/pull/29152",
    ),
    Point(
        "31B",
        "Q4_0",
        "RTX 5090 (1792 GB/s)",
        "llama.cpp",
        "PR 29152",
        0,
        2,
        154.5,
        0.0,
        "https://github.com/ggml-org/llama.cpp/pull/29152",
    ),
    Point(
        "26B-A4B",
        "Q4_0",
        "RTX 5090 (1792 GB/s)",
        "llama.cpp",
        "PR 29152",
        32768,
        1,
        272.9,
        0.0,
        "https://github.com/ggml-org/llama.cpp/pull/29152",
    ),
    Point(
        "26B-A4B",
        "Q4_0",
        "RTX 5090 (1792 GB/s)",
        "llama.cpp",
        "PR 29152",
        0,
        2,
        563.9,
        0.0,
        "https://github.com/ggml-org/llama.cpp/pull/29152",
    ),
    Point(
        "E4B",
        "Q4_K_M",
        "RTX 3090 (936 GB/s)",
        "llama.cpp",
        "4f13cb7",
        100,
        1,
        148.2,
        4744.5,
        "https://calebcoffie.com/benchmarks/gemma-4-e4b-it-gguf",
    ),
    Point("26B-A4B", "Q4_K_M", "RTX 3090 (936 GB/s)", "llama.cpp", "", 4096, 1, 119.4, 0.0, CARD),
    Point("12B", "Q4_K_M", "RTX 3090 (936 GB/s)", "llama.cpp", "", 0, 1, 70.5, 0.0, BENCH),
    Point(
        "26B-A4B",
        "Q4_0",
        "RTX 3090 (936 GB/s)",
        "llama.cpp",
        "",
        200,
        1,
        143.0,
        0.0,
        "https://bittide.aicompass.dev/article/fbca8397-e070-476f-b04e-bf29a9d62d25",
    ),
    Point("26B-A4B", "Q4_K_M", "RTX 4090 (1008 GB/s)", "llama.cpp", "", 0, 1, 149.0, 0.0, BENCH),
    Point("26B-A4B", "Q4_K_M", "RTX 5090 (1792 GB/s)", "llama.cpp", "", 0, 1, 180.3, 8799.0, BENCH),
    Point("12B", "Q4_0", "RTX 4070 (504 GB/s)", "llama.cpp", "", 0, 1, 54.85, 2927.0, BENCH),
    Point(
        "12B",
        "Q4_0",
        "RTX 4070 Super (504 GB/s)",
        "llama.cpp",
        "MTP PR",
        200,
        1,
        59.9,
        0.0,
        "https://bittide.aicompass.dev/article/2c03ce9d-a30a-433a-9f60-14d639264caf",
    ),
    Point("26B-A4B", "Q4_K_M", "Radeon AI PRO R9700 (640 GB/s)", "llama.cpp ROCm", "", 0, 1, 93.39, 3427.0, BENCH),
    Point("31B", "Q4_K_M", "Radeon AI PRO R9700 (640 GB/s)", "llama.cpp Vulkan", "", 0, 1, 27.73, 719.0, BENCH),
    Point("31B", "Q4_0", "Ryzen AI Max (ProArt PX13) (256 GB/s)", "llama.cpp", "b10577", 0, 1, 11.58, 235.0, BENCH),
    Point("26B-A4B", "Q4_K_M", "Strix Halo class APU (256 GB/s)", "llama.cpp", "", 0, 1, 52.0, 0.0, BENCH),
    Point("12B", "Q4_0", "Strix Halo class APU (256 GB/s)", "llama.cpp", "", 0, 1, 28.57, 0.0, BENCH),
    Point("31B", "Q4_K_M", "MI50 (1024 GB/s)", "llama.cpp", "", 0, 1, 22.97, 0.0, BENCH),
    Point("26B-A4B", "Q8_0", "Arc Pro B70 (608 GB/s)", "llama.cpp SYCL", "", 0, 1, 40.1, 0.0, BENCH),
    Point("E2B", "Q8_0", "Arc Pro B70 (608 GB/s)", "llama.cpp SYCL", "", 0, 1, 109.1, 0.0, BENCH),
    Point("E2B", "Q8_0", "Apple M4 (120 GB/s)", "llama.cpp Metal", "", 0, 1, 35.5, 0.0, BENCH),
    Point("E4B", "Q4_K_M", "Apple M4 (120 GB/s)", "llama.cpp Metal", "", 0, 1, 29.4, 0.0, BENCH),
    Point("26B-A4B", "Q5_K_M", "Apple M5 Max (614 GB/s)", "llama.cpp Metal", "d05fe1d7d", 0, 1, 102.4, 1536.7, LOG),
    Point("E4B", "Q8_0", "Apple M5 Max (614 GB/s)", "llama.cpp Metal", "", 0, 1, 76.1, 0.0, BENCH),
    Point("31B", "Q8_0", "2x RTX 3090 tensor split (1872 GB/s)", "llama.cpp", "", 0, 1, 35.7, 0.0, BENCH),
    Point("31B", "Q8_0", "EPYC server (576 GB/s)", "llama.cpp CPU", "", 0, 1, 8.5, 112.0, BENCH),
    Point("E4B", "Q4_K_M", "8 threads desktop (51 GB/s)", "llama.cpp CPU", "", 0, 1, 5.66, 0.0, BENCH),
    Point("26B-A4B", "Q4_K_M", "i5, DDR4-3200 (51 GB/s)", "llama.cpp CPU", "", 0, 1, 9.25, 0.0, BENCH),
    Point(
        "12B",
        "Q8_0",
        "RTX 3090 (936 GB/s)",
        "vLLM",
        "0.22",
        1000,
        1,
        50.0,
        0.0,
        "https://github.com/noonghunna/club-3090/pull/311",
    ),
    Point(
        "12B",
        "Q4_0",
        "Jetson Thor T5000 (273 GB/s)",
        "llama.cpp",
        "",
        2048,
        1,
        18.0,
        0.0,
        "https://github.com/NVIDIA-AI-IOT/jetson-ai-lab/pull/411",
    ),
    Point(
        "26B-A4B",
        "Q4_0",
        "3x GTX 1070 layer split (256 GB/s)",
        "llama.cpp",
        "",
        0,
        1,
        53.0,
        0.0,
        "https://github.com/gemmaclaw/gemmaclaw/pull/289",
    ),
    Point(
        "31B",
        "Q4_0",
        "3x GTX 1070 layer split (256 GB/s)",
        "llama.cpp",
        "",
        0,
        1,
        7.0,
        0.0,
        "https://github.com/gemmaclaw/gemmaclaw/pull/289",
    ),
)
