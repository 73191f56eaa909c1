"""The proxy on a clock of ours, in front of a server that says yes to everything."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import aiohttp
import orjson
import pytest

from ddbbulk.simulator.answer import Answer
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


ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/ducks"
LIMITED = DESCRIPTION | {
    "BillingModeSummary": {"BillingMode": "PROVISIONED"},
    "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
    "WarmThroughput": {},
}


class Response:
    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        self._body = body

    async def read(self) -> bytes:
        return self._body


class Session:
    """As much of aiohttp's session as the proxy uses.

    Attributes:
        consumed: the units that each request is said to have consumed, where it asks.
        description: of the one table.
        failure: what every request is answered with, but those for the description.
        answers: when it is not set, descriptions are on their way.
    """

    def __init__(self, consumed: float | None) -> None:
        self.consumed = consumed
        self.description: dict[str, Any] = DESCRIPTION
        self.failure: Response | None = None
        self.answers = asyncio.Event()
        self.answers.set()

    @asynccontextmanager
    async def post(
        self, _: str, *, headers: dict[str, str], data: bytes
    ) -> AsyncIterator[Response]:
        name = headers["X-Amz-Target"].removeprefix(API)
        request: dict[str, Any] = orjson.loads(data)
        answer: dict[str, Any] = {}
        if name == "DescribeTable":
            assert request == {"TableName": "ducks"}
            answer = {"Table": self.description}
            await self.answers.wait()
        elif self.failure is not None:
            yield self.failure
            return
        elif self.consumed is not None and "ReturnConsumedCapacity" in request:
            units = {"CapacityUnits": self.consumed}
            one = {"TableName": "ducks", "Table": units, **units}
            answer = {"ConsumedCapacity": [one] if name.startswith("Batch") else one}
        yield Response(200, orjson.dumps(answer))


class Proxy:
    def __init__(self, *, consumed: float | None = None, **rationing: Any) -> None:  # noqa: ANN401 -- of Rationing
        self.now = 100.0
        self.server = Session(consumed)
        self._upstream = Upstream(
            "http://127.0.0.1:9",
            cast("aiohttp.ClientSession", self.server),
            clock=lambda: self.now,
            rationing=Rationing(**rationing),
            chance=random.Random(0),
        )

    async def ask(self, name: str, **request: object) -> Answer:
        """Return the answer to a request."""
        return await self._upstream.answer(name, orjson.dumps(request), {})

    async def admitted(self, batches: int, units: int) -> int:
        """Return how many units got in of batches of 25 items at one moment."""
        admitted = 0
        for batch in range(batches):
            items = [
                {"pk": {"S": f"{batch}-{one}"}, "x": {"S": "x" * (1024 * units - 20)}}
                for one in range(25)
            ]
            request = {"ducks": [{"PutRequest": {"Item": item}} for item in items]}
            answer = await self.ask("BatchWriteItem", RequestItems=request)
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


@pytest.mark.parametrize("name", ["Scan", "Query", "GetItem"])
async def test_a_read_that_finds_little_pays_for_what_it_looked_at(name: str) -> None:
    proxy = Proxy(consumed=128)
    proxy.server.description = LIMITED
    answer = await proxy.ask(name, TableName="ducks")
    assert (answer.status, orjson.loads(answer.body)) == (200, {})
    assert (await proxy.ask(name, TableName="ducks")).status == 400
    proxy.now += 128 / 5
    answer = await proxy.ask(name, TableName="ducks", ReturnConsumedCapacity="TOTAL")
    assert orjson.loads(answer.body)["ConsumedCapacity"]["CapacityUnits"] == 128


async def test_a_table_has_its_capacity_once_by_name_and_arn_together() -> None:
    proxy = Proxy(consumed=50)
    proxy.server.description = LIMITED
    item = {"pk": {"S": "p"}}
    assert (await proxy.ask("PutItem", TableName="ducks", Item=item)).status == 200
    assert (await proxy.ask("PutItem", TableName=ARN, Item=item)).status == 400


async def test_the_new_capacity_of_an_index_is_noticed_when_it_is_there() -> None:
    def described(status: str, units: int) -> dict[str, Any]:
        throughput = {"ReadCapacityUnits": units, "WriteCapacityUnits": units}
        index = {
            "IndexName": "by_city",
            "KeySchema": [{"AttributeName": "city", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
            "IndexStatus": status,
            "ProvisionedThroughput": throughput,
        }
        city = {"AttributeName": "city", "AttributeType": "S"}
        types = [*DESCRIPTION["AttributeDefinitions"], city]
        own = {"AttributeDefinitions": types, "GlobalSecondaryIndexes": [index]}
        return LIMITED | own | {"TableStatus": "ACTIVE"}

    proxy = Proxy(consumed=50)
    query = {"TableName": "ducks", "IndexName": "by_city"}
    proxy.server.description = described("ACTIVE", 5)
    await proxy.ask("Query", **query)
    proxy.server.description = described("UPDATING", 5)
    await proxy.ask("UpdateTable", TableName="ducks")
    proxy.now += 1.0
    assert (await proxy.ask("Query", **query)).status == 400
    proxy.server.description = described("ACTIVE", 100)
    await proxy.ask("Query", **query)
    proxy.now += 1.0
    assert (await proxy.ask("Query", **query)).status == 200


@pytest.mark.parametrize(
    ("name", "request_"),
    [
        ("Query", {"TableName": "ducks", "IndexName": {}}),
        ("Scan", {"TableName": []}),
        ("CreateTable", {"TableName": {"S": "ducks"}}),
        ("GetItem", {"TableName": "ducks", "ReturnConsumedCapacity": []}),
    ],
)
async def test_odd_json_is_judged_by_the_server(
    name: str, request_: dict[str, Any]
) -> None:
    proxy = Proxy()
    proxy.server.failure = Response(400, b'{"__type":"ValidationException"}')
    assert b"ValidationException" in (await proxy.ask(name, **request_)).body


async def test_an_error_that_is_no_json_passes_through() -> None:
    proxy = Proxy()
    proxy.server.failure = Response(413, b"<html>")
    answer = await proxy.ask("PutItem", TableName="ducks", Item={"pk": {"S": "p"}})
    assert answer == Answer(413, b"<html>")


async def test_a_change_is_noticed_also_while_the_table_is_being_described() -> None:
    proxy = Proxy(consumed=50)
    proxy.server.description = LIMITED
    proxy.server.answers.clear()
    scan = asyncio.create_task(proxy.ask("Scan", TableName="ducks"))
    await asyncio.sleep(0)
    proxy.server.description = DESCRIPTION
    await proxy.ask("UpdateTable", TableName="ducks")
    proxy.server.answers.set()
    assert (await scan).status == 200
    await proxy.ask("Scan", TableName="ducks")  # while it owes 45 units
    proxy.now += 1.0
    assert (await proxy.ask("Scan", TableName="ducks")).status == 200


async def test_a_table_that_is_made_again_owes_nothing() -> None:
    proxy = Proxy(consumed=50)
    proxy.server.description = LIMITED
    assert (await proxy.ask("Scan", TableName="ducks")).status == 200
    assert (await proxy.ask("Scan", TableName="ducks")).status == 400
    await proxy.ask("DeleteTable", TableName="ducks")
    await proxy.ask("CreateTable", TableName="ducks")
    assert (await proxy.ask("Scan", TableName="ducks")).status == 200
