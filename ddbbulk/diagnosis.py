"""What a failed request means for a person: the exception, and what to do about it."""

from typing import Final, NamedTuple

from ddbbulk.errors import (
    AccessDeniedError,
    ConnectionFailedError,
    CredentialsError,
    RequestError,
    RequestRejectedError,
    ServiceUnavailableError,
    TableNotFoundError,
    ThrottledError,
)
from ddbbulk.retry import Failure, FailureKind, scrubbed


class _Advice(NamedTuple):
    error: type[RequestError]
    message: str


_MISSING = _Advice(
    TableNotFoundError,
    "there is no {subject} at this endpoint and region: check its name, "
    "--region and --endpoint-url, or create it first",
)
_DENIED = _Advice(
    AccessDeniedError,
    "{action} on {subject} is not allowed: grant it in the IAM policy ({said})",
)
_UNREACHED = _Advice(
    ConnectionFailedError,
    "the endpoint could not be reached: {said}. Check --endpoint-url, the region "
    "and the network, and that the server runs",
)
_UNKNOWN_CALLER = _Advice(
    CredentialsError,
    "no usable AWS credentials ({code}: {said}): set AWS_PROFILE, or "
    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run 'aws configure'",
)
_EXPIRED = _Advice(
    CredentialsError,
    "the AWS credentials have expired ({code}: {said}): renew them where they come "
    "from ('aws sso login', the shared credentials file, the environment) and run the "
    "same again",
)
_SKEWED = _Advice(
    RequestRejectedError,
    "the service refuses what is signed with the wrong time: {said}. Set the clock "
    "(timedatectl set-ntp true, or the host's for a container) and run the same again",
)
_THROTTLED = _Advice(
    ThrottledError,
    "{subject} was throttled for as long as the retry policy waits "
    "({code}: {said}): raise its capacity, or lower --wcu",
)
_THROTTLED_READ = _Advice(
    ThrottledError,
    "{subject} was throttled for as long as the retry policy waits "
    "({code}: {said}): raise its read capacity, or lower --rcu",
)
_FAILED = _Advice(
    ServiceUnavailableError,
    "{subject}: the service failed for as long as the retry policy waits "
    "({code}: {said}): try again later",
)
_REFUSED = _Advice(RequestRejectedError, "{subject}: {code}: {said}")
_FOREIGN = _Advice(
    RequestRejectedError,
    "{subject}: what answered is no DynamoDB ({code}: {said}): check --endpoint-url",
)
# The code of an answer that no DynamoDB would give.
NOT_DYNAMODB: Final = "NotDynamoDB"

_BY_CODE: dict[str, _Advice] = {
    NOT_DYNAMODB: _FOREIGN,
    "ResourceNotFoundException": _MISSING,
    "AccessDeniedException": _DENIED,
    "ConnectionFailed": _UNREACHED,
    "Timeout": _UNREACHED,
    "TLS": _UNREACHED,
    "NoCredentials": _UNKNOWN_CALLER,
    "UnrecognizedClientException": _UNKNOWN_CALLER,
    "InvalidSignatureException": _UNKNOWN_CALLER,
    "IncompleteSignatureException": _UNKNOWN_CALLER,
    "IncompleteSignature": _UNKNOWN_CALLER,
    "MissingAuthenticationToken": _UNKNOWN_CALLER,
    "MissingAuthenticationTokenException": _UNKNOWN_CALLER,
    "ExpiredTokenException": _EXPIRED,
    "ExpiredToken": _EXPIRED,
    "ClockSkew": _SKEWED,
    "InvalidClientTokenId": _UNKNOWN_CALLER,
}
_READS = frozenset({"dynamodb:Scan", "dynamodb:BatchGetItem"})
_BY_KIND: dict[FailureKind, _Advice] = {
    FailureKind.THROTTLED: _THROTTLED,
    FailureKind.FAULT: _FAILED,
    FailureKind.REFUSED: _REFUSED,
    FailureKind.FATAL: _REFUSED,
}


def request_error(
    failure: Failure, *, table: str = "", action: str = ""
) -> RequestError:
    """Return the exception for a failed request.

    Args:
        failure: what the service or the connection said.
        table: the table that the request is about.
        action: the IAM action it needs, such as ``dynamodb:BatchWriteItem``.
    """
    advice = _BY_CODE.get(failure.code) or _BY_KIND[failure.kind]
    if advice is _THROTTLED and action in _READS:
        advice = _THROTTLED_READ
    elif advice is _REFUSED and failure.code.isdigit():
        advice = _FOREIGN  # DynamoDB's errors have names, and not only HTTP's numbers.
    text = advice.message.format(
        subject=f"table {table}" if table else "the request",
        action=action or "the action",
        code=failure.code,
        said=scrubbed(failure.message) or "without a message",
    )
    return advice.error(text, table=table, code=failure.code)
