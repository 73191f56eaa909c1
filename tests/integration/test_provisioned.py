"""``provisioned`` on the simulator: whatever happens, what was found is there again."""

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import aioboto3
import pytest

import ddbbulk
from ddbbulk.capacity import (
    CapacitySetting,
    NotePlace,
    Restorer,
    known_notes,
    read_note,
)
from ddbbulk.capacity.holders import new_holder
from ddbbulk.prices import Prices
from ddbbulk.simulator import Simulator
from tests.support.making_tables import drop_table, make_table, wait_until_active

pytestmark = pytest.mark.integration

Client = Any
Units = dict[str, int]


class Users:
    """A table of 5 WCU with an index of 10, and what raises it."""

    def __init__(self, client: Client, url: str, session: aioboto3.Session) -> None:
        self.client = client
        self.url = url
        self._session = session
        self.name = make_table(
            client, "alias", wcu=5, index=("by_team", "team"), index_wcu=10
        )

    def write(self) -> Units:
        """Return the write units, once nothing changes them any more."""
        wait_until_active(self.client, self.name)
        table = self.client.describe_table(TableName=self.name)["Table"]
        (index,) = table["GlobalSecondaryIndexes"]
        return {
            "": table["ProvisionedThroughput"]["WriteCapacityUnits"],
            "by_team": index["ProvisionedThroughput"]["WriteCapacityUnits"],
        }

    def set(self, write: int, *, index_write: int | None = None) -> None:
        """Be somebody else, and set the capacity of the table, or of both."""
        wait_until_active(self.client, self.name)
        change: dict[str, Any] = {"ProvisionedThroughput": _units(write)}
        if index_write is not None:
            index = {"ProvisionedThroughput": _units(index_write)}
            update = {"Update": {"IndexName": "by_team", **index}}
            change["GlobalSecondaryIndexUpdates"] = [update]
        self.client.update_table(TableName=self.name, **change)
        wait_until_active(self.client, self.name)

    def raised(self, wcu: float = 900, **options: Any) -> ddbbulk.ProvisionedCapacity:  # noqa: ANN401 -- those of provisioned()
        return ddbbulk.provisioned(
            self.name,
            wcu=wcu,
            endpoint_url=self.url,
            **{"session": self._session, **options},
        )


def _units(write: int) -> Units:
    return {"ReadCapacityUnits": 1000, "WriteCapacityUnits": write}


FOUND: Units = {"": 5, "by_team": 10}


@pytest.fixture(autouse=True)
def _notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DDBBULK_STATE_DIR", str(tmp_path))


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(update_seconds=0.05) as running:
        yield running


@pytest.fixture(scope="module")
def session(_clean_environment: None) -> aioboto3.Session:
    """Give one that has read the service's model once for all."""
    return aioboto3.Session()


@pytest.fixture
def users(
    simulator: Simulator,
    dynamodb: Callable[[Simulator], Client],
    session: aioboto3.Session,
) -> Users:
    return Users(dynamodb(simulator), simulator.endpoint_url, session)


async def test_it_is_raised_in_the_block_and_put_back_after(users: Users) -> None:
    async with users.raised() as capacity:
        assert users.write() == {"": 900, "by_team": 900}
        assert capacity.note_path is not None
        note = read_note(Path(capacity.note_path))
        assert note is not None
        assert note.asked_at is None
        assert [one.write.found for one in note.resources] == [5, 10]
        hourly = (895 + 890) * Prices.standard().write_unit_hour
        assert capacity.dollars_per_hour == pytest.approx(hourly)

    assert users.write() == FOUND
    assert not list(known_notes())
    assert capacity.restoration is not None
    assert capacity.restoration.dollars > 0


async def test_a_load_without_a_budget_uses_what_the_table_then_has(
    users: Users,
) -> None:
    items = [{"alias": f"@{n}", "team": "ducks"} for n in range(100)]
    async with users.raised(700):
        report = await ddbbulk.load(users.name, items, endpoint_url=users.url)

    assert report.budget == 700
    assert users.write() == FOUND


async def test_an_error_of_the_block_puts_it_back_and_is_raised(users: Users) -> None:
    with pytest.raises(ZeroDivisionError):
        async with users.raised():
            raise ZeroDivisionError
    assert users.write() == FOUND


async def test_cancellation_puts_it_back(users: Users) -> None:
    entered = asyncio.Event()

    async def work() -> None:
        async with users.raised():
            entered.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await entered.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()  # once more, while it is put back
    with pytest.raises(asyncio.CancelledError):
        await task
    assert users.write() == FOUND
    assert not list(known_notes())


