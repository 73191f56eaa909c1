"""Capacity set to stay: no note, and nothing that puts it back."""

from collections.abc import Mapping

from ddbbulk.aws import Connection
from ddbbulk.capacity.auto_scaling import AutoScaling
from ddbbulk.capacity.changes import (
    CapacityChange,
    ScalingTarget,
    update_request,
    whole,
)
from ddbbulk.capacity.described import TABLE, TableCapacity, describe_capacity, named
from ddbbulk.capacity.note_place import NotePlace
from ddbbulk.capacity.table_update import DecreaseLimitError, ask, repeated
from ddbbulk.errors import ConfigurationError, RequestRejectedError
from ddbbulk.locked_file import FileInUseError

_SET_SECONDS = 900.0
_PATIENCE_SECONDS = 5.0


class CapacitySetting:
    """One change of capacity that is to stay.

    Args:
        connection: to where the table is.
        table: name or ARN.
        write: write units by resource; the table's name is ``""``.
        has_auto_scaling: ask Application Auto Scaling whether it would undo it.

    Attributes:
        changes: what was changed.
    """

    def __init__(
        self,
        connection: Connection,
        table: str,
        write: Mapping[str, float],
        *,
        has_auto_scaling: bool = True,
    ) -> None:
        self.changes: tuple[CapacityChange, ...] = ()
        self._connection = connection
        self._table = table
        self._write = {name: whole(units) for name, units in write.items()}
        self._has_auto_scaling = has_auto_scaling

    async def make(self) -> None:
        """Change what differs, and return when it is in force.

        Raises:
            ConfigurationError: the table is on demand, has no such index, is raised by
                somebody, or auto scaling would undo it.
            RequestError: the table cannot be described or changed, or not now.
        """
        async with AutoScaling(self._connection) as scaling:

            async def step() -> str:
                return await self._step(scaling)

            await repeated(step, table=self._table, seconds=_SET_SECONDS)

    async def _step(self, scaling: AutoScaling) -> str:
        described = await describe_capacity(
            self._connection, self._table, patience_seconds=_PATIENCE_SECONDS
        )
        if described.busy:
            return ", ".join(described.busy)
        self._check(described)
        targets = await scaling.targets(described) if self._has_auto_scaling else {}
        self._check_targets(described, targets)
        update = update_request(described, self._write)
        if not update:
            return ""
        try:
            with self._place(described).open() as file:
                if file.note is not None:
                    raise ConfigurationError(
                        f"table {described.name} is raised, and its restore note says "
                        f"what will be put back: 'ddbbulk capacity restore "
                        f"{described.name}' first"
                    )
                refusal = await ask(self._connection, update)
        except FileInUseError as error:
            return str(error)
        except DecreaseLimitError as error:
            raise RequestRejectedError(
                str(error), table=described.name, code="LimitExceededException"
            ) from error
        if not refusal:
            self.changes = tuple(
                CapacityChange(name, described.units[name].write, units)
                for name, units in self._write.items()
                if units != described.units[name].write
            )
        return refusal or "the change of capacity"

    def _place(self, described: TableCapacity) -> NotePlace:
        return NotePlace.of(
            table=described.name,
            arn=described.arn,
            endpoint_url=self._connection.endpoint_url,
        )

    def _check(self, described: TableCapacity) -> None:
        name = described.name
        if described.is_on_demand:
            raise ConfigurationError(
                f"table {name} is on demand: it has no capacity to set"
            )
        unknown = sorted(set(self._write) - set(described.units))
        if unknown:
            has = ", ".join(sorted(set(described.units) - {TABLE})) or "none"
            raise ConfigurationError(
                f"table {name} has no global index {', '.join(unknown)} (it has: {has})"
            )

    def _check_targets(
        self, described: TableCapacity, targets: Mapping[str, ScalingTarget]
    ) -> None:
        for resource, units in self._write.items():
            target = targets.get(resource)
            if target and not target.minimum <= units <= target.maximum:
                raise ConfigurationError(
                    f"auto scaling keeps {named(described.name, resource)} between "
                    f"{target.minimum:,} and {target.maximum:,} WCU, so it would not "
                    f"stay at {units:,}: change its limits"
                )
