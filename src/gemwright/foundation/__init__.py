"""Floor 0: what has no domain in it.

Knows: errors, versions, paths, settings, JSON, identifiers, clocks, logs, HTTP.
Never knows: Gemma, tokens, runtimes, messages.
"""
