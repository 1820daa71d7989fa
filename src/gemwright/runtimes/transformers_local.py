"""transformers in this process: rendered prompts as token ids, continued by `generate` in a thread.

Knows: how transformers loads, tokenises, generates and stops. A folder is loaded and nothing is fetched. One generation
runs at a time; others wait for it. Stopping takes as long as one token does; the prompt is computed in one step, which nothing
can interrupt.
Never knows: what the text means. The model's own chat template is shown, not used.

Source: pkg:pypi/transformers@5.23.0: `TokenizersBackend`, `GenerationMixin.generate`, `StoppingCriteria`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from gemwright.foundation.errors import ContextOverflow, RuntimeRejected, Unsupported
from gemwright.foundation.http import Timeouts
from gemwright.messages import FinishReason, Usage
from gemwright.runtimes.base import Capabilities, ChatChunk, ChatRequest, RawChunk, RawRequest, RuntimeInfo, Sampling
from gemwright.runtimes.inprocess import Feed, Stopped, failure_of, folder_of, installed, read_thread
from gemwright.runtimes.quirks import quirks_of
from gemwright.runtimes.reading import as_list
from gemwright.runtimes.stops import StopWatch

__all__ = ["TransformersLocal"]

_NAME: Final = "transformers"
_UNREADABLE: Final = "\ufffd"
_LONGEST_CHARACTER: Final = 4
"""Bytes of UTF-8, which may be a token each: after so many, a character that cannot be read will not become readable."""
_WAIT: Final = 0.05
_MOST_WAITING: Final = 32


@dataclass(frozen=True, slots=True)
class _Loaded:
    torch: Any
    words: Any
    model: Any
    ends: frozenset[int]
    special: dict[int, str]
    context: int | None


class TransformersLocal:
    """A model that transformers runs in this process, as a `Runtime`. It takes rendered prompts, as token ids.

    Args:
        model: the model's folder, in the layout of Hugging Face. Nothing is downloaded, and no code of the folder is run.
        device: where it computes, such as `cpu`, `cuda` or `mps`.
        dtype: how numbers are stored, such as `bfloat16`; `auto` as the folder stores them.
        timeouts: `first_byte` bounds the wait for the first token, other generations included; `idle` that for the next.
        note: what a person has to know about the model; it is passed on by `describe`.

    Raises:
        Unsupported: transformers or PyTorch is not installed.
        ModelMissing: the folder holds no model.
    """

    def __init__(
        self,
        model: str | Path,
        *,
        device: str = "cpu",
        dtype: str = "auto",
        timeouts: Timeouts | None = None,
        note: str = "",
    ) -> None:
        self._folder = folder_of(model)
        self._device, self._dtype = device, dtype
        self._timeouts = timeouts or Timeouts()
        self._note = note
        self._package = installed("transformers", "transformers")
        self._torch = installed("torch", "transformers")
        self._found: _Loaded | None = None
        self._loading = threading.Lock()
        self._turn = threading.Lock()
        self._tokenising = threading.Lock()
        self._feeds: set[Feed[RawChunk]] = set()

    async def describe(self) -> RuntimeInfo:
        """Return the package's version, the model's folder name, its context and its template.

        Raises:
            RuntimeFailure: the model does not load.
        """
        loaded = await asyncio.to_thread(self._load)
        template = getattr(loaded.words, "chat_template", None)
        version = str(self._package.__version__)
        return RuntimeInfo(
            runtime=_NAME,
            version=version,
            model=self._folder.name,
            context=loaded.context,
            template=template if isinstance(template, str) else "",
            capabilities=Capabilities(raw_text=True, raw_tokens=True),
            note=self._note,
            quirks=quirks_of(_NAME, version).evidence,
        )

    async def generate(self, request: RawRequest) -> AsyncGenerator[RawChunk]:
        """Continue a rendered prompt.

        Raises:
            Unsupported: a grammar is wanted.
            ContextOverflow: the prompt fills the context.
            MemoryExhausted: PyTorch has no memory left.
        """
        if request.grammar is not None:
            raise Unsupported(f"{_NAME} takes no grammar here", hint="leave strict tools off")
        if len(self._feeds) >= _MOST_WAITING:
            raise RuntimeRejected(f"{len(self._feeds)} generations are waiting already", status=503)
        async with aclosing(
            read_thread(partial(self._generate, request), name=_NAME, timeouts=self._timeouts)
        ) as chunks:
            async for chunk in chunks:
                yield chunk

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """Refuse: messages are rendered and parsed by us.

        Raises:
            Unsupported: always.
        """
        raise Unsupported(f"{_NAME} in this process takes rendered prompts only", hint="use the raw lane")
        yield ChatChunk()

    async def tokenize(self, text: str, *, parse_special: bool) -> list[int]:
        """Return token ids, without a <bos> in front."""
        loaded = await asyncio.to_thread(self._load)
        return self._ids(loaded, text, parse_special=parse_special)

    async def aclose(self) -> None:
        """Stop what runs and let go of the model."""
        for feed in list(self._feeds):
            feed.stop()
        self._found = None

    def _load(self) -> _Loaded:
        with self._loading:
            if self._found is None:
                try:
                    self._found = self._loaded()
                except Exception as error:
                    raise failure_of(error, _NAME) from error
            return self._found

    def _loaded(self) -> _Loaded:
        words = self._package.AutoTokenizer.from_pretrained(str(self._folder), local_files_only=True)
        bars = self._package.utils.logging
        drawn = bars.is_progress_bar_enabled()
        bars.disable_progress_bar()
        try:
            model = self._package.AutoModelForCausalLM.from_pretrained(
                str(self._folder), local_files_only=True, dtype=self._dtype
            )
        finally:
            if drawn:
                bars.enable_progress_bar()
        model = model.to(self._device).eval()
        ends: Any = model.generation_config.eos_token_id
        context = model.config.get_text_config().max_position_embeddings
        return _Loaded(
            self._torch,
            words,
            model,
            frozenset(as_list(ends) or ([] if ends is None else [ends])),
            {number: str(one.content) for number, one in words.added_tokens_decoder.items() if one.special},
            context if isinstance(context, int) and context > 0 else None,
        )

    def _ids(self, loaded: _Loaded, text: str, *, parse_special: bool) -> list[int]:
        with self._tokenising:  # a setting of the tokenizer changes with `parse_special`
            found = loaded.words(text, add_special_tokens=False, split_special_tokens=not parse_special, verbose=False)
        return list(found["input_ids"])

    def _generate(self, request: RawRequest, feed: Feed[RawChunk]) -> None:
        """Generate, in the thread."""
        self._feeds.add(feed)
        try:
            loaded = self._load()
            prompt = request.prompt
            ids = self._ids(loaded, prompt, parse_special=True) if isinstance(prompt, str) else list(prompt)
            most = _budget(request.sampling, len(ids), loaded.context)
            while not self._turn.acquire(timeout=_WAIT):
                if feed.stopped:
                    return
            try:
                speech = _Speech(loaded, feed, request, len(ids))
                _run(loaded, ids, request.sampling, most, speech)
                speech.close()
            finally:
                self._turn.release()
        finally:
            self._feeds.discard(feed)


def _budget(sampling: Sampling, prompt: int, context: int | None) -> int:
    """Return how many tokens may be generated.

    Raises:
        ContextOverflow: none.
        RuntimeRejected: the prompt is empty.
    """
    if not prompt:
        raise RuntimeRejected("the prompt is empty", status=400)
    if context is None:
        return sampling.max_tokens or 2048
    if prompt >= context:
        raise ContextOverflow(
            f"the prompt has {prompt} tokens, and the model takes {context}", needed=prompt + 1, limit=context
        )
    return min(sampling.max_tokens or context, context - prompt)


def _run(loaded: _Loaded, ids: Sequence[int], sampling: Sampling, most: int, speech: _Speech) -> None:
    torch = loaded.torch
    given = torch.tensor([ids], device=loaded.model.device)
    if int(given.max()) >= loaded.model.config.get_text_config().vocab_size or int(given.min()) < 0:
        raise RuntimeRejected("the prompt holds ids that are no tokens", status=400)
    options: dict[str, Any] = {"max_new_tokens": most}
    if sampling.temperature == 0:
        options |= {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
    else:
        named = {"temperature": sampling.temperature, "top_p": sampling.top_p, "top_k": sampling.top_k}
        options |= {key: value for key, value in named.items() if value is not None}
        options["do_sample"] = True
    devices = [loaded.model.device] if loaded.model.device.type == "cuda" else []
    with torch.inference_mode(), torch.random.fork_rng(devices=devices):
        if sampling.seed is not None:
            torch.manual_seed(sampling.seed)
        loaded.model.generate(
            input_ids=given,
            attention_mask=torch.ones_like(given),
            streamer=speech,
            stopping_criteria=[speech.is_over],
            **options,
        )


class _Speech:
    """What is said, as transformers' streamer: ids go in one by one, and chunks of text come out.

    Args:
        loaded: the model.
        feed: where chunks go.
        request: which control tokens are shown, and which words stop it.
        prompt: tokens of the prompt.
    """

    def __init__(self, loaded: _Loaded, feed: Feed[RawChunk], request: RawRequest, prompt: int) -> None:
        self._loaded, self._feed = loaded, feed
        self._shown = frozenset(request.visible)
        self._stops = StopWatch(request.sampling.stop)
        self._prompt, self._said = prompt, 0
        self._begun = False
        self._ended = False
        self._held: list[int] = []

    def put(self, value: Any) -> None:
        """Take the prompt, which comes first, then each token."""
        if not self._begun:
            self._begun = True
            return
        for token in value.reshape(-1).tolist():
            self._take(int(token))

    def end(self) -> None:
        """Do nothing: the last chunk waits for `close`."""

    def is_over(self, ids: Any, scores: Any, **_: Any) -> Any:
        """Tell transformers, after each token, whether to stop."""
        over = self._feed.stopped or self._stops.found
        return self._loaded.torch.full((ids.shape[0],), over, dtype=self._loaded.torch.bool, device=ids.device)

    def close(self) -> None:
        """Send what is held back, and the last chunk."""
        finish: FinishReason = "stop" if self._ended or self._stops.found else "length"
        text = self._stops.take(self._decoded()) + self._stops.rest()
        self._feed.put(RawChunk(text, tuple(self._held), finish, Usage(self._prompt, self._said)))

    def _take(self, token: int) -> None:
        if self._stops.found:
            return
        self._said += 1
        self._ended = token in self._loaded.ends
        self._held.append(token)
        text = self._decoded()
        if text.endswith(_UNREADABLE) and len(self._held) < _LONGEST_CHARACTER:
            return
        tokens, self._held = tuple(self._held), []
        if self._feed.stopped:
            raise Stopped
        self._feed.put(RawChunk(self._stops.take(text), tokens))

    def _decoded(self) -> str:
        """Return the text of the tokens that are held, control tokens spelt out where they are to be seen."""
        special = self._loaded.special
        pieces: list[str] = []
        plain: list[int] = []
        for token in [*self._held, None]:
            if token is not None and token not in special:
                plain.append(token)
                continue
            if plain:
                pieces.append(str(self._loaded.words.decode(plain, skip_special_tokens=False)))
                plain = []
            if token is not None and special[token] in self._shown:
                pieces.append(special[token])
        return "".join(pieces)
