"""Versions: what each scheme reads, that its order is an order, and that ranges say when they cannot tell."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version as Pep440

from gemwright.foundation.errors import CorpusProblem
from gemwright.foundation.versions import SCHEMES, Scheme, affected, compare, parse

numbers = st.integers(0, 30)


@st.composite
def pep440_texts(draw: st.DrawFn) -> str:
    """Versions as Python packages write them."""
    release = ".".join(map(str, draw(st.lists(numbers, min_size=1, max_size=4))))
    pre = draw(st.sampled_from(["", "a1", "b2", "rc1", "rc10", ".post1", ".dev3", "rc1.dev2"]))
    return release + pre + draw(st.sampled_from(["", "+cu130"]))


@st.composite
def semver_texts(draw: st.DrawFn) -> str:
    """Versions as Ollama and LM Studio write them."""
    head = draw(st.sampled_from(["", "v"])) + f"{draw(numbers)}.{draw(numbers)}.{draw(numbers)}"
    tail = draw(
        st.sampled_from(["", "-rc1", "-rc2", "-rc10", "-0", "-7.a", "-alpha.1", "+meta", " (Build 1)", " (Build 12)"])
    )
    return head + tail


build_texts = st.builds(
    "{}{}{}".format, st.sampled_from(["", "b"]), numbers, st.sampled_from(["", "-Debian", " (1a2b3c)"])
)
calver_texts = st.builds("{}.{}.{}".format, st.integers(2023, 2027) | st.integers(23, 27), st.integers(1, 12), numbers)
date_texts = st.builds(
    "{}{}".format, st.dates().map(str), st.sampled_from(["", "T10:00:00Z", "T23:59:59-12:00", " 00:00+14:00"])
)
TEXTS: dict[Scheme, st.SearchStrategy[str]] = {
    "pep440": pep440_texts(),
    "semver": semver_texts(),
    "build": build_texts,
    "calver": calver_texts,
    "date": date_texts,
}


def test_every_scheme_is_generated_below() -> None:
    """A new scheme must not slip past the properties."""
    assert set(TEXTS) == set(SCHEMES)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_order_of_a_scheme_is_total_and_transitive(scheme: Scheme) -> None:
    """Ranges are sorted and bisected by it: a cycle or a gap would make an answer depend on the order of events."""

    @given(st.lists(TEXTS[scheme], min_size=3, max_size=3))
    def check(texts: list[str]) -> None:
        versions = [v for v in (parse(text, scheme) for text in texts) if v is not None]
        for a in versions:
            assert not a < a
            assert a == a and hash(a) == hash(a)
            for b in versions:
                assert [a < b, a == b, a > b].count(True) == 1
                assert (a == b) <= (hash(a) == hash(b))
                assert all(a < c for c in versions if a < b and b < c)

    check()


@given(pep440_texts(), pep440_texts())
def test_pep440_agrees_with_packaging(left: str, right: str) -> None:
    """`packaging` is the reference; only labels after + are left out on purpose."""
    told = compare(left, right, "pep440")
    if told is not None:
        one, other = Pep440(Pep440(left).public), Pep440(Pep440(right).public)
        assert told == (one > other) - (one < other)


@given(st.text(max_size=200) | st.text("0123456789.-+()bvBuild rcdevT:Z", max_size=40), st.sampled_from(SCHEMES))
def test_no_text_raises(text: str, scheme: Scheme) -> None:
    """Versions come from other people's servers: whatever they say is read, or is None."""
    parse(text, scheme)
    assert affected(text, [{"introduced": "0"}], scheme) is True


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("nightly-9c7f774", "semver"),
        ("nightly-9c7f774", "pep440"),
        ("9c7f774", "build"),
        ("v0.20.5-3-g9c7f774", "semver"),  # three commits after 0.20.5: neither before nor at 0.20.6
        ("0.20.5-dirty", "semver"),
        ("0.0.0", "semver"),
        ("0.0.0", "pep440"),
        ("0.0.0.dev0+g1234567", "pep440"),
        ("b0", "build"),
        ("1", "build"),
        ("2026.13.1", "calver"),
        ("2026-02-30", "date"),
        ("2026-W41", "date"),
        ("0.4.9 (Build 1)", "pep440"),
        ("\uff11.\uff12.\uff13", "semver"),
        ("1" * 5000, "build"),
        ("", "pep440"),
    ],
)
def test_what_is_no_version(text: str, scheme: Scheme) -> None:
    """Commits, placeholders and impossible dates must not be given a place in the order."""
    assert parse(text, scheme) is None
    assert compare(text, text, scheme) is None


@pytest.mark.parametrize(
    ("older", "newer", "scheme"),
    [
        ("b8681-Debian", "b9518", "build"),
        ("9517 (1a2b3c4d)", "9518", "build"),
        ("v0.20.6-rc1", "0.20.6", "semver"),
        ("0.20.6-rc2", "0.20.6-rc10", "semver"),
        ("0.9.9", "0.30", "semver"),
        ("0.4.9 (Build 1)", "0.4.9 (Build 2)", "semver"),
        ("0.4.9 (build 12)", "0.4.10", "semver"),
        ("1.0.0-alpha.1", "1.0.0-alpha.beta", "semver"),
        ("26.04", "2026.10", "calver"),
        ("2026.10.9", "2026.10.11549", "calver"),
        ("2026-07-09", "20260710", "date"),
        ("2026-07-09T12:00:00+02:00", "2026-07-09T11:00:00Z", "date"),
        ("5.10.1.dev1", "5.10.1", "pep440"),
    ],
)
def test_older_and_newer(older: str, newer: str, scheme: Scheme) -> None:
    """Spellings met in the wild, in the order their projects mean."""
    assert compare(older, newer, scheme) == -1
    assert compare(newer, older, scheme) == 1


