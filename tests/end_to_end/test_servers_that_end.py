"""Servers, tables and credentials that end under ``ddbbulk load``, as processes."""

import json
import subprocess
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ddbbulk.report import LoadReport
from tests.support.command_line import ended, started_ddbbulk, typed

COUNT = 1500
TABLE = ("--table", "users:alias@1000")
LOAD = ("load", "users.csv", "-t", "users", "--wcu", "1000", "--json")


@dataclass(frozen=True, slots=True)
class Endpoint:
    endpoint_url: str


Client = Callable[[Endpoint], Any]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    rows = "".join(f"@donald{number}\n" for number in range(COUNT))
    (tmp_path / "users.csv").write_text("alias\n" + rows)
    return tmp_path


def url_of(simulate: subprocess.Popen[str]) -> str:
    assert simulate.stdout is not None
    return simulate.stdout.readline().strip()


def wait_for_items(url: str, count: int) -> None:
    deadline = time.monotonic() + 10
    while items(url) < count:
        assert time.monotonic() < deadline, "too little was written"
        time.sleep(0.02)


def items(url: str) -> int:
    with urllib.request.urlopen(f"{url}/_simulator/stats") as answer:  # noqa: S310 -- on loopback
        count: int = json.load(answer)["tables"]["users"]["items"]
    return count


def test_a_load_outlives_the_death_of_the_server(home: Path) -> None:
    serve = ("simulate", "--quiet", "--data", "tables.db")
    with started_ddbbulk(*serve, "--port", "0", *TABLE, home=home) as first:
        url = url_of(first)
        with started_ddbbulk(*LOAD, "--endpoint-url", url, home=home) as load:
            wait_for_items(url, 300)
            first.kill()
            first.wait()
            port = url.rpartition(":")[2]
            with started_ddbbulk(*serve, "--port", port, home=home) as second:
                assert url_of(second) == url
                code, out, err = ended(load)
                assert items(url) == COUNT

    report = LoadReport.model_validate_json(out)
    assert code == 0, err
    assert report.items_written == COUNT
    assert report.retried_items > 0


def assert_stopped_cleanly(code: int, out: str, err: str) -> LoadReport:
    report = LoadReport.model_validate_json(out)
    assert code == 3, err
    assert "Traceback" not in err
    assert "stopped early: " in err
    assert report.items_read == report.items_written + report.items_pending
    assert report.items_pending > 0
    return report


def test_a_table_that_is_deleted_ends_the_load(home: Path, dynamodb: Client) -> None:
    with started_ddbbulk(
        "simulate", "--quiet", "--port", "0", *TABLE, home=home
    ) as one:
        url = url_of(one)
        with started_ddbbulk(*LOAD, "--endpoint-url", url, home=home) as load:
            wait_for_items(url, 300)
            dynamodb(Endpoint(url)).delete_table(TableName="users")
            code, out, err = ended(load)

    report = assert_stopped_cleanly(code, out, err)
    assert report.items_written >= 300
    assert "error: there is no table users" in err


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("expired", "read again from env, they are the same): renew them"),
        ("skew", "the clock of this machine is 20 min behind"),
    ],
)
def test_what_no_retry_mends_ends_the_load(home: Path, fault: str, told: str) -> None:
    faults = ("--fault", f"{fault}=1")
    command = ("simulate", "--quiet", "--port", "0", *TABLE, *faults)
    with started_ddbbulk(*command, home=home) as one:
        done = typed(*LOAD, "--endpoint-url", url_of(one), home=home)

    report = assert_stopped_cleanly(done.returncode, done.stdout, done.stderr)
    assert report.items_written == 0
    assert told in done.stderr
