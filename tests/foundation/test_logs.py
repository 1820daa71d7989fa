"""Logs: no secret gets through, lines for programs are JSON, and nothing is set up before somebody asks."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemwright.foundation.logs import LogFormat, configure, redact

KEY = "Zq8xY2mN7pLk4"


@pytest.fixture(autouse=True)
def restored_logger() -> Iterator[None]:
    """Leave the package's logger as it was."""
    logger = logging.getLogger("gemwright")
    handlers, level, propagate = list(logger.handlers), logger.level, logger.propagate
    yield
    logger.handlers[:], logger.propagate = handlers, propagate
    logger.setLevel(level)


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {KEY}",
        f"authorization: bearer {KEY}==",
        f"{{'Authorization': 'Basic {KEY}'}}",
        f"sk-{KEY}",
        f"hf_{KEY}",
        f"AIza{KEY}",
        f'{{"api_key": "{KEY}"}}',
        f"x-api-key: {KEY}",
        f"GEMWRIGHT_API_KEY={KEY}",
        f"https://host/path?access_token={KEY}&x=1",
        f"http://user:{KEY}@host:8080/v1",
        f"password = '{KEY}'",
    ],
)
def test_keys_are_masked(text: str) -> None:
    """Every way in which a key usually gets into a message."""
    assert KEY not in redact(text)
    assert "[hidden]" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "max_tokens=512, prompt tokens: 128",
        "the token <|tool_call> is 48",
        "http://127.0.0.1:8080/completion",
        'api_key_env = "OPENAI_KEY"',
        "password: None",
        "time 12:30:11@host",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """A log full of [hidden] helps nobody."""
    assert redact(text) == text


@given(st.text("abk-_:=/@ .\"'{}?&", max_size=80))
def test_masking_twice_changes_nothing(text: str) -> None:
    """Texts pass through several formatters."""
    assert redact(redact(text)) == redact(text)


def _logged(form: LogFormat) -> str:
    stream = io.StringIO()
    configure(stream, level=logging.INFO, form=form)
    logger = logging.getLogger("gemwright.room")
    logger.info("asked %s", f"Bearer {KEY}", extra={"api_key": KEY, "count": 3, "seconds": 0.5, "ratio": float("nan")})
    try:
        raise ValueError(f"http://me:{KEY}@host said\nno")
    except ValueError:
        logger.exception("failed")
    logger.debug("not shown")
    return stream.getvalue()


def test_json_lines() -> None:
    """One object a line, also with a traceback, with extra fields, and without the key in any of them."""
    text = _logged("json")
    assert KEY not in text
    asked, failed = [json.loads(line) for line in text.splitlines()]
    assert (
        asked["level"] == "info" and asked["logger"] == "gemwright.room" and asked["message"] == "asked Bearer [hidden]"
    )
    assert (asked["count"], asked["seconds"], asked["ratio"], asked["api_key"]) == (3, 0.5, "nan", "[hidden]")
    assert asked["time"].endswith("+00:00")
    assert "ValueError" in failed["exception"]


def test_plain_lines() -> None:
    """The key of a traceback is masked too."""
    text = _logged("plain")
    assert KEY not in text
    assert text.startswith("INFO gemwright.room: asked Bearer [hidden]\n")
    assert "Traceback" in text


def test_configuring_twice_logs_once() -> None:
    """A program that changes its mind about the format must not get every line twice."""
    first, second = io.StringIO(), io.StringIO()
    configure(first)
    configure(second, form="json")
    logging.getLogger("gemwright.room").warning("once")
    assert first.getvalue() == ""
    assert second.getvalue().count("once") == 1


def test_the_library_sets_up_no_handler() -> None:
    """Importing us must not change the logs of the program that does."""
    handlers = "logging.getLogger('gemwright').handlers, logging.root.handlers"
    code = f"import logging, gemwright.foundation.logs; print({handlers})"
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=30)
    assert shown.stdout.strip() == "[] []"
