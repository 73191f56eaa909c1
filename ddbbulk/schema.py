"""The keys and indexes of a table: what makes an item valid, and what it costs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from ddbbulk.errors import ConfigurationError

KeyType = Literal["S", "N", "B"]
Projection = Literal["ALL", "KEYS_ONLY", "INCLUDE"]
_KEY_TYPES: dict[str, KeyType] = {"S": "S", "N": "N", "B": "B"}


@dataclass(frozen=True, slots=True)
class KeyAttribute:
    """One key attribute: its name and its type (``S``, ``N`` or ``B``)."""

    name: str
    type: KeyType = "S"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``name`` or ``name:N`` (a key without a type is a string)."""
        name, colon, kind = text.rpartition(":")
        if not colon:
            return cls(text)
        key_type = _KEY_TYPES.get(kind)
        if key_type is None or not name:
            raise ConfigurationError(
                f"key attribute {text!r}: write it as name, name:S, name:N or name:B"
            )
        return cls(name, key_type)


@dataclass(frozen=True, slots=True)
class IndexSchema:
    """A secondary index: its keys and what it copies of an item.

    A global index may have up to four partition and four sort key attributes; a local
    one shares the table's partition key, and its units are the table's.
    """

    name: str
    partition_keys: tuple[KeyAttribute, ...]
    sort_keys: tuple[KeyAttribute, ...] = ()
    projection: Projection = "ALL"
    non_key_attributes: tuple[str, ...] = ()
    is_local: bool = False

    @property
    def keys(self) -> tuple[KeyAttribute, ...]:
        """All key attributes: partition first, then sort."""
        return self.partition_keys + self.sort_keys


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A table's keys and indexes.

    Example:
        >>> TableSchema.of("follower_alias", "followee_alias").sort_key
        KeyAttribute(name='followee_alias', type='S')
    """

    partition_key: KeyAttribute
    sort_key: KeyAttribute | None = None
    indexes: tuple[IndexSchema, ...] = ()

    @classmethod
    def of(cls, partition_key: str, sort_key: str | None = None) -> Self:
        """Build a schema without indexes from ``"name"`` or ``"name:N"``."""
        return cls(
            KeyAttribute.parse(partition_key),
            KeyAttribute.parse(sort_key) if sort_key else None,
        )

    @property
    def keys(self) -> tuple[KeyAttribute, ...]:
        """The table's key attributes: partition key, then sort key if there is one."""
        if self.sort_key is None:
            return (self.partition_key,)
        return (self.partition_key, self.sort_key)

    @property
    def global_indexes(self) -> tuple[IndexSchema, ...]:
        """The indexes with a capacity of their own, in the order of ``indexes``."""
        return tuple(index for index in self.indexes if not index.is_local)

    @property
    def local_indexes(self) -> tuple[IndexSchema, ...]:
        """The indexes whose units are the table's, in the order of ``indexes``."""
        return tuple(index for index in self.indexes if index.is_local)

    @property
    def resources(self) -> tuple[str, ...]:
        """What has a write budget: ``""`` for the table, then each global index."""
        return ("", *(index.name for index in self.global_indexes))

    @classmethod
    def from_description(cls, description: Mapping[str, Any]) -> Self:
        """Read the ``Table`` element of a DescribeTable answer."""
        types: dict[str, KeyType] = {
            definition["AttributeName"]: definition["AttributeType"]
            for definition in description["AttributeDefinitions"]
        }
        partition_keys, sort_keys = _keys(description["KeySchema"], types)
        return cls(
            partition_keys[0],
            sort_keys[0] if sort_keys else None,
            tuple(_indexes(description, types)),
        )


def _keys(
    key_schema: Sequence[Mapping[str, str]], types: Mapping[str, KeyType]
) -> tuple[tuple[KeyAttribute, ...], tuple[KeyAttribute, ...]]:
    partition_keys: list[KeyAttribute] = []
    sort_keys: list[KeyAttribute] = []
    for element in key_schema:
        name = element["AttributeName"]
        keys = partition_keys if element["KeyType"] == "HASH" else sort_keys
        keys.append(KeyAttribute(name, types[name]))
    return tuple(partition_keys), tuple(sort_keys)


def _indexes(
    description: Mapping[str, Any], types: Mapping[str, KeyType]
) -> Iterator[IndexSchema]:
    for member, is_local in (
        ("LocalSecondaryIndexes", True),
        ("GlobalSecondaryIndexes", False),
    ):
        for index in description.get(member) or ():
            partition_keys, sort_keys = _keys(index["KeySchema"], types)
            projection: Mapping[str, Any] = index.get("Projection", {})
            yield IndexSchema(
                name=index["IndexName"],
                partition_keys=partition_keys,
                sort_keys=sort_keys,
                projection=projection.get("ProjectionType", "ALL"),
                non_key_attributes=tuple(projection.get("NonKeyAttributes", ())),
                is_local=is_local,
            )
