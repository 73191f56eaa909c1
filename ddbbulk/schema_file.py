"""Schema files: a table in TOML or JSON, for one that does not exist yet.

A file names the keys, the indexes and the capacity, in TOML or in JSON::

    partition_key = "follower"
    sort_key = "created:N"
    billing = "provisioned"
    write_capacity = 200

    [[global_indexes]]
    name = "by_followee"
    partition_key = "followee"
    projection = "KEYS_ONLY"

What is not known is refused, so that a word that is misspelt is found; what later
versions add is optional, so that today's files stay good.
"""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from ddbbulk.errors import ConfigurationError
from ddbbulk.printable import printable
from ddbbulk.schema import IndexSchema, KeyAttribute, Projection, TableSchema

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
_MAX_LOCAL_INDEXES: Final = 5
_MAX_INDEX_KEYS: Final = 4
_NAME: Final = r"^[a-zA-Z0-9_.-]{3,255}$"
_MAX_VALUE: Final = 64
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html
_MAX_TAGS: Final = 50
_CAPACITIES: Final = frozenset({"write_capacity", "read_capacity"})
_CEILINGS: Final = frozenset({"max_write_units", "max_read_units"})


# What pydantic says of these is about Python.
_WORDS: Final = {
    "string_pattern_mismatch": "a name has 3 to 255 letters, digits, and any of _ . -",
    "model_type": "no fields of a table: give partition_key and others by their names",
}


def _parsed_key(value: object) -> object:
    if isinstance(value, str):
        return KeyAttribute.parse(value)
    if not isinstance(value, KeyAttribute | dict):
        raise ValueError(  # noqa: TRY004 -- pydantic takes no other for a problem
            "write a key attribute as name, name:S, name:N or name:B"
        )
    return cast("KeyAttribute | dict[str, object]", value)


def _parsed_keys(value: object) -> object:
    """Read one key attribute, or a list of them."""
    return [value] if isinstance(value, str) else value


