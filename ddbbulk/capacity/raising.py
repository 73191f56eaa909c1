"""``provisioned``: a table raised for as long as a block lasts, and put back after."""

import logging
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self, Unpack

from ddbbulk.aws import Connection, connect_by
from ddbbulk.capacity.auto_scaling import AutoScaling
from ddbbulk.capacity.changes import CapacityChange, Changes
from ddbbulk.capacity.cost import dollars_per_hour
from ddbbulk.capacity.described import TableCapacity, describe_capacity
from ddbbulk.capacity.holders import is_alive, new_holder
from ddbbulk.capacity.note import RestoreNote
from ddbbulk.capacity.note_file import NoteFile
from ddbbulk.capacity.note_place import NotePlace
from ddbbulk.capacity.options import ProvisionedOptions, check_names
from ddbbulk.capacity.raise_plan import Wanted, raising
from ddbbulk.capacity.restoring import Restoration, Restorer, wait_until
from ddbbulk.capacity.table_update import ask, repeated
from ddbbulk.capacity.uninterrupted import uninterrupted
from ddbbulk.errors import RestoreOwedError
from ddbbulk.locked_file import FileInUseError
from ddbbulk.prices import Prices

_LOG = logging.getLogger(__name__)

# New partitions take minutes. Who waits may cancel.
_RAISE_SECONDS: Final = 900.0
_PATIENCE_SECONDS: Final = 5.0


class ProvisionedCapacity:
    """A table whose capacity is raised while the block lasts; see ``provisioned``.

    Attributes:
        table: the table's name.
        changes: what this block has raised.
        is_on_demand: nothing was raised: the table takes what comes.
        is_shared: somebody else had raised it before.
        note_path: where it stands what is to be put back; None: nothing is.
        dollars_per_hour: what the capacity above what was found costs.
        restoration: what became of it, after the block.
    """

    def __init__(self, table: str, wanted: Wanted, options: ProvisionedOptions) -> None:
        self.table = table.rpartition("/")[2]
        self.changes: tuple[CapacityChange, ...] = ()
        self.is_on_demand = False
        self.is_shared = False
        self.dollars_per_hour = 0.0
        self.restoration: Restoration | None = None
        self._asked_table = table
        self._wanted = wanted
        self._options = options
        self._prices = options.get("prices") or Prices.standard()
        self._holder = new_holder()
        self._stack = AsyncExitStack()
        self._connection: Connection
        self._place: NotePlace | None = None
        self._is_waiting = options.get("wait_restore", False)

    @property
    def note_path(self) -> str | None:
        """Where it stands what is to be put back; None: nothing is."""
        return None if self._place is None else str(self._place.path)

    async def __aenter__(self) -> Self:
        try:
            self._connection = await self._connected()
            async with AutoScaling(self._connection) as scaling:

                async def step() -> str:
                    return await self._step(scaling)

                await repeated(step, table=self.table, seconds=_RAISE_SECONDS)
        except BaseException as error:
            # Whatever kept it from being raised to the end, a part of it may be.
            await self._leave(error)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._leave(error)

    async def _connected(self) -> Connection:
        options = self._options
        connection = options.get("connection")
        if connection is not None:
            return connection
        return await self._stack.enter_async_context(connect_by(options))

    async def _step(self, scaling: AutoScaling) -> str:
        """Do one thing; say what is waited for, or nothing where all is raised."""
        described = await describe_capacity(
            self._connection, self._asked_table, patience_seconds=_PATIENCE_SECONDS
        )
        self.table = described.name
        place = NotePlace.of(
            table=described.name,
            arn=described.arn,
            endpoint_url=self._connection.endpoint_url,
            asked=self._options.get("restore_note"),
        )
        try:
            file = place.open()
        except FileInUseError as error:
            return str(error)
        with file:
            # Whoever had the note until now may have changed the table.
            described = await describe_capacity(
                self._connection, described.name, patience_seconds=_PATIENCE_SECONDS
            )
            if described.busy:
                return ", ".join(described.busy)
            targets = (
                await scaling.targets(described)
                if self._options.get("auto_scaling", True)
                else {}
            )
            changes = raising(
                described,
                self._wanted,
                self._known(file, described),
                targets,
                fresh=self._fresh(described),
                now=datetime.now(UTC),
            )
            self.is_on_demand = described.is_on_demand and not changes.update
            return await self._raise(file, place, changes, scaling)

    async def _raise(
        self, file: NoteFile, place: NotePlace, changes: Changes, scaling: AutoScaling
    ) -> str:
        """Write the note, and then do what it is about."""
        note = changes.note
        if note is None:
            return ""
        others = [
            one for one in note.holders if one.id != self._holder.id and is_alive(one)
        ]
        self.is_shared |= bool(others)
        note = note.with_holders([*others, self._holder])
        self.dollars_per_hour = dollars_per_hour(note, self._prices)
        is_last = not changes.update
        asked_at = None if is_last else datetime.now(UTC)
        self._place = place
        await file.write(note.model_copy(update={"asked_at": asked_at}))
        if is_last:
            # The capacity first: to move the minimum would make auto scaling do it.
            for resource, minimum in changes.minimums.items():
                work = scaling.set_minimum(self.table, resource, minimum)
                await uninterrupted(work)
            return ""
        # Whether it was taken has to be known, also by who is cancelled meanwhile.
        refusal = await uninterrupted(ask(self._connection, changes.update))
        if not refusal:
            self.changes = changes.changes
        return refusal or "the change of capacity"

    def _known(self, file: NoteFile, described: TableCapacity) -> RestoreNote | None:
        note = file.note
        if note is None or note.is_of(arn=described.arn, table_id=described.table_id):
            return note
        _LOG.warning(
            "the restore note %s is of another table %s, which is gone: it is replaced",
            file.path,
            described.name,
        )
        return None

    def _fresh(self, described: TableCapacity) -> RestoreNote:
        return RestoreNote(
            table=described.name,
            arn=described.arn,
            table_id=described.table_id,
            endpoint_url=self._connection.endpoint_url,
            region=self._connection.region,
            profile=self._connection.profile,
        )

    async def _leave(self, ending: BaseException | None) -> None:
        """Put the table back, whatever ends the block, and close what was opened.

        Raises:
            RestoreOwedError: it could not be put back, and nothing else went wrong.
        """
        try:
            if self._place is not None:
                await self._restore(self._place, ending)
        finally:
            await self._stack.aclose()

    async def _restore(self, place: NotePlace, ending: BaseException | None) -> None:
        try:
            done = await uninterrupted(self._restored(place))
            while self._is_waiting and done.next_decrease is not None:
                _LOG.warning(
                    "table %s may be lowered at %s: waiting until then",
                    done.table,
                    _clock(done.next_decrease),
                )
                await wait_until(done.next_decrease)
                done = await uninterrupted(self._restored(place))
        except BaseException:
            self._tell()
            raise
        error = self._tell(is_raised=ending is None)
        if error is not None and ending is None:
            raise error

    def _tell(self, *, is_raised: bool = False) -> RestoreOwedError | None:
        """Log what has to be known of the restoration; return what is still owed."""
        done = self.restoration
        if done is None:
            return None
        for text in done.foreign:
            _LOG.warning("%s", text)
        if not done.owed:
            return None
        error = RestoreOwedError(_owed(done), next_decrease=done.next_decrease)
        if not is_raised:
            _LOG.warning("%s", error)
        return error

    async def _restored(self, place: NotePlace) -> Restoration:
        restorer = Restorer(
            self._connection,
            place,
            table=self.table,
            holder=self._holder,
            is_kept=self._is_waiting,
            prices=self._prices,
        )
        # Kept here as well: who is cancelled meanwhile gets no answer.
        self.restoration = await restorer.restore()
        return self.restoration


