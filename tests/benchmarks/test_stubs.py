"""A stand-in in place of a peer's own parser would measure our stand-in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.peers.stubs import Anything, StubFinder, real_modules


def test_what_was_unpacked_is_real_and_only_the_rest_is_a_stand_in(tmp_path: Path) -> None:
    """The rule that says what is the peer's own."""
    (tmp_path / "peer" / "inner").mkdir(parents=True)
    (tmp_path / "peer" / "inner" / "parser.py").touch()
    (tmp_path / "peer" / "whole").mkdir()
    (tmp_path / "peer" / "whole" / "__init__.py").touch()
    finder = StubFinder(tmp_path, real_modules("regex"))
    assert finder.find_spec("json", None) is None
    assert finder.find_spec("regex", None) is None
    for name in ("peer.inner.parser", "peer.whole"):
        spec = finder.find_spec(name, None)
        assert spec is not None and spec.origin is not None and spec.origin.startswith(str(tmp_path))
    for name in ("torch", "peer", "peer.inner", "peer.inner.other"):
        spec = finder.find_spec(name, None)
        assert spec is not None and spec.loader is finder


def test_a_stand_in_bears_what_modules_do_with_imports() -> None:
    """Peers subclass, subscript, decorate, join and call what they import, all while they are imported."""

    class Model(Anything.nn.Module):
        pass

    @Anything.compile
    def kept(x: int) -> int:
        return x + 1

    @Anything.compile(fast=True)
    def kept_too(x: int) -> int:
        return x + 2

    joined: Any = Anything.Tensor[int] | None
    assert (kept(1), kept_too(1)) == (2, 3)
    assert isinstance(Model(), Model)
    assert not isinstance("text", Anything)
    assert joined is Anything
