import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.capacity.changes import CapacityChange, Changes, ScalingTarget
from ddbbulk.capacity.described import TableCapacity
from ddbbulk.capacity.note import Held, RestoreNote
from ddbbulk.capacity.raise_plan import Wanted, raising
from ddbbulk.capacity.restore_plan import restoring
from ddbbulk.errors import ConfigurationError
from tests.support.capacity import NOW, note, raised, table

UNITS = st.integers(min_value=1, max_value=50)


def plan(
    described: TableCapacity,
    wanted: Wanted,
    known: RestoreNote | None = None,
    targets: dict[str, ScalingTarget] | None = None,
) -> Changes:
    return raising(described, wanted, known, targets or {}, fresh=note(), now=NOW)


def test_table_and_all_indexes_go_in_one_call_and_keep_their_read_units() -> None:
    changes = plan(table(5, indexes={"a": 10, "b": 1}), Wanted(wcu=999.5))

    assert changes.update == {
        "TableName": "users",
        "ProvisionedThroughput": {"ReadCapacityUnits": 7, "WriteCapacityUnits": 1000},
        "GlobalSecondaryIndexUpdates": [
            {
                "Update": {
                    "IndexName": name,
                    "ProvisionedThroughput": {
                        "ReadCapacityUnits": 7,
                        "WriteCapacityUnits": 1000,
                    },
                }
            }
            for name in ("a", "b")
        ],
    }
    assert changes.note == note(
        raised(5, 1000), raised(10, 1000, index="a"), raised(1, 1000, index="b")
    )


def test_named_indexes_are_raised_and_no_others() -> None:
    changes = plan(
        table(5, indexes={"a": 10, "b": 1}), Wanted(wcu=1000, index_wcu={"b": 30})
    )

    assert changes.changes == (
        CapacityChange("", 5, 1000),
        CapacityChange("b", 1, 30),
    )


def test_an_index_alone_can_be_raised() -> None:
    described = table(5, indexes={"a": 10})
    changes = plan(described, Wanted(wcu=None, index_wcu={"a": 30}))

    assert changes.changes == (CapacityChange("a", 10, 30),)
    assert "ProvisionedThroughput" not in changes.update


def test_what_is_enough_already_is_not_touched_nor_noted() -> None:
    changes = plan(table(1000, indexes={"a": 2000}), Wanted(wcu=1000))

    assert changes == Changes()


def test_an_index_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match=r"no global index b \(it has: a\)"):
        plan(table(indexes={"a": 1}), Wanted(wcu=9, index_wcu={"b": 1}))


@pytest.mark.parametrize("units", [0.0, -1.0, float("inf"), float("nan")])
def test_units_are_a_number_above_zero(units: float) -> None:
    with pytest.raises(ConfigurationError, match="wcu is"):
        Wanted(wcu=units)


def test_raised_values_are_never_noted_as_found() -> None:
    known = note(raised(5, 1000))

    joined = plan(table(1000), Wanted(wcu=2000), known)

    assert joined.note == note(raised(5, 1000, 2000))
    assert joined.changes == (CapacityChange("", 1000, 2000),)


def test_a_raise_to_less_than_another_raise_joins_and_changes_nothing() -> None:
    known = note(raised(5, 1000))

    joined = plan(table(1000), Wanted(wcu=500), known)

    assert joined.note == known
    assert not joined.update


def test_what_somebody_else_has_set_since_is_what_is_found() -> None:
    joined = plan(table(300), Wanted(wcu=1000), note(raised(5, 800)))

    assert joined.note == note(raised(300, 1000))


def test_a_table_on_demand_is_left_alone() -> None:
    changes = plan(table(is_on_demand=True), Wanted(wcu=1000))

    assert changes == Changes()


def test_a_table_on_demand_is_switched_with_all_its_indexes_where_asked() -> None:
    described = table(indexes={"a": 0, "b": 0}, is_on_demand=True)
    wanted = Wanted(wcu=1000, index_wcu={"b": 30}, on_demand_rcu=20)

    changes = plan(described, wanted)

    assert changes.update["BillingMode"] == "PROVISIONED"
    assert changes.update["ProvisionedThroughput"] == {
        "ReadCapacityUnits": 20,
        "WriteCapacityUnits": 1000,
    }
    assert len(changes.update["GlobalSecondaryIndexUpdates"]) == 2
    assert changes.note is not None
    assert changes.note.was_on_demand
    assert [one.write.ours for one in changes.note.resources] == [
        (1000,),
        (1000,),
        (30,),
    ]
    assert {one.read_units for one in changes.note.resources} == {20}


def test_a_switch_that_would_lose_something_is_refused() -> None:
    described = table(is_on_demand=True, has_ceiling=True)
    with pytest.raises(ConfigurationError, match="up to a maximum"):
        plan(described, Wanted(wcu=10, on_demand_rcu=5))


def test_a_switch_needs_a_number_for_the_table() -> None:
    described = table(indexes={"a": 0}, is_on_demand=True)
    wanted = Wanted(wcu=None, index_wcu={"a": 5}, on_demand_rcu=5)
    with pytest.raises(ConfigurationError, match="what the table itself"):
        plan(described, wanted)


def test_a_table_that_was_raised_and_then_switched_is_not_switched_back() -> None:
    with pytest.raises(ConfigurationError, match="capacity restore"):
        plan(
            table(is_on_demand=True),
            Wanted(wcu=10, on_demand_rcu=5),
            note(raised(5, 1000)),
        )


def test_the_minimum_of_auto_scaling_is_moved_and_noted() -> None:
    targets = {"": ScalingTarget(minimum=5, maximum=2000)}

    changes = plan(table(40), Wanted(wcu=1000), None, targets)

    assert changes.minimums == {"": 1000}
    minimum = Held(found=5, ours=(1000,))
    assert changes.note == note(raised(40, 1000, minimum=minimum))


def test_a_minimum_is_moved_also_where_auto_scaling_has_raised_already() -> None:
    targets = {"": ScalingTarget(minimum=5, maximum=2000)}

    changes = plan(table(1500), Wanted(wcu=1000), None, targets)

    assert not changes.update
    assert changes.minimums == {"": 1000}
    assert changes.note == note(raised(1500, minimum=Held(found=5, ours=(1000,))))


def test_what_auto_scaling_would_undo_is_refused() -> None:
    targets = {"a": ScalingTarget(minimum=5, maximum=900)}
    with pytest.raises(ConfigurationError, match="index a at 900 WCU at the most"):
        plan(table(indexes={"a": 5}), Wanted(wcu=1000), None, targets)


@given(
    found=UNITS,
    raises=st.lists(st.tuples(UNITS, st.none() | UNITS), min_size=1, max_size=6),
)
def test_whatever_raises_and_others_do_the_end_is_found_or_theirs(
    found: int, raises: list[tuple[int, int | None]]
) -> None:
    """Between raises somebody else may set the capacity: then that is to stay."""
    now, to_stay, known = found, found, None
    for wanted, others in raises:
        before = now
        changes = plan(table(now), Wanted(wcu=wanted), known)
        known = changes.note
        now = max([now, *(one.after for one in changes.changes)])
        assert now >= before
        assert now >= wanted
        if others is not None:
            ours = known.resources[0].write if known and known.resources else None
            is_told_apart = ours is None or ours.is_foreign(others)
            now = others
            if is_told_apart:
                to_stay = others
            else:
                assert ours is not None
                to_stay = ours.found
    if known is not None:
        back = restoring(known, table(now), {})
        now = back.changes[0].after if back.changes else now
    assert now == to_stay
