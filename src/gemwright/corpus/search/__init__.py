"""Finding records: by words, without a model, and with vectors from outside where somebody has them."""

from gemwright.corpus.search.cards import Card
from gemwright.corpus.search.index import Index, open_index
from gemwright.corpus.search.rank import Hit, search

__all__ = ["Card", "Hit", "Index", "open_index", "search"]
