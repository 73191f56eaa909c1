"""Whatever fails, insert and newer modes leave what a sequential replay leaves."""

import asyncio
from collections import Counter
from decimal import Decimal
from typing import Any, Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from ddbbulk import Delete, Event, ItemExisting, LoadReport, load
from ddbbulk.marshal import item_to_wire
from ddbbulk.retry import Failure, FailureKind
from tests.support.table_in_memory import TableInMemory
from tests.support.virtual_time import VirtualTimeLoop

Item = dict[str, Any]
FAILURES = st.sampled_from(
    [
        None,
        None,
        Failure(FailureKind.THROTTLED, "ThrottlingException", ""),
        Failure(FailureKind.FAULT, "InternalServerError", ""),
        # From then on writes wait in a window.
        Failure(
            FailureKind.THROTTLED,
            "ThrottlingException",
            "",
            (("TableWriteKeyRangeThroughputExceeded", "arn:…:table/t"),),
        ),
    ]
)
REFUSAL = Failure(FailureKind.REFUSED, "ValidationException", "")
# Few keys, versions and contents: so most writes meet an item, and some its equal.
VERSIONS = st.sampled_from([None, 1, 2, 3, Decimal("2.0"), "2", "3", b"2", [2]])
CONTENTS = st.sampled_from([0, 0, 1, {"a", "b"}, "x" * 1500, "poison"])
KEYS = st.sampled_from(["k0", "k1", "k2", "k3"])


def _item(key: str, version: object, content: object) -> Item:
    item: Item = {"pk": key, "content": content}
    return item if version is None else item | {"v": version}


ITEMS = st.builds(_item, KEYS, VERSIONS, CONTENTS)
WRITES = st.lists(
    st.one_of(*[ITEMS] * 9, st.builds(lambda key: Delete({"pk": key}), KEYS)),
    max_size=120,
)


class Replay:
    """What a table holds after one write after the other, and how each ended."""

    def __init__(self, mode: str, stored: list[Item]) -> None:
        self.items = {item["pk"]: item for item in stored}
        self.ends: Counter[str] = Counter()
        self.existing: list[int] = []
        self._mode = mode

    def write(self, position: int, write: Item | Delete) -> None:
        end = self._end(write)
        self.ends[end] += 1
        if end == "existing":
            self.existing.append(position)

    def _end(self, write: Item | Delete) -> str:
        if isinstance(write, Delete) or write["content"] == "poison":
            return "rejected"
        is_newer = self._mode == "newer"
        if is_newer and not isinstance(write.get("v"), int | Decimal | str | bytes):
            return "rejected"
        old = self.items.get(write["pk"])
        if old is not None and not (is_newer and _is_older(old.get("v"), write["v"])):
            return "written" if old == write else "existing"
        self.items[write["pk"]] = write
        return "written"


def _is_older(stored: Any, ours: Any) -> bool:  # noqa: ANN401 -- of every type
    if stored is None:
        return True
    kinds = (str, bytes, int | Decimal)
    is_same = any(isinstance(stored, kind) and isinstance(ours, kind) for kind in kinds)
    return is_same and bool(stored < ours)


@settings(deadline=None, max_examples=150)
@given(
    mode=st.sampled_from(["insert", "newer"]),
    stored=st.lists(ITEMS, max_size=4, unique_by=lambda item: item["pk"]),
    writes=WRITES,
    failures=st.lists(FAILURES, min_size=1, max_size=20),
    lost_answers=st.sampled_from([0.0, 0.3]),
    late=st.sampled_from([0.0, 0.2]),
    capacity=st.sampled_from([None, 40.0]),
    seed=st.integers(0, 1000),
)
def test_every_item_ends_as_in_a_replay_one_after_the_other(
    mode: Literal["insert", "newer"],
    stored: list[Item],
    writes: list[Item | Delete],
    failures: list[Failure | None],
    lost_answers: float,
    late: float,
    capacity: float | None,
    seed: int,
) -> None:
    """Throttles, faults, lost and late answers, refused items, duplicates, deletes."""

    def behave(table: TableInMemory, batch: list[Item]) -> Failure | None:
        if batch[0]["PutRequest"]["Item"]["content"] == {"S": "poison"}:
            return REFUSAL
        return table.random.choice([*failures, None])

    table = TableInMemory(
        "pk",
        behaviour=behave,
        lost_answers=lost_answers,
        late=late,
        capacity=capacity,
        seed=seed,
    )
    for item in stored:
        table.items[(str({"S": item["pk"]}),)] = item_to_wire(item)
    replay = Replay(mode, stored)
    for position, write in enumerate(writes):
        replay.write(position, write)
    heard: list[Event] = []
    report = _load(table, writes, mode, heard)

    wire = {key: item_to_wire(item) for key, item in replay.items.items()}
    assert {item["pk"]["S"]: item for item in table.items.values()} == wire
    assert {
        "written": report.items_written,
        "existing": report.items_existing,
        "rejected": report.items_rejected,
    } == {end: replay.ends[end] for end in ("written", "existing", "rejected")}
    assert report.items_superseded == report.items_pending == 0
    assert report.items_read == len(writes)
    stayed = [event.position for event in heard if isinstance(event, ItemExisting)]
    assert sorted(stayed) == replay.existing
    assert table.most_in_flight_per_key <= 1


def _load(
    table: TableInMemory,
    writes: list[Item | Delete],
    mode: Literal["insert", "newer"],
    heard: list[Event],
) -> LoadReport:
    async def load_and_wait() -> LoadReport:
        report = await load(
            "t",
            writes,
            wcu=500,
            schema="pk",
            transport=table,
            mode=mode,
            version_attribute="v" if mode == "newer" else None,
            on_event=heard.append,
        )
        await asyncio.sleep(10)  # for what lands late
        return report

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(load_and_wait())
