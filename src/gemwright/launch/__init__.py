"""Engines on this machine: those that run already, and the one that gemwright starts.

Knows: where servers listen and how they are recognised; which engine is installed, how it is started, watched and ended with
us, and where the demo model is.
Never knows: what is asked of a model, or how its answers are read.
"""
