"""A worker that draws pictures of one number each, and can be told to fail: run as a program by the tests of the crew."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gemwright_visualizer.project.worker import serve
from gemwright_visualizer.records import Frame


def draw(start: int, end: int) -> Iterator[Frame]:
    """Yield pictures whose brightness is their number."""
    mode = sys.argv[1]
    for number in range(start, end):
        if mode == "dies" and number == 33:
            os._exit(9)
        if mode == "dies once" and number == 33:
            mark = Path(sys.argv[2])
            if not mark.exists():
                mark.touch()
                os._exit(9)
        if mode == "fails" and number == 33:
            raise ValueError("the lantern is out")
        if mode == "slow":
            time.sleep(0.05)
        yield np.full((32, 48, 3), 40 + number, np.uint8)


if __name__ == "__main__":
    serve(draw, sys.stdin, sys.stdout)
