"""Write `docs/reference/advisory-tapes.md` from the tapes of the tests; `--check` only compares."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

CHECKOUT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = CHECKOUT / "docs" / "reference" / "advisory-tapes.md"

_NAMES: Final = {
    "ollama": "Ollama",
    "vllm": "vLLM",
    "sglang": "SGLang",
    "lmstudio": "LM Studio",
    "mlx": "mlx-lm",
    "llamacpp": "llama.cpp",
    "openai": "OpenAI's protocol",
}
_HEAD: Final = """# What is delivered of faults that were reported

<!-- Written by `make docs` from tests/tapes/advisories. -->

Each tape holds what a server sends when the fault of an advisory strikes, in that server's own framing. The tests serve it
on a loopback port, cut as it is, at random and byte by byte, and hold what the client delivers against what is right. None
of it was recorded here: where the report quotes what arrived, the tape holds the quotation, and only the framing around it
was written from the server's documentation; where the report describes it, the content was written after that description.
"Raw" is the raw lane: what the model wrote is sent on as it is, and the fault is the model's own.

A repair in the fourth column has put right what arrived; what could not be restored is named there as a problem of the turn,
as a call that is none, or as the error that ends it. `gemwright why` says the same of a turn of yours.

"""


def tapes() -> list[dict[str, Any]]:
    """Return the heads of all tapes, in the order of their advisories."""
    paths = sorted((CHECKOUT / "tests" / "tapes" / "advisories").glob("*.jsonl"))
    heads = [json.loads(path.read_text(encoding="utf-8").partition("\n")[0]) for path in paths]
    return sorted(heads, key=lambda head: head["advisory"])


def delivered(expected: dict[str, Any]) -> str:
    """Return in words what a tape's `expected` says."""
    calls: Sequence[object] = expected.get("calls", ())
    parts = ["the thought"] if expected.get("thinking") else []
    parts += [f"{len(calls)} calls" if len(calls) > 1 else "the call"] if calls else []
    parts += ["the text"] if expected.get("text", "").strip() and "value" not in expected else []
    parts += ["the value"] if "value" in expected else []
    words = [" and ".join(parts)] if parts else []
    if expected.get("repairs"):
        words.append("repaired: " + ", ".join(f"`{one}`" for one in expected["repairs"]))
    if expected.get("incomplete"):
        words.append("named as no call: " + ", ".join(f"`{one}`" for one in expected["incomplete"]))
    if expected.get("problem"):
        words.append(f"named as `{expected['problem']}`")
    if expected.get("error"):
        words.append(f"error `{expected['error']}`")
    return "; ".join(words)


def page() -> str:
    """Return the page."""
    heads = tapes()
    quoted = sum(head["origin"] == "quoted" for head in heads)
    rows = [
        f"{len(heads)} tapes of {len({head['advisory'] for head in heads})} advisories, {quoted} of them quotations.",
        "",
        "| Advisory | Spoken by | What arrives | What is delivered | Report |",
        "|---|---|---|---|---|",
    ]
    for head in heads:
        spoken = f"{_NAMES[head['runtime']]} {head['version']}".strip() + (", raw" if head["lane"] == "raw" else "")
        cells = [
            f"`{head['advisory']}`",
            spoken,
            _cell(head["fault"]),
            delivered(head["expected"]),
            f"[{head['origin']}]({head['source']})",
        ]
        rows.append("| " + " | ".join(cells) + " |")
    return _HEAD + "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def main(arguments: list[str]) -> int:
    """Run as a program; return the exit code."""
    text = page()
    if "--check" in arguments:
        if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
            return 0
        print(f"docs/reference/{PAGE.name} is stale: run `make docs`", file=sys.stderr)
        return 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
