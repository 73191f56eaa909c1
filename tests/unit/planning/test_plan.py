"""Plans as a caller gets them: what they say of a source, and of a sample of it."""

import gzip
import json
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import ddbbulk
from ddbbulk import Figure, IndexSchema, KeyAttribute, PlanReport, TableSchema
from ddbbulk.errors import ConfigurationError, SourceError
from ddbbulk.prices import Prices
from ddbbulk.schema_file import TableDefinition

USERS = TableSchema.of("alias")
FOLLOWS = TableSchema(
    KeyAttribute("follower"),
    KeyAttribute("followee"),
    (IndexSchema("follows_index", (KeyAttribute("followee"),)),),
)
PRICES = Prices(
    as_of=date(2026, 8, 1),
    region="us-east-1",
    write_unit_hour=0.001,
    read_unit_hour=0.001,
    million_write_requests=1.0,
    million_read_requests=1.0,
    storage_gigabyte_month=0.5,
    import_gigabyte=0.1,
)


def users(count: int) -> list[dict[str, object]]:
    return [{"alias": f"@donald{n}", "pond": f"pond-{n % 7}"} for n in range(count)]


def follows(count: int) -> Iterator[dict[str, object]]:
    for number in range(count):
        yield {"follower": f"@donald{number}", "followee": "@daisy"}


def provisioned(wcu: int) -> TableDefinition:
    return TableDefinition.model_validate(
        {
            "table": "follows",
            "partition_key": "follower",
            "sort_key": "followee",
            "billing": "provisioned",
            "write_capacity": wcu,
            "global_indexes": [{"name": "follows_index", "partition_key": "followee"}],
        }
    )


def codes(report: PlanReport) -> list[str]:
    return [caution.code for caution in report.cautions]


# What it comes to


async def test_a_plan_counts_items_bytes_units_and_sizes() -> None:
    source = [*users(100), {"alias": "@large", "text": "x" * 1500}]
    report = await ddbbulk.plan(USERS, source)
    assert report.items == Figure(value=101)
    assert report.largest_item_bytes == 5 + 6 + 4 + 1500
    (table,) = report.resources
    assert (table.name, table.kind) == ("", "table")
    assert table.write_units == Figure(value=102)
    assert table.stored_bytes.value == report.item_bytes.value + 100 * 101
    sizes = [(one.up_to_bytes, one.items.value) for one in report.item_sizes]
    assert sizes == [(64, 100), (128, 0), (256, 0), (512, 0), (1024, 0), (2048, 1)]
    assert report.sample is None


async def test_a_feed_of_single_items_is_read_to_its_end() -> None:
    async def feed() -> AsyncIterator[dict[str, object]]:
        for user in users(1200):
            yield user

    counts: list[int] = []
    report = await ddbbulk.plan(USERS, feed(), on_items=counts.append)
    assert report.items.value == report.resources[0].write_units.value == 1200
    assert counts[-1] == 1200


async def test_ten_thousand_follows_of_daisy_are_bound_by_her_key() -> None:
    report = await ddbbulk.plan(provisioned(4000), follows(10_000))
    table, index = report.resources
    assert table.hot_keys == ()
    (daisy,) = index.hot_keys
    assert (daisy.key, daisy.write_units.value, daisy.share) == ("@daisy", 10_000, 1.0)
    assert daisy.floor_seconds == 10.0
    present = report.scenarios[0]
    assert (present.name, present.wcu) == ("present", 4000)
    assert present.seconds == 10.0
    assert present.bound_by == "hot key @daisy of follows_index"
    assert report.verdict == (
        "10,000 items cost 10,000 write units and 10,000 on index follows_index; at "
        "the present 4,000 WCU that takes 10.0 s, bound by hot key @daisy of "
        "follows_index"
    )


async def test_keys_can_be_left_out_of_everything() -> None:
    source: list[object] = [
        *follows(500),
        {"follower": "secret" * 400, "followee": "x"},
    ]
    report = await ddbbulk.plan(FOLLOWS, source, redact_keys=True)
    assert report.resources[1].hot_keys[0].key is None
    assert report.rejections[0].code == "KeyTooLong"
    text = report.model_dump_json()
    assert "@daisy" not in text
    assert "secret" not in text
    assert "hot key (not shown) of follows_index" in text
    shown = await ddbbulk.plan(FOLLOWS, source)
    assert "@daisy" in shown.model_dump_json()
    assert "secret" in shown.model_dump_json()


async def test_items_with_the_key_of_an_earlier_one_are_counted() -> None:
    report = await ddbbulk.plan(USERS, [*users(300), *users(120)])
    assert report.duplicates.items == Figure(value=120)
    assert report.duplicates.is_exact
    assert "Duplicates" in codes(report)


