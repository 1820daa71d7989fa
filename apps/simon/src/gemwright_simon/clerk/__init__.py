"""Questions answered by code: what was meant, who was meant, and what the tree records of it.

Knows: the wordings of the questions and how each is answered. Never knows: a model.
"""

from gemwright_simon.clerk.answer import Answer, Claims, Evidence, Voice
from gemwright_simon.clerk.clerk import Clerk
from gemwright_simon.clerk.forms import GET_MODEL, MODEL_SIZE
from gemwright_simon.clerk.people import Focus

__all__ = ["GET_MODEL", "MODEL_SIZE", "Answer", "Claims", "Clerk", "Evidence", "Focus", "Voice"]
