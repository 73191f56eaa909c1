from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbbulk import ConfigurationError
from ddbbulk.examples.conversations.moments import (
    INSTANT,
    check_last,
    moment_of,
    parse_moment,
    shifted,
    stamp,
)

MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001 -- the zone comes with the next
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]),
)


@given(MOMENTS, MOMENTS)
def test_sort_keys_are_in_the_order_of_time(one: datetime, other: datetime) -> None:
    assert (stamp(one) < stamp(other)) == (one < other)
    assert moment_of(stamp(one)) == one


def test_a_sort_key_always_has_microseconds_and_is_utc() -> None:
    berlin = timezone(timedelta(hours=1))

    assert stamp(datetime(2026, 1, 1, 1, tzinfo=berlin)) == (
        "2026-01-01T00:00:00.000000+00:00"
    )


def test_a_sort_key_that_is_no_time_is_left_as_it_is() -> None:
    assert moment_of("yesterday") is None
    assert shifted("yesterday", INSTANT) == "yesterday"
    assert shifted("2026-01-01T00:00:00.000000+00:00", -INSTANT) == (
        "2025-12-31T23:59:59.999999+00:00"
    )


@pytest.mark.parametrize(
    ("text", "is_end", "expected"),
    [
        ("2026-01-05", False, datetime(2026, 1, 5, tzinfo=UTC)),
        ("2026-01-05", True, datetime(2026, 1, 5, 23, 59, 59, 999_999, tzinfo=UTC)),
        ("20260105", True, datetime(2026, 1, 5, 23, 59, 59, 999_999, tzinfo=UTC)),
        ("9999-12-31", True, datetime.max.replace(tzinfo=UTC)),
        ("2026-01-05T08:30", True, datetime(2026, 1, 5, 8, 30, tzinfo=UTC)),
        ("2026-01-05T08:30+02:00", False, datetime(2026, 1, 5, 6, 30, tzinfo=UTC)),
        ("2026-01-05T08:30Z", False, datetime(2026, 1, 5, 8, 30, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_as_a_person_writes_it(
    text: str, expected: datetime, *, is_end: bool
) -> None:
    assert parse_moment(text, option="--until", is_end=is_end) == expected


@pytest.mark.parametrize(
    "text", ["monday", "0001-01-01T00:00+05:00", "9999-12-31T23:59-05:00"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"--since .*: write it as 2026"):
        parse_moment(text, option="--since")


def test_messages_end_before_the_calendar_does() -> None:
    start = datetime(9999, 12, 31, 23, tzinfo=UTC)

    check_last(start, minutes=59)
    with pytest.raises(ConfigurationError, match="--start 9999-12-31T23:00: the last"):
        check_last(start, minutes=60)
