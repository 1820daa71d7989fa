"""The registry of repairs: every correction of the parser or the client has an id, a reason and a public report here.

A repair can be switched off by its id. Off means: the deviation stays visible. A call that would have needed the repair
is reported as malformed; text that would have been moved stays where the model put it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gemwright.foundation.errors import BadOption

__all__ = ["REPAIRS", "RepairRule", "switched_off"]


@dataclass(frozen=True, slots=True)
class RepairRule:
    """What one repair corrects.

    Attributes:
        id: stable name, as it appears in `RepairApplied.repair`.
        deviation: what the model or the runtime wrote.
        correction: what is made of it.
        report: where the deviation was reported in public, as `owner/repo#number`, or empty where no report is known.
    """

    id: str
    deviation: str
    correction: str
    report: str = ""


def _rules(*rules: RepairRule) -> dict[str, RepairRule]:
    return {rule.id: rule for rule in rules}


REPAIRS: Final = _rules(
    RepairRule(
        "round-brackets",
        "a call with its arguments in round brackets",
        "read as if the brackets were braces",
        "vllm-project/vllm#53642",
    ),
    RepairRule(
        "call-prefix",
        "a call without `call:`, with blanks around it, or without braces",
        "the name is what stands before the arguments",
        "vllm-project/vllm#53431",
    ),
    RepairRule(
        "tool-namespace",
        "a declared tool's name with a doubled or invented namespace before it",
        "mapped to the declared tool",
        "jundot/omlx#1830",
    ),
    RepairRule(
        "json-arguments",
        "arguments, keys or strings in JSON's double quotes",
        "read by JSON's rules, escapes decoded",
        "vllm-project/vllm#51284",
    ),
    RepairRule(
        "python-arguments",
        "`=` between key and value, or True, False, None",
        "read as `:` and as true, false, null",
        "vllm-project/vllm#51307",
    ),
    RepairRule("single-quotes", "strings in single quotes", "read by Python's rules", "ollama/ollama#15315"),
    RepairRule(
        "missing-delimiter",
        "a string whose opening or closing delimiter is missing",
        "the string ends at the next declared key, at a lone delimiter, or with the arguments",
        "sgl-project/sglang#39240",
    ),
    RepairRule(
        "interior-delimiter",
        "a string delimiter where a literal double quote was meant",
        "a delimiter closes only where a key, an end or a further element can follow; else it is a quote",
        "vllm-project/vllm#48678",
    ),
    RepairRule("missing-comma", "no comma before the next key", "the key begins a new pair", "hybridgroup/yzma#243"),
    RepairRule("loose-layout", "white space or surplus commas between arguments", "ignored", "ollama/ollama#15315"),
    RepairRule(
        "unbalanced-closers",
        "too few or too many closing brackets, or close markers",
        "what the close marker proves finished is closed; surplus is dropped",
        "ollama/ollama#17562",
    ),
    RepairRule(
        "missing-close-marker",
        "a call whose close marker is missing or of another kind",
        "complete if its arguments are balanced",
        "google-deepmind/gemma#622",
    ),
    RepairRule("stray-channel", "a channel marker that opens or closes nothing", "dropped", "ggml-org/llama.cpp#21760"),
    RepairRule(
        "leaked-label",
        "the channel's label `thought` without its marker, or repeated",
        "dropped; text between it and the close marker is a thought",
        "vllm-project/vllm#38855",
    ),
    RepairRule(
        "call-in-thought", "a call while the thought is open", "the call ends the thought", "ollama/ollama#18307"
    ),
    RepairRule(
        "open-thought",
        "the output ends inside a thought",
        "the thought ends with the output",
        "vllm-project/vllm#49717",
    ),
    RepairRule(
        "missing-open-marker",
        "a call of a declared tool at the start of a line, without its open marker",
        "read as a call if it parses",
        "vllm-project/vllm#54256",
    ),
    RepairRule(
        "begin-arg",
        "positional arguments between BEGIN_ARG and END_ARG",
        "given to the tool's parameters in their order",
        "ollama/ollama#18275",
    ),
    RepairRule(
        "json-call",
        "a whole answer, or a call block, that is a JSON or Python call of a declared tool",
        "read as a call",
        "ollama/ollama#15539",
    ),
    RepairRule(
        "call-in-content",
        "a call left in the content by a runtime that parses by itself",
        "read as a call",
        "vllm-project/vllm#44522",
    ),
    RepairRule(
        "leftover-marks",
        "a thought with its marks in the content, or marks alone in content or reasoning, left by a runtime that parses",
        "the thought is a thought, marks are dropped",
        "lmstudio-ai/lmstudio-bug-tracker#2013",
    ),
    RepairRule(
        "call-in-name",
        "calls inside the name of a call, whose arguments are empty",
        "read as the calls that they are",
        "vllm-project/vllm#53642",
    ),
    RepairRule(
        "answer-in-reasoning",
        "text or calls behind the end of the thought, left in the reasoning by a runtime that parses by itself",
        "text and calls of the answer",
        "vllm-project/vllm#49717",
    ),
    RepairRule(
        "repeated-reasoning",
        "content that begins with the whole reasoning again",
        "the repetition is dropped from the content",
    ),
    RepairRule(
        "made-up-id",
        "a call without an id, or with the id of another call",
        "an id is made up",
        "vllm-project/vllm#42696",
    ),
    RepairRule(
        "shared-index",
        "several calls under one index",
        "told apart by their ids, or by arguments that are complete",
        "ollama/ollama#15467",
    ),
    RepairRule("repeated-call-piece", "a piece of a call that says again all that was said", "dropped"),
    RepairRule(
        "encoded-arguments",
        "arguments that are JSON text inside a JSON string",
        "decoded",
        "vllm-project/vllm#54964",
    ),
    RepairRule(
        "stray-delimiter",
        "a string argument that begins or ends with the delimiter of Gemma 4's own format",
        "the delimiter is dropped",
        "sgl-project/sglang#39240",
    ),
    RepairRule(
        "wrong-finish",
        "a runtime that says it ends with calls, and delivers none",
        "the turn ends like any other",
        "vllm-project/vllm#53255",
    ),
    RepairRule(
        "reserved-tokens", "padding, reserved or sequence tokens printed as text", "dropped", "ollama/ollama#17459"
    ),
    RepairRule(
        "runaway-turn",
        "text after the end of the turn, or a tool result written by the model itself",
        "dropped",
        "ggml-org/llama.cpp#21418",
    ),
    RepairRule(
        "coerced-argument",
        "a value of another type than the tool's schema asks for",
        "cast where the cast is exact",
        "vllm-project/vllm#47906",
    ),
    RepairRule("repeated-key", "the same key twice in one object", "the last value stands"),
    RepairRule("marker-fragment", "a piece of a marker at the end of the output", "dropped", "vllm-project/vllm#42875"),
    RepairRule("stray-marker", "another control token in the middle of text", "dropped", "jundot/omlx#593"),
)
"""All repairs by id, in the order in which they are documented."""


def switched_off(ids: Iterable[str]) -> frozenset[str]:
    """Check the ids of repairs to switch off.

    Raises:
        BadOption: an id is not in the registry.
    """
    chosen = frozenset(ids)
    for unknown in sorted(chosen - REPAIRS.keys()):
        raise BadOption(f"there is no repair `{unknown}`", hint="known: " + ", ".join(REPAIRS))
    return chosen
