"""Floor 4: what others test their adapters with; `runtime_contract` is its public part.

Knows: what the client expects of every runtime, as checks that run over any of them, real or scripted.
Never knows: a test framework, and no runtime by name.
"""
