"""What every command says where capacity is still raised that nobody will put back."""

from ddbbulk.capacity import OwedRestore, owed_restores
from ddbbulk.cli.messages import say
from ddbbulk.errors import ConfigurationError
from ddbbulk.progress import error_console


def say_owed() -> None:
    """Say on standard error what is owed; only files are looked at."""
    try:
        owed = owed_restores()
    except (OSError, ConfigurationError):
        # No command fails for want of a reminder.
        return
    for one in owed:
        say(error_console(), in_words(one), kind="warning")


def in_words(owed: OwedRestore) -> str:
    """Return what is owed, and how to put it back."""
    note = owed.note
    if note is None:
        return f"the restore note {owed.path} cannot be read: {owed.problem}"
    found = ", ".join(
        f"{one.index or note.table} {one.write.found:,} WCU"
        for one in note.resources
        if one.write.found
    )
    return (
        f"table {note.table} at {note.endpoint_url} was raised and not put back "
        f"({found or 'on demand'} before): 'ddbbulk capacity restore {note.table}'"
    )
