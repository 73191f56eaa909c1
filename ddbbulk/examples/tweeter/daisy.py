"""The one whom all follow, @daisy: she is there, and her count is true."""

import asyncio
from typing import Any, Final

from ddbbulk import RequestRejectedError
from ddbbulk.examples.requests import Requests
from ddbbulk.examples.tweeter.names import Names

# An index follows its table within a moment; longer, and something is wrong.
_INDEX_LAG_SECONDS: Final = 10.0
_LOOK_AGAIN_SECONDS: Final = 0.2
_CONDITION_FAILED: Final = "ConditionalCheckFailedException"


class Followee:
    """The user whom all users follow.

    Args:
        requests: sends what concerns this one item.
        names: what tables and attributes are called.
        alias: her alias.
    """

    def __init__(self, requests: Requests, *, names: Names, alias: str) -> None:
        self._requests = requests
        self._names = names
        self.alias = alias

    async def ensure(self, password_hash: str, *, images_url: str) -> bool:
        """Create her, or give her the counts that she lacks; say whether she is new."""
        names = self._names
        first_name = self.alias.lstrip("@").capitalize() or self.alias
        item = {
            names.alias: {"S": self.alias},
            names.first_name: {"S": first_name},
            names.last_name: {"S": "Duck"},
            names.password_hash: {"S": password_hash},
            names.image_url: {"S": f"{images_url}/{first_name.lower()}_duck.png"},
            names.follower_count: {"N": "0"},
            names.followee_count: {"N": "0"},
        }
        try:
            await self._requests.send(
                "put_item",
                TableName=names.users_table,
                Item=item,
                ConditionExpression="attribute_not_exists(#alias)",
                ExpressionAttributeNames={"#alias": names.alias},
            )
        except RequestRejectedError as error:
            if error.code != _CONDITION_FAILED:
                raise
            await self._add_missing_counts()
            return False
        return True

    async def followers(self, *, at_least: int = 0) -> int:
        """Count her followers in the index.

        The index may lag behind its table, so two counts in a row must agree.

        Args:
            at_least: what the table is known to have; waited for, up to ten seconds.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _INDEX_LAG_SECONDS
        before, count = -1, await self._count()
        while count != before or (count < at_least and loop.time() < deadline):
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            before, count = count, await self._count()
        return count

    async def set_follower_count(self, count: int) -> bool:
        """Make her count this number; False: there is no such user."""
        names = self._names
        try:
            await self._update(
                "SET #followers = :count",
                names={"#followers": names.follower_count, "#alias": names.alias},
                values={":count": {"N": str(count)}},
                ConditionExpression="attribute_exists(#alias)",
            )
        except RequestRejectedError as error:
            if error.code != _CONDITION_FAILED:
                raise
            return False
        return True

    def query(self) -> dict[str, Any]:
        """Return the parameters of a query for her followers."""
        names = self._names
        return {
            "TableName": names.follows_table,
            "IndexName": names.index,
            "KeyConditionExpression": "#followee = :followee",
            "ExpressionAttributeNames": {"#followee": names.followee_alias},
            "ExpressionAttributeValues": {":followee": {"S": self.alias}},
        }

    async def _count(self) -> int:
        pages = self._requests.pages("query", **self.query(), Select="COUNT")
        return sum([page["Count"] async for page in pages])

    async def _add_missing_counts(self) -> None:
        names = self._names
        await self._update(
            "SET #followers = if_not_exists(#followers, :zero), "
            "#followees = if_not_exists(#followees, :zero)",
            names={
                "#followers": names.follower_count,
                "#followees": names.followee_count,
            },
            values={":zero": {"N": "0"}},
        )

    async def _update(
        self,
        expression: str,
        *,
        names: dict[str, str],
        values: dict[str, dict[str, str]],
        **more: str,
    ) -> None:
        await self._requests.send(
            "update_item",
            TableName=self._names.users_table,
            Key={self._names.alias: {"S": self.alias}},
            UpdateExpression=expression,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            **more,
        )
