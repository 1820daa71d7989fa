"""Small questions to a model, one at a time, each with a flat answer that is checked field by field.

Knows: how an answer is read whatever became of its form, what a field may hold, when a model is asked again, that a rule's
value stands where it gives none, who decided what.
Never knows: what is asked for and why, where answers are kept.
"""

from __future__ import annotations

from gemwright_visualizer.asking.asker import Asker, Decision, OnFail, Question
from gemwright_visualizer.asking.fields import Choice, Colour, Field, Refused, Taken, Whole, Words, cleaned
from gemwright_visualizer.asking.reading import Answer, is_enough, read_answer

__all__ = [
    "Answer",
    "Asker",
    "Choice",
    "Colour",
    "Decision",
    "Field",
    "OnFail",
    "Question",
    "Refused",
    "Taken",
    "Whole",
    "Words",
    "cleaned",
    "is_enough",
    "read_answer",
]
