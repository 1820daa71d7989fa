"""Floor 2: what is known: finding it, matching it with a machine, checking it, and telling it in other people's forms.

Knows: claims, advisories and the other records of the catalog; the documents under `guide/` that show them.
Never knows: networks, models, or what is on this machine; an environment is given to it.
"""

from gemwright.corpus.condition import Condition, Outcome, parse_condition
from gemwright.corpus.environment import Environment
from gemwright.corpus.match import Match, match

__all__ = ["Condition", "Environment", "Match", "Outcome", "match", "parse_condition"]
