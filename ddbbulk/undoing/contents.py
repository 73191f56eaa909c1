"""What a manifest comes to: of each key the last word, however large the file is."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, Self

from ddbbulk.canonical import key_digest
from ddbbulk.errors import ConfigurationError, InvalidItemError
from ddbbulk.key_store import KeyStore
from ddbbulk.manifest import Creation, OpenedManifest
from ddbbulk.marshal import Marshaller
from ddbbulk.schema import TableSchema

_AT_ONCE: Final = 32 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """The last word of a manifest on one key.

    Args:
        line: where it stands.
        creation: what it says.
    """

    line: int
    creation: Creation


class ManifestContents:
    """The items that a manifest tells of, each key once, within a ``with`` block.

    First all of it has to be read; then each line knows whether it is the last word.

    What it does blocks, and only one thread may be in it at a time.

    Args:
        manifest: an open one, with a header.
        schema: the table's keys.
    """

    def __init__(self, manifest: OpenedManifest, schema: TableSchema) -> None:
        self._manifest = manifest
        self._key_of = Marshaller(schema).key_of
        self._lines = KeyStore()
        self._unread = manifest.creations()

    def __enter__(self) -> Self:
        self._lines.__enter__()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._lines.__exit__(None, None, None)

    def read_some(self) -> bool:
        """Look through some thousand lines more; say whether there were any.

        Raises:
            ConfigurationError: a line is damaged, or the disk is full.
        """
        sure: dict[bytes, int] = {}
        unsure: dict[bytes, int] = {}
        for number, creation in islice(self._unread, _AT_ONCE):
            digest = self._digest(number, creation)
            if creation.is_certain:
                sure[digest] = number
            else:
                # To have found an item again makes nothing of what is known less sure.
                unsure.setdefault(digest, number)
        self._lines.put_all(sure.items())
        self._lines.add_new(unsure.items())
        return bool(sure or unsure)

    def entries(self) -> Iterator[Entry]:
        """Yield the items that the load has left there, in the manifest's order."""
        for number, creation in self._manifest.creations():
            if creation.digest is not None and self._is_last(number, creation):
                yield Entry(number, creation)

    def portions(self, count: int) -> Iterator[list[Entry]]:
        """Yield the same, so many at once."""
        entries = self.entries()
        while some := list(islice(entries, count)):
            yield some

    def _is_last(self, number: int, creation: Creation) -> bool:
        return self._lines.number_of(self._digest(number, creation)) == number

    def _digest(self, number: int, creation: Creation) -> bytes:
        try:
            return key_digest(self._key_of(creation.key))
        except InvalidItemError:
            raise ConfigurationError(
                f"line {number:,} of the manifest {self._manifest.name} has no key of "
                "its table, so nothing is done by it: mend or remove that line"
            ) from None
