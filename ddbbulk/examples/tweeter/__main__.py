"""``python -m ddbbulk.examples.tweeter``."""

from ddbbulk.examples.tweeter.app import main

if __name__ == "__main__":
    main()
