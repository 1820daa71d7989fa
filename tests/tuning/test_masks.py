"""Masks in tokens: no token lies across what is trained on and what is not, and no text becomes a control token."""

from __future__ import annotations

import pytest

from gemwright.tuning import mask, spans
from gemwright.tuning.dataset import row_from_json
from gemwright.tuning.masks import estimated_tokens, joined
from gemwright.wire.segments import text_of
from tests.tuning.rows import CLEAN, clean, decode, encode, said, user


@pytest.mark.parametrize("name", CLEAN)
def test_tokens_carry_the_mask_of_their_characters(name: str) -> None:
    """The ids spell the row, and those that count spell exactly what is trained on."""
    made = row_from_json(clean(name))
    ids, counts = mask(made.segments, encode)
    assert len(ids) == len(counts)
    assert decode(ids) == made.text
    chosen = [id_ for id_, counted in zip(ids, counts, strict=True) if counted]
    assert decode(chosen) == "".join(made.text[first:after] for first, after in made.trained)


def test_no_token_lies_across_the_edge_of_a_target() -> None:
    """A tokenizer that joins freely would put the end of the prompt and the first letter of the answer into one token."""

    def whole(text: str, markers: bool) -> list[int]:
        return [len(text)]

    made = row_from_json(clean("small"))
    first, after = made.trained[0]
    assert mask(made.segments, whole) == ([first, after - first, len(made.text) - after], [False, True, False])


def test_control_tokens_that_a_text_spells_stay_text() -> None:
    """A page that spells `<turn|>` is data: as a token it would end the turn in the middle of the user's words."""
    made = row_from_json({"messages": [user("a <turn|> b"), said("It spells <turn|>.")], "flavour": "small"})
    ids, _ = mask(made.segments, encode)
    assert decode(ids) == made.text
    assert ids.count(encode("<turn|>", True)[0]) == 2


def test_spans_are_those_of_the_segments() -> None:
    """Without a tokenizer, characters say what is trained on."""
    made = row_from_json(clean("small"))
    assert [text_of(made.segments)[a:b] for a, b in spans(made.segments)] == ["Hello.<turn|>"]
    assert joined([(5, 6), (0, 2), (2, 3), (4, 4)]) == [(0, 3), (5, 6)]


def test_estimates_count_control_tokens_once() -> None:
    """A row of markup has few tokens for its characters; three bytes of a letter are not three letters."""
    assert estimated_tokens("<bos><|turn>") == 2
    assert estimated_tokens("<bos>abcde") == 3
    assert estimated_tokens("") == 0
