"""The SQLite database behind the store: how it is opened, and its transactions."""

import os
import sqlite3
from pathlib import Path
from typing import Final

from ddbbulk.errors import ConfigurationError
from ddbbulk.simulator.keys import partition_hash

_APPLICATION: Final = 0x44444242  # says whose file it is
_FORMAT: Final = 1
_PRIVATE: Final = 0o600
# Big pages make random inserts among a million items cheap in memory; in a file, whole
# pages are written for every commit.
_MEMORY_PAGE: Final = 32_768
_FILE_PAGE: Final = 4096
_LOCK_SECONDS: Final = 0.5


class Transaction:
    """A block whose statements are done together, or not at all."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("BEGIN")

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self._database.execute("COMMIT")
        finally:
            # Where the disk is full, SQLite may have taken it all back by itself.
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")


def open_database(path: str | Path | None) -> sqlite3.Connection:
    """A database in a file of ours, or in memory.

    Raises:
        ConfigurationError: the file is another program's, or in use.
    """
    if path is None:
        # A journal would copy every page that changes, for statements that cannot fail.
        return _connect(":memory:", page_bytes=_MEMORY_PAGE, journal="OFF")
    try:
        # SQLite would create it readable for all that the umask lets in.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, _PRIVATE))
        # SQLite takes some names, such as ":memory:", for more than names.
        name = str(Path(path).absolute())
        return _connect(name, page_bytes=_FILE_PAGE, journal="WAL")
    except (OSError, sqlite3.DatabaseError) as error:
        raise ConfigurationError(
            f"the simulator's data file {str(path)!r} cannot be used: {error}. "
            "Name a file of an earlier simulator that has ended, or one that does "
            "not exist yet"
        ) from error


def _connect(name: str, *, page_bytes: int, journal: str) -> sqlite3.Connection:
    database = sqlite3.connect(
        name, isolation_level=None, cached_statements=256, timeout=_LOCK_SECONDS
    )
    try:
        # Two simulators on one file would each keep counts that the other makes wrong.
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        _check_owner(database, name)
        database.execute(f"PRAGMA page_size = {page_bytes}")
        database.execute(f"PRAGMA journal_mode = {journal}")
        # Survives the death of the process, not that of the machine: it simulates.
        database.execute("PRAGMA synchronous = OFF")
        _create_tables(database)
    except BaseException:
        database.close()
        raise
    database.create_function("partition_hash", 1, partition_hash, deterministic=True)
    return database


def _check_owner(database: sqlite3.Connection, name: str) -> None:
    (tables,) = database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    (owner,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if tables and owner != _APPLICATION:
        raise ConfigurationError(
            f"the simulator's data file {name!r} is another program's database: name "
            "another file"
        )
    if tables and version != _FORMAT:
        raise ConfigurationError(
            f"the simulator's data file {name!r} has format {version}, this version of "
            f"ddbbulk reads format {_FORMAT}: name another file"
        )


def _create_tables(database: sqlite3.Connection) -> None:
    database.execute(f"PRAGMA application_id = {_APPLICATION}")
    database.execute(f"PRAGMA user_version = {_FORMAT}")
    database.execute(
        "CREATE TABLE IF NOT EXISTS tables(number INTEGER PRIMARY KEY AUTOINCREMENT,"
        " name TEXT NOT NULL UNIQUE, definition BLOB NOT NULL)"
    )
    database.execute(
        "CREATE TABLE IF NOT EXISTS indexes(number INTEGER PRIMARY KEY AUTOINCREMENT,"
        " item_table INTEGER NOT NULL, name TEXT NOT NULL, UNIQUE(item_table, name))"
    )
