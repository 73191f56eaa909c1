"""Conditional writes leave one by one, and those of a key in their order."""

from ddbbulk.marshal import Write
from ddbbulk.one_by_one import OneByOne

ROOMY = [1e9]


def a_write(key: str) -> Write:
    return Write("put", "x" * 100, key, 100, (1,))


def a_queue(*writes: Write) -> OneByOne:
    queue = OneByOne(resources=1)
    for write in writes:
        queue.add(write)
    return queue


def taken(queue: OneByOne, now: float = 0.0) -> Write:
    (write,) = queue.take(now, ROOMY).writes
    return write


def test_one_write_is_a_full_batch() -> None:
    first, second = a_write("a"), a_write("b")
    queue = a_queue(first, second)
    assert queue.is_full(0, ROOMY)
    assert taken(queue) is first
    assert taken(queue) is second
    assert queue.due_at(0) is None


def test_every_write_of_a_key_is_sent_in_its_order() -> None:
    writes = [a_write("a") for _ in range(4)]
    queue = a_queue(*writes[:3])
    for write in writes[:2]:
        assert taken(queue) is write
        assert queue.due_at(0) is None, "two writes of one key in flight"
        queue.settle(write, 0)
    queue.add(writes[3])
    assert taken(queue) is writes[2]
    queue.drop(writes[2], 0)
    assert taken(queue) is writes[3]
    queue.settle(writes[3], 0)
    assert queue.unsettled_items == queue.unsettled_bytes == 0
    assert all(write.superseded is None for write in writes)


def test_a_write_that_came_back_keeps_its_followers_waiting() -> None:
    first, second, other = a_write("a"), a_write("a"), a_write("b")
    queue = a_queue(first, second, other)
    queue.retry([taken(queue)], due=5.0)
    assert taken(queue) is other
    assert queue.due_at(1.0) == 5.0
    assert taken(queue, 5.0) is first
    queue.settle(first, 5.0)
    assert taken(queue, 5.0) is second


def test_keys_of_a_request_that_was_given_up_are_not_guarded() -> None:
    first, second = a_write("a"), a_write("a")
    queue = a_queue(first, second)
    queue.give_up([taken(queue)], 0)
    queue.settle(first, 1.0)
    assert queue.due_at(1.0) == 1.0
    assert taken(queue, 1.0) is second
