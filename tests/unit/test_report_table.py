from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from ddbbulk.report import HotKey, Latency, LoadReport, Rejection
from ddbbulk.report_table import report_sheet


def report(**changes: object) -> LoadReport:
    settings: dict[str, Any] = {
        "table": "tweeter_follow",
        "started_at": datetime(2025, 1, 2, tzinfo=UTC),
        "elapsed_seconds": 50.04,
        "floor_seconds": 50.0,
        "items_read": 10_000,
        "items_written": 10_000,
        "items_superseded": 0,
        "items_existing": 0,
        "items_rejected": 0,
        "items_pending": 0,
        "write_units": 10_000.0,
        "index_write_units": {"follows_index": 5_000.0},
        "budget": 200.0,
        "index_budgets": {"follows_index": 100.0},
        "budget_utilization": 0.999,
        "requests": 417,
        "throttled_requests": 3,
        "unprocessed_items": 21,
        "retried_items": 22,
        "latency_ms": Latency(p50=11, p90=14, p99=18, max=22),
        "transport": "aioboto3",
        "verdict": "The budget of the table (200 WCU) bound the load.",
    }
    return LoadReport(**(settings | changes))


def rejection(line: int, message: str = "no attribute alias") -> Rejection:
    return Rejection(
        position=line - 2,
        where=f"users.csv, line {line}",
        code="MissingKey",
        message=message,
    )


def sheet(shown: LoadReport, *, title: str | None = None, width: int = 80) -> str:
    console = Console(file=StringIO(), width=width, color_system=None)
    console.print(report_sheet(shown, title=title))
    file = console.file
    assert isinstance(file, StringIO)
    return file.getvalue()


def row(text: str, name: str) -> list[str]:
    [line] = [line for line in text.splitlines() if line.strip().startswith(name)]
    return line.split()[len(name.split()) :]


def test_the_outcome_and_the_verdict_come_first() -> None:
    first, second, *_ = sheet(report()).splitlines()

    assert first.strip() == "tweeter_follow: all 10,000 items written in 50.0 s"
    assert second.strip() == "The budget of the table (200 WCU) bound the load."


@pytest.mark.parametrize(("items", "said"), [(0, "0 items"), (1, "1 item")])
def test_the_headline_of_few_items_is_said_as_a_person_would(
    items: int, said: str
) -> None:
    first, *_ = sheet(report(items_read=items, items_written=items)).splitlines()

    assert first.strip() == f"tweeter_follow: {said} written in 50.0 s"


def test_a_title_replaces_the_table_name() -> None:
    assert sheet(report(), title="follows").startswith("follows: all 10,000")


def test_an_incomplete_load_names_what_is_missing() -> None:
    shown = report(items_written=9_900, items_rejected=60, items_pending=40)

    headline = sheet(shown).splitlines()[0]

    assert "9,900 of 10,000 items written, 60 rejected, 40 pending" in headline


def test_counts_stand_as_a_sum_that_balances() -> None:
    shown = report(items_written=9_000, items_superseded=900, items_rejected=100)

    text = sheet(shown)

    assert "10,000 read = 9,000 written + 900 superseded + 100 rejected" in text
    assert "balance" not in text


def test_counts_that_do_not_balance_are_called_a_bug() -> None:
    assert "does NOT balance" in sheet(report(items_written=9_999))


def test_each_resource_stands_against_its_own_budget() -> None:
    text = sheet(report(elapsed_seconds=50.0))

    assert row(text, "table") == ["10,000", "200", "200", "100.0%"]
    assert row(text, "follows_index") == ["5,000", "100", "100", "100.0%"]


def test_a_load_of_no_time_divides_by_nothing() -> None:
    text = sheet(report(elapsed_seconds=0.0, write_units=0.0, items_read=0))

    assert row(text, "table") == ["0", "-", "200", "-"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (119.9, "119.9 s"), (725, "12 min 5 s"), (11_220, "3 h 7 min")],
)
def test_durations_read_as_people_say_them(seconds: float, text: str) -> None:
    assert f"written in {text}\n" in sheet(report(elapsed_seconds=seconds), width=100)


def test_alike_rejections_are_shown_once_with_the_next_place() -> None:
    shown = report(
        items_written=9_997,
        items_rejected=3,
        rejections=(rejection(2), rejection(7), rejection(9, "too large")),
    )

    text = sheet(shown, width=200)

    assert "users.csv, line 2: no attribute alias (MissingKey; 1 more like this, " in (
        text
    )
    assert "next users.csv, line 7)" in text
    assert "users.csv, line 9: too large (MissingKey)" in text


def test_only_the_first_five_reasons_are_shown() -> None:
    rejections = tuple(rejection(line, f"reason {line}") for line in range(2, 12))

    text = sheet(report(items_rejected=10, rejections=rejections))

    assert "reason 6" in text
    assert "reason 7" not in text


def test_neither_markup_nor_terminal_codes_of_data_take_effect() -> None:
    nasty = "[red]\x1b[31m\u202e"
    shown = report(
        verdict=f"verdict {nasty}",
        items_rejected=1,
        rejections=(rejection(2, f"message {nasty}"),),
    )

    text = sheet(shown, title=f"title {nasty}", width=200)

    assert text.count(r"[red]\x1b[31m\u202e") == 3
    assert "\x1b" not in text


def test_every_line_fits_80_columns() -> None:
    shown = report(
        table="t" * 60,
        verdict="word " * 50,
        index_write_units={"i" * 70: 1_000_000.0},
        index_budgets={"i" * 70: 40_000.0},
        items_rejected=1,
        rejections=(rejection(2, "explained " * 30),),
    )

    assert max(map(len, sheet(shown).splitlines())) <= 80


def test_what_earlier_runs_did_is_told() -> None:
    assert "4,000 of them were done by earlier runs" in sheet(
        report(items_resumed=4_000)
    )
    assert "earlier runs" not in sheet(report())


def hot_key(key: str, floor: float, *, resource: str = "follows_index") -> HotKey:
    return HotKey(
        resource=resource,
        key=key,
        write_units=floor * 1000,
        share=0.25,
        floor_seconds=floor,
    )


def test_hot_keys_are_shown_with_the_time_that_they_take() -> None:
    keys = [hot_key("@daisy", 60.0), hot_key("@donald", 30.0, resource="")]
    text = sheet(report(floor_seconds=60.0, hot_keys=keys))
    assert "the floor of its hottest key is 60.0 s" in text
    assert "@daisy of follows_index: 25.0% of its units, 60.0 s at the least" in text
    assert "@donald of the table: 25.0% of its units, 30.0 s at the least" in text
    assert "and others" not in text


def test_of_many_hot_keys_the_first_are_shown_and_made_safe() -> None:
    keys = [hot_key(f"\x1bk{n}", 2.0) for n in range(10)]
    text = sheet(report(hot_keys=keys))
    assert "\\x1bk0 of" in text
    assert "k3 of" not in text
    assert "and others" in text
    assert "\x1b" not in text
    assert "the floor at this budget is 50.0 s" in text
