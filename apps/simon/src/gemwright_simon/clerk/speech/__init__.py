"""Free wording: what people write, word by word, to whom and what they mean, answered from the same answers as everything else.

Knows: the closed vocabulary, how a question is built, and that every word of it has to be understood. Never knows: a fact that
no answer of the clerk gives.
"""

from gemwright_simon.clerk.speech.reader import Reader

__all__ = ["Reader"]
