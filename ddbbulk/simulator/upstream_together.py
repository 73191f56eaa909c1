"""BatchGetItem and transactions on their way to another server.

They are about many items, of several tables perhaps. What cannot be priced here is
left to the server to judge.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import orjson

from ddbbulk.schema import TableSchema
from ddbbulk.simulator.admission import WriteCost, admit_together
from ddbbulk.simulator.answer import OK, Answer
from ddbbulk.simulator.attribute_values import measure_attributes
from ddbbulk.simulator.cancellation import (
    NO_REASON,
    CancellationReason,
    TransactionCancelledError,
)
from ddbbulk.simulator.catalog import Clock, Table
from ddbbulk.simulator.item_keys import exact_key
from ddbbulk.simulator.keys import partition_of
from ddbbulk.simulator.service_error import ServiceError, ThrottlingReason
from ddbbulk.simulator.throttling import throttled
from ddbbulk.simulator.throughput import TABLE
from ddbbulk.simulator.transact_actions import UNITS_FACTOR
from ddbbulk.simulator.upstream_costs import (
    as_asked,
    asking_all,
    cost_of_change,
    cost_of_put,
    detail_of,
    estimate,
    settle,
)
from ddbbulk.simulator.upstream_tables import UpstreamTables

Headers = Mapping[str, str]
Request = dict[str, Any]
Send = Callable[[str, Request, Headers], Awaitable[Answer]]

# What is wrong with a request in a way that only the server can say.
_UNREADABLE: Final = (ServiceError, KeyError, TypeError, AttributeError, ValueError)


@dataclass(slots=True)
class _Keys:
    """The keys of one table, with what each costs at least."""

    name: str
    table: Table
    part: Mapping[str, Any]
    partitions: Sequence[bytes]
    least: float
    admitted: list[Any] = field(default_factory=list[Any])
    refused: list[Any] = field(default_factory=list[Any])
    reasons: list[ThrottlingReason] = field(default_factory=list[ThrottlingReason])

    def admit(self, now: float) -> None:
        """Charge the keys for which there is capacity."""
        resource = self.table.resources[TABLE]
        for key, partition in zip(self.part["Keys"], self.partitions, strict=True):
            obstacle = resource.read_obstacle(now, partition)
            if obstacle is None:
                resource.take_read(self.least, now, partition)
                self.admitted.append(key)
            else:
                self.refused.append(key)
                self.reasons.append(obstacle)
        resource.throttled_reads += bool(self.refused)

    def passed(self) -> dict[str, Any]:
        """What goes on."""
        return {**self.part, "Keys": self.admitted}

    def returned(self, unprocessed: Mapping[str, Any]) -> dict[str, Any]:
        """What goes back, with what the server hands back."""
        return {**self.part, "Keys": [*unprocessed.get("Keys", ()), *self.refused]}


class _Get(NamedTuple):
    """One element of TransactGetItems."""

    table: Table
    partition: bytes

    def obstacle(self, now: float) -> ThrottlingReason | None:
        return self.table.resources[TABLE].read_obstacle(now, self.partition)


class _Reply(NamedTuple):
    """What the server answered, and what was consumed there, by table."""

    status: int
    body: bytes
    content: dict[str, Any]
    consumed: dict[str, dict[str, Any]]

    def answer(self, request: Request) -> Answer:
        """The answer for the client, with as much detail as it asked for."""
        if self.status != OK:
            return Answer(self.status, self.body)
        detail = detail_of(request)
        if detail != "NONE" and self.consumed:
            self.content["ConsumedCapacity"] = [
                as_asked(element, detail) for element in self.consumed.values()
            ]
        return Answer(self.status, orjson.dumps(self.content))

    def units(self, table: Table) -> float:
        """Read units of a table, as far as it says."""
        return float(self.consumed.get(table.name, {}).get("CapacityUnits", 0.0))


class UpstreamTogether:
    """Performs these operations, as far as there is capacity.

    Args:
        tables: of the other server.
        send: sends it a request.
        clock: seconds that capacity counts by.
    """

    def __init__(self, tables: UpstreamTables, send: Send, *, clock: Clock) -> None:
        self._tables = tables
        self._send = send
        self._clock = clock

    async def batch_get(self, name: str, request: Request, headers: Headers) -> Answer:
        """The answer to BatchGetItem, with the keys that were throttled here."""
        try:
            parts = await self._parts(request["RequestItems"], headers)
        except _UNREADABLE:
            return await self._send(name, request, headers)
        for part in parts:
            part.admit(self._clock())
        passing = [part for part in parts if part.admitted or not part.refused]
        if parts and not passing:
            raise throttled(reason for part in parts for reason in part.reasons)
        items = {part.name: part.passed() for part in passing}
        reply = await self._ask(name, {**request, "RequestItems": items}, headers)
        if reply.status == OK:
            unprocessed = reply.content.setdefault("UnprocessedKeys", {})
            for part in parts:
                known = part.least * len(part.admitted)
                self._settle(part.table, reply.units(part.table) - known)
                if part.refused:
                    more = unprocessed.get(part.name, {})
                    unprocessed[part.name] = part.returned(more)
        return reply.answer(request)

    async def transact_get(
        self, name: str, request: Request, headers: Headers
    ) -> Answer:
        """The answer to TransactGetItems; it is cancelled where a table is short."""
        try:
            elements = request["TransactItems"]
            gets = [await self._get(element["Get"], headers) for element in elements]
        except _UNREADABLE:
            return await self._send(name, request, headers)
        now = self._clock()
        obstacles = [get.obstacle(now) for get in gets]
        for table in _short([get.table for get in gets], obstacles):
            table.resources[TABLE].throttled_reads += 1
        _refuse(obstacles)
        for table, partition in gets:
            table.resources[TABLE].take_read(UNITS_FACTOR, now, partition)
        reply = await self._ask(name, request, headers)
        counts = Counter(get.table.name for get in gets)
        for table in {get.table.name: get.table for get in gets}.values():
            known = UNITS_FACTOR * counts[table.name]
            self._settle(table, reply.units(table) - known)
        return reply.answer(request)

    async def transact_write(
        self, name: str, request: Request, headers: Headers
    ) -> Answer:
        """The answer to TransactWriteItems; it is cancelled where a table is short."""
        try:
            elements = request["TransactItems"]
            priced = [await self._price(element, headers) for element in elements]
        except _UNREADABLE:
            return await self._send(name, request, headers)
        now = self._clock()
        tables = {table.name: table for table, _ in priced}
        for table in tables.values():
            table.grow(now)
        wanted = [(table.resources, cost) for table, cost in priced]
        obstacles = admit_together(wanted, now=now)
        for table in _short([table for table, _ in priced], obstacles):
            table.throttled_requests += 1
        _refuse(obstacles)
        reply = await self._ask(name, request, headers)
        for table in tables.values():
            costs = [cost for of, cost in priced if of.name == table.name]
            guess = estimate(table.name, costs)
            truth = reply.consumed.get(table.name)
            settle(table, guess, truth, now=self._clock())
        return reply.answer(request)

    async def _ask(self, name: str, request: Request, headers: Headers) -> _Reply:
        status, body, _ = await self._send(name, asking_all(request), headers)
        if status != OK:
            return _Reply(status, body, {}, {})
        content: dict[str, Any] = orjson.loads(body)
        elements = content.pop("ConsumedCapacity", None) or ()
        consumed = {element["TableName"]: element for element in elements}
        return _Reply(status, body, content, consumed)

    def _settle(self, table: Table, beyond: float) -> None:
        if beyond > 0:
            table.resources[TABLE].take_read(beyond, self._clock())

    async def _parts(
        self, request_items: Mapping[str, Any], headers: Headers
    ) -> list[_Keys]:
        parts: list[_Keys] = []
        for name, part in request_items.items():
            table = await self._known(name, headers)
            partitions = [_partition(table.schema, key) for key in part["Keys"]]
            least = 1.0 if part.get("ConsistentRead") else 0.5
            parts.append(_Keys(name, table, part, partitions, least))
        return parts

    async def _get(self, content: Mapping[str, Any], headers: Headers) -> _Get:
        table = await self._known(content["TableName"], headers)
        return _Get(table, _partition(table.schema, content["Key"]))

    async def _price(
        self, element: Mapping[str, Any], headers: Headers
    ) -> tuple[Table, WriteCost]:
        ((kind, content),) = element.items()
        table = await self._known(content["TableName"], headers)
        if kind == "Put":
            cost = cost_of_put(table.schema, content["Item"])
        else:
            cost = cost_of_change(table.schema, content["Key"])
        return table, cost._replace(units=UNITS_FACTOR * cost.units)

    async def _known(self, name: object, headers: Headers) -> Table:
        table = await self._tables.get(name, headers)
        if table is None:
            raise ValueError("the server does not describe it")
        return table


def _partition(schema: TableSchema, key: dict[str, Any]) -> bytes:
    measure_attributes(key)
    return partition_of(exact_key(schema, key))


def _short(
    tables: Sequence[Table], obstacles: Sequence[ThrottlingReason | None]
) -> list[Table]:
    pairs = zip(tables, obstacles, strict=True)
    return list({table.name: table for table, short in pairs if short}.values())


def _refuse(obstacles: Sequence[ThrottlingReason | None]) -> None:
    if any(obstacles):
        raise TransactionCancelledError(
            [
                NO_REASON if obstacle is None else CancellationReason.of(obstacle)
                for obstacle in obstacles
            ]
        )
