"""A conversation with a historian: whom it is about, what was found, what the model may say, and who answers in the end.

Knows: the model through `gemwright.agent`, the check and the clerk. Never knows: terminals and files.
"""

from gemwright_simon.conversation.focus import FocusStack
from gemwright_simon.conversation.historian import Historian
from gemwright_simon.conversation.ledger import Ledger

__all__ = ["FocusStack", "Historian", "Ledger"]
