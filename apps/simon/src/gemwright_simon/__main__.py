"""`python -m gemwright_simon` is `gemwright-simon`."""

from gemwright_simon.cli.main import main

main()
