"""What a survey adds up, beside the same computed one by one from the wire's JSON."""

from collections.abc import Mapping

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbbulk.limits import STORED_ENTRY_BYTES
from ddbbulk.marshal import Delete, Marshaller, Partitions
from ddbbulk.planning.survey import Survey
from ddbbulk.planning.tally import (
    BYTES,
    DELETES,
    EXPIRED,
    ITEMS,
    PUTS,
    REJECTED,
    entries_of,
    stored_in,
    units_of,
)
from ddbbulk.sizing import entry_size, item_size, write_units
from ddbbulk.sources import Chunk
from tests.property.strategies import SCHEMA, items

NOW = 1_800_000_000.0


def surveyed(
    source: list[object], *, chunk: int = 7, ttl_attribute: str | None = None
) -> Survey:
    survey = Survey(SCHEMA, ttl_attribute=ttl_attribute, now=NOW)
    for start in range(0, len(source), chunk):
        part = Chunk(source[start : start + chunk], start)
        survey.add(part.items, part.start, part)
    survey.end_block(len(source))
    return survey


@settings(max_examples=60)
@given(source=st.lists(items, max_size=20))
def test_sizes_units_and_entries_are_those_of_the_items(
    source: list[dict[str, object]],
) -> None:
    marshaller = Marshaller(SCHEMA)
    writes = [marshaller.put(item) for item in source]
    wires = [orjson.loads(write.body)["PutRequest"]["Item"] for write in writes]

    (block,) = surveyed([*source]).blocks
    tally = block.tally

    assert tally[PUTS] == tally[entries_of("")] == len(source)
    assert tally[BYTES] == sum(map(item_size, wires))
    assert tally[stored_in("")] == tally[BYTES] + STORED_ENTRY_BYTES * len(source)
    assert tally[units_of("")] == sum(write.units[0] for write in writes)
    for index in SCHEMA.indexes:
        sizes = [entry_size(wire, SCHEMA, index) for wire in wires]
        there = [size for size in sizes if size is not None]
        assert tally[entries_of(index.name)] == len(there)
        assert tally[stored_in(index.name)] == sum(there) + 100 * len(there)
        assert tally[units_of(index.name)] == sum(map(write_units, there))


@settings(max_examples=60)
@given(source=st.lists(items, min_size=1, max_size=30))
def test_hot_keys_are_weighed_by_the_units_of_their_items(
    source: list[dict[str, object]],
) -> None:
    marshaller, partitions = Marshaller(SCHEMA), Partitions(SCHEMA)
    weights: list[dict[object, int]] = [{} for _ in SCHEMA.resources]
    for item in source:
        write = marshaller.put(item)
        for resource, key in enumerate(partitions.of(write)):
            if key is not None:
                before = weights[resource].get(key, 0)
                weights[resource][key] = before + write.units[resource]

    survey = surveyed([*source])

    for found, wanted in zip(survey.heavy_keys, weights, strict=True):
        keys = {one.key: one.weight for one in found.heaviest(share=0)}
        # The sketch does not name those of one unit, which is its threshold.
        assert {key: n for key, n in wanted.items() if n > 1}.items() <= keys.items()
        assert found.total == sum(wanted.values())


def collection(item: Mapping[str, object]) -> int:
    """Return the bytes that an item takes of its collection."""
    write = Marshaller(SCHEMA).put(item)
    wire = orjson.loads(write.body)["PutRequest"]["Item"]
    sizes = [entry_size(wire, SCHEMA, index) for index in SCHEMA.local_indexes]
    return write.size + 100 + sum(100 + size for size in sizes if size is not None)


def test_a_collection_is_its_items_and_their_entries_in_local_indexes() -> None:
    source = [{"pk": "a", "sk": n, "level": n} for n in range(5)]
    source.append({"pk": "a", "sk": 9, "notes": "not in the index"})
    survey = surveyed([*source, {"pk": "b", "sk": 1}])
    largest = survey.collections.heaviest(share=0)[0]
    assert (largest.key, largest.weight) == ("a", sum(map(collection, source)))


def test_rejected_items_are_counted_by_reason_with_the_first_places() -> None:
    source: list[object] = [{"pk": "a", "sk": n} for n in range(10)]
    source[3] = {"pk": "a"}
    source[5] = source[6] = source[7] = source[8] = {"pk": "", "sk": 1}
    survey = surveyed(source)
    (block,) = survey.blocks
    assert (block.tally[ITEMS], block.tally[REJECTED]) == (10, 5)
    empty, missing = survey.rejections.reasons()
    assert (empty.code, empty.items) == ("EmptyKey", 4)
    assert [one.where for one in empty.examples] == ["item 5", "item 6", "item 7"]
    assert (missing.code, missing.items) == ("MissingKey", 1)
    assert missing.examples[0].position == 3


def test_a_delete_of_nothing_costs_one_unit_and_no_entry() -> None:
    source: list[object] = [Delete({"pk": "a", "sk": n}) for n in range(3)]
    (block,) = surveyed(source).blocks
    assert (block.tally[DELETES], block.tally[units_of("")]) == (3, 3)
    assert block.tally[PUTS] == block.tally[entries_of("")] == 0
    assert block.tally[units_of("everything")] == 0


def test_items_are_expired_if_dynamodb_would_delete_them() -> None:
    year = 365 * 86_400
    times = [NOW - 1, NOW - 4 * year, NOW + 1, NOW - 6 * year]
    source: list[object] = [
        {"pk": "a", "sk": n, "until": int(time)} for n, time in enumerate(times)
    ]
    source += [{"pk": "a", "sk": 8, "until": "2020-01-01"}, {"pk": "a", "sk": 9}]
    (block,) = surveyed(source, ttl_attribute="until").blocks
    assert block.tally[EXPIRED] == 2


def test_large_items_are_counted_as_they_come() -> None:
    """Portions end early, so that what is held stays small."""
    source: list[object] = [
        {"pk": "a", "sk": n, "text": "x" * 300_000} for n in range(20)
    ]
    survey = surveyed(source)
    (block,) = survey.blocks
    assert block.tally[PUTS] == 20
    assert 300_000 < survey.largest_bytes < 300_100
