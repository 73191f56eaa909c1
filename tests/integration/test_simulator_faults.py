"""Faults of the simulator as clients meet them over HTTP."""

import http.client
import json
import time
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
from tenacity import wait_fixed

import ddbbulk
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.simulator import Faults, Simulator
from ddbbulk.transport import ClientTransport, Outcome, Reply
from tests.support.raw_dynamodb import HEADERS, TARGET, connected

DUCKS: dict[str, Any] = {
    "TableName": "ducks",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "ProvisionedThroughput": {"ReadCapacityUnits": 1000, "WriteCapacityUnits": 40_000},
}
ITEM = {"pk": {"S": "@daisy"}}
BATCH = {"RequestItems": {"ducks": [{"PutRequest": {"Item": ITEM}}]}}


def make_ducks(simulator: Simulator) -> None:
    with connected(simulator.endpoint_url) as client:
        client.must("CreateTable", **DUCKS)


def ducks(simulator: Simulator) -> dict[str, Any]:
    """Return the items of the table by their keys."""
    with connected(simulator.endpoint_url) as client:
        answer = client.must("Scan", TableName="ducks", ConsistentRead=True)
    assert "LastEvaluatedKey" not in answer
    return {item["pk"]["S"]: item for item in answer["Items"]}


async def send_batch(simulator: Simulator) -> Outcome:
    async with ddbbulk.connect(endpoint_url=simulator.endpoint_url) as connection:
        transport = ClientTransport(connection, table="ducks")
        return await transport.batch_write(orjson.dumps(BATCH))


def post(
    simulator: Simulator, *, patience: float = 10.0
) -> tuple[http.client.HTTPResponse, bytes]:
    """Send the batch without a client's cleverness."""
    address = urlsplit(simulator.endpoint_url)
    connection = http.client.HTTPConnection(
        address.hostname or "", address.port, timeout=patience
    )
    headers = HEADERS | {"X-Amz-Target": f"{TARGET}BatchWriteItem"}
    try:
        connection.request("POST", "/", json.dumps(BATCH), headers)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("fault", "kind", "code", "is_written"),
    [
        (
            "throttle",
            FailureKind.THROTTLED,
            "ProvisionedThroughputExceededException",
            False,
        ),
        ("http500", FailureKind.FAULT, "InternalServerError", False),
        ("http500-after", FailureKind.FAULT, "InternalServerError", True),
        ("http503", FailureKind.FAULT, "ServiceUnavailable", False),
        ("expired", FailureKind.FAULT, "ExpiredTokenException", False),
        ("skew", FailureKind.FATAL, "ClockSkew", False),
        ("reset", FailureKind.FAULT, "ConnectionFailed", False),
        ("reset-after", FailureKind.FAULT, "ConnectionFailed", True),
        ("crc", FailureKind.FAULT, "ChecksumMismatch", True),
        ("truncate", FailureKind.FAULT, "ConnectionFailed", True),
        ("partial", FailureKind.THROTTLED, "ThrottlingException", False),
    ],
)
async def test_the_transport_meets_a_fault_and_the_write_is_done_or_not(
    fault: str, kind: FailureKind, code: str, *, is_written: bool
) -> None:
    with Simulator(faults=f"{fault}=1") as simulator:
        make_ducks(simulator)
        outcome = await send_batch(simulator)
        assert isinstance(outcome, Failure)
        assert (outcome.kind, outcome.code) == (kind, code)
        assert ducks(simulator) == ({"@daisy": ITEM} if is_written else {})
        assert simulator.stats()["faults"] == {fault: 1}


async def test_a_slow_answer_is_an_answer() -> None:
    with Simulator(faults="slow=1:10ms") as simulator:
        make_ducks(simulator)
        assert isinstance(await send_batch(simulator), Reply)
        assert ducks(simulator) == {"@daisy": ITEM}


def test_a_reset_is_no_orderly_end() -> None:
    with Simulator(faults="reset=1") as simulator:
        make_ducks(simulator)
        with pytest.raises(ConnectionResetError) as caught:
            post(simulator)
    assert not isinstance(caught.value, http.client.RemoteDisconnected)


def test_a_truncated_answer_announces_its_full_length() -> None:
    with Simulator(faults="truncate=1") as simulator:
        make_ducks(simulator)
        with pytest.raises(http.client.IncompleteRead) as caught:
            post(simulator)
    whole = len('{"UnprocessedItems":{}}')
    assert len(caught.value.partial) == whole // 2
    assert caught.value.expected == whole - whole // 2


