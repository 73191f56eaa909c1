"""Tables of another server, as far as throttling needs to know them."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, cast

import orjson

from ddbbulk.schema import TableSchema
from ddbbulk.simulator.account import Account
from ddbbulk.simulator.answer import OK, Answer
from ddbbulk.simulator.catalog import Clock, Table
from ddbbulk.simulator.definition import BillingMode, Definition, Throughput
from ddbbulk.simulator.rationing import Rationing

_ACTIVE: Final = "ACTIVE"

Headers = Mapping[str, str]
Forward = Callable[[str, bytes, Headers], Awaitable[Answer]]


class UpstreamTables:
    """Asks for the description of each table once, and again after a change.

    Args:
        forward: sends an operation to the server.
        clock: seconds that capacity counts by.
        rationing: how capacity is rationed.
    """

    def __init__(self, forward: Forward, *, clock: Clock, rationing: Rationing) -> None:
        self._forward = forward
        self._clock = clock
        self._rationing = rationing
        self._account = Account(rationing, now=clock())
        self._tables: dict[str, Table] = {}
        self._item_counts: dict[str, int] = {}
        # By name: how often it was changed, and how often it had been when it was last
        # described (a change may come while a description is on its way).
        self._changes: Counter[str] = Counter()
        self._described: dict[str, int] = {}

    def known(self) -> list[Table]:
        """The tables that requests were about, by name."""
        return [table for _, table in sorted(self._tables.items())]

    def item_count(self, name: str) -> int:
        """How many items a table had when it was last described."""
        return self._item_counts.get(name, 0)

    def outdate(self, name: object) -> None:
        """Ask again for a table's description: it may have changed."""
        if isinstance(name, str):
            self._changes[_bare(name)] += 1

    def forget(self, name: str) -> None:
        """Begin anew with the next table of that name: this one is deleted."""
        self._tables.pop(_bare(name), None)

    async def get(self, name: object, headers: Headers) -> Table | None:
        """The table of that name or ARN; None: the server does not describe it."""
        if not isinstance(name, str):
            return None
        name = _bare(name)
        changes = self._changes[name]
        if self._described.get(name) == changes:
            return self._tables[name]
        request = orjson.dumps({"TableName": name})
        status, body, _ = await self._forward("DescribeTable", request, headers)
        if status != OK:
            return None
        description: dict[str, Any] = orjson.loads(body)["Table"]
        if not _is_changing(description):
            self._described[name] = changes
        self._item_counts[name] = description.get("ItemCount", 0)
        return self._adopt(name, definition_of(description))

    def _adopt(self, name: str, definition: Definition) -> Table:
        now = self._clock()
        table = self._tables.get(name)
        if table is None:
            table = Table(
                definition, rationing=self._rationing, account=self._account, now=now
            )
            self._tables[name] = table
        else:
            table.adopt(definition, now)
        return table


def _bare(name: str) -> str:
    """A table's name: requests may also call it by its ARN, which ends with it."""
    return name.rpartition(":table/")[2]


def _is_changing(description: Mapping[str, Any]) -> bool:
    """Whether it may look otherwise soon; an index may change while the table rests."""
    indexes = description.get("GlobalSecondaryIndexes") or ()
    states = [description.get("TableStatus", _ACTIVE)]
    states += [index.get("IndexStatus", _ACTIVE) for index in indexes]
    return any(state != _ACTIVE for state in states)


def definition_of(description: Mapping[str, Any]) -> Definition:
    """What a DescribeTable answer says of keys, indexes and capacity."""
    summary: Mapping[str, Any] = description.get("BillingModeSummary") or {}
    own = _throughput(description)
    mode = summary.get("BillingMode") or ("PROVISIONED" if own.write else None)
    return Definition(
        name=description["TableName"],
        schema=TableSchema.from_description(description),
        attribute_types={},
        billing_mode=cast("BillingMode", mode or "PAY_PER_REQUEST"),
        throughput={"": own}
        | {
            index["IndexName"]: _throughput(index)
            for index in description.get("GlobalSecondaryIndexes") or ()
        },
        created_at=0.0,
        table_id="",
    )


def _throughput(element: Mapping[str, Any]) -> Throughput:
    provisioned: Mapping[str, Any] = element.get("ProvisionedThroughput") or {}
    on_demand: Mapping[str, Any] = element.get("OnDemandThroughput") or {}
    warm: Mapping[str, Any] = element.get("WarmThroughput") or {}
    return Throughput(
        read=provisioned.get("ReadCapacityUnits", 0),
        write=provisioned.get("WriteCapacityUnits", 0),
        max_read=_ceiling(on_demand.get("MaxReadRequestUnits")),
        max_write=_ceiling(on_demand.get("MaxWriteRequestUnits")),
        warm_read=warm.get("ReadUnitsPerSecond") or 0,
        warm_write=warm.get("WriteUnitsPerSecond") or 0,
    )


def _ceiling(units: int | None) -> int | None:
    return units if units is not None and units > 0 else None
