"""A transport to a table of the simulator, in virtual time and without a socket."""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from ddbbulk.retry import Failure, classify
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.transport import Outcome, ReadOperation, Reply
from tests.support.simulator_in_process import SimulatorInProcess

TABLE = "birds"


class TableToRead:
    """Answers after a latency, and remembers what was consumed.

    Args:
        items: of the table, whose keys are ``pk`` (a string) and ``sk`` (a number).
        units: read units a second that it has; 0: on demand.
        latency_seconds: mean latency; each request takes 0.5 to 1.5 of it.
        failing: may fail a request, by its number from 1.
    """

    name = "memory"

    def __init__(
        self,
        items: Iterable[Mapping[str, Any]],
        *,
        units: int = 0,
        latency_seconds: float = 0.01,
        failing: Callable[[int], Failure | None] = lambda _: None,
    ) -> None:
        self.simulator = SimulatorInProcess()
        self.simulator.create(TABLE, units=units)
        self.simulator.put(TABLE, items)
        self.simulator.now += 10.0
        self.consumed: list[tuple[float, float]] = []
        self.requests: list[dict[str, Any]] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self._latency = latency_seconds
        self._failing = failing
        self._random = random.Random(1)
        self._began = self.simulator.now

    async def read(self, operation: ReadOperation, body: bytes) -> Outcome:
        request: dict[str, Any] = orjson.loads(body)
        self.requests.append(request)
        number = len(self.requests)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(self._latency * self._random.uniform(0.25, 0.75))
            outcome = self._failing(number) or self._answer(operation, request)
            await asyncio.sleep(self._latency * self._random.uniform(0.25, 0.75))
        finally:
            self.in_flight -= 1
        return outcome

    @property
    def units(self) -> float:
        """All that was consumed."""
        return sum(units for _, units in self.consumed)

    def max_window(self) -> float:
        """Return the most units consumed in any second."""
        window: deque[tuple[float, float]] = deque()
        total = highest = 0.0
        for at, units in self.consumed:
            window.append((at, units))
            total += units
            while window[0][0] <= at - 1 + 1e-9:
                total -= window.popleft()[1]
            highest = max(highest, total)
        return highest

    def _answer(self, operation: ReadOperation, request: dict[str, Any]) -> Outcome:
        now = asyncio.get_running_loop().time()
        self.simulator.now = self._began + now
        try:
            answer = self.simulator.call(operation, **request)
        except ServiceError as error:
            reasons = tuple((one.reason, one.resource) for one in error.reasons)
            kind = classify(error.code, status=error.status)
            return Failure(kind, error.code, error.message, reasons)
        consumed = answer["ConsumedCapacity"]
        parts = consumed if isinstance(consumed, list) else [consumed]
        units = sum(part["CapacityUnits"] for part in parts)
        self.consumed.append((now, units))
        return Reply(orjson.loads(orjson.dumps(answer)))


def birds(count: int, *, size: Callable[[int], int] = lambda _: 100) -> list[Any]:
    """Return so many items, each of about so many bytes."""
    return [
        {
            "pk": {"S": f"bird{number}"},
            "sk": {"N": str(number % 7)},
            "song": {"S": "x" * max(0, size(number) - 20)},
        }
        for number in range(count)
    ]
