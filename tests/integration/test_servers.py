"""The servers of other people do what the fixtures say of them."""

import asyncio
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from tests.support.servers import (
    Recipe,
    Server,
    ServerUnavailableError,
    given_servers,
    running,
)
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
    if name in given_servers(os.environ.get("DDBBULK_TEST_SERVERS", "")):
        pytest.skip(f"{name} was not started by the tests")
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


def test_a_server_that_ends_at_once_is_reported_with_its_last_words(
    tmp_path: Path,
) -> None:
    program = tmp_path / "broken.sh"
    program.write_text("echo no room for me\nexit 1\n", encoding="utf-8")
    broken = Recipe("broken", program, lambda _: [], needs="luck", interpreter="sh")
    with (
        pytest.raises(ServerUnavailableError, match="no room for me"),
        running(broken, tmp_path),
    ):
        pass


def test_a_server_that_is_not_installed_says_how_to_install_it(tmp_path: Path) -> None:
    absent = Recipe("absent", tmp_path / "absent", lambda _: [], needs="luck")
    with (
        pytest.raises(ServerUnavailableError, match=r"`make servers`.*luck"),
        running(absent, tmp_path),
    ):
        pass


def test_a_server_ends_with_its_block(tmp_path: Path) -> None:
    program = tmp_path / "listener.py"
    program.write_text(
        "import http.server, sys\n"
        "address = ('127.0.0.1', int(sys.argv[1]))\n"
        "http.server.HTTPServer(address, http.server.BaseHTTPRequestHandler)"
        ".serve_forever()\n",
        encoding="utf-8",
    )
    recipe = Recipe(
        "listener",
        program,
        lambda port: [str(port)],
        needs="only Python",
        interpreter=sys.executable,
    )
    with running(recipe, tmp_path) as server:
        where = urlsplit(server.endpoint_url)
        assert where.hostname is not None
        assert where.port is not None
        socket.create_connection((where.hostname, where.port), timeout=5).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((where.hostname, where.port), timeout=5)
