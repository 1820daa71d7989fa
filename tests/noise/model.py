"""The model of random weights, for tests that need noise; README.md beside this file says what it is."""

from __future__ import annotations

from pathlib import Path
from typing import Final

RANDOM_MODEL: Final = Path(__file__).with_name("random.gguf")
