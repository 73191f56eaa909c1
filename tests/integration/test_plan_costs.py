"""The units that a plan foretells are those that dynoxide charges."""

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbbulk import IndexSchema, KeyAttribute, TableSchema, plan_sync
from ddbbulk.marshal import Marshaller
from ddbbulk.schema import Projection
from ddbbulk.sizing import canonical_number, number_size
from tests.property.strategies import size_from_first_digit
from tests.support.raw_dynamodb import RawClient, connected
from tests.support.servers import Server

pytestmark = pytest.mark.integration

Item = dict[str, object]
Create = Callable[[TableSchema], str]


def is_undisputed(number: int | Decimal) -> bool:
    """Say whether both formulas for a number's size agree: dynoxide has the other."""
    text = canonical_number(str(number))
    return number_size(text) == size_from_first_digit(text)


ATTRIBUTES = {"city": "S", "level": "N", "hash": "B", "note": "S"}
numbers = (
    st.integers(-(10**9), 10**9)
    | st.decimals(-(10**4), 10**4, allow_nan=False, places=3)
).filter(is_undisputed)
texts = st.text("abé\U0001f600", min_size=1, max_size=6)
# What makes an item, or only its entry in some indexes, cost more than one unit.
large = st.builds(lambda text, times: text * times, texts, st.integers(1, 600))
scalars = texts | numbers | st.binary(max_size=9) | st.booleans() | st.none()
values = st.recursive(
    scalars | st.sets(texts, min_size=1, max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
    ),
    max_leaves=5,
)
items = st.fixed_dictionaries(
    {"pk": texts, "sk": st.integers(1, 99)},
    optional={
        "city": texts,
        "level": numbers,
        "hash": st.binary(min_size=1, max_size=12),
        "note": large,
        "other": large,
        "more": values,
    },
)
sources = st.lists(
    items, min_size=1, max_size=25, unique_by=lambda item: (item["pk"], item["sk"])
)
PROJECTIONS: list[tuple[Projection, tuple[str, ...]]] = [
    ("ALL", ()),
    ("KEYS_ONLY", ()),
    ("INCLUDE", ("other", "more")),
]
projections = st.sampled_from(PROJECTIONS)
keys = st.sampled_from(
    [KeyAttribute(name, kind) for name, kind in ATTRIBUTES.items() if name != "note"]  # type: ignore[arg-type] # the types of keys
)


@st.composite
def schemas(draw: st.DrawFn) -> TableSchema:
    has_sort_key = draw(st.booleans())
    indexes: list[IndexSchema] = []
    for number in range(draw(st.integers(0, 3))):
        partition_key, *sort_keys = draw(
            st.lists(keys, min_size=1, max_size=2, unique=True)
        )
        projection, copied = draw(projections)
        indexes.append(
            IndexSchema(
                f"global-{number}",
                (partition_key,),
                tuple(sort_keys),
                projection,
                copied,
            )
        )
    for number in range(draw(st.integers(0, 2)) if has_sort_key else 0):
        projection, copied = draw(projections)
        indexes.append(
            IndexSchema(
                f"local-{number}",
                (KeyAttribute("pk"),),
                (draw(keys),),
                projection,
                copied,
                is_local=True,
            )
        )
    sort = KeyAttribute("sk", "N") if has_sort_key else None
    return TableSchema(KeyAttribute("pk"), sort, tuple(indexes))


def definition(index: IndexSchema) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": index.projection}
    if index.non_key_attributes:
        projection["NonKeyAttributes"] = [*index.non_key_attributes]
    return {
        "IndexName": index.name,
        "KeySchema": key_schema(index.keys),
        "Projection": projection,
    }


def key_schema(keys: tuple[KeyAttribute, ...]) -> list[dict[str, str]]:
    return [
        {"AttributeName": key.name, "KeyType": role}
        for key, role in zip(keys, ("HASH", "RANGE"), strict=False)
    ]


@pytest.fixture(name="client", scope="module")
def _client(dynoxide: Server) -> Iterator[RawClient]:
    with connected(dynoxide.endpoint_url) as client:
        yield client


def written(
    client: RawClient, schema: TableSchema, source: list[Item]
) -> tuple[Counter[str], Counter[str]]:
    """Write the items into a new table.

    Returns:
        What dynoxide says that it took, and how many entries each index has then.
    """
    table = f"plan-{uuid4()}"
    used = {*schema.keys, *(key for index in schema.indexes for key in index.keys)}
    indexes = {
        "GlobalSecondaryIndexes": [*map(definition, schema.global_indexes)],
        "LocalSecondaryIndexes": [*map(definition, schema.local_indexes)],
    }
    client.must(
        "CreateTable",
        TableName=table,
        KeySchema=key_schema(schema.keys),
        AttributeDefinitions=[
            {"AttributeName": key.name, "AttributeType": key.type} for key in used
        ],
        BillingMode="PAY_PER_REQUEST",
        **{kind: found for kind, found in indexes.items() if found},
    )
    marshaller = Marshaller(schema)
    answer = client.must(
        "BatchWriteItem",
        RequestItems={
            table: [orjson.loads(marshaller.put(item).body) for item in source]
        },
        ReturnConsumedCapacity="INDEXES",
    )
    entries = Counter({"": client.must("Scan", TableName=table)["Count"]})
    for index in schema.indexes:
        scanned = client.must("Scan", TableName=table, IndexName=index.name)
        entries[index.name] = scanned["Count"]
    client.must("DeleteTable", TableName=table)
    assert not answer["UnprocessedItems"]
    (consumed,) = answer["ConsumedCapacity"]
    units = Counter({"": consumed["Table"]["CapacityUnits"]})
    for kind in indexes:
        for name, one in consumed.get(kind, {}).items():
            units[name] += one["CapacityUnits"]
    return units, entries


@settings(max_examples=60)
@given(schema=schemas(), source=sources)
def test_an_empty_table_takes_what_the_plan_says(
    client: RawClient, schema: TableSchema, source: list[Item]
) -> None:
    if schema.sort_key is None:
        source = [*{item["pk"]: item for item in source}.values()]
    units, entries = written(client, schema, source)
    report = plan_sync(schema, source)
    assert entries == {one.name: one.entries.value for one in report.resources}
    assert not report.duplicates.items.value
    # The table pays for its local indexes, and dynoxide names their units apart.
    units[""] += sum(units[index.name] for index in schema.local_indexes)
    assert units == Counter(
        {one.name: one.write_units.value for one in report.resources}
    )
