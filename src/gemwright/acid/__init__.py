"""Floor 5: the acid test. What does a runtime's own pipeline make of Gemma 4's outputs, and what does our client deliver?

Knows: the outputs with what is right, how the demo model is made to say any of them, and how results are counted.
Never knows: which engine is started where no runtime is named, files of the repository, terminals.
"""

from gemwright.acid.endpoints import NAMES, endpoint
from gemwright.acid.files import hand_out
from gemwright.acid.page import page
from gemwright.acid.record import record, record_name
from gemwright.acid.run import Report, run
from gemwright.acid.table import COLUMNS, TITLES, Table
from gemwright.acid.vectors import chosen, vectors

__all__ = [
    "COLUMNS",
    "NAMES",
    "TITLES",
    "Report",
    "Table",
    "chosen",
    "endpoint",
    "hand_out",
    "page",
    "record",
    "record_name",
    "run",
    "vectors",
]
