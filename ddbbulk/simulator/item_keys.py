"""The keys of an item or request, checked against a table's schema and encoded."""

import contextlib
from base64 import b64decode
from dataclasses import replace
from typing import Any

from ddbbulk.limits import MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema
from ddbbulk.simulator.keys import StoredKey, index_key, key_part
from ddbbulk.simulator.service_error import ServiceError

_END_BYTES = 2


class EmptyKeyError(ServiceError):
    """A key attribute holds nothing.

    A transaction is refused for that as a whole, where other wrong keys cancel it with
    a reason for the action.
    """


def primary_key(schema: TableSchema, attributes: dict[str, Any]) -> StoredKey:
    """The primary key that an item has.

    Raises:
        ServiceError: a key attribute is missing, mistyped, empty or too long.
    """
    key = _part(schema.partition_key, attributes)
    # The encoded form is as long as the value or longer: measure only where it matters.
    if len(key) > MAX_PARTITION_KEY_BYTES:
        _check_length(schema.partition_key, attributes, is_sort=False)
    if schema.sort_key is None:
        return key
    sort = _part(schema.sort_key, attributes)
    if len(sort) > MAX_SORT_KEY_BYTES:
        _check_length(schema.sort_key, attributes, is_sort=True)
    return key + sort


def exact_key(schema: TableSchema, attributes: dict[str, Any]) -> StoredKey:
    """The primary key of a request's ``Key``, which must hold nothing else.

    Raises:
        ServiceError: as ``primary_key``, or there are more attributes.
    """
    if len(attributes) != len(schema.keys):
        raise key_mismatch()
    return primary_key(schema, attributes)


def item_key(schema: TableSchema, item: dict[str, Any]) -> StoredKey:
    """As ``primary_key``, for an item that comes in no batch.

    Then DynamoDB says what is wrong with the key.
    """
    for attribute in schema.keys:
        value = item.get(attribute.name)
        if value is None:
            raise ServiceError.invalid_parameter(
                f"Missing the key {attribute.name} in the item"
            )
        if attribute.type not in value:
            (kind,) = value
            raise ServiceError.invalid_parameter(
                f"Type mismatch for key {attribute.name} expected: {attribute.type} "
                f"actual: {kind}"
            )
    return primary_key(schema, item)


def key_mismatch() -> ServiceError:
    """The error for a key that is not the table's."""
    return ServiceError.validation("The provided key element does not match the schema")


def index_keys(
    schema: TableSchema, item: dict[str, Any]
) -> dict[str, tuple[bytes, StoredKey]]:
    """By index name: an item's partition and key there; absent where it is not in it.

    Raises:
        ServiceError: a key attribute of an index is mistyped, empty or too long.
    """
    keys: dict[str, tuple[bytes, StoredKey]] = {}
    for index in schema.indexes:
        _check_index_keys(index, item)
        key = index_key(index, schema, item)
        if key is not None:
            keys[index.name] = key
    return keys


def index_keys_if_valid(
    schema: TableSchema, item: dict[str, Any]
) -> dict[str, tuple[bytes, StoredKey]]:
    """As ``index_keys``, for an item that may be older than an index.

    What could not be written now is not in that index.
    """
    keys: dict[str, tuple[bytes, StoredKey]] = {}
    for index in schema.indexes:
        with contextlib.suppress(ServiceError):
            keys |= index_keys(replace(schema, indexes=(index,)), item)
    return keys


def _check_index_keys(index: IndexSchema, item: dict[str, Any]) -> None:
    for position, attribute in enumerate(index.keys):
        if attribute.name in item:
            is_sort = position >= len(index.partition_keys)
            _check_index_value(index.name, attribute, item, is_sort=is_sort)


def _part(attribute: KeyAttribute, attributes: dict[str, Any]) -> bytes:
    value = attributes.get(attribute.name)
    if value is None:
        raise key_mismatch()
    content = value.get(attribute.type)
    if content is None:
        raise key_mismatch()
    if not content:
        kind = "binary" if attribute.type == "B" else "string"
        raise EmptyKeyError.validation(
            "One or more parameter values are not valid. The AttributeValue for a key "
            f"attribute cannot contain an empty {kind} value. Key: {attribute.name}"
        )
    return key_part(value)


def _check_index_value(
    index: str, attribute: KeyAttribute, item: dict[str, Any], *, is_sort: bool
) -> None:
    ((kind, content),) = item[attribute.name].items()
    if kind != attribute.type:
        raise ServiceError.invalid_parameter(
            f"Type mismatch for Index Key {attribute.name} Expected: {attribute.type} "
            f"Actual: {kind} IndexName: {index}"
        )
    if not content:
        word = "binary" if kind == "B" else "string"
        raise EmptyKeyError.validation(
            "One or more parameter values are not valid. A value specified for a "
            "secondary index key is not supported. The AttributeValue for a key "
            f"attribute cannot contain an empty {word} value. IndexName: {index}, "
            f"IndexKey: {attribute.name}"
        )
    if len(content) > MAX_SORT_KEY_BYTES // 4:
        _check_length(attribute, item, is_sort=is_sort)


def _check_length(
    attribute: KeyAttribute, attributes: dict[str, Any], *, is_sort: bool
) -> None:
    content = attributes[attribute.name][attribute.type]
    raw = b64decode(content) if attribute.type == "B" else content.encode()
    if is_sort and len(raw) > MAX_SORT_KEY_BYTES:
        raise ServiceError.invalid_parameter(
            "Aggregated size of all range keys has exceeded the size limit of "
            f"{MAX_SORT_KEY_BYTES} bytes"
        )
    if not is_sort and len(raw) > MAX_PARTITION_KEY_BYTES:
        raise ServiceError.invalid_parameter(
            "Size of hashkey has exceeded the maximum size limit "
            f"of{MAX_PARTITION_KEY_BYTES} bytes"
        )
