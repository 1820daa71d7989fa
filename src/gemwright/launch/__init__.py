"""Engines that gemwright starts on this machine.

Knows: which engine is installed, how it is started, watched and ended with us, and where the demo model is.
Never knows: what is asked of the engine, or how its answers are read.
"""
