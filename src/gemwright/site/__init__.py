"""Floor 5: the corpus and its documents as pages of a static site: Markdown for a generator, feeds, and data beside it.

Knows: which pages there are, how a record looks on one, and how pages link to each other.
Never knows: the generator that makes HTML of them; it is given a folder.
"""

from gemwright.site.feeds import feeds
from gemwright.site.pages import pages

__all__ = ["feeds", "pages"]
