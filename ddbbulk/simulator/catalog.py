"""The tables that exist: their definitions, states, and capacity at work.

Nothing here waits: a state that ends has the moment at which it ends, and is looked at
when somebody asks.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from ddbbulk.schema import TableSchema
from ddbbulk.simulator.account import Account
from ddbbulk.simulator.definition import Definition
from ddbbulk.simulator.rationing import Rationing
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.store import ItemStore
from ddbbulk.simulator.throughput import TABLE, Resource

Clock = Callable[[], float]
Status = Literal["CREATING", "UPDATING", "ACTIVE"]

REGION: Final = "us-east-1"
ACCOUNT: Final = "000000000000"
_ARN_PREFIX: Final = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/"


def arn_of(table: str) -> str:
    """The ARN of a table that is named, by its name or already by its ARN."""
    return table if table.startswith("arn:") else _ARN_PREFIX + table


@dataclass(slots=True)
class Transition:
    """A change that is under way.

    Attributes:
        status: the table's status meanwhile; ACTIVE where only indexes change.
        ends_at: when it is done, on the simulator's clock.
        definition: what describes the table until then.
        index_states: statuses of indexes that are changing, by name.
    """

    status: Status
    ends_at: float
    definition: Definition
    index_states: Mapping[str, str] = field(default_factory=dict[str, str])


class Table:
    """A table: its definition, what its resources have left, and what was counted.

    Attributes:
        definition: what the table is, or becomes when its transition ends.
        resources: capacity of the table (under ``""``) and of each global index.
        throttled_requests: requests to write of which something was throttled.
        unprocessed_items: items that went back as UnprocessedItems.
    """

    def __init__(
        self,
        definition: Definition,
        *,
        rationing: Rationing,
        account: Account,
        now: float,
    ) -> None:
        self.definition = definition.warmed()
        self.throttled_requests = 0
        self.unprocessed_items = 0
        self.resources: dict[str, Resource] = {}
        self._rationing = rationing
        self._account = account
        self._transition: Transition | None = None
        self._warm_at: float | None = None
        self._add_resources(now)

    @property
    def name(self) -> str:
        """The table's name."""
        return self.definition.name

    @property
    def schema(self) -> TableSchema:
        """The table's keys and indexes."""
        return self.definition.schema

    @property
    def arn(self) -> str:
        """The table's ARN."""
        return arn_of(self.name)

    def transition(self, now: float) -> Transition | None:
        """The change under way; None: the table is ACTIVE."""
        change = self._transition
        if change is not None and now >= change.ends_at:
            self._transition = None
            self._fit_resources(now)
        if self._warm_at is not None and now >= self._warm_at:
            self._finish_warming(now)
        return self._transition

    def status(self, now: float) -> Status:
        """The table's status."""
        change = self.transition(now)
        return "ACTIVE" if change is None else change.status

    def begin(self, change: Transition, definition: Definition, now: float) -> None:
        """Start a change to a new definition; it is in force when the change ends."""
        self.definition = definition
        self._transition = change
        self._add_resources(now)
        self.transition(now)

    @property
    def is_on_demand(self) -> bool:
        """Whether its requests are paid singly."""
        return self.definition.billing_mode == "PAY_PER_REQUEST"

    def warm(self, definition: Definition, *, ends_at: float) -> None:
        """Start to warm the table; it is ACTIVE meanwhile, and changes when it ends."""
        self.definition = definition
        self._warm_at = ends_at

    def grow(self, now: float) -> bool:
        """Take double the previous peak, where on-demand traffic has had a higher one.

        Returns:
            Whether the definition has changed: the table is warmer now.
        """
        grown = {
            name: replace(throughput, warm_write=int(self.resources[name].write.rate))
            for name, throughput in self.definition.throughput.items()
            if self.resources[name].grow(now)
        }
        if grown:
            throughput = {**self.definition.throughput, **grown}
            self.definition = replace(self.definition, throughput=throughput)
        return bool(grown)

    def _finish_warming(self, now: float) -> None:
        self._warm_at = None
        self.definition = self.definition.warmed()
        if self._transition is None:  # else its end brings all of it
            self._fit_resources(now)

    def adopt(self, definition: Definition, now: float) -> None:
        """Take over a definition that is in force already."""
        self.definition = definition
        self._add_resources(now)
        self._fit_resources(now)

    def _add_resources(self, now: float) -> None:
        # An index that is being created already takes part in every write.
        mode = self.definition.billing_mode
        for name, throughput in self.definition.throughput.items():
            if name not in self.resources:
                self.resources[name] = Resource(
                    f"{self.arn}/index/{name}" if name != TABLE else self.arn,
                    is_index=name != TABLE,
                    read=throughput.read_rate(mode),
                    write=throughput.write_rate(mode, self._rationing),
                    rationing=self._rationing,
                    account=self._account,
                    now=now,
                )

    def _fit_resources(self, now: float) -> None:
        mode = self.definition.billing_mode
        for name, resource in tuple(self.resources.items()):
            throughput = self.definition.throughput.get(name)
            if throughput is None:
                del self.resources[name]
            else:
                write = throughput.write_rate(mode, self._rationing)
                resource.resize(throughput.read_rate(mode), write, now)


