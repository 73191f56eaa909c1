"""Digests of keys, each with a number: on disk, so that memory does not grow."""

from collections.abc import Iterable
from typing import Self

from ddbbulk.scratch import Scratch


class KeyStore:
    """Knows the last number that came with each key, within a ``with`` block.

    Everything that it does blocks, and only one thread may be in it at a time.
    """

    def __init__(self) -> None:
        self._scratch = Scratch(
            "CREATE TABLE keys (digest BLOB PRIMARY KEY, number INTEGER) WITHOUT ROWID"
        )

    def __enter__(self) -> Self:
        self._scratch.__enter__()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._scratch.__exit__(None, None, None)

    def put_all(self, numbers: Iterable[tuple[bytes, int]]) -> None:
        """Remember the number of each key, in the place of an earlier one.

        Raises:
            ConfigurationError: the disk is full, or cannot be written.
        """
        # Neighbours are put where neighbours are: that spares the disk.
        self._scratch.run_all(
            "INSERT OR REPLACE INTO keys VALUES (?, ?)",
            sorted(dict(numbers).items()),
        )

    def add_new(self, numbers: Iterable[tuple[bytes, int]]) -> None:
        """Remember the number of each key that never came before.

        Raises:
            ConfigurationError: the disk is full, or cannot be written.
        """
        self._scratch.run_all("INSERT OR IGNORE INTO keys VALUES (?, ?)", numbers)

    def number_of(self, digest: bytes) -> int | None:
        """Return the last number of a key; None where it never came."""
        row = self._scratch.row("SELECT number FROM keys WHERE digest = ?", digest)
        return None if row is None else int(row[0])

    def __len__(self) -> int:
        row = self._scratch.row("SELECT count(*) FROM keys")
        return 0 if row is None else int(row[0])
