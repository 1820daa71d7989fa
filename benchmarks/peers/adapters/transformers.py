"""transformers: the response parser with the template that `transformers serve` falls back to for Gemma 4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from benchmarks.peers.adapters import Adapter, Answer, answer, call

__all__ = ["load"]


class _Transformers(Adapter):
    def __init__(self) -> None:
        import transformers.utils.chat_template_utils as template_utils

        template_utils._REASONING_FIELDS = ("reasoning_content", "thinking", "reasoning")
        from transformers.cli.serving import utils
        from transformers.utils.chat_parsing import ResponseParser, parse_response

        fallbacks = utils._RESPONSE_TEMPLATE_FALLBACKS
        self._template = next(template for types, template in fallbacks.items() if "gemma4" in types)
        self._parser = ResponseParser
        self._parse_response = parse_response
        self._normalize = utils._normalize_tool_call
        self._to_chunks = utils.response_events_to_chunks
        self._reasoning_text = utils.ReasoningText

    def parse(self, text: str, tools: list[Any], thinking: bool) -> Any:
        return self._parse_response(text, self._template, prefix=_prefix(thinking), tools=tools)

    def read(self, result: Any) -> Answer:
        calls = [self._normalize(c) for c in result.get("tool_calls") or []]
        found = [call(c.name, c.arguments) for c in calls]
        return answer(result.get("reasoning_content"), result.get("content"), found)

    def stream(self, chunks: Iterable[str], tools: list[Any], thinking: bool) -> Iterator[Iterable[Any]]:
        parser = self._parser(self._template, prefix=_prefix(thinking), tools=tools)
        for chunk in chunks:
            yield self._to_chunks(parser.feed(chunk))
        yield self._to_chunks(parser.finalize()[1])

    def gather(self, deltas: Iterable[Any]) -> Answer:
        reasoning, content, calls = [], [], []
        for delta in deltas:
            if isinstance(delta, self._reasoning_text):
                reasoning.append(delta)
            elif isinstance(delta, str):
                content.append(delta)
            else:
                calls.append(call(delta.name, delta.arguments))
        return answer("".join(reasoning), "".join(content), calls)


def _prefix(thinking: bool) -> str:
    return "<|turn>model\n<|channel>thought\n" if thinking else "<|turn>model\n"


def load() -> Adapter:
    """Return the adapter."""
    return _Transformers()
