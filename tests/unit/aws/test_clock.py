from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from ddbbulk.aws.clock import skew_failure
from ddbbulk.retry import Failure, FailureKind

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
EXPIRED = "Signature expired: 20261120T120000Z is now earlier than 20261120T121500Z"
WRONG = "The request signature we calculated does not match the signature you provided."


def judged(
    offset: timedelta, code: str = "InvalidSignatureException", message: str = EXPIRED
) -> Failure | None:
    headers = {"date": format_datetime(NOW + offset, usegmt=True)}
    return skew_failure(code, message, headers, now=NOW)


@pytest.mark.parametrize(
    ("offset", "told"),
    [
        (timedelta(minutes=20), "20 min behind"),
        (timedelta(hours=-26, seconds=-5), "26 h ahead of"),
        (timedelta(minutes=5, seconds=7), "5 min behind"),
    ],
)
def test_the_date_of_an_answer_tells_by_how_much(offset: timedelta, told: str) -> None:
    assert judged(offset) == Failure(
        FailureKind.FATAL,
        "ClockSkew",
        f"the clock of this machine is {told} that of the service",
    )


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("InvalidSignatureException", "Signature not yet current: 2026 is still later"),
        ("RequestTimeTooSkewed", "The difference is too large"),
        ("RequestExpired", ""),
    ],
)
def test_it_is_said_in_several_ways(code: str, message: str) -> None:
    failure = judged(timedelta(hours=1), code, message)
    assert failure is not None
    assert failure.code == "ClockSkew"


def test_a_wrong_signature_is_no_wrong_clock() -> None:
    assert judged(timedelta(hours=1), message=WRONG) is None
    assert judged(timedelta(hours=1), "ExpiredTokenException", "expired") is None


def test_a_request_that_slept_on_its_way_is_sent_again() -> None:
    failure = judged(timedelta(seconds=3))
    assert failure == Failure(FailureKind.FAULT, "InvalidSignatureException", EXPIRED)


@pytest.mark.parametrize("headers", [{}, {"date": "soon"}])
def test_without_a_date_the_offset_stays_open(headers: dict[str, str]) -> None:
    failure = skew_failure("RequestExpired", "", headers, now=NOW)
    assert failure == Failure(
        FailureKind.FATAL, "ClockSkew", "the clock of this machine is off"
    )
