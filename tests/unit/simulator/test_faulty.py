import asyncio
from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from ddbbulk.simulator import Faults
from ddbbulk.simulator.answer import Answer, Delivery, error_answer
from ddbbulk.simulator.faulty import FaultyBackend
from ddbbulk.simulator.service_error import ServiceError

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/"


class Recorder:
    """A backend that does nothing but write down when it was asked for what."""

    def __init__(self, answer: Answer | None = None) -> None:
        self.requests: list[tuple[float, str, bytes]] = []
        self._answer = answer or Answer(200, b'{"UnprocessedItems":{}}')

    async def answer(
        self,
        name: str,
        body: bytes,
        headers: Mapping[str, str],  # noqa: ARG002 -- every backend gets them
    ) -> Answer:
        self.requests.append((now(), name, body))
        return self._answer

    def statistics(self) -> dict[str, Any]:
        return {"tables": {"ducks": {}}, "faults": {}}


def now() -> float:
    return asyncio.get_running_loop().time()


def faulty(backend: Recorder, faults: str, *, seed: int = 0) -> FaultyBackend:
    return FaultyBackend(backend, Faults.parse(faults), seed=seed, clock=now)


def put(number: int) -> dict[str, Any]:
    return {"PutRequest": {"Item": {"pk": {"S": str(number)}}}}


def batch(**tables: int) -> bytes:
    """Return a batch of so many puts for each table."""
    return orjson.dumps(
        {
            "RequestItems": {
                table: [put(number) for number in range(count)]
                for table, count in tables.items()
            },
            "ReturnConsumedCapacity": "TOTAL",
        }
    )


async def test_a_slow_answer_comes_after_the_write() -> None:
    recorder = Recorder()
    start = now()
    answer = await faulty(recorder, "slow=1").answer("PutItem", b"{}", {})
    assert recorder.requests == [(start, "PutItem", b"{}")]
    assert answer == Answer(200, b'{"UnprocessedItems":{}}')
    assert now() == pytest.approx(start + 2)


async def test_a_late_write_happens_and_is_never_answered() -> None:
    recorder = Recorder()
    start = now()
    answer = await faulty(recorder, "late=1").answer("PutItem", b"{}", {})
    [(moment, _, _)] = recorder.requests
    assert moment == pytest.approx(start + 3)
    assert answer.delivery is Delivery.SILENCE


@pytest.mark.parametrize(
    "name", ["GetItem", "BatchGetItem", "TransactGetItems", "Scan", "CreateTable"]
)
async def test_only_writes_meet_faults(name: str) -> None:
    recorder = Recorder()
    backend = faulty(recorder, "throttle=1")
    assert (await backend.answer(name, b"{}", {})).status == 200
    assert len(recorder.requests) == 1
    assert backend.statistics()["faults"] == {"throttle": 0}


@pytest.mark.parametrize(
    "name",
    ["BatchWriteItem", "PutItem", "DeleteItem", "UpdateItem", "TransactWriteItems"],
)
async def test_every_kind_of_write_meets_faults(name: str) -> None:
    recorder = Recorder()
    backend = faulty(recorder, "throttle=1")
    assert (await backend.answer(name, b"{}", {})).status == 400
    assert recorder.requests == []
    assert backend.statistics() == {
        "tables": {"ducks": {}},
        "faults": {"throttle": 1},
    }


@pytest.mark.parametrize(
    ("body", "tables"),
    [
        (batch(ducks=1, geese=1), ["ducks", "geese"]),
        (b'{"TableName":"ducks"}', ["ducks"]),
        (orjson.dumps({"TableName": f"{ARN}ducks"}), ["ducks"]),
        (
            orjson.dumps(
                {
                    "TransactItems": [
                        {"Put": {"TableName": "ducks"}},
                        {"Delete": {"TableName": "geese"}},
                        {"Put": {"TableName": "ducks"}},
                    ]
                }
            ),
            ["ducks", "geese"],
        ),
        (b'{"TableName":"ducks","TransactItems":[1]}', ["ducks"]),
    ],
)
async def test_a_throttle_names_the_tables(body: bytes, tables: list[str]) -> None:
    answer = await faulty(Recorder(), "throttle=1").answer("BatchWriteItem", body, {})
    error = orjson.loads(answer.body)
    assert error["__type"].endswith("#ProvisionedThroughputExceededException")
    assert error["ThrottlingReasons"] == [
        {
            "reason": "TableWriteProvisionedThroughputExceeded",
            "resource": ARN + table,
        }
        for table in tables
    ]


