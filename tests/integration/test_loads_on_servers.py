"""Loads against other people's DynamoDB: what is written is what they then hold."""

import socket
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

import ddbbulk
from ddbbulk.transport import TransportName
from tests.support.making_tables import make_table, scanned
from tests.support.servers import Server

pytestmark = pytest.mark.integration

Clients = Callable[[Server], Any]


async def test_a_load_puts_every_item_into_the_table(
    server: Server, dynamodb: Clients, transport: TransportName
) -> None:
    table = make_table(dynamodb(server), "pk", "sk")
    source = [
        {"pk": f"p{n % 7}", "sk": f"{n:05}", "n": n, "text": "grüße 😀" * (n % 9)}
        for n in range(500)
    ]
    report = await ddbbulk.load(
        table,
        source,
        wcu=1000,
        endpoint_url=server.endpoint_url,
        transport=transport,
    )
    stored = scanned(dynamodb(server), table)
    assert report.items_written == len(stored) == 500
    assert {(item["pk"]["S"], item["sk"]["S"]) for item in stored} == {
        (item["pk"], item["sk"]) for item in source
    }
    assert report.items_rejected == report.items_pending == 0
    assert report.transport == transport


async def test_every_type_arrives_as_it_was(server: Server, dynamodb: Clients) -> None:
    table = make_table(dynamodb(server), "pk")
    item = {
        "pk": 'quote " backslash \\ newline \n é 中 😀',
        "int": 12345678901234567890123456789012345678,
        "decimal": Decimal("-0.000123"),
        "float": 0.1,
        "true": True,
        "null": None,
        "bytes": b"\x00\xff",
        "list": [1, "a", [None, {}]],
        "map": {"deep": {"er": [False]}},
        "strings": {"a", "b"},
        "numbers": {1, Decimal("2.5")},
        "binaries": {b"a", b"\xff"},
        "empty": "",
    }
    await ddbbulk.load(table, [item], wcu=10, endpoint_url=server.endpoint_url)
    (stored,) = scanned(dynamodb(server), table)
    assert stored["pk"] == {"S": item["pk"]}
    assert stored["int"] == {"N": "12345678901234567890123456789012345678"}
    assert Decimal(stored["decimal"]["N"]) == Decimal("-0.000123")
    assert stored["float"] == {"N": "0.1"}
    assert stored["true"] == {"BOOL": True}
    assert stored["null"] == {"NULL": True}
    assert stored["bytes"] == {"B": b"\x00\xff"}
    assert stored["list"] == {
        "L": [{"N": "1"}, {"S": "a"}, {"L": [{"NULL": True}, {"M": {}}]}]
    }
    assert stored["map"] == {"M": {"deep": {"M": {"er": {"L": [{"BOOL": False}]}}}}}
    assert set(stored["strings"]["SS"]) == {"a", "b"}
    assert set(stored["numbers"]["NS"]) == {"1", "2.5"}
    assert set(stored["binaries"]["BS"]) == {b"a", b"\xff"}
    assert stored["empty"] == {"S": ""}


async def test_deletes_take_items_away(server: Server, dynamodb: Clients) -> None:
    table = make_table(dynamodb(server), "pk")
    url = server.endpoint_url
    await ddbbulk.load(
        table, ({"pk": f"k{n}"} for n in range(60)), wcu=1000, endpoint_url=url
    )
    deletions = (ddbbulk.Delete({"pk": f"k{n}"}) for n in range(50))
    report = await ddbbulk.load(table, deletions, wcu=1000, endpoint_url=url)
    assert report.items_written == 50
    assert len(scanned(dynamodb(server), table)) == 10


async def test_a_budget_comes_from_what_is_provisioned(
    server: Server, dynamodb: Clients
) -> None:
    table = make_table(
        dynamodb(server), "pk", wcu=300, index=("by_team", "team"), index_wcu=120
    )
    source = ({"pk": f"k{n}", "team": "ducks"} for n in range(120))
    report = await ddbbulk.load(table, source, endpoint_url=server.endpoint_url)
    assert report.budget == 300
    assert report.index_budgets == {"by_team": 120}
    assert report.items_written == 120


async def test_units_are_those_that_the_service_counts(
    dynoxide: Server, dynamodb: Clients
) -> None:
    table = make_table(dynamodb(dynoxide), "pk", index=("by_team", "team"))
    source = [{"pk": f"k{n}", "team": "t", "x": "y" * 1500} for n in range(40)]
    report = await ddbbulk.load(
        table, source, wcu=1000, endpoint_url=dynoxide.endpoint_url
    )
    assert report.write_units == 80
    assert report.index_write_units == {"by_team": 80}


def test_load_sync_does_the_same_from_plain_code(
    dynoxide: Server, dynamodb: Clients
) -> None:
    table = make_table(dynamodb(dynoxide), "pk")
    report = ddbbulk.load_sync(
        table, [{"pk": "a"}], wcu=10, endpoint_url=dynoxide.endpoint_url
    )
    assert report.items_written == len(scanned(dynamodb(dynoxide), table)) == 1


async def test_load_sync_works_inside_a_running_loop(
    dynoxide: Server, dynamodb: Clients
) -> None:
    """A notebook has a loop of its own."""
    table = make_table(dynamodb(dynoxide), "pk")
    report = ddbbulk.load_sync(
        table, [{"pk": "a"}], wcu=10, endpoint_url=dynoxide.endpoint_url
    )
    assert report.items_written == 1


