"""Items that the table does not hold, until it is known whether they had to be there.

An item that is missing or different is no fault of a load where a later item of its key
is in the source. So the digest of every key is written to disk as the source is read
(24 bytes an item, one after the other), and what is suspect is kept apart. In the end,
if anything is, the digests are read again: they tell of each suspect key how many items
it has, and which is its last. Neither has to fit into the memory, and the source is
read only once, so it may be a pipe.
"""

import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

import orjson

from ddbbulk.canonical import DIGEST_BYTES, key_digest
from ddbbulk.marshal import Write
from ddbbulk.scratch import Scratch, ScratchFile

# What the table holds: kept of a sample, whose items are few.
EQUAL: Final = "Equal"

_RECORD: Final = struct.Struct(f">{DIGEST_BYTES}sQ")
_BLOCK_RECORDS: Final = 32 * 1024
_TABLES: Final = (
    """CREATE TABLE suspects (
        digest BLOB, position INTEGER, code TEXT, shown BLOB, line BLOB)""",
    """CREATE TABLE last (
        digest BLOB PRIMARY KEY, items INTEGER, position INTEGER) WITHOUT ROWID""",
)


class SeenKeys:
    """The digest of every key of the source, with its position, on disk.

    Args:
        file: where they are kept.
    """

    def __init__(self, file: ScratchFile) -> None:
        self._file = file

    def add(self, writes: Sequence[Write]) -> None:
        """Remember the keys of some writes."""
        pack = _RECORD.pack
        self._file.append(
            b"".join([pack(key_digest(write.key), write.position) for write in writes])
        )

    def blocks(self) -> Iterator[list[tuple[bytes, int]]]:
        """Yield digests and positions, in their order, some thousands at once."""
        length = _BLOCK_RECORDS * _RECORD.size
        for at in range(0, self._file.size, length):
            yield [*_RECORD.iter_unpack(self._file.read(at, length))]


@dataclass(frozen=True, slots=True)
class SuspectRow:
    """A suspect as the disk has it.

    Args:
        code: ``Missing`` and the like, or ``Equal``.
        where: where a person finds the item.
        key: as it may be shown; None: not at all.
        attributes: those that differ.
        line: of a failures file; empty: nobody wants one.
    """

    digest: bytes
    position: int
    code: str
    where: str = ""
    key: str | None = None
    attributes: tuple[str, ...] = ()
    line: bytes = b""


@dataclass(frozen=True, slots=True)
class SuspectCounts:
    """What the suspects come to, once all keys of the source are known.

    Args:
        by_code: those that no later item of their key has superseded.
        superseded: the others.
        superseded_equals: items that seemed equal and were superseded all the same:
            they have the key of a suspect, and are not the last of it. It holds where
            all items of the source were compared.
    """

    by_code: Counter[str]
    superseded: int
    superseded_equals: int


class SuspectStore:
    """The suspects of a verification, within a ``with`` block.

    What it does blocks, and only one thread may be in it at a time.
    """

    def __init__(self) -> None:
        self._scratch = Scratch(*_TABLES)
        self._count = 0

    def __enter__(self) -> Self:
        self._scratch.__enter__()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._scratch.__exit__(None, None, None)

    def __len__(self) -> int:
        return self._count

    def add(self, rows: Sequence[SuspectRow]) -> None:
        """Keep some more.

        Raises:
            ConfigurationError: the disk is full.
        """
        self._count += len(rows)
        self._scratch.run_all(
            "INSERT INTO suspects VALUES (?, ?, ?, ?, ?)",
            [
                (
                    row.digest,
                    row.position,
                    row.code,
                    orjson.dumps([row.where, row.key, row.attributes]),
                    row.line,
                )
                for row in rows
            ],
        )
        self._scratch.run_all(
            "INSERT OR IGNORE INTO last VALUES (?, 0, -1)",
            [(row.digest,) for row in rows],
        )

    def settle(self, block: Sequence[tuple[bytes, int]]) -> None:
        """Learn from keys of the source which items are the last of theirs."""
        self._scratch.run_all(
            "UPDATE last SET items = items + 1, position = max(position, ?2) "
            "WHERE digest = ?1",
            block,
        )

    def _by_code(self) -> Counter[str]:
        rows = self._scratch.rows(
            "SELECT code, count(*) FROM suspects JOIN last USING (digest, position) "
            "GROUP BY code"
        )
        return Counter({str(code): int(count) for code, count in rows})

    def counts(self) -> SuspectCounts:
        """Return what they come to."""
        by_code = self._by_code()
        superseded = self._count - by_code.total()
        return SuspectCounts(by_code, superseded, self._superseded_equals())

    def _superseded_equals(self) -> int:
        row = self._scratch.row(
            "SELECT sum(items - suspects - (highest <> position)) FROM last JOIN "
            "(SELECT digest, count(*) AS suspects, max(position) AS highest "
            "FROM suspects GROUP BY digest) USING (digest)"
        )
        return 0 if row is None or row[0] is None else int(row[0])

    def faults(self) -> Iterator[SuspectRow]:
        """Yield what is missing or different for good, in the source's order."""
        rows = self._scratch.rows(
            "SELECT digest, position, code, shown, line FROM suspects "
            "JOIN last USING (digest, position) "
            "WHERE code NOT IN (?, 'Expired') ORDER BY position",
            EQUAL,
        )
        for digest, position, code, shown, line in rows:
            where, key, attributes = orjson.loads(shown)
            yield SuspectRow(
                digest, position, code, where, key, tuple(attributes), line
            )
