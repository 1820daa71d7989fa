"""Words that stop an answer, found however the text is cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gemwright.runtimes.stops import StopWatch

SMALL = st.text(alphabet="abc", max_size=12)


def passed(pieces: list[str], stops: list[str]) -> tuple[str, bool]:
    """Return what is passed on of some pieces, and whether a word was found."""
    watch = StopWatch(stops)
    text = "".join(watch.take(piece) for piece in pieces)
    return text + watch.rest(), watch.found


@given(st.lists(SMALL, max_size=6), st.lists(SMALL, max_size=3))
def test_cuts_do_not_matter(pieces: list[str], stops: list[str]) -> None:
    """The text in front of the first word is passed on, all of it where there is none, wherever the pieces begin."""
    whole = "".join(pieces)
    places = [at for stop in stops if stop and (at := whole.find(stop)) >= 0]
    text, found = passed(pieces, stops)
    assert found == bool(places)
    if len(set(stops)) <= 1 or not places:
        assert text == (whole[: min(places)] if places else whole)
    else:  # of two words the one that is complete first stops it
        assert whole.startswith(text)
        assert not any(stop and stop in text for stop in stops)


def test_only_what_may_become_a_word_is_held_back() -> None:
    """Text that cannot be the beginning of a stop word does not wait."""
    watch = StopWatch(["</end>"])
    assert watch.take("all of this") == "all of this"
    assert watch.take(" and </e") == " and "
    assert watch.take("x") == "</ex"
