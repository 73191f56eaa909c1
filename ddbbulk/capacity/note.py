"""The restore note: what a raise found, what it set, and who still needs it.

It is written before the first change, so that whoever comes later can put all back.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    NonNegativeInt,
    PositiveInt,
    ValidationError,
)

VERSION: Final = 1
_FROZEN: Final = ConfigDict(frozen=True, extra="forbid", strict=True)


class DamagedNoteError(Exception):
    """The file is no whole restore note; the message says in which way.

    It stays in this package, where the file's name is known.
    """


class Held(BaseModel):
    """One number that a raise has changed: what it was, and what was set.

    Args:
        found: what was there before the first raise; 0 stands for on demand.
        ours: what raises have set, one after the other.
    """

    model_config = _FROZEN

    found: NonNegativeInt
    ours: tuple[PositiveInt, ...] = ()

    def is_foreign(self, now: int) -> bool:
        """Whether somebody else has set what is there now."""
        return now != self.found and now not in self.ours

    def to_restore(self, now: int) -> int | None:
        """Return what to set; None: it is as found, or somebody else's."""
        return self.found if now != self.found and now in self.ours else None

    def with_ours(self, value: int) -> Self:
        """Return it with one more value that we set."""
        ours = self.ours if value in self.ours else (*self.ours, value)
        return self.model_copy(update={"ours": ours})


class RaisedResource(BaseModel):
    """A table or global index in a note.

    Args:
        index: the index's name; "" for the table.
        write: its write units.
        minimum: the minimum of its auto scaling, where that was moved.
        raised_at: when it was first raised.
        read_units: read units that are paid for only since then.
    """

    model_config = _FROZEN

    index: str = ""
    write: Held
    minimum: Held | None = None
    raised_at: datetime
    read_units: NonNegativeInt = 0

    @property
    def raised_by(self) -> int:
        """Write units above what was found."""
        return max((*self.write.ours, self.write.found)) - self.write.found


class Holder(BaseModel):
    """Somebody who needs the raised capacity: a block in a process.

    Args:
        id: of the block; a process may have several.
        pid: the process.
        host: where it runs.
        started: what tells it from another process of the same number.
    """

    model_config = _FROZEN

    id: str
    pid: PositiveInt
    host: str
    started: str


class RestoreNote(BaseModel):
    """What is to be put back, where, and for whom it stays raised until then.

    Args:
        table: the table's name.
        arn: its ARN, which tells account and region.
        table_id: what tells it from a later table of the same name.
        endpoint_url: where it is.
        region: that requests are signed for.
        profile: of the shared AWS configuration, where one was named.
        was_on_demand: it had no provisioned capacity.
        resources: what was raised.
        holders: who needs it.
        asked_at: when a change was asked for of which it is not known whether it was
            made.
    """

    model_config = _FROZEN

    table: str
    arn: str
    table_id: str | None
    endpoint_url: str
    region: str
    profile: str | None = None
    was_on_demand: bool = False
    resources: tuple[RaisedResource, ...] = ()
    holders: tuple[Holder, ...] = ()
    asked_at: datetime | None = None

    def resource(self, name: str) -> RaisedResource | None:
        """Return what it says of a resource; None: it was not raised."""
        return next((one for one in self.resources if one.index == name), None)

    def with_resource(self, resource: RaisedResource) -> Self:
        """Return it with another word on a resource."""
        others = [one for one in self.resources if one.index != resource.index]
        ordered = sorted((*others, resource), key=lambda one: one.index)
        return self.model_copy(update={"resources": tuple(ordered)})

    def with_holders(self, holders: Iterable[Holder]) -> Self:
        """Return it with these holders."""
        return self.model_copy(update={"holders": tuple(holders)})

    def is_of(self, *, arn: str, table_id: str | None) -> bool:
        """Say whether it is about this very table."""
        is_same_id = None in (self.table_id, table_id) or self.table_id == table_id
        return self.arn == arn and is_same_id


class _File(BaseModel):
    """The file's outermost object."""

    model_config = ConfigDict(frozen=True, strict=True)

    format: Literal["ddbbulk restore note"] = "ddbbulk restore note"
    version: int = VERSION
    note: RestoreNote


def written_out(note: RestoreNote) -> bytes:
    """Return the file that holds a note."""
    return _File(note=note).model_dump_json(indent=2).encode() + b"\n"


def read_back(data: bytes) -> RestoreNote | None:
    """Return the note that a file holds; None: it was made and never written.

    Raises:
        DamagedNoteError: it is none, not whole, or of a later version.
    """
    if not data:
        return None
    try:
        file = _File.model_validate_json(data)
    except ValidationError:
        raise DamagedNoteError(
            "it is no restore note of this version of ddbbulk, or not all of one"
        ) from None
    if file.version != VERSION:
        raise DamagedNoteError(
            f"it is of version {file.version}, and this ddbbulk knows {VERSION}"
        )
    return file.note
