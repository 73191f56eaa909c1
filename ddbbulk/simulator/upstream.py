"""Throttling in front of another DynamoDB-compatible server.

Capacity is read from that server's DescribeTable; writes and reads beyond it are
throttled here, everything else passes through. Requests are changed on the way, so a
server that verifies signatures (AWS itself) refuses them: this is for local servers.
"""

import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import aiohttp
import orjson

from ddbbulk.simulator.admission import Admission, WriteCost, admit
from ddbbulk.simulator.answer import OK, Answer, error_answer, read_json
from ddbbulk.simulator.catalog import Clock, Table
from ddbbulk.simulator.endpoint import API, CONTENT_TYPE
from ddbbulk.simulator.rationing import Rationing
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.statistics import statistics
from ddbbulk.simulator.throttling import throttled
from ddbbulk.simulator.throughput import TABLE, Resource
from ddbbulk.simulator.upstream_batch import Share, merged, passed_on
from ddbbulk.simulator.upstream_costs import (
    as_asked,
    asking_all,
    cost_of_change,
    cost_of_entry,
    cost_of_put,
    detail_of,
    estimate,
    settle,
)
from ddbbulk.simulator.upstream_tables import UpstreamTables
from ddbbulk.simulator.upstream_together import UpstreamTogether

Headers = Mapping[str, str]
Request = dict[str, Any]

_HOP_HEADERS: Final = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "expect",
        "host",
        "transfer-encoding",
        "x-amz-target",
    }
)
# A read whose answer does not say what it took: half a unit for each 4 KB of JSON.
_BYTES_PER_READ_UNIT: Final = 8192
_LEAST_READ: Final = 0.5


