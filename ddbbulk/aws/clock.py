"""Signatures that the service finds too old or too new: by how much a clock is off."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from ddbbulk.retry import Failure, FailureKind

_CODES: Final = frozenset({"RequestTimeTooSkewed", "RequestExpired"})
# InvalidSignatureException says these, or that the signature is wrong.
_TEXTS: Final = ("signature expired", "signature not yet current")
# The service bears minutes. A clock that is off by less is right: the request took long
# on its way (the machine slept), and signed anew it will pass.
_RIGHT: Final = timedelta(minutes=1)


def skew_failure(
    code: str, message: str, headers: Mapping[str, str], *, now: datetime
) -> Failure | None:
    """Return the failure of a request whose signature has the wrong time.

    Args:
        code: the service's error code.
        message: and its message.
        headers: of its answer; ``date`` tells its time.
        now: this machine's time.

    Returns:
        None where the error is about something else.
    """
    said = message.lower()
    if code not in _CODES and not any(text in said for text in _TEXTS):
        return None
    service_time = _date(headers)
    if service_time is None:
        return Failure(
            FailureKind.FATAL, "ClockSkew", "the clock of this machine is off"
        )
    behind = service_time - now
    if abs(behind) < _RIGHT:
        return Failure(FailureKind.FAULT, code, message)
    where = "behind" if behind > timedelta() else "ahead of"
    told = f"{_told(abs(behind))} {where} that of the service"
    return Failure(
        FailureKind.FATAL, "ClockSkew", f"the clock of this machine is {told}"
    )


def _date(headers: Mapping[str, str]) -> datetime | None:
    try:
        date = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)


def _told(offset: timedelta) -> str:
    hours, minutes = divmod(round(offset.total_seconds() / 60), 60)
    parts = [(hours, "h"), (minutes, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)
