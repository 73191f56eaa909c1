"""What every command says where capacity is still raised that nobody will put back."""

from contextlib import suppress

from ddbbulk.errors import ConfigurationError
from ddbbulk.state_folder import notes_folder


def say_owed() -> None:
    """Say on standard error what is owed; only files are looked at."""
    # No command fails for want of a reminder, nor waits for what most never need.
    with suppress(OSError, ConfigurationError):
        if any(notes_folder().glob("*.json")):
            from ddbbulk.cli.owed_restores import say_owed_restores  # noqa: PLC0415 -- as said

            say_owed_restores()
