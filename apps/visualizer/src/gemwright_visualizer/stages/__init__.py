"""The four stages in which a model helps to direct: mood, pace, look and shots, in small calls with flat answers.

Knows: which questions are asked and in which words, how an answer is read and checked, that the rules' value stands where
none can be used, who decided what.
Never knows: how a film is drawn, where answers are kept, how anything is shown.
"""

from __future__ import annotations

from gemwright_visualizer.stages.asking import Asker, Decision, OnFail, Question
from gemwright_visualizer.stages.boundaries import moved, novelty
from gemwright_visualizer.stages.directing import Directed, direct, expected_calls
from gemwright_visualizer.stages.fields import Choice, Colour, Field, Refused, Taken, Whole, Words, cleaned
from gemwright_visualizer.stages.reading import Answer, read_answer

__all__ = [
    "Answer",
    "Asker",
    "Choice",
    "Colour",
    "Decision",
    "Directed",
    "Field",
    "OnFail",
    "Question",
    "Refused",
    "Taken",
    "Whole",
    "Words",
    "cleaned",
    "direct",
    "expected_calls",
    "moved",
    "novelty",
    "read_answer",
]
