"""``ddbbulk simulate`` from its first line to its last."""

import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ddbbulk.simulator import Simulator
from tests.support.command_line import ddbbulk, ended, started_ddbbulk, typed
from tests.support.raw_dynamodb import connected


@dataclass(frozen=True, slots=True)
class Endpoint:
    endpoint_url: str


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_it_serves_until_it_is_interrupted_and_tells_what_was_written(
    dynamodb: Callable[[Endpoint], Any], tmp_path: Path
) -> None:
    command = ("simulate", "--port", "0", "--table", "users:alias@200")
    with started_ddbbulk(*command, home=tmp_path) as process:
        listening, _, url = first_line(process).rpartition(" ")
        dynamodb(Endpoint(url)).put_item(
            TableName="users", Item={"alias": {"S": "@daisy"}}
        )
        process.send_signal(signal.SIGINT)
        code, out, err = ended(process)

    assert listening == "Listening on"
    assert code == 0, err
    assert f"export AWS_ENDPOINT_URL_DYNAMODB={url}" in out
    assert "export AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x" in out
    assert f"curl {url}/_simulator/stats" in out
    assert out.splitlines()[-2:] == [
        "table  items  units  most in 1 s  throttled  unprocessed",
        "users      1      1            1          0            0",
    ]


def test_faults_are_told_at_the_end(
    dynamodb: Callable[[Endpoint], Any], tmp_path: Path
) -> None:
    command = ("simulate", "--port", "0", "--table", "users:alias@200")
    faults = ("--fault", "expired=1", "--outage", "3600s-7200s", "--seed", "7")
    with started_ddbbulk(*command, *faults, home=tmp_path) as process:
        client = dynamodb(Endpoint(first_line(process).rpartition(" ")[2]))
        with pytest.raises(ClientError, match="ExpiredToken"):
            client.put_item(TableName="users", Item={"alias": {"S": "@daisy"}})
        process.send_signal(signal.SIGINT)
        code, out, err = ended(process)

    assert code == 0, err
    assert out.splitlines()[-1] == "faults: expired 1, outage 0"


def test_items_that_lie_upstream_are_not_counted(tmp_path: Path) -> None:
    with Simulator() as behind:
        where = ("--upstream", behind.endpoint_url, "--table", "users:alias@200")
        with started_ddbbulk("simulate", "--port", "0", *where, home=tmp_path) as one:
            with connected(first_line(one).rpartition(" ")[2]) as client:
                client.must("PutItem", TableName="users", Item={"alias": {"S": "@d"}})
            one.send_signal(signal.SIGINT)
            code, out, err = ended(one)

    assert code == 0, err
    assert "the tables are kept upstream" in out
    assert [line.split() for line in out.splitlines()[-2:]] == [
        ["table", "units", "most", "in", "1", "s", "throttled", "unprocessed"],
        ["users", "1", "1", "0", "0"],
    ]


def test_a_fault_that_is_not_known_is_one_clear_line(tmp_path: Path) -> None:
    done = typed("simulate", "--fault", "trottle=0.1", home=tmp_path)

    assert done.returncode == 2
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("error: 'trottle' is no fault of the simulator")
    assert "throttle, http500" in line


def test_partitions_and_the_account_are_limited_where_asked_for(
    tmp_path: Path,
) -> None:
    name = "a-long-table-name"  # 17 characters: whole beside all columns
    command = ("simulate", "--port", "0", "--table", f"{name}:alias@100")
    limits = ("--partitions", "50", "--account-wcu", "500", "--account-rcu", "120.5")
    daisy: dict[str, Any] = {"alias": {"S": "@daisy"}}
    with started_ddbbulk(*command, *limits, "--quotas", home=tmp_path) as process:
        with connected(first_line(process).rpartition(" ")[2]) as client:
            described = client.must("DescribeLimits")
            large = daisy | {"notes": {"S": "x" * 50_000}}
            client.must("PutItem", TableName=name, Item=large)
            # The partition gives two units a second, and owes nearly fifty.
            throttled = client.send("PutItem", TableName=name, Item=daisy)
            client.must("GetItem", TableName=name, Key=daisy, ConsistentRead=True)
            units = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 501}
            refused = client.send(
                "UpdateTable", TableName=name, ProvisionedThroughput=units
            )
        process.send_signal(signal.SIGINT)
        code, out, err = ended(process)

    assert code == 0, err
    above, head, row = out.splitlines()[-3:]
    assert above.split() == ["most", "most"]
    assert head.split()[-4:] == ["1", "s", "throttled", "unprocessed"]
    assert row.split() == [name, "1", "49", "49", "13", "13", "1", "0"]
    assert described["AccountMaxWriteCapacityUnits"] == 500
    assert described["AccountMaxReadCapacityUnits"] == 121
    (reason,) = throttled.body["throttlingReasons"]
    assert reason["reason"] == "TableWriteKeyRangeThroughputExceeded"
    assert refused.code == "LimitExceededException"


def test_partitions_that_cannot_be_are_one_clear_line(tmp_path: Path) -> None:
    done = typed("simulate", "--partitions", "many", home=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert line.startswith("error: partitions 'many': give a number from 1 to 10000")


def test_a_script_reads_the_url_and_nothing_else(tmp_path: Path) -> None:
    command = ("simulate", "--port", "0", "--quiet")
    with started_ddbbulk(*command, home=tmp_path) as process:
        url = first_line(process)
        process.send_signal(signal.SIGTERM)
        code, out, err = ended(process)

    assert url.startswith("http://127.0.0.1:")
    assert (code, out, err) == (0, "", "")


def test_tables_in_a_file_survive_and_are_not_created_again(
    dynamodb: Callable[[Endpoint], Any], tmp_path: Path
) -> None:
    command = ("simulate", "--port", "0", "--quiet", "--data", "tables.db")
    for run in (1, 2):
        with started_ddbbulk(*command, "--table", "users:alias", home=tmp_path) as one:
            client = dynamodb(Endpoint(first_line(one)))
            client.put_item(TableName="users", Item={"alias": {"S": f"@run{run}"}})
            found = client.scan(TableName="users", ConsistentRead=True)["Count"]
            one.send_signal(signal.SIGTERM)
            code, _, err = ended(one)

        assert (code, err) == (0, "")
        assert found == run


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with Simulator() as simulator:
        port = simulator.endpoint_url.rpartition(":")[2]

        done = typed("simulate", "--port", port, home=tmp_path)

    assert done.returncode == 2
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert f"port {port}" in line
    assert "choose another" in line


def test_the_command_is_also_a_module(tmp_path: Path) -> None:
    # Every test that runs it to its end runs it as ``python -m ddbbulk``.
    done = ddbbulk("--version", home=tmp_path)

    assert done.returncode == 0
    assert done.stdout.startswith("ddbbulk ")
