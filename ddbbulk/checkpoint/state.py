"""What a checkpoint says, and how its file holds it: versioned, with a digest."""

import hashlib
from datetime import datetime
from typing import Any, Final, Literal, Self

import orjson
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    ValidationError,
    model_validator,
)

from ddbbulk.report import Rejection
from ddbbulk.sources import Bookmark
from ddbbulk.tables import TableDescription

VERSION: Final = 1
# How every such file begins, of whatever version.
BEGINNING: Final = b'{\n  "format": "ddbbulk checkpoint"'
_FROZEN: Final = ConfigDict(frozen=True, extra="forbid", strict=True)


class DamagedError(Exception):
    """The file is no whole checkpoint; the message says in which way.

    It stays in this package, where the file's name is known.
    """


class TableMark(BaseModel):
    """Which table it is, as far as it was told.

    Args:
        name: its name.
        arn: its ARN, which tells account and region.
        id: what tells it from a later table of the same name.
    """

    model_config = _FROZEN

    name: str
    arn: str | None = None
    id: str | None = None

    @classmethod
    def of(cls, table: str, described: TableDescription | None) -> Self:
        """Return the mark of a table.

        Args:
            table: name or ARN, as the caller has it.
            described: what DescribeTable says of it, where it was asked.
        """
        if described is not None:
            return cls(name=described.name, arn=described.arn, id=described.table_id)
        arn = table if table.startswith("arn:") else None
        return cls(name=table.rpartition("/")[2], arn=arn)


class Counts(BaseModel):
    """How the items ended that are done."""

    model_config = _FROZEN

    items_written: NonNegativeInt = 0
    items_superseded: NonNegativeInt = 0
    items_existing: NonNegativeInt = 0
    items_rejected: NonNegativeInt = 0

    @property
    def total(self) -> int:
        """How many items are done."""
        return (
            self.items_written
            + self.items_superseded
            + self.items_existing
            + self.items_rejected
        )


class Place(BaseModel):
    """A source's bookmark: the position, and what the source finds it by."""

    model_config = _FROZEN

    position: NonNegativeInt
    place: dict[str, Any]

    def bookmark(self) -> Bookmark:
        """Return it as the source has it."""
        return Bookmark(self.position, self.place)


class CheckpointState(BaseModel):
    """All that a checkpoint's file holds.

    Args:
        table: the table that is loaded.
        source: the identity of the source.
        manner: options that change what a write does, such as the mode.
        done: the positions that are settled, as ranges in their order.
        counts: how they ended.
        rejections: the first of the rejected items.
        bookmark: from where to read on; None: from the beginning.
        is_finished: all of the source is settled.
        is_clean: no request was without its answer when this was written.
        saved_at: when this was written.
    """

    model_config = _FROZEN

    table: TableMark
    source: dict[str, Any]
    manner: dict[str, str | None] = Field(default_factory=dict[str, str | None])
    done: tuple[tuple[NonNegativeInt, NonNegativeInt], ...] = ()
    counts: Counts = Counts()
    rejections: tuple[Rejection, ...] = ()
    bookmark: Place | None = None
    is_finished: bool = False
    is_clean: bool = True
    saved_at: datetime

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        before = -1
        for start, end in self.done:
            if not before < start < end:
                raise ValueError("its ranges are out of order")
            before = end
        if sum(end - start for start, end in self.done) != self.counts.total:
            raise ValueError("its counts do not add up")
        return self


class _File(BaseModel):
    """The file's outermost object."""

    model_config = ConfigDict(frozen=True, strict=True)

    format: Literal["ddbbulk checkpoint"] = "ddbbulk checkpoint"
    version: int = VERSION
    sha256: str
    state: dict[str, Any]


def written_out(state: CheckpointState) -> bytes:
    """Return the file that holds a state."""
    plain = state.model_dump(mode="json")
    file = _File(sha256=_digest(plain), state=plain)
    return orjson.dumps(file.model_dump(), option=orjson.OPT_INDENT_2) + b"\n"


def read_back(data: bytes) -> CheckpointState:
    """Return the state that a file holds.

    Raises:
        DamagedError: it is none, not whole, or of a later version.
    """
    try:
        file = _File.model_validate_json(data)
    except ValidationError:
        raise DamagedError("it is no checkpoint, or not all of one") from None
    if file.version != VERSION:
        raise DamagedError(
            f"it is of version {file.version}, and this ddbbulk writes {VERSION}"
        )
    if _digest(file.state) != file.sha256:
        raise DamagedError("its digest does not fit: it was changed or cut")
    try:
        return CheckpointState.model_validate_json(orjson.dumps(file.state))
    except ValidationError:
        raise DamagedError("it contradicts itself") from None


def _digest(state: dict[str, Any]) -> str:
    canonical = orjson.dumps(state, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()
