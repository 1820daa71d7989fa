"""Names compared as people mean them: without accents and case, by nickname, by sound, by a letter more or less.

Knows: folding, sound codes, nicknames.
Never knows: which people a tree has.
"""
