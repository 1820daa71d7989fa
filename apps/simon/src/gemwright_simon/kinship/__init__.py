"""How people are related: all relatives of a kind, every line between two people, and the English words for both."""

from __future__ import annotations

from gemwright_simon.kinship.graph import Graph, Ties
from gemwright_simon.kinship.lines import Line, Relationship, relationship
from gemwright_simon.kinship.relatives import RELATIONS, Relative, relatives
from gemwright_simon.kinship.terms import base_term, blood_term, parse_term, spouse_word

__all__ = [
    "RELATIONS",
    "Graph",
    "Line",
    "Relationship",
    "Relative",
    "Ties",
    "base_term",
    "blood_term",
    "parse_term",
    "relationship",
    "relatives",
    "spouse_word",
]
