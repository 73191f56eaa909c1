"""How long the pool waits for an answer, in virtual time."""

import asyncio

from ddbbulk.aws import Route
from ddbbulk.retry import Failure
from ddbbulk.transport.direct.channel import Channel
from ddbbulk.transport.direct.errand import Errand
from ddbbulk.transport.direct.pool import IDLE_SECONDS, Pool

ROUTE = Route("localhost", 1, "localhost", "/", "r", "dynamodb")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Uplink(asyncio.Transport):
    """Takes so many bytes a second."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self._rate = rate
        self._written: list[tuple[float, int]] = []
        self.is_aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._written.append((asyncio.get_running_loop().time(), len(data)))

    def get_write_buffer_size(self) -> int:
        began, size = self._written[-1]
        passed = asyncio.get_running_loop().time() - began
        return max(0, int(size - passed * self._rate))

    def is_closing(self) -> bool:
        return self.is_aborted

    def abort(self) -> None:
        self.is_aborted = True


class Told:
    """A pool with one connection, and what it tells of its errands."""

    def __init__(self, uplink: Uplink, tasks: asyncio.TaskGroup) -> None:
        self.answered: list[bytes] = []
        self.failed: list[tuple[float, str]] = []
        self.pool = Pool(
            ROUTE,
            limit=1,
            connect_seconds=2,
            request_seconds=10,
            tasks=tasks,
            answered=lambda _, channel: self.answered.append(channel.body),
            failed=self._fail,
        )
        self.channel = Channel(self.pool)
        self.channel.connection_made(uplink)
        self.channel.idle_since = asyncio.get_running_loop().time()
        self.pool._channels.add(self.channel)
        self.pool._release(self.channel)

    def _fail(self, _: Errand, failure: Failure) -> None:
        self.failed.append((asyncio.get_running_loop().time(), failure.code))

    def send(self, size: int) -> None:
        errand = Errand("BatchWriteItem", b"", lambda _: None)
        errand.data = b"x" * size
        self.pool.send(errand)


async def test_an_answer_has_ten_seconds_from_when_its_request_was_written() -> None:
    async with asyncio.TaskGroup() as tasks:
        uplink = Uplink(rate=1e9)
        told = Told(uplink, tasks)
        began = asyncio.get_running_loop().time()
        told.send(7000)
        await asyncio.sleep(60)
        assert told.failed == [(began + 10, "Timeout")]
        assert uplink.is_aborted


async def test_a_request_that_is_still_being_sent_has_more_time() -> None:
    async with asyncio.TaskGroup() as tasks:
        told = Told(Uplink(rate=1_000_000), tasks)
        told.send(16_000_000)
        await asyncio.sleep(17)
        told.channel.data_received(ANSWER)
        await asyncio.sleep(20)
        assert told.answered == [b"{}"]
        assert told.failed == []


async def test_a_request_that_gets_stuck_on_its_way_is_given_up() -> None:
    async with asyncio.TaskGroup() as tasks:
        told = Told(Uplink(rate=0), tasks)
        began = asyncio.get_running_loop().time()
        told.send(16_000_000)
        await asyncio.sleep(60)
        assert told.failed == [(began + 20, "Timeout")]


async def test_an_idle_connection_is_closed_before_the_service_does_it() -> None:
    async with asyncio.TaskGroup() as tasks:
        uplink = Uplink(rate=1e9)
        told = Told(uplink, tasks)
        await asyncio.sleep(IDLE_SECONDS - 1)
        assert not uplink.is_aborted
        told.send(7000)
        told.channel.data_received(ANSWER)
        await asyncio.sleep(IDLE_SECONDS - 1)
        assert not uplink.is_aborted
        await asyncio.sleep(2)
        assert uplink.is_aborted