async def test_an_item_is_either_passed_on_or_comes_back() -> None:
    recorder = Recorder()
    backend = faulty(recorder, "partial=0.4", seed=3)
    answer = await backend.answer("BatchWriteItem", batch(ducks=12, geese=13), {})
    back = orjson.loads(answer.body)["UnprocessedItems"]
    [(_, _, body)] = recorder.requests
    passed = orjson.loads(body)
    assert passed["ReturnConsumedCapacity"] == "TOTAL"
    for table, count in (("ducks", 12), ("geese", 13)):
        both = passed["RequestItems"][table] + back[table]
        assert sorted(both, key=str) == sorted(map(put, range(count)), key=str)
    held = sum(map(len, back.values()))
    assert 0 < held < 25
    assert backend.statistics()["faults"] == {"partial": held}


async def test_what_the_backend_hands_back_joins_what_was_held_back() -> None:
    theirs = {"UnprocessedItems": {"ducks": [put(99)]}, "ConsumedCapacity": []}
    recorder = Recorder(Answer(200, orjson.dumps(theirs)))
    backend = faulty(recorder, "partial=0.5", seed=3)
    answer = await backend.answer("BatchWriteItem", batch(ducks=10), {})
    content = orjson.loads(answer.body)
    held = backend.statistics()["faults"]["partial"]
    assert 0 < held < 10
    assert content["ConsumedCapacity"] == []
    assert put(99) in content["UnprocessedItems"]["ducks"]
    assert len(content["UnprocessedItems"]["ducks"]) == held + 1


async def test_a_refusal_of_the_backend_stays_a_refusal() -> None:
    refusal = error_answer(ServiceError.no_such_table())
    backend = faulty(Recorder(refusal), "partial=0.5", seed=3)
    assert await backend.answer("BatchWriteItem", batch(ducks=10), {}) == refusal


async def test_a_batch_that_is_held_back_whole_is_throttled() -> None:
    recorder = Recorder()
    backend = faulty(recorder, "partial=1")
    answer = await backend.answer("BatchWriteItem", batch(ducks=3), {})
    error = orjson.loads(answer.body)
    assert answer.status == 400
    assert error["__type"].endswith("#ThrottlingException")
    assert error["throttlingReasons"] == [
        {"reason": "TableWriteKeyRangeThroughputExceeded", "resource": f"{ARN}ducks"}
    ]
    assert recorder.requests == []


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"{}",
        b'{"RequestItems":[]}',
        b'{"RequestItems":{"ducks":1}}',
        b'{"RequestItems":{"ducks":[]}}',
    ],
)
async def test_what_is_no_batch_is_left_to_the_backend(body: bytes) -> None:
    recorder = Recorder()
    await faulty(recorder, "partial=1").answer("BatchWriteItem", body, {})
    assert [request[2] for request in recorder.requests] == [body]


async def test_in_an_outage_nothing_works_and_after_it_everything() -> None:
    recorder = Recorder()
    backend = faulty(recorder, "outage=10s-15s")
    resets: list[bool] = []
    for _ in range(20):
        answer = await backend.answer("DescribeTable", b"{}", {})
        resets.append(answer.delivery is Delivery.RESET)
        await asyncio.sleep(1)
    assert resets == [False] * 10 + [True] * 5 + [False] * 5
    assert len(recorder.requests) == 15
    assert backend.statistics()["faults"] == {"outage": 5}
