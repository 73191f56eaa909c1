"""What an error means, and how long to wait: classification by code, tenacity's waits.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
(which errors to retry) and .../programming-with-python.html (throttles are light, so
short waits; faults longer ones, with jitter).
"""

import re
from dataclasses import dataclass, field
from enum import Enum

from tenacity import (
    RetryCallState,
    stop_after_delay,
    wait_exponential,
    wait_random,
)
from tenacity.stop import stop_base
from tenacity.wait import wait_base


class FailureKind(Enum):
    """What to do about a failed request."""

    THROTTLED = "throttled"
    """Nothing was written: wait and send again."""
    FAULT = "fault"
    """It may have been written: wait and send again."""
    REFUSED = "refused"
    """Some write of the batch is invalid: find it, send the others."""
    FATAL = "fatal"
    """No request will fare better: end the load."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that was not answered with success.

    Args:
        kind: what to do about it.
        code: DynamoDB's error code, or ours for what has none (``ConnectionFailed``,
            ``Timeout``, ``ChecksumMismatch``, ``MalformedAnswer``).
        message: the service's message, without values.
        reasons: pairs of ThrottlingReason and resource ARN.
    """

    kind: FailureKind
    code: str
    message: str
    reasons: tuple[tuple[str, str], ...] = ()


# Nobody has answered.
UNREACHED = frozenset({"ConnectionFailed", "Timeout"})
# The service may yet do what was sent; a gateway says so by its HTTP status alone.
UNANSWERED = UNREACHED | {"502", "504"}
_THROTTLES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ProvisionedThroughputExceeded",
        "ThrottlingException",
        "Throttling",
        "RequestLimitExceeded",
        "TooManyRequestsException",
    }
)
_FAULTS = frozenset(
    {
        "InternalServerError",
        "InternalFailure",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "ReplicatedWriteConflictException",
        "TransactionInProgressException",
        "TransactionConflictException",
        "ConnectionFailed",
        "Timeout",
        "ChecksumMismatch",
        "MalformedAnswer",
    }
)
_REFUSALS = frozenset(
    {
        "ValidationException",
        "SerializationException",
        "RequestEntityTooLarge",
        "ItemCollectionSizeLimitExceededException",
    }
)
_SERVER_ERROR = 500
_TOO_LARGE = 413
_TOO_MANY = 429


def classify(code: str, *, status: int = 400) -> FailureKind:
    """Return what to do about an error code (and HTTP status, for codes unknown)."""
    if code in _THROTTLES or status == _TOO_MANY:
        return FailureKind.THROTTLED
    if code in _FAULTS or status >= _SERVER_ERROR:
        return FailureKind.FAULT
    if code in _REFUSALS or status == _TOO_LARGE:
        return FailureKind.REFUSED
    return FailureKind.FATAL


def scrubbed(message: str) -> str:
    """Return a service's message without the values that it may quote."""
    message = re.sub(r"\{.*\}", "{…}", message, flags=re.DOTALL)
    message = re.sub(r"'[^']*'", "'…'", message)
    message = re.sub(r"(numeric value:).*", r"\1 …", message, flags=re.DOTALL)
    # The longest that is worth reading says when capacity may be lowered again.
    return message[:500]


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How long to wait before a write travels again, and when to give up.

    The waits and stops are tenacity's: any of its objects, or sums of them, will do.

    Args:
        throttle_wait: before writes that were throttled or came back unprocessed.
        fault_wait: before writes whose request failed (server error, lost connection).
        stop: ends a load that writes nothing, while its writes keep failing. A load
            that progresses is never given up.
        stop_unreached: the same for an endpoint that has not answered once: most
            likely it is the wrong one.

    Example:
        >>> from tenacity import stop_after_delay
        >>> policy = RetryPolicy(stop=stop_after_delay(60))
    """

    throttle_wait: wait_base = field(
        default_factory=lambda: (
            wait_exponential(multiplier=0.05, max=1) + wait_random(0, 0.05)
        )
    )
    fault_wait: wait_base = field(
        default_factory=lambda: (
            wait_exponential(multiplier=0.25, max=10) + wait_random(0, 0.25)
        )
    )
    stop: stop_base = field(default_factory=lambda: stop_after_delay(300))
    stop_unreached: stop_base = field(default_factory=lambda: stop_after_delay(10))

    def wait_seconds(self, kind: FailureKind, *, attempts: int) -> float:
        """Return the seconds to wait after so many failures of this kind."""
        wait = self.fault_wait if kind is FailureKind.FAULT else self.throttle_wait
        return wait(_state(attempts=attempts, seconds=0.0))

    def gives_up(
        self, *, attempts: int, seconds: float, was_reached: bool = True
    ) -> bool:
        """Say whether a load without progress for these seconds is to end."""
        stop = self.stop if was_reached else self.stop_unreached
        return stop(_state(attempts=attempts, seconds=seconds))


def _state(*, attempts: int, seconds: float) -> RetryCallState:
    # tenacity asks its waits and stops with a call state; the writer's loop is not one
    # call, so it is made for the question.
    state = RetryCallState(retry_object=None, fn=None, args=(), kwargs={})  # type: ignore[arg-type] # waits and stops do not look at it
    state.attempt_number = attempts
    state.start_time = 0.0
    state.outcome_timestamp = seconds
    return state
