"""What the exit code tells a script."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes, those of the ``ddbbulk`` command."""

    COMPLETE = 0
    """All is there."""
    SOME_MISSING = 1
    """It came to its end; some items were rejected, or are not there."""
    WRONG_SETTINGS = 2
    """Wrong usage, settings or tables; nothing was loaded."""
    STOPPED_EARLY = 3
    """An error stopped it; what was written before it stays written."""
    RESTORE_OWED = 4
    """All is there, but raised capacity could not be put back: it costs money."""
    INTERRUPTED = 130
    """Ctrl-C or SIGTERM."""
