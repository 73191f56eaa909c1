import bcrypt
import pytest

import ddbbulk
from ddbbulk.examples.tweeter import users
from ddbbulk.examples.tweeter.names import Names
from ddbbulk.examples.tweeter.users import is_alias_below, user_keys

WORD = "quack"


async def _items(source: ddbbulk.ItemSource, start: int = 0) -> dict[int, object]:
    return {
        position: item
        async for chunk in source.read(start)
        for position, item in enumerate(chunk.items, chunk.start)
    }


async def test_users_are_numbered_from_one() -> None:
    made = await _items(users(count=2, hash_per="run"))

    assert made[0] == {
        "alias": "@donald1",
        "first_name": "Donald_1",
        "last_name": "Duck_1",
        "password_hash": users(count=2, hash_per="run")(0)["password_hash"],
        "image_url": "https://example.com/tweeter/images/donald_duck.png",
        "follower_count": 0,
        "followee_count": 1,
    }
    assert set(made) == {0, 1}


async def test_one_can_log_in_as_a_user() -> None:
    (user,) = (await _items(users(count=1, password=WORD))).values()

    assert isinstance(user, dict)
    assert bcrypt.checkpw(WORD.encode(), str(user["password_hash"]).encode())


async def test_the_same_item_comes_out_for_the_same_index_wherever_reading_starts() -> (
    None
):
    source = users(count=60, seed=7)
    whole = await _items(source)

    late = await _items(source, start=30)

    assert late == {index: whole[index] for index in range(30, 60)}
    assert source(42) == whole[42]
    assert await _items(users(count=60, seed=7)) == whole


async def test_another_seed_makes_other_hashes() -> None:
    one = users(count=1, seed=1)(0)["password_hash"]

    assert one != users(count=1, seed=2)(0)["password_hash"]


@pytest.mark.parametrize("parts", [1, 3, 7, 100])
async def test_parts_together_are_the_whole(parts: int) -> None:
    source = users(count=10, hash_per="run")
    split = source.split(parts)

    together = [await _items(part) for part in split]

    assert {key: item for part in together for key, item in part.items()} == (
        await _items(source)
    )
    assert sum(len(part) for part in together) == 10
    assert len(split) == min(parts, 10)


async def test_reading_past_the_end_yields_nothing() -> None:
    assert await _items(users(count=3, hash_per="run"), start=3) == {}
    assert await _items(users(count=0)) == {}


def test_users_are_a_source_of_known_length() -> None:
    source = users(count=10_000)

    assert isinstance(source, ddbbulk.ItemSource)
    assert (source.name, source.length, source.hashes) == ("users", 10_000, 400)


async def test_attributes_may_be_called_something_else() -> None:
    names = Names(alias="handle", follower_count="fans")

    (user,) = (await _items(users(count=1, hash_per="run", names=names))).values()

    assert isinstance(user, dict)
    assert user["handle"] == "@donald1"
    assert user["fans"] == 0
    assert "alias" not in user


@pytest.mark.parametrize("arguments", [{"count": -1}, {"hash_per": "week"}])
def test_an_argument_that_cannot_work_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ddbbulk.ConfigurationError):
        users(**arguments)  # type: ignore[arg-type] # this is about callers without types


async def test_keys_to_delete_are_those_of_the_users() -> None:
    names = Names(alias="handle")

    deletes = await _items(user_keys(count=2, names=names))

    assert deletes == {
        0: ddbbulk.Delete({"handle": "@donald1"}),
        1: ddbbulk.Delete({"handle": "@donald2"}),
    }


@pytest.mark.parametrize(
    ("alias", "is_below"),
    [
        ("@donald1", True),
        ("@donald10", True),
        ("@donald11", False),
        ("@donald0", False),
        ("@donald01", False),
        ("@donald1 ", False),
        ("donald1", False),
        ("@daisy", False),
    ],
)
def test_an_alias_tells_whether_the_run_made_it(alias: str, is_below: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert is_alias_below(alias, 10) is is_below
