"""The demo model as files for other people's runtimes, with the commands that serve it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gemwright.foundation.errors import BadOption
from gemwright.foundation.files import read_capped, write_whole

__all__ = ["NAME", "hand_out"]

NAME: Final = "gemwright-standin"
_LARGEST: Final = 256 * 1024 * 1024
_MODELFILE: Final = f"""\
# ollama create {NAME} -f Modelfile
FROM ./{NAME}.gguf
RENDERER gemma4-small
PARSER gemma4
PARAMETER num_ctx 8192
PARAMETER temperature 0
"""
_COMMANDS: Final = f"""\
The demo model of gemwright, for its acid test. It is not Gemma.

llama.cpp   llama-server -m {NAME}.gguf --jinja -c 8192 -ngl 0
            gemwright acid llama.cpp
Ollama      ollama create {NAME} -f Modelfile
            gemwright acid ollama --model {NAME}
LM Studio   lms import {NAME}.gguf
            lms load {NAME}
            lms server start
            gemwright acid lmstudio

These want the Hugging Face form, a folder that a checkout of gemwright makes (it needs numpy and gguf), from standin/:
            python -m training.to_huggingface {NAME}.gguf hf/

vLLM        vllm serve hf/ --max-model-len 8192 --reasoning-parser gemma4 --enable-auto-tool-choice --tool-call-parser gemma4
            gemwright acid vllm
SGLang      python -m sglang.launch_server --model-path hf/ --reasoning-parser gemma4 --tool-call-parser gemma4
            gemwright acid sglang
mlx-lm      mlx_lm.server --model hf/
            gemwright acid mlx-lm
transformers
            transformers serve hf/
            gemwright acid transformers --version-is 5.23.0
mistral.rs  gemwright acid mistral.rs --model hf/          (in the Python that has mistralrs installed)
"""


def hand_out(folder: Path, model: Path) -> list[Path]:
    """Write the demo model, a Modelfile for Ollama and the commands of every runtime into a folder.

    Args:
        folder: made if it is not there; of what is there only these three files are written anew.
        model: the demo model's file.

    Returns:
        The files.

    Raises:
        BadOption: the folder is a file, or cannot be written to.
    """
    files = {
        folder / f"{NAME}.gguf": read_capped(model, _LARGEST),
        folder / "Modelfile": _MODELFILE.encode(),
        folder / "COMMANDS.txt": _COMMANDS.encode(),
    }
    try:
        for path, data in files.items():
            write_whole(path, data)
    except OSError as error:
        raise BadOption(f"{folder} cannot be written: {error}", hint="name a folder of your own") from error
    return list(files)
