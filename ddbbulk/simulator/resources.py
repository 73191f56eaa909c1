"""Tables by their ARNs, for the operations that ask for nothing else."""

import re
from typing import Final

from ddbbulk.simulator.catalog import Table
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.service_error import ServiceError

_TABLE_ARN: Final = re.compile(
    r"arn:aws:dynamodb:[^:]+:\d+:table/[a-zA-Z0-9_.-]{3,255}"
)


def table_of_arn(engine: Engine, arn: str) -> Table:
    """The table of an ARN.

    Raises:
        ServiceError: it is no table's ARN, or there is no such table.
    """
    if not _TABLE_ARN.fullmatch(arn):
        raise ServiceError.validation(
            f"Invalid TableArn: Invalid ResourceArn provided as input {arn}"
        )
    table = engine.catalog.find(arn)
    if table is None:
        raise ServiceError(
            "ResourceNotFoundException",
            f"Requested resource not found: ResourcArn: {arn} not found",
        )
    return table
