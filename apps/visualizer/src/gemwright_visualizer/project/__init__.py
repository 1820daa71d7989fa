"""The folder of a film: what was found and planned, what is drawn already, what was changed by hand.

Knows: which stage needs which results, how results are kept so that a crash at any point loses little and never lies,
that a person's changes are never overwritten, and that one program works in a folder at a time.
Never knows: how anything is analysed, planned, drawn or encoded, or how it is shown.
"""
