"""Errors of botocore and aiohttp, turned into ours: once, here."""

import asyncio
import os
import ssl
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import aiohttp
from botocore import exceptions as botocore_errors
from botocore.parsers import ResponseParserError

from ddbbulk.aws.service_errors import service_failure
from ddbbulk.diagnosis import request_error
from ddbbulk.errors import ConfigurationError, DdbBulkError
from ddbbulk.retry import Failure, FailureKind

# The key under which the client's ``before-parse`` handler leaves an answer's body.
RAW_BODY = "DdbBulkBody"
# Of a put whose condition did not hold.
UNMET_CODE = "ConditionalCheckFailedException"

_NO_CREDENTIALS = (
    botocore_errors.NoCredentialsError,
    botocore_errors.PartialCredentialsError,
    botocore_errors.CredentialRetrievalError,
    botocore_errors.TokenRetrievalError,
    botocore_errors.SSOError,
    botocore_errors.MetadataRetrievalError,
)
_TIMEOUTS = (
    botocore_errors.ReadTimeoutError,
    botocore_errors.ConnectTimeoutError,
    TimeoutError,
)
_UNREACHED = (
    botocore_errors.HTTPClientError,
    botocore_errors.ConnectionError,
    aiohttp.ClientError,
    asyncio.IncompleteReadError,
    OSError,
)
# The first that fits decides, so what is special stands before what is general.
_KINDS: tuple[tuple[tuple[type[Exception], ...], FailureKind, str], ...] = (
    (_NO_CREDENTIALS, FailureKind.FATAL, "NoCredentials"),
    (_TIMEOUTS, FailureKind.FAULT, "Timeout"),
    ((botocore_errors.SSLError, ssl.SSLError), FailureKind.FATAL, "TLS"),
    (_UNREACHED, FailureKind.FAULT, "ConnectionFailed"),
    ((ResponseParserError,), FailureKind.FAULT, "MalformedAnswer"),
)
# What botocore raises where a provider has nothing but what has expired.
_STILL_EXPIRED = "refreshed credentials are still expired"
FOREIGN_ERRORS = (
    botocore_errors.BotoCoreError,
    botocore_errors.ClientError,
    aiohttp.ClientError,
    OSError,
)


def unmet_answer(error: Exception) -> Mapping[str, Any] | None:
    """Return the client's answer where a condition did not hold; else None."""
    if isinstance(error, botocore_errors.ClientError):
        answer = _response(error)
        if answer.get("Error", {}).get("Code") == UNMET_CODE:
            return answer
    return None


def failure_of(error: Exception) -> Failure:
    """Return what an exception of the client means for a request."""
    if isinstance(error, botocore_errors.ClientError):
        return _service_failure(error)
    for kinds, kind, code in _KINDS:
        if isinstance(error, kinds):
            return Failure(kind, code, _first_line(error))
    if isinstance(error, RuntimeError) and _STILL_EXPIRED in str(error):
        return Failure(FailureKind.FATAL, "ExpiredToken", _first_line(error))
    return Failure(FailureKind.FATAL, type(error).__name__, _first_line(error))


@contextmanager
def translated(*, table: str = "", action: str = "") -> Generator[None, None, None]:
    """Turn the client's errors into ``RequestError`` and its kin, inside the block.

    Args:
        table: the table that the request is about.
        action: the IAM action it needs, such as ``dynamodb:DescribeTable``.
    """
    try:
        yield
    except (
        botocore_errors.NoRegionError,
        botocore_errors.ProfileNotFound,
        botocore_errors.InvalidRegionError,
        botocore_errors.InvalidConfigError,
        botocore_errors.ConfigParseError,
        ValueError,
    ) as error:
        if isinstance(error, DdbBulkError):
            raise
        raise ConfigurationError(_setting_advice(error)) from error
    except FOREIGN_ERRORS as error:
        raise request_error(failure_of(error), table=table, action=action) from error


def _response(error: botocore_errors.ClientError) -> Mapping[str, Any]:
    response: Mapping[str, Any] = error.response
    return response


def _service_failure(error: botocore_errors.ClientError) -> Failure:
    response = _response(error)
    details = response.get("Error", {})
    metadata = response.get("ResponseMetadata", {})
    return service_failure(
        metadata.get("HTTPStatusCode", 400),
        metadata.get("HTTPHeaders", {}),
        response.get(RAW_BODY, b""),
        code=str(details.get("Code", "")).rpartition("#")[2],
        message=str(details.get("Message", "")),
    )


def _setting_advice(error: Exception) -> str:
    said = _first_line(error)
    if isinstance(error, botocore_errors.NoRegionError):
        return "no AWS region is set: give --region (region=…) or set AWS_REGION"
    if isinstance(error, botocore_errors.ProfileNotFound):
        return f"{said}: check --profile or AWS_PROFILE against 'aws configure list'"
    return f"the AWS settings do not work: {said}"


def _first_line(error: Exception) -> str:
    if isinstance(error, ConnectionError) and error.errno:
        return os.strerror(error.errno)  # asyncio's words are of a call, not of a cause
    return (str(error) or type(error).__name__).strip().splitlines()[0]
