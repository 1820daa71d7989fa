"""Our two models in a real llama.cpp: they behave as a Gemma 4 file does in everything but what they say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gemwright.formats.gguf import read_header
from gemwright.launch.embedded import Engine, demo_model, start_embedded
from gemwright.wire import tokens as wire
from tests.launch.conftest import Ask, ask
from tests.noise.model import RANDOM_MODEL

ENDING = {wire.EOS, wire.TURN_CLOSE, wire.RESPONSE_OPEN}
USER_DEFINED = {wire.CHANNEL_OPEN, wire.CHANNEL_CLOSE, wire.CALL_OPEN, wire.CALL_CLOSE, wire.RESPONSE_CLOSE, wire.QUOTE}
PROMPT = f"{wire.TURN_OPEN}user\nhi{wire.TURN_CLOSE}\n{wire.TURN_OPEN}model\n"


@pytest.fixture(scope="module", params=["stand-in", "random weights"])
def running(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A model of ours at work."""
    pytest.importorskip("xllamacpp", reason="there is no engine to start without xllamacpp")
    with start_embedded(demo_model() if request.param == "stand-in" else RANDOM_MODEL) as engine:
        yield engine


@pytest.fixture(scope="module")
def llama(running: Engine) -> Ask:
    """Ask it by path."""
    return lambda path, body=None: ask(running.url + path, body)


def ids(llama: Ask, text: str, *, parse_special: bool = True) -> list[int]:
    """Return the token ids of a text."""
    return llama("/tokenize", {"content": text, "parse_special": parse_special})["tokens"]


def complete(llama: Ask, prompt: str | list[int], **more: Any) -> dict[str, Any]:
    """Continue a prompt by a few tokens."""
    body = {"prompt": prompt, "n_predict": 8, "seed": 1, "return_tokens": True, "cache_prompt": False}
    return llama("/completion", body | more)


@pytest.mark.parametrize("token", wire.CONTROL_TOKENS)
def test_control_tokens_are_single_tokens_both_ways(llama: Ask, token: str) -> None:
    """A spelling that falls into pieces would make the whole wire format a text that the model never saw."""
    [number] = ids(llama, token)
    assert llama("/detokenize", {"tokens": [number]})["content"] == token


@pytest.mark.parametrize("token", wire.CONTROL_TOKENS)
def test_which_spellings_become_tokens_without_special_parsing(llama: Ask, token: str) -> None:
    """llama.cpp finds user-defined tokens always, so `parse_special: false` alone does not protect untrusted text."""
    count = len(ids(llama, token, parse_special=False))
    assert (count == 1) is (token in USER_DEFINED)
    inner = [number for part in (token[0], token[1:]) for number in ids(llama, part, parse_special=False)]
    assert len(inner) > 2, "a spelling that is cut after its first character has to stay text"


def test_any_text_survives_the_tokenizer(llama: Ask) -> None:
    """Bytes that have no token of their own go through byte tokens; `▁` alone comes back as the space it stands for."""
    text = "Grüße 𝄞\n\n  the\tcalling\r\n\x00 \u2028 <0x41> <unk> {}"
    assert llama("/detokenize", {"tokens": ids(llama, text, parse_special=False)})["content"] == text


@pytest.mark.parametrize("token", wire.CONTROL_TOKENS)
def test_what_ends_an_answer_and_what_shows_in_it(llama: Ask, token: str) -> None:
    """The client has to know which tokens it never sees, and which the model stops at."""
    [number] = ids(llama, token)
    answer = complete(llama, ids(llama, PROMPT), n_predict=2, logit_bias=[[number, 1000]])
    if token in ENDING:
        assert (answer["stop_type"], answer["tokens"], answer["content"]) == ("eos", [number], "")
    else:
        assert (answer["stop_type"], answer["tokens"]) == ("limit", [number, number])
        assert answer["content"] == (token * 2 if token in USER_DEFINED else "")


def test_text_and_ids_are_the_same_prompt_but_for_the_first_token(llama: Ask) -> None:
    """The server puts `<bos>` before a text and not before ids."""
    by_text = complete(llama, PROMPT)
    by_ids = complete(llama, ids(llama, wire.BOS + PROMPT))
    assert by_text["prompt"] == by_ids["prompt"] == wire.BOS + PROMPT
    assert by_text["tokens"] == by_ids["tokens"]
    assert complete(llama, wire.BOS + PROMPT)["prompt"] == wire.BOS * 2 + PROMPT


def test_the_same_seed_says_the_same_and_another_one_does_not(llama: Ask) -> None:
    """Weights that ignored the prompt or the seed would prove nothing about either."""
    first, again, other = (
        complete(llama, PROMPT, seed=seed, n_predict=40, temperature=3, min_p=0)["tokens"] for seed in (1, 1, 2)
    )
    assert first == again != other
    greedy = [complete(llama, prompt, temperature=0)["tokens"] for prompt in (PROMPT, PROMPT + "x")]
    assert greedy[0] != greedy[1]


def test_the_server_renders_with_the_template_of_the_file(running: Engine, llama: Ask) -> None:
    """The canonical template is in the file so that its rendering can be compared with ours."""
    assert llama("/props")["chat_template"].rstrip() == read_header(running.model_path).chat_template.rstrip()
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}]
    prompt = llama("/apply-template", {"messages": messages})["prompt"]
    assert prompt == f"{wire.TURN_OPEN}system\nBe brief.{wire.TURN_CLOSE}\n{PROMPT}"


def test_a_whole_context_can_be_used(llama: Ask) -> None:
    """Long conversations and their overflow are tested with these models, so 8,192 tokens have to be real."""
    answer = complete(llama, [ids(llama, wire.BOS)[0], *ids(llama, "a") * 8180], n_predict=50, ignore_eos=True)
    assert (answer["tokens_evaluated"], answer["stop_type"], answer["truncated"]) == (8181, "limit", True)
