"""How many items are looked up before they are deleted."""

from typing import Any

from ddbbulk.undoing.look_ahead import LookAhead


def items(count: int, kilobytes: int) -> list[dict[str, Any]]:
    return [{"pk": {"S": "x" * (1024 * kilobytes - 2)}}] * count


def test_until_items_are_known_few_are_looked_up() -> None:
    ahead = LookAhead()
    counts: list[int] = []
    for _ in range(5):
        counts.append(ahead.count(4000))
        ahead.learn(counts[-1], items(counts[-1], 1))
    assert counts == [1, 4, 16, 64, 100]


def test_no_more_is_looked_up_than_a_second_deletes() -> None:
    ahead = LookAhead()
    ahead.learn(100, items(100, 1))
    assert (ahead.count(30), ahead.count(0.1)) == (30, 1)
    ahead.learn(30, items(20, 10))
    assert (ahead.count(1000), ahead.count(100), ahead.count(5)) == (100, 10, 1)
    # What is gone says nothing of what is there.
    ahead.learn(10, [])
    assert ahead.count(100) == 10
    assert ahead.count(float("inf")) == 100


def test_what_takes_longer_than_two_seconds_to_delete_is_looked_up_again() -> None:
    ahead = LookAhead()
    assert not ahead.is_too_far(200, rate=100)
    assert ahead.is_too_far(201, rate=100)
