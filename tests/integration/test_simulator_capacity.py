"""Capacity over HTTP, as programs meet it: through boto3, and beside other servers."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ddbbulk.errors import ConfigurationError
from ddbbulk.simulator import Simulator
from tests.support.making_tables import make_table, wait_until_active
from tests.support.raw_dynamodb import connected
from tests.support.servers import Server

pytestmark = pytest.mark.integration

Client = Any
HasEndpoint = Server | Simulator
Connect = Callable[[HasEndpoint], Client]


def puts(count: int, **attributes: str) -> list[dict[str, Any]]:
    shared = {name: {"S": value} for name, value in attributes.items()}
    return [
        {"PutRequest": {"Item": {"pk": {"S": f"{number}"}} | shared}}
        for number in range(count)
    ]


def unprocessed(client: Client, table: str, entries: list[dict[str, Any]]) -> int:
    answer = client.batch_write_item(RequestItems={table: entries})
    return len(answer["UnprocessedItems"].get(table, ()))


def arn_of(client: Client, table: str) -> str:
    return str(client.describe_table(TableName=table)["Table"]["TableArn"])


def by_hash(sort_keys: int) -> list[dict[str, Any]]:
    """Return puts of one partition key."""
    return [
        {"PutRequest": {"Item": {"pk": {"S": "@daisy"}, "sk": {"S": f"{number}"}}}}
        for number in range(sort_keys)
    ]


def test_a_partition_gives_its_share(dynamodb: Connect) -> None:
    with Simulator(partitions=10) as simulator:
        client = dynamodb(simulator)
        table = make_table(client, "pk", "sk", wcu=100)
        assert unprocessed(client, table, by_hash(25)) == 15
        stats = simulator.stats()["tables"][table]
    assert (stats["write_units"], stats["throttled_requests"]) == (10, 1)


def test_an_index_is_split_too_and_its_partition_is_the_reason(
    dynamodb: Connect,
) -> None:
    with (
        Simulator(partitions="40") as simulator,
        connected(simulator.endpoint_url) as raw,
    ):
        client = dynamodb(simulator)
        table = make_table(
            client, "pk", wcu=40_000, index=("by_city", "city"), index_wcu=200
        )
        large = puts(1, city="Duckburg", notes="x" * 100_000)
        assert unprocessed(client, table, large) == 0
        # Of 100 units, the partition of Duckburg pays off five in a second.
        answer = raw.send(
            "BatchWriteItem", RequestItems={table: puts(5, city="Duckburg")[1:]}
        )
        assert answer.code == "ThrottlingException"
        assert answer.body["throttlingReasons"] == [
            {
                "reason": "IndexWriteKeyRangeThroughputExceeded",
                "resource": f"{arn_of(client, table)}/index/by_city",
            }
        ]


def test_partitions_stay_when_capacity_is_lowered(dynamodb: Connect) -> None:
    with Simulator(partitions="auto", update_seconds=0) as simulator:
        client = dynamodb(simulator)
        table = make_table(client, "pk", "sk", wcu=4000)
        units = {"ReadCapacityUnits": 1000, "WriteCapacityUnits": 50}
        client.update_table(TableName=table, ProvisionedThroughput=units)
        # 4,000 WCU and 1,000 RCU needed five partitions: ten units are left of each.
        assert unprocessed(client, table, by_hash(25)) == 15


def test_an_account_has_a_limit_for_all_of_its_tables(dynamodb: Connect) -> None:
    with (
        Simulator(account_wcu=2) as simulator,
        connected(simulator.endpoint_url) as raw,
    ):
        client = dynamodb(simulator)
        first = make_table(client, "pk")
        second = make_table(client, "pk", index=("by_city", "city"))
        assert unprocessed(client, first, puts(1, notes="x" * 100_000)) == 0
        answer = raw.send(
            "BatchWriteItem", RequestItems={second: puts(25, city="Duckburg")}
        )
        arn = arn_of(client, second)
        assert answer.code == "RequestLimitExceeded"
        assert answer.body["ThrottlingReasons"] == [
            {"reason": "TableWriteAccountLimitExceeded", "resource": arn},
            {
                "reason": "IndexWriteAccountLimitExceeded",
                "resource": f"{arn}/index/by_city",
            },
        ]
        assert client.describe_limits()["AccountMaxWriteCapacityUnits"] == 2


def test_an_account_limits_reads_of_all_tables(dynamodb: Connect) -> None:
    with Simulator(account_rcu=0.01) as simulator:
        client = dynamodb(simulator)
        table = make_table(client, "pk")
        client.get_item(TableName=table, Key={"pk": {"S": "a"}}, ConsistentRead=True)
        with pytest.raises(ClientError) as caught:
            client.scan(TableName=table)
        response: Any = caught.value.response
        assert response["Error"]["Code"] == "RequestLimitExceeded"
        assert response["ThrottlingReasons"] == [
            {
                "reason": "TableReadAccountLimitExceeded",
                "resource": arn_of(client, table),
            }
        ]


def test_boto3_creates_warms_and_describes_tables(dynamodb: Connect) -> None:
    with Simulator(update_seconds=0.1) as simulator:
        client = dynamodb(simulator)
        created = client.create_table(
            TableName="warm",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            WarmThroughput={"ReadUnitsPerSecond": 13_000, "WriteUnitsPerSecond": 5000},
        )["TableDescription"]
        warm = {"ReadUnitsPerSecond": 13_000, "WriteUnitsPerSecond": 5000}
        assert created["WarmThroughput"] == warm | {"Status": "ACTIVE"}
        answer = client.update_table(
            TableName="warm", WarmThroughput={"WriteUnitsPerSecond": 6000}
        )["TableDescription"]
        assert answer["WarmThroughput"] == warm | {"Status": "UPDATING"}
        assert answer["TableStatus"] == "ACTIVE"
        deadline = time.monotonic() + 5
        while answer["WarmThroughput"]["Status"] == "UPDATING":
            assert time.monotonic() < deadline
            answer = client.describe_table(TableName="warm")["Table"]
        assert answer["WarmThroughput"]["WriteUnitsPerSecond"] == 6000


def test_warmth_and_growth_survive_in_the_data_file(
    dynamodb: Connect, tmp_path: Path
) -> None:
    file = tmp_path / "tables.db"
    with Simulator(data=file, doubling_seconds=0) as simulator:
        client = dynamodb(simulator)
        client.create_table(
            TableName="grown",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        large = puts(10, notes="x" * 300_000)  # 2,930 units
        client.batch_write_item(RequestItems={"grown": large})
        client.put_item(TableName="grown", Item={"pk": {"S": "x"}})
        client.update_table(
            TableName="grown", WarmThroughput={"ReadUnitsPerSecond": 20_000}
        )
    with Simulator(data=file) as simulator:
        table = dynamodb(simulator).describe_table(TableName="grown")["Table"]
        assert table["WarmThroughput"] == {
            "ReadUnitsPerSecond": 20_000,
            "WriteUnitsPerSecond": 2 * 2930,
            "Status": "ACTIVE",
        }


def test_capacity_beyond_the_quotas_is_refused(dynamodb: Connect) -> None:
    with Simulator(quotas=True, account_wcu=3000) as simulator:
        client = dynamodb(simulator)
        with pytest.raises(client.exceptions.LimitExceededException, match="per table"):
            make_table(client, "pk", wcu=40_001)
        make_table(client, "pk", wcu=2000)
        with pytest.raises(client.exceptions.LimitExceededException, match="account"):
            make_table(client, "pk", wcu=1001)


def test_a_restore_meets_the_limit_on_decreases(dynamodb: Connect) -> None:
    with Simulator(daily_decreases=1, update_seconds=0) as simulator:
        client = dynamodb(simulator)
        table = make_table(client, "pk", wcu=100)

        def lower(write: int) -> None:
            units = {"ReadCapacityUnits": 1000, "WriteCapacityUnits": write}
            client.update_table(TableName=table, ProvisionedThroughput=units)

        lower(90)
        with pytest.raises(client.exceptions.LimitExceededException) as caught:
            lower(80)
        assert (
            "once every 3600 seconds. Number of decreases today: 1. Last "
            in (caught.value.response["Error"]["Message"])
        )


# ------------------------------------------------------------ beside other servers


def test_limits_are_those_that_another_server_describes(
    dynamodb: Connect, ministack: Server
) -> None:
    limits = [name + "MaxWriteCapacityUnits" for name in ("Account", "Table")]
    limits += [name + "MaxReadCapacityUnits" for name in ("Account", "Table")]
    with Simulator() as simulator:
        ours, theirs = (
            dynamodb(server).describe_limits() for server in (simulator, ministack)
        )
    assert [ours[name] for name in limits] == [theirs[name] for name in limits]


def test_decreases_are_counted_as_on_another_server(
    dynamodb: Connect, dynoxide: Server
) -> None:
    def counted(server: HasEndpoint) -> list[dict[str, Any]]:
        client = dynamodb(server)
        table = make_table(client, "pk", wcu=10)
        seen: list[dict[str, Any]] = []
        for read, write in ((1000, 50), (900, 20), (2000, 10), (2000, 60)):
            units = {"ReadCapacityUnits": read, "WriteCapacityUnits": write}
            client.update_table(TableName=table, ProvisionedThroughput=units)
            wait_until_active(client, table)
            seen.append(told(client.describe_table(TableName=table)["Table"]))
        client.delete_table(TableName=table)
        return seen

    def told(description: dict[str, Any]) -> dict[str, Any]:
        shown: dict[str, Any] = description["ProvisionedThroughput"]
        return {
            "read": shown["ReadCapacityUnits"],
            "write": shown["WriteCapacityUnits"],
            "decreases": shown["NumberOfDecreasesToday"],
        }

    with Simulator(update_seconds=0.05) as simulator:
        assert counted(simulator) == counted(dynoxide)


def test_an_index_changes_alone_as_on_another_server(
    dynamodb: Connect, dynalite: Server
) -> None:
    def states(server: HasEndpoint) -> list[tuple[str, str, int]]:
        client = dynamodb(server)
        table = make_table(client, "pk", index=("by_city", "city"), index_wcu=5)
        units = {"ReadCapacityUnits": 1000, "WriteCapacityUnits": 50}
        update = {"IndexName": "by_city", "ProvisionedThroughput": units}
        answer = client.update_table(
            TableName=table, GlobalSecondaryIndexUpdates=[{"Update": update}]
        )
        seen = [told(answer["TableDescription"])]
        deadline = time.monotonic() + 10
        while seen[-1][1] != "ACTIVE":
            assert time.monotonic() < deadline
            state = told(client.describe_table(TableName=table)["Table"])
            if state != seen[-1]:
                seen.append(state)
        return seen

    def told(description: dict[str, Any]) -> tuple[str, str, int]:
        (index,) = description["GlobalSecondaryIndexes"]
        write = index["ProvisionedThroughput"]["WriteCapacityUnits"]
        return description["TableStatus"], index["IndexStatus"], write

    with Simulator() as simulator:
        assert states(simulator) == states(dynalite)


# -------------------------------------------------------------- in front of a server


@pytest.fixture(name="table")
def _table(dynamodb: Connect, dynoxide: Server) -> str:
    return make_table(
        dynamodb(dynoxide), "pk", "sk", wcu=100, index=("by_city", "city")
    )


def test_partitions_are_short_in_front_of_another_server(
    dynamodb: Connect, dynoxide: Server, table: str
) -> None:
    url = dynoxide.endpoint_url
    with Simulator(upstream=url, partitions=10) as simulator:
        client = dynamodb(simulator)
        assert unprocessed(client, table, by_hash(25)) == 15


def test_the_account_is_short_in_front_of_another_server(
    dynamodb: Connect, dynoxide: Server, table: str
) -> None:
    url = dynoxide.endpoint_url
    with Simulator(upstream=url, account_wcu=8, account_rcu=0.01) as simulator:
        client = dynamodb(simulator)
        assert unprocessed(client, table, by_hash(25)) == 17
        key = {"pk": {"S": "@daisy"}, "sk": {"S": "0"}}
        client.get_item(TableName=table, Key=key, ConsistentRead=True)
        with pytest.raises(ClientError, match="RequestLimitExceeded"):
            client.get_item(TableName=table, Key=key, ConsistentRead=True)


def test_what_another_server_decides_is_no_setting_in_front_of_it() -> None:
    settings: list[dict[str, Any]] = [
        {"quotas": True},
        {"daily_decreases": 1},
        {"decrease_seconds": 1},
    ]
    for setting in settings:
        with pytest.raises(ConfigurationError, match="leave quotas, daily_decreases"):
            Simulator(upstream="http://127.0.0.1:9", **setting)
