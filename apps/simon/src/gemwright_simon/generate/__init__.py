"""Families that never lived, as GEDCOM: for the demonstration, for tests, and for measuring large trees.

Knows: how families grow, how dates and sources get written, which faults real files have.
Never knows: how a tree is read.
"""

from gemwright_simon.generate.family import Planted, generate, write_family

__all__ = ["Planted", "generate", "write_family"]
