"""What a plan says: frozen, stable in JSON, every figure with its error."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ddbbulk.report import Rejection

Kind = Literal["table", "global", "local"]
Way = Literal["batch_write", "several_processes", "s3_import"]


class Frozen(BaseModel):
    """What all parts of a plan have in common."""

    model_config = ConfigDict(frozen=True)


class Figure(Frozen):
    """A whole number, and how far it may be off.

    The true one is within ``value`` plus or minus ``error``, in 95 of 100 samples;
    where the error is 0, it was counted.
    """

    value: int
    error: int = 0


class Sample(Frozen):
    """How a sample was read.

    Args:
        items: how many were read.
        how: where in the source they stood.
        is_extrapolated: the figures are those of the whole source; False: its length is
            not known, and they are those of the sample alone.
    """

    items: int
    how: str
    is_extrapolated: bool


class RejectionReason(Frozen):
    """The items that would be rejected for one reason.

    Args:
        code: a stable word for the reason.
        items: how many there are (of those that were read).
        examples: the first of them.
    """

    code: str
    items: int
    examples: tuple[Rejection, ...]


class Duplicates(Frozen):
    """Items whose full key an earlier item has.

    Args:
        items: how many there are; in a sample, within the sample alone.
        is_exact: False: the keys were too many to keep, so their number is estimated.
    """

    items: Figure
    is_exact: bool


class SizeClass(Frozen):
    """How many items have at most so many bytes, and more than the class before."""

    up_to_bytes: int
    items: Figure


class HotKey(Frozen):
    """A partition key that takes a great part of a resource's write units.

    Args:
        key: its value, escaped and cut; None where keys are not to be shown.
        write_units: those of its items.
        share: of the resource's units, from 0 to 1.
        floor_seconds: how long its units take at 1,000 a second, which is what one
            partition key gets, whatever is provisioned.
    """

    key: str | None
    write_units: Figure
    share: float
    floor_seconds: float


class ResourcePlan(Frozen):
    """What the items come to on the table, or on one of its indexes.

    Args:
        name: of the index; that of the table is empty.
        kind: ``table``, ``global`` or ``local``.
        entries: items in it.
        write_units: of putting them where nothing is. Those of a local index are in
            the table's as well, for the table pays them.
        stored_bytes: with the 100 bytes that are billed for each entry.
        storage_dollars_month: what keeping them costs, in all regions.
        write_capacity: units a second that it has now; None where that is not known.
        hot_keys: the hottest first.
    """

    name: str
    kind: Kind
    entries: Figure
    write_units: Figure
    stored_bytes: Figure
    storage_dollars_month: float
    write_capacity: float | None
    hot_keys: tuple[HotKey, ...] = ()


class Scenario(Frozen):
    """How long a load takes at some capacity, and what that costs.

    Args:
        name: ``present``, or what is compared with it.
        wcu: write units a second on the table.
        index_wcu: on each global index.
        seconds: the floor; a load takes about 1 % and 0.2 s more.
        bound_by: what sets it.
        dollars: of that capacity in all regions, by whole hours; None on demand.
    """

    name: str
    wcu: float
    index_wcu: dict[str, float]
    seconds: float
    bound_by: str
    dollars: float | None


class Goal(Frozen):
    """What it takes to be done in a given time.

    Args:
        seconds: the time.
        wcu: write units a second on the table.
        index_wcu: on each global index.
        is_possible: False: a hot key or a quota forbids it.
        note: what to raise, or why it is not possible.
        dollars: of that capacity in all regions, by whole hours.
    """

    seconds: float
    wcu: float
    index_wcu: dict[str, float]
    is_possible: bool
    note: str
    dollars: float


class Costs(Frozen):
    """What the load costs, in US dollars.

    Args:
        on_demand_dollars: its write request units, in all regions.
        import_dollars: of the service's own import from S3.
        import_bytes: what that would read, as DynamoDB JSON, uncompressed.
        storage_dollars_month: of table and indexes, in all regions.
        regions: in how many the table is.
        prices_as_of: when the prices were read.
        prices_region: the region that they are of.
    """

    on_demand_dollars: float
    import_dollars: float
    import_bytes: Figure
    storage_dollars_month: float
    regions: int
    prices_as_of: str
    prices_region: str


class BestWay(Frozen):
    """Which way to take, and why.

    Args:
        way: ``batch_write`` (BatchWriteItem from here), ``several_processes`` or
            ``s3_import``.
        processes: how many.
        reason: in one sentence.
    """

    way: Way
    processes: int
    reason: str


class Caution(Frozen):
    """Something to know before the load."""

    code: str
    message: str


class PlanReport(Frozen):
    """What loading a source into a table would come to; nothing was written.

    All items count as new, each with a key of its own: what it costs where the table
    is empty. Units are write units, times are seconds.

    Args:
        sample: how the sample was read; None: everything was.
        items: in the source; those that are rejected and deletes among them.
        item_bytes: of the items that would be put, by DynamoDB's rules.
        largest_item_bytes: of those that were read.
        resources: the table first, then its indexes.
        scenarios: the present capacity first, where it is known.
        goal: what the wished time takes, where one was named.
    """

    table: str
    source: str
    planned_at: datetime
    elapsed_seconds: float
    sample: Sample | None
    items: Figure
    items_rejected: Figure
    deletes: Figure
    duplicates: Duplicates
    item_bytes: Figure
    largest_item_bytes: int
    item_sizes: tuple[SizeClass, ...]
    rejections: tuple[RejectionReason, ...]
    resources: tuple[ResourcePlan, ...]
    scenarios: tuple[Scenario, ...]
    goal: Goal | None
    costs: Costs
    best_way: BestWay
    cautions: tuple[Caution, ...]
    verdict: str
