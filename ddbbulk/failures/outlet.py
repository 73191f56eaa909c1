"""Where a load's failed items go: to a file, to a callable, to both, or nowhere."""

import os
from typing import Self

from ddbbulk.failures.failed_item import FailedItem, OnFailure
from ddbbulk.failures.failures_file import failures_file
from ddbbulk.line_log import LineLog


class FailureOutlet:
    """Hands on each failed item.

    Args:
        file: is opened, kept and closed with the load.
        on_failure: is told of each.
    """

    def __init__(
        self, file: LineLog[bytes] | None = None, on_failure: OnFailure | None = None
    ) -> None:
        self._file = file
        self._on_failure = on_failure

    @classmethod
    async def open(
        cls,
        path: str | os.PathLike[str] | None,
        on_failure: OnFailure | None,
        *,
        table: str,
    ) -> Self:
        """Return an outlet whose file, if there is one, can be written.

        Raises:
            ConfigurationError: it cannot.
        """
        if path is None:
            return cls(None, on_failure)
        file = failures_file(path, table=table)
        await file.open()
        return cls(file, on_failure)

    @property
    def listener(self) -> OnFailure | None:
        """What is to be told of failed items; None where nobody wants to know."""
        return self._hand_on if self._file is not None else self._on_failure

    async def keep(self) -> None:
        """Write to the file what is handed on, until this is cancelled."""
        if self._file is not None:
            await self._file.keep()

    async def wait_for_room(self) -> None:
        """Return when the file can take more."""
        if self._file is not None:
            await self._file.wait_for_room()

    async def sync(self) -> None:
        """Return once what was handed on so far would survive a loss of power.

        Raises:
            ConfigurationError: the file cannot be written.
        """
        if self._file is not None:
            await self._file.sync()

    async def close(self) -> None:
        """Close the file.

        Raises:
            ConfigurationError: it could not be written, now or before.
        """
        if self._file is not None:
            await self._file.close()

    def _hand_on(self, failed: FailedItem) -> None:
        if self._file is not None:
            line = failed.line()
            self._file.append((line,), len(line))
        if self._on_failure is not None:
            self._on_failure(failed)
