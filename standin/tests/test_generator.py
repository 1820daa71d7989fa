"""The generator of training data and tests: what it promises about splits, masks, tokens and repetition."""

from __future__ import annotations

import hashlib
import itertools
import json
import random
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))

from gemwright.wire import LARGE, SMALL, parse, render
from training import rows
from training.conversations import Example, example
from training.freeze import write_all
from training.parrot import LEFT, Parrot, prompt, spell
from training.tokenizer import CONTROL, VOCABULARY, load
from training.values import Draw
from training.words import for_tests

FROZEN = Path(__file__).parents[1] / "training" / "frozen"
GOLDEN = Path(__file__).parents[2] / "tests" / "golden" / "parse.jsonl"
TOKENS = load()


def made(count: int) -> list[Example]:
    """Return conversations of the first seeds."""
    return [example(random.Random(at)) for at in range(count)]


def test_tokenizer_has_2048_tokens_and_loses_nothing() -> None:
    """Parrot mode is exact only if every text of Unicode survives its tokens."""
    assert len(TOKENS.tokens) == VOCABULARY
    source = random.Random(1)
    for _ in range(300):
        text = "".join(
            chr(source.choice((source.randrange(0xD800), source.randrange(0xE000, 0x110000)))) for _ in range(20)
        )
        text = text.replace("\u2581", "")
        assert TOKENS.decode(TOKENS.encode(text, markers=True)) == text


def test_words_have_the_same_tokens_everywhere() -> None:
    """Copying is copying tokens: a word must not change its tokens with what stands before it."""
    word = TOKENS.encode("forecast", markers=False)
    for before in (" ", '"', "_", "{", "\n"):
        assert TOKENS.encode(before + "forecast", markers=False)[-len(word) :] == word


def test_control_tokens_are_single_only_where_markers_are_meant() -> None:
    """Untrusted text must not turn into control tokens."""
    for at, token in enumerate(CONTROL):
        assert TOKENS.encode(token, markers=True) == [at]
        assert at not in TOKENS.encode(token, markers=False)


def test_the_same_seed_gives_the_same_rows() -> None:
    """Anyone can rerun the training."""
    first, second = (list(itertools.islice(rows.stream(3, 1, 14, 2048), 40)) for _ in range(2))
    assert first == second
    assert first != list(itertools.islice(rows.stream(3, 2, 14, 2048), 40))


def test_rows_fit_and_train_something() -> None:
    """A row that is longer than the trainer's would be cut in the middle of a turn."""
    for ids, weights in itertools.islice(rows.stream(1, 0, 14, 2048), 300):
        assert len(ids) == len(weights) <= 2048
        assert max(ids) < VOCABULARY
        assert set(weights) == {0.0, 1.0}


def test_earlier_turns_are_trained_on_where_they_are_what_a_model_would_say() -> None:
    """Without thinking all that the model says is, and with thinking what still has its thought: the rest teaches to skip it."""
    source = random.Random(7)
    for at in range(60):
        one = example(source, kind="several", thinking=at % 2 == 0)
        spoken = [text for text, _, trained in rows.segments_of(one, whole=True) if trained]
        calls = sum(len(message.tool_calls) for message in one.messages)
        assert spoken.count("<|tool_call>call:") == calls
        answers = [message.text for message in one.messages if message.role == "assistant" and not message.tool_calls]
        told = "".join(spoken)
        assert all(text in told for text in (answers[-1:] if one.thinking else answers))
        assert told.count("<turn|>") == (1 if one.thinking else len(answers))
        assert not one.thinking or told.count("<|channel>") >= calls


def test_the_prompt_of_a_row_is_the_prompt_that_the_model_will_see() -> None:
    """What is trained on has to begin exactly where generation begins, in both flavours, thinking on and off."""
    for one in made(300):
        ids, weights = rows.row(TOKENS, one)
        last = max(at for at, message in enumerate(one.messages) if message.role == "user")
        asked = rows.prompt_ids(TOKENS, one.messages[: last + 1], one.tools, one.thinking, one.flavour)
        assert ids[: len(asked)] == asked
        assert weights.index(1.0) == len(asked)


