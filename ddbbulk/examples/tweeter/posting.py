"""``tweeter post``: a status into the feed of each follower."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import ddbbulk
from ddbbulk.examples.exit_codes import ExitCode
from ddbbulk.examples.requests import Requests
from ddbbulk.examples.screen import counted, duration
from ddbbulk.examples.tweeter.bill import show_bill
from ddbbulk.examples.tweeter.daisy import Followee
from ddbbulk.examples.tweeter.loads import LoadPlan, Loads
from ddbbulk.examples.tweeter.names import Names
from ddbbulk.examples.tweeter.performance import display, perform, say_next
from ddbbulk.examples.tweeter.plans import check_followee, check_rate
from ddbbulk.examples.tweeter.preflight import rates
from ddbbulk.examples.tweeter.stage import Stage
from ddbbulk.examples.tweeter.tables import Capacity, feed_table, follows_table

_PAGE_FOLLOWERS: Final = 1000
_READ_UNITS: Final = 1000.0


class FeedSource:
    """One entry for the feed of each follower, read from the index page by page.

    Args:
        requests: sends the query.
        followee: whose followers they are, and who writes.
        names: what attributes are called.
        entry: attributes that all entries share.
        length: how many followers there are.
    """

    def __init__(
        self,
        requests: Requests,
        followee: Followee,
        *,
        names: Names,
        entry: dict[str, str | int],
        length: int,
    ) -> None:
        self._requests = requests
        self._followee = followee
        self._names = names
        self._entry = entry
        self._length = length

    @property
    def name(self) -> str:
        """What a person calls this source."""
        return "feeds"

    @property
    def length(self) -> int:
        """How many entries there will be."""
        return self._length

    async def read(self, start: int = 0) -> AsyncGenerator[ddbbulk.Chunk, None]:
        """Yield the entries from a position on, a page of followers at a time."""
        follower = self._names.follower_alias
        query = self._followee.query()
        query["ExpressionAttributeNames"] |= {"#follower": follower}
        position = 0
        pages = self._requests.pages(
            "query", **query, ProjectionExpression="#follower", Limit=_PAGE_FOLLOWERS
        )
        async for page in pages:
            entries = [
                {follower: found[follower]["S"], **self._entry}
                for found in page["Items"]
            ]
            chunk = ddbbulk.Chunk(entries, position).since(start)
            position += len(entries)
            if chunk.items:
                yield chunk

    def split(self, parts: int) -> Sequence[ddbbulk.ItemSource]:
        """Return this source alone: an index is read in its order."""
        del parts
        return [self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """Writes a status into the feed of everybody who follows.

    Args:
        text: the status.
        moment: when it was posted.
        author: who posts; the followers are hers.
        wcu: write units a second on the table of feeds.
        names: of tables, index and attributes.
        report_file: where the report goes as JSON, if anywhere.

    Raises:
        ddbbulk.ConfigurationError: author or rate cannot be.
    """

    text: str
    moment: datetime
    author: str
    wcu: float
    names: Names
    report_file: Path | None

    def __post_init__(self) -> None:
        check_rate("--wcu", self.wcu)
        check_followee(self.author)

    async def __call__(self, stage: Stage) -> ExitCode:
        """Read the followers, write the feeds, and say how long it took."""
        plan = await self._plan(stage)
        loads = Loads(
            [plan],
            connection=stage.connection,
            display=display(stage, "Created"),
            retry=stage.retry,
        )
        await perform(loads, stage, self.report_file)
        report = loads.reports[plan.title]
        stage.screen.say(
            f"{self.author}'s status is in "
            f"{counted(report.items_written, 'feeds')}; that took "
            f"{duration(report.elapsed_seconds)}, at "
            f"{report.items_written / report.elapsed_seconds:,.0f} feeds a second"
        )
        if stage.is_aws:
            with loads.reported():
                await show_bill(stage, [plan.table])
        say_next(stage, table=plan.table, then="clear")
        return ExitCode.SOME_MISSING if loads.items_rejected else ExitCode.COMPLETE

    async def _plan(self, stage: Stage) -> LoadPlan:
        names, feed = self.names, feed_table(self.names)
        stage.screen.say(f"{stage.address}: {names.feed_table} at {self.wcu:g} WCU")
        await stage.table(follows_table(names))
        capacity = Capacity(self.wcu, self.wcu, _READ_UNITS)
        description = await stage.table(feed, capacity)
        followee = Followee(stage.requests, names=names, alias=self.author)
        followers = await followee.followers()
        if not followers:
            raise ddbbulk.ConfigurationError(
                f"{self.author} has no followers in {names.index} of "
                f"{names.follows_table}: load them first"
            )
        used = rates(
            description,
            wcu=self.wcu,
            index_wcu={},
            items=followers,
            attributes=feed.attributes,
        )
        for warning in used.warnings:
            stage.screen.tell("warning", warning)
        stage.confirm(
            f"write into {counted(followers, 'feeds')} in {names.feed_table} at "
            f"{self.wcu:g} WCU",
            description,
        )
        return LoadPlan(
            title="feeds",
            table=names.feed_table,
            description=description,
            source=FeedSource(
                stage.requests,
                followee,
                names=names,
                entry=self._entry(),
                length=followers,
            ),
            rates=used,
        )

    def _entry(self) -> dict[str, str | int]:
        names = self.names
        return {
            names.timestamp: int(self.moment.timestamp() * 1000),
            names.author_alias: self.author,
            names.post: self.text,
        }