async def test_nothing_at_all_is_a_plan_too() -> None:
    report = await ddbbulk.plan(provisioned(10), [])
    assert report.items == Figure(value=0)
    assert report.item_sizes == ()
    assert report.scenarios[0].seconds == 0


async def test_a_source_that_fails_fails_the_plan() -> None:
    def broken() -> Iterator[dict[str, object]]:
        yield {"alias": "@daisy"}
        raise ValueError

    with pytest.raises(SourceError, match="raised ValueError"):
        await ddbbulk.plan(USERS, broken())


# How long, how dear


async def test_time_and_cost_follow_from_units_and_prices() -> None:
    report = await ddbbulk.plan(
        provisioned(100), _spread(7_200), wcu=[1000, 2], prices=PRICES
    )
    present, fast, slow = report.scenarios
    assert (present.seconds, present.bound_by) == (72.0, "the table")
    assert present.dollars == pytest.approx(200 * 0.001)
    assert (fast.wcu, fast.index_wcu) == (1000, {"follows_index": 1000})
    assert fast.seconds == 7.2
    # An hour that has begun is paid.
    assert slow.seconds == 3600
    assert slow.dollars == pytest.approx(4 * 0.001)
    assert report.costs.on_demand_dollars == pytest.approx(14_400 / 1e6)
    stored = sum(one.stored_bytes.value for one in report.resources)
    storage = report.costs.storage_dollars_month
    assert storage == pytest.approx(stored / 1024**3 * 0.5)


def _spread(count: int) -> Iterator[dict[str, object]]:
    for number in range(count):
        yield {"follower": f"@donald{number}", "followee": f"@daisy{number}"}


@pytest.mark.parametrize(
    ("seconds", "wcu", "note"),
    [
        (100, 51, "provision the table to 51 WCU, index follows_index to 51 WCU"),
        (200, 26, "what it has is enough"),
    ],
)
async def test_a_wished_time_says_what_to_raise(
    seconds: int, wcu: int, note: str
) -> None:
    report = await ddbbulk.plan(
        provisioned(50), _spread(5_000), finish_in=timedelta(seconds=seconds)
    )
    assert report.goal is not None
    assert report.goal.is_possible
    assert (report.goal.wcu, report.goal.index_wcu) == (wcu, {"follows_index": wcu})
    assert report.goal.note == note
    # With the 1 % and 0.2 s that a load takes above its floor it is in time.
    assert 5_000 / report.goal.wcu * 1.01 + 0.2 <= seconds


async def test_a_time_below_the_floor_of_a_hot_key_is_impossible() -> None:
    report = await ddbbulk.plan(FOLLOWS, follows(5_000), finish_in=timedelta(seconds=4))
    assert report.goal is not None
    assert not report.goal.is_possible
    assert report.goal.note.startswith("hot key @daisy of follows_index takes 5 s")
    assert report.verdict.endswith("to be done in 4.0 s is not possible")


