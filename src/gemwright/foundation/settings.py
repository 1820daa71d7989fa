"""The table of settings: what can be set, of which type, with which default, and what it is for.

One field of `Settings` is one setting. Its name is its key in a file, `GEMWRIGHT_` and the name in capitals is its
environment variable. Where a value comes from is the business of `gemwright.foundation.config`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from math import isfinite
from typing import Any, Final

from gemwright.foundation.address import checked_address

__all__ = ["SETTINGS", "Kind", "Setting", "Settings"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of setting.

    Attributes:
        expects: what a value has to be, for the error that says it is not.
        from_text: reads an environment variable or an argument; raises ValueError where the text is no such thing.
        accepts: whether a value read from TOML, where numbers are numbers, is one.
    """

    expects: str
    from_text: Callable[[str], object]
    accepts: Callable[[object], bool]

    def read(self, value: object, *, text_only: bool) -> object:
        """Return a checked value.

        Args:
            value: the value as it was found.
            text_only: the place it was found in knows only text, so "5" may mean 5.

        Raises:
            ValueError: it is no such thing; the message ends the sentence "it must be …".
            BadOption: it is an address that no client can use.
        """
        if text_only and isinstance(value, str):
            try:
                value = self.from_text(value)
            except ValueError:
                raise ValueError(self.expects) from None
        if not self.accepts(value):
            raise ValueError(self.expects)
        return value


_YES: Final = frozenset({"1", "true", "yes", "on"})
_NO: Final = frozenset({"0", "false", "no", "off"})


def _switch(text: str) -> bool:
    if text.lower() in _YES | _NO:
        return text.lower() in _YES
    raise ValueError(text)


def _whole(smallest: int) -> Kind:
    return Kind(
        f"a whole number, {smallest} or more",
        int,
        lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= smallest,
    )


def _choice(*words: str) -> Kind:
    return Kind(f"one of {', '.join(words)}", str.lower, lambda value: value in words)


def _is_address(value: object) -> bool:
    return isinstance(value, str) and (value == "" or bool(checked_address(value)))


_TEXT = Kind("text", str, lambda value: isinstance(value, str))
_SWITCH = Kind("true or false", _switch, lambda value: isinstance(value, bool))
_ADDRESS = Kind("an address such as http://127.0.0.1:8080", str, _is_address)
_SECONDS = Kind(
    "a number of seconds above 0",
    float,
    lambda value: isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) and value > 0,
)
_VARIABLE = Kind(
    "the name of an environment variable", str, lambda value: isinstance(value, str) and value.isidentifier()
)


_PORTS = Kind('"off", or ports such as 11434,8080', str, lambda value: isinstance(value, str) and _is_ports(value))


def _is_ports(text: str) -> bool:
    ports = text.replace(" ", "").split(",")
    return text in ("", "off") or all(one.isascii() and one.isdigit() and 0 < int(one[:6]) < 1 << 16 for one in ports)


def _about(kind: Kind, purpose: str) -> Mapping[str, Any]:
    return {"kind": kind, "help": purpose}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The values of all settings. None and empty text mean that gemwright finds out by itself."""

    endpoint: str = field(
        default="", repr=False, metadata=_about(_ADDRESS, "address of a running server; else we start an engine")
    )
    runtime: str = field(default="", metadata=_about(_TEXT, "what runs there, such as llamacpp; else we ask it"))
    model: str = field(default="", metadata=_about(_TEXT, "name of the model at the server, or a file for the engine"))
    variant: str = field(default="", metadata=_about(_TEXT, "Gemma 4 variant, such as E2B; else its name tells"))
    api_key_env: str = field(
        default="GEMWRIGHT_API_KEY", metadata=_about(_VARIABLE, "environment variable that holds the server's key")
    )
    timeout_connect: float = field(default=5.0, metadata=_about(_SECONDS, "seconds until a connection stands"))
    timeout_first_chunk: float = field(
        default=300.0, metadata=_about(_SECONDS, "seconds until an answer begins; a long prompt needs them")
    )
    timeout_idle: float = field(default=120.0, metadata=_about(_SECONDS, "seconds between two pieces of an answer"))
    max_tokens: int | None = field(default=None, metadata=_about(_whole(1), "tokens of an answer, thinking included"))
    thinking: bool = field(default=False, metadata=_about(_SWITCH, "whether the model thinks before it answers"))
    color: str = field(default="auto", metadata=_about(_choice("auto", "always", "never"), "colours in the terminal"))
    offline: bool = field(default=False, metadata=_about(_SWITCH, "use nothing beyond this machine"))
    keep_last: bool = field(
        default=True,
        metadata=_about(_SWITCH, "whether the last answer is kept on this machine, for `gemwright why last`"),
    )
    search_ports: str = field(
        default="",
        metadata=_about(
            _PORTS, "ports of this machine on which servers are looked for; off for none; else the usual ones"
        ),
    )
    profile: str = field(default="", metadata=_about(_TEXT, "which [profile.NAME] of the settings files applies"))
    engine_threads: int | None = field(default=None, metadata=_about(_whole(1), "threads of the engine we start"))
    engine_context: int | None = field(
        default=None, metadata=_about(_whole(256), "context of the engine we start, in tokens")
    )


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table."""

    name: str
    kind: Kind
    help: str
    default: object

    @property
    def variable(self) -> str:
        """Name of its environment variable."""
        return "GEMWRIGHT_" + self.name.upper()


SETTINGS: Final[Mapping[str, Setting]] = {
    one.name: Setting(one.name, one.metadata["kind"], one.metadata["help"], one.default) for one in fields(Settings)
}
"""Every setting by its name, in the order of the table."""
