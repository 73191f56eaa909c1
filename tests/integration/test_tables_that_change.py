"""Tables that change under a load: what can pass passes, what cannot ends cleanly."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import ddbbulk
from ddbbulk.simulator import Simulator
from tests.support.making_tables import (
    drop_table,
    make_table,
    scanned,
    wait_until_active,
)

pytestmark = pytest.mark.integration

COUNT = 600
MIDDLE = 300
Client = Any
BY_TEAM = {
    "IndexName": "by_team",
    "KeySchema": [{"AttributeName": "team", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
    "ProvisionedThroughput": {"ReadCapacityUnits": 100, "WriteCapacityUnits": 200},
}


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(update_seconds=0.3) as running:
        yield running


@pytest.fixture
def client(simulator: Simulator, dynamodb: Callable[[Simulator], Client]) -> Client:
    return dynamodb(simulator)


def changed_midway(
    simulator: Simulator, table: str, change: Callable[[], object]
) -> Callable[[], AsyncIterator[dict[str, str]]]:
    """Return a source that changes its table once its first half has been written."""

    async def source() -> AsyncIterator[dict[str, str]]:
        for number in range(COUNT):
            if number == MIDDLE:
                while simulator.stats()["tables"][table]["items"] < MIDDLE:  # noqa: ASYNC110 -- it is another program, so to speak
                    await asyncio.sleep(0.01)
                await asyncio.to_thread(change)
            yield {"pk": f"@{number}", "team": "ducks"}

    return source


def assert_balanced(report: ddbbulk.LoadReport) -> None:
    assert report.items_read == report.items_written + report.items_pending
    assert report.items_rejected == 0


async def load(simulator: Simulator, table: str, source: Any) -> ddbbulk.LoadReport:  # noqa: ANN401 -- any source
    return await ddbbulk.load(
        table, source(), wcu=1000, endpoint_url=simulator.endpoint_url
    )


async def test_a_deleted_table_ends_the_load(
    simulator: Simulator, client: Client
) -> None:
    table = make_table(client, "pk")
    source = changed_midway(simulator, table, lambda: drop_table(client, table))
    with pytest.raises(ddbbulk.TableNotFoundError, match=f"no table {table}") as caught:
        await load(simulator, table, source)
    report = caught.value.report
    assert_balanced(report)
    assert report.items_written == MIDDLE
    assert report.items_pending > 0


async def test_a_table_that_is_being_created_again_ends_the_load(
    dynamodb: Callable[[Simulator], Client], tmp_path: Path
) -> None:
    """Its first half would be missing: nobody may take that for a whole table."""
    file = tmp_path / "tables.db"
    with Simulator(data=file) as simulator:
        table = make_table(dynamodb(simulator), "pk")
    with Simulator(data=file, create_seconds=60) as simulator:
        client = dynamodb(simulator)

        def recreate() -> None:
            drop_table(client, table)
            client.create_table(
                TableName=table,
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )

        with pytest.raises(ddbbulk.TableNotFoundError) as caught:
            await load(simulator, table, changed_midway(simulator, table, recreate))
        assert simulator.stats()["tables"][table]["items"] == 0
    assert_balanced(caught.value.report)


async def test_a_table_that_is_updating_takes_writes(
    simulator: Simulator, client: Client
) -> None:
    table = make_table(client, "pk", wcu=1000)
    seen: list[str] = []

    def lower() -> None:
        units = {"ReadCapacityUnits": 1000, "WriteCapacityUnits": 500}
        client.update_table(TableName=table, ProvisionedThroughput=units)
        seen.append(client.describe_table(TableName=table)["Table"]["TableStatus"])

    report = await load(simulator, table, changed_midway(simulator, table, lower))
    assert seen == ["UPDATING"]
    assert report.items_written == len(scanned(client, table)) == COUNT


async def test_a_load_may_begin_while_its_table_is_updating(
    simulator: Simulator, client: Client
) -> None:
    table = make_table(client, "pk")
    units = {"ReadCapacityUnits": 1000, "WriteCapacityUnits": 500}
    client.update_table(TableName=table, ProvisionedThroughput=units)
    report = await ddbbulk.load(
        table, [{"pk": "@daisy"}], wcu=10, endpoint_url=simulator.endpoint_url
    )
    assert report.items_written == 1


async def test_an_index_may_be_created_midway(
    simulator: Simulator, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    table = make_table(client, "pk")

    def create() -> None:
        client.update_table(
            TableName=table,
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "team")
            ],
            GlobalSecondaryIndexUpdates=[{"Create": BY_TEAM}],
        )

    with caplog.at_level(logging.WARNING, logger="ddbbulk"):
        report = await load(simulator, table, changed_midway(simulator, table, create))
    assert report.items_written == len(scanned(client, table)) == COUNT
    wait_until_active(client, table)
    pages = client.get_paginator("scan").paginate(TableName=table, IndexName="by_team")
    assert sum(page["Count"] for page in pages) == COUNT
    assert "index by_team is not in the schema" in caplog.text


async def test_an_index_may_be_deleted_midway(
    simulator: Simulator, client: Client
) -> None:
    table = make_table(client, "pk", index=("by_team", "team"))

    def delete() -> None:
        client.update_table(
            TableName=table,
            GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by_team"}}],
        )

    report = await load(simulator, table, changed_midway(simulator, table, delete))
    assert report.items_written == len(scanned(client, table)) == COUNT
    assert report.index_write_units["by_team"] >= MIDDLE
