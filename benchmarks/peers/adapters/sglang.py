"""SGLang: the reasoning detector first, then the function call detector on what is left, as its chat endpoint does.

A reasoning detector that is forced on stands for a prompt that ended in an open thought. The endpoint does not look for
calls where no tool is declared. Some cases have calls and no declarations, so the detector, which needs none, is run
all the same; what it still holds at the end is then let go, as it would have been without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

from benchmarks.peers.adapters import STOPS, Adapter, Answer, answer, call

__all__ = ["load"]


class _Sglang(Adapter):
    engine_stops = STOPS

    def __init__(self) -> None:
        from sglang.srt.function_call.gemma4_detector import Gemma4Detector
        from sglang.srt.parser.reasoning_parser import Gemma4Detector as ReasoningDetector

        self._calls = Gemma4Detector
        self._reasoning = ReasoningDetector

    def parse(self, text: str, tools: list[Any], thinking: bool) -> Any:
        first = self._reasoning(stream_reasoning=False, force_reasoning=thinking).detect_and_parse(text)
        detector = self._calls()
        if not detector.has_tool_call(first.normal_text):
            return first.reasoning_text, first.normal_text, ()
        second = detector.detect_and_parse(first.normal_text, _declared(tools))
        return first.reasoning_text, second.normal_text, second.calls

    def read(self, result: Any) -> Answer:
        reasoning, content, calls = result
        return answer(reasoning, content, [call(c.name, c.parameters) for c in calls])

    def stream(self, chunks: Iterable[str], tools: list[Any], thinking: bool) -> Iterator[Iterable[Any]]:
        reasoning = self._reasoning(stream_reasoning=True, force_reasoning=thinking)
        detector, declared = self._calls(), _declared(tools)
        for chunk in (*chunks, None):
            first = reasoning.finish() if chunk is None else reasoning.parse_streaming_increment(chunk)
            yield ((first.reasoning_text, "", ()),)
            if first.normal_text:
                second = detector.parse_streaming_increment(first.normal_text, declared)
                yield (("", second.normal_text, second.calls),)
            if chunk is None:
                last = detector.finish(declared)
                held = "" if tools or detector.is_inside_tool_call else detector._buffer
                yield (("", last.normal_text + held, last.calls),)

    def gather(self, deltas: Iterable[Any]) -> Answer:
        reasoning, content = [], []
        calls: list[list[str]] = []
        for thought, text, items in deltas:
            reasoning.append(thought or "")
            content.append(text or "")
            for item in items:
                if item.name:
                    calls.append([item.name, item.parameters])
                elif calls:
                    calls[-1][1] += item.parameters
        return answer("".join(reasoning), "".join(content), [call(name, text or "{}") for name, text in calls])


def _declared(tools: list[Any]) -> list[Any]:
    return [SimpleNamespace(function=SimpleNamespace(**tool["function"])) for tool in tools]


def load() -> Adapter:
    """Return the adapter."""
    return _Sglang()
