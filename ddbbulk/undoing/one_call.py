"""One call: what a load has created goes again, as far as that is known for certain."""

from os import PathLike
from typing import Unpack

from ddbbulk.own_thread import in_own_thread
from ddbbulk.undoing.options import UndoOptions
from ddbbulk.undoing.report import UndoReport
from ddbbulk.undoing.undoing import Undoing


async def undo(
    manifest: str | PathLike[str], **options: Unpack[UndoOptions]
) -> UndoReport:
    """Delete what a load is known to have created and nobody has changed since.

    Args:
        manifest: the file that the load has written.
        options: see ``UndoOptions``.

    Raises:
        ConfigurationError: an option cannot work, the file is no manifest, or the table
            is not the one that was loaded.
        RequestError: the table cannot be reached, described, read or written to.

    Example:
        >>> async def take_back() -> None:
        ...     report = await undo("users.manifest", wcu=200, rcu=100)
        ...     print(report.verdict)
    """
    async with Undoing(manifest, **options) as undoing:
        return await undoing.run()


def undo_sync(
    manifest: str | PathLike[str], **options: Unpack[UndoOptions]
) -> UndoReport:
    """Do what ``undo`` does, and return when it is done: see ``load_sync``."""
    return in_own_thread(undo(manifest, **options))
