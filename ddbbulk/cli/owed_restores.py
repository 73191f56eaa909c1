"""Capacity that is still raised, in words."""

from ddbbulk.capacity import OwedRestore, owed_restores
from ddbbulk.cli.messages import say
from ddbbulk.progress import error_console


def say_owed_restores() -> None:
    """Say on standard error what is raised that nobody will put back.

    Raises:
        OSError: the notes cannot be looked at.
        ConfigurationError: likewise.
    """
    for one in owed_restores():
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
