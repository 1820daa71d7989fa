"""Floor 4: training data that is right: conversations to rows, masks and packs, and what is wrong with a row.

Knows: which characters of a conversation the model writes itself, which turns are targets, how rows are packed, and the
faults by which training hurts silently.
Never knows: trainers and their libraries, where files lie, or how a finding is printed.
"""

from gemwright.tuning.check import RULES, Finding, Settings, check
from gemwright.tuning.conversation import Conversation
from gemwright.tuning.dataset import Line, Row, read, row
from gemwright.tuning.masks import Encode, mask, spans
from gemwright.tuning.packing import Document, Pack, pack

__all__ = [
    "RULES",
    "Conversation",
    "Document",
    "Encode",
    "Finding",
    "Line",
    "Pack",
    "Row",
    "Settings",
    "check",
    "mask",
    "pack",
    "read",
    "row",
    "spans",
]
