"""Counting scans: how many items a table has, and how many of them are this run's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ddbbulk.examples.requests import Requests
from ddbbulk.examples.tweeter.names import Names
from ddbbulk.examples.tweeter.users import is_alias_below

# A page of DynamoDB's full megabyte would put a small table in debt for a minute.
_PAGE_ITEMS: Final = 1000

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Census:
    """What a counting scan found.

    Args:
        items: all items of the table.
        own: those that this run's generators make.
    """

    items: int
    own: int


class Registrar:
    """Counts what is in the tables.

    A number of items alone would not do: those of an earlier run are overwritten, and
    other people's may come and go. So the scans look at the keys.

    Args:
        requests: sends the scans.
        names: what tables and attributes are called.
        count: how many users and follows the run makes.
        followee: whom they follow.
    """

    def __init__(
        self, requests: Requests, *, names: Names, count: int, followee: str
    ) -> None:
        self._requests = requests
        self._names = names
        self._count = count
        self._followee = followee

    async def users(self, progress: Progress) -> Census:
        """Count the users."""
        names = self._names
        return await self._scan(
            names.users_table,
            (names.alias,),
            lambda key: is_alias_below(key[names.alias], self._count),
            progress,
        )

    async def follows(self, progress: Progress) -> Census:
        """Count the follows."""
        names = self._names
        return await self._scan(
            names.follows_table,
            names.of_a_follow,
            lambda key: (
                key[names.followee_alias] == self._followee
                and is_alias_below(key[names.follower_alias], self._count)
            ),
            progress,
        )

    async def _scan(
        self,
        table: str,
        attributes: tuple[str, ...],
        is_own: Callable[[Mapping[str, str]], bool],
        progress: Progress,
    ) -> Census:
        placeholders = {f"#k{number}": name for number, name in enumerate(attributes)}
        pages = self._requests.pages(
            "scan",
            TableName=table,
            ProjectionExpression=", ".join(placeholders),
            ExpressionAttributeNames=placeholders,
            ConsistentRead=True,
            Limit=_PAGE_ITEMS,
        )
        items = own = 0
        async for page in pages:
            items += len(page["Items"])
            for item in page["Items"]:
                own += is_own({name: value["S"] for name, value in item.items()})
            progress(f"{table}, {items:,} items so far")
        return Census(items, own)
