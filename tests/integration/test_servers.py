"""The servers of other people do what the fixtures say of them."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from tests.support.servers import Server, given_servers
from tests.support.virtual_time import VirtualTimeLoop

pytestmark = pytest.mark.integration


def test_a_server_keeps_what_it_is_given(
    server: Server, dynamodb: Callable[[Server], Any]
) -> None:
    client = dynamodb(server)
    client.create_table(
        TableName="kept",
        KeySchema=[{"AttributeName": "alias", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "alias", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.get_waiter("table_exists").wait(
        TableName="kept", WaiterConfig={"Delay": 0.1, "MaxAttempts": 50}
    )
    item = {"alias": {"S": "@daisy"}, "follower_count": {"N": "7"}}
    client.put_item(TableName="kept", Item=item)
    answer = client.get_item(
        TableName="kept", Key={"alias": item["alias"]}, ConsistentRead=True
    )
    client.delete_table(TableName="kept")
    assert answer["Item"] == item


@pytest.mark.parametrize("name", ["dynoxide", "ministack", "dynalite"])
def test_a_server_listens_on_loopback_only(
    name: str, start_server: Callable[[str], Server]
) -> None:
    port = urlsplit(start_server(name).endpoint_url).port
    assert port is not None
    assert set(_listening_addresses(port)) == {"0100007F"}


def _listening_addresses(port: int) -> list[str]:
    """Read the hexadecimal addresses on which the kernel listens for a port."""
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    if not tables[0].exists():
        pytest.skip("only Linux tells who listens where")
    rows = [
        line.split()
        for table in tables
        if table.exists()
        for line in table.read_text(encoding="ascii").splitlines()[1:]
    ]
    local_addresses = [row[1].split(":") for row in rows if row[3] == "0A"]
    return [address for address, where in local_addresses if int(where, 16) == port]


def test_given_servers_are_read_from_their_list() -> None:
    given = given_servers(
        "local=http://127.0.0.1:8000,dynoxide dynalite=http://[::1]:9"
    )
    assert given == {
        "local": Server("local", "http://127.0.0.1:8000", "dynoxide"),
        "dynalite": Server("dynalite", "http://[::1]:9", "dynalite"),
    }


@pytest.mark.parametrize("text", ["http://127.0.0.1:8000", "local=", "=http://h"])
def test_a_given_server_without_name_or_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not name=url,flavor"):
        given_servers(text)


def test_no_setting_of_the_developer_reaches_a_test() -> None:
    session = boto3.Session()
    credentials = session.get_credentials()
    assert credentials is not None
    assert credentials.access_key == "ddbbulktest"
    assert session.available_profiles == []
    assert session.region_name == "us-east-1"


async def test_time_is_real_outside_the_unit_tests() -> None:
    assert not isinstance(asyncio.get_running_loop(), VirtualTimeLoop)
