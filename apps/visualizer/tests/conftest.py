"""The Visualizer's tests live in the same closed world as gemwright's, and may talk to the same engine."""

from __future__ import annotations

from tests.conftest import checkout, closed_world, engine, noise

__all__ = ["checkout", "closed_world", "engine", "noise"]
