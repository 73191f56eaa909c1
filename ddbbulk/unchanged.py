"""Deletes of items that nobody has changed since they were looked at, without I/O.

The service compares every attribute that was seen at the moment of the delete. What it
cannot compare is an attribute that was added in between: no condition says that an item
has no others than these.
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from ddbbulk.conditions import SingleOperation, item_json
from ddbbulk.errors import InvalidItemError
from ddbbulk.limits import MAX_EXPRESSION_BYTES, MAX_EXPRESSION_OPERATORS
from ddbbulk.marshal import Write
from ddbbulk.schema import TableSchema

TOO_MANY_ATTRIBUTES: Final = "TooManyAttributes"


class Unchanged:
    """What must hold of an item for it to be deleted: that it is as it was seen.

    Its writes are puts of the items that were seen: so each costs what its delete will.

    Args:
        table: name or ARN.
        schema: the table's keys.
    """

    operation: SingleOperation = "DeleteItem"

    def __init__(self, *, table: str, schema: TableSchema) -> None:
        self._table = table
        self._keys = [key.name for key in schema.keys]

    def admit(self, write: Write) -> None:
        """Make sure that a request can compare all of the item.

        Raises:
            InvalidItemError: it has too many attributes for that, or is no item.
        """
        if write.operation == "delete":
            raise InvalidItemError(
                "to delete an item unchanged takes the item, not its key",
                code="NotAnItem",
            )
        item = orjson.loads(item_json(write))
        if not self.can_compare(item):
            raise InvalidItemError(
                f"the item has {len(item):,} attributes, more than a condition can "
                "compare: delete it by hand if it is to go",
                code=TOO_MANY_ATTRIBUTES,
            )

    def can_compare(self, item: Mapping[str, Any]) -> bool:
        """Say whether a request can compare all attributes of an item."""
        count = len(item) - len(self._keys)
        # An equals sign for each attribute, and an AND between them.
        return 2 * count - 1 <= MAX_EXPRESSION_OPERATORS and (
            len(_comparisons(count)) <= MAX_EXPRESSION_BYTES
        )

    def request(self, write: Write, detail: bytes) -> bytes:
        """Return the body of a DeleteItem request.

        Args:
            write: one that was admitted.
            detail: which capacity to return: ``INDEXES`` or ``TOTAL``.
        """
        item: dict[str, Any] = orjson.loads(item_json(write))
        body: dict[str, Any] = {
            "TableName": self._table,
            "Key": {name: item.pop(name) for name in self._keys},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            "ReturnConsumedCapacity": detail.decode(),
        }
        if item:
            body |= {
                "ConditionExpression": _comparisons(len(item)),
                "ExpressionAttributeNames": {
                    f"#{number}": name for number, name in enumerate(item)
                },
                "ExpressionAttributeValues": {
                    f":{number}": value for number, value in enumerate(item.values())
                },
            }
        else:
            # It has nothing but its key.
            body |= {
                "ConditionExpression": "attribute_exists(#0)",
                "ExpressionAttributeNames": {"#0": self._keys[0]},
            }
        return orjson.dumps(body)

    def is_done(self, write: Write, stored: Mapping[str, Any]) -> bool:
        """Say no: an item that is there was not deleted."""
        del write, stored
        return False


def _comparisons(count: int) -> str:
    return " AND ".join(f"#{number} = :{number}" for number in range(count))
