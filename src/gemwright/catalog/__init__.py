"""Floor 1: what exists: Gemma 4's variants with their geometry, its special tokens, and what names mean.

Knows: the facts under `corpus/`, each with its source, as typed values; how they are compiled and found again.
Never knows: what is done with them, or anything about this machine.
"""

from gemwright.catalog.document import Catalog
from gemwright.catalog.load import catalog
from gemwright.catalog.names import ModelName, resolve, variant_of
from gemwright.catalog.sources import Source
from gemwright.catalog.tokens import Token
from gemwright.catalog.variants import Geometry, Variant

__all__ = ["Catalog", "Geometry", "ModelName", "Source", "Token", "Variant", "catalog", "resolve", "variant_of"]
