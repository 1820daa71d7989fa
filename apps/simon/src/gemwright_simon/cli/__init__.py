"""The program `gemwright-simon`: the only room that prints."""
