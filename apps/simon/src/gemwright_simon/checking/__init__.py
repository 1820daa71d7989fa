"""The check that stands between a model's words and the person who asked: deterministic, by code.

Knows: how claims are found in English sentences, and what of the tree was returned. Never knows: a model.
"""

from gemwright_simon.checking.check import REMOVED, Checked, Judged, check
from gemwright_simon.checking.pool import Pool, handles_in

__all__ = ["REMOVED", "Checked", "Judged", "Pool", "check", "handles_in"]