async def test_a_schema_spares_describe_table(
    dynoxide: Server, dynamodb: Clients
) -> None:
    table = make_table(dynamodb(dynoxide), "pk", "sk")
    async with ddbbulk.connect(endpoint_url=dynoxide.endpoint_url) as connection:
        called: list[str] = []
        connection.client.meta.events.register(
            "before-call.dynamodb", lambda model, **_: called.append(model.name)
        )
        report = await ddbbulk.load(
            table,
            [{"pk": "a", "sk": "b"}],
            wcu=10,
            schema=("pk", "sk"),
            connection=connection,
        )
    assert report.items_written == 1
    assert called == ["BatchWriteItem"]


async def test_two_loads_share_a_connection(
    dynoxide: Server, dynamodb: Clients
) -> None:
    tables = [make_table(dynamodb(dynoxide), "pk") for _ in range(2)]
    async with ddbbulk.connect(endpoint_url=dynoxide.endpoint_url) as connection:
        for table in tables:
            await ddbbulk.load(table, [{"pk": "a"}], wcu=10, connection=connection)
    for table in tables:
        assert len(scanned(dynamodb(dynoxide), table)) == 1


async def test_a_missing_table_is_named(server: Server) -> None:
    with pytest.raises(ddbbulk.TableNotFoundError, match="no table nowhere at"):
        await ddbbulk.load(
            "nowhere", [{"pk": "a"}], wcu=10, endpoint_url=server.endpoint_url
        )


async def test_an_index_that_is_not_there_is_named(
    dynoxide: Server, dynamodb: Clients
) -> None:
    table = make_table(dynamodb(dynoxide), "pk", index=("by_team", "team"))
    with pytest.raises(ddbbulk.ConfigurationError, match=r"by_name.*it has: by_team"):
        await ddbbulk.load(
            table,
            [{"pk": "a"}],
            wcu=10,
            index_wcu={"by_name": 5},
            endpoint_url=dynoxide.endpoint_url,
        )


async def test_a_port_where_nobody_listens_is_an_error_not_a_wait() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(ddbbulk.ConnectionFailedError, match="could not be reached"):
        await ddbbulk.load(
            "t", [{"pk": "a"}], wcu=10, endpoint_url=f"http://127.0.0.1:{port}"
        )


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x", "http://", "nonsense"])
async def test_an_endpoint_that_is_no_url_is_named(url: str) -> None:
    with pytest.raises(ddbbulk.ConfigurationError, match="http://host:port"):
        await ddbbulk.load("t", [], wcu=10, endpoint_url=url)


async def test_an_unknown_profile_is_named() -> None:
    with pytest.raises(ddbbulk.ConfigurationError, match="nobody"):
        await ddbbulk.load("t", [], wcu=10, profile="nobody")


async def test_aws_without_a_region_is_an_error_that_names_the_option(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.delenv("AWS_REGION", raising=False)
    with pytest.raises(ddbbulk.ConfigurationError, match="--region"):
        await ddbbulk.load("t", [], wcu=10)


async def test_aws_without_credentials_is_an_error_that_names_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    with pytest.raises(ddbbulk.CredentialsError, match="AWS_PROFILE"):
        await ddbbulk.load("t", [{"pk": "a"}], wcu=10, region="eu-central-1")


async def test_plain_http_never_sends_real_credentials_to_another_host() -> None:
    async with ddbbulk.connect(endpoint_url="http://dynamodb-local:8000") as connection:
        assert connection.uses_placeholders
    async with ddbbulk.connect(
        endpoint_url="http://dynamodb-local:8000", allow_insecure_endpoint=True
    ) as connection:
        assert not connection.uses_placeholders


async def test_an_insert_keeps_what_a_server_has(
    server: Server, dynamodb: Clients
) -> None:
    client = dynamodb(server)
    table = make_table(client, "pk")
    kept = {"pk": {"S": "k1"}, "by": {"S": "another"}}
    same = {"pk": {"S": "k2"}, "n": {"N": "2"}, "tags": {"SS": ["y", "x"]}}
    for item in (kept, same):
        client.put_item(TableName=table, Item=item)
    source = [{"pk": f"k{n}", "n": n, "tags": {"x", "y"}} for n in range(30)]
    report = await ddbbulk.load(
        table,
        [*source, {"pk": "k0", "n": -1}],
        wcu=1000,
        endpoint_url=server.endpoint_url,
        mode="insert",
    )
    stored = {item["pk"]["S"]: item for item in scanned(client, table)}
    assert stored["k1"] == kept
    assert stored["k0"]["n"] == {"N": "0"}
    assert len(stored) == 30
    # dynalite does not show the item that stayed, which so cannot be known for ours.
    existing = 3 if server.flavor == "dynalite" else 2
    assert report.items_existing == existing
    assert report.items_written == 31 - existing


async def test_only_newer_items_replace_what_a_server_has(
    server: Server, dynamodb: Clients
) -> None:
    client = dynamodb(server)
    table = make_table(client, "pk")
    versions = {"older": "9", "newer": "11", "equal": "10"}
    for key, version in versions.items():
        item = {"pk": {"S": key}, "timestamp": {"N": version}}
        client.put_item(TableName=table, Item=item)
    client.put_item(TableName=table, Item={"pk": {"S": "none"}})
    keys = (*versions, "none", "absent")
    source = [{"pk": key, "timestamp": 10, "by": "us"} for key in keys]
    report = await ddbbulk.load(
        table,
        source,
        wcu=1000,
        endpoint_url=server.endpoint_url,
        mode="newer",
        version_attribute="timestamp",  # a reserved word
    )
    stored = {item["pk"]["S"] for item in scanned(client, table) if "by" in item}
    assert stored == {"older", "none", "absent"}
    assert (report.items_written, report.items_existing) == (3, 2)
