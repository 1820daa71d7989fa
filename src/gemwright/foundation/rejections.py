"""Error bodies of servers, in the shapes that runtimes use, as errors of ours."""

from __future__ import annotations

import re
from typing import Any, Final, cast

from gemwright.foundation import jsonx
from gemwright.foundation.errors import BadJSON, RuntimeRejected

__all__ = ["rejection"]

_BODY_KEPT: Final = 2000
_DETAIL_KEPT: Final = 300
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def rejection(status: int, body: str, *, where: str) -> RuntimeRejected:
    """Make an error of an error's body.

    Bodies are read in the shapes that runtimes use: `{"error": {"message": …}}`, `{"error": "…"}`, `{"message": …}`,
    `{"detail": …}`, or plain text.

    Args:
        status: the HTTP status, or the code inside a stream's error object.
        body: the text of the answer.
        where: who answered, for the message.
    """
    message = f"{where} answered {status}"
    detail = _detail(body)
    if detail:
        message += f": {detail}"
    return RuntimeRejected(message, status=status, body=body[:_BODY_KEPT], hint=_hint(status))


def _detail(body: str) -> str:
    value = _value(body)
    for _ in range(2):  # an object inside "error" has a "message"
        if isinstance(value, dict):
            found = cast("dict[str, Any]", value)
            value = next((found[key] for key in ("error", "message", "detail") if key in found), "")
    text = value if isinstance(value, str) else jsonx.compact(value)
    text = " ".join(_CONTROL.sub(" ", text).split())
    return text if len(text) <= _DETAIL_KEPT else text[:_DETAIL_KEPT] + "…"


def _value(body: str) -> object:
    try:
        return jsonx.parse(body)
    except BadJSON:
        return "a web page" if body.lstrip().startswith("<") else body


def _hint(status: int) -> str:
    if status in (401, 403):
        return "the server wants an API key, or another one"
    if status == 404:
        return "is this the right server, and the right path of it?"
    if status == 503:
        return "the server may still be loading its model: wait, and ask again"
    return "the server's own log says more" if status >= 500 else ""
