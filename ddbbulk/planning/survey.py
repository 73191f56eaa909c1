"""The one look at every item: what it costs, where it lands, whether it came before.

The innermost part of a plan: whatever can be done for many items at once is.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol, cast

from ddbbulk.limits import STORED_ENTRY_BYTES, TTL_MAX_AGE_SECONDS
from ddbbulk.marshal import Key, Marshaller, Refused, Write
from ddbbulk.planning.distinct_keys import DistinctKeys
from ddbbulk.planning.entries import IndexEntries, WantedAttributes
from ddbbulk.planning.heavy_keys import HeavyKeys
from ddbbulk.planning.rejections import Rejections
from ddbbulk.planning.tally import (
    BYTES,
    DELETES,
    EXPIRED,
    IMPORT_BYTES,
    ITEMS,
    NEAR_LIMIT,
    NEAR_LIMIT_BYTES,
    PUTS,
    REJECTED,
    Block,
    entries_of,
    size_class,
    stored_in,
    units_of,
)
from ddbbulk.schema import TableSchema
from ddbbulk.sizing import write_units

# What makes sets and sums worth their while, and is small beside one large item.
_PORTION_ITEMS: Final = 500
_PORTION_BYTES: Final = 1024 * 1024
# In a sample: so many keys of each block are remembered for the error of their share.
_KEYS_A_BLOCK: Final = 100
# ``{"PutRequest":{"Item":{…}}}`` is ``{"Item":{…}}`` and a line's end in S3.
_SHORTER_BYTES: Final = len('{"PutRequest":}') - len("\n")
_TABLE: Final = ""


class Origin(Protocol):
    """What can say where a person finds an item."""

    def where(self, position: int) -> str:
        """Name the place of the item at this position."""
        ...


class Survey:
    """Adds up what a source's items come to in an empty table.

    Args:
        schema: the table's keys and indexes.
        ttl_attribute: the attribute that says when an item expires, where there is one.
        now: the time, in seconds since 1970.
        redact_keys: leave the values of keys out of messages.
        is_sampled: blocks are compared with one another in the end.

    Attributes:
        blocks: what was added up, a block after the other.
        keys: counts the different full keys.
        heavy_keys: for each of ``TableSchema.resources``, by write units.
        collections: by stored bytes, where the table has local indexes.
        rejections: the items that would be rejected.
        largest_bytes: of one item.
    """

    def __init__(
        self,
        schema: TableSchema,
        *,
        ttl_attribute: str | None = None,
        now: float = 0.0,
        redact_keys: bool = False,
        is_sampled: bool = False,
    ) -> None:
        self.keys = DistinctKeys()
        self.heavy_keys = [HeavyKeys() for _ in schema.resources]
        self.collections = HeavyKeys()
        self.rejections = Rejections(redact_keys=redact_keys)
        self.largest_bytes = 0
        self.blocks: list[Block] = []
        self._schema = schema
        self._resources = schema.resources
        self._marshaller = Marshaller(schema)
        self._indexes = [(one, IndexEntries(schema, one)) for one in schema.indexes]
        names = {name for _, entries in self._indexes for name in entries.names}
        self._wanted = WantedAttributes(
            names | ({ttl_attribute} if ttl_attribute else set())
        )
        self._ttl_attribute = ttl_attribute
        self._now = now
        self._is_sampled = is_sampled
        self._block = self._new_block()
        self._writes: list[Write] = []
        self._held_bytes = 0

    def add(self, items: Sequence[object], position: int, origin: Origin) -> None:
        """Look at some items.

        Args:
            items: as a source's chunk has them.
            position: of the first.
            origin: where they come from.
        """
        results = self._marshaller.put_all(items, position, origin)
        tally = self._block.tally
        tally[ITEMS] += len(results)
        if set(map(type, results)) != {Write}:
            writes = self._sound(results, origin)
        else:
            writes = cast("list[Write]", results)
        if not writes:
            return
        text = "".join([write.body for write in writes])
        body_bytes = len(text) if text.isascii() else len(text.encode())
        tally[IMPORT_BYTES] += body_bytes - _SHORTER_BYTES * len(writes)
        self._writes += writes
        self._held_bytes += body_bytes
        if len(self._writes) >= _PORTION_ITEMS or self._held_bytes >= _PORTION_BYTES:
            self._settle()

    def end_block(self, weight: int) -> None:
        """Let what comes next be another block.

        Args:
            weight: of what was added since the last one.
        """
        self._settle()
        block = self._block
        block.weight = weight
        block.heavy_keys = [
            Counter(dict(keys.most_common(_KEYS_A_BLOCK))) for keys in block.heavy_keys
        ]
        self.blocks.append(block)
        self._block = self._new_block()

    def _new_block(self) -> Block:
        return Block(heavy_keys=[Counter() for _ in self._resources])

    def _sound(self, results: Sequence[Write | Refused], origin: Origin) -> list[Write]:
        """Return the writes, and count what is none."""
        writes: list[Write] = []
        for result in results:
            if isinstance(result, Write):
                writes.append(result)
            else:
                self.rejections.add(result, origin.where(result.position))
        self._block.tally[REJECTED] += len(results) - len(writes)
        return writes

    def _settle(self) -> None:
        """Add up the writes that are held."""
        writes, self._writes, self._held_bytes = self._writes, [], 0
        if not writes:
            return
        self.keys.add([write.key for write in writes])
        puts = [write for write in writes if write.operation == "put"]
        if len(puts) < len(writes):
            self._count_deletes([write for write in writes if write.operation != "put"])
        if not puts:
            return
        self._count_sizes(puts)
        self._count_units(puts)
        if self._indexes or self._ttl_attribute is not None:
            self._count_contents(puts)

    def _count_deletes(self, deletes: Sequence[Write]) -> None:
        # To delete what is not there costs one unit, and nothing on an index.
        tally = self._block.tally
        tally[DELETES] += len(deletes)
        tally[units_of(_TABLE)] += len(deletes)
        self._weigh(0, Counter(self._partitions(deletes)))

    def _count_sizes(self, puts: Sequence[Write]) -> None:
        tally = self._block.tally
        sizes = [write.size for write in puts]
        total = sum(sizes)
        tally[PUTS] += len(puts)
        tally[BYTES] += total
        tally[entries_of(_TABLE)] += len(puts)
        tally[stored_in(_TABLE)] += total + STORED_ENTRY_BYTES * len(puts)
        for size, count in Counter(sizes).items():
            tally[size_class((size - 1).bit_length())] += count
            if size >= NEAR_LIMIT_BYTES:
                tally[NEAR_LIMIT] += count
        self.largest_bytes = max(self.largest_bytes, *sizes)

    def _count_units(self, puts: Sequence[Write]) -> None:
        """Add up the units of all resources, and the table's by partition key."""
        tally = self._block.tally
        by_units = Counter([write.units for write in puts])
        for units, count in by_units.items():
            for resource, spent in zip(self._resources, units, strict=True):
                tally[units_of(resource)] += spent * count
        partitions = self._partitions(puts)
        if len(by_units) == 1:
            each = puts[0].units[0]
            counts = Counter(partitions)
            if each > 1:
                for key in counts:
                    counts[key] *= each
        else:
            counts = _sums(
                zip(partitions, [write.units[0] for write in puts], strict=True)
            )
        self._weigh(0, counts)

    def _partitions(self, writes: Sequence[Write]) -> list[Key]:
        keys = [write.key for write in writes]
        return keys if self._schema.sort_key is None else [key[0] for key in keys]

    def _weigh(self, resource: int, weights: Counter[Key]) -> None:
        self.heavy_keys[resource].add(weights)
        if self._is_sampled:
            self._block.heavy_keys[resource].update(weights)

    def _count_contents(self, puts: Sequence[Write]) -> None:
        """Add up what stands in the items themselves."""
        items = [self._wanted.of(write) for write in puts]
        if self._ttl_attribute is not None:
            self._count_expired(items, self._ttl_attribute)
        collections = [write.size + STORED_ENTRY_BYTES for write in puts]
        for index, entries in self._indexes:
            found = [
                entries.of(item, write) for item, write in zip(items, puts, strict=True)
            ]
            if index.is_local:
                self._count_local(index.name, found, collections)
            else:
                self._count_global(index.name, found, puts)
        if self._schema.local_indexes:
            self.collections.add(
                _sums(zip(self._partitions(puts), collections, strict=True))
            )

    def _count_global(
        self, name: str, found: Sequence[tuple[Key, int] | None], puts: Sequence[Write]
    ) -> None:
        self._count_stored(name, [entry[1] for entry in found if entry])
        resource = self._resources.index(name)
        units = (write.units[resource] for write in puts)
        weights = zip(found, units, strict=True)
        self._weigh(resource, _sums((one[0], spent) for one, spent in weights if one))

    def _count_local(
        self,
        name: str,
        found: Sequence[tuple[Key, int] | None],
        collections: list[int],
    ) -> None:
        sizes = [entry[1] for entry in found if entry]
        self._count_stored(name, sizes)
        self._block.tally[units_of(name)] += sum(map(write_units, sizes))
        for place, entry in enumerate(found):
            if entry:
                collections[place] += entry[1] + STORED_ENTRY_BYTES

    def _count_stored(self, name: str, sizes: Sequence[int]) -> None:
        tally = self._block.tally
        tally[entries_of(name)] += len(sizes)
        tally[stored_in(name)] += sum(sizes) + STORED_ENTRY_BYTES * len(sizes)

    def _count_expired(self, items: Iterable[Mapping[str, Any]], name: str) -> None:
        # What expired longer ago than that stays: it is taken for a mistake.
        oldest = self._now - TTL_MAX_AGE_SECONDS
        values = [item[name].get("N") for item in items if name in item]
        self._block.tally[EXPIRED] += sum(
            1 for value in values if value and oldest < float(value) < self._now
        )


def _sums(pairs: Iterable[tuple[Key, int]]) -> Counter[Key]:
    sums: dict[Key, int] = {}
    for key, weight in pairs:
        sums[key] = sums.get(key, 0) + weight
    return Counter(sums)
