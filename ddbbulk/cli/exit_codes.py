"""What the exit code of a command tells a script."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of every command."""

    COMPLETE = 0
    """All items were written."""
    SOME_REJECTED = 1
    """The load came to its end; some items were rejected."""
    WRONG_SETTINGS = 2
    """Wrong usage, settings or files: nothing was loaded, or no report written."""
    STOPPED_EARLY = 3
    """The load was stopped by an error; what was written before it stays written."""
    RESTORE_OWED = 4
    """All else is done, but raised capacity could not be put back: it costs money."""
    INTERRUPTED = 130
    """Ctrl-C or SIGTERM."""
