"""A failed request becomes the exception that names the fix."""

import pytest

from ddbbulk import errors
from ddbbulk.diagnosis import request_error
from ddbbulk.retry import Failure, FailureKind


@pytest.mark.parametrize(
    ("code", "kind", "error", "advice"),
    [
        (
            "ResourceNotFoundException",
            FailureKind.FATAL,
            errors.TableNotFoundError,
            "create it",
        ),
        (
            "AccessDeniedException",
            FailureKind.FATAL,
            errors.AccessDeniedError,
            "dynamodb:BatchWriteItem on table users",
        ),
        (
            "ConnectionFailed",
            FailureKind.FAULT,
            errors.ConnectionFailedError,
            "--endpoint-url",
        ),
        (
            "ExpiredTokenException",
            FailureKind.FATAL,
            errors.CredentialsError,
            "renew them",
        ),
        (
            "ClockSkew",
            FailureKind.FATAL,
            errors.RequestRejectedError,
            "Set the clock",
        ),
        (
            "NoCredentials",
            FailureKind.FATAL,
            errors.CredentialsError,
            "AWS_PROFILE",
        ),
        (
            "ProvisionedThroughputExceededException",
            FailureKind.THROTTLED,
            errors.ThrottledError,
            "raise its capacity",
        ),
        (
            "InternalServerError",
            FailureKind.FAULT,
            errors.ServiceUnavailableError,
            "try again",
        ),
        (
            "Strange",
            FailureKind.FATAL,
            errors.RequestRejectedError,
            "Strange: it said so",
        ),
    ],
)
def test_a_failure_becomes_an_error_that_names_the_fix(
    code: str, kind: FailureKind, error: type[Exception], advice: str
) -> None:
    raised = request_error(
        Failure(kind, code, "it said so"),
        table="users",
        action="dynamodb:BatchWriteItem",
    )
    assert type(raised) is error
    assert advice in str(raised)
    assert raised.code == code
    assert raised.table == "users"


def test_values_in_a_message_are_not_repeated() -> None:
    failure = Failure(FailureKind.FATAL, "Strange", "Value 'secret' at 'x'")
    assert "secret" not in str(request_error(failure))
