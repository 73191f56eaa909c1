"""``python -m ddbbulk``: the same as the ``ddbbulk`` command."""

from ddbbulk.cli import main

if __name__ == "__main__":
    main()
