"""Durations and moments as people type them."""

from datetime import datetime, timedelta

import pytest
import typer

from ddbbulk.cli.times import earliest, moment, parse_duration

NOON = datetime(2026, 11, 20, 12).astimezone()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("6h", 6 * 3600),
        ("90m", 5400),
        ("1h30m", 5400),
        ("1d 2h", 26 * 3600),
        ("45s", 45),
    ],
)
def test_a_duration_is_numbers_with_units(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "6", "h", "-1h", "1.5h", "30m1h", "٣h", "9" * 99])
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(typer.BadParameter, match=r"write it like 6h, 90m or 1h30m"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["0s", "999999999999d"])
def test_a_duration_has_its_limits(text: str) -> None:
    with pytest.raises(typer.BadParameter, match=r"above 0|too long"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("18:30", "2026-11-20T18:30:00"),
        ("12:00:01", "2026-11-20T12:00:01"),
        ("06:00", "2026-11-21T06:00:00"),
        ("6:00", "2026-11-21T06:00:00"),
        ("12:00", "2026-11-21T12:00:00"),
        ("2026-12-31T06:00", "2026-12-31T06:00:00"),
        ("2026-12-31 06:00", "2026-12-31T06:00:00"),
    ],
)
def test_a_moment_is_the_next_of_its_kind(text: str, meant: str) -> None:
    assert moment(text, now=NOON) == datetime.fromisoformat(meant).astimezone()


def test_a_moment_may_bring_its_zone() -> None:
    meant = datetime.fromisoformat("2026-12-31T06:00+05:00")
    assert moment("2026-12-31T06:00+05:00", now=NOON) == meant


@pytest.mark.parametrize("text", ["", "6", "25:00", "06:61", "tomorrow", "2026-13-01"])
def test_anything_else_is_no_moment(text: str) -> None:
    with pytest.raises(typer.BadParameter, match=r"write it like 06:00"):
        moment(text, now=NOON)


def test_what_is_over_is_refused() -> None:
    with pytest.raises(typer.BadParameter, match="is over"):
        moment("2026-11-20T11:59", now=NOON)


def test_the_earlier_of_two_ends_counts() -> None:
    far = datetime.now().astimezone() + timedelta(days=1)
    assert earliest(after=None, at=None) is None
    assert earliest(after=None, at=far) == far
    soon = earliest(after=timedelta(hours=1), at=far)
    assert soon is not None
    assert soon < far