class Upstream:
    """Performs operations on another server, as far as there is capacity.

    Args:
        url: of the server.
        session: what requests go through.
        clock: seconds that capacity counts by.
        rationing: how capacity is rationed.
        chance: which items of a throttled batch lose.
    """

    def __init__(
        self,
        url: str,
        session: aiohttp.ClientSession,
        *,
        clock: Clock,
        rationing: Rationing,
        chance: random.Random,
    ) -> None:
        self._url = url
        self._session = session
        self._clock = clock
        self._chance = chance
        self._tables = UpstreamTables(self._forward, clock=clock, rationing=rationing)
        together = UpstreamTogether(self._tables, self._send, clock=clock)
        self._operations: Mapping[
            str, Callable[[str, Request, Headers], Awaitable[Answer]]
        ] = {
            "BatchGetItem": together.batch_get,
            "BatchWriteItem": self._write_batch,
            "PutItem": self._write_one,
            "TransactGetItems": together.transact_get,
            "TransactWriteItems": together.transact_write,
            "UpdateItem": self._write_one,
            "DeleteItem": self._write_one,
            "GetItem": self._read,
            "Query": self._read,
            "Scan": self._read,
            "CreateTable": self._change_table,
            "UpdateTable": self._change_table,
            "DeleteTable": self._change_table,
        }

    async def answer(self, name: str, body: bytes, headers: Headers) -> Answer:
        """The answer to a request; errors of the service are answers too."""
        operation = self._operations.get(name)
        try:
            if operation is None:
                return await self._forward(name, body, headers)
            return await operation(name, read_json(body), headers)
        except ServiceError as error:
            return error_answer(error)
        except (aiohttp.ClientError, TimeoutError) as error:
            message = f"The upstream {self._url} does not answer: {error}"
            return error_answer(ServiceError("ServiceUnavailable", message, 503))

    def statistics(self) -> dict[str, Any]:
        """Counts of each table; its items as last described upstream."""
        return statistics(self._tables.known(), self._tables.item_count)

    async def _forward(self, name: str, body: bytes, headers: Headers) -> Answer:
        passed = {
            key: value
            for key, value in headers.items()
            if key.lower() not in _HOP_HEADERS
        }
        passed |= {"X-Amz-Target": API + name, "Content-Type": CONTENT_TYPE}
        async with self._session.post(self._url, data=body, headers=passed) as response:
            return Answer(response.status, await response.read())

    async def _send(self, name: str, request: Request, headers: Headers) -> Answer:
        return await self._forward(name, orjson.dumps(request), headers)

    async def _change_table(
        self, name: str, request: Request, headers: Headers
    ) -> Answer:
        answer = await self._send(name, request, headers)
        self._tables.outdate(request.get("TableName"))
        if name == "DeleteTable" and answer.status == OK:
            self._tables.forget(request["TableName"])
        return answer

    async def _read(self, name: str, request: Request, headers: Headers) -> Answer:
        table = await self._tables.get(request.get("TableName"), headers)
        if table is None:
            return await self._send(name, request, headers)
        resource = _resource(table, request.get("IndexName"))
        resource.check_read(self._clock())
        answer, consumed = await self._ask_all(name, request, headers)
        if answer.status == OK:
            guess = max(_LEAST_READ, len(answer.body) / _BYTES_PER_READ_UNIT)
            resource.take_read(consumed.get("CapacityUnits", guess), self._clock())
        return answer

    async def _write_one(self, name: str, request: Request, headers: Headers) -> Answer:
        table = await self._tables.get(request.get("TableName"), headers)
        cost = None if table is None else _cost(table, name, request)
        if table is None or cost is None:
            return await self._send(name, request, headers)
        admission = self._admit(table, [cost])
        if admission.refused:
            raise throttled(admission.reasons)
        answer, consumed = await self._ask_all(name, request, headers)
        guess = estimate(table.name, [cost])
        settle(table, guess, consumed, now=self._clock())
        return answer

    async def _ask_all(
        self, name: str, request: Request, headers: Headers
    ) -> tuple[Answer, dict[str, Any]]:
        """The answer as the client asked for it, and all that it says was consumed."""
        answer = await self._send(name, asking_all(request), headers)
        if answer.status != OK:
            return answer, {}
        content: dict[str, Any] = orjson.loads(answer.body)
        consumed: dict[str, Any] = content.pop("ConsumedCapacity", None) or {}
        detail = detail_of(request)
        if consumed and detail != "NONE":
            content["ConsumedCapacity"] = as_asked(consumed, detail)
        return Answer(OK, orjson.dumps(content)), consumed

    async def _write_batch(
        self, name: str, request: Request, headers: Headers
    ) -> Answer:
        shares = await self._shares(request, headers)
        if not shares:
            return await self._send(name, request, headers)
        if not any(share.admission.admitted for share in shares):
            raise throttled(one for share in shares for one in share.admission.reasons)
        passed = passed_on(request, shares)
        status, body, _ = await self._send(name, passed, headers)
        if status != OK:
            return Answer(status, body)
        detail = detail_of(request)
        content = merged(orjson.loads(body), shares, detail=detail, now=self._clock())
        return Answer(status, orjson.dumps(content))

    async def _shares(self, request: Request, headers: Headers) -> list[Share]:
        """The parts of a batch; none where the server had better judge it itself."""
        priced: list[tuple[str, Table, list[Any], list[WriteCost]]] = []
        for name, entries in _tables_of(request).items():
            table = await self._tables.get(name, headers)
            if table is None:
                return []
            try:
                costs = [cost_of_entry(table.schema, entry) for entry in entries]
            except (ServiceError, KeyError, TypeError, AttributeError):
                return []
            priced.append((name, table, entries, costs))
        return [
            Share(name, table, entries, costs, self._admit(table, costs))
            for name, table, entries, costs in priced
        ]

    def _admit(self, table: Table, costs: list[WriteCost]) -> Admission:
        now = self._clock()
        table.grow(now)
        admission = admit(table.resources, costs, now=now, chance=self._chance)
        if admission.refused:
            table.throttled_requests += 1
        return admission


def _resource(table: Table, index: object) -> Resource:
    """Whose capacity a read takes: a global index's, else the table's."""
    own = table.resources[TABLE]
    return table.resources.get(index, own) if isinstance(index, str) else own


def _tables_of(request: Request) -> dict[str, Any]:
    tables: Any = request.get("RequestItems")
    return tables if tables.__class__ is dict else {}


def _cost(table: Table, name: str, request: Request) -> WriteCost | None:
    try:
        if name == "PutItem":
            return cost_of_put(table.schema, request["Item"])
        return cost_of_change(table.schema, request["Key"])
    except (ServiceError, KeyError, TypeError, AttributeError):
        return None  # the server will say what is wrong with it
