"""What the table is asked: the access patterns, as parameters of Query."""

from typing import Any, Final

from ddbbulk.examples.conversations.rows import INDEX, group_key, message_key

# Before and after every time that ISO 8601 can write.
_FIRST: Final = "0"
_LAST: Final = "9999-12-31T23:59:59.999999+00:00"

Query = dict[str, Any]


def messages_of(
    group_uuid: str, *, since: str | None = None, until: str | None = None
) -> Query:
    """Ask for the messages of a conversation (pattern A).

    Args:
        group_uuid: the conversation.
        since: the first sort key wanted.
        until: the last sort key wanted.
    """
    condition, values = "pk = :pk", {":pk": {"S": message_key(group_uuid)}}
    if since or until:
        condition += " AND sk BETWEEN :since AND :until"
        values |= {":since": {"S": since or _FIRST}, ":until": {"S": until or _LAST}}
    return _query(condition, values)


def conversations_of(user_uuid: str, *, year: int | None = None) -> Query:
    """Ask for the conversations of a user (pattern B).

    Args:
        user_uuid: the user.
        year: those alone whose last message is of this year.
    """
    condition, values = "pk = :pk", {":pk": {"S": group_key(user_uuid)}}
    if year is not None:
        condition += " AND begins_with(sk, :year)"
        values |= {":year": {"S": f"{year:04}"}}
    return _query(condition, values)


def sides_of(group_uuid: str) -> Query:
    """Ask for the group rows of a conversation, which only the index knows."""
    values = {":group": {"S": group_uuid}}
    return _query("message_group_uuid = :group", values) | {"IndexName": INDEX}


def newest_first(query: Query, *, limit: int) -> Query:
    """Ask for the newest, so many at a time."""
    return query | {"ScanIndexForward": False, "Limit": limit}


def consistent(query: Query) -> Query:
    """Ask for what is there now; an index cannot answer that."""
    return query | {"ConsistentRead": True}


def _query(condition: str, values: dict[str, dict[str, str]]) -> Query:
    return {"KeyConditionExpression": condition, "ExpressionAttributeValues": values}
