import logging
from pathlib import Path

import orjson
import pytest

from ddbbulk.simulator import store
from ddbbulk.simulator.database import open_database
from ddbbulk.simulator.local import Local
from ddbbulk.simulator.store import ItemStore
from tests.support.simulator_in_process import SimulatorInProcess


async def test_a_full_disk_is_told_and_not_called_a_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    database = open_database(tmp_path / "tables.db")
    monkeypatch.setattr(store, "open_database", lambda _: database)
    simulator = SimulatorInProcess(store=ItemStore())
    local = Local(simulator.engine)
    simulator.create("ducks")
    simulator.put("ducks", [{"pk": {"S": "p"}, "sk": {"N": "1"}}])
    database.execute("PRAGMA max_page_count = 1")  # it shrinks to what is in use
    large = {"pk": {"S": "p"}, "sk": {"N": "2"}, "text": {"S": "x" * 100_000}}
    request = orjson.dumps({"TableName": "ducks", "Item": large})
    answer = await local.answer("PutItem", request, {})
    assert answer.status == 500
    assert orjson.loads(answer.body)["message"] == (
        "The simulator's data file cannot be used: database or disk is full"
    )
    (record,) = caplog.records
    assert (record.levelno, record.exc_info) == (logging.ERROR, None)
    database.execute("PRAGMA max_page_count = 1000000")
    assert (await local.answer("PutItem", request, {})).status == 200
    assert simulator.call("Scan", TableName="ducks", Select="COUNT")["Count"] == 2
    database.close()
