"""Errors are classified by code; waits and stops are tenacity's."""

import pytest
from tenacity import stop_after_attempt, wait_fixed

from ddbbulk.retry import FailureKind, RetryPolicy, classify, scrubbed


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("ProvisionedThroughputExceededException", 400, FailureKind.THROTTLED),
        ("ThrottlingException", 400, FailureKind.THROTTLED),
        ("RequestLimitExceeded", 400, FailureKind.THROTTLED),
        ("InternalServerError", 500, FailureKind.FAULT),
        ("ServiceUnavailable", 503, FailureKind.FAULT),
        ("ReplicatedWriteConflictException", 400, FailureKind.FAULT),
        ("ReplicatedWriteConflictException", 409, FailureKind.FAULT),
        ("ConnectionFailed", 400, FailureKind.FAULT),
        ("SomethingNew", 502, FailureKind.FAULT),
        ("ValidationException", 400, FailureKind.REFUSED),
        ("ItemCollectionSizeLimitExceededException", 400, FailureKind.REFUSED),
        ("", 413, FailureKind.REFUSED),
        ("429", 429, FailureKind.THROTTLED),
        ("ResourceNotFoundException", 400, FailureKind.FATAL),
        ("AccessDeniedException", 400, FailureKind.FATAL),
        ("SomethingNew", 400, FailureKind.FATAL),
    ],
)
def test_a_code_says_what_to_do(code: str, status: int, kind: FailureKind) -> None:
    assert classify(code, status=status) is kind


def test_throttles_wait_shortly_and_faults_longer() -> None:
    policy = RetryPolicy()
    throttle = [
        policy.wait_seconds(FailureKind.THROTTLED, attempts=n) for n in range(1, 12)
    ]
    fault = [policy.wait_seconds(FailureKind.FAULT, attempts=n) for n in range(1, 12)]
    assert 0.05 <= throttle[0] <= 0.1
    assert 0.25 <= fault[0] <= 0.5
    assert max(throttle) <= 1.05
    assert max(fault) <= 10.25


def test_a_load_is_given_up_after_five_minutes_without_progress() -> None:
    policy = RetryPolicy()
    assert not policy.gives_up(attempts=999, seconds=299)
    assert policy.gives_up(attempts=1, seconds=300)


def test_an_endpoint_that_never_answered_is_given_up_sooner() -> None:
    policy = RetryPolicy()
    assert not policy.gives_up(attempts=1, seconds=9, was_reached=False)
    assert policy.gives_up(attempts=1, seconds=10, was_reached=False)


def test_any_of_tenacitys_waits_and_stops_will_do() -> None:
    policy = RetryPolicy(
        throttle_wait=wait_fixed(3) + wait_fixed(4), stop=stop_after_attempt(2)
    )
    assert policy.wait_seconds(FailureKind.THROTTLED, attempts=1) == 7
    assert policy.gives_up(attempts=2, seconds=0)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Requested resource not found", "Requested resource not found"),
        ("Value 'secret' at 'a'", "Value '…' at '…'"),
        ("dump {T=[{a={S=secret}}]} end", "dump {…} end"),
        ("to a numeric value: 4711x", "to a numeric value: …"),
        ("x" * 600, "x" * 500),
    ],
)
def test_values_are_scrubbed_from_messages(message: str, said: str) -> None:
    assert scrubbed(message) == said
