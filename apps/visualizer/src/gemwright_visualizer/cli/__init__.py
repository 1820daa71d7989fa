"""The command line: options, progress, tables, exit codes.

Knows: how a person or a program asks for a film and hears of it; the only room that prints.
Never knows: how anything is done.
"""
