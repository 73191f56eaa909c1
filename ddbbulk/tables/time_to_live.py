"""Time to live: the attribute that says when an item expires."""

from typing import Any, Final, cast

from ddbbulk.aws import Connection
from ddbbulk.errors import RequestError, RequestRejectedError
from ddbbulk.tables.requests import changing, is_unknown, look

_IN_FORCE: Final = frozenset({"ENABLED", "ENABLING"})


async def time_to_live(connection: Connection, name: str) -> str | None:
    """Return the attribute by which a table's items expire; None: they do not.

    Raises:
        AccessDeniedError: the caller may not call DescribeTimeToLive.
        RequestError: there is no such table, or nobody answers.
    """
    try:
        answer = await look(connection, "describe_time_to_live", TableName=name)
    except RequestError as error:
        if is_unknown(error):
            return None
        raise
    told = cast("dict[str, Any] | None", answer.get("TimeToLiveDescription")) or {}
    if told.get("TimeToLiveStatus") not in _IN_FORCE:
        return None
    return cast("str | None", told.get("AttributeName"))


async def set_time_to_live(connection: Connection, name: str, attribute: str) -> None:
    """Let items expire at the time that an attribute says, in seconds since 1970.

    Where they do already, nothing is changed.

    Raises:
        RequestError: it was refused: the table is not ACTIVE, or has another.
    """
    specification = {"Enabled": True, "AttributeName": attribute}
    try:
        await changing()(
            connection.request,
            "update_time_to_live",
            TableName=name,
            TimeToLiveSpecification=specification,
        )
    except RequestRejectedError:
        # Where an answer got lost, it was this that had set it.
        if await time_to_live(connection, name) != attribute:
            raise
