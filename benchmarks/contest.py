"""A contest of writers: what one is asked to do, and with which items.

This is imported by every writer's process, whose memory is measured: so it imports
nothing that a writer does not need.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Protocol

from workloads import order, reading, user

TABLE: Final = "tweeter_user"
KEY: Final = "alias"
REGION: Final = "us-east-1"
ACCESS_KEY: Final = "benchmark"
BATCH: Final = 25
IN_FLIGHT: Final = 16
# Twice as many as ddbbulk ever holds: of one key there is one item in it, so that none
# is superseded and none waits for another.
POOL: Final = 10_000
MODELS: Final = "models"

Write = Callable[[Iterator[Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a writer is asked to do.

    Args:
        writer: a module of ``contenders``; ``node`` is the one in JavaScript.
        loop: ``asyncio`` or ``uvloop``.
        transport: of ddbbulk.
        workload: a name in ``MAKERS``.
        count: how many items; 0: as many as it writes in ``seconds``.
        seconds: to be measured, after a warm-up.
        is_streamed: each item is made when it is asked for, and held by nobody else.
    """

    writer: str
    loop: str = "asyncio"
    transport: str = ""
    endpoint_url: str = ""
    workload: str = "users"
    count: int = 0
    seconds: float = 0.0
    is_streamed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What it took, as the writer's own process saw it.

    Args:
        peak_bytes: the most memory that the process ever had.
    """

    items: int
    elapsed_seconds: float
    cpu_seconds: float
    peak_bytes: int

    @property
    def items_per_second(self) -> float:
        return self.items / self.elapsed_seconds

    @property
    def microseconds(self) -> float:
        return self.cpu_seconds / self.items * 1e6


class Contender(Protocol):
    """A module of ``contenders``."""

    def opened(self, task: Task) -> AbstractAsyncContextManager[Write]:
        """Open what it takes, and return what writes items with it."""
        ...


def _order(index: int) -> dict[str, Any]:
    values = order(index)
    del values["parent"]  # PynamoDB leaves out what is None
    return {KEY: values.pop("id"), **_exact(values)}


def _reading(index: int) -> dict[str, Any]:
    values = reading(index)
    return {KEY: values.pop("id"), **_exact(values)}


MAKERS: Final[Mapping[str, Callable[[int], dict[str, Any]]]] = {
    "users": user,
    "nested": _order,
    "numbers": _reading,
    MODELS: user,
}


def item_pool(workload: str, size: int = POOL) -> Sequence[dict[str, Any]]:
    """Return items of a workload, each with another key."""
    make = MAKERS[workload]
    return [make(index) for index in range(1, size + 1)]


def batches(items: Iterator[Any], size: int = BATCH) -> Iterator[list[Any]]:
    """Yield the items in lists; several tasks may take theirs from one iterator."""
    taken: list[Any] = []
    for item in items:
        taken.append(item)
        if len(taken) == size:
            yield taken
            taken = []
    if taken:
        yield taken


def with_floats(value: Any) -> Any:  # noqa: ANN401 -- whatever an item holds
    """Return the value with floats for Decimals, for those who take no other."""
    return _replaced(value, Decimal, float)


def _exact(value: Any) -> Any:  # noqa: ANN401 -- whatever an item holds
    """Return the value with Decimals for floats: boto3 and its kin take no floats."""
    return _replaced(value, float, lambda number: Decimal(repr(number)))


def _replaced(value: Any, kind: type, by: Callable[[Any], Any]) -> Any:  # noqa: ANN401 -- whatever an item holds
    if isinstance(value, kind):
        return by(value)
    if isinstance(value, dict):
        return {name: _replaced(one, kind, by) for name, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, kind, by) for one in value]
    return value


def requests(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what a BatchWriteItem is asked, for items in any form."""
    return [{"PutRequest": {"Item": item}} for item in items]