def provisioned(
    table: str, *, wcu: float | None, **options: Unpack[ProvisionedOptions]
) -> ProvisionedCapacity:
    """Raise a table's capacity for as long as a block lasts; it is put back always.

    At the end, by an error, by cancellation; and where the process is killed, by
    ``ddbbulk capacity restore``, for a note of what is to be put back is on disk before
    the first change. Nothing is ever lowered below what was found. Blocks that overlap,
    in other processes too, share one note: the last of them puts back.

    Args:
        table: name or ARN.
        wcu: write units a second for the table; None: it stays as it is.
        options: see ``ProvisionedOptions``.

    Raises:
        ConfigurationError: an option cannot work, or auto scaling is in the way.
        RequestError: the table cannot be described or changed.
        RestoreOwedError: after the block: it could not be put back yet.

    Example:
        >>> async def seed() -> None:
        ...     async with provisioned("tweeter_user", wcu=1000) as capacity:
        ...         await load("tweeter_user", users)
        ...     print(capacity.restoration.dollars)
    """
    check_names(options)
    wanted = Wanted(
        wcu=wcu,
        index_wcu=options.get("index_wcu"),
        on_demand_rcu=options.get("on_demand_rcu"),
    )
    return ProvisionedCapacity(table, wanted, options)


def _owed(done: Restoration) -> str:
    when = ""
    if done.next_decrease is not None:
        when = f", which is at {_clock(done.next_decrease)}"
    return (
        f"table {done.table} is still raised: {done.owed}{when}. To put it back: "
        f"ddbbulk capacity restore {done.table} (its note is {done.note_path})"
    )


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
