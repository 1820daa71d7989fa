"""Packs: every row whole, once, with its borders; the same packs each time; bounded memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemwright.foundation.errors import BadOption, LimitReached
from gemwright.tuning import Document, pack


def document(number: int, size: int) -> Document:
    """A row whose tokens all hold its number."""
    return [number] * size, [at == size - 1 for at in range(size)]


@given(st.lists(st.integers(0, 20), max_size=60), st.integers(1, 5))
def test_every_row_is_whole_and_there_once(sizes: list[int], at_once: int) -> None:
    """A row that is cut, lost or doubled changes what is trained, and no loss curve shows it."""
    packs = list(pack((document(n, size) for n, size in enumerate(sizes)), 20, at_once=at_once))
    found: list[tuple[int, int]] = []
    for one in packs:
        assert 0 < len(one.ids) == len(one.mask) <= 20
        ends = [*one.starts[1:], len(one.ids)]
        for first, after in zip(one.starts, ends, strict=True):
            assert len(set(one.ids[first:after])) == 1
            assert one.mask[first:after] == document(0, after - first)[1]
            found.append((one.ids[first], after - first))
    assert sorted(found) == [(number, size) for number, size in enumerate(sizes) if size]


def test_first_fit_leaves_little_room() -> None:
    """In the order of the rows, each goes into the first pack that has room for it."""
    packs = list(pack((document(n, size) for n, size in enumerate([6, 5, 4, 5, 3])), 10))
    assert [sorted(set(one.ids)) for one in packs] == [[0, 2], [1, 3], [4]]
    assert packs[0].starts == [0, 6]


def test_the_fullest_pack_goes_first() -> None:
    """When no more may be open, the one with the least room left is done; of equals, the oldest."""
    packs = pack((document(n, size) for n, size in enumerate([5, 7, 7, 6])), 8, at_once=3)
    assert [one.ids[0] for one in packs] == [1, 0, 2, 3]


def test_borders_are_told_to_the_attention() -> None:
    """A token that sees the row before it learns from a conversation that it will never have."""
    one = next(pack([document(0, 2), document(1, 3)], 9))
    assert (one.documents(), one.positions()) == ([0, 0, 1, 1, 1], [0, 1, 0, 1, 2])


def test_memory_is_bounded() -> None:
    """An endless stream of rows gives packs long before it ends."""

    def endless() -> Iterator[Document]:
        number = 0
        while True:
            yield document(number, 6)
            number += 1

    packs = pack(endless(), 10, at_once=3)
    assert [next(packs).ids[0] for _ in range(4)] == [0, 1, 2, 3]


def test_a_row_that_does_not_fit_is_refused() -> None:
    """Cut silently, it would teach to stop in the middle."""
    with pytest.raises(LimitReached, match="row 2 has 11 tokens"):
        list(pack([document(0, 1), document(1, 11)], 10))


@pytest.mark.parametrize(("length", "at_once"), [(0, 1), (5, 0)])
def test_sizes_that_cannot_be_meant(length: int, at_once: int) -> None:
    """Zero would give nothing, or never end."""
    with pytest.raises(BadOption):
        list(pack([document(0, 1)], length, at_once=at_once))


def test_a_mask_of_another_length_is_refused() -> None:
    """Shifted masks train on the wrong tokens from there on."""
    with pytest.raises(BadOption, match="mask of 1"):
        list(pack([([1, 2], [True])], 5))