Units = Annotated[int, Field(ge=1)]
Name = Annotated[str, Field(pattern=_NAME)]
Key = Annotated[KeyAttribute, BeforeValidator(_parsed_key)]
Keys = Annotated[
    tuple[Key, ...],
    BeforeValidator(_parsed_keys),
    Field(min_length=1, max_length=_MAX_INDEX_KEYS),
]
Tags = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=128)],
        Annotated[str, Field(max_length=256)],
    ],
    Field(max_length=_MAX_TAGS),
]
SortKeys = Annotated[
    tuple[Key, ...], BeforeValidator(_parsed_keys), Field(max_length=_MAX_INDEX_KEYS)
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Index(_Part):
    """What both kinds of index have.

    Args:
        projection: ``ALL`` (default), ``KEYS_ONLY`` or ``INCLUDE``.
        non_key_attributes: what ``INCLUDE`` copies beside the keys.
    """

    name: Name
    projection: Projection = "ALL"
    non_key_attributes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _check_projection(self) -> Self:
        if (self.projection == "INCLUDE") != bool(self.non_key_attributes):
            raise ValueError(
                "non_key_attributes goes with projection INCLUDE: give both, or neither"
            )
        return self


class GlobalIndexDefinition(_Index):
    """A global index.

    Args:
        partition_key: ``"city"``, ``"level:N"``, or a list of up to four.
        sort_key: the same, where there is one.
        write_capacity: provisioned WCU; as many as the table has where it is not given.
        read_capacity: the same for RCU.
        max_write_units: on demand, the most write units a second; without it, no limit.
        max_read_units: the same for read units.
    """

    partition_key: Keys
    sort_key: SortKeys = ()
    write_capacity: Units | None = None
    read_capacity: Units | None = None
    max_write_units: Units | None = None
    max_read_units: Units | None = None

    def schema_of(self) -> IndexSchema:
        """Return its keys and projection."""
        return IndexSchema(
            name=self.name,
            partition_keys=self.partition_key,
            sort_keys=self.sort_key,
            projection=self.projection,
            non_key_attributes=self.non_key_attributes,
        )


class LocalIndexDefinition(_Index):
    """A local index: its partition key is the table's.

    Args:
        sort_key: ``"level"`` or ``"level:N"``.
    """

    sort_key: Key

    def schema_of(self, partition_key: KeyAttribute) -> IndexSchema:
        """Return its keys and projection."""
        return IndexSchema(
            name=self.name,
            partition_keys=(partition_key,),
            sort_keys=(self.sort_key,),
            projection=self.projection,
            non_key_attributes=self.non_key_attributes,
            is_local=True,
        )


class TableDefinition(_Part):
    """A table as a schema file describes it.

    Args:
        table: its name; optional, for whoever reads the file may name it.
        partition_key: ``"name"``, ``"name:N"`` or ``"name:B"``.
        sort_key: the same, where there is one.
        billing: ``on-demand`` (default) or ``provisioned``.
        write_capacity: provisioned WCU.
        read_capacity: provisioned RCU.
        max_write_units: on demand, the most write units a second; without it, no limit.
        max_read_units: the same for read units.
        ttl_attribute: the attribute that says when an item expires, in seconds since
            1970.
        deletion_protection: nobody can delete it before that is lifted.
        tags: for bills and policies: names and values.
        global_indexes: up to 20, where the account's quota is not higher.
        local_indexes: up to 5, of a table with a sort key.

    Example:
        >>> table = TableDefinition.model_validate({"partition_key": "alias"})
        >>> table.keys_and_indexes.partition_key
        KeyAttribute(name='alias', type='S')
    """

    table: Name | None = None
    partition_key: Key
    sort_key: Key | None = None
    billing: Literal["on-demand", "provisioned"] = "on-demand"
    write_capacity: Units = 5
    read_capacity: Units = 5
    max_write_units: Units | None = None
    max_read_units: Units | None = None
    ttl_attribute: Annotated[str, Field(min_length=1)] | None = None
    deletion_protection: bool = False
    tags: Tags = Field(default_factory=dict[str, str])
    global_indexes: tuple[GlobalIndexDefinition, ...] = ()
    local_indexes: Annotated[
        tuple[LocalIndexDefinition, ...], Field(max_length=_MAX_LOCAL_INDEXES)
    ] = ()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return what a file describes: JSON where its name ends so, else TOML.

        Raises:
            ConfigurationError: the file cannot be read, or describes no table.
        """
        shown = printable(str(path))
        try:
            return cls.model_validate(_parsed(path))
        except OSError as error:
            raise ConfigurationError(
                f"{shown}: cannot be read: {error.strerror}"
            ) from error
        except ValidationError as error:
            raise ConfigurationError(f"{shown}: {_first_problem(error)}") from None
        except ValueError as error:  # neither, or not UTF-8
            kind = "JSON" if path.suffix == ".json" else "TOML"
            raise ConfigurationError(f"{shown}: no {kind}: {error}") from error

    @property
    def keys_and_indexes(self) -> TableSchema:
        """The schema: what makes an item valid, and what it costs."""
        local = (one.schema_of(self.partition_key) for one in self.local_indexes)
        others = (one.schema_of() for one in self.global_indexes)
        return TableSchema(self.partition_key, self.sort_key, (*local, *others))

    @model_validator(mode="after")
    def _check(self) -> Self:
        for problem in self._problems():
            raise ValueError(problem)
        return self

    def _problems(self) -> Iterator[str]:
        schema = self.keys_and_indexes
        if schema.sort_key == schema.partition_key:
            yield "sort_key is the partition_key once more: leave it out"
        if self.local_indexes and self.sort_key is None:
            yield "local_indexes need a table with a sort_key"
        names = Counter(index.name for index in schema.indexes)
        for name, times in names.items():
            if times > 1:
                yield f"{times} indexes have the name {name}: give each its own"
        yield from _contradictions(schema)
        yield from self._billing_problems()
        for key in self.tags:
            if key.lower().startswith("aws:"):
                name = printable(key, limit=_MAX_VALUE)
                yield f"tags.{name}: only AWS itself writes tags with aws:"

    def _billing_problems(self) -> Iterator[str]:
        parts = (self, *self.global_indexes)
        named = {name for one in parts for name in one.model_fields_set}
        if self.billing == "on-demand" and named & _CAPACITIES:
            yield (
                "write_capacity and read_capacity go with billing provisioned: "
                'say billing = "provisioned", or leave them out'
            )
        if self.billing == "provisioned" and named & _CEILINGS:
            yield (
                "max_write_units and max_read_units go with billing on-demand: "
                "provisioned capacity is its own limit"
            )


def _contradictions(schema: TableSchema) -> Iterator[str]:
    """Say which attributes are of one type here and of another there."""
    types: dict[str, str] = {}
    for key in (*schema.keys, *(k for one in schema.indexes for k in one.keys)):
        if types.setdefault(key.name, key.type) != key.type:
            yield (
                f"attribute {printable(key.name, limit=_MAX_VALUE)} is "
                f"{types[key.name]} in one key and {key.type} in another"
            )


def _parsed(path: Path) -> Any:  # noqa: ANN401 -- whatever stands in the file
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else tomllib.loads(text)


def _first_problem(error: ValidationError) -> str:
    """Return the first of the problems, with the field where it is."""
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    message = _WORDS.get(first["type"], first["msg"].removeprefix("Value error, "))
    known = ", ".join(TableDefinition.model_fields)
    if first["type"] == "extra_forbidden" and len(first["loc"]) == 1:
        message = f"there is no such field; there are {known}"
    return printable(f"{where}: {message}" if where else message)
