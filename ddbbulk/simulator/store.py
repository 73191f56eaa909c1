"""Items in SQLite: ordered bytes to bytes, for tables and their indexes.

The store knows nothing of DynamoDB but that keys are ordered bytes (see ``keys``) and
that an index entry points to an item. It is used from one thread only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ddbbulk.simulator.database import Transaction, open_database
from ddbbulk.simulator.keys import StoredKey


class StoredItem(NamedTuple):
    """An item as it lies in the store.

    Attributes:
        size: its size in bytes by DynamoDB's rules.
        body: its DynamoDB JSON.
    """

    size: int
    body: bytes


@dataclass(slots=True)
class Changes:
    """What one request changes in a table, done in one transaction.

    Attributes:
        puts: key, size and JSON of each item.
        deletes: keys of items that go.
        items_added: by how much the number of items grows (negative: shrinks).
        bytes_added: by how much their sizes grow together.
        index_puts: by index name: each entry's key and its item's key.
        index_deletes: by index name: keys of entries that go (done before the puts).
    """

    puts: list[tuple[StoredKey, int, bytes]] = field(
        default_factory=list[tuple[StoredKey, int, bytes]]
    )
    deletes: list[StoredKey] = field(default_factory=list[StoredKey])
    items_added: int = 0
    bytes_added: int = 0
    index_puts: dict[str, list[tuple[StoredKey, StoredKey]]] = field(
        default_factory=dict[str, list[tuple[StoredKey, StoredKey]]]
    )
    index_deletes: dict[str, list[StoredKey]] = field(
        default_factory=dict[str, list[StoredKey]]
    )


class ItemStore:
    """The items of all tables, in memory or in a file that survives."""

    def __init__(self, path: str | Path | None = None) -> None:
        self._database = open_database(path)
        self._numbers: dict[str, int] = {}
        self._totals: dict[str, tuple[int, int]] = {}
        self._index_numbers: dict[str, dict[str, int]] = {}
        self._execute = self._database.execute
        for number, name in self._execute("SELECT number, name FROM tables"):
            self._numbers[name] = number
        for name, number in self._numbers.items():
            self._totals[name] = self._execute(
                f"SELECT count(*), total(size) FROM items_{number}"  # noqa: S608 -- a number of ours
            ).fetchone()
            self._index_numbers[name] = dict(
                self._execute(
                    "SELECT name, number FROM indexes WHERE item_table = ?", (number,)
                )
            )

    def close(self) -> None:
        """Let go of the file; nothing may be asked of the store afterwards."""
        self._database.close()

    # ------------------------------------------------------------- definitions

    def definitions(self) -> dict[str, bytes]:
        """What ``define`` was last given for each table, in the order of names."""
        rows = self._execute("SELECT name, definition FROM tables ORDER BY name")
        return dict(rows.fetchall())

    def define(self, table: str, definition: bytes) -> None:
        """Keep a table's definition (a new or changed one) beside its items."""
        self._execute(
            "UPDATE tables SET definition = ? WHERE name = ?", (definition, table)
        )

    def create_table(
        self, table: str, indexes: Iterable[str] = (), definition: bytes = b"{}"
    ) -> None:
        """Make room for a table and its indexes, and keep its definition."""
        index_numbers: dict[str, int] = {}
        with Transaction(self._database):
            cursor = self._execute(
                "INSERT INTO tables(name, definition) VALUES (?, ?)",
                (table, definition),
            )
            number = cursor.lastrowid or 0
            self._execute(
                f"CREATE TABLE items_{number}"
                "(key BLOB PRIMARY KEY, size INTEGER NOT NULL, item BLOB NOT NULL)"
            )
            for index in indexes:
                index_numbers[index] = self._add_index(number, index)
        self._numbers[table] = number
        self._totals[table] = (0, 0)
        self._index_numbers[table] = index_numbers

    def drop_table(self, table: str) -> None:
        """Forget a table with its items and indexes."""
        number = self._numbers[table]
        with Transaction(self._database):
            for index_number in self._index_numbers[table].values():
                self._remove_index(index_number)
            self._execute(f"DROP TABLE items_{number}")
            self._execute("DELETE FROM tables WHERE number = ?", (number,))
        del self._numbers[table], self._totals[table], self._index_numbers[table]

    def create_index(self, table: str, index: str) -> None:
        """Make room for an index, empty at first."""
        numbers = self._index_numbers[table]
        with Transaction(self._database):
            # A kill on the way to an index, or on its way out, may have left it here.
            if index in numbers:
                self._remove_index(numbers[index])
            number = self._add_index(self._numbers[table], index)
        numbers[index] = number

    def drop_index(self, table: str, index: str) -> None:
        """Forget an index with its entries."""
        with Transaction(self._database):
            self._remove_index(self._index_numbers[table][index])
        del self._index_numbers[table][index]

    def _add_index(self, table_number: int, index: str) -> int:
        cursor = self._execute(
            "INSERT INTO indexes(item_table, name) VALUES (?, ?)", (table_number, index)
        )
        number = cursor.lastrowid or 0
        self._execute(
            f"CREATE TABLE entries_{number}"
            "(key BLOB PRIMARY KEY, item_key BLOB NOT NULL) WITHOUT ROWID"
        )
        return number

    def _remove_index(self, number: int) -> None:
        self._execute(f"DROP TABLE entries_{number}")
        self._execute("DELETE FROM indexes WHERE number = ?", (number,))

    def count(self, table: str) -> int:
        """How many items a table holds (known without counting); 0 if there is none."""
        return self._totals.get(table, (0, 0))[0]

    def size_bytes(self, table: str) -> int:
        """What the sizes of a table's items add up to."""
        return int(self._totals[table][1])

    def count_entries(self, table: str, index: str) -> int:
        """How many items an index holds (counted now)."""
        number = self._index_numbers[table][index]
        (count,) = self._execute(f"SELECT count(*) FROM entries_{number}").fetchone()  # noqa: S608 -- a number of ours
        return int(count)

    def get_many(
        self, table: str, keys: Sequence[StoredKey]
    ) -> dict[StoredKey, StoredItem]:
        """The items that exist under some keys (at most some hundreds at once)."""
        marks = ",".join("?" * len(keys))
        rows = self._execute(
            f"SELECT key, size, item FROM items_{self._numbers[table]}"  # noqa: S608 -- a number of ours
            f" WHERE key IN ({marks})",
            keys,
        ).fetchall()
        return {key: StoredItem(size, body) for key, size, body in rows}

    def get(self, table: str, key: StoredKey) -> StoredItem | None:
        """The item under a key, or None."""
        return self.get_many(table, (key,)).get(key)

    def write(self, table: str, changes: Changes) -> None:
        """Do all the changes or, where the process dies, none of them."""
        self.write_all({table: changes})

    def write_all(self, changes: Mapping[str, Changes]) -> None:
        """As ``write``, in several tables at once, by their names."""
        with Transaction(self._database):
            for table, of_table in changes.items():
                self._apply(table, of_table)
        for table, of_table in changes.items():
            count, size = self._totals[table]
            total = count + of_table.items_added, size + of_table.bytes_added
            self._totals[table] = total

    def _apply(self, table: str, changes: Changes) -> None:
        number = self._numbers[table]
        indexes = self._index_numbers[table]
        many = self._database.executemany
        if changes.puts:
            many(
                f"INSERT OR REPLACE INTO items_{number} VALUES (?,?,?)",  # noqa: S608 -- a number of ours
                changes.puts,
            )
        if changes.deletes:
            many(
                f"DELETE FROM items_{number} WHERE key = ?",  # noqa: S608 -- a number of ours
                [(key,) for key in changes.deletes],
            )
        for index, entries in changes.index_deletes.items():
            many(
                f"DELETE FROM entries_{indexes[index]} WHERE key = ?",  # noqa: S608 -- a number of ours
                [(key,) for key in entries],
            )
        for index, pairs in changes.index_puts.items():
            many(
                f"INSERT OR REPLACE INTO entries_{indexes[index]} VALUES (?,?)",  # noqa: S608 -- a number of ours
                pairs,
            )

    def walk(  # noqa: PLR0913 -- what a page of a scan or query is made of
        self,
        table: str,
        index: str | None = None,
        *,
        lower: bytes = b"",
        upper: bytes | None = None,
        after: StoredKey | None = None,
        is_forward: bool = True,
        segment: int = 0,
        total_segments: int = 1,
        limit: int = -1,
    ) -> Iterator[tuple[StoredKey, StoredItem]]:
        """The items of a table or index in key order, with the key of each.

        Read it to the end, or close it, before anything is written.

        Args:
            table: the table.
            index: walk this index's entries instead; the key is then the entry's, the
                item still the table's whole item (project it yourself).
            lower: the first key may be equal to this.
            upper: every key is below this; None: no bound.
            after: go on behind this key (in the direction of the walk), exclusively.
            is_forward: ascending or descending.
            segment: which share of a parallel scan, from 0; partitions stay whole.
            total_segments: into how many shares the scan is split.
            limit: at most so many; -1: all.
        """
        query, parameters = self._walk_query(
            table, index, lower=lower, upper=upper, after=after, is_forward=is_forward
        )
        if total_segments > 1:
            item_key = "k.key" if index is None else "k.item_key"
            query = query.replace(
                " ORDER", f" AND partition_hash({item_key}) % ? = ? ORDER"
            )
            parameters += [total_segments, segment]
        query += " LIMIT ?"
        parameters.append(limit)
        for key, size, body in self._execute(query, parameters):
            yield key, StoredItem(size, body)

    def _walk_query(
        self,
        table: str,
        index: str | None,
        *,
        lower: bytes,
        upper: bytes | None,
        after: StoredKey | None,
        is_forward: bool,
    ) -> tuple[str, list[bytes | int]]:
        items = f"items_{self._numbers[table]}"
        if index is None:
            source = f"{items} AS k"
            columns = "k.key, k.size, k.item"
        else:
            entries = f"entries_{self._index_numbers[table][index]}"
            source = f"{entries} AS k CROSS JOIN {items} AS i ON i.key = k.item_key"
            columns = "k.key, i.size, i.item"
        query = f"SELECT {columns} FROM {source} WHERE k.key >= ?"  # noqa: S608 -- names of ours
        parameters: list[bytes | int] = [lower]
        if upper is not None:
            query += " AND k.key < ?"
            parameters.append(upper)
        if after is not None:
            query += f" AND k.key {'>' if is_forward else '<'} ?"
            parameters.append(after)
        return f"{query} ORDER BY k.key {'ASC' if is_forward else 'DESC'}", parameters
