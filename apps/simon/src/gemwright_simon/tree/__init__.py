"""A tree on disk, indexed and asked: without living people, unless told otherwise.

Knows: the index in SQLite, who may be living, what is hidden, how people and records are found.
Never knows: kinship terms, questions, how an answer is written.
"""

from gemwright_simon.tree.opening import open_tree
from gemwright_simon.tree.searching import Hit
from gemwright_simon.tree.selecting import Selection
from gemwright_simon.tree.tree import Tree

__all__ = ["Hit", "Selection", "Tree", "open_tree"]
