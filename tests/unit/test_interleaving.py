"""No partition gets more than it bears, and what waits for one holds up no other."""

from collections import Counter
from collections.abc import Iterable

import pytest

from ddbbulk.batching import Batcher
from ddbbulk.hot_keys import HotKeyDetector
from ddbbulk.interleaving import Interleaver
from ddbbulk.marshal import Marshaller, Partitions, Write
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema

FOLLOWS = TableSchema(
    KeyAttribute("follower"),
    KeyAttribute("followee"),
    (
        IndexSchema(
            "follows_index", (KeyAttribute("followee"),), (KeyAttribute("follower"),)
        ),
    ),
)
ROOMY = [1e9, 1e9]


class Spread:
    """A batcher that draws from a window, and a clock."""

    def __init__(self, rate: float = 5000) -> None:
        self.now = 0.0
        self.batcher = Batcher(resources=2)
        self.detector = HotKeyDetector(resources=2, on_hot=lambda *_: None)
        self.detector.set_rates([rate, rate])
        self.window = Interleaver(
            heads=self.batcher.heads,
            partitions=Partitions(FOLLOWS),
            detector=self.detector,
            resources=2,
        )
        self.window.is_open = True
        self.batcher.spread(self.window)
        self.marshaller = Marshaller(FOLLOWS)
        self.sent: list[tuple[float, Write]] = []

    def add(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.batcher.add_all([self.write(*pair) for pair in pairs])

    def write(self, follower: str, followee: str, **more: object) -> Write:
        return self.marshaller.put(
            {"follower": follower, "followee": followee} | more,
        )

    def send(self, seconds: float, *, batches_a_second: float = 1000) -> None:
        """Send what may leave, so many batches a second."""
        end = self.now + seconds
        while self.now < end:
            if self.batcher.due_at(self.now) == self.now:
                assert self.batcher.next_units(self.now) is not None
                batch = self.batcher.take(self.now, ROOMY)
                assert batch.writes
                self.sent += [(self.now, write) for write in batch.writes]
                self.batcher.settle_all(batch.writes, self.now)
            self.now += 1 / batches_a_second

    def fullest_second(self, resource: int) -> float:
        """Return the most units that any one partition got within a second."""
        partitions = Partitions(FOLLOWS)
        got: dict[object, list[float]] = {}
        for at, write in self.sent:
            got.setdefault(partitions.of(write)[resource], []).extend(
                [at] * write.units[resource]
            )
        return max(
            sum(1 for other in times[n:] if other < at + 1.0)
            for times in got.values()
            for n, at in list(enumerate(times))[:: max(1, len(times) // 20)]
        )


def follows(count: int, *, first: int = 0, of: str = "@daisy") -> list[tuple[str, str]]:
    return [(f"@donald{n}", of) for n in range(first, first + count)]


def test_a_hot_partition_gets_no_more_than_it_bears_and_nearly_that() -> None:
    spread = Spread()
    spread.add(follows(4000))
    spread.send(3.0)
    assert spread.fullest_second(1) <= 1000 + 200
    assert len(spread.sent) == pytest.approx(3 * 980, rel=0.1)
    spread.send(2.0)
    assert len(spread.sent) == 4000
    assert len(spread.window) == 0
    assert spread.batcher.unsettled_items == 0


def test_others_pass_what_waits_for_a_hot_partition() -> None:
    spread = Spread()
    spread.add(follows(2000))
    spread.add((f"@donald{n}", f"@duck{n}") for n in range(1000))
    spread.send(0.2)
    others = [write for _, write in spread.sent if "@daisy" not in write.key]
    assert len(others) == 1000


def test_partitions_of_sorted_input_are_written_side_by_side() -> None:
    spread = Spread()
    spread.add((f"@k{n // 1000}", f"@{n}") for n in range(10_000))
    spread.send(1.0, batches_a_second=200)
    early = Counter(write.key[0] for _, write in spread.sent)
    assert len(early) == 10
    assert max(early.values()) <= 700
    spread.send(2.0, batches_a_second=200)
    assert len(spread.sent) == 10_000
    assert spread.fullest_second(0) <= 1000


def test_what_waits_among_others_moves_to_its_lane_when_its_partition_is_hot() -> None:
    spread = Spread()
    spread.add(follows(150))
    spread.add(follows(850, first=150))
    spread.send(0.4)
    assert len(spread.sent) <= 0.4 * 980 + 60


def test_a_write_that_replaces_one_waits_for_its_own_partition() -> None:
    schema = TableSchema(
        KeyAttribute("alias"),
        indexes=(IndexSchema("by_team", (KeyAttribute("team"),)),),
    )
    batcher = Batcher(resources=2)
    detector = HotKeyDetector(resources=2, on_hot=lambda *_: None)
    detector.set_rates([5000, 5000])
    window = Interleaver(
        heads=batcher.heads,
        partitions=Partitions(schema),
        detector=detector,
        resources=2,
    )
    batcher.spread(window)
    put = Marshaller(schema).put
    for number in range(500):
        batcher.add(put({"alias": f"@duck{number}", "team": "ducks"}))
    for number in range(500):
        batcher.add(put({"alias": f"@mouse{number}", "team": f"t{number}"}))
    for number in range(300):
        batcher.add(put({"alias": f"@mouse{number}", "team": "ducks"}))
    taken: list[Write] = []
    while batcher.due_at(0.0) == 0.0:
        taken += batcher.take(0.0, ROOMY).writes
    assert sum('"ducks"' in write.body for write in taken) < 50
    assert sum('"ducks"' not in write.body for write in taken) == 200
    now = 0.0
    while (due := batcher.due_at(now)) is not None:
        now = due
        taken += batcher.take(now, ROOMY).writes
    assert len({write.key for write in taken}) == len(taken) == 1000
    assert now == pytest.approx(0.8, rel=0.1)


def test_one_hot_partition_fills_a_batch_with_what_it_bears() -> None:
    spread = Spread()
    spread.add(follows(500))
    spread.send(0.01)
    while spread.batcher.due_at(spread.now) != spread.now:
        spread.now += 0.001
    # 1/50 of a second's worth: to wait for more company would waste what it bears.
    assert spread.batcher.is_full(spread.now, ROOMY)
    assert len(spread.batcher.take(spread.now, ROOMY).writes) == 19


def test_a_few_large_items_of_a_hot_partition_do_not_wait_for_company() -> None:
    spread = Spread()
    spread.batcher.add_all(
        [spread.write(f"@donald{n}", "@daisy", pad="x" * 9500) for n in range(24)]
    )
    assert spread.batcher.is_full(0.0, ROOMY)
    spread.batcher.take(0.0, ROOMY)
    assert not spread.batcher.is_full(0.0, ROOMY)


def test_when_the_next_may_leave_is_known() -> None:
    spread = Spread()
    spread.add(follows(500))
    assert spread.window.released_at() == float("inf")
    while spread.batcher.due_at(0.0) == 0.0:
        spread.batcher.take(0.0, ROOMY)
    due = spread.batcher.due_at(0.0)
    assert due is not None
    assert 0 < due < 0.2
    assert spread.window.released_at() == due


def test_units_that_cost_less_than_estimated_leave_faster() -> None:
    spread = Spread()
    spread.window.factors = [1.0, 0.5]
    spread.add(follows(4000))
    spread.send(2.5)
    assert len(spread.sent) == pytest.approx(4000, rel=0.02)


def test_what_is_sent_again_counts_for_its_partition() -> None:
    spread = Spread()
    spread.add(follows(1000))
    spread.send(0.2)
    before = len(spread.sent)
    again = [write for _, write in spread.sent][:100]
    batcher = spread.batcher
    for write in again:
        batcher._heads[write.key] = write
    batcher.retry(again, due=0.0)
    spread.send(0.5)
    assert len(spread.sent) - before <= 0.5 * 980 + 60


def test_a_partition_that_throttles_is_given_less_and_recovers() -> None:
    spread = Spread()
    spread.add(follows(8000))
    spread.send(0.5)
    writes = [write for _, write in spread.sent[-20:]]
    for n in range(10):
        spread.window.slow_down(writes, 1, spread.now + n)
    spread.now += 10
    before = len(spread.sent)
    spread.send(1.0)
    slow = len(spread.sent) - before
    assert slow < 500
    spread.send(4.0)
    before = len(spread.sent)
    spread.send(1.0)
    assert len(spread.sent) - before > 1.1 * slow


def test_partitions_that_are_hot_no_more_are_forgotten() -> None:
    spread = Spread()
    spread.add(follows(1000))
    was_dispensable = spread.window.is_dispensable
    assert not was_dispensable
    spread.send(2.0)
    spread.add((f"@donald{n}", f"@duck{n}") for n in range(6000))
    spread.send(2.0)
    assert spread.window.is_dispensable
    assert [dict(paces) for paces in spread.window._paces] == [{}, {}]
    assert list(spread.window._lanes) == [()]
