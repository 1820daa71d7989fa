"""Floor 6: gemwright inside other people's programs, one module a program.

Knows: how `llm` and pydantic-ai ask a model and take its answer, and where the model answers that the settings name.
Never knows: how an answer is read, or put right (`client`).
"""
