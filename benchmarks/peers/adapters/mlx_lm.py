"""mlx-lm: the text state machine and the tool call formatter, in the order in which its server uses them.

The server has one way for both modes: split each piece of text by state, collect, format calls when they close. The
end is taken as a finish by length, which lets go of text held back; a finish by stop would drop it, and with it an
answer that ends in `<`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

from benchmarks.peers.adapters import STOPS, Adapter, Answer, answer, call

__all__ = ["load"]


class _MlxLm(Adapter):
    engine_stops = STOPS

    def __init__(self) -> None:
        from mlx_lm.generate import TextStateMachine, make_text_state_machine
        from mlx_lm.server import ToolCallFormatter
        from mlx_lm.tool_parsers import gemma4

        tokenizer = SimpleNamespace(
            has_thinking=True,
            think_start="<|channel>thought",
            think_end="<channel|>",
            has_tool_calling=True,
            tool_call_start=gemma4.tool_call_start,
            tool_call_end=gemma4.tool_call_end,
            response_transitions={},
            structural_markers=[],
        )
        self._machine = make_text_state_machine(tokenizer)
        self._split = TextStateMachine.split
        self._flush = TextStateMachine.flush
        self._formatter = ToolCallFormatter
        self._parse_call = gemma4.parse_tool_call

    def parse(self, text: str, tools: list[Any], thinking: bool) -> list[Any]:
        return [delta for batch in self.stream([text], tools, thinking) for delta in batch]

    def read(self, result: list[Any]) -> Answer:
        return self.gather(result)

    def stream(self, chunks: Iterable[str], tools: list[Any], thinking: bool) -> Iterator[Iterable[Any]]:
        state = self._machine.make_state("reasoning" if thinking else "normal")
        formatter = self._formatter(self._parse_call, tools, True)
        before, call_text = "reasoning" if thinking else "normal", ""
        for chunk in (*chunks, None):
            if chunk is None:
                state, held, name = self._flush(state)
                segments = [(name, held)]
            else:
                state, segments = self._split(state, chunk)
            texts, calls = [], []
            for name, piece in segments:
                if name == "tool":
                    call_text += piece
                else:
                    if before == "tool":
                        calls.append(call_text)
                        call_text = ""
                    texts.append((name, piece))
                before = name
            if chunk is None and before == "tool" and call_text:
                calls.append(call_text)
            yield ((texts, formatter(calls)),)

    def gather(self, deltas: Iterable[Any]) -> Answer:
        texts: dict[str, list[str]] = {"reasoning": [], "normal": []}
        calls = []
        for pieces, formatted in deltas:
            for name, piece in pieces:
                texts.setdefault(name, []).append(piece)
            calls += [call(c["function"]["name"], c["function"]["arguments"]) for c in formatted]
        return answer("".join(texts["reasoning"]), "".join(texts["normal"]), calls)


def load() -> Adapter:
    """Return the adapter."""
    return _MlxLm()
