"""Tables made, looked at, emptied and dropped, on whoever serves them."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ddbbulk
import ddbbulk.recreation.recreating
from ddbbulk.recreation import KeptDefinition, inspect_table
from ddbbulk.simulator import Simulator
from ddbbulk.tables import definition_of, differences, table_element, time_to_live
from tests.conftest import HasEndpoint
from tests.support.making_tables import scanned
from tests.support.servers import Server

pytestmark = pytest.mark.integration

Clients = Callable[[HasEndpoint], Any]
TABLE = ddbbulk.TableDefinition.model_validate(
    {
        "partition_key": "follower",
        "sort_key": "created:N",
        "billing": "provisioned",
        "write_capacity": 200,
        "read_capacity": 20,
        "ttl_attribute": "expires_at",
        "global_indexes": [
            {
                "name": "by_followee",
                "partition_key": "followee",
                "projection": "INCLUDE",
                "non_key_attributes": ["note"],
            }
        ],
        "local_indexes": [
            {"name": "by_city", "sort_key": "city", "projection": "KEYS_ONLY"}
        ],
    }
)
PLAIN = ddbbulk.TableDefinition.model_validate(
    {"table": "plain", "partition_key": "pk", "billing": "on-demand"}
)


def items(count: int) -> list[dict[str, Any]]:
    return [
        {"follower": f"@donald{n % 9}", "created": n, "followee": "@daisy", "note": "x"}
        for n in range(count)
    ]


async def check(server: HasEndpoint, *, has_ttl: bool) -> None:
    definition = TABLE
    async with ddbbulk.connect(endpoint_url=server.endpoint_url) as connection:
        if not has_ttl:
            with pytest.raises(ddbbulk.RequestError, match="created, but its items wi"):
                await ddbbulk.create_table(connection, definition, name="follows")
            await ddbbulk.drop_table(connection, "follows")
            definition = TABLE.model_copy(update={"ttl_attribute": None})
        described = await ddbbulk.create_table(connection, definition, name="follows")
        assert described.status == "ACTIVE"
        there = definition_of(
            await table_element(connection, "follows"),
            ttl_attribute=await time_to_live(connection, "follows"),
        )
        assert differences(definition, there) == ()
        with pytest.raises(ddbbulk.RequestRejectedError, match="already") as caught:
            await ddbbulk.create_table(connection, definition, name="follows")
        assert caught.value.code == "ResourceInUseException"
        assert "follows" in [one async for one in ddbbulk.list_tables(connection)]
        await ddbbulk.drop_table(connection, "follows")
        assert "follows" not in [one async for one in ddbbulk.list_tables(connection)]
        with pytest.raises(ddbbulk.TableNotFoundError):
            await ddbbulk.drop_table(connection, "follows")


async def test_a_table_comes_and_goes_on_every_server(server: Server) -> None:
    await check(server, has_ttl=server.flavor != "dynalite")


async def test_a_table_comes_and_goes_in_the_simulator() -> None:
    with Simulator(create_seconds=0.2) as simulator:
        await check(simulator, has_ttl=True)


async def test_names_come_in_pages() -> None:
    names = [f"table-{n:03}" for n in range(102)]
    with Simulator() as simulator:
        async with ddbbulk.connect(endpoint_url=simulator.endpoint_url) as connection:
            for name in names:
                await connection.request(
                    "create_table",
                    TableName=name,
                    KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                    AttributeDefinitions=[
                        {"AttributeName": "pk", "AttributeType": "S"}
                    ],
                    BillingMode="PAY_PER_REQUEST",
                )
            assert [one async for one in ddbbulk.list_tables(connection)] == names


async def test_a_table_is_made_anew_with_all_but_its_items(dynamodb: Clients) -> None:
    with Simulator() as simulator:
        async with ddbbulk.connect(endpoint_url=simulator.endpoint_url) as connection:
            before = await ddbbulk.create_table(connection, TABLE, name="follows")
            await ddbbulk.load("follows", items(30), connection=connection)
            after = await ddbbulk.recreate_table(connection, "follows")
            there = (await inspect_table(connection, "follows")).definition
        left = scanned(dynamodb(simulator), "follows")
    assert left == []
    assert after.table_id not in (before.table_id, None)
    assert differences(TABLE, there) == ()
    assert KeptDefinition.left_of("follows") == []


async def test_a_table_on_other_servers_is_made_anew(server: Server) -> None:
    definition = PLAIN.model_copy(update={"table": "anew"})
    async with ddbbulk.connect(endpoint_url=server.endpoint_url) as connection:
        await ddbbulk.create_table(connection, definition)
        await ddbbulk.load("anew", [{"pk": "a"}], connection=connection, wcu=100)
        after = await ddbbulk.recreate_table(connection, "anew")
        count = (await connection.request("scan", TableName="anew"))["Count"]
        await ddbbulk.drop_table(connection, "anew")
    assert (after.status, count) == ("ACTIVE", 0)


async def test_a_definition_survives_whatever_comes_between(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DDBBULK_STATE_DIR", str(tmp_path))

    async def fail(*arguments: object) -> None:
        raise ddbbulk.ConnectionFailedError("gone")

    monkeypatch.setattr(ddbbulk.recreation.recreating, "create_table", fail)
    with Simulator() as simulator:
        async with ddbbulk.connect(endpoint_url=simulator.endpoint_url) as connection:
            await ddbbulk.create_table(connection, TABLE, name="follows")
            with pytest.raises(ddbbulk.ConnectionFailedError):
                await ddbbulk.recreate_table(connection, "follows")
            with pytest.raises(ddbbulk.TableNotFoundError):
                await ddbbulk.describe_table(connection, "follows")
            (file,) = KeptDefinition.left_of("follows")
            assert KeptDefinition.left_of("follow") == []
            await ddbbulk.create_table(connection, ddbbulk.TableDefinition.read(file))
            there = (await inspect_table(connection, "follows")).definition
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert simulator.endpoint_url in file.read_text()
    assert differences(TABLE, there) == ()


async def test_a_definition_survives_a_policy_that_goes_with_the_table(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DDBBULK_STATE_DIR", str(tmp_path))
    request = ddbbulk.Connection.request
    asked: list[str] = []

    async def until_dropped(
        connection: ddbbulk.Connection, operation: str, **parameters: object
    ) -> dict[str, Any]:
        if "delete_table" in asked:
            raise ddbbulk.AccessDeniedError("not for you any more")
        asked.append(operation)
        return await request(connection, operation, **parameters)

    with Simulator() as simulator:
        async with ddbbulk.connect(endpoint_url=simulator.endpoint_url) as connection:
            await ddbbulk.create_table(connection, PLAIN)
            monkeypatch.setattr(ddbbulk.Connection, "request", until_dropped)
            with pytest.raises(ddbbulk.AccessDeniedError):
                await ddbbulk.recreate_table(connection, "plain")
    (file,) = KeptDefinition.left_of("plain")
    assert ddbbulk.TableDefinition.read(file) == PLAIN


async def test_nothing_is_dropped_before_its_definition_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "state"
    file.touch()
    monkeypatch.setenv("DDBBULK_STATE_DIR", str(file))
    with Simulator() as simulator:
        async with ddbbulk.connect(endpoint_url=simulator.endpoint_url) as connection:
            before = await ddbbulk.create_table(connection, PLAIN)
            with pytest.raises(
                ddbbulk.ConfigurationError, match="for the kept definit"
            ):
                await ddbbulk.recreate_table(connection, "plain")
            after = await ddbbulk.describe_table(connection, "plain")
    assert after.table_id == before.table_id


async def test_what_a_new_table_would_not_have_is_refused(server: Server) -> None:
    if server.flavor == "dynalite":
        pytest.skip("it has no streams")
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    async with ddbbulk.connect(endpoint_url=server.endpoint_url) as connection:
        await connection.request(
            "create_table",
            TableName="streamed",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification=stream,
        )
        before = await ddbbulk.wait_until_active(connection, "streamed")
        with pytest.raises(ddbbulk.ConfigurationError, match=r"NEW_IMAGE.*--lose str"):
            await ddbbulk.recreate_table(connection, "streamed")
        with pytest.raises(ddbbulk.ConfigurationError, match="there are replicas, st"):
            await ddbbulk.recreate_table(connection, "streamed", lose=["steam"])
        kept = await ddbbulk.describe_table(connection, "streamed")
        after = await ddbbulk.recreate_table(connection, "streamed", lose="stream")
        await ddbbulk.drop_table(connection, "streamed")
    assert kept.table_id == before.table_id
    assert (before.has_stream, after.has_stream) == (True, False)


async def test_a_table_that_is_raised_for_a_while_is_not_made_anew() -> None:
    definition = PLAIN.model_copy(update={"billing": "provisioned"})
    with Simulator(update_seconds=0.05) as simulator:
        async with ddbbulk.connect(endpoint_url=simulator.endpoint_url) as connection:
            await ddbbulk.create_table(connection, definition)
            async with ddbbulk.provisioned("plain", wcu=100, connection=connection):
                with pytest.raises(ddbbulk.ConfigurationError, match="is raised, and"):
                    await ddbbulk.recreate_table(connection, "plain")
            after = await ddbbulk.recreate_table(connection, "plain")
    assert after.write_capacity == 5


async def test_recovery_and_policies_go_and_tags_stay() -> None:
    definition = PLAIN.model_copy(update={"tags": {"team": "birds"}})
    policy = {"Version": "2012-10-17", "Statement": []}
    recovery = {"PointInTimeRecoveryEnabled": True}
    with Simulator() as simulator:
        async with ddbbulk.connect(endpoint_url=simulator.endpoint_url) as connection:
            made = await ddbbulk.create_table(connection, definition)
            await connection.request(
                "update_continuous_backups",
                TableName="plain",
                PointInTimeRecoverySpecification=recovery,
            )
            await connection.request(
                "put_resource_policy", ResourceArn=made.arn, Policy=json.dumps(policy)
            )
            before = await inspect_table(connection, "plain")
            with pytest.raises(ddbbulk.ConfigurationError, match="--lose policy"):
                await ddbbulk.recreate_table(connection, "plain", lose=["pitr"])
            await ddbbulk.recreate_table(connection, "plain", lose=["pitr", "policy"])
            after = await inspect_table(connection, "plain")
    assert {loss.name for loss in before.losses} == {"pitr", "policy"}
    assert after.losses == ()
    assert before.tags == after.tags == {"team": "birds"}


async def test_what_may_not_be_looked_at_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    request = ddbbulk.Connection.request

    async def denied(
        connection: ddbbulk.Connection, operation: str, **parameters: object
    ) -> dict[str, Any]:
        if operation == "describe_continuous_backups":
            raise ddbbulk.AccessDeniedError("not for you")
        return await request(connection, operation, **parameters)

    monkeypatch.setattr(ddbbulk.Connection, "request", denied)
    with Simulator() as simulator:
        async with ddbbulk.connect(endpoint_url=simulator.endpoint_url) as connection:
            await ddbbulk.create_table(connection, PLAIN)
            await ddbbulk.recreate_table(connection, "plain")
    assert "loses point-in-time recovery, with the past" in caplog.text
    assert "if it has such a thing: not for you" in caplog.text


async def test_a_protected_table_stays() -> None:
    definition = PLAIN.model_copy(update={"deletion_protection": True})
    with Simulator() as simulator:
        async with ddbbulk.connect(endpoint_url=simulator.endpoint_url) as connection:
            await ddbbulk.create_table(connection, definition)
            advice = "--no-deletion-protection-enabled"
            with pytest.raises(ddbbulk.ConfigurationError, match=advice):
                await ddbbulk.drop_table(connection, "plain")
            with pytest.raises(ddbbulk.ConfigurationError, match=advice):
                await ddbbulk.recreate_table(connection, "plain")
            with pytest.raises(ddbbulk.ConfigurationError, match=advice):
                await ddbbulk.clear_table("plain", connection=connection)
            assert (await ddbbulk.describe_table(connection, "plain")).is_protected


async def test_an_option_that_there_is_not_is_refused() -> None:
    misspelt: Any = {"restore_file": "users.note"}
    with pytest.raises(ddbbulk.ConfigurationError, match="restore_file: there are ind"):
        ddbbulk.provisioned("users", wcu=5, **misspelt)
    with pytest.raises(ddbbulk.ConfigurationError, match=r"restore_file: .* segments"):
        await ddbbulk.clear_table("users", **misspelt)


async def test_every_item_is_deleted_by_its_key(dynamodb: Clients) -> None:
    with Simulator() as simulator:
        async with ddbbulk.connect(endpoint_url=simulator.endpoint_url) as connection:
            definition = TABLE.model_copy(
                update={"write_capacity": 4000, "read_capacity": 4000}
            )
            await ddbbulk.create_table(connection, definition, name="follows")
            await ddbbulk.load("follows", items(300), connection=connection)
            report = await ddbbulk.clear_table(
                "follows", connection=connection, segments=3
            )
        client = dynamodb(simulator)
        assert scanned(client, "follows") == []
        assert client.describe_table(TableName="follows")["Table"]["ItemCount"] == 0
    assert (report.items_read, report.items_written) == (300, 300)
    assert report.write_units == 300
