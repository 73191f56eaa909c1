"""However often a load is killed, in the end the table is a replay of the source."""

import asyncio
import itertools
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ddbbulk import LoadReport, load
from ddbbulk.conditions import Mode
from ddbbulk.retry import Failure, FailureKind
from tests.support.random_writes import held_by, items_of, replayed
from tests.support.seekable_items import SeekableItems
from tests.support.table_in_memory import Killable, TableInMemory
from tests.support.virtual_time import VirtualTimeLoop

THROTTLE = Failure(FailureKind.THROTTLED, "ThrottlingException", "")
FAULT = Failure(FailureKind.FAULT, "InternalServerError", "")
REFUSAL = Failure(FailureKind.REFUSED, "ValidationException", "")


async def killed(
    table: TableInMemory, source: SeekableItems, path: Path, seconds: float, mode: Mode
) -> LoadReport | None:
    """Load for some seconds, and leave the file as a kill would; None: so it was."""
    transport = Killable(table)
    task = asyncio.create_task(
        load(
            "t",
            source,
            wcu=50,
            schema="pk",
            transport=transport,
            checkpoint=path,
            mode=mode,
        )
    )
    await asyncio.wait([task], timeout=seconds)
    if task.done():
        return task.result()
    transport.kill()
    kept = await asyncio.to_thread(path.read_bytes)
    task.cancel()
    await asyncio.wait([task])
    await asyncio.to_thread(path.write_bytes, kept)
    return None


@settings(deadline=None, max_examples=100)
@given(
    writes=st.lists(
        st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=400
    ),
    lives=st.lists(st.floats(0.01, 6), max_size=4),
    poison=st.sets(st.integers(0, 400), max_size=3),
    late=st.sampled_from([0.0, 0.1]),
    failing=st.sampled_from([0.0, 0.3]),
    capacity=st.sampled_from([None, 40.0]),
    chunk=st.integers(1, 60),
    seed=st.integers(0, 1000),
)
@example(  # killed twice while what the first life has sent may still land
    writes=[(1, False), (0, False), (1, False)],
    lives=[1.0, 1.0],
    poison=set(),
    late=0.1,
    failing=0.0,
    capacity=None,
    chunk=1,
    seed=232,
)
def test_a_load_that_is_killed_again_and_again_loses_nothing(
    writes: list[tuple[int, bool]],
    lives: list[float],
    poison: set[int],
    late: float,
    failing: float,
    capacity: float | None,
    chunk: int,
    seed: int,
) -> None:
    """Deletes and duplicates, faults, refused items, requests that land late."""

    def behave(table: TableInMemory, batch: list[dict[str, Any]]) -> Failure | None:
        numbers = {
            int(write["PutRequest"]["Item"]["n"]["N"])
            for write in batch
            if "PutRequest" in write
        }
        if numbers & poison:
            return REFUSAL
        failed = table.random.random() < failing
        return table.random.choice((THROTTLE, FAULT)) if failed else None

    table = TableInMemory(
        "pk", behaviour=behave, late=late, capacity=capacity, seed=seed
    )
    source = SeekableItems(items_of(writes), chunk=chunk)
    report = _live(table, source, lives)
    assert held_by(table) == replayed(writes, refused=poison)
    refused = {
        number
        for number, (_, is_delete) in enumerate(writes)
        if number in poison and not is_delete
    }
    assert report.items_read == len(writes)
    assert report.items_pending == 0
    assert {one.position for one in report.rejections} <= refused
    assert report.items_written + report.items_superseded == (
        len(writes) - report.items_rejected
    )


@settings(deadline=None, max_examples=50)
@given(
    keys=st.lists(st.integers(0, 40), min_size=1, max_size=200),
    lives=st.lists(st.floats(0.01, 4), max_size=4),
    late=st.sampled_from([0.0, 0.1]),
    seed=st.integers(0, 1000),
)
def test_in_mode_insert_the_first_item_of_a_key_wins_whatever_is_killed(
    keys: list[int], lives: list[float], late: float, seed: int
) -> None:
    """An item that an earlier run has written is known again by its values."""
    table = TableInMemory("pk", late=late, seed=seed)
    source = SeekableItems(
        [{"pk": f"k{key}", "n": number} for number, key in enumerate(keys)]
    )
    report = _live(table, source, lives, mode="insert")
    expected: dict[str, int] = {}
    for number, key in enumerate(keys):
        expected.setdefault(f"k{key}", number)
    assert held_by(table) == expected
    assert report.items_written == len(expected)
    assert report.items_existing == len(keys) - len(expected)


def _live(
    table: TableInMemory,
    source: SeekableItems,
    lives: list[float],
    mode: Mode = "put",
) -> LoadReport:
    """Run the load, kill it at the end of each life, and run it to its end."""

    async def all_lives(path: Path) -> LoadReport:
        for seconds in itertools.chain(lives, itertools.repeat(1e6)):
            report = await killed(table, source, path, seconds, mode)
            if report is not None:
                await asyncio.sleep(10)  # what may land late has landed
                return report
        raise AssertionError

    with (
        TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=VirtualTimeLoop) as runner,
    ):
        return runner.run(all_lives(Path(folder) / "c"))
