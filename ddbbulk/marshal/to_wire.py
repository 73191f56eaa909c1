"""Python values as the service's own: the contrary of ``wire``."""

import orjson

from ddbbulk.marshal.items import attributes_of
from ddbbulk.marshal.refusal import RefusedValueError, label
from ddbbulk.marshal.values import ValueEncoders
from ddbbulk.sizing import AttributeValue


def to_wire(value: object) -> AttributeValue:
    """Return the attribute value of a Python value: the contrary of ``from_wire``.

    Raises:
        InvalidItemError: DynamoDB would refuse the value, or it has no such type.
    """
    wire: AttributeValue = orjson.loads(ValueEncoders().encode(value)[0])
    return wire


def item_to_wire(item: object) -> dict[str, AttributeValue]:
    """Return an item's attribute values: the contrary of ``item_from_wire``.

    Raises:
        InvalidItemError: the item holds what DynamoDB would refuse, or is no item.
    """
    encoders = ValueEncoders()
    wire: dict[str, AttributeValue] = {}
    name = ""
    try:
        for name, value in attributes_of(item).items():
            encoders.heads[name]
            wire[name] = orjson.loads(encoders.encode(value)[0])
    except RefusedValueError as error:
        raise error.within(label(name)) from error.__cause__
    return wire
