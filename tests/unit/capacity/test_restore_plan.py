from ddbbulk.capacity.changes import CapacityChange, ScalingTarget, first_of
from ddbbulk.capacity.note import Held
from ddbbulk.capacity.restore_plan import restoring
from tests.support.capacity import note, raised, table

BOTH = note(raised(5, 1000), raised(10, 1000, index="a"))


def test_table_and_indexes_are_put_back_in_one_call() -> None:
    back = restoring(BOTH, table(1000, indexes={"a": 1000}), {})

    assert back.changes == (
        CapacityChange("", 1000, 5),
        CapacityChange("a", 1000, 10),
    )
    assert back.update["ProvisionedThroughput"]["WriteCapacityUnits"] == 5
    assert len(back.update["GlobalSecondaryIndexUpdates"]) == 1
    assert not back.foreign


def test_any_of_the_values_that_raises_have_set_is_ours() -> None:
    known = note(raised(5, 500, 1000))

    for now in (500, 1000):
        assert restoring(known, table(now), {}).changes == (CapacityChange("", now, 5),)


def test_nothing_is_done_where_it_is_as_it_was_found() -> None:
    back = restoring(BOTH, table(5, indexes={"a": 10}), {})

    assert not back.update
    assert not back.foreign


def test_what_somebody_else_has_set_is_left_alone_and_told() -> None:
    back = restoring(BOTH, table(700, indexes={"a": 1000}), {})

    assert back.changes == (CapacityChange("a", 1000, 10),)
    assert "ProvisionedThroughput" not in back.update
    (told,) = back.foreign
    assert told == (
        "table users has 700 WCU, neither the 5 WCU that was found nor what was set "
        "(1,000): somebody else has changed it, and it is left alone"
    )


def test_an_index_that_was_dropped_is_told() -> None:
    back = restoring(BOTH, table(1000), {})

    assert back.changes == (CapacityChange("", 1000, 5),)
    assert back.foreign == ("index a is there no more",)


def test_a_table_that_was_switched_to_on_demand_stays_so() -> None:
    back = restoring(BOTH, table(indexes={"a": 0}, is_on_demand=True), {})

    assert not back.update
    assert "switched to on demand" in back.foreign[0]


def test_a_table_that_was_on_demand_becomes_so_again() -> None:
    known = note(raised(0, 1000), raised(0, 30, index="a"), was_on_demand=True)

    back = restoring(known, table(1000, indexes={"a": 30}), {})

    assert back.update == {"TableName": "users", "BillingMode": "PAY_PER_REQUEST"}
    assert back.changes[0] == CapacityChange("", 1000, 0)
    again = table(indexes={"a": 0}, is_on_demand=True)
    assert not restoring(known, again, {}).update


def test_a_switched_table_that_somebody_else_has_changed_is_left_alone() -> None:
    known = note(raised(0, 1000), was_on_demand=True)

    back = restoring(known, table(1200), {})

    assert not back.update
    assert "neither on demand nor what was set" in back.foreign[0]


def test_what_may_not_be_lowered_now_is_left_out() -> None:
    described = table(1000, indexes={"a": 1000})

    back = restoring(BOTH, described, {}, without=frozenset({""}))

    assert back.changes == (CapacityChange("a", 1000, 10),)


def test_the_first_of_several_changes_can_be_asked_for_alone() -> None:
    described = table(1000, indexes={"a": 1000})

    first = first_of(restoring(BOTH, described, {}), described)

    assert first.changes == (CapacityChange("", 1000, 5),)
    assert "GlobalSecondaryIndexUpdates" not in first.update


def test_a_minimum_is_put_back() -> None:
    known = note(raised(5, 1000, minimum=Held(found=5, ours=(1000,))))
    targets = {"": ScalingTarget(minimum=1000, maximum=2000)}

    back = restoring(known, table(1000), targets)

    assert back.minimums == {"": 5}
    assert back.changes == (CapacityChange("", 1000, 5),)


def test_what_auto_scaling_has_set_is_left_to_it() -> None:
    known = note(raised(5, 1000, minimum=Held(found=5, ours=(1000,))))
    targets = {"": ScalingTarget(minimum=1000, maximum=2000)}

    back = restoring(known, table(1430), targets)

    assert back.minimums == {"": 5}
    assert not back.update
    assert "auto scaling has set table users to 1,430 WCU" in back.foreign[0]


def test_a_minimum_that_somebody_else_has_moved_is_left_alone() -> None:
    known = note(raised(5, 1000, minimum=Held(found=5, ours=(1000,))))
    targets = {"": ScalingTarget(minimum=50, maximum=2000)}

    back = restoring(known, table(1000), targets)

    assert not back.minimums
    assert "the minimum of auto scaling of table users is 50" in back.foreign[0]
