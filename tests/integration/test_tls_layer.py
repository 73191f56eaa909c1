"""TLS on the direct transport: whatever way the bytes come, and whatever breaks."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

import ddbbulk
from ddbbulk.aws import find_route
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.transport import DirectTransport, Outcome, Reply
from tests.support.certificates import make_certificate
from tests.support.raw_http import ANSWER, Answer, RawServer, raw_server, writing

BODY = b'{"RequestItems":{"users":[]}}'
EMPTY = Reply({"UnprocessedItems": {}})
# Of a TLS record that carries data.
_APPLICATION_DATA = 23
Pass = Callable[[bytes], list[bytes]]


@asynccontextmanager
async def carried(
    folder: Path, answer: Answer, *, relay: Pass | None = None
) -> AsyncIterator[tuple[DirectTransport, RawServer]]:
    """Open a transport to a server, past a relay that meddles with its answers."""
    certificate, serving = make_certificate(folder, "IP:127.0.0.1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_CA_BUNDLE", str(certificate))
        async with (
            raw_server(answer, tls=serving) as server,
            relayed(server.port, relay or (lambda data: [data])) as port,
            ddbbulk.connect(endpoint_url=f"https://127.0.0.1:{port}") as connection,
            DirectTransport(
                connection, await find_route(connection, "users")
            ) as transport,
        ):
            yield transport, server


@asynccontextmanager
async def relayed(port: int, relay: Pass) -> AsyncIterator[int]:
    """Pass bytes on to a port of this machine; what comes back goes by ``relay``."""

    async def copy(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, meddle: Pass
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                for piece in meddle(data):
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(copy(reader, to_writer, lambda data: [data]))
            tasks.create_task(copy(to_reader, writer, relay))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.mark.parametrize("size", [1, 7, 4096])
async def test_records_may_come_in_any_pieces(tmp_path: Path, size: int) -> None:
    def cut(data: bytes) -> list[bytes]:
        return [data[at : at + size] for at in range(0, len(data), size)]

    async with carried(tmp_path, writing(ANSWER), relay=cut) as (transport, server):
        assert [await transport.batch_write(BODY) for _ in range(3)] == [EMPTY] * 3
    assert len(server.heads) == 1


async def test_an_answer_may_come_in_many_records(tmp_path: Path) -> None:
    pieces = [ANSWER[at : at + 1] for at in range(len(ANSWER))]
    async with carried(tmp_path, writing(*pieces)) as (transport, _):
        assert await transport.batch_write(BODY) == EMPTY


async def test_large_requests_and_answers_take_many_records(tmp_path: Path) -> None:
    returned = {"UnprocessedItems": {"users": ["x" * 1_000_000]}}
    body = json.dumps(returned).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    large = b'{"RequestItems":{"users":["%b"]}}' % (b"y" * 3_000_000)
    async with carried(tmp_path, writing(head + body)) as (transport, server):
        assert await transport.batch_write(large) == Reply(returned)
    assert server.bodies == [large]


async def test_a_server_may_say_goodbye_after_an_answer(tmp_path: Path) -> None:
    answer = writing(ANSWER, closes=True)
    async with carried(tmp_path, answer) as (transport, server):
        assert await transport.batch_write(BODY) == EMPTY
        await server.until(ended=1)
        assert await transport.batch_write(BODY) == EMPTY
    assert len(server.heads) == 2


async def test_an_answer_that_is_cut_off_is_a_fault(tmp_path: Path) -> None:
    answer = writing(ANSWER[:-5], closes=True)
    async with carried(tmp_path, answer) as (transport, _):
        assert _fault(await transport.batch_write(BODY)) == "ConnectionFailed"


async def test_a_record_that_was_tampered_with_is_a_fault(tmp_path: Path) -> None:
    is_armed = False

    def flip(data: bytes) -> list[bytes]:
        nonlocal is_armed
        if is_armed and data[0] == _APPLICATION_DATA:
            is_armed = False
            return [data[:-1] + bytes([data[-1] ^ 1])]
        return [data]

    async with carried(tmp_path, writing(ANSWER), relay=flip) as (transport, server):
        assert await transport.batch_write(BODY) == EMPTY
        is_armed = True
        outcome = await transport.batch_write(BODY)
        assert _fault(outcome) == "ConnectionFailed"
        assert isinstance(outcome, Failure)
        assert "SSLError" in outcome.message
        assert await transport.batch_write(BODY) == EMPTY
    assert len(server.heads) == 2


async def test_a_server_without_tls_is_told_from_one_with(tmp_path: Path) -> None:
    def plain(_: bytes) -> list[bytes]:
        return [b"HTTP/1.1 400 Bad Request\r\n\r\n"]

    async with carried(tmp_path, writing(ANSWER), relay=plain) as (transport, _):
        outcome = await transport.batch_write(BODY)
    assert isinstance(outcome, Failure)
    assert (outcome.kind, outcome.code) == (FailureKind.FATAL, "TLS")


async def test_a_server_that_leaves_during_the_handshake_is_a_fault(
    tmp_path: Path,
) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with (
        server,
        ddbbulk.connect(endpoint_url=url) as connection,
        DirectTransport(connection, await find_route(connection, "users")) as transport,
    ):
        assert _fault(await transport.batch_write(BODY)) == "ConnectionFailed"


async def test_the_versions_of_tls_that_are_still_safe_are_spoken(
    tmp_path: Path,
) -> None:
    certificate, serving = make_certificate(tmp_path, "IP:127.0.0.1")
    serving.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_CA_BUNDLE", str(certificate))
        async with (
            raw_server(writing(ANSWER), tls=serving) as server,
            ddbbulk.connect(
                endpoint_url=f"https://127.0.0.1:{server.port}"
            ) as connection,
            DirectTransport(
                connection, await find_route(connection, "users")
            ) as transport,
        ):
            assert await transport.batch_write(BODY) == EMPTY


def _fault(outcome: Outcome) -> str:
    assert isinstance(outcome, Failure)
    assert outcome.kind is FailureKind.FAULT
    return outcome.code
