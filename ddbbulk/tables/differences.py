"""In what two definitions of a table differ."""

from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from ddbbulk.schema import IndexSchema
from ddbbulk.schema_file import GlobalIndexDefinition, TableDefinition


class Difference(NamedTuple):
    """One thing that a table has otherwise than it was wanted.

    Attributes:
        what: the field of a schema file, or an index.
        wanted: how it was wanted, in words.
        there: how it is.
        is_of_keys: it is a key or an index, which programs depend on, and which no
            setting changes.
    """

    what: str
    wanted: str
    there: str
    is_of_keys: bool

    def __str__(self) -> str:
        return f"{self.what} is {self.there} there, and {self.wanted} is wanted"


def differences(
    wanted: TableDefinition, there: TableDefinition
) -> tuple[Difference, ...]:
    """Return in what a table is not as it is wanted; its name is no such thing."""
    both = _global_names(wanted) & _global_names(there)
    ours, theirs = _settings(wanted, both), _settings(there, both)
    return (
        *_compared(_structure(wanted), _structure(there), is_of_keys=True),
        *_compared(ours, theirs, is_of_keys=False),
    )


def _global_names(table: TableDefinition) -> set[str]:
    return {index.name for index in table.global_indexes}


def _compared(
    wanted: Iterable[tuple[str, str]],
    there: Iterable[tuple[str, str]],
    *,
    is_of_keys: bool,
) -> Iterator[Difference]:
    ours, theirs = dict(wanted), dict(there)
    for what in dict.fromkeys((*ours, *theirs)):
        one, other = ours.get(what, "nothing"), theirs.get(what, "nothing")
        if one != other:
            yield Difference(what, one, other, is_of_keys=is_of_keys)


def _structure(table: TableDefinition) -> Iterator[tuple[str, str]]:
    schema = table.keys_and_indexes
    yield "the key", ", ".join(f"{key.name} ({key.type})" for key in schema.keys)
    for index in schema.indexes:
        yield f"index {index.name}", _index_in_words(index)


def _index_in_words(index: IndexSchema) -> str:
    kind = "local" if index.is_local else "global"
    partition = ", ".join(f"{key.name} ({key.type})" for key in index.partition_keys)
    sort = ", ".join(f"{key.name} ({key.type})" for key in index.sort_keys)
    copied: str = index.projection
    if index.non_key_attributes:
        # Their order means nothing, and servers do not keep it.
        copied += f" {', '.join(sorted(index.non_key_attributes))}"
    return f"{kind} by {partition}{f' and {sort}' if sort else ''} with {copied}"


def _settings(
    table: TableDefinition, indexes: Container[str]
) -> Iterator[tuple[str, str]]:
    yield "billing", table.billing
    yield "the capacity", _capacity(table, table)
    for index in sorted(table.global_indexes, key=lambda one: one.name):
        if index.name in indexes:
            yield f"the capacity of index {index.name}", _capacity(table, index)
    yield "ttl_attribute", table.ttl_attribute or "nothing"
    yield "deletion_protection", "on" if table.deletion_protection else "off"
    tags = ", ".join(f"{key}={value}" for key, value in sorted(table.tags.items()))
    yield "tags", tags or "nothing"


def _capacity(
    table: TableDefinition, part: TableDefinition | GlobalIndexDefinition
) -> str:
    if table.billing == "provisioned":
        write = part.write_capacity or table.write_capacity
        read = part.read_capacity or table.read_capacity
        return f"{write:,} WCU and {read:,} RCU"
    write = part.max_write_units or 0
    read = part.max_read_units or 0
    if not (write or read):
        return "on demand"
    shown = [f"{units:,}" if units else "any number of" for units in (write, read)]
    return f"at most {shown[0]} write and {shown[1]} read units"
