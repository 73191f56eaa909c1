"""What deletes will take: units, time and money, as far as a description tells."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import pytest
from rich.console import Console

from ddbbulk import Connection
from ddbbulk.cli.deletion_forecast import DeletionForecast, scan_units
from ddbbulk.cli.load_settings import LoadSettings
from ddbbulk.cli.table_clearing import Clearing
from ddbbulk.cli.whereabouts import account_of, byte_size
from ddbbulk.prices import Prices
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema
from ddbbulk.tables import TableDescription

CITY = KeyAttribute("city")
USERS = TableSchema(KeyAttribute("alias"), None, (IndexSchema("by_city", (CITY,)),))
TABLE = TableDescription(
    name="users",
    arn="arn:aws:dynamodb:eu-west-1:123456789012:table/users",
    status="ACTIVE",
    schema=USERS,
    write_capacity=1000,
    index_write_capacity={"by_city": 500},
    max_write_units=None,
    item_count=100_000,
    item_bytes=100_000 * 1500,
)


@dataclass(frozen=True, slots=True)
class Asked:
    wcu: float | Literal["adaptive"] | None = None
    index_wcu: Mapping[str, float] = field(default_factory=dict[str, float])
    max_wcu: float | None = None
    reserve: float = 0.0


def test_a_delete_costs_what_the_items_are_on_the_average_and_on_each_index() -> None:
    found = DeletionForecast.of(TABLE, USERS, Asked(), items=100_000)
    assert found.units_each == {"": 2, "by_city": 1}
    assert (found.write_units, found.seconds) == (300_000, 200)
    assert str(found) == (
        "about 100,000 items, 300,000 write units with those of the indexes, 3 min 20 s"
    )


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        (Asked(100.0), 2000),
        (Asked(1000.0, {"by_city": 50.0}), 2000),
        (Asked("adaptive"), 200),
        (Asked(max_wcu=100.0), 2000),
        (Asked(reserve=0.5), 400),
    ],
)
def test_the_slowest_of_table_and_indexes_sets_the_time(
    asked: Asked, seconds: float
) -> None:
    found = DeletionForecast.of(TABLE, USERS, asked, items=100_000)
    assert found.seconds == seconds


def test_of_a_table_that_may_not_be_described_little_is_known() -> None:
    found = DeletionForecast.of(None, USERS, Asked(), items=None)
    assert (found.seconds, found.is_on_demand) == (0.0, None)
    assert str(found) == "2 write units or more for each"


def test_on_demand_the_units_are_paid() -> None:
    found = DeletionForecast.of(TABLE, USERS, Asked(), items=1_000_000)
    prices = Prices.standard().model_copy(update={"million_write_requests": 2.0})
    assert found.dollars(prices) == 6.0


def test_a_scan_reads_all_that_is_there() -> None:
    assert scan_units(replace(TABLE, item_bytes=8192), is_consistent=True) == 2
    assert scan_units(replace(TABLE, item_bytes=8192), is_consistent=False) == 1


def notes(table: TableDescription, endpoint_url: str) -> str:
    settings = LoadSettings(
        table="users",
        wcu=None,
        index_wcu={},
        schema=None,
        endpoint_url=endpoint_url,
        region=None,
        profile=None,
        max_connections=1,
        transport=None,
        allow_insecure_endpoint=False,
        report_file=None,
        is_json=False,
        is_debug=False,
        estimated_items=None,
    )
    console = Console(file=io.StringIO())
    clearing = Clearing(
        settings,
        rcu=None,
        segments=4,
        is_consistent=False,
        errors=console,
        output=console,
    )
    connection = Connection(endpoint_url=endpoint_url)
    return "\n".join(clearing._notes(table, USERS, connection))


def test_where_to_make_the_table_anew_is_faster_it_is_named() -> None:
    told = notes(TABLE, "http://127.0.0.1:8000")
    assert "'ddbbulk table recreate users' does it in about a minute" in told
    assert "(this takes 3 min 20 s)" in told
    assert "$" not in told
    few = replace(TABLE, item_count=100, item_bytes=150_000)
    assert "recreate" not in notes(few, "http://127.0.0.1:8000")


def test_where_it_is_cheaper_it_is_named_with_the_cost() -> None:
    on_demand = replace(
        TABLE, write_capacity=None, index_write_capacity={"by_city": None}
    )
    told = notes(on_demand, "https://dynamodb.eu-west-1.amazonaws.com")
    assert "these write units cost about $0." in told
    assert "recreate users" in told


def test_an_account_is_told_where_there_is_one() -> None:
    assert account_of(TABLE.arn) == "123456789012"
    assert account_of("arn:aws:dynamodb:ddblocal:000000000000:table/users") == ""
    assert account_of("") == ""


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (512, "512 bytes"),
        (2_500_000, "2.4 MB"),
        (1024, "1.0 KB"),
        (5 * 1024**5, "5,120.0 TB"),
    ],
)
def test_sizes_are_in_words(size: int, text: str) -> None:
    assert byte_size(size) == text
