import ddbbulk
from ddbbulk.examples.tweeter import follows
from ddbbulk.examples.tweeter.follows import follow_keys
from ddbbulk.examples.tweeter.names import Names


async def _items(source: ddbbulk.ItemSource, start: int = 0) -> list[object]:
    return [item async for chunk in source.read(start) for item in chunk.items]


async def test_each_user_follows_daisy() -> None:
    assert await _items(follows(count=2)) == [
        {"follower_alias": "@donald1", "followee_alias": "@daisy"},
        {"follower_alias": "@donald2", "followee_alias": "@daisy"},
    ]


async def test_follows_can_start_anywhere_and_be_split() -> None:
    source = follows(count=10)
    whole = await _items(source)

    parts = [await _items(part) for part in source.split(3)]

    assert await _items(source, start=4) == whole[4:]
    assert [item for part in parts for item in part] == whole


async def test_followee_and_attributes_are_what_one_says() -> None:
    names = Names(follower_alias="who", followee_alias="whom")

    assert await _items(follows(count=1, followee="@minnie", names=names)) == [
        {"who": "@donald1", "whom": "@minnie"}
    ]


async def test_keys_to_delete_are_the_follows_themselves() -> None:
    deletes = await _items(follow_keys(count=1, followee="@daisy", names=Names()))

    assert deletes == [
        ddbbulk.Delete({"follower_alias": "@donald1", "followee_alias": "@daisy"})
    ]
