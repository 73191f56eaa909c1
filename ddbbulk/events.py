"""What an observer of a load is told: frozen facts, never a way to change the load."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Protocol

from ddbbulk.report import LoadReport

BudgetCause = Literal["throttled", "probing", "account", "table"]


@dataclass(frozen=True, slots=True)
class RequestSettled:
    """One request (BatchWriteItem, or PutItem) was answered, or failed.

    Args:
        table: the table's name.
        items: how many writes it carried.
        unprocessed: how many of them came back.
        write_units: what it consumed on the table, as charged.
        latency_seconds: from sending to the answer.
        code: DynamoDB's error code or the kind of fault; empty where it was answered.
        reasons: the ThrottlingReasons, where the service named any.
    """

    table: str
    items: int
    unprocessed: int
    write_units: float
    latency_seconds: float
    code: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemRejected:
    """One item was refused, by our validation or by the service."""

    table: str
    position: int
    where: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ItemExisting:
    """The table's item stayed in the place of one of ours: modes insert and newer."""

    table: str
    position: int
    where: str


@dataclass(frozen=True, slots=True)
class LoadResumed:
    """A load goes on where an earlier run ended.

    Args:
        items: how many items are settled already.
    """

    table: str
    items: int


@dataclass(frozen=True, slots=True)
class BudgetChanged:
    """The rate of a table or index is notably another than it was.

    Args:
        resource: the index's name; ``""`` is the table.
        rate: write units a second from now on.
        cause: why: it was ``throttled``, or for a while it was not (``probing``); the
            ``account`` has no more to give; the ``table`` was changed.
    """

    table: str
    resource: str
    rate: float
    cause: BudgetCause


@dataclass(frozen=True, slots=True)
class HotKeyFound:
    """More goes to one partition key than a partition bears: it is told of once.

    Args:
        table: name or ARN.
        resource: the index, or ``""`` for the table.
        key: its value, safe to be shown; see ``LoadReport.hot_keys``.
    """

    table: str
    resource: str
    key: str


@dataclass(frozen=True, slots=True)
class LoadFinished:
    """A load came to its end, well or not.

    Args:
        report: what was done until then.
        error: the name of the exception that ended it; empty where all is well.
    """

    report: LoadReport
    error: str = ""


Event = (
    RequestSettled
    | ItemRejected
    | ItemExisting
    | HotKeyFound
    | LoadResumed
    | BudgetChanged
    | LoadFinished
)
Listener = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where a load stands now: what a progress display polls.

    Args:
        length: how many items the source has, where it knows.
        items_resumed: how many items were settled by earlier runs; the other counts
            hold them too.
        budgets: write units a second of each resource; the table's name is ``""``.
        write_units: units consumed so far on each resource.
        ending: what became of the items that are counted as written: for a reading,
            ``counted`` or ``unloaded``.
        unit: what the units of budgets and consumption are called.
    """

    table: str
    length: int | None
    elapsed_seconds: float
    items_read: int
    items_written: int
    items_superseded: int
    items_existing: int
    items_rejected: int
    throttled_requests: int
    unprocessed_items: int
    budgets: dict[str, float] = field(default_factory=dict[str, float])
    write_units: dict[str, float] = field(default_factory=dict[str, float])
    is_finished: bool = False
    items_resumed: int = 0
    ending: str = "written"
    unit: str = "WCU"


class Display(Protocol):
    """What shows loads while they run; ``ProgressDisplay`` is one."""

    def track(self, snapshot: Callable[[], Snapshot], *, title: str) -> None:
        """Start showing one load.

        Args:
            snapshot: says where the load stands; it may be called from any thread.
            title: what a person calls the load.
        """
        ...

    def __enter__(self) -> object:
        """Begin to show; for each load that it is shared by, once."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        """End to show, once all have ended."""
        ...
