"""The verdict names what really bound the load."""

from typing import Any

import pytest

from ddbbulk.bottleneck import Bottleneck
from ddbbulk.report import HotKey


def a_hot_key(floor: float, *, resource: str = "by_team") -> HotKey:
    return HotKey(
        resource=resource,
        key="ducks",
        write_units=floor * 1000,
        share=0.5,
        floor_seconds=floor,
    )


def verdict(*waits: tuple[str | int, float], **more: float | HotKey) -> str:
    bottleneck = Bottleneck(["", "by_team"])
    for cause, seconds in waits:
        bottleneck.waited(cause, seconds)
    facts: dict[str, Any] = {
        "rates": [200.0, 100.0],
        "elapsed_seconds": 50.0,
        "floor_seconds": 50.0,
        "throttled_share": 0.0,
        "cpu_share": 0.1,
        "max_connections": 64,
    }
    return bottleneck.verdict(**{**facts, **more})


@pytest.mark.parametrize(
    ("cause", "named"),
    [
        (0, "budget of the table: 200 WCU"),
        (1, "budget of index by_team: 100 WCU"),
        ("connections", "all 64 connections"),
        ("items", "the source"),
        ("linger", "the source"),
    ],
)
def test_what_was_waited_for_longest_is_named(cause: str | int, named: str) -> None:
    assert named in verdict((cause, 40.0), (0, 1.0), ("items", 0.5))


def test_throttling_comes_before_all_else() -> None:
    assert "throttling: 30%" in verdict((0, 40.0), throttled_share=0.3)


def test_a_rate_that_was_found_out_is_told_as_what_was_given() -> None:
    bottleneck = Bottleneck(["", "by_team"], lambda number: f"gave {number}")
    bottleneck.waited(1, 40.0)
    facts: dict[str, Any] = {
        "rates": [200.0, 100.0],
        "elapsed_seconds": 50.0,
        "floor_seconds": 5.0,
        "throttled_share": 0.3,
        "cpu_share": 0.1,
        "max_connections": 64,
    }
    assert bottleneck.verdict(**facts) == "gave 1"


def test_a_budget_that_was_not_used_did_not_bind() -> None:
    said = verdict((0, 40.0), elapsed_seconds=61.0)
    assert "busy machine: 17%" in said


def test_a_short_load_is_not_blamed_for_opening_its_connection() -> None:
    assert "budget" in verdict((0, 0.5), elapsed_seconds=1.0, floor_seconds=0.5)


def test_a_process_that_only_computes_is_bound_by_its_cpu() -> None:
    assert "CPU" in verdict(("items", 40.0), cpu_share=0.97)


def test_a_hot_key_that_takes_longer_than_any_budget_is_named() -> None:
    said = verdict(
        ("items", 40.0),
        elapsed_seconds=51.3,
        floor_seconds=12.5,
        hot_key=a_hot_key(50.0),
    )
    assert said == (
        "bound by hot key ducks of by_team: 1,000 WCU per partition key, floor 50 s"
    )


def test_a_hot_key_of_the_table_is_named_although_it_throttled() -> None:
    said = verdict(
        throttled_share=0.4, floor_seconds=12.5, hot_key=a_hot_key(50.0, resource="")
    )
    assert "hot key ducks of the table" in said


def test_a_hot_key_that_held_up_the_budget_is_named() -> None:
    said = verdict(
        (0, 40.0),
        ("hot keys", 8.0),
        elapsed_seconds=61.0,
        hot_key=a_hot_key(2.0),
    )
    assert "hot key ducks" in said


@pytest.mark.parametrize(
    ("wait", "named"),
    [((0, 40.0), "budget of the table"), (("items", 40.0), "the source")],
)
def test_a_hot_key_that_cost_no_time_is_not_to_blame(
    wait: tuple[str | int, float], named: str
) -> None:
    assert named in verdict(wait, ("hot keys", 0.3), hot_key=a_hot_key(10.0))


def test_a_load_that_took_far_longer_than_its_hottest_key_was_not_bound_by_it() -> None:
    said = verdict(
        ("items", 190.0),
        elapsed_seconds=200.0,
        floor_seconds=12.5,
        hot_key=a_hot_key(50.0),
    )
    assert "the source" in said
