"""Stand-ins for what a peer imports and its parser does not need: torch, web servers, kernels, the rest of the peer.

The rule: the standard library, the shared libraries and the unpacked modules are real; every other import yields a
module whose every attribute is `Anything`. Only the child process that runs one peer installs this.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["Anything", "StubFinder", "real_modules"]


class _AnyMeta(type):
    """Makes a class that can be called, subscripted, joined with `|` and asked for any attribute."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Anything

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if args and len(args) == 1 and not kwargs and callable(args[0]) and not isinstance(args[0], _AnyMeta):
            return args[0]  # used as a decorator: leave what it decorates as it is
        return super().__call__() if cls is not Anything else Anything

    def __getitem__(cls, item: Any) -> Any:
        return Anything

    def __or__(cls, other: Any) -> Any:
        return Anything

    __ror__ = __or__

    def __iter__(cls) -> Iterator[Any]:
        return iter(())

    def __instancecheck__(cls, instance: object) -> bool:
        return cls is not Anything and type.__instancecheck__(cls, instance)


class Anything(metaclass=_AnyMeta):
    """Stands for any class, function, constant or instance of an absent library."""

    def __class_getitem__(cls, item: Any) -> Any:
        return cls

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> dict[str, str]:
        return {"type": "any"}


class _StubModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return []
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        finder = self.__loader__
        if isinstance(finder, StubFinder) and finder.is_unpacked(f"{self.__name__}.{name}"):
            return importlib.import_module(f"{self.__name__}.{name}")
        return Anything


class StubFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers every import that is not real.

    Args:
        root: folder of the peer's unpacked modules.
        real: top-level names that are left to the ordinary import machinery.
    """

    def __init__(self, root: Path, real: frozenset[str]) -> None:
        self._root = root
        self._real = real

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find an unpacked file, else make a stand-in; None leaves real modules to the other finders."""
        if fullname.partition(".")[0] in self._real:
            return None
        place = self._place(fullname)
        if place is None:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        inside = [str(place.parent)] if place.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(fullname, place, submodule_search_locations=inside)

    def is_unpacked(self, fullname: str) -> bool:
        """Return whether the module is the peer's own."""
        return self._place(fullname) is not None

    def _place(self, fullname: str) -> Path | None:
        base = self._root.joinpath(*fullname.split("."))
        choices = (base.with_name(base.name + ".py"), base / "__init__.py")
        return next((place for place in choices if place.is_file()), None)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Return an empty stand-in."""
        return _StubModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Leave the stand-in as it is."""


def real_modules(*more: str) -> frozenset[str]:
    """Return the top-level names that are never stand-ins: the standard library and `more`."""
    return frozenset(sys.stdlib_module_names) | frozenset(sys.builtin_module_names) | frozenset(more)
