"""A recreation that is killed loses no definition, and another command finishes it."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ddbbulk.cli import app
from ddbbulk.recreation import KeptDefinition
from ddbbulk.simulator import Simulator
from tests.support.command_line import ended, started_ddbbulk
from tests.support.making_tables import make_table


def test_a_killed_recreation_is_finished_by_create(
    tmp_path: Path,
    dynamodb: Callable[[Simulator], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DDBBULK_STATE_DIR", str(tmp_path / "state"))
    with Simulator(create_seconds=1.5) as simulator:
        client = dynamodb(simulator)
        table = make_table(client, "alias", index=("by_team", "team"))
        client.update_time_to_live(
            TableName=table,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"},
        )
        place = ["--endpoint-url", simulator.endpoint_url]
        words = ("table", "recreate", table, "--yes", *place)
        with started_ddbbulk(*words, home=tmp_path) as process:
            until = time.monotonic() + 15
            while _status(client, table) == "ACTIVE":
                assert time.monotonic() < until, "it was not dropped"
                time.sleep(0.02)
            process.kill()
            ended(process)
        (file,) = KeptDefinition.left_of(table)
        if table in client.list_tables()["TableNames"]:
            # Killed after it was created: it is taken away once more.
            client.get_waiter("table_exists").wait(
                TableName=table, WaiterConfig={"Delay": 1}
            )
            client.delete_table(TableName=table)
        told = CliRunner().invoke(app, ["table", "recreate", table, *place])
        assert "table create" in told.stderr
        assert str(file) in told.stderr.replace("\n", "")
        finished = CliRunner().invoke(app, ["table", "create", str(file), *place])
        assert finished.exit_code == 0, finished.stderr
        made = client.describe_table(TableName=table)["Table"]
        expiry = client.describe_time_to_live(TableName=table)
    assert [index["IndexName"] for index in made["GlobalSecondaryIndexes"]] == [
        "by_team"
    ]
    assert expiry["TimeToLiveDescription"]["AttributeName"] == "expires_at"


def _status(client: Any, table: str) -> str:  # noqa: ANN401 -- boto3 makes its classes up at run time
    try:
        described = client.describe_table(TableName=table)
    except client.exceptions.ResourceNotFoundException:
        return "gone"
    status: str = described["Table"]["TableStatus"]
    return status
