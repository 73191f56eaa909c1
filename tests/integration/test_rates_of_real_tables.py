"""Budgets that are the table's own, and that are found out, over HTTP."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import ddbbulk
from ddbbulk.simulator import Simulator

pytestmark = pytest.mark.integration

Client = Any


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def client(simulator: Simulator, dynamodb: Callable[[Simulator], Client]) -> Client:
    return dynamodb(simulator)


def make(client: Client, name: str, **more: object) -> None:
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        **more,
    )
    client.get_waiter("table_exists").wait(TableName=name)


def items(count: int) -> list[dict[str, object]]:
    return [{"pk": f"k{number}"} for number in range(count)]


async def test_a_table_on_demand_is_loaded_up_to_what_it_is_warm_for(
    simulator: Simulator, client: Client
) -> None:
    warm = {"ReadUnitsPerSecond": 12_000, "WriteUnitsPerSecond": 5000}
    make(client, "warm", BillingMode="PAY_PER_REQUEST", WarmThroughput=warm)
    report = await ddbbulk.load(
        "warm", items(50), reserve="50%", endpoint_url=simulator.endpoint_url
    )
    assert (report.items_written, report.budget) == (50, 2500)


async def test_what_a_table_gives_is_found_out_and_nothing_is_lost(
    simulator: Simulator, client: Client
) -> None:
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 100}
    make(client, "found", ProvisionedThroughput=units)
    report = await ddbbulk.load(
        "found",
        items(400),
        wcu="adaptive",
        schema="pk",
        endpoint_url=simulator.endpoint_url,
    )
    counted = simulator.stats()["tables"]["found"]
    assert report.items_written == counted["items"] == 400
    # It began far above what the table has, and was told so by throttles alone.
    assert report.throttled_requests == counted["throttled_requests"] > 0
    assert report.verdict.startswith("bound by the table: it ")
