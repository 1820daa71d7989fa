"""`transformers serve`: in what it differs from other servers that speak OpenAI's protocol.

Started with a model it serves that one alone: it answers requests that name none, and refuses every other name; its list of
models is what lies in the cache, and may be empty. It refuses fields that OpenAI's schema has not, and leaves out others
without a word; a stop word stays at the end of the text; an error in mid-stream stands in a frame that is no JSON where its
words hold a line break or a quote.
Source: pkg:pypi/transformers@5.23.0, `cli/serving/chat_completion.py` and `utils.py`; met for real.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import ClassVar, Final

from gemwright.runtimes.base import ChatChunk, ChatRequest, ServedModel
from gemwright.runtimes.openai_compat import OpenAICompat
from gemwright.runtimes.openai_compat_json import Differences
from gemwright.runtimes.stops import StopWatch

__all__ = ["DIFFERENCES", "TransformersServe"]

DIFFERENCES: Final = Differences(
    runtime="transformers",
    record="transformers",
    port=8000,
    response_schema=False,
    top_k=False,
    needs_model=False,
    embeddings=False,
    images=False,
    ignores=("tool_choice", "response_format", "top_k"),
)


class TransformersServe(OpenAICompat):
    """A `transformers serve MODEL`, as a `Runtime`. Arguments as of `OpenAICompat`; it answers with the model it serves."""

    differences: ClassVar[Differences] = DIFFERENCES

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """Answer messages, rendered and parsed by the server; a stop word, which it leaves in the text, is cut off."""
        watch = StopWatch(request.sampling.stop)
        async with aclosing(super().chat(request)) as chunks:
            async for chunk in chunks:
                yield _cut(chunk, watch)

    async def chat_whole(self, request: ChatRequest) -> list[ChatChunk]:
        """Answer messages in one piece; a stop word is cut off."""
        watch = StopWatch(request.sampling.stop)
        return [_cut(chunk, watch) for chunk in await super().chat_whole(request)]

    def _first(self, found: Sequence[ServedModel]) -> ServedModel:
        """Return no name: what it lists is its cache, not what it serves."""
        return ServedModel("")


def _cut(chunk: ChatChunk, watch: StopWatch) -> ChatChunk:
    content = watch.take(chunk.content)
    return replace(chunk, content=content if chunk.finish is None else content + watch.rest())
