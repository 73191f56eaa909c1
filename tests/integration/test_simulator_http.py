"""The simulator over HTTP: clients that know nothing of it, and its own manners."""

import http.client
import json
import socket
import subprocess
import sys
import time
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from ddbbulk.errors import ConfigurationError
from ddbbulk.simulator import Simulator
from tests.support.raw_dynamodb import TARGET, RawClient, connected

Client = Callable[[Any], Any]

DUCKS: dict[str, Any] = {
    "TableName": "ducks",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
}
LIMITED = DUCKS | {
    "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
}
UNLIMITED = DUCKS | {"BillingMode": "PAY_PER_REQUEST"}


def entries(count: int) -> dict[str, Any]:
    puts = [
        {"PutRequest": {"Item": {"pk": {"S": f"{number}"}}}} for number in range(count)
    ]
    return {"RequestItems": {"ducks": puts}}


def post(
    url: str, body: bytes, **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("POST", "/", body, given)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


# ---------------------------------------------------------------------- its clients


async def test_blocking_boto3_in_an_async_test_does_not_deadlock(
    dynamodb: Client,
) -> None:
    async with Simulator() as simulator:
        client = dynamodb(simulator)
        client.create_table(**UNLIMITED)
        client.get_waiter("table_exists").wait(TableName="ducks")
        answer = client.batch_write_item(**entries(25))
        assert answer["UnprocessedItems"] == {}
        pages = client.get_paginator("scan").paginate(TableName="ducks")
        assert sum(page["Count"] for page in pages) == 25


def test_boto3_reads_errors_and_their_reasons() -> None:
    once = Config(retries={"total_max_attempts": 1})
    with Simulator() as simulator:
        client = boto3.client(
            "dynamodb", endpoint_url=simulator.endpoint_url, config=once
        )
        client.create_table(**LIMITED)
        large = {"pk": {"S": "large"}, "notes": {"S": "x" * 100_000}}
        client.put_item(TableName="ducks", Item=large)  # a debt of 19 seconds
        exceeded = client.exceptions.ProvisionedThroughputExceededException
        with pytest.raises(exceeded) as caught:
            client.batch_write_item(**entries(25))
        client.close()
    (reason,) = caught.value.response["ThrottlingReasons"]
    assert reason["reason"] == "TableWriteProvisionedThroughputExceeded"
    assert reason["resource"].endswith(":table/ducks")


def test_what_it_does_not_speak_is_named_with_the_way_out(dynamodb: Client) -> None:
    with Simulator() as simulator:
        with pytest.raises(ClientError) as caught:
            dynamodb(simulator).list_backups()
        error = caught.value.response["Error"]
        assert error["Code"] == "ValidationException"
        assert "The operation ListBackups is not supported" in error["Message"]
        assert "--upstream" in error["Message"]


# --------------------------------------------------------------------- its protocol


def test_answers_carry_a_checksum_a_type_and_a_request_id() -> None:
    with Simulator() as simulator:
        response, body = post(
            simulator.endpoint_url, b"{}", X_Amz_Target=f"{TARGET}ListTables"
        )
    assert json.loads(body) == {"TableNames": []}
    assert response.headers["Content-Type"] == "application/x-amz-json-1.0"
    assert response.headers["x-amz-crc32"] == str(zlib.crc32(body))
    assert len(response.headers["x-amzn-RequestId"]) == 52


@pytest.mark.parametrize(
    ("target", "body", "kind"),
    [
        ("", b"{}", "com.amazon.coral.service#UnknownOperationException"),
        ("ListTables", b"{}", "com.amazon.coral.service#UnknownOperationException"),
        (f"{TARGET}ListTables", b"{", "com.amazon.coral.service#SerializationExcep"),
        (f"{TARGET}ListTables", b"[]", "com.amazon.coral.service#SerializationExce"),
        (f"{TARGET}ListTables", b'{"Limit":"1"}', "com.amazon.coral.service#Serial"),
        (
            f"{TARGET}DescribeTable",
            b'{"TableName":"none"}',
            "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
        ),
        (
            f"{TARGET}DescribeTable",
            b"{}",
            "com.amazon.coral.validate#ValidationException",
        ),
    ],
)
def test_errors_carry_their_type_and_a_checksum(
    target: str, body: bytes, kind: str
) -> None:
    with Simulator() as simulator:
        response, content = post(simulator.endpoint_url, body, X_Amz_Target=target)
    assert response.status == 400
    assert json.loads(content)["__type"].startswith(kind)
    assert response.headers["x-amz-crc32"] == str(zlib.crc32(content))


def test_a_body_above_16_mib_is_refused_without_json() -> None:
    target = f"{TARGET}BatchWriteItem"
    with Simulator() as simulator:
        body = b" " * (16 * 1024 * 1024)
        response, _ = post(simulator.endpoint_url, body, X_Amz_Target=target)
        assert response.status == 400
        response, content = post(
            simulator.endpoint_url, body + b" ", X_Amz_Target=target
        )
        assert (response.status, content) == (413, b"")


def test_a_defect_is_a_server_error_that_does_not_stop_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> dict[str, Any]:
        raise RuntimeError("a defect")

    monkeypatch.setattr("ddbbulk.simulator.local.OPERATIONS", {"ListTables": broken})
    with Simulator() as simulator:
        for _ in range(2):
            response, body = post(
                simulator.endpoint_url, b"{}", X_Amz_Target=f"{TARGET}ListTables"
            )
            assert response.status == 500
            assert json.loads(body)["__type"].endswith("#InternalServerError")
    assert "a defect of the simulator" in caplog.text


@pytest.mark.parametrize("body", [b'{"Requ', b"{}"])
def test_a_client_that_dies_leaves_no_traceback(
    body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    head = (
        f"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: {TARGET}BatchWriteItem\r\n"
        f"Content-Length: {2 if body == b'{}' else 9000}\r\n\r\n"
    )
    with Simulator(faults="truncate=1", latency_ms=20) as simulator:
        address = urlsplit(simulator.endpoint_url)
        with socket.create_connection((address.hostname, address.port)) as client:
            client.sendall(head.encode() + body)
            client.shutdown(socket.SHUT_WR)
            while client.recv(1000):
                pass
    assert caplog.text == ""


# ----------------------------------------------------------------- what it is told


def test_statistics_have_the_same_form_by_http_and_by_call() -> None:
    with Simulator() as simulator, connected(simulator.endpoint_url) as client:
        client.must("CreateTable", **LIMITED)
        client.must("BatchWriteItem", **entries(7))
        url = f"{simulator.endpoint_url}/_simulator/stats"
        with urllib.request.urlopen(url) as response:  # noqa: S310 -- a URL of ours
            by_http = json.load(response)
        assert by_http == simulator.stats()
    assert simulator.stats() == {
        "tables": {
            "ducks": {
                "items": 5,
                "write_units": 5,
                "max_window_units": 5,
                "read_units": 0,
                "max_read_window_units": 0,
                "throttled_reads": 0,
                "throttled_requests": 1,
                "unprocessed_items": 2,
                "indexes": {},
            }
        },
        "faults": {},
    }


def test_latency_lies_on_both_sides_of_admission() -> None:
    with (
        Simulator(latency_ms=60, latency_jitter_ms=5) as simulator,
        connected(simulator.endpoint_url) as client,
    ):
        start = time.monotonic()
        client.must("ListTables")
        assert time.monotonic() - start >= 0.05


def test_burst_seconds_let_an_unused_table_catch_up() -> None:
    with (
        Simulator(burst_seconds=3) as simulator,
        connected(simulator.endpoint_url) as client,
    ):
        client.must("CreateTable", **LIMITED)
        answer = client.must("BatchWriteItem", **entries(15))
        assert answer["UnprocessedItems"] == {}


def losers(seed: int) -> list[str]:
    with (
        Simulator(seed=seed) as simulator,
        connected(simulator.endpoint_url) as client,
    ):
        client.must("CreateTable", **LIMITED)
        answer = client.must("BatchWriteItem", **entries(25))
        lost = answer["UnprocessedItems"]["ducks"]
        return [entry["PutRequest"]["Item"]["pk"]["S"] for entry in lost]


def test_a_seed_repeats_who_loses() -> None:
    assert losers(1) == losers(1) != losers(2)


# ------------------------------------------------------------------ start and end


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with (
            pytest.raises(ConfigurationError, match=rf"port {port}: .*choose another"),
            Simulator(port=port),
        ):
            pytest.fail("it listens on a port that is taken")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"latency_ms": -1}, "latency_ms must be 0 or more"),
        ({"latency_jitter_ms": float("nan")}, "latency_jitter_ms must be 0 or more"),
        ({"create_seconds": float("inf")}, "create_seconds must be 0 or more"),
        ({"host": ""}, "host is empty: 127.0.0.1 is this machine alone"),
        ({"burst_seconds": 0}, "burst_seconds must be more than 0"),
        ({"partitions": 0}, "give a number from 1 to 10000, or 'auto'"),
        ({"account_wcu": 0}, "account_wcu must be a number above 0"),
        ({"account_rcu": float("inf")}, "account_rcu must be a number above 0"),
        ({"doubling_seconds": -1}, "doubling_seconds must be 0 or more"),
        ({"daily_decreases": -1}, "daily_decreases must be 0 or more"),
        ({"decrease_seconds": float("nan")}, "decrease_seconds must be 0 or more"),
        ({"upstream": "localhost:8000"}, "is not a URL"),
        ({"upstream": "http://127.0.0.1:1", "data": "x"}, "leave data out"),
        ({"port": 70_000}, "cannot listen on 127.0.0.1, port 70000"),
        ({"host": "no.such.host.invalid"}, "cannot listen on no.such.host.invalid"),
    ],
)
def test_a_setting_that_cannot_work_is_named(
    settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message), Simulator(**settings):
        pytest.fail("it started")


