"""What belongs to a table, and what is said where it cannot be seen."""

from collections.abc import Mapping
from typing import Any, cast

import pytest

from ddbbulk import AccessDeniedError, Connection, RequestRejectedError
from ddbbulk.errors import RequestError, ServiceUnavailableError
from ddbbulk.recreation import LOSSES, Loss, inspect_table
from ddbbulk.recreation.surroundings import surroundings
from ddbbulk.tables import requests

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/ducks"
DUCKS: dict[str, Any] = {"TableName": "ducks", "TableArn": ARN}
POINT = "PointInTimeRecoveryDescription"


class Service:
    """Answers requests as it is told to; it has no other operations."""

    endpoint_url = "http://127.0.0.1:8000"

    def __init__(self, answers: Mapping[str, Any] | None = None) -> None:
        self._answers = answers or {}
        self.asked: list[dict[str, Any]] = []

    async def request(self, operation: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 -- as a connection's
        self.asked.append(parameters)
        answer = self._answers.get(operation, _unknown(operation))
        if isinstance(answer, RequestError):
            raise answer
        return cast("dict[str, Any]", answer)


def _unknown(operation: str) -> RequestError:
    return RequestRejectedError(operation, code="UnknownOperationException")


async def found(
    answers: Mapping[str, Any] | None = None,
    *,
    tags: Mapping[str, str] | None = None,
    **table: Any,  # noqa: ANN401 -- members of a description
) -> tuple[Loss, ...]:
    connection = cast("Connection", Service(answers))
    seen = await surroundings(connection, DUCKS | table, name="ducks", tags=tags or {})
    return seen.losses


async def test_a_bare_table_on_a_server_that_has_nothing_loses_nothing() -> None:
    connection = cast("Connection", Service())
    seen = await surroundings(connection, DUCKS, name="ducks", tags={"team": "birds"})
    assert (seen.losses, seen.unseen) == ((), ())
    assert set(seen.unknown) == {"pitr", "policy", "kinesis", "contributor-insights"}


@pytest.mark.parametrize(
    ("member", "value", "loss"),
    [
        (
            "Replicas",
            [{"RegionName": "eu-west-1"}, {"RegionName": "us-east-1"}],
            Loss("replicas", "us-east-1"),
        ),
        (
            "StreamSpecification",
            {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
            Loss("stream", "NEW_IMAGE"),
        ),
        (
            "SSEDescription",
            {"Status": "ENABLED", "KMSMasterKeyArn": "arn:key"},
            Loss("kms-key", "arn:key"),
        ),
        (
            "TableClassSummary",
            {"TableClass": "STANDARD_INFREQUENT_ACCESS"},
            Loss("table-class", "STANDARD_INFREQUENT_ACCESS"),
        ),
    ],
)
async def test_what_a_description_tells_is_a_loss(
    member: str,
    value: Any,  # noqa: ANN401 -- as above
    loss: Loss,
) -> None:
    assert await found(**{member: value}) == (loss,)


async def test_what_is_off_is_none() -> None:
    off = {
        "describe_continuous_backups": {
            "ContinuousBackupsDescription": {
                "ContinuousBackupsStatus": "ENABLED",
                POINT: {"PointInTimeRecoveryStatus": "DISABLED"},
            }
        },
        "get_resource_policy": RequestRejectedError(
            "none", code="PolicyNotFoundException"
        ),
        "describe_kinesis_streaming_destination": {
            "KinesisDataStreamDestinations": [{"DestinationStatus": "DISABLED"}]
        },
        "list_contributor_insights": {
            "ContributorInsightsSummaries": [{"ContributorInsightsStatus": "DISABLED"}]
        },
    }
    assert await found(off, StreamSpecification=None, Replicas=None) == ()


async def test_what_is_on_is_a_loss_each() -> None:
    on = {
        "describe_continuous_backups": {
            "ContinuousBackupsDescription": {
                POINT: {
                    "PointInTimeRecoveryStatus": "ENABLED",
                    "RecoveryPeriodInDays": 35,
                }
            }
        },
        "get_resource_policy": {"Policy": "{}"},
        "describe_kinesis_streaming_destination": {
            "KinesisDataStreamDestinations": [
                {"DestinationStatus": "ACTIVE", "StreamArn": "arn:stream"}
            ]
        },
        "list_contributor_insights": {
            "ContributorInsightsSummaries": [
                {"IndexName": "by_city", "ContributorInsightsStatus": "ENABLED"}
            ]
        },
    }
    losses = await found(on, tags={"aws:cloudformation:stack-id": "x"})
    assert set(losses) == {
        Loss("pitr", "35 days"),
        Loss("policy"),
        Loss("kinesis", "arn:stream"),
        Loss("contributor-insights", "of index by_city"),
        Loss("aws-tags", "aws:cloudformation:stack-id"),
    }
    assert {loss.name for loss in losses} <= set(LOSSES)


async def test_what_may_not_be_looked_at_is_said_so() -> None:
    denied = AccessDeniedError("not allowed", code="AccessDeniedException")
    service = Service({"get_resource_policy": denied})
    connection = cast("Connection", service)
    seen = await surroundings(connection, DUCKS, name="ducks", tags={})
    assert seen.unseen == (("policy", "not allowed"),)
    assert {"ResourceArn": ARN} in service.asked


async def test_a_table_of_another_account_is_asked_for_by_its_arn_alone() -> None:
    element = {
        **DUCKS,
        "TableStatus": "ACTIVE",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
    }
    service = Service({"describe_table": {"Table": element}})
    await inspect_table(cast("Connection", service), ARN)
    assert {ARN} == {one for asked in service.asked for one in asked.values()}


async def test_a_service_that_fails_is_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(requests, "_PATIENCE_SECONDS", 0.1)
    failure = ServiceUnavailableError("down", code="InternalServerError")
    with pytest.raises(ServiceUnavailableError):
        await found({"describe_continuous_backups": failure})
