"""Batches are full, keys are distinct, and each key keeps its order."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.barriers import Barrier
from ddbbulk.batch import Batch
from ddbbulk.batching import Batcher
from ddbbulk.hot_keys import HotKeyDetector
from ddbbulk.interleaving import Interleaver
from ddbbulk.ledger import Ledger
from ddbbulk.limits import MAX_BATCH_BYTES, MAX_BATCH_ITEMS
from ddbbulk.marshal import Bundle, Partitions, Write
from ddbbulk.marshal.bundle import Columns
from ddbbulk.positions import DonePositions
from ddbbulk.report import Rejection
from ddbbulk.schema import TableSchema

ROOMY = [1e9]


def a_write(key: str, *, units: int = 1, size: int = 100) -> Write:
    return Write("put", "x" * size, key, size, (units,))


def a_bundle(*keys: str, position: int = 0) -> Bundle:
    columns = Columns()
    columns.keys += keys
    columns.bodies += [f"body of {key}" for key in keys]
    columns.sizes += [100] * len(keys)
    return Bundle(columns, 0, (1,), position, None)


def a_batcher(*writes: Write) -> Batcher:
    batcher = Batcher(resources=1)
    for write in writes:
        batcher.add(write)
    return batcher


def test_a_batch_holds_25_writes_in_the_order_of_arrival() -> None:
    writes = [a_write(f"k{n}") for n in range(30)]
    batcher = a_batcher(*writes)
    assert batcher.take(0, ROOMY).writes == writes[:25]
    assert batcher.take(0, ROOMY).writes == writes[25:]
    assert batcher.due_at(0) is None


def test_a_batch_stays_within_16_mb_of_encoded_bytes() -> None:
    large = 1024 * 1024
    batcher = a_batcher(*(a_write(f"k{n}", size=large) for n in range(25)))
    batch = batcher.take(0, ROOMY)
    assert len(batch.writes) == 15
    assert sum(len(write.body) for write in batch.writes) < MAX_BATCH_BYTES


def test_bytes_of_characters_beyond_ascii_count() -> None:
    text = "ß" * (512 * 1024)
    writes = [Write("put", text, f"k{n}", 1024 * 1024, (1024,)) for n in range(25)]
    batch = a_batcher(*writes).take(0, ROOMY)
    assert sum(len(write.body.encode()) for write in batch.writes) < MAX_BATCH_BYTES
    assert len(batch.writes) == 10


def test_a_batch_costs_no_more_than_the_room() -> None:
    batcher = a_batcher(*(a_write(f"k{n}", units=3) for n in range(9)))
    assert len(batcher.take(0, [8.0]).writes) == 2


def test_one_write_may_cost_more_than_the_room() -> None:
    batcher = a_batcher(a_write("large", units=300), a_write("small"))
    assert [write.key for write in batcher.take(0, [8.0]).writes] == ["large"]


def test_no_write_touches_a_resource_without_room() -> None:
    batcher = Batcher(resources=2)
    sparse = Write("put", "x", "sparse", 1, (1, 0))
    indexed = Write("put", "x", "indexed", 1, (1, 1))
    for write in (sparse, indexed):
        batcher.add(write)
    assert batcher.take(0, [25.0, 0.0]).writes == [sparse]


def test_a_later_write_replaces_one_that_was_never_sent() -> None:
    first, second, other = a_write("k"), a_write("k"), a_write("other")
    batcher = a_batcher(first, other, second)
    assert batcher.take(0, ROOMY).writes == [second, other]
    batcher.settle(second, 0.0)
    batcher.settle(other, 0.0)
    assert batcher.unsettled_items == batcher.unsettled_bytes == 0


def test_a_later_write_waits_for_one_that_is_in_flight() -> None:
    first, second = a_write("k"), a_write("k")
    batcher = a_batcher(first)
    batcher.take(0, ROOMY)
    batcher.add(second)
    assert batcher.due_at(0) is None
    batcher.settle(first, 0.0)
    assert batcher.take(0, ROOMY).writes == [second]


def test_a_rejected_write_gives_way_to_the_one_it_superseded() -> None:
    first, second = a_write("k"), a_write("k")
    batcher = a_batcher(first, second)
    assert batcher.take(0, ROOMY).writes == [second]
    batcher.drop(second, 0.0)
    assert batcher.take(0, ROOMY).writes == [first]
    batcher.settle(first, 0.0)
    assert batcher.unsettled_items == 0


def test_a_rejected_write_leaves_its_place_to_the_one_that_waits() -> None:
    first, second, third = a_write("k"), a_write("k"), a_write("k")
    batcher = a_batcher(first, second)
    batcher.take(0, ROOMY)
    batcher.add(third)
    batcher.drop(second, 0.0)
    assert batcher.take(0, ROOMY).writes == [third]
    batcher.settle(third, 0.0)
    assert batcher.unsettled_items == 0


def test_a_later_write_waits_while_a_request_that_was_given_up_may_land() -> None:
    first, second, third = a_write("k"), a_write("k"), a_write("k")
    batcher = a_batcher(first)
    batcher.take(0, ROOMY)
    batcher.give_up([first], now=1.0)
    batcher.add(second)
    batcher.retry([first], due=1.5)
    assert batcher.take(1.5, ROOMY).writes == [first]
    batcher.settle(first, 2.0)
    assert batcher.due_at(2.0) == 11.0
    batcher.add(third)
    assert batcher.due_at(2.0) == 11.0
    assert batcher.take(11.0, ROOMY).writes == [third]
    batcher.settle(third, 11.1)
    assert batcher.unsettled_items == 0


def test_a_key_stays_guarded_after_its_last_write_is_settled() -> None:
    first, second, other = a_write("k"), a_write("k"), a_write("other")
    batcher = a_batcher(first)
    batcher.take(0, ROOMY)
    batcher.give_up([first], now=1.0)
    batcher.settle(first, 2.0)
    batcher.add(other)
    batcher.add(second)
    assert batcher.take(2.0, ROOMY).writes == [other]
    assert batcher.due_at(2.0) == 11.0


@pytest.mark.parametrize("is_next_waiting", [True, False])
def test_a_request_may_land_late_whoever_waits_for_its_key(
    *, is_next_waiting: bool
) -> None:
    first, second = a_write("k"), a_write("k")
    batcher = a_batcher(first)
    batcher.take(0, ROOMY)
    batcher.give_up([first], now=1.0)
    if is_next_waiting:
        batcher.add(second)
    batcher.settle(first, 2.0)
    if not is_next_waiting:
        batcher.add(second)
    assert batcher.may_land_late(10.9)
    assert batcher.take(11.0, ROOMY).writes == [second]
    assert not batcher.may_land_late(11.0)


def test_guards_that_nobody_asks_for_are_forgotten() -> None:
    batcher = Batcher(resources=1)
    for number in range(100):
        write = a_write(f"k{number}")
        batcher.add(write)
        batcher.take(number, ROOMY)
        batcher.give_up([write], now=number)
        batcher.settle(write, number)
    assert len(batcher._guard.keys) <= 11


def test_what_came_back_travels_again_in_a_full_batch() -> None:
    writes = [a_write(f"k{n}") for n in range(40)]
    batcher = a_batcher(*writes)
    returned = batcher.take(0, ROOMY).writes[:10]
    batcher.retry(returned, due=0.5)
    assert len(batcher.take(0.1, ROOMY).writes) == 15
    for write in (a_write(f"new{n}") for n in range(20)):
        batcher.add(write)
    again = batcher.take(0.5, ROOMY).writes
    assert again[:10] == returned
    assert len(again) == MAX_BATCH_ITEMS


def test_retries_become_due_at_their_time() -> None:
    batcher = a_batcher(a_write("k"))
    batcher.retry(batcher.take(0, ROOMY).writes, due=2.0)
    assert batcher.due_at(1.0) == 2.0
    assert batcher.due_at(3.0) == 3.0


def test_a_refused_batch_travels_again_as_two_halves() -> None:
    writes = [a_write(f"k{n}") for n in range(5)]
    batcher = a_batcher(*writes, a_write("later"))
    batcher.take(0, [5.0])
    batcher.retry_apart(writes)
    assert batcher.take(0, ROOMY).writes == writes[:2]
    assert batcher.take(0, ROOMY).writes == writes[2:]
    assert [write.key for write in batcher.take(0, ROOMY).writes] == ["later"]


ROW = [f"k{n}" for n in range(MAX_BATCH_ITEMS)]


def test_a_bundle_travels_as_it_is() -> None:
    batcher, bundle = a_batcher(), a_bundle(*ROW)
    batcher.add_bundle(bundle)
    assert batcher.next_units(0) == (1,)
    assert batcher.is_full(0, ROOMY)
    batch = batcher.take(0, ROOMY)
    assert (batch.bundle, batch.units, batch.writes) == (bundle, [25.0], [])
    assert batch.bodies == bundle.bodies
    assert (len(batch), batcher.unsettled_items) == (25, 25)
    batcher.settle_bundle(bundle)
    assert batcher.unsettled_items == batcher.unsettled_bytes == 0


def test_a_bundle_is_divided_where_there_is_no_room_for_all_of_it() -> None:
    batcher = a_batcher()
    batcher.add_bundle(a_bundle(*ROW))
    batch = batcher.take(0, [8.0])
    assert [write.key for write in batch.writes] == ROW[:8]
    assert len(batcher.take(0, ROOMY).writes) == 17


def test_writes_that_do_not_fill_a_batch_wait_for_others_beside_bundles() -> None:
    batcher = a_batcher(a_write("early"))
    batcher.add_bundle(a_bundle(*ROW))
    assert batcher.loose_items == 1
    assert batcher.take(0, ROOMY).bundle is not None
    assert [write.key for write in batcher.take(0, ROOMY).writes] == ["early"]


def test_what_came_back_fills_its_batch_from_a_bundle() -> None:
    batcher = a_batcher(a_write("back"))
    batcher.retry(batcher.take(0, ROOMY).writes, due=1.0)
    batcher.add_bundle(a_bundle(*ROW))
    batch = batcher.take(1.0, ROOMY)
    assert [write.key for write in batch.writes] == ["back", *ROW[:24]]


def test_a_write_supersedes_one_of_a_bundle_that_waits() -> None:
    batcher, newer = a_batcher(), a_write("k7")
    batcher.add_bundle(a_bundle(*ROW))
    batcher.add(newer)
    writes = batcher.take(0, ROOMY).writes
    assert [write.key for write in writes] == ROW
    assert writes[7] is newer
    assert newer.superseded is not None
    assert newer.superseded.position == 7


def test_a_write_waits_for_the_bundle_that_has_its_key() -> None:
    batcher, newer = a_batcher(), a_write("k7")
    batcher.add_bundle(a_bundle(*ROW))
    batch = batcher.take(0, ROOMY)
    batcher.add(newer)
    assert batch.bundle is None
    assert [write.attempts for write in batch.writes] == [1] * 25
    assert batcher.due_at(0) is None
    batcher.settle_all(batch.writes, 0)
    assert batcher.take(0, ROOMY).writes == [newer]


@pytest.mark.parametrize("held", ["k7", "k24"])
def test_a_bundle_with_a_key_that_is_held_comes_as_writes(held: str) -> None:
    batcher = a_batcher(a_write(held))
    batcher.take(0, ROOMY)
    batcher.add_bundle(a_bundle(*ROW))
    keys = [write.key for write in batcher.take(0, ROOMY).writes]
    assert keys == [key for key in ROW if key != held]


def test_no_key_of_a_bundle_overtakes_a_request_that_was_given_up() -> None:
    write = a_write("k7")
    batcher = a_batcher(write)
    batcher.take(0, ROOMY)
    batcher.give_up([write], now=0)
    batcher.settle(write, 0)
    batcher.add_bundle(a_bundle(*ROW))
    assert "k7" not in {write.key for write in batcher.take(1, ROOMY).writes}
    assert batcher.due_at(1) == 10.0


def test_every_key_of_bundles_is_guarded_after_a_kill() -> None:
    batcher = a_batcher()
    batcher.add_bundle(a_bundle(*ROW))
    batcher.guard_all(0)
    batcher.add_bundle(a_bundle(*(f"other{n}" for n in range(25))))
    assert batcher.take(0, ROOMY).bundle is None
    assert batcher.take(0, ROOMY).bundle is None


def test_a_barrier_falls_with_the_last_write_before_it() -> None:
    first, second, later = a_write("a"), a_write("b"), a_write("c")
    batcher = a_batcher(first, second)
    barrier = batcher.raise_barrier()
    batcher.add(later)
    batcher.take(0, ROOMY)
    batcher.settle(later, 0.0)
    batcher.settle(first, 0.0)
    assert barrier.remaining == 1
    batcher.drop(second, 0.0)
    assert barrier.remaining == 0


Step = tuple[str, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("add", "add", "bundle", "bundle", "take", "take", "take"),
                *("written", "written", "back", "refused"),
                *("spread", "gather", "barrier"),
            ]
        ),
        st.integers(0, 3),
    ),
    max_size=120,
)


@given(steps=STEPS)
def test_every_key_ends_with_its_last_write_that_was_not_rejected(
    steps: list[Step],
) -> None:
    """Whatever comes back, is refused or superseded, alone or in a bundle."""
    model = _Model()
    for name, number in steps:
        actions: dict[str, Callable[[int], None]] = {
            "add": model.add,
            "bundle": model.add_bundle,
            "barrier": model.raise_barrier,
            "take": model.take,
            "written": model.written,
            "back": model.come_back,
            "refused": model.refuse,
            "spread": model.spread,
            "gather": model.gather,
        }
        actions[name](number)
    model.finish()
    assert model.table == model.expected()
    assert all(barrier.remaining == 0 for barrier in model.barriers)
    assert model.batcher.unsettled_items == model.batcher.unsettled_bytes == 0
    count = len(model.added)
    assert model.done.ranges() == ([(0, count)] if count else [])
    assert model.done.count == count


class _Model:
    """A table, a batcher before it, and what should come of the two."""

    def __init__(self) -> None:
        self.batcher = Batcher(resources=1)
        self.added: list[Write] = []
        self.refused: set[int] = set()
        self.in_flight: list[Write] = []
        self.bundles: list[Batch] = []
        self.barriers: list[Barrier] = []
        self.table: dict[object, int] = {}
        self.done = DonePositions()
        self.ledger = Ledger([""], done=self.done)
        self.now = 1.0

    def add(self, number: int) -> None:
        # Enough units for a burst, so that its partition gets a lane.
        write = a_write(f"k{number}", units=60)
        write.position = len(self.added)
        self.added.append(write)
        self.batcher.add(write)

    def add_bundle(self, number: int) -> None:
        keys = [f"k{9 * number + n}" for n in range(MAX_BATCH_ITEMS - number // 3)]
        bundle = a_bundle(*keys, *keys[: number // 3], position=len(self.added))
        self.added += bundle.writes()
        self.batcher.add_bundle(bundle)

    def raise_barrier(self, _: int) -> None:
        self.barriers.append(self.batcher.raise_barrier())

    def take(self, number: int) -> None:
        self.now += 0.05
        if self.batcher.next_units(self.now) is not None:
            batch = self.batcher.take(self.now, [60.0 * number + 1.0])
            assert len(batch)
            if batch.bundle is None:
                self.in_flight += batch.writes
            else:
                self.bundles.append(batch)
            self._look()
            keys = [write.key for write in self.in_flight]
            for sent in self.bundles:
                assert sent.bundle is not None
                keys += sent.bundle.keys
            assert len(set(keys)) == len(keys), "a key is in flight twice"

    def written(self, number: int) -> None:
        self._look()
        if self.bundles and number % 2:
            batch = self.bundles.pop()
            bundle = batch.bundle
            assert bundle is not None
            for write in bundle.writes():
                self.table[write.key] = write.position
            self.batcher.settle_bundle(bundle)
            self.ledger.written_together(len(batch), bundle.position)
            return
        writes = self._pick(number) + self._pick(number // 2)
        for write in writes:
            self.table[write.key] = write.position
        self.batcher.settle_all(writes, 0.0)
        self.ledger.written(writes, 0.0)

    def come_back(self, number: int) -> None:
        self.batcher.retry(self._pick(number), due=1.0)

    def refuse(self, number: int) -> None:
        for write in self._pick(number):
            self.refused.add(write.position)
            self.batcher.drop(write, 0.0)
            self.ledger.reject(
                Rejection(position=write.position, where="", code="", message="")
            )

    def spread(self, number: int) -> None:
        """Draw from a window in which some of the partitions are slow already."""
        detector = HotKeyDetector(resources=1, on_hot=lambda *_: None)
        detector.suspect(0)
        window = Interleaver(
            heads=self.batcher.heads,
            partitions=Partitions(TableSchema.of("pk")),
            detector=detector,
            resources=1,
        )
        window.slow_down([a_write(f"k{number}")], 0, self.now)
        self.batcher.spread(window)
        window.is_open = True

    def gather(self, _: int) -> None:
        """Draw from a plain line again."""
        self.batcher.gather()

    def finish(self) -> None:
        while (
            self.batcher.due_at(self.now) is not None or self.in_flight or self.bundles
        ):
            self.take(25)
            while self.in_flight or self.bundles:
                self.written(len(self.bundles))

    def expected(self) -> dict[object, int]:
        return {
            write.key: write.position
            for write in self.added
            if write.position not in self.refused
        }

    def _look(self) -> None:
        """Find the bundles of which writes were made meanwhile."""
        for batch in self.bundles:
            self.in_flight += batch.writes
        self.bundles = [batch for batch in self.bundles if batch.bundle is not None]

    def _pick(self, number: int) -> list[Write]:
        if self.bundles and not self.in_flight:
            self.batcher.loosen(self.bundles[0])
        self._look()
        return (
            [self.in_flight.pop(number % len(self.in_flight))] if self.in_flight else []
        )


def test_a_batcher_without_writes_has_nothing_due() -> None:
    assert Batcher(resources=1).next_units(0) is None


@pytest.mark.parametrize("waiting", [1, 24, 25, 26])
def test_a_batch_is_full_with_25_writes(waiting: int) -> None:
    batcher = a_batcher(*(a_write(f"k{n}") for n in range(waiting)))
    assert batcher.is_full(0, [100.0]) is (waiting >= 25)


def test_a_batch_is_full_when_the_room_is_used() -> None:
    assert a_batcher(a_write("a"), a_write("b")).is_full(0, [2.0])
