"""How long and until when, in the words of the command line."""

import re
from datetime import datetime, time, timedelta
from typing import Final

import typer

_DURATION: Final = re.compile(
    r"(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII
)
_CLOCK: Final = re.compile(r"\d\d?:\d\d(?::\d\d)?", re.ASCII)


def parse_duration(text: str) -> timedelta:
    """Read ``6h``, ``90m``, ``1h30m`` or ``45s``."""
    found = _DURATION.fullmatch(text.strip().replace(" ", ""))
    if found is None:
        raise typer.BadParameter(
            f"{text!r}: write it like 6h, 90m or 1h30m (days d, hours h, minutes m, "
            "seconds s)"
        )
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    try:
        length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise typer.BadParameter(f"{text!r}: that is too long") from None
    if not length:
        raise typer.BadParameter(f"{text!r}: give a time above 0")
    return length


def parse_moment(text: str) -> datetime:
    """Read ``06:00`` (the next one, here) or ``2026-12-31T06:00``."""
    return moment(text, now=datetime.now().astimezone())


def moment(text: str, *, now: datetime) -> datetime:
    """Return the time that is meant, with its zone.

    Args:
        text: a time of the day, or a date and time in ISO 8601; without a zone it is
            this machine's.
        now: the time, in this machine's zone.
    """
    text = text.strip()
    try:
        if _CLOCK.fullmatch(text):
            return _next(time.fromisoformat(text.zfill(5)), now)
        meant = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r}: write it like 06:00, or with its date 2026-12-31T06:00"
        ) from None
    meant = meant if meant.tzinfo else meant.astimezone()
    if meant <= now:
        raise typer.BadParameter(f"{text!r} is over: give a time to come")
    return meant


def earliest(*, after: timedelta | None, at: datetime | None) -> datetime | None:
    """Return which of the two comes first; None where neither is given."""
    moments = [] if at is None else [at]
    if after is not None:
        moments.append(datetime.now().astimezone() + after)
    return min(moments, default=None)


def _next(clock: time, now: datetime) -> datetime:
    # Without its zone: the clock on the wall counts, also where it is changed.
    here = now.replace(tzinfo=None)
    meant = datetime.combine(here.date(), clock)
    if meant <= here:
        meant += timedelta(days=1)
    return meant.astimezone()
