"""Side by side with peers in one run: rendering, parsing, growth. `python -m benchmarks --help` says how.

Figures are printed with the machine they were taken on and never asserted. Peers are never installed and none of
their code is kept here: their wheels are fetched by hash into `.cache/bench`, the few modules that parse Gemma 4 are
unpacked, and each runs in a child process of its own.
"""
