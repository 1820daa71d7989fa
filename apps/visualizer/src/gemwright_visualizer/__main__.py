"""`python -m gemwright_visualizer` is `gemwright-visualizer`."""

from gemwright_visualizer.cli.main import main

if __name__ == "__main__":
    main()
