"""Floor 4: questions answered from what is known.

Knows: how to read a question or a pasted log, which records answer it, and in which order they help.
Never knows: how records are stored, or how an answer is printed.
"""

from gemwright.answers.ask import Answer, Found, ask

__all__ = ["Answer", "Found", "ask"]