def test_a_wrong_checksum_comes_with_a_right_answer() -> None:
    with Simulator(faults="crc=1") as simulator, Simulator() as other:
        make_ducks(simulator)
        make_ducks(other)
        response, body = post(simulator)
        right_response, right_body = post(other)
    assert (response.status, body) == (200, right_body)
    assert response.headers["x-amz-crc32"] != right_response.headers["x-amz-crc32"]


def test_a_request_that_hangs_is_never_answered_and_never_written() -> None:
    with Simulator(faults="hang=1") as simulator:
        make_ducks(simulator)
        with pytest.raises(TimeoutError):
            post(simulator, patience=0.2)
        assert ducks(simulator) == {}
        assert simulator.stats()["faults"] == {"hang": 1}


def test_a_late_write_lands_when_its_client_has_gone() -> None:
    with Simulator(faults="late=1:200ms") as simulator:
        make_ducks(simulator)
        with pytest.raises(TimeoutError):
            post(simulator, patience=0.05)
        while not ducks(simulator):
            time.sleep(0.02)
        assert ducks(simulator) == {"@daisy": ITEM}


def test_reads_and_the_statistics_meet_no_fault() -> None:
    with Simulator(faults=Faults(reset=1)) as simulator:
        make_ducks(simulator)
        with connected(simulator.endpoint_url) as client:
            assert client.must("GetItem", TableName="ducks", Key=ITEM) == {}
        address = urlsplit(simulator.endpoint_url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port)
        connection.request("GET", "/_simulator/stats")
        stats = json.load(connection.getresponse())
        connection.close()
    assert stats == simulator.stats()
    assert stats["faults"] == {"reset": 0}


def test_in_an_outage_reads_fail_too() -> None:
    with (
        Simulator(faults="outage=0-3600") as simulator,
        connected(simulator.endpoint_url) as client,
    ):
        with pytest.raises(ConnectionResetError):
            client.must("ListTables")
        assert simulator.stats()["faults"] == {"outage": 1}


def codes(seed: int) -> list[str]:
    faults = "throttle=0.3,expired=0.3"
    with Simulator(faults=faults, seed=seed) as simulator:
        make_ducks(simulator)
        with connected(simulator.endpoint_url) as client:
            return [client.send("BatchWriteItem", **BATCH).code for _ in range(20)]


def test_a_seed_repeats_the_faults_of_the_same_requests() -> None:
    assert codes(1) == codes(1) != codes(2)


def test_faults_stand_before_another_server_too() -> None:
    with (
        Simulator() as behind,
        Simulator(upstream=behind.endpoint_url, faults="partial=0.5") as simulator,
    ):
        make_ducks(simulator)
        puts = [{"PutRequest": {"Item": {"pk": {"S": f"{n}"}}}} for n in range(25)]
        with connected(simulator.endpoint_url) as client:
            answer = client.must("BatchWriteItem", RequestItems={"ducks": puts})
        held = simulator.stats()["faults"]["partial"]
        assert 0 < held < 25
        assert len(answer["UnprocessedItems"]["ducks"]) == held
        assert len(ducks(behind)) == 25 - held


async def test_a_load_through_faults_ends_with_the_table_equal_to_its_source() -> None:
    faults = Faults.parse(
        "partial=0.3,throttle=0.1,http500=0.05,http500-after=0.05,http503=0.05,"
        "reset=0.05,reset-after=0.05,crc=0.05,truncate=0.05"
    )
    soon = wait_fixed(0.01)
    source = [{"pk": f"@{number}", "number": number} for number in range(400)]
    with Simulator(faults=faults, seed=7) as simulator:
        make_ducks(simulator)
        report = await ddbbulk.load(
            "ducks",
            source,
            wcu=40_000,
            endpoint_url=simulator.endpoint_url,
            retry=ddbbulk.RetryPolicy(throttle_wait=soon, fault_wait=soon),
        )
        assert ducks(simulator) == {
            item["pk"]: {"pk": {"S": item["pk"]}, "number": {"N": str(item["number"])}}
            for item in source
        }
        met = simulator.stats()["faults"]
    assert (report.items_read, report.items_written) == (400, 400)
    assert (report.items_rejected, report.items_pending) == (0, 0)
    assert met.pop("partial") > 0
    assert sum(met.values()) > 0