def test_later_steps_without_the_empty_thought_are_trained_on_and_the_first_is_not() -> None:
    """In the large form the prompt after a result lacks the empty thought that the first prompt had."""
    for one in made(400):
        if one.flavour == "large" and not one.thinking and len(one.expect["steps"]) > 1:
            ids, weights = rows.row(TOKENS, one, empty_thought=False)
            last = len(one.messages) - 1
            asked = rows.prompt_ids(TOKENS, one.messages[:last], one.tools, one.thinking, one.flavour)
            assert ids[: len(asked)] == asked
            full = rows.row(TOKENS, one)[1]
            assert 0 < sum(weights) < sum(full)


def test_calls_parse_back() -> None:
    """A call that the parser reads otherwise teaches a fault."""
    for one in made(300):
        last = max(at for at, message in enumerate(one.messages) if message.role == "user")
        for message in one.messages[last:]:
            if message.tool_calls:
                dialect = LARGE if one.flavour == "large" else SMALL
                whole = render((one.messages[last], message), one.tools, dialect=dialect, add_generation_prompt=False)
                said = "".join(text for text, _, trained in whole.segments if trained)
                found = [(call.name, dict(call.arguments)) for call in parse(said, tools=one.tools).tool_calls]
                assert found == [(call.name, dict(call.arguments)) for call in message.tool_calls]


def test_no_word_of_the_tests_is_drawn_in_training() -> None:
    """The tests ask for unseen names and values, so training must not see them."""
    train, test = Draw(random.Random(1)), Draw(random.Random(1), test=True)
    assert not any(for_tests(one()) for one in (train.word, train.nonce, train.plain, train.noun) for _ in range(500))
    assert all(for_tests(one()) for one in (test.word, test.nonce, test.plain, test.noun) for _ in range(500))


def test_frozen_tools_are_unseen() -> None:
    """No tool of the frozen calls has a name that training makes."""
    seen = {spec.name for one in made(4000) for spec in one.tools}
    with (FROZEN / "calls.jsonl").open(encoding="utf-8") as lines:
        frozen = [spec["function"]["name"] for line in lines for spec in json.loads(line)["tools"]]
    plain = [name for name in frozen if name not in seen]
    assert len(plain) / len(frozen) > 0.95, "only bare verbs may be shared"


def test_frozen_sets_are_whole() -> None:
    """A changed test set would make scores of different days incomparable."""
    for line in (FROZEN / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((FROZEN / name).read_bytes()).hexdigest() == digest, name


def test_frozen_sets_come_out_of_the_generator_again(tmp_path: Path) -> None:
    """The frozen sets are what the generator says, and nobody picked from them."""
    write_all(tmp_path)
    for name in ("calls", "orders", "copy", "other", "parrot_random"):
        assert (tmp_path / f"{name}.jsonl").read_bytes() == (FROZEN / f"{name}.jsonl").read_bytes(), name


@pytest.mark.parametrize("line", range(0, 220, 20))
def test_parrot_prompts_hold_no_control_token(line: int) -> None:
    """Nothing on the way to the model may act on the text that it is to say."""
    text = json.loads(GOLDEN.read_text(encoding="utf-8").splitlines()[line])["text"]
    spelled = prompt(text)
    assert not any(token in spelled for token in CONTROL)
    assert min(TOKENS.encode(spelled, markers=True)) >= len(CONTROL)


def test_spelling_is_one_to_one() -> None:
    """Two texts that are spelled alike could not both be said."""
    texts = {*CONTROL, LEFT, "", LEFT + "left", *(token[1:-1] for token in CONTROL)}
    assert len({spell(text) for text in texts}) == len(texts)


def test_parrot_rows_end_in_the_text() -> None:
    """The answer of a parrot row is the text's own tokens and the end of the turn, nothing else."""
    parrot = Parrot(random.Random(4), TOKENS, 8192)
    for _ in range(100):
        said = parrot.said()
        ids, weights = rows.parrot_row(TOKENS, said)
        answer = [at for at, weight in zip(ids, weights, strict=True) if weight]
        assert answer == [*TOKENS.encode(said.text, markers=True), TOKENS.ids["<turn|>"]]
