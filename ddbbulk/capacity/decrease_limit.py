"""When capacity may be lowered again, as the service says it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

# It has been seen as "July 25, 2018 9:48:14 PM UTC", as "February 13, 2023 at 11:25:39
# AM Coordinated Universal Time", and the simulator counts to 24 hours.
_NEXT: Final = re.compile(
    r"Next decrease can be made at\s+\w+,\s+(?P<month>\w{3})\w*\s+(?P<day>\d+),\s+"
    r"(?P<year>\d{4})(?:\s+at)?\s+(?P<hour>\d+):(?P<minute>\d\d):(?P<second>\d\d)"
    r"(?:\s*(?P<half>[AP])M)?",
    re.IGNORECASE,
)
_MONTHS: Final = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
_NOON: Final = 12
# Where it does not say: one is allowed an hour after the last, and again at midnight.
_USUAL: Final = timedelta(hours=1)


def is_decrease_limit(message: str) -> bool:
    """Say whether a LimitExceededException is about decreases of capacity."""
    return "decreases are limited" in message or "Next decrease" in message


def next_decrease(message: str, *, now: datetime) -> datetime:
    """Return when capacity may be lowered next.

    Args:
        message: of the service's LimitExceededException.
        now: the time, with its zone.
    """
    return _told(message) or min(now + _USUAL, _midnight(now))


def _told(message: str) -> datetime | None:
    found = _NEXT.search(message)
    if found is None or found["month"].lower() not in _MONTHS:
        return None
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % _NOON + (_NOON if found["half"].upper() == "P" else 0)
    try:
        return datetime(
            int(found["year"]),
            _MONTHS.index(found["month"].lower()) + 1,
            int(found["day"]),
            hour,
            int(found["minute"]),
            int(found["second"]),
            tzinfo=UTC,
        )
    except ValueError:
        return None


def _midnight(now: datetime) -> datetime:
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)
