"""What the benchmarks write: seeded, so that every run writes the same items."""

import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, count, repeat
from typing import Final

Item = dict[str, str | int]

# bcrypt, cost 10, of the word "password": hashing is no part of the question.
HASH: Final = "$2b$10$fUxFJbsSuoxNMr2OmDOQ7eC.nQQof1N7fw.ZmlTjeity1qC/HcalC"
SEED: Final = 7
SMALLEST_BYTES: Final = 200
LARGEST_BYTES: Final = 20_000
# More partition keys than a partition's 1,000 units a second could ever bind.
PONDS: Final = 1_009
VISITORS_PER_RETURN: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Endless items of one kind, and the table for them.

    Args:
        name: how it is asked for.
        about: what it is, for the reader of a table.
        items: yields the items, always the same ones.
        units: yields the write units of each item, on the table and on the index.
        keys: partition key and, where there is one, sort key: strings.
        index_keys: the same for a global index of all attributes.
        index_share: the index's WCU for each of the table's.
        highest_wcu: above this rate something other than the budget is the floor.
    """

    name: str
    about: str
    items: Callable[[], Iterator[Item]]
    units: Callable[[], Iterator[int]] = lambda: repeat(1)
    keys: tuple[str, ...]
    index_keys: tuple[str, ...] = ()
    index_share: float = 1.0
    highest_wcu: int = 10_000

    def index_wcu(self, wcu: int) -> int | None:
        """Return the index's rate beside the table's; None where there is no index."""
        return math.ceil(wcu * self.index_share) if self.index_keys else None

    def items_for(self, wcu: int, seconds: float) -> int:
        """Return how many items it takes to write for so long at this rate."""
        needed = min(wcu, self.index_wcu(wcu) or wcu) * seconds
        totals = enumerate(accumulate(self.units()), 1)
        return next(number for number, total in totals if total >= needed)


def users() -> Iterator[Item]:
    """Yield the users of a course on social networks: 1 unit each."""
    return map(user, count(1))


def user(number: int) -> Item:
    """Return one of the users."""
    return {
        "alias": f"@donald{number}",
        "first_name": f"Donald_{number}",
        "last_name": f"Duck_{number}",
        "password_hash": HASH,
        "image_url": f"https://pictures.example.com/ducks/donald{number}.png",
        "follower_count": 0,
        "followee_count": 1,
    }


def visitor(index: int) -> Item:
    """Return a user; every twentieth has been there before, and has changed."""
    number = index
    if index % VISITORS_PER_RETURN == VISITORS_PER_RETURN - 1:
        number = random.Random(index).randrange(index)
    return {**user(number), "follower_count": index}


def follows() -> Iterator[Item]:
    """Yield the follows of one duck: in the index they share one partition key."""
    for number in count(1):
        yield {"follower_alias": f"@donald{number}", "followee_alias": "@daisy"}


def residents() -> Iterator[Item]:
    """Yield users who live at many ponds: the index's keys are spread."""
    for number, user in enumerate(users()):
        yield {**user, "pond": f"pond-{number % PONDS}"}


def parcels() -> Iterator[Item]:
    """Yield items of 0.2 to 20 KB: as many between 1 and 2 KB as between 10 and 20."""
    text = "".join(random.Random(SEED).choices("abcdefgh ", k=LARGEST_BYTES))
    for number, size in enumerate(_sizes()):
        key = f"parcel-{number:09}"
        yield {"id": key, "body": text[: size - len("id") - len(key) - len("body")]}


def order(index: int) -> dict[str, object]:
    """Return an item of about 1 KB with nested maps, lists, numbers and sets."""
    dice = random.Random(SEED + index)
    return {
        "id": f"order-{index:08}",
        "customer": {
            "name": f"Donald {index}",
            "address": {"street": f"{index % 200} Pond Lane", "city": "Duckburg"},
            "place": [dice.uniform(-90, 90), dice.uniform(-180, 180)],
            "is_known": index % 2 == 0,
        },
        "lines": [
            {
                "sku": f"sku-{dice.randrange(10**6)}",
                "count": dice.randrange(1, 10),
                "price": Decimal(dice.randrange(100, 10**5)) / 100,
                "tags": ["new", "sale"],
            }
            for _ in range(4)
        ],
        "labels": {"red", "green", f"label-{index % 10}"},
        "scores": {1, 2, dice.randrange(10, 10**6)},
        "history": [dice.randrange(10**9) for _ in range(10)],
        "note": "quack " * 80,
        "parent": None,
    }


def reading(index: int) -> dict[str, object]:
    """Return a flat row of 20 attributes, nearly all of them numbers."""
    dice = random.Random(SEED + index)
    return {
        "id": f"sensor-{index:08}",
        **{f"count{n}": dice.randrange(-(10**9), 10**9) for n in range(10)},
        **{f"value{n}": dice.uniform(-1000, 1000) for n in range(5)},
        **{f"price{n}": dice.randrange(10**5) / 100 for n in range(4)},
    }


def _parcel_units() -> Iterator[int]:
    for size in _sizes():
        yield math.ceil(size / 1024)


def _sizes() -> Iterator[int]:
    dice = random.Random(SEED)
    low, high = math.log(SMALLEST_BYTES), math.log(LARGEST_BYTES)
    while True:
        yield round(math.exp(dice.uniform(low, high)))


WORKLOADS: Final[Mapping[str, Workload]] = {
    workload.name: workload
    for workload in (
        Workload(
            name="users",
            about="users of about 250 bytes",
            items=users,
            keys=("alias",),
            # The default quota of a table; what the others do is seen at less.
            highest_wcu=40_000,
        ),
        Workload(
            name="follows",
            about="follows, with an index of the same WCU",
            items=follows,
            keys=("follower_alias", "followee_alias"),
            index_keys=("followee_alias", "follower_alias"),
            highest_wcu=1_000,
        ),
        Workload(
            name="half-index",
            about="users, with an index of half the table's WCU",
            items=residents,
            keys=("alias",),
            index_keys=("pond", "alias"),
            index_share=0.5,
        ),
        Workload(
            name="mixed",
            about="items of 0.2 to 20 KB",
            items=parcels,
            units=_parcel_units,
            keys=("id",),
        ),
    )
}
