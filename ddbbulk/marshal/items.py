"""What callers hand over as an item: mappings, models, dataclasses, DynamoDB JSON."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from pydantic import BaseModel

from ddbbulk.errors import InvalidItemError
from ddbbulk.sizing import AttributeValue


@dataclass(frozen=True, slots=True)
class WireItem:
    """An item that already is DynamoDB JSON, such as ``{"alias": {"S": "@daisy"}}``.

    Args:
        attributes: attribute values by name. Binary values are base64 text, or bytes as
            boto3's client returns them.
    """

    attributes: Mapping[str, AttributeValue]


@dataclass(frozen=True, slots=True)
class Delete:
    """What a source yields to have an item deleted.

    Args:
        key: the table's key attributes, all of them and no others.
        old: the item as it was seen in the table: so that its deletion is paid for as
            what it costs, by the size of what it deletes. Without it a deletion is
            taken for one of a small item, and the difference is charged afterwards.
    """

    key: Mapping[str, object]
    old: WireItem | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class BrokenRecord:
    """A record that could not be read as an item: rejected, never a crash of the load.

    Args:
        code: a stable word for the reason, such as ``BrokenJson`` or ``RaggedRow``.
        message: what is wrong and what to do, without any value of the record.
        raw: the record's text, where it is known: for the failures file alone.
    """

    code: str
    message: str
    raw: str | None = field(default=None, repr=False, compare=False)


def is_record(kind: type[object]) -> bool:
    """Say whether instances of a class are records: models or dataclasses."""
    if issubclass(kind, WireItem | Delete | BrokenRecord):
        return False  # ours mean something else than what they hold
    return issubclass(kind, BaseModel) or dataclasses.is_dataclass(kind)


def record_content(record: object) -> object:
    """Return what a model or dataclass holds: a dict, unless it is a root model.

    A dataclass's values stay as they are; a model's are dumped, by alias.
    """
    if isinstance(record, BaseModel):
        # Its warnings would print values of the item.
        return record.model_dump(by_alias=True, warnings=False)
    fields = dataclasses.fields(record)  # type: ignore[arg-type]  # by is_record
    return {field.name: getattr(record, field.name) for field in fields}


def attributes_of(item: object) -> Mapping[str, object]:
    """Return an item's attributes by name, whatever the item is.

    Raises:
        InvalidItemError: it is none, or its own code fails.
    """
    kind = type(item)
    if kind is dict:
        return cast("Mapping[str, object]", item)
    try:
        content = record_content(item) if is_record(kind) else item
        if isinstance(content, Mapping):
            return dict(cast("Mapping[str, object]", content))
    except Exception as error:
        raise InvalidItemError(
            f"the item could not be read: {type(error).__name__} in the code of its "
            f"type {kind.__qualname__}",
            code="NotAnItem",
        ) from error
    raise InvalidItemError(
        f"a value of type {kind.__qualname__} is no item: give a mapping, a pydantic "
        "model, a dataclass or a WireItem",
        code="NotAnItem",
    )
