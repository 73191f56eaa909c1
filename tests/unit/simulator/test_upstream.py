"""The proxy on a clock of ours, in front of a server that says yes to everything."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import aiohttp
import orjson

from ddbbulk.simulator.endpoint import API
from ddbbulk.simulator.rationing import Rationing
from ddbbulk.simulator.upstream import Upstream

DESCRIPTION = {
    "TableName": "ducks",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
    "WarmThroughput": {"ReadUnitsPerSecond": 12_000, "WriteUnitsPerSecond": 5000},
}


class Response:
    status = 200

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def read(self) -> bytes:
        return self._body


class Session:
    """As much of aiohttp's session as the proxy uses.

    Args:
        consumed: the units that each write is said to have consumed.
    """

    def __init__(self, consumed: float | None) -> None:
        self._answer: dict[str, Any] = {}
        if consumed is not None:
            units = {"CapacityUnits": consumed}
            one = {"TableName": "ducks", "Table": units, **units}
            self._answer = {"ConsumedCapacity": [one]}

    @asynccontextmanager
    async def post(
        self, _: str, *, headers: dict[str, str], **__: object
    ) -> AsyncIterator[Response]:
        is_asked = headers["X-Amz-Target"] == API + "DescribeTable"
        answer = {"Table": DESCRIPTION} if is_asked else self._answer
        yield Response(orjson.dumps(answer))


class Proxy:
    def __init__(self, *, consumed: float | None = None, **rationing: Any) -> None:  # noqa: ANN401 -- of Rationing
        self.now = 100.0
        self._upstream = Upstream(
            "http://127.0.0.1:9",
            cast("aiohttp.ClientSession", Session(consumed)),
            clock=lambda: self.now,
            rationing=Rationing(**rationing),
            chance=random.Random(0),
        )

    async def admitted(self, batches: int, units: int) -> int:
        """Return how many units got in of batches of 25 items at one moment."""
        admitted = 0
        for batch in range(batches):
            items = [
                {"pk": {"S": f"{batch}-{one}"}, "x": {"S": "x" * (1024 * units - 20)}}
                for one in range(25)
            ]
            request = {"ducks": [{"PutRequest": {"Item": item}} for item in items]}
            body = orjson.dumps({"RequestItems": request})
            answer = await self._upstream.answer("BatchWriteItem", body, {})
            if answer.status == 200:
                lost = orjson.loads(answer.body)["UnprocessedItems"].get("ducks", ())
                admitted += units * (25 - len(lost))
        return admitted


async def test_on_demand_starts_from_the_warm_throughput_that_is_described() -> None:
    assert await Proxy().admitted(60, 4) == 5000


async def test_on_demand_grows_in_front_of_another_server_too() -> None:
    proxy = Proxy(doubling_seconds=60)
    await proxy.admitted(60, 4)
    proxy.now += 59
    assert await proxy.admitted(60, 4) == 5000
    proxy.now += 3
    await proxy.admitted(1, 1)
    proxy.now += 1
    assert await proxy.admitted(120, 4) == 10_000


async def test_an_account_pays_what_the_server_says_afterwards() -> None:
    proxy = Proxy(account_wcu=100, consumed=80)
    assert await proxy.admitted(1, 1) == 25
    # It looked like 25 units, and was 80.
    assert await proxy.admitted(1, 1) == 20
    proxy.now += 0.5
    assert await proxy.admitted(1, 1) == 0
