"""Conversations in the manner of particular programs."""


def add() -> None:
    """Register the kinds of conversations here."""
