"""What tells a table from a later one of the same name, on whoever serves it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ddbbulk
from ddbbulk.simulator import Simulator
from tests.conftest import HasEndpoint
from tests.support.making_tables import drop_table, make_table
from tests.support.servers import Server

pytestmark = pytest.mark.integration

Clients = Callable[[HasEndpoint], Any]


async def described(server: HasEndpoint, table: str) -> ddbbulk.TableDescription:
    async with ddbbulk.connect(endpoint_url=server.endpoint_url) as connection:
        return await ddbbulk.describe_table(connection, table)


async def check(server: HasEndpoint, client: Any) -> None:  # noqa: ANN401 -- boto3 makes its classes up at run time
    table = make_table(client, "pk")
    first = await described(server, table)
    assert first.arn.endswith(f":table/{table}")
    assert first.table_id
    assert (await described(server, table)).table_id == first.table_id
    drop_table(client, table)
    make_table(client, "pk", name=table)
    assert (await described(server, table)).table_id not in (first.table_id, None)


async def test_a_table_has_one_id_and_its_successor_another(
    server: Server, dynamodb: Clients
) -> None:
    await check(server, dynamodb(server))


async def test_so_it_is_on_the_simulator(dynamodb: Clients) -> None:
    with Simulator() as simulator:
        await check(simulator, dynamodb(simulator))


async def test_an_id_survives_the_end_of_the_simulator(
    tmp_path: Path, dynamodb: Clients
) -> None:
    file = tmp_path / "data.sqlite"
    with Simulator(data=file) as simulator:
        table = make_table(dynamodb(simulator), "pk")
        before = await described(simulator, table)
    with Simulator(data=file) as simulator:
        after = await described(simulator, table)
    assert (after.table_id, after.arn) == (before.table_id, before.arn)
