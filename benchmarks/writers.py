"""Who writes: ddbbulk, and the ways that boto3 and aioboto3 come with."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import aioboto3
import boto3

from ddbbulk import load  # by its name it is imported here, not when it is called
from servers import ACCESS_KEY, REGION
from workloads import WORKLOADS, Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be written where, and by whom.

    Args:
        writer: a name in ``WRITERS``.
        workload: a name in ``WORKLOADS``.
        count: how many of its items.
        wcu: the budget on the table, for a writer that has one.
        index_wcu: the budget on its index.
    """

    endpoint_url: str
    table: str
    writer: str
    workload: str
    count: int
    wcu: float
    index_wcu: float | None = None

    def items(self) -> Iterator[Item]:
        """Yield the items."""
        return islice(WORKLOADS[self.workload].items(), self.count)


def write_with_ddbbulk(job: Job) -> None:
    """Load at the job's budget."""
    asyncio.run(_load(job))


async def _load(job: Job) -> None:
    index_wcu = {} if job.index_wcu is None else {"index": job.index_wcu}
    report = await load(
        job.table,
        job.items(),
        wcu=job.wcu,
        index_wcu=index_wcu,
        endpoint_url=job.endpoint_url,
        region=REGION,
    )
    report.raise_for_rejected()


def write_with_boto3(job: Job) -> None:
    """Write as fast as boto3's ``batch_writer`` can: it knows no budget."""
    resource = boto3.session.Session(**identity()).resource(
        "dynamodb", endpoint_url=job.endpoint_url
    )
    with resource.Table(job.table).batch_writer() as batch:
        for item in job.items():
            batch.put_item(Item=item)


def write_with_aioboto3(job: Job) -> None:
    """Write as fast as aioboto3's ``batch_writer`` can: it knows no budget."""
    asyncio.run(_write_batches(job))


async def _write_batches(job: Job) -> None:
    session = aioboto3.Session(**identity())
    async with session.resource("dynamodb", endpoint_url=job.endpoint_url) as resource:
        table = await resource.Table(job.table)
        async with table.batch_writer() as batch:
            for item in job.items():
                await batch.put_item(Item=item)


def identity() -> dict[str, Any]:
    """Return who signs, and for which region."""
    return {
        "aws_access_key_id": ACCESS_KEY,
        "aws_secret_access_key": ACCESS_KEY,
        "region_name": REGION,
    }


WRITERS: Final[Mapping[str, Callable[[Job], None]]] = {
    "ddbbulk": write_with_ddbbulk,
    "boto3": write_with_boto3,
    "aioboto3": write_with_aioboto3,
}
