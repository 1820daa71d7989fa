"""What is wrong with a tree, what is missing in it, and who may be in it twice. Living people are no part of any of it.

Knows: which dates and ties cannot be, how grave that is, how likely two records are one person.
Never knows: questions, tools, terminals; it changes nothing.
"""

from gemwright_simon.quality.checkup import Checkup, Finding, check, findings, having, under_age
from gemwright_simon.quality.gaps import GAPS, Gap, Gaps, gaps
from gemwright_simon.quality.kinds import KINDS, PROBLEMS, SEVERITIES, Severity
from gemwright_simon.quality.matching import Pair, duplicates

__all__ = [
    "GAPS",
    "KINDS",
    "PROBLEMS",
    "SEVERITIES",
    "Checkup",
    "Finding",
    "Gap",
    "Gaps",
    "Pair",
    "Severity",
    "check",
    "duplicates",
    "findings",
    "gaps",
    "having",
    "under_age",
]
