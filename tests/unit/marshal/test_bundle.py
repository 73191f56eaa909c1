"""Items that are alike come in bundles, and in any case in their order."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.errors import InvalidItemError
from ddbbulk.limits import MAX_BATCH_ITEMS
from ddbbulk.marshal import (
    Bundle,
    Delete,
    Marshaller,
    Refused,
    Write,
    compiled_source,
)
from ddbbulk.marshal.bundle import Columns
from ddbbulk.marshal.keys import key_text
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema

USERS = TableSchema.of("alias")
TEAM = KeyAttribute("team")
SPARSE = TableSchema(USERS.partition_key, indexes=(IndexSchema("by_team", (TEAM,)),))
# What an item costs on this index cannot be told by its size.
NARROW = TableSchema(
    USERS.partition_key,
    indexes=(IndexSchema("by_alias", (USERS.partition_key,), projection="KEYS_ONLY"),),
)
ORIGIN = object()
ITEMS = {
    "user": {"alias": "@donald", "followers": 1},
    "member": {"alias": "@donald", "team": "ducks"},
    "large": {"alias": "@donald", "followers": 1, "about": "q" * 2000},
    "text": {"alias": "@donald", "followers": "many"},
    "bad": {"alias": "", "followers": 1},
    "lost": Delete({"alias": "@donald"}),
}


def told(result: Write | Refused) -> tuple[object, ...]:
    if isinstance(result, Refused):
        return result.position, result.code
    content = result.operation, result.body, result.key, result.size, result.units
    return result.position, *content, result.origin


@pytest.mark.parametrize(
    "schema", [USERS, SPARSE, NARROW], ids=["plain", "index", "keys"]
)
@given(
    kinds=st.lists(st.tuples(st.sampled_from([*ITEMS]), st.integers(1, 60)), max_size=6)
)
def test_lots_are_what_each_item_is_alone(
    schema: TableSchema, kinds: list[tuple[str, int]]
) -> None:
    items = [ITEMS[kind] for kind, times in kinds for _ in range(times)]
    results: list[Write | Refused] = []
    for lot in Marshaller(schema).lots(items, 1000, ORIGIN):
        if isinstance(lot, Bundle):
            assert len(lot) == MAX_BATCH_ITEMS
            assert [told(one) for one in lot.writes()] == [
                told(lot[at]) for at in range(len(lot))
            ]
            results += lot.writes()
        else:
            results += lot

    alone = Marshaller(schema)
    expected = [
        *(alone._result(item, place, ORIGIN) for place, item in enumerate(items, 1000))
    ]
    assert [told(one) for one in results] == [told(one) for one in expected]


@pytest.mark.parametrize(
    ("schema", "item", "units"),
    [
        (USERS, "user", (1,)),
        (SPARSE, "member", (1, 1)),
        (SPARSE, "user", None),
        (NARROW, "user", (1, 1)),
        (USERS, "large", None),
    ],
)
def test_items_that_cost_one_unit_everywhere_come_in_bundles(
    schema: TableSchema, item: str, units: tuple[int, ...] | None
) -> None:
    marshaller = Marshaller(schema)
    marshaller.put_all([ITEMS[item]] * 10, 0, None)
    lots = marshaller.lots([ITEMS[item]] * 60, 0, None)
    bundles = [lot for lot in lots if isinstance(lot, Bundle)]
    assert [(one.position, one.units) for one in bundles] == (
        [] if units is None else [(0, units), (25, units)]
    )


def test_an_item_that_fails_half_way_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failing = date(2026, 1, 7)

    def fails_once(text: str) -> str:
        if failing.isoformat() in text:
            raise ValueError
        return key_text(text)

    monkeypatch.setattr(compiled_source, "key_text", fails_once)
    marshaller = Marshaller(NARROW)
    items = [{"alias": date(2026, 1, day), "visits": day} for day in range(1, 29)]
    marshaller.put_all(items[7:], 0, None)

    columns = Columns()
    assert marshaller._compiled.encode(items, 0, columns) == 6
    lengths = [len(columns.keys), len(columns.bodies), len(columns.units)]
    assert lengths == [6, 6, 6]
    assert [told(one) for one in marshaller.put_all(items, 0, None)] == [
        told(Marshaller(NARROW)._result(item, place, None))
        for place, item in enumerate(items)
    ]


def test_the_last_of_a_bundle_is_found_from_its_end() -> None:
    marshaller = Marshaller(USERS)
    users = [{"alias": f"@user{n}", "followers": n} for n in range(60)]
    _, second, *_ = (
        lot for lot in marshaller.lots(users, 0, None) if isinstance(lot, Bundle)
    )
    assert second[-1].key == second.keys[-1]
    assert second[-1].position == second.position + 24


def test_an_item_that_is_larger_than_any_is_left_to_be_refused() -> None:
    marshaller = Marshaller(USERS)
    large = {"alias": "a", "about": "q" * 300_000}
    marshaller.put_all([large] * 20, 0, None)
    with pytest.raises(InvalidItemError, match="409,600"):
        marshaller.put({"alias": "a", "about": "q" * 409_600})
