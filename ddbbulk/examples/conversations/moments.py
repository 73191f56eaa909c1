"""Times: how sort keys write them, and how people do."""

from datetime import UTC, datetime, timedelta
from typing import Final

from ddbbulk import ConfigurationError

# Seeds begin then unless they are told otherwise: the same text makes the same rows.
START: Final = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
INSTANT: Final = timedelta(microseconds=1)
_DATE_CHARACTERS: Final = len("2026-01-05")
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
    if moment is None:
        raise ConfigurationError(
            f"{option} {text}: write it as 2026-01-05 or 2026-01-05T08:30 (UTC unless "
            "it names another zone)"
        )
    if is_end and len(text.strip()) == _DATE_CHARACTERS:
        moment += _DAY - INSTANT
    return moment