@pytest.mark.parametrize(
    ("left", "right", "scheme"),
    [
        ("0.24.0+cu130", "0.24.0", "pep440"),
        ("1.2.3+a", "1.2.3+b", "semver"),
        ("v0.30", "0.30.0", "semver"),
        ("b8681-Debian", "8681", "build"),
        ("2026.10", "2026.10.0", "calver"),
        ("2026-07-09", "2026-07-09T00:00Z", "date"),
    ],
)
def test_two_spellings_of_one_version(left: str, right: str, scheme: Scheme) -> None:
    """How a version was built or written does not make it another version."""
    assert compare(left, right, scheme) == 0


EVENTS = [{"introduced": "0.20.0"}, {"fixed": "0.20.6"}, {"introduced": "0.30.0"}, {"last_affected": "0.30.3"}]


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("0.19.9", False),
        ("0.20.0", True),
        ("0.20.6-rc1", True),
        ("0.20.6", False),
        ("0.29.0", False),
        ("0.30.0", True),
        ("0.30.3", True),
        ("0.30.4", False),
        ("0.0.0", None),
        ("nightly-9c7f774", None),
    ],
)
@pytest.mark.parametrize("backwards", [False, True])
def test_ranges(version: str, expected: bool | None, *, backwards: bool) -> None:
    """Two ranges in one list, with their ends; the order of the events does not matter."""
    assert affected(version, EVENTS[::-1] if backwards else EVENTS, "semver") is expected


@pytest.mark.parametrize(
    ("version", "events", "scheme", "expected"),
    [
        # A development build may or may not hold the fix of the release it leads to, but surely those before it.
        ("0.20.1.dev3+g9c7f774", [{"introduced": "0"}, {"fixed": "0.20.1"}], "pep440", None),
        ("0.20.1.dev3+g9c7f774", [{"introduced": "0"}, {"fixed": "0.20.0"}], "pep440", False),
        ("0.20.1.dev3+g9c7f774", [{"introduced": "0"}, {"fixed": "0.20.2"}], "pep440", True),
        ("0.20.1.dev3", [{"introduced": "0"}, {"fixed": "0.20.1.dev5"}], "pep440", True),
        ("0.24.0+cu130", [{"introduced": "0"}, {"last_affected": "0.24.0"}], "pep440", True),
        # LM Studio fixes things between two builds of one version.
        ("0.4.9", [{"introduced": "0"}, {"fixed": "0.4.9 (Build 3)"}], "semver", None),
        ("0.4.9 (Build 2)", [{"introduced": "0"}, {"fixed": "0.4.9 (Build 3)"}], "semver", True),
        ("0.4.9 (Build 3)", [{"introduced": "0"}, {"fixed": "0.4.9 (Build 3)"}], "semver", False),
        ("0.4.9 (Build 7)", [{"introduced": "0"}, {"last_affected": "0.4.9"}], "semver", True),
        # Unreadable versions lie in a range without end, and in no other for certain.
        ("nightly-9c7f774", [{"introduced": "0"}], "semver", True),
        ("nightly-9c7f774", [{"introduced": "0.20.0"}], "semver", None),
        ("b9518", [{"introduced": "b9000"}, {"fixed": "who knows"}], "build", None),
        ("b9518", [], "build", None),
        # One range ends where the next begins.
        ("1.0.0", [{"introduced": "0"}, {"introduced": "1.0.0"}, {"fixed": "1.0.0"}], "semver", True),
        ("1.0.1", [{"introduced": "1.0.0"}, {"last_affected": "1.0.0"}], "semver", False),
    ],
)
def test_ranges_at_their_edges(
    version: str, events: list[dict[str, str]], scheme: Scheme, expected: bool | None
) -> None:
    """Where a plain comparison would claim more than is known."""
    assert affected(version, events, scheme) is expected


@given(
    st.lists(st.sampled_from(["0.9.0", "1.0.0", "1.1.0-rc1", "1.1.0", "2.0.0"]), min_size=2, max_size=2, unique=True)
)
def test_a_range_holds_exactly_what_lies_between_its_ends(ends: list[str]) -> None:
    """`affected` against the definition, for every pair of ends."""
    low, high = ends
    for version in ("0.8.0", "0.9.0", "1.0.0", "1.0.5", "1.1.0-rc1", "1.1.0", "2.0.0", "3.0.0"):
        at_or_after: Callable[[str], bool] = lambda end, v=version: (compare(v, end, "semver") or 0) >= 0  # noqa: E731
        if compare(low, high, "semver") == -1:
            expected = at_or_after(low) and not at_or_after(high)
        else:
            expected = at_or_after(low)  # fixed before it was introduced, and introduced again
        assert affected(version, [{"introduced": low}, {"fixed": high}], "semver") is expected


@pytest.mark.parametrize("event", [{}, {"until": "1.0"}, {"introduced": "0", "fixed": "1.0"}])
def test_what_is_no_event(event: dict[str, str]) -> None:
    """A misspelt event in an advisory is an error, not a range without end."""
    with pytest.raises(CorpusProblem, match="no range event"):
        affected("1.0.0", [event], "semver")


def test_an_unknown_scheme() -> None:
    """Schemes are written by hand in data files."""
    with pytest.raises(CorpusProblem, match="no version scheme"):
        parse("1.0", "sember")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        assert parse("1.2.3", "semver") < parse("2026.10.1", "calver")  # type: ignore[operator]
