"""A simulator that is killed leaves a data file that works, whatever it was doing.

The files are copied before every statement: as a kill at that moment would leave them.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ddbbulk.simulator import database, store
from ddbbulk.simulator.store import ItemStore
from tests.support.simulator_in_process import (
    SimulatorInProcess,
    attribute_definitions,
    index,
    key_schema,
)

BY_CITY = index("by_city", key_schema("city"))
ITEM = {"pk": {"S": "p"}, "sk": {"N": "1"}, "city": {"S": "c"}}


class Kills:
    """Copies of a data file, one for every moment at which a kill would matter."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "tables.db"
        self._folder = folder
        self._copies: list[Path] = []

    def copy(self, _statement: str = "") -> None:
        copy = self._folder / f"{len(self._copies)}"
        copy.mkdir()
        for file in self._folder.glob("tables.db*"):
            shutil.copy(file, copy / file.name)
        self._copies.append(copy / self.path.name)

    def survivors(self) -> Iterator[SimulatorInProcess]:
        """Start a simulator on what each kill would have left."""
        for copy in self._copies:
            kept = ItemStore(copy)
            yield SimulatorInProcess(store=kept)
            kept.close()


def define(simulator: SimulatorInProcess) -> None:
    simulator.create(
        "ducks",
        AttributeDefinitions=attribute_definitions(pk="S", sk="N", city="S"),
        GlobalSecondaryIndexes=[BY_CITY],
        LocalSecondaryIndexes=[index("local", key_schema("pk", "city"))],
    )


def drop(simulator: SimulatorInProcess) -> None:
    simulator.call("DeleteTable", TableName="ducks")


def drop_index(simulator: SimulatorInProcess) -> None:
    change(simulator, {"Delete": {"IndexName": "by_city"}})


def add_index(simulator: SimulatorInProcess) -> None:
    change(simulator, {"Create": BY_CITY})


def change(simulator: SimulatorInProcess, update: dict[str, object]) -> None:
    simulator.call(
        "UpdateTable",
        TableName="ducks",
        AttributeDefinitions=attribute_definitions(city="S"),
        GlobalSecondaryIndexUpdates=[update],
    )


def put(simulator: SimulatorInProcess) -> None:
    simulator.put("ducks", [ITEM])


@pytest.mark.parametrize(
    ("before", "killed"),
    [
        ([], define),
        ([define, put], drop),
        ([define, put], drop_index),
        ([define, put, drop_index], add_index),
        ([define], put),
    ],
)
def test_what_a_kill_leaves_can_be_used_and_the_work_done_again(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    before: list[Callable[[SimulatorInProcess], None]],
    killed: Callable[[SimulatorInProcess], None],
) -> None:
    opened: list[sqlite3.Connection] = []

    def remembered(path: str | Path | None) -> sqlite3.Connection:
        opened.append(database.open_database(path))
        return opened[-1]

    monkeypatch.setattr(store, "open_database", remembered)
    kills = Kills(tmp_path)
    kept = ItemStore(kills.path)
    simulator = SimulatorInProcess(store=kept)
    for step in before:
        step(simulator)
    opened[0].set_trace_callback(kills.copy)
    killed(simulator)
    opened[0].set_trace_callback(None)
    kept.close()
    kills.copy()
    for survivor in kills.survivors():
        names = survivor.call("ListTables")["TableNames"]
        if not names:
            define(survivor)
        described = survivor.call("DescribeTable", TableName="ducks")["Table"]
        put(survivor)
        if "GlobalSecondaryIndexes" not in described:
            add_index(survivor)
        for view in ({}, {"IndexName": "by_city"}, {"IndexName": "local"}):
            found = survivor.call("Scan", TableName="ducks", **view)
            assert found["Items"] == [ITEM]
        drop(survivor)
