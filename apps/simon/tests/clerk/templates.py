"""The sixty kinds of question, each in several wordings, with what is true reckoned from the records."""

from __future__ import annotations

from apps.simon.tests.clerk import about_couples, about_kin, about_lives, about_records, about_trees
from apps.simon.tests.clerk.asking import Asked, Templates, right

__all__ = ["FILES", "Asked", "Templates", "right"]

FILES = (about_lives, about_kin, about_couples, about_trees, about_records)
"""Where the templates are; importing them enters each in the table."""
