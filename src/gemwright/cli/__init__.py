"""The command line: the only room that prints, prompts or exits.

Knows: the commands and their options, how a person reads an answer and a program does, exit codes.
Never knows: how anything is done; each command asks the rooms below it.
"""
