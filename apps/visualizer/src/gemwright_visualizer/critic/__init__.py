"""The critic: vetoes pictures with plain defects, and judges no art.

Knows: what pixels show of a picture, which one question a model that sees is asked about it, when a picture is made again.
Never knows: how a back end makes a picture, how a film is drawn, where files are kept.
"""

from __future__ import annotations

from gemwright_visualizer.critic.keyframes import Keyframes, glance, keyframes, picture_size
from gemwright_visualizer.critic.looking import odd_question, picture_of, picture_question, score_of, sheet_of, vetoes
from gemwright_visualizer.critic.pixels import Box, Facts, Limits, alike, faults, limits_of, measure
from gemwright_visualizer.critic.reviewing import Kept, Make, Review, Subject, Verdict, improved, review

__all__ = [
    "Box",
    "Facts",
    "Kept",
    "Keyframes",
    "Limits",
    "Make",
    "Review",
    "Subject",
    "Verdict",
    "alike",
    "faults",
    "glance",
    "improved",
    "keyframes",
    "limits_of",
    "measure",
    "odd_question",
    "picture_of",
    "picture_question",
    "picture_size",
    "review",
    "score_of",
    "sheet_of",
    "vetoes",
]
