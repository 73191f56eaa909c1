"""The connections of the direct transport: kept, bounded, given up, never confused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

import ddbbulk
from ddbbulk.aws import connection as connection_module
from ddbbulk.aws import find_route
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.transport import DirectTransport, Outcome, Reply, Unmet
from ddbbulk.transport.direct import pool
from tests.support.raw_http import ANSWER, Answer, RawServer, raw_server, writing

BODY = b'{"RequestItems":{"users":[]}}'
DONE = Reply({"UnprocessedItems": {}})


@asynccontextmanager
async def opened(
    answer: Answer, *, max_connections: int = 64
) -> AsyncIterator[tuple[DirectTransport, RawServer]]:
    async with (
        raw_server(answer) as server,
        ddbbulk.connect(
            endpoint_url=f"http://127.0.0.1:{server.port}",
            max_connections=max_connections,
        ) as connection,
        DirectTransport(connection, await find_route(connection, "users")) as carrier,
    ):
        yield carrier, server


def failed(outcome: Outcome | Unmet) -> tuple[FailureKind, str]:
    assert isinstance(outcome, Failure)
    return outcome.kind, outcome.code


async def silence(number: int, writer: asyncio.StreamWriter) -> None:
    """Answer nothing."""


def together(count: int) -> Answer:
    """Answer so many first requests only once they are all there."""
    barrier = asyncio.Barrier(count)

    async def answer(number: int, writer: asyncio.StreamWriter) -> None:
        if number <= count:
            await barrier.wait()
        writer.write(ANSWER)

    return answer


async def test_one_connection_carries_many_requests() -> None:
    async with opened(writing(ANSWER)) as (carrier, server):
        for _ in range(20):
            assert await carrier.batch_write(BODY) == DONE
    assert [len(heads) for heads in server.heads] == [20]
    assert server.bodies == [BODY] * 20


async def test_there_are_no_more_connections_than_allowed() -> None:
    async with opened(together(3), max_connections=3) as (carrier, server):
        outcomes = await asyncio.gather(*(carrier.batch_write(BODY) for _ in range(40)))
    assert outcomes == [DONE] * 40
    assert len(server.heads) == 3
    assert server.requests == 40


async def test_the_connection_that_was_used_last_is_used_first() -> None:
    async with opened(together(4)) as (carrier, server):
        await asyncio.gather(*(carrier.batch_write(BODY) for _ in range(4)))
        for _ in range(10):
            await carrier.batch_write(BODY)
    assert sorted(len(heads) for heads in server.heads) == [1, 1, 1, 11]


@pytest.mark.parametrize(
    "pieces",
    [
        [bytes([byte]) for byte in ANSWER],
        [b"HTTP/1.1 103 Early Hints\r\nx-amz-crc32: 1\r\n\r\n", ANSWER],
        [
            b"HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: chunked\r\n",
            b"X-Amz-CRC32: 4185382651\r\n\r\n17\r\n",
            b'{"UnprocessedItems":{}}\r\n',
            b"0\r\n\r\n",
        ],
    ],
    ids=["byte by byte", "hints", "chunks"],
)
async def test_an_answer_may_come_in_any_shape(pieces: list[bytes]) -> None:
    async with opened(writing(*pieces)) as (carrier, server):
        for _ in range(2):
            assert await carrier.batch_write(BODY) == DONE
    assert len(server.heads) == 1


@pytest.mark.parametrize(
    "answer",
    [
        writing(ANSWER.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)),
        writing(ANSWER.replace(b"HTTP/1.1", b"HTTP/1.0")),
        writing(ANSWER, closes=True),
    ],
    ids=["close", "1.0", "closed"],
)
async def test_a_connection_that_is_spoilt_carries_nothing_more(answer: Answer) -> None:
    async with opened(answer) as (carrier, server):
        for _ in range(3):
            assert await carrier.batch_write(BODY) == DONE
            await asyncio.sleep(0.01)  # its end has arrived by then
    assert [len(heads) for heads in server.heads] == [1, 1, 1]


async def test_an_answer_that_nobody_asked_for_ends_the_connection() -> None:
    async with opened(writing(ANSWER, ANSWER)) as (carrier, server):
        assert await carrier.batch_write(BODY) == DONE
        await server.until(ended=1)
        assert await carrier.batch_write(BODY) == DONE
    assert [len(heads) for heads in server.heads] == [1, 1]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (writing(b"SSH-2.0-OpenSSH_9.2\r\n"), "MalformedAnswer"),
        (writing(ANSWER.replace(b": 23", b": 2x")), "MalformedAnswer"),
        (
            writing(b"HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"),
            "MalformedAnswer",
        ),
        (writing(ANSWER + ANSWER), "MalformedAnswer"),
        (writing(ANSWER + ANSWER[:30]), "MalformedAnswer"),
        (writing(ANSWER[:-5], closes=True), "ConnectionFailed"),
        (writing(b"", closes=True), "ConnectionFailed"),
    ],
    ids=[
        "no HTTP",
        "no length",
        "another protocol",
        "two answers",
        "one and a half",
        "cut off",
        "no answer",
    ],
)
async def test_a_broken_answer_is_a_fault_and_nothing_is_sent_again(
    answer: Answer, code: str
) -> None:
    async with opened(answer) as (carrier, server):
        assert failed(await carrier.batch_write(BODY)) == (FailureKind.FAULT, code)
        assert server.requests == 1


async def test_an_answer_that_does_not_come_in_time_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection_module, "REQUEST_SECONDS", 0.1)
    async with opened(silence) as (carrier, server):
        outcomes = await asyncio.gather(*(carrier.batch_write(BODY) for _ in range(3)))
        assert {failed(outcome) for outcome in outcomes} == {
            (FailureKind.FAULT, "Timeout")
        }
        await server.until(ended=3)
    assert server.requests == 3


async def test_a_request_that_nobody_waits_for_ends_with_its_connection() -> None:
    async with opened(silence) as (carrier, server):
        sending = asyncio.create_task(carrier.batch_write(BODY))
        await server.until(requests=1)
        sending.cancel()
        await server.until(ended=1)
        with pytest.raises(asyncio.CancelledError):
            await sending
    assert server.requests == 1


async def test_a_connection_that_was_idle_for_long_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool, "IDLE_SECONDS", 0.05)
    async with opened(writing(ANSWER)) as (carrier, server):
        assert await carrier.batch_write(BODY) == DONE
        await server.until(ended=1)
        assert await carrier.batch_write(BODY) == DONE
    assert [len(heads) for heads in server.heads] == [1, 1]


async def test_requests_that_wait_get_the_next_connection_that_can_be_opened() -> None:
    async with opened(silence, max_connections=1) as (carrier, server):
        first = asyncio.create_task(carrier.batch_write(BODY))
        second = asyncio.create_task(carrier.batch_write(BODY))
        await server.until(requests=1)
        first.cancel()
        await server.until(requests=2)
        second.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
    assert [len(heads) for heads in server.heads] == [1, 1]


async def test_a_callback_is_called_once_and_never_before_submit_returns() -> None:
    told: list[Outcome | Unmet] = []
    is_returning = False
    whole = asyncio.Event()

    def settle(outcome: Outcome | Unmet) -> None:
        nonlocal is_returning
        assert is_returning, "called from within submit"
        told.append(outcome)
        if len(told) == 5:
            whole.set()
        else:
            is_returning = False
            carrier.submit("BatchWriteItem", BODY, settle)
            is_returning = True

    async with opened(writing(ANSWER)) as (carrier, server):
        carrier.submit("BatchWriteItem", BODY, settle)
        is_returning = True
        await whole.wait()
    assert told == [DONE] * 5
    assert len(server.heads) == 1


async def test_once_it_is_closed_nobody_is_told() -> None:
    told: list[Outcome | Unmet] = []
    async with opened(silence, max_connections=1) as (carrier, server):
        for _ in range(3):
            carrier.submit("BatchWriteItem", BODY, told.append)
        waiting = asyncio.create_task(carrier.batch_write(BODY))
        await server.until(requests=1)
    assert failed(await waiting) == (FailureKind.FAULT, "ConnectionFailed")
    carrier.submit("BatchWriteItem", BODY, told.append)
    await asyncio.sleep(0)
    assert told == []
    assert server.requests == 1


async def test_where_nobody_listens_each_request_fails_and_the_next_tries_again() -> (
    None
):
    async with opened(writing(ANSWER)) as (_, server):
        url = f"http://127.0.0.1:{server.port}"
    async with (
        ddbbulk.connect(endpoint_url=url) as connection,
        DirectTransport(connection, await find_route(connection, "users")) as carrier,
    ):
        outcomes = await asyncio.gather(*(carrier.batch_write(BODY) for _ in range(8)))
        assert {failed(outcome) for outcome in outcomes} == {
            (FailureKind.FAULT, "ConnectionFailed")
        }


async def test_every_address_of_a_host_is_tried() -> None:
    """localhost may be ::1 first, where nobody listens."""
    async with raw_server(writing(ANSWER)) as server:
        url = f"http://localhost:{server.port}"
        async with (
            ddbbulk.connect(endpoint_url=url) as connection,
            DirectTransport(
                connection, await find_route(connection, "users")
            ) as carrier,
        ):
            assert await carrier.batch_write(BODY) == DONE
        assert b"Host: localhost:" in server.heads[0][0]


async def test_a_host_that_has_no_address_is_a_fault() -> None:
    async with (
        ddbbulk.connect(endpoint_url="http://nowhere.invalid:8000") as connection,
        DirectTransport(connection, await find_route(connection, "users")) as carrier,
    ):
        outcome = await carrier.batch_write(BODY)
    assert failed(outcome) == (FailureKind.FAULT, "ConnectionFailed")


async def test_a_service_that_hangs_up_at_once_is_a_fault() -> None:
    def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with (
            ddbbulk.connect(endpoint_url=url) as connection,
            DirectTransport(
                connection, await find_route(connection, "users")
            ) as carrier,
        ):
            outcomes = await asyncio.gather(
                *(carrier.batch_write(BODY) for _ in range(8))
            )
    assert {failed(outcome) for outcome in outcomes} == {
        (FailureKind.FAULT, "ConnectionFailed")
    }
