"""What every operation works on: the store, the catalog, the clocks and chance."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ddbbulk.simulator.catalog import Catalog, Clock
from ddbbulk.simulator.quotas import Quotas
from ddbbulk.simulator.store import ItemStore
from ddbbulk.simulator.tokens import Tokens


@dataclass(slots=True)
class Engine:
    """The state behind the operations; used from one thread only.

    Attributes:
        store: the items.
        catalog: the tables.
        clock: seconds that capacity and transitions count by.
        wall_clock: seconds since 1970.
        chance: which items of a throttled batch lose.
        create_seconds: how long a new table is CREATING.
        update_seconds: how long a changed table is UPDATING.
        quotas: what an account may ask for.
        tokens: of the transactions that were done not long ago.
    """

    store: ItemStore
    catalog: Catalog
    clock: Clock = time.monotonic
    wall_clock: Clock = time.time
    chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 -- a simulation must repeat
    create_seconds: float = 0.0
    update_seconds: float = 0.0
    quotas: Quotas = field(default_factory=Quotas)
    tokens: Tokens = field(default_factory=Tokens)


Operation = Callable[[Engine, dict[str, Any]], dict[str, Any]]
