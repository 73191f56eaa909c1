from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.errors import InvalidItemError
from ddbbulk.marshal import Marshaller, WireItem, to_wire
from ddbbulk.schema import TableSchema
from ddbbulk.simulator.attribute_values import measure_attributes, measure_item
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.sizing import item_size
from tests.property.strategies import names, values

wire_items = st.dictionaries(names, values.map(to_wire), max_size=6).map(
    # As it comes out of a request: no dictionary or list twice.
    lambda item: orjson.loads(orjson.dumps(item))
)


@given(wire_items)
def test_sizes_are_those_that_the_loader_reckons_with(item: dict[str, Any]) -> None:
    assert measure_item(item) == item_size(item)


@given(wire_items)
def test_measuring_leaves_a_canonical_item_as_it_is(item: dict[str, Any]) -> None:
    before = orjson.dumps(item)
    measure_item(item)
    assert orjson.dumps(item) == before


def nested(levels: int, leaf: dict[str, Any] | None = None) -> dict[str, Any]:
    value: dict[str, Any] = leaf or {"S": "x"}
    for level in range(levels):
        value = {"M": {"m": value}} if level % 2 else {"L": [value]}
    return {"pk": {"S": "key"}, "deep": value}


def test_31_nested_containers_pass_the_simulator_and_the_loader() -> None:
    item = nested(31)
    measure_attributes(item)
    Marshaller(TableSchema.of("pk")).put(WireItem(item))


@pytest.mark.parametrize("leaf", [{"M": {}}, {"L": []}])
def test_an_empty_container_at_the_deepest_level_passes_both(
    leaf: dict[str, Any],
) -> None:
    item = nested(31, leaf)
    measure_attributes(item)
    Marshaller(TableSchema.of("pk")).put(WireItem(item))


def test_32_nested_containers_pass_neither() -> None:
    item = nested(32)
    with pytest.raises(ServiceError, match="Nesting Levels have exceeded"):
        measure_attributes(item)
    with pytest.raises(InvalidItemError) as caught:
        Marshaller(TableSchema.of("pk")).put(WireItem(item))
    assert caught.value.code == "NestingTooDeep"
