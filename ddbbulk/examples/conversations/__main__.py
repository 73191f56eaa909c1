"""``python -m ddbbulk.examples.conversations``."""

from ddbbulk.examples.conversations.app import main

if __name__ == "__main__":
    main()
