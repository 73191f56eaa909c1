from datetime import UTC, datetime

import pytest

from ddbbulk.capacity.decrease_limit import is_decrease_limit, next_decrease
from ddbbulk.retry import scrubbed

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
TEXT = (
    "Subscriber limit exceeded: Provisioned throughput decreases are limited within a "
    "given UTC day. After the first 4 decreases, each subsequent decrease in the same "
    "UTC day can be performed at most once every 3600 seconds. Number of decreases "
    "today: 4. Last decrease at {last}. Next decrease can be made at {next}"
)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("Wednesday, July 25, 2018 9:48:14 PM UTC", (2018, 7, 25, 21, 48, 14)),
        (
            "Wednesday, September 30, 2026 at 12:25:39 AM Coordinated Universal Time",
            (2026, 9, 30, 0, 25, 39),
        ),
        (
            "Monday, February 13, 2023 at 12:25:39\u202fPM Coordinated Universal Time",
            (2023, 2, 13, 12, 25, 39),
        ),
        ("Friday, November 20, 2026 17:04:03 UTC", (2026, 11, 20, 17, 4, 3)),
    ],
)
def test_the_time_is_read_in_every_way_it_is_written(
    told: str, expected: tuple[int, int, int, int, int, int]
) -> None:
    # As the error carries it: scrubbed, and cut where it is too long.
    message = scrubbed(TEXT.format(last=told, next=told))

    assert is_decrease_limit(message)
    assert next_decrease(message, now=NOW) == datetime(*expected, tzinfo=UTC)


@pytest.mark.parametrize(
    "told",
    ["soon", "Friday, Brumaire 20, 2026 17:04:03 UTC", "X, May 99, 2026 1:00:00"],
)
def test_where_it_does_not_say_it_is_an_hour_later(told: str) -> None:
    message = TEXT.format(last="?", next=told)

    expected = datetime(2026, 11, 20, 13, 30, tzinfo=UTC)
    assert next_decrease(message, now=NOW) == expected


def test_or_midnight_where_that_comes_first() -> None:
    late = datetime(2026, 11, 20, 23, 40, tzinfo=UTC)

    assert next_decrease("", now=late) == datetime(2026, 11, 21, tzinfo=UTC)


def test_other_limits_are_told_apart() -> None:
    assert not is_decrease_limit(
        "Subscriber limit exceeded: Only 10 tables can be created, updated, or deleted "
        "simultaneously"
    )
