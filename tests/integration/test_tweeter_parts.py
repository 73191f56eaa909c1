"""The parts of tweeter that talk to tables, on the simulator."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

import ddbbulk
from ddbbulk.examples.requests import Requests
from ddbbulk.examples.tweeter import follows, users
from ddbbulk.examples.tweeter.census import Census, Registrar
from ddbbulk.examples.tweeter.daisy import Followee
from ddbbulk.examples.tweeter.loads import LoadPlan, Loads
from ddbbulk.examples.tweeter.names import Names
from ddbbulk.examples.tweeter.posting import FeedSource
from ddbbulk.examples.tweeter.preflight import Rates
from ddbbulk.examples.tweeter.tables import (
    Capacity,
    create_request,
    follows_table,
    users_table,
)
from ddbbulk.simulator import Simulator
from tests.conftest import HasEndpoint

NAMES = Names()
IMAGES = "https://example.com"


@dataclass(frozen=True)
class Place:
    """A simulator with the tables, and both ways to it."""

    connection: ddbbulk.Connection
    requests: Requests
    client: Any

    def user(self, alias: str) -> dict[str, Any]:
        """Return a user as it stands in the table."""
        key = {"alias": {"S": alias}}
        found = self.client.get_item(TableName="tweeter_user", Key=key)
        item: dict[str, Any] = found["Item"]
        return item

    def put(self, table: str, **attributes: str) -> None:
        """Put an item of strings."""
        item = {name: {"S": value} for name, value in attributes.items()}
        self.client.put_item(TableName=table, Item=item)

    async def load(self, table: str, source: ddbbulk.ItemSource) -> None:
        """Load a source."""
        await ddbbulk.load(table, source, connection=self.connection)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
async def place(
    simulator: Simulator, dynamodb: Callable[[HasEndpoint], Any]
) -> AsyncIterator[Place]:
    client = dynamodb(simulator)
    for table in (users_table(NAMES), follows_table(NAMES)):
        client.create_table(**create_request(table, Capacity(5000, 1000, 5000)))
    async with ddbbulk.connect(endpoint_url=simulator.endpoint_url) as connection:
        requests = Requests(connection, on_throttle=lambda _: None)
        yield Place(connection, requests, client)


async def test_daisy_is_created_where_she_is_missing(place: Place) -> None:
    daisy = Followee(place.requests, names=NAMES, alias="@daisy")

    assert await daisy.ensure("hash", images_url=IMAGES)
    assert place.user("@daisy") == {
        "alias": {"S": "@daisy"},
        "first_name": {"S": "Daisy"},
        "last_name": {"S": "Duck"},
        "password_hash": {"S": "hash"},
        "image_url": {"S": "https://example.com/daisy_duck.png"},
        "follower_count": {"N": "0"},
        "followee_count": {"N": "0"},
    }


async def test_daisy_who_lacks_her_counts_is_given_them_and_keeps_the_rest(
    place: Place,
) -> None:
    place.put("tweeter_user", alias="@daisy", first_name="Margarita")
    daisy = Followee(place.requests, names=NAMES, alias="@daisy")

    assert not await daisy.ensure("hash", images_url=IMAGES)
    assert place.user("@daisy") == {
        "alias": {"S": "@daisy"},
        "first_name": {"S": "Margarita"},
        "follower_count": {"N": "0"},
        "followee_count": {"N": "0"},
    }


async def test_counts_that_daisy_has_are_left_alone(place: Place) -> None:
    daisy = Followee(place.requests, names=NAMES, alias="@daisy")
    await daisy.ensure("hash", images_url=IMAGES)
    await daisy.set_follower_count(7)

    await daisy.ensure("another", images_url=IMAGES)

    assert place.user("@daisy")["follower_count"] == {"N": "7"}
    assert place.user("@daisy")["password_hash"] == {"S": "hash"}


async def test_a_count_for_nobody_creates_nobody(place: Place) -> None:
    daisy = Followee(place.requests, names=NAMES, alias="@daisy")

    assert not await daisy.set_follower_count(7)
    assert place.client.scan(TableName="tweeter_user")["Count"] == 0


async def test_followers_are_those_in_the_index_and_nobody_elses(place: Place) -> None:
    await place.load("tweeter_follow", follows(count=40))
    place.put("tweeter_follow", follower_alias="@donald1", followee_alias="@minnie")
    daisy = Followee(place.requests, names=NAMES, alias="@daisy")

    assert await daisy.followers() == 40


async def test_a_census_tells_this_runs_items_from_others(place: Place) -> None:
    await place.load("tweeter_user", users(count=30, hash_per="run"))
    await place.load("tweeter_follow", follows(count=30))
    place.put("tweeter_user", alias="@daisy")
    place.put("tweeter_follow", follower_alias="@donald1", followee_alias="@minnie")
    registrar = Registrar(place.requests, names=NAMES, count=20, followee="@daisy")

    assert await registrar.users(lambda _: None) == Census(items=31, own=20)
    assert await registrar.follows(lambda _: None) == Census(items=31, own=20)


async def test_feeds_are_made_page_by_page_from_any_position(place: Place) -> None:
    await place.load("tweeter_follow", follows(count=1100))
    source = FeedSource(
        place.requests,
        Followee(place.requests, names=NAMES, alias="@daisy"),
        names=NAMES,
        entry={"post": "Quack!"},
        length=1100,
    )

    whole = [chunk async for chunk in source.read()]
    late = [item async for chunk in source.read(1050) for item in chunk.items]

    assert [(chunk.start, len(chunk.items)) for chunk in whole] == [
        (0, 1000),
        (1000, 100),
    ]
    assert late == list(whole[1].items)[50:]
    assert whole[0].items[0] == {"follower_alias": "@donald1", "post": "Quack!"}


async def test_an_error_of_one_load_ends_the_other_and_both_are_reported(
    place: Place,
) -> None:
    @ddbbulk.generator(count=1000)
    def broken(index: int) -> dict[str, str]:
        if index == 100:
            raise OSError("the disk is gone")
        return {"alias": f"@donald{index}"}

    rates = Rates(100, {}, ())
    loads = Loads(
        [
            LoadPlan(
                title=title, table=table, description=found, source=source, rates=rates
            )
            for title, table, source in (
                ("users", "tweeter_user", broken),
                ("follows", "tweeter_follow", follows(count=100_000)),
            )
            for found in [await ddbbulk.describe_table(place.connection, table)]
        ],
        connection=place.connection,
        display=ddbbulk.ProgressDisplay(line=lambda _title, _count: ""),
    )

    with pytest.raises(ddbbulk.SourceError, match="item 100") as caught:
        await loads.run()

    assert caught.value.report is not None
    assert list(loads.reports) == ["users", "follows"]
    assert loads.reports["users"].items_written == 100
    assert 0 < loads.reports["follows"].items_written < 100_000
