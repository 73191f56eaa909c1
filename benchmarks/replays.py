"""Whether a table is what its source makes of it: replayed in order, compared whole."""

from collections.abc import Iterable
from dataclasses import dataclass

from ddbbulk import Delete
from servers import Server
from workloads import Item

Wire = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """How many items of a table are not what they should be.

    Args:
        lost: are not there.
        wrong: have other values.
        extra: should not be there.
    """

    lost: int
    wrong: int
    extra: int

    def __bool__(self) -> bool:
        return bool(self.lost or self.wrong or self.extra)

    def __str__(self) -> str:
        return f"{self.lost} lost, {self.wrong} wrong, {self.extra} too many"


def replayed(writes: Iterable[Item | Delete], *, key: str) -> dict[str, Wire]:
    """Return what is in an empty table after these writes, one after the other.

    Args:
        writes: items, and deletions of keys.
        key: the partition key's name.
    """
    table: dict[str, Wire] = {}
    for write in writes:
        if isinstance(write, Delete):
            table.pop(str(write.key[key]), None)
        else:
            table[str(write[key])] = {
                name: {"N": str(value)} if isinstance(value, int) else {"S": value}
                for name, value in write.items()
            }
    return table


def differences(
    server: Server, table: str, expected: dict[str, Wire], *, key: str
) -> Differences:
    """Compare every value of a table with what should be there."""
    seen = wrong = extra = 0
    for item in server.items(table):
        should_be = expected.get(item[key]["S"])
        if should_be is None:
            extra += 1
            continue
        seen += 1
        wrong += item != should_be
    return Differences(lost=len(expected) - seen, wrong=wrong, extra=extra)
