"""The four stages in which a model helps to direct: mood, pace, look and shots.

Knows: which questions are asked, in which order and words, and what an answer changes in the rules' plan.
Never knows: how an answer is read, how a film is drawn, where answers are kept, how anything is shown.
"""

from __future__ import annotations

from gemwright_visualizer.asking import Asker, Decision, OnFail
from gemwright_visualizer.stages.boundaries import moved, novelty
from gemwright_visualizer.stages.directing import Directed, direct, expected_calls

__all__ = ["Asker", "Decision", "Directed", "OnFail", "direct", "expected_calls", "moved", "novelty"]
