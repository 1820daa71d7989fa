"""Floor 2: talking to software that runs the weights.

Knows: each runtime's HTTP or Python API, its frames, its errors.
Never knows: the meaning of wire text; `wire` and `runtimes` do not import each other.
"""
