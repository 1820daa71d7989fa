"""Floor 2: Gemma 4's own protocol, rendered byte-exactly and parsed from any stream. Standard library only.

Knows: every control token and rule of the format, every repair.
Never knows: HTTP, runtimes, files, clocks.
"""
