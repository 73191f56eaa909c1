"""Times: how sort keys write them, and how people do."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from ddbbulk import ConfigurationError

# Seeds begin then unless they are told otherwise: the same text makes the same rows.
START: Final = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
INSTANT: Final = timedelta(microseconds=1)
_DAY: Final = timedelta(days=1)


def stamp(moment: datetime) -> str:
    """Return a time as a sort key: UTC, ISO 8601, always with microseconds.

    One form for all, so that the order of the text is the order in time.

    Example:
        >>> stamp(START)
        '2026-01-05T08:30:00.000000+00:00'
    """
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment_of(sort_key: str) -> datetime | None:
    """Return the time that a sort key says; None: it says none."""
    try:
        moment = datetime.fromisoformat(sort_key)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def shifted(sort_key: str, by: timedelta) -> str:
    """Return a sort key so much later; one that is no time is returned as it is."""
    moment = moment_of(sort_key)
    return sort_key if moment is None else stamp(moment + by)


def parse_moment(text: str, *, option: str, is_end: bool = False) -> datetime:
    """Read a date or a time as a person writes it; without a zone it is UTC.

    Args:
        text: ISO 8601, such as ``2026-01-05`` or ``2026-01-05T08:30``.
        option: for the message.
        is_end: a date alone stands for the end of its day.

    Raises:
        ConfigurationError: it is none.
    """
    moment = moment_of(text.strip())
    try:
        if moment is not None:
            if is_end and _is_date(text.strip()):
                moment += _DAY - INSTANT
            return moment.astimezone(UTC)
    except OverflowError:
        pass  # Not every time of year 1 and 9999 is one in UTC.
    raise ConfigurationError(
        f"{option} {text}: write it as 2026-01-05 or 2026-01-05T08:30 (UTC unless "
        "it names another zone)"
    )


def check_last(start: datetime, *, minutes: int) -> None:
    """Refuse messages that would be sent when no calendar has a date any more.

    Args:
        start: when the first one is sent.
        minutes: how much later the last one is.

    Raises:
        ConfigurationError: that is after the year 9999.
    """
    try:
        _ = start + minutes * MINUTE
    except OverflowError:
        raise ConfigurationError(
            f"--start {start:%Y-%m-%dT%H:%M}: the last message would be sent after the "
            "year 9999: begin earlier, or with fewer messages"
        ) from None


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
