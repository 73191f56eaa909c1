"""Tags of tables."""

from ddbbulk.aws import Connection
from ddbbulk.errors import RequestError
from ddbbulk.tables.requests import is_unknown, look


async def table_tags(connection: Connection, arn: str) -> dict[str, str]:
    """Return a table's tags, those that AWS has set among them.

    Args:
        connection: an open connection.
        arn: of the table; where a server gives none, there are no tags either.

    Raises:
        AccessDeniedError: the caller may not call ListTagsOfResource.
        RequestError: there is no such table, or nobody answers.
    """
    tags: dict[str, str] = {}
    token: dict[str, str] = {}
    while arn:
        try:
            page = await look(
                connection, "list_tags_of_resource", ResourceArn=arn, **token
            )
        except RequestError as error:
            if is_unknown(error):
                return {}
            raise
        tags |= {tag["Key"]: tag["Value"] for tag in page.get("Tags") or ()}
        if not page.get("NextToken"):
            break
        token = {"NextToken": page["NextToken"]}
    return tags
