"""How Gemma 4's chat template reads JSON: absent values, truth, printing, sorting, and where it gives up.

The template is written for an engine with a lenient idea of missing values; these few functions are that idea, so that
the renderer agrees with it on any JSON input, well-formed or not. Kinds of refusal are those the engine would raise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final, Literal, TypeAlias, TypeGuard

from gemwright.foundation.errors import BadMessages

__all__ = [
    "ABSENT",
    "RefusalKind",
    "TemplateRefusal",
    "as_text",
    "is_object",
    "is_sequence",
    "iterate",
    "read",
    "show",
    "sorted_keys",
    "upper",
]

RefusalKind: TypeAlias = Literal["template_raise", "undefined", "type", "AttributeError"]


class TemplateRefusal(BadMessages):
    """A conversation or declaration on which Gemma 4's own template raises.

    Args:
        kind: what the template's engine would raise: its own exception (`template_raise`), the use of an absent value
            (`undefined`), a TypeError (`type`), or an AttributeError.
        message: one sentence.
    """

    def __init__(self, kind: RefusalKind, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.kind: RefusalKind = kind


class Absent:
    """The type of `ABSENT`."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()
"""A key that is not there, which is something else than null."""


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a value is what the template calls a mapping."""
    return isinstance(value, dict)


def is_sequence(value: object) -> TypeGuard[Collection[Any]]:
    """Whether a value is what the template calls a sequence, and no text: a list, but also a mapping, by its keys."""
    return isinstance(value, (list, tuple, dict))


def read(value: object, key: str) -> Any:
    """Return a mapping's entry; anything that is no mapping has no entries.

    Raises:
        TemplateRefusal: `value` is itself absent.
    """
    if isinstance(value, dict):  # `is_object` costs a call, and this is where the renderer spends its time
        return value.get(key, ABSENT)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if value is ABSENT:
        raise TemplateRefusal("undefined", f"`{key}` is read from something that is missing")
    return ABSENT


def as_text(value: object, what: str) -> str:
    """Return a value that has to be text.

    Args:
        value: the value.
        what: what it is, for the message.

    Raises:
        TemplateRefusal: it is absent, or no text.
    """
    if isinstance(value, str):
        return value
    if value is ABSENT:
        raise TemplateRefusal("undefined", f"{what} is missing")
    raise TemplateRefusal("type", f"{what} must be text, not {type(value).__name__}")


def iterate(value: Any, what: str) -> Iterable[Any]:
    """Return what a loop over a value sees: items, characters, keys; nothing for an absent one.

    Args:
        value: the value.
        what: what it is, for the message.

    Raises:
        TemplateRefusal: a number, a boolean or null.
    """
    if isinstance(value, str) or is_sequence(value):
        return value
    if value is ABSENT:
        return ()
    raise TemplateRefusal("type", f"{what} must be a list, not {type(value).__name__}")


def show(value: object) -> str:
    """Return what printing a value gives: nothing for an absent one, else Python's `str`."""
    return "" if value is ABSENT else str(value)


def upper(value: object) -> str:
    """Return a printed value in upper case."""
    return show(value).upper()


def sorted_keys(mapping: dict[str, Any]) -> list[str]:
    """Return a mapping's keys in lower-case order; keys that are then equal keep their order.

    Raises:
        TemplateRefusal: a key is no text, which JSON cannot have.
    """
    try:
        return sorted(mapping, key=str.lower)
    except TypeError:
        raise TemplateRefusal("type", "a key of a mapping is not text") from None
