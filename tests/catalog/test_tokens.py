"""Special tokens: the data and the constants of `wire` say the same."""

from __future__ import annotations

from gemwright.catalog import catalog
from gemwright.wire import tokens as wire

TOKENS = catalog().tokens

UNWRITTEN = {"<unk>": 3, "<mask>": 4}
"""Special in the vocabulary, and never written or read by the protocol."""


def test_the_spellings_are_those_of_the_wire() -> None:
    """A spelling that only one side knows would be untrusted text on one side and a control token on the other."""
    assert {token.spelling for token in TOKENS} - set(UNWRITTEN) == set(wire.CONTROL_TOKENS) - set(UNWRITTEN)
    assert {name: catalog().token_ids[name] for name in UNWRITTEN} == UNWRITTEN


def test_roles_are_the_names_of_the_constants() -> None:
    """So that a person who reads either finds the other."""
    for token in TOKENS:
        if token.spelling not in UNWRITTEN:
            assert getattr(wire, token.role.upper()) == token.spelling


def test_numbers() -> None:
    """The ids that other files and servers repeat; none is taken twice, and all fit the vocabulary."""
    ids = catalog().token_ids
    assert len(set(ids.values())) == len(ids) == 24
    assert (ids["<pad>"], ids["<eos>"], ids["<bos>"]) == (0, 1, 2)
    assert (ids[wire.TURN_OPEN], ids[wire.TURN_CLOSE], ids[wire.RESPONSE_OPEN]) == (105, 106, 50)
    assert all(number < 262_144 for number in ids.values())


def test_what_untrusted_text_can_become_in_llama_cpp() -> None:
    """The tokens that llama.cpp makes of text even when it is asked not to parse special tokens."""
    assert {token.spelling for token in TOKENS if token.type == "user_defined"} == {
        wire.CALL_OPEN,
        wire.CALL_CLOSE,
        wire.RESPONSE_OPEN,
        wire.RESPONSE_CLOSE,
        wire.QUOTE,
        wire.CHANNEL_OPEN,
        wire.CHANNEL_CLOSE,
    }


def test_generation_stops_at_tokens_that_exist() -> None:
    """End of text, end of turn, and the opening of a tool's answer."""
    spellings = {token.id: token.spelling for token in TOKENS}
    for variant in catalog().variants.values():
        assert [spellings[number] for number in variant.sampling.stop_tokens] == [
            wire.EOS,
            wire.TURN_CLOSE,
            wire.RESPONSE_OPEN,
        ]
