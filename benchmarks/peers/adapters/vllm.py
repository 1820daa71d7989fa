"""vLLM: `Gemma4Parser` with `parse` for a whole output and `parse_delta` for each piece, as its chat endpoint calls it.

Pieces go in as text without token ids: its lexer then finds the marks in the text, which is what a test at one
character a chunk asks for, and it is spared the work of decoding ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

from benchmarks.peers.adapters import Adapter, Answer, answer, call

__all__ = ["load"]

IDS = {
    "<pad>": 0,
    "<eos>": 1,
    "<bos>": 2,
    "<|tool_call>": 48,
    "<tool_call|>": 49,
    "<|tool_response>": 50,
    "<tool_response|>": 51,
    '<|"|>': 52,
    "<|think|>": 98,
    "<|channel>": 100,
    "<channel|>": 101,
    "<|turn>": 105,
    "<turn|>": 106,
}
"""Special tokens that the parser asks its tokenizer for; see `corpus/tokens.toml`."""


class _Tokenizer:
    all_special_tokens = tuple(IDS)
    all_special_ids = tuple(IDS.values())

    def get_vocab(self) -> dict[str, int]:
        return IDS


class _Vllm(Adapter):
    def __init__(self) -> None:
        import vllm.envs
        import vllm.renderers.chat_utils as chat_utils
        from vllm.renderers.chat_utils import tool_call

        vllm.envs.VLLM_MAX_STOP_STRINGS = 64
        chat_utils.make_tool_call_id = tool_call.make_tool_call_id
        from vllm.entrypoints.openai.chat_completion.protocol import ChatCompletionToolsParam
        from vllm.parser.gemma4 import Gemma4Parser

        self._parser = Gemma4Parser
        self._tool = ChatCompletionToolsParam
        self._tokenizer = _Tokenizer()

    def _open(self, tools: list[Any], thinking: bool) -> tuple[Any, Any]:
        declared = [self._tool(**tool) for tool in tools] or None
        kwargs = {"enable_thinking": thinking}
        parser = self._parser(self._tokenizer, declared, chat_template_kwargs=kwargs)
        return parser, SimpleNamespace(tools=declared, tool_choice="auto", include_reasoning=True)

    def parse(self, text: str, tools: list[Any], thinking: bool) -> Any:
        parser, request = self._open(tools, thinking)
        return parser.parse(text, request, enable_auto_tools=True)

    def read(self, result: Any) -> Answer:
        reasoning, content, calls = result
        return answer(reasoning, content, [call(c.name, c.arguments) for c in calls or ()])

    def stream(self, chunks: Iterable[str], tools: list[Any], thinking: bool) -> Iterator[Iterable[Any]]:
        parser, request = self._open(tools, thinking)
        prompt = [IDS["<|turn>"], *([IDS["<|channel>"]] if thinking else [])]
        for chunk in chunks:
            delta = parser.parse_delta(chunk, [], request, prompt, finished=False)
            yield () if delta is None else (delta,)
        delta = parser.parse_delta("", [], request, prompt, finished=True)
        yield () if delta is None else (delta,)

    def gather(self, deltas: Iterable[Any]) -> Answer:
        reasoning, content = [], []
        calls: dict[int, list[str]] = {}
        for delta in deltas:
            reasoning.append(delta.reasoning or "")
            content.append(delta.content or "")
            for part in delta.tool_calls:
                slot = calls.setdefault(part.index, ["", ""])
                slot[0] += part.function.name or ""
                slot[1] += part.function.arguments or ""
        return answer("".join(reasoning), "".join(content), [call(name, text) for name, text in calls.values()])


def load() -> Adapter:
    """Return the adapter."""
    return _Vllm()
