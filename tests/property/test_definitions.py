"""Whatever a table is defined as comes back from its description and from its text."""

import tomllib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ddbbulk.schema_file import TableDefinition
from ddbbulk.tables import (
    create_request,
    definition_of,
    definition_text,
    differences,
)
from tests.property.strategies import characters
from tests.support.simulator_in_process import SimulatorInProcess

table_names = st.from_regex(r"[a-zA-Z0-9_.-]{3,20}", fullmatch=True)
words = st.text(characters, min_size=1, max_size=10)
units = st.integers(1, 40_000)
# One type for each name: an attribute cannot be a string here and a number there.
NAMES = ("pk", "sk", "city", "level:x", "né", "day")
TYPES = ("S", "N", "S", "S", "B", "N")


@st.composite
def keys(draw: st.DrawFn, most: int) -> list[str]:
    chosen = draw(
        st.lists(st.sampled_from(NAMES), min_size=1, max_size=most, unique=True)
    )
    return [f"{name}:{TYPES[NAMES.index(name)]}" for name in chosen]


@st.composite
def projections(draw: st.DrawFn) -> dict[str, Any]:
    projection = draw(st.sampled_from(("ALL", "KEYS_ONLY", "INCLUDE")))
    if projection != "INCLUDE":
        return {"projection": projection}
    copied = draw(st.lists(words, min_size=1, max_size=3, unique=True))
    return {"projection": projection, "non_key_attributes": copied}


@st.composite
def definitions(draw: st.DrawFn) -> TableDefinition:
    own = draw(keys(2))
    has_sort_key = len(own) > 1
    is_provisioned = draw(st.booleans())
    fields = ("write_capacity", "read_capacity")
    if not is_provisioned:
        fields = ("max_write_units", "max_read_units")
    capacities = st.fixed_dictionaries({}, optional=dict.fromkeys(fields, units))
    names = draw(st.lists(table_names, max_size=4, unique=True))
    local = names[:1] if has_sort_key and draw(st.booleans()) else []
    document: dict[str, Any] = {
        "table": draw(table_names),
        "partition_key": own[0],
        "sort_key": own[1] if has_sort_key else None,
        "billing": "provisioned" if is_provisioned else "on-demand",
        **draw(capacities),
        "ttl_attribute": draw(st.none() | words),
        "deletion_protection": draw(st.booleans()),
        "tags": draw(st.dictionaries(words, st.text(characters, max_size=10))),
        "local_indexes": [
            {"name": name, "sort_key": "day:N", **draw(projections())} for name in local
        ],
        "global_indexes": [
            {"name": name, **_index_keys(draw), **draw(projections())}
            | draw(capacities)
            for name in names[len(local) :]
        ],
    }
    tags = document["tags"]
    document["tags"] = {k: v for k, v in tags.items() if k[:4].lower() != "aws:"}
    if local and own[0].startswith("day"):
        document["local_indexes"] = []
    return TableDefinition.model_validate(document)


def _index_keys(draw: st.DrawFn) -> dict[str, Any]:
    chosen = draw(keys(4))
    return {"partition_key": chosen[:1], "sort_key": chosen[1:]}


@given(definitions())
def test_a_schema_file_says_all_of_a_definition(definition: TableDefinition) -> None:
    text = definition_text(definition)
    assert TableDefinition.model_validate(tomllib.loads(text)) == definition


@settings(max_examples=50)
@given(definitions())
def test_a_table_that_was_created_has_its_definition(
    definition: TableDefinition,
) -> None:
    simulator = SimulatorInProcess()
    name = definition.table or ""
    simulator.call("CreateTable", **create_request(definition, name))
    simulator.now += 1000
    table = simulator.call("DescribeTable", TableName=name)["Table"]
    there = definition_of(
        table, ttl_attribute=definition.ttl_attribute, tags=definition.tags
    )
    assert differences(definition, there) == ()
    assert create_request(there, name) == create_request(definition, name)
