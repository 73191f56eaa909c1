"""A new index gets the entries of the items that are there."""

from dataclasses import replace
from typing import Final

import orjson

from ddbbulk.schema import TableSchema
from ddbbulk.simulator.catalog import Table
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.item_keys import index_keys_if_valid
from ddbbulk.simulator.keys import StoredKey
from ddbbulk.simulator.store import Changes

_CHUNK: Final = 1000


def backfill(engine: Engine, table: Table, schema: TableSchema) -> None:
    """Build a schema's last index, the new one, in one go; it costs no capacity.

    Items whose attributes are no key for the index are left out, as AWS does.
    """
    store, index = engine.store, schema.indexes[-1]
    store.create_index(table.name, index.name)
    only = replace(schema, indexes=(index,))
    after: StoredKey | None = None
    while True:
        pairs: list[tuple[StoredKey, StoredKey]] = []
        read = 0
        for key, (_, body) in store.walk(table.name, after=after, limit=_CHUNK):
            read, after = read + 1, key
            entry = index_keys_if_valid(only, orjson.loads(body)).get(index.name)
            if entry is not None:
                pairs.append((entry[1], key))
        store.write(table.name, Changes(index_puts={index.name: pairs}))
        if read < _CHUNK:
            return
