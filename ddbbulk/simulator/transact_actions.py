"""The actions of TransactWriteItems: read from the request, then seen on their tables.

What is wrong with a request itself refuses it; what is wrong with an action as its
table or item is cancels the transaction, with a reason for that action.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import orjson

from ddbbulk.simulator.admission import WriteCost
from ddbbulk.simulator.attribute_values import measure_attributes, measure_item
from ddbbulk.simulator.cancellation import NO_REASON, CancellationReason
from ddbbulk.simulator.catalog import Table
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.expressions import (
    Condition,
    RequestExpressions,
    Update,
    refuse_legacy,
)
from ddbbulk.simulator.item_keys import EmptyKeyError, exact_key, item_key
from ddbbulk.simulator.keys import StoredKey, partition_of
from ddbbulk.simulator.parameters import Parameters
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.store import StoredItem
from ddbbulk.simulator.update_item import refuse_keys, update_write
from ddbbulk.simulator.writing import PricedWrite, Write, price, put_of
from ddbbulk.sizing import write_units

Kind = Literal["ConditionCheck", "Delete", "Put", "Update"]
Item = dict[str, Any]

# What a transaction is charged for the table's part of each action: once to prepare,
# once to commit. Entries in indexes are charged once.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
UNITS_FACTOR: Final = 2
_REQUIRED: Final[dict[Kind, tuple[str, ...]]] = {
    "ConditionCheck": ("TableName", "Key", "ConditionExpression"),
    "Delete": ("TableName", "Key"),
    "Put": ("TableName", "Item"),
    "Update": ("TableName", "Key", "UpdateExpression"),
}
_TYPES: Final[dict[str, type]] = {
    "TableName": str,
    "Key": dict,
    "Item": dict,
    "UpdateExpression": str,
    "ConditionExpression": str,
    "ExpressionAttributeNames": dict,
    "ExpressionAttributeValues": dict,
    "ReturnValuesOnConditionCheckFailure": str,
}
_OPTIONAL: Final = (
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ReturnValuesOnConditionCheckFailure",
)


@dataclass(frozen=True, slots=True)
class Action:
    """One action, as far as its request says what it is.

    Attributes:
        kind: what is to be done.
        table: the table's name or ARN.
        attributes: the item of a put, else the key.
        size: of a put's item.
        condition: what has to hold before.
        update: what an update changes.
        is_item_wanted: whether the reason shows the item where the condition fails.
    """

    kind: Kind
    table: str
    attributes: Item
    size: int
    condition: Condition | None
    update: Update
    is_item_wanted: bool


def read_action(element: Any, position: int) -> Action:  # noqa: ANN401 -- anything may come
    """One element of TransactItems, at its position from 1 on.

    Raises:
        ServiceError: it is not valid, whatever its table is.
    """
    kind, content = _kind(element)
    refuse_legacy(content)
    path = f"transactItems.{position}.member.{kind[0].lower()}{kind[1:]}."
    names = {*_REQUIRED[kind], *_OPTIONAL}
    types = {name: _TYPES[name] for name in names}
    parameters = Parameters("TransactWriteItems", content, types, path=path)
    parameters.require(*_REQUIRED[kind])
    choice = parameters.one_of(
        "ReturnValuesOnConditionCheckFailure", ("ALL_OLD", "NONE")
    )
    parameters.check()
    expressions = RequestExpressions(content)
    update = expressions.update() or Update()
    condition = expressions.condition("ConditionExpression")
    expressions.refuse_unused()
    is_put = kind == "Put"
    attributes: Item = content["Item" if is_put else "Key"]
    size = measure_item(attributes) if is_put else measure_attributes(attributes)
    return Action(
        kind,
        content["TableName"],
        attributes,
        size if is_put else 0,
        condition,
        update,
        is_item_wanted=choice == "ALL_OLD",
    )


def _kind(element: Any) -> tuple[Kind, Item]:  # noqa: ANN401 -- anything may come
    if element.__class__ is not dict:
        raise ServiceError.serialization("Unexpected value type in payload")
    kinds: list[Kind] = [kind for kind in _REQUIRED if element.get(kind) is not None]
    if len(kinds) != 1:
        raise ServiceError.validation(
            "TransactItems can only contain one of Check, Put, Update or Delete"
        )
    content = element[kinds[0]]
    if content.__class__ is not dict:
        raise ServiceError.serialization("Unexpected value type in payload")
    return kinds[0], content


@dataclass(slots=True)
class Step:
    """An action on its table.

    Attributes:
        action: what is wanted.
        table: the table.
        key: of the item; None where the action has none that the table could have.
        reason: why it cannot be done.
        before: the item as it is.
        priced: what it comes to; None: nothing is to be changed.
        units: what it costs of the table itself, if it were no transaction.
    """

    action: Action
    table: Table
    key: StoredKey | None = None
    reason: CancellationReason = NO_REASON
    before: StoredItem | None = None
    priced: PricedWrite | None = None
    units: int = 0

    @classmethod
    def of(cls, engine: Engine, action: Action) -> "Step":
        """The action with its table and the item's key.

        Raises:
            ServiceError: there is no such table, or a key attribute is empty.
        """
        step = cls(action, engine.catalog.table(action.table))
        find_key = item_key if action.kind == "Put" else exact_key
        try:
            step.key = find_key(step.table.schema, action.attributes)
        except EmptyKeyError:
            raise
        except ServiceError as error:
            step.reason = CancellationReason.invalid(error)
        return step

    @property
    def size(self) -> int:
        """The larger of the sizes of the item before and after."""
        after = self.action.size if self.priced is None else self.priced.write.size
        return max(after, 0 if self.before is None else self.before.size)

    def look(self, engine: Engine) -> None:
        """Look at the item: whether the condition holds, and what would be done.

        Raises:
            ServiceError: an index's key would be empty.
        """
        if self.key is None:
            return
        self.before = engine.store.get(self.table.name, self.key)
        item: Item = {} if self.before is None else orjson.loads(self.before.body)
        action = self.action
        is_met = action.condition is None or action.condition.holds(item)
        # What is wrong with an item that is put goes before its condition; what an
        # update would come to is seen only when that holds.
        if action.kind == "Put" or (is_met and action.kind != "ConditionCheck"):
            self._price(self.key, item)
        if not is_met and self.reason is NO_REASON:
            self.priced = None
            self.reason = CancellationReason.unmet(
                item if action.is_item_wanted else None
            )
        self.units = write_units(self.size)

    def _price(self, key: StoredKey, item: Item) -> None:
        try:
            write = self._write(key, item)
        except EmptyKeyError:
            raise
        except ServiceError as error:
            self.reason = CancellationReason.invalid(error)
            return
        before = {} if self.before is None else {key: self.before}
        (self.priced,) = price(self.table, [write], before)

    def _write(self, key: StoredKey, item: Item) -> Write:
        schema, action = self.table.schema, self.action
        match action.kind:
            case "Put":
                return put_of(schema, key, action.attributes, action.size)
            case "Update":
                refuse_keys(schema, action.update)
                return update_write(schema, action.attributes, action.update, item)
            case _:
                return Write(key)

    def cost(self, *, is_done: bool) -> WriteCost:
        """What the transaction asks for it: also where it ends without doing it."""
        units = UNITS_FACTOR * self.units
        if self.priced is None or not is_done:
            return WriteCost(partition_of(self.key or b"\0\0"), units)
        partition, _, indexes = self.priced.cost
        local_units = sum(self.priced.local_units.values())
        return WriteCost(partition, units + local_units, indexes)
