"""How an answer fails to arrive as it was meant."""

import asyncio
import socket
import struct
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

from aiohttp import web

from ddbbulk.simulator.answer import Answer, Delivery

CHECKSUM: Final = "x-amz-crc32"
# How far a clock is ahead, for who asks for that: more than the service bears.
AHEAD: Final = timedelta(minutes=20)
_LOOK_SECONDS: Final = 0.02
_NO_LINGER: Final = struct.pack("ii", 1, 0)


async def deliver(
    answer: Answer, request: web.BaseRequest, response: web.Response
) -> web.StreamResponse:
    """Spoil a response as its answer asks.

    Args:
        answer: with the way it is to be delivered.
        request: what it answers.
        response: the response, had nothing gone wrong.
    """
    match answer.delivery:
        case Delivery.RESET:
            _reset(request)
        case Delivery.SILENCE:
            await _hung_up(request)
        case Delivery.WRONG_CHECKSUM:
            response.headers[CHECKSUM] = str(zlib.crc32(answer.body) ^ 1)
        case Delivery.TRUNCATED:
            return await _truncated(answer.body, request, response)
        case Delivery.AHEAD:
            date = format_datetime(datetime.now(UTC) + AHEAD, usegmt=True)
            response.headers["Date"] = date
        case None:
            pass
    return response  # where the connection is gone, it goes nowhere


def _reset(request: web.BaseRequest) -> None:
    transport = request.transport
    if transport is None:
        return  # the client was faster
    # Without it the client would see an orderly end.
    transport.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER
    )
    transport.abort()


async def _hung_up(request: web.BaseRequest) -> None:
    # Nobody tells a handler that its client has gone: it has to look.
    while request.transport is not None:  # noqa: ASYNC110 -- there is no event for it
        await asyncio.sleep(_LOOK_SECONDS)


async def _truncated(
    body: bytes, request: web.BaseRequest, response: web.Response
) -> web.StreamResponse:
    cut = web.StreamResponse(status=response.status, headers=response.headers)
    cut.content_length = len(body)
    await cut.prepare(request)
    await cut.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return cut
