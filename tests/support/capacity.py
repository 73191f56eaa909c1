"""Tables, notes and holders for the tests of raised capacity."""

from collections.abc import Mapping
from datetime import UTC, datetime

from ddbbulk.capacity.described import TableCapacity, Units
from ddbbulk.capacity.note import Held, Holder, RaisedResource, RestoreNote

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/users"
DEAD = Holder(id="dead", pid=2**22 + 1, host="elsewhere", started="never")


def table(
    write: int = 5,
    *,
    read: int = 7,
    indexes: Mapping[str, int] | None = None,
    is_on_demand: bool = False,
    has_ceiling: bool = False,
) -> TableCapacity:
    """Return the table ``users`` with these write units, at rest."""
    units = {"": write, **(indexes or {})}
    return TableCapacity(
        name="users",
        arn=ARN,
        table_id="1",
        is_on_demand=is_on_demand,
        has_ceiling=has_ceiling,
        units={
            name: Units(0, 0) if is_on_demand else Units(read, one)
            for name, one in units.items()
        },
        busy=(),
    )


def note(
    *resources: RaisedResource,
    was_on_demand: bool = False,
    holders: tuple[Holder, ...] = (),
    endpoint_url: str = "http://127.0.0.1:1",
) -> RestoreNote:
    """Return a note of the table ``users``."""
    return RestoreNote(
        table="users",
        arn=ARN,
        table_id="1",
        endpoint_url=endpoint_url,
        region="us-east-1",
        was_on_demand=was_on_demand,
        resources=resources,
        holders=holders,
    )


def raised(
    found: int, *ours: int, index: str = "", minimum: Held | None = None
) -> RaisedResource:
    """Return what a note says of a resource that was raised."""
    write = Held(found=found, ours=ours)
    return RaisedResource(index=index, write=write, minimum=minimum, raised_at=NOW)