def test_it_listens_on_this_machine_only_unless_told() -> None:
    with Simulator() as simulator:
        assert simulator.endpoint_url.startswith("http://127.0.0.1:")
    with Simulator(host="0.0.0.0") as simulator:  # noqa: S104 -- for this moment
        assert simulator.endpoint_url.startswith("http://127.0.0.1:")
        post(simulator.endpoint_url, b"{}")


def test_it_is_not_there_before_the_start_and_after_the_end() -> None:
    simulator = Simulator()
    with pytest.raises(ConfigurationError, match="has not started"):
        _ = simulator.endpoint_url
    simulator.stop()  # harmless
    simulator.start()
    with pytest.raises(ConfigurationError, match="already running"):
        simulator.start()
    simulator.stop()
    with pytest.raises(ConnectionError):
        post(simulator.endpoint_url, b"{}")


def test_the_end_hangs_up_on_clients_that_wait() -> None:
    with Simulator() as simulator:
        client = RawClient(simulator.endpoint_url)
        client.must("ListTables")
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        client.must("ListTables")
    client.close()


def test_waiting_ends_when_it_ends() -> None:
    simulator = Simulator()
    simulator.wait()
    simulator.start()
    simulator.stop()
    simulator.wait()


def test_tables_and_items_survive_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "data.sqlite"
    with Simulator(data=file) as simulator, connected(simulator.endpoint_url) as client:
        client.must("CreateTable", **LIMITED)
        client.must("BatchWriteItem", **entries(5))
        before = client.must("DescribeTable", TableName="ducks")
    with Simulator(data=file) as simulator, connected(simulator.endpoint_url) as client:
        assert client.must("DescribeTable", TableName="ducks") == before
        assert client.must("Scan", TableName="ducks")["Count"] == 5
        assert simulator.stats()["tables"]["ducks"]["items"] == 5


SERVER = """
import sys
from ddbbulk.simulator import Simulator
with Simulator(data=sys.argv[1]) as simulator:
    print(simulator.endpoint_url, flush=True)
    simulator.wait()
"""


def test_acknowledged_items_survive_the_death_of_the_process(tmp_path: Path) -> None:
    file = tmp_path / "data.sqlite"
    with subprocess.Popen(  # noqa: S603 -- this interpreter
        [sys.executable, "-c", SERVER, str(file)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with connected(url) as client:
            client.must("CreateTable", **UNLIMITED)
            client.must("BatchWriteItem", **entries(25))
            process.kill()
    with Simulator(data=file) as simulator, connected(simulator.endpoint_url) as client:
        assert client.must("Scan", TableName="ducks")["Count"] == 25
