"""On what condition an item is written or deleted, without I/O.

The service checks the condition when it writes, so neither a live write nor a request
of ours that lands late is ever replaced by what the mode would not let through.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, Protocol, Self, cast, get_args

import orjson

from ddbbulk.errors import ConfigurationError, InvalidItemError
from ddbbulk.marshal import Write
from ddbbulk.marshal.refusal import label
from ddbbulk.schema import TableSchema
from ddbbulk.sizing import is_equal

SingleOperation = Literal["PutItem", "DeleteItem"]
Mode = Literal["put", "insert", "newer"]

# What surrounds an item in ``Write.body``.
_HEAD: Final = len('{"PutRequest":{"Item":')
_TAIL: Final = len("}}")
# DynamoDB orders these; for other types "smaller" has no meaning.
_ORDERED: Final = frozenset({"S", "N", "B"})


class WriteCondition(Protocol):
    """What is to be known of a condition by those who send its writes."""

    @property
    def operation(self) -> SingleOperation:
        """The operation that carries such a write."""
        ...

    def admit(self, write: Write) -> None:
        """Make a write ready to be sent on this condition.

        Raises:
            InvalidItemError: it cannot be.
        """
        ...

    def request(self, write: Write, detail: bytes) -> bytes:
        """Return the body of the request.

        Args:
            write: one that was admitted.
            detail: which capacity to return: ``INDEXES`` or ``TOTAL``.
        """
        ...

    def is_done(self, write: Write, stored: Mapping[str, Any]) -> bool:
        """Say whether an item that did not meet the condition is what was wanted.

        An attempt whose answer was lost, or an earlier run, may have written it.
        """
        ...


class Condition:
    """What must hold of the table's item for ours to be written: insert and newer.

    Args:
        table: name or ARN.
        schema: the table's keys.
        version_attribute: the attribute that has to grow; None: no item may be there.
    """

    operation: SingleOperation = "PutItem"

    def __init__(
        self, *, table: str, schema: TableSchema, version_attribute: str | None
    ) -> None:
        self._version_attribute = version_attribute
        name = version_attribute or schema.partition_key.name
        text = "attribute_not_exists(#a)"
        if version_attribute:
            text += " OR #a < :a"
        self._front = b'{"TableName":%b,"Item":' % orjson.dumps(table)
        self._back = (
            b',"ConditionExpression":"%b","ExpressionAttributeNames":{"#a":%b}'
            b',"ReturnValuesOnConditionCheckFailure":"ALL_OLD"'
            b',"ReturnConsumedCapacity":"'
        ) % (text.encode(), orjson.dumps(name))

    @classmethod
    def of(
        cls,
        mode: Mode,
        version_attribute: str | None,
        *,
        table: str,
        schema: TableSchema,
    ) -> Self | None:
        """Return the condition of a mode; None for mode ``put``, which has none.

        Raises:
            ConfigurationError: as ``check_mode``, or the version is a key attribute.
        """
        check_mode(mode, version_attribute)
        if version_attribute in {key.name for key in schema.keys}:
            raise ConfigurationError(
                f"version_attribute {label(str(version_attribute))} is part of the "
                f"key of {table}, so it never changes: name the attribute that grows "
                "with each change of an item"
            )
        if mode == "put":
            return None
        return cls(table=table, schema=schema, version_attribute=version_attribute)

    def admit(self, write: Write) -> None:
        """Make a write ready to be sent on this condition.

        Raises:
            InvalidItemError: it is a delete, or has no version that can be compared.
        """
        if write.operation == "delete":
            raise InvalidItemError(
                "a delete in a load of mode insert or newer, which only adds: leave it "
                "out, or load it in mode put",
                code="DeleteInMode",
            )
        name = self._version_attribute
        if name is None:
            return
        version = orjson.loads(item_json(write)).get(name)
        if version is None:
            raise InvalidItemError(
                f"attribute {label(name)}, the version, is missing",
                code="MissingVersion",
            )
        (kind,) = version
        if kind not in _ORDERED:
            raise InvalidItemError(
                f"attribute {label(name)}, the version, is of type {kind}; only "
                "strings (S), numbers (N) and bytes (B) have an order",
                code="VersionType",
            )
        write.version = orjson.dumps(version)

    def request(self, write: Write, detail: bytes) -> bytes:
        """Return the body of a PutItem request.

        Args:
            write: one that was admitted.
            detail: which capacity to return: ``INDEXES`` or ``TOTAL``.
        """
        parts = [self._front, item_json(write), self._back, detail, b'"']
        if write.version:
            parts += [b',"ExpressionAttributeValues":{":a":', write.version, b"}"]
        parts.append(b"}")
        return b"".join(parts)

    def is_done(self, write: Write, stored: Mapping[str, Any]) -> bool:
        """Say whether the item that stayed is ours all the same."""
        return is_equal({"M": stored}, {"M": orjson.loads(item_json(write))})


def item_json(write: Write) -> bytes:
    """Return the item of a put as JSON."""
    return write.body[_HEAD:-_TAIL].encode()


def check_mode(mode: str, version_attribute: str | None) -> Mode:
    """Return a mode that there is, with a version where it means something.

    Raises:
        ConfigurationError: names what to give instead.
    """
    if mode not in get_args(Mode):
        raise ConfigurationError(
            f"mode is {label(str(mode))}: give put, insert or newer"
        )
    if mode == "newer" and not version_attribute:
        raise ConfigurationError(
            "mode newer compares versions: name the attribute that holds them with "
            "version_attribute (--version-attribute), such as updated_at"
        )
    if mode != "newer" and version_attribute is not None:
        raise ConfigurationError(
            f"version_attribute means nothing in mode {mode}: leave it out, or load in "
            "mode newer"
        )
    return cast("Mode", mode)
