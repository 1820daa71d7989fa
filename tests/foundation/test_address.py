"""An address decides who gets the key and whether a proxy may listen, so it is checked before anything is sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemwright.foundation.address import checked_address
from gemwright.foundation.errors import BadOption


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", ""),
        ("HTTP://LocalHost/", "http://localhost", "/"),
        ("http://localhost:80/v1", "http://localhost", "/v1"),
        ("https://example.org:443/a/b?c=d", "https://example.org", "/a/b"),
        ("http://[::1]:9/x", "http://[::1]:9", "/x"),
    ],
)
def test_parts(url: str, origin: str, path: str) -> None:
    """One origin has one spelling, or a key would be held back from its own server."""
    address = checked_address(url)
    assert (address.origin, address.path) == (origin, path)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:8080",
        "127.0.0.1:8080",
        "ftp://example.org",
        "file:///etc/passwd",
        "http://",
        "http://:8080",
        "http://a:99999",
        "http://a:b",
        "http://[::1",
        "http://a b",
        "http://a\nb",
        "http://a\\b",
        "http://a\x00",
        "javascript:alert(1)",
    ],
)
def test_refused(url: str) -> None:
    """What is no http address is named as such, with an example, and nothing is sent anywhere."""
    with pytest.raises(BadOption) as caught:
        checked_address(url)
    assert "http" in caught.value.hint


def test_missing_scheme_is_offered() -> None:
    """The commonest slip gets the address that was meant."""
    with pytest.raises(BadOption) as caught:
        checked_address("localhost:8080")
    assert caught.value.hint == "did you mean http://localhost:8080?"


def test_credentials_are_never_shown() -> None:
    """An address ends up in messages and logs; what stands before the @ must not."""
    address = checked_address("https://me:s%33cret@example.org/x?signature=abc")
    assert address.credentials == ("me", "s3cret")
    assert "cret" not in address.origin + address.shown + address.url + repr(address)
    assert address.shown == "https://example.org/x"
    with pytest.raises(BadOption) as caught:
        checked_address("gopher://me:secret@example.org")
    assert "secret" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    ("host", "loopback", "public_name"),
    [
        ("localhost", True, False),
        ("api.localhost", True, False),
        ("127.8.9.1", True, False),
        ("0.0.0.0", True, False),
        ("[::1]", True, False),
        ("192.168.1.5", False, False),
        ("[fe80::1%25eth0]", False, False),
        ("169.254.169.254", False, False),
        ("box", False, False),
        ("example.org", False, True),
        ("localhost.example.org", False, True),
    ],
)
def test_whose_machine(host: str, loopback: bool, public_name: bool) -> None:
    """Loopback decides about proxies; public names decide where a download may be handed on to."""
    address = checked_address(f"http://{host}/")
    assert (address.is_loopback, address.is_public_name) == (loopback, public_name)


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    """Whatever a person types, there is an address or one of our errors."""
    for url in (text, "http://" + text):
        try:
            assert checked_address(url).origin.startswith("http")
        except BadOption:
            pass


def test_paths_are_appended() -> None:
    """A server behind a path prefix is asked below it; an empty path is the address itself, query and all."""
    address = checked_address("http://a.b/llm/?x=1")
    assert address.at("/props") == "http://a.b/llm/props"
    assert address.at("") == "http://a.b/llm/?x=1"
