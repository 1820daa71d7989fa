"""Floor 2: what fits: bytes and tokens per second of a variant in a runtime, before anything is downloaded or started.

Knows: what weights, caches and buffers cost by runtime and version, how fast memory of a class is read, what to advise.
Never knows: what this machine has, how anything is started or shown. It reads no file but the headers that `formats` reads.
"""
