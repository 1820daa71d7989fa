"""Files read into records: GEDCOM 5.5 to 7.0, GEDZIP and Gramps XML, whatever a program made of them.

Knows: encodings, lines and their faults, tags, what a tag means, how a file says what it is.
Never knows: indexes, privacy, questions.
"""