class Catalog:
    """All tables by name, kept in step with the store.

    Args:
        store: where items and definitions lie; tables that it has are there at once.
        clock: the seconds that capacity and transitions count by.
        rationing: how capacity is rationed.
    """

    def __init__(
        self, store: ItemStore, *, clock: Clock, rationing: Rationing | None = None
    ) -> None:
        self._store = store
        self._clock = clock
        self._rationing = rationing or Rationing()
        self._account = Account(self._rationing, now=clock())
        self._tables: dict[str, Table] = {}
        for text in store.definitions().values():
            self._add(Definition.from_json(text))

    def __iter__(self) -> Iterator[Table]:
        """The tables in the order of their names."""
        return iter([table for _, table in sorted(self._tables.items())])

    def find(self, name: str) -> Table | None:
        """A table by its name or ARN, whatever its state; None: there is none."""
        table = self._tables.get(name)
        if table is None and name.startswith(_ARN_PREFIX):
            table = self._tables.get(name.removeprefix(_ARN_PREFIX))
        return table

    def table(self, name: str) -> Table:
        """The table for a data operation, by its name or ARN.

        Raises:
            ServiceError: there is no such table, or it is still being created.
        """
        table = self.find(name)
        if table is None or table.status(self._clock()) == "CREATING":
            raise ServiceError.no_such_table()
        return table

    def create(self, definition: Definition) -> Table:
        """Add a table that does not exist yet, without items."""
        indexes = [index.name for index in definition.schema.indexes]
        self._store.create_table(definition.name, indexes, definition.to_json())
        return self._add(definition)

    def change(
        self, table: Table, definition: Definition, transition: Transition
    ) -> None:
        """Start a change: it survives from now on, and shows when it ends."""
        self._store.define(table.name, definition.to_json())
        table.begin(transition, definition, self._clock())

    def warm(self, table: Table, definition: Definition, *, ends_at: float) -> None:
        """Start to warm a table: that survives from now on, and shows when it ends."""
        self._store.define(table.name, definition.to_json())
        table.warm(definition, ends_at=ends_at)

    def grow(self, table: Table, now: float) -> None:
        """Let an on-demand table take more, where its traffic has grown."""
        if table.grow(now):
            self._store.define(table.name, table.definition.to_json())

    def redefine(self, table: Table, definition: Definition) -> None:
        """Change something of a table that takes no time."""
        self._store.define(table.name, definition.to_json())
        table.definition = definition

    def delete(self, table: Table) -> None:
        """Remove a table with its items."""
        self._store.drop_table(table.name)
        del self._tables[table.name]

    def _add(self, definition: Definition) -> Table:
        table = Table(
            definition,
            rationing=self._rationing,
            account=self._account,
            now=self._clock(),
        )
        self._tables[definition.name] = table
        return table
