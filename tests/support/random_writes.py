"""Puts and deletes of a few keys, and what a table holds when all were carried out."""

from collections.abc import Collection, Sequence

from ddbbulk import Delete
from tests.support.table_in_memory import TableInMemory

# The number of the key, and whether it is deleted.
RandomWrite = tuple[int, bool]


def items_of(writes: Sequence[RandomWrite]) -> list[object]:
    """Return them as a source has them: an item's ``n`` is its position."""
    return [
        Delete({"pk": f"k{key}"}) if is_delete else {"pk": f"k{key}", "n": number}
        for number, (key, is_delete) in enumerate(writes)
    ]


def replayed(
    writes: Sequence[RandomWrite], *, refused: Collection[int]
) -> dict[str, int]:
    """Return each key's ``n`` after all of them in their order.

    Args:
        writes: all of them.
        refused: positions of puts that the service does not take.
    """
    held: dict[str, int] = {}
    for number, (key, is_delete) in enumerate(writes):
        if is_delete:
            held.pop(f"k{key}", None)
        elif number not in refused:
            held[f"k{key}"] = number
    return held


def held_by(table: TableInMemory) -> dict[str, int]:
    """Return each key's ``n`` in a table."""
    return {item["pk"]["S"]: int(item["n"]["N"]) for item in table.items.values()}
