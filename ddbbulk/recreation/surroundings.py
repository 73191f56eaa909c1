"""What belongs to a table beside its definition, and goes when the table is dropped."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from ddbbulk.aws import Connection
from ddbbulk.capacity import AutoScaling, TableCapacity
from ddbbulk.errors import AccessDeniedError, RequestError
from ddbbulk.tables import SYSTEM_TAGS, is_unknown, listed, look, member

# What --lose names, and what each of them is.
LOSSES: Final[Mapping[str, str]] = {
    "replicas": "its replicas in other regions",
    "stream": "its stream, and the triggers and readers of that",
    "pitr": "point-in-time recovery, with the past that it could go back to",
    "policy": "its resource policy",
    "kms-key": "the key that encrypts it",
    "table-class": "its table class",
    "auto-scaling": "the auto scaling of its capacity",
    "kinesis": "the Kinesis stream that gets its changes",
    "contributor-insights": "CloudWatch Contributor Insights",
    "aws-tags": "tags that AWS has set, by which a stack or a service knows it",
    "tags": "its tags",
    "ttl": "its time to live",
}
_STANDARD: Final = "STANDARD"
_ON: Final = frozenset({"ENABLED", "ENABLING", "ACTIVE", "UPDATING"})
_NO_POLICY: Final = "PolicyNotFoundException"


class Loss(NamedTuple):
    """Something that a table made anew would not have.

    Attributes:
        name: one of ``LOSSES``.
        detail: which it is.
    """

    name: str
    detail: str = ""

    def __str__(self) -> str:
        what = LOSSES[self.name]
        return f"{what} ({self.detail})" if self.detail else what


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What goes with a table, as far as that could be seen.

    Args:
        losses: what it has.
        unseen: what may be there, and may not be looked at: a name and the reason.
        unknown: names of what this server does not have at all.
    """

    losses: tuple[Loss, ...] = ()
    unseen: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Question:
    """A request that tells of one thing.

    Args:
        name: one of ``LOSSES``.
        operation: what is asked.
        by_arn: whether the table is named by its ARN.
        answer: yields what was found.
    """

    name: str
    operation: str
    answer: Callable[[Mapping[str, Any]], Iterator[str]]
    by_arn: bool = False


async def surroundings(
    connection: Connection,
    table: Mapping[str, Any],
    *,
    name: str,
    tags: Mapping[str, str],
) -> Surroundings:
    """Look at all that belongs to a table.

    Args:
        connection: an open connection.
        table: the ``Table`` element of a DescribeTable answer.
        name: the name or ARN by which that was asked for.
        tags: what it is tagged with.

    Raises:
        RequestError: nobody answers.
    """
    losses = [*_described(table), *_system_tags(tags)]
    named = {
        False: {"TableName": name},
        True: {"ResourceArn": table.get("TableArn", "")},
    }
    unseen: list[tuple[str, str]] = []
    unknown: list[str] = []
    for question in _QUESTIONS:
        try:
            found = await _asked(connection, named[question.by_arn], question)
        except AccessDeniedError as error:
            unseen.append((question.name, str(error)))
        except RequestError as error:
            if not is_unknown(error):
                raise
            unknown.append(question.name)
        else:
            losses += [Loss(question.name, detail) for detail in found]
    try:
        losses += await _scaled(connection, table)
    except RequestError as error:
        unseen.append(("auto-scaling", str(error)))
    return Surroundings(tuple(losses), tuple(unseen), tuple(unknown))


def _system_tags(tags: Mapping[str, str]) -> Iterator[Loss]:
    system = [key for key in tags if key.lower().startswith(SYSTEM_TAGS)]
    if system:
        yield Loss("aws-tags", ", ".join(system))


def _described(table: Mapping[str, Any]) -> Iterator[Loss]:
    """Yield what DescribeTable tells itself."""
    here = table.get("TableArn", "").split(":")[3:4]
    regions = [one["RegionName"] for one in listed(table, "Replicas")]
    others = [region for region in regions if region not in here]
    if others:
        yield Loss("replicas", ", ".join(others))
    stream = member(table, "StreamSpecification")
    if stream.get("StreamEnabled"):
        yield Loss("stream", str(stream.get("StreamViewType", "")))
    encryption = member(table, "SSEDescription")
    if encryption.get("Status") in _ON:
        yield Loss("kms-key", str(encryption.get("KMSMasterKeyArn", "")))
    kind = member(table, "TableClassSummary").get("TableClass", _STANDARD)
    if kind != _STANDARD:
        yield Loss("table-class", str(kind))


async def _asked(
    connection: Connection, named: Mapping[str, str], question: _Question
) -> list[str]:
    try:
        answer = await look(connection, question.operation, **named)
    except RequestError as error:
        if error.code == _NO_POLICY:
            return []
        raise
    return [*question.answer(answer)]


async def _scaled(connection: Connection, table: Mapping[str, Any]) -> list[Loss]:
    async with AutoScaling(connection) as scaling:
        scaled = await scaling.scaled(TableCapacity.parse(table))
    names = [f"index {name}" if name else "the table" for name in scaled]
    return [Loss("auto-scaling", ", ".join(names))] if names else []


def _recovery(answer: Mapping[str, Any]) -> Iterator[str]:
    backups = member(answer, "ContinuousBackupsDescription")
    recovery = member(backups, "PointInTimeRecoveryDescription")
    if recovery.get("PointInTimeRecoveryStatus") in _ON:
        days = recovery.get("RecoveryPeriodInDays")
        yield f"{days} days" if days else ""


def _policy(answer: Mapping[str, Any]) -> Iterator[str]:
    if answer.get("Policy"):
        yield ""


def _kinesis(answer: Mapping[str, Any]) -> Iterator[str]:
    for one in listed(answer, "KinesisDataStreamDestinations"):
        if one.get("DestinationStatus") in _ON:
            yield str(one.get("StreamArn", ""))


def _insights(answer: Mapping[str, Any]) -> Iterator[str]:
    for one in listed(answer, "ContributorInsightsSummaries"):
        if one.get("ContributorInsightsStatus") in _ON:
            index = one.get("IndexName")
            yield f"of index {index}" if index else "of the table"


_QUESTIONS: Final = (
    _Question("pitr", "describe_continuous_backups", _recovery),
    _Question("policy", "get_resource_policy", _policy, by_arn=True),
    _Question("kinesis", "describe_kinesis_streaming_destination", _kinesis),
    _Question("contributor-insights", "list_contributor_insights", _insights),
)
