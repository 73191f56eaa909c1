"""The types that a user of the library sees: checked, never run."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from pathlib import Path
from typing import Any, assert_type

import ddbbulk
from ddbbulk.sources import GeneratorSource


@ddbbulk.generator(count=10, version="1")
def users(index: int) -> dict[str, object]:
    return {"alias": f"@donald{index}"}


async def feed() -> AsyncIterator[dict[str, object]]:
    yield {"alias": "@daisy"}


async def rates() -> None:
    await ddbbulk.load("tweeter_user", feed(), wcu="adaptive", max_wcu=500)
    await ddbbulk.load("tweeter_user", feed(), wcu=None, reserve="20%")
    assert_type(ddbbulk.Budget.adaptive(max_wcu=500), ddbbulk.Budget)


async def reads() -> None:
    budget = ddbbulk.ReadBudget(100)
    unloaded = await ddbbulk.unload(
        "tweeter_user", "users.jsonl", rcu=budget, format="plain-json", attributes=["a"]
    )
    assert_type(unloaded, ddbbulk.UnloadReport)
    assert_type(unloaded.refusals, tuple[ddbbulk.RefusedItem, ...])
    young = ddbbulk.Filter("age < :age", values={":age": {"N": "18"}})
    counted = await ddbbulk.count_items("tweeter_user", rcu=None, filter=young)
    assert_type(counted.described_items, int | None)
    assert_type(ddbbulk.count_items_sync("tweeter_user"), ddbbulk.CountReport)
    assert_type(ddbbulk.unload_sync("tweeter_user", "-"), ddbbulk.UnloadReport)
    source: ddbbulk.LiveSource = ddbbulk.TableSource("tweeter_user", rcu=5.0)
    await ddbbulk.load("copy", source, wcu=5)


async def main() -> None:
    assert_type(users, GeneratorSource[dict[str, object]])
    report = await ddbbulk.load("tweeter_user", users, wcu=200, progress=True)
    assert_type(report, ddbbulk.LoadReport)
    assert_type(report.items_written, int)
    assert_type(report.index_write_units, dict[str, float])
    assert_type(report.hot_keys, tuple[ddbbulk.HotKey, ...])
    assert_type(ddbbulk.load_sync("tweeter_user", [{"a": 1}]), ddbbulk.LoadReport)
    await ddbbulk.load("tweeter_user", feed(), wcu=ddbbulk.Budget(200), schema="alias")
    failed: list[ddbbulk.FailedItem] = []
    await ddbbulk.load(
        "tweeter_user",
        feed(),
        failures="failed.jsonl",
        on_failure=failed.append,
        max_failures="1%",
    )
    assert_type(users.identity(), Mapping[str, Any])
    resumed = users.read(5, bookmark=ddbbulk.Bookmark(0, {}))
    assert_type(resumed, AsyncGenerator[ddbbulk.Chunk, None])
    seekable: ddbbulk.SeekableSource = ddbbulk.CsvSource("users.csv")
    assert_type((await anext(seekable.read())).bookmark, ddbbulk.Bookmark | None)
    await ddbbulk.load("tweeter_user", feed(), mode="insert", transport="direct")
    await ddbbulk.load("tweeter_user", feed(), interleave=False, redact_keys=True)
    async with ddbbulk.BulkWriter(
        "tweeter_user", mode="newer", version_attribute="updated_at"
    ) as newer:
        assert_type(newer.report.items_existing, int)
    async with ddbbulk.BulkWriter("tweeter_user", index_wcu={"i": 5}) as writer:
        assert_type(writer, ddbbulk.BulkWriter)
        await writer.put({"alias": "@daisy"})
        await writer.delete({"alias": "@gone"})
        assert_type(writer.snapshot(), ddbbulk.Snapshot)
    async with ddbbulk.connect(region="eu-central-1") as connection:
        described = await ddbbulk.describe_table(connection, "tweeter_user")
        assert_type(described.schema, ddbbulk.TableSchema)
        assert_type(described.write_capacity, float | None)


async def tables() -> None:
    async with ddbbulk.connect() as connection:
        created = await ddbbulk.create_table(
            connection, ddbbulk.TableDefinition.read(Path("users.toml")), name="users"
        )
        assert_type(created, ddbbulk.TableDescription)
        assert_type([n async for n in ddbbulk.list_tables(connection)], list[str])
        cleared = await ddbbulk.clear_table("users", connection=connection, rcu=5)
        assert_type(cleared, ddbbulk.LoadReport)
        assert_type(
            await ddbbulk.recreate_table(connection, "users", lose=["stream"]),
            ddbbulk.TableDescription,
        )


async def proven_and_undone() -> None:
    report = await ddbbulk.verify("tweeter_user", users, rcu=100, sample=10, extra=True)
    assert_type(report, ddbbulk.VerifyReport)
    assert_type(report.is_equal, bool)
    assert_type(report.sample, ddbbulk.SampleBound | None)
    assert_type(report.differences, tuple[ddbbulk.Difference, ...])
    assert_type(ddbbulk.verify_sync("tweeter_user", [{"a": 1}]), ddbbulk.VerifyReport)
    await ddbbulk.load("tweeter_user", users, mode="insert", manifest="made.jsonl")
    undone = await ddbbulk.undo("made.jsonl", wcu=200, rcu=100, dry_run=True)
    assert_type(undone, ddbbulk.UndoReport)
    assert_type(undone.left, tuple[ddbbulk.LeftItem, ...])
    assert_type(ddbbulk.undo_sync("made.jsonl"), ddbbulk.UndoReport)


async def planned() -> None:
    schema = ddbbulk.TableSchema.of("alias")
    plan = await ddbbulk.plan(schema, users, sample=5, wcu=[200])
    assert_type(plan, ddbbulk.PlanReport)
    assert_type(plan.resources[0].write_units, ddbbulk.Figure)
    assert_type(ddbbulk.plan_sync("tweeter_user", feed()), ddbbulk.PlanReport)


async def raised() -> None:
    async with ddbbulk.provisioned(
        "tweeter_user", wcu=1000, index_wcu={"i": 5}, wait_restore=True
    ) as capacity:
        assert_type(capacity, ddbbulk.ProvisionedCapacity)
        assert_type(capacity.changes, tuple[ddbbulk.CapacityChange, ...])
    assert_type(capacity.restoration, ddbbulk.Restoration | None)
    assert_type(ddbbulk.owed_restores(), list[ddbbulk.OwedRestore])