@pytest.mark.parametrize("steps", [0, 2, 8, 40])
async def test_cancellation_while_it_is_raised_puts_it_back(
    users: Users, steps: int
) -> None:
    async def work() -> None:
        async with users.raised():
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await asyncio.sleep(0.01 * steps)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert users.write() == FOUND
    assert not list(known_notes())


async def test_a_raise_that_is_refused_leaves_nothing_behind(users: Users) -> None:
    with pytest.raises(ddbbulk.ConfigurationError, match="no global index by_age"):
        async with users.raised(index_wcu={"by_age": 5}):
            pytest.fail("it was raised")
    assert users.write() == FOUND
    assert not list(known_notes())


async def test_the_last_of_two_blocks_puts_it_back(users: Users) -> None:
    async with users.raised(900) as first:
        async with users.raised(1200) as second:
            assert users.write() == {"": 1200, "by_team": 1200}
            assert second.is_shared
        assert users.write() == {"": 1200, "by_team": 1200}
        assert second.restoration is not None
        assert len(second.restoration.left_to) == 1

    assert not first.is_shared
    assert users.write() == FOUND


async def test_two_blocks_that_begin_at_once_find_the_same(users: Users) -> None:
    async def work(wcu: float) -> None:
        async with users.raised(wcu):
            await asyncio.sleep(0.3)

    async with asyncio.TaskGroup() as tasks:
        for wcu in (300, 900, 600):
            tasks.create_task(work(wcu))
    assert users.write() == FOUND
    assert not list(known_notes())


async def test_a_note_of_a_dead_process_is_joined_and_put_back(users: Users) -> None:
    capacity = users.raised(900)
    await capacity.__aenter__()
    assert capacity.note_path is not None
    place = NotePlace(Path(capacity.note_path))
    dead = new_holder().model_copy(update={"started": "before"})
    with place.open() as file:
        assert file.note is not None
        await file.write(file.note.with_holders([dead]))

    async with users.raised(400) as joined:
        assert users.write() == {"": 900, "by_team": 900}
        assert not joined.is_shared
        assert joined.changes == ()
    assert users.write() == FOUND
    await capacity.__aexit__(None, None, None)


async def test_what_somebody_else_has_set_is_left_alone(
    users: Users, caplog: pytest.LogCaptureFixture
) -> None:
    async with users.raised():
        await asyncio.to_thread(users.set, 700)

    assert users.write() == {"": 700, "by_team": 10}
    assert f"table {users.name} has 700 WCU, neither the 5" in caplog.text
    assert not list(known_notes())


async def test_nothing_is_lowered_and_nothing_noted_where_there_is_enough(
    users: Users,
) -> None:
    async with users.raised(5, index_wcu={}) as capacity:
        assert capacity.note_path is None
        assert users.write() == FOUND
    assert users.write() == FOUND


async def test_a_change_that_is_under_way_is_waited_for(users: Users) -> None:
    users.client.update_table(TableName=users.name, ProvisionedThroughput=_units(6))

    async with users.raised():
        pass
    assert users.write() == {"": 6, "by_team": 10}


async def test_a_table_that_is_dropped_meanwhile_owes_nothing(
    users: Users, caplog: pytest.LogCaptureFixture
) -> None:
    async with users.raised():
        await asyncio.to_thread(drop_table, users.client, users.name)
    assert "is there no more" in caplog.text
    assert not list(known_notes())


def lowered_four_times(users: Users) -> None:
    for write in (9, 8, 7, 6, 5):
        users.set(write)


async def test_a_decrease_that_is_not_allowed_is_owed_and_said(
    users: Users, caplog: pytest.LogCaptureFixture
) -> None:
    await asyncio.to_thread(lowered_four_times, users)

    with pytest.raises(ddbbulk.RestoreOwedError) as caught:
        async with users.raised():
            pass

    # What may be lowered is: table and index count apart.
    assert users.write() == {"": 900, "by_team": 10}
    now = datetime.now(UTC)
    midnight = datetime.combine(now.date() + timedelta(days=1), time.min, UTC)
    # One more is allowed an hour after the last, and four are on another day.
    expected = min(now + timedelta(hours=1), midnight)
    assert caught.value.next_decrease is not None
    assert abs(caught.value.next_decrease - expected) < timedelta(minutes=5)
    assert f"ddbbulk capacity restore {users.name}" in str(caught.value)
    (owed,) = ddbbulk.owed_restores()
    assert owed.note is not None
    assert owed.note.holders == ()
    # An error of the block counts more than what is owed.
    with pytest.raises(ZeroDivisionError):
        async with users.raised():
            raise ZeroDivisionError
    assert "is still raised" in caplog.text