async def test_a_time_beyond_the_quota_of_a_table_is_impossible() -> None:
    finish_in = timedelta(seconds=0.1)
    report = await ddbbulk.plan(USERS, users(5_000), finish_in=finish_in)
    assert report.goal is not None
    assert not report.goal.is_possible
    assert "the default quota is 40,000" in report.goal.note


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sample": 0}, "a sample has 1 item or more, not 0"),
        ({"finish_in": timedelta(0)}, "give a time above 0"),
        ({"wcu": [0.0]}, "numbers above 0"),
        ({"wcu": [float("nan")]}, "numbers above 0"),
    ],
)
async def test_what_cannot_be_asked_is_refused(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        await ddbbulk.plan(USERS, [], **options)


# Samples


@ddbbulk.generator(count=50_000, version="1")
def ducks(index: int) -> dict[str, object]:
    # The farther, the larger: to read only the beginning would be far off.
    return {"alias": f"@donald{index}", "text": "x" * (index // 25)}


def within(figure: Figure, truth: int) -> bool:
    return abs(figure.value - truth) <= 2 * figure.error


@pytest.mark.parametrize("is_list", [True, False])
async def test_a_sample_is_spread_over_a_source_that_can_begin_anywhere(
    *, is_list: bool
) -> None:
    source = [ducks(index) for index in range(ducks.count)] if is_list else ducks
    whole = await ddbbulk.plan(USERS, source)
    report = await ddbbulk.plan(USERS, source, sample=2_000)
    assert report.sample is not None
    assert report.sample.how == "40 places spread over it"
    assert report.source == ("list" if is_list else "ducks")
    assert report.sample.items == 2_000
    assert report.items == Figure(value=50_000)
    truth = whole.item_bytes.value
    assert within(report.item_bytes, truth)
    assert 0 < report.item_bytes.error < truth / 10
    units = report.resources[0].write_units
    assert within(units, whole.resources[0].write_units.value)


def _lines(count: int) -> str:
    return "".join(
        json.dumps({"alias": f"@donald{n}", "text": "x" * (n // 100)}) + "\n"
        for n in range(count)
    )


@pytest.mark.parametrize("name", ["users.jsonl", "users.csv", "quoted.csv"])
async def test_a_sample_is_spread_over_the_bytes_of_a_file(
    tmp_path: Path, name: str
) -> None:
    text = _lines(40_000)
    if name.endswith(".csv"):
        quote = '"' if name == "quoted.csv" else ""
        rows = (f"@donald{n},{quote}{'x' * (n // 100)}.{quote}" for n in range(40_000))
        text = "alias,text\n" + "\n".join(rows) + "\n"
    (tmp_path / name).write_text(text)
    source = ddbbulk.open_source(tmp_path / name)
    whole = await ddbbulk.plan(USERS, source)
    report = await ddbbulk.plan(USERS, source, sample=2_000)
    assert report.sample is not None
    assert report.sample.how.endswith("places spread over its bytes")
    assert report.sample.items < 25_000
    assert within(report.items, 40_000)
    assert 0 < report.items.error < 10_000
    assert within(report.item_bytes, whole.item_bytes.value)
    assert not report.rejections


async def test_cells_with_line_ends_make_a_sample_begin_at_the_beginning(
    tmp_path: Path,
) -> None:
    file = tmp_path / "users.csv"
    cell = "\n".join(["a", "b,c"] * 2_000)
    file.write_text(
        "alias,text\n" + "".join(f'@donald{n},"{cell}"\n' for n in range(700))
    )
    report = await ddbbulk.plan(USERS, ddbbulk.open_source(file), sample=200)
    assert report.sample is not None
    assert report.sample.how.startswith("its beginning")
    assert not report.sample.is_extrapolated
    assert report.items == Figure(value=200)
    assert not report.rejections


async def test_a_gzipped_file_is_sampled_at_its_beginning(tmp_path: Path) -> None:
    file = tmp_path / "users.jsonl.gz"
    file.write_bytes(gzip.compress(_lines(30_000).encode(), compresslevel=1))
    report = await ddbbulk.plan(USERS, ddbbulk.open_source(file), sample=1_000)
    assert report.sample is not None
    assert not report.sample.is_extrapolated
    assert report.items.value == report.sample.items == 1_000
    assert report.verdict.startswith("of the sample alone: 1,000 items cost")


@pytest.mark.parametrize("sample", [99, 100, 101])
async def test_a_sample_of_everything_is_no_sample(sample: int) -> None:
    report = await ddbbulk.plan(USERS, iter(users(100)), sample=sample)
    assert (report.sample is None) == (sample >= 100)
    assert report.items.value == min(100, sample)


async def test_a_hot_key_is_told_from_a_run_of_a_sorted_source() -> None:
    """Each of 500 keys fills the blocks that fall into its run, and none is hot."""

    @ddbbulk.generator(count=100_000, version="1")
    def sorted_follows(index: int) -> dict[str, object]:
        followee = "@daisy" if index % 4 == 0 else f"@duck{index // 200}"
        return {"follower": f"@donald{index}", "followee": followee}

    report = await ddbbulk.plan(FOLLOWS, sorted_follows, sample=4_000)
    (daisy,) = report.resources[1].hot_keys
    assert daisy.key == "@daisy"
    assert within(daisy.write_units, 25_000)


# What to know before


async def test_items_that_expired_or_are_nearly_too_large_are_told() -> None:
    source: list[object] = [
        {"alias": "@old", "until": 1_700_000_000},
        {"alias": "@large", "text": "x" * 380_000},
    ]
    report = await ddbbulk.plan(USERS, source, ttl_attribute="until")
    assert codes(report) == ["Expired", "NearItemLimit"]
    assert report.cautions[0].message.startswith("until is in the past in 1 item: ")


async def test_an_index_without_entries_is_told() -> None:
    report = await ddbbulk.plan(
        TableSchema(
            KeyAttribute("alias"),
            None,
            (IndexSchema("by_city", (KeyAttribute("city"),)),),
        ),
        users(10),
    )
    assert codes(report) == ["EmptyIndex"]
    assert report.resources[1].entries == Figure(value=0)


async def test_the_json_of_a_plan_is_read_back_as_the_same_plan() -> None:
    report = await ddbbulk.plan(
        provisioned(100), follows(500), finish_in=timedelta(minutes=1)
    )
    assert PlanReport.model_validate_json(report.model_dump_json()) == report
