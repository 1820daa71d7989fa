"""Logs of the command line: where they go, how they look, and what must never be in them.

Library code calls `logging.getLogger("gemwright.<room>")` and nothing else: only a program that a person started may
call `configure`. No room logs the content of conversations; keys are masked here in case one slips through.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from math import isfinite
from typing import Literal, TextIO, TypeAlias

from gemwright.foundation.jsonx import compact

__all__ = ["JSONFormatter", "LogFormat", "PlainFormatter", "configure", "redact"]

LogFormat: TypeAlias = Literal["plain", "json"]

_MASK = "[hidden]"
_NOT_A_KEY = r"(?!\[hidden\]|[Nn]one\b|[Nn]ull\b|[Tt]rue\b|[Ff]alse\b)"
_SECRETS = (
    # An authorization header, or its value alone.
    re.compile(r"(?i)\b(?P<keep>(?:bearer|basic)\s+)(?P<secret>[A-Za-z0-9._~+/-]{6,}=*)"),
    # Keys that say whose they are: OpenAI and Anthropic, Hugging Face, Google, GitHub, Slack, AWS.
    re.compile(r"\b(?P<keep>sk-|hf_|AIza|ghp_|gho_|github_pat_|xox[abp]-|AKIA)(?P<secret>[A-Za-z0-9_-]{8,})"),
    # A name that says that its value is a secret: in JSON, in a query, in a header, as a setting.
    re.compile(
        r"(?i)(?P<keep>\b[\w-]{0,32}(?:api[_-]?key|access[_-]?token|auth[_-]?token|secret|password|passwd)['\"]?\s*[=:]\s*['\"]?)"
        rf"(?P<secret>{_NOT_A_KEY}[^\s'\"&,;}})]{{3,}})"
    ),
    # A password inside an address.
    re.compile(r"(?P<keep>\b[a-z][a-z0-9+.-]{1,20}://[^\s/@:]{0,256}:)(?P<secret>[^\s/@]{1,256})(?=@)"),
)
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def redact(text: str) -> str:
    """Return a text with every key, token and password that can be recognised replaced by `[hidden]`."""
    for secret in _SECRETS:
        text = secret.sub(rf"\g<keep>{_MASK}", text)
    return text


class PlainFormatter(logging.Formatter):
    """One line for a person: level, room, message; a traceback follows where there is one."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text without secrets."""
        return redact(super().format(record))


class JSONFormatter(logging.Formatter):
    """One JSON object a line: time (UTC, ISO 8601), level, logger, message, exception, the record's extra fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON without secrets."""
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        if record.exc_info:
            fields["exception"] = redact(self.formatException(record.exc_info))
        fields |= {name: _plain(name, value) for name, value in vars(record).items() if name not in _STANDARD}
        return compact(fields)


def _plain(name: str, value: object) -> object:
    """Return an extra field as a JSON scalar; its name may be what shows that it is a secret."""
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and isfinite(value)):
        return value
    text = str(value)
    return redact(f"{name}={text}").removeprefix(f"{name}=")


def configure(stream: TextIO, *, level: int = logging.WARNING, form: LogFormat = "plain") -> logging.Handler:
    """Send the logs of every room to a stream. Calling it again replaces what it set up before.

    Args:
        stream: standard error in practice: standard output belongs to the data.
        level: the lowest level that is shown, as in `logging`.
        form: `plain` for people, `json` for programs.

    Returns:
        The handler, so that who started the logs can end them.
    """
    logger = logging.getLogger("gemwright")
    for old in [h for h in logger.handlers if isinstance(h.formatter, PlainFormatter | JSONFormatter)]:
        logger.removeHandler(old)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JSONFormatter() if form == "json" else PlainFormatter())
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False
    return handler
