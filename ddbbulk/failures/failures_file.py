"""The failures file of a running load."""

import os
from functools import partial

from ddbbulk.failures.opened_file import OpenedFile
from ddbbulk.line_log import LineLog


def failures_file(path: str | os.PathLike[str], *, table: str) -> LineLog[bytes]:
    """Return a log whose entries are lines of a failures file.

    Args:
        path: the file; it is made where there is none, for its owner only.
        table: name or ARN of the table; a file of another one is refused.
    """
    return LineLog(
        partial(OpenedFile.open, path, table=table),
        b"".join,
        thread="ddbbulk-failures",
    )
