"""A table put back as its restore note says, step by step, whoever else is at it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from ddbbulk.aws import Connection
from ddbbulk.capacity.auto_scaling import AutoScaling
from ddbbulk.capacity.changes import CapacityChange, Changes, first_of
from ddbbulk.capacity.cost import dollars_until
from ddbbulk.capacity.decrease_limit import next_decrease
from ddbbulk.capacity.described import TableCapacity, describe_capacity
from ddbbulk.capacity.holders import is_alive
from ddbbulk.capacity.note import Holder, RestoreNote
from ddbbulk.capacity.note_file import NoteFile
from ddbbulk.capacity.note_place import NotePlace
from ddbbulk.capacity.restore_plan import restoring
from ddbbulk.capacity.table_update import DecreaseLimitError, ask, repeated
from ddbbulk.errors import ConfigurationError, DdbBulkError, TableNotFoundError
from ddbbulk.locked_file import FileInUseError
from ddbbulk.prices import Prices

# A change of capacity takes seconds; one that adds partitions, or a switch, minutes.
RESTORE_SECONDS: Final = 300.0
_PATIENCE_SECONDS: Final = 60.0
# A request whose sender was killed may still reach the service.
_LANDING: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """What became of raised capacity.

    Attributes:
        table: the table's name.
        changes: what was put back.
        foreign: what somebody else has changed meanwhile, in words: left alone.
        left_to: who needs the capacity still, and puts it back.
        owed: why it is not all put back; empty: it is.
        next_decrease: when the service allows that, where that is why.
        note_path: of the restore note.
        dollars: about what the raise has cost.
    """

    table: str
    changes: tuple[CapacityChange, ...] = ()
    foreign: tuple[str, ...] = ()
    left_to: tuple[Holder, ...] = ()
    owed: str = ""
    next_decrease: datetime | None = None
    note_path: Path | None = None
    dollars: float = 0.0


class Restorer:
    """Puts one table back.

    Args:
        connection: to where the table is.
        place: where its note is.
        table: its name.
        holder: whose raise this was; None: that of a process that is dead.
        is_kept: the holder stays in the note while something is owed: it waits.
        is_forced: others who need the capacity do not count.
        prices: what capacity costs.
    """

    def __init__(
        self,
        connection: Connection,
        place: NotePlace,
        *,
        table: str,
        holder: Holder | None = None,
        is_kept: bool = False,
        is_forced: bool = False,
        prices: Prices,
    ) -> None:
        self._connection = connection
        self._place = place
        self._table = table
        self._holder = holder
        self._is_kept = is_kept
        self._is_forced = is_forced
        self._prices = prices
        self._note: RestoreNote | None = None
        self._restored: dict[str, CapacityChange] = {}
        self._foreign: tuple[str, ...] = ()
        self._left_to: tuple[Holder, ...] = ()
        self._blocked: dict[str, datetime] = {}
        self._is_single = False
        # What our own requests became is known; others may have died with theirs.
        self._has_landed = holder is not None

    async def restore(self) -> Restoration:
        """Put back what may be put back, and say what became of it."""
        owed = ""
        async with AutoScaling(self._connection) as scaling:

            async def step() -> str:
                return await self._step(scaling)

            try:
                await repeated(step, table=self._table, seconds=RESTORE_SECONDS)
            except DdbBulkError as error:
                owed = str(error)
                await self._let_go()
        if self._blocked:
            owed = f"the service allows no decrease of {self._table} before then"
        return Restoration(
            table=self._table,
            changes=tuple(self._restored.values()),
            foreign=self._foreign,
            left_to=self._left_to,
            owed=owed,
            next_decrease=min(self._blocked.values(), default=None),
            note_path=self._place.path,
            dollars=self._dollars(),
        )

    async def _step(self, scaling: AutoScaling) -> str:
        """Do one thing; say what is waited for, or nothing where this is the end."""
        try:
            file = self._place.open()
        except FileInUseError as error:
            return str(error)
        with file:
            note = file.note
            if note is None:
                return ""
            self._note = note
            others = self._others(note)
            if others and not self._is_forced:
                self._left_to = others
                await file.write(note.with_holders(others))
                return ""
            return await self._put_back(file, note, scaling)

    async def _put_back(
        self, file: NoteFile, note: RestoreNote, scaling: AutoScaling
    ) -> str:
        described = await self._described(file, note)
        if described is None:
            return ""
        if described.busy:
            return ", ".join(described.busy)
        self._has_landed |= _is_last_set(note, described)
        has_minimum = any(one.minimum is not None for one in note.resources)
        targets = (
            await scaling.targets(described, is_needed=True) if has_minimum else {}
        )
        changes = restoring(note, described, targets, without=frozenset(self._blocked))
        self._foreign = changes.foreign
        # The minimum first: auto scaling would undo what goes below it.
        for resource, minimum in changes.minimums.items():
            await scaling.set_minimum(note.table, resource, minimum)
        if changes.update:
            return await self._lower(described, changes)
        if self._blocked:
            if not self._is_kept:
                await file.write(note.with_holders(()))
            return ""
        if not self._has_landed and _may_land(note, now=datetime.now(UTC)):
            return "a change that was asked for a moment ago"
        await file.remove()
        return ""

    async def _lower(self, described: TableCapacity, changes: Changes) -> str:
        """Ask for the change; what the service does not allow now is remembered."""
        if self._is_single:
            changes = first_of(changes, described)
        try:
            refusal = await ask(self._connection, changes.update)
        except DecreaseLimitError as error:
            if len(changes.changes) > 1:
                # They are refused together, and counted apart.
                self._is_single = True
            else:
                moment = next_decrease(str(error), now=datetime.now(UTC))
                self._blocked |= {one.resource: moment for one in changes.changes}
            return "what may be lowered"
        if not refusal:
            self._restored |= {one.resource: one for one in changes.changes}
        return refusal or "the change of capacity"

    async def _described(
        self, file: NoteFile, note: RestoreNote
    ) -> TableCapacity | None:
        """Return what the table is; None: there is none any more to be put back.

        Raises:
            RequestError: it cannot be described.
            ConfigurationError: another account has a table of this name.
        """
        try:
            described = await describe_capacity(
                self._connection, note.table, patience_seconds=_PATIENCE_SECONDS
            )
        except TableNotFoundError:
            # Others may ask with the credentials of another account.
            if self._holder is None:
                raise
            self._foreign = (f"table {note.table} is there no more",)
            await file.remove()
            return None
        if described.arn != note.arn:
            raise ConfigurationError(
                f"the restore note is of {note.arn}, and these credentials lead to "
                f"{described.arn}: give the --profile that raised it"
            )
        if not note.is_of(arn=described.arn, table_id=described.table_id):
            self._foreign = (f"table {note.table} was dropped and created anew since",)
            await file.remove()
            return None
        return described

    def _others(self, note: RestoreNote) -> tuple[Holder, ...]:
        mine = None if self._holder is None else self._holder.id
        return tuple(
            holder for holder in note.holders if holder.id != mine and is_alive(holder)
        )

    async def _let_go(self) -> None:
        """Leave a note that is owed without a holder, so that others say so."""
        if self._is_kept or self._holder is None:
            return
        try:
            with self._place.open() as file:
                if file.note is not None:
                    await file.write(file.note.with_holders(self._others(file.note)))
        except ConfigurationError:
            # It counts as owed as soon as this process has ended.
            return

    def _dollars(self) -> float:
        if self._note is None:
            return 0.0
        return dollars_until(self._note, self._prices, now=datetime.now(UTC))


async def wait_until(moment: datetime) -> None:
    """Sleep until a time of the wall clock; it may be set meanwhile."""
    while (seconds := (moment - datetime.now(UTC)).total_seconds()) > 0:  # noqa: ASYNC110 -- no event tells the time
        await asyncio.sleep(min(seconds + 1.0, 60.0))


def in_words(holders: Sequence[Holder]) -> str:
    """Return who they are, for a person."""
    return ", ".join(f"process {one.pid} on {one.host}" for one in holders)


def _is_last_set(note: RestoreNote, described: TableCapacity) -> bool:
    """Say whether a table has all that was asked for last."""
    return all(
        described.write.get(one.index) == one.write.ours[-1]
        for one in note.resources
        if one.write.ours
    )


def _may_land(note: RestoreNote, *, now: datetime) -> bool:
    return note.asked_at is not None and now - note.asked_at < _LANDING