async def test_a_decrease_is_waited_for_where_asked(
    dynamodb: Callable[[Simulator], Client], session: aioboto3.Session
) -> None:
    with Simulator(update_seconds=0.05, decrease_seconds=2) as patient:
        users = Users(dynamodb(patient), patient.endpoint_url, session)
        await asyncio.to_thread(lowered_four_times, users)

        async with users.raised(wait_restore=True):
            pass

        assert users.write() == FOUND
        assert not list(known_notes())


async def test_a_table_on_demand_is_left_alone_unless_asked(users: Users) -> None:
    users.client.update_table(TableName=users.name, BillingMode="PAY_PER_REQUEST")
    wait_until_active(users.client, users.name)

    async with users.raised() as capacity:
        assert capacity.is_on_demand
        assert users.write() == {"": 0, "by_team": 0}
    async with users.raised(on_demand_rcu=30) as capacity:
        assert not capacity.is_on_demand
        assert users.write() == {"": 900, "by_team": 900}
    assert users.write() == {"": 0, "by_team": 0}


async def test_a_note_elsewhere_is_used_and_removed(
    users: Users, tmp_path: Path
) -> None:
    path = tmp_path / "volume.json"
    async with users.raised(restore_note=path) as capacity:
        assert capacity.note_path == str(path)
        assert read_note(path) is not None
    assert users.write() == FOUND
    assert read_note(path) is None


async def test_a_table_that_was_made_anew_is_not_put_back(
    users: Users, tmp_path: Path
) -> None:
    path = tmp_path / "users.json"
    async with users.raised(restore_note=path):
        kept = await asyncio.to_thread(path.read_bytes)
    await asyncio.to_thread(path.write_bytes, kept)
    await asyncio.to_thread(drop_table, users.client, users.name)
    make_table(users.client, "alias", wcu=900, name=users.name)

    async with ddbbulk.connect(endpoint_url=users.url) as connection:
        restorer = Restorer(
            connection,
            NotePlace(path),
            table=users.name,
            is_forced=True,
            prices=Prices.standard(),
        )
        done = await restorer.restore()
    assert done.foreign == (f"table {users.name} was dropped and created anew since",)
    assert not done.owed


async def test_a_note_of_another_account_is_not_put_back_here(
    users: Users, tmp_path: Path
) -> None:
    path = tmp_path / "users.json"
    async with users.raised(restore_note=path):
        document = json.loads(await asyncio.to_thread(path.read_text))
    document["note"]["arn"] = "arn:aws:dynamodb:us-east-1:123456789012:table/users"
    await asyncio.to_thread(path.write_text, json.dumps(document))

    async with ddbbulk.connect(endpoint_url=users.url) as connection:
        restorer = Restorer(
            connection,
            NotePlace(path),
            table=users.name,
            is_forced=True,
            prices=Prices.standard(),
        )
        done = await restorer.restore()
    assert "give the --profile that raised it" in done.owed
    assert read_note(path) is not None


async def test_a_raise_that_lands_after_its_process_died_is_put_back_too(
    users: Users, tmp_path: Path
) -> None:
    path = tmp_path / "users.json"
    async with users.raised(restore_note=path):
        document = json.loads(await asyncio.to_thread(path.read_text))
    # So long as the test takes it may still land.
    asked_at = datetime.now(UTC) + timedelta(minutes=1)
    document["note"] |= {"holders": [], "asked_at": asked_at.isoformat()}
    await asyncio.to_thread(path.write_text, json.dumps(document))

    async with (
        ddbbulk.connect(endpoint_url=users.url) as connection,
        asyncio.TaskGroup() as tasks,
    ):
        restorer = Restorer(
            connection, NotePlace(path), table=users.name, prices=Prices.standard()
        )
        restoring = tasks.create_task(restorer.restore())
        await asyncio.sleep(0.2)
        await asyncio.to_thread(users.set, 900, index_write=900)
    assert not restoring.result().owed
    assert users.write() == FOUND
    assert read_note(path) is None


async def test_capacity_is_set_to_stay(users: Users) -> None:
    async with ddbbulk.connect(endpoint_url=users.url) as connection:
        setting = CapacitySetting(connection, users.name, {"": 20, "by_team": 10})
        await setting.make()
        again = CapacitySetting(connection, users.name, {"": 20})
        await again.make()

    assert users.write() == {"": 20, "by_team": 10}
    assert setting.changes == (ddbbulk.CapacityChange("", 5, 20),)
    assert again.changes == ()


async def test_a_table_that_is_raised_is_not_set(users: Users) -> None:
    async with (
        ddbbulk.connect(endpoint_url=users.url) as connection,
        users.raised(connection=connection),
    ):
        setting = CapacitySetting(connection, users.name, {"": 20})
        with pytest.raises(ddbbulk.ConfigurationError, match="capacity restore"):
            await setting.make()
    assert users.write() == FOUND
