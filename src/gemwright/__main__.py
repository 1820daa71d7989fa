"""`python -m gemwright`."""

from __future__ import annotations

from gemwright.cli.main import main

if __name__ == "__main__":
    main()
