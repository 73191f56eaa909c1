"""One kept-alive connection: writes a request, parses the answer, is free again."""

import asyncio
from collections.abc import Callable
from typing import Protocol, cast

import httptools

from ddbbulk.retry import Failure, FailureKind
from ddbbulk.transport.direct.errand import Errand

_FIRST_FINAL_STATUS = 200


class ChannelOwner(Protocol):
    """What a channel tells, and whom."""

    def answered(self, channel: "Channel", errand: Errand) -> None:
        """The channel's answer is whole: its status, headers and body can be read."""
        ...

    def broken(self, channel: "Channel", errand: Errand | None, why: Failure) -> None:
        """The connection has ended; so has the errand that was on it."""
        ...


class Channel(asyncio.Protocol):
    """An HTTP/1.1 connection that carries one request at a time.

    Args:
        owner: told of what happens.

    Attributes:
        headers: of the answer, as they were sent.
        idle_since: the loop's time when its last answer came.
        is_reusable: whether another request may follow.
    """

    _write: Callable[[bytes], None]

    def __init__(self, owner: ChannelOwner) -> None:
        self._owner = owner
        self._transport: asyncio.Transport | None = None
        self._errand: Errand | None = None
        self._parts: list[bytes] = []
        self._begun = 0
        self._is_whole = False
        self.headers: dict[bytes, bytes] = {}
        self.idle_since = 0.0
        self.is_reusable = True
        # Where the parser can call C code it enters no frame of ours for each header.
        self.on_header = self.headers.__setitem__
        self.on_body = self._parts.append
        self._parser = httptools.HttpResponseParser(self)

    @property
    def is_open(self) -> bool:
        """Whether a request may be written to it."""
        return self._transport is not None and not self._transport.is_closing()

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return self._parser.get_status_code()

    @property
    def body(self) -> bytes:
        """The body of the answer."""
        parts = self._parts
        return parts[0] if len(parts) == 1 else b"".join(parts)

    @property
    def unsent_bytes(self) -> int:
        """How much of the request the network has not taken yet."""
        return self._transport.get_write_buffer_size() if self._transport else 0

    def begin(self, errand: Errand) -> None:
        """Send a request; the channel has to be open and free."""
        self._errand = errand
        self._write(errand.data)

    def close(self) -> None:
        """Have done with the connection; an errand on it is not told of it."""
        self._errand = None
        self.is_reusable = False
        if self._transport is not None:
            self._transport.abort()

    # What the parser calls.

    def on_message_begin(self) -> None:
        """Count the answers that have begun."""
        self._begun += 1

    def on_message_complete(self) -> None:
        """Note that the answer is whole; a preliminary one is none."""
        if self.status < _FIRST_FINAL_STATUS:
            self._begun -= 1
            self.headers.clear()
            self._parts.clear()
        else:
            self._is_whole = True
            # Afterwards the parser has forgotten it.
            self.is_reusable = self._parser.should_keep_alive()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection."""
        self._transport = cast("asyncio.Transport", transport)
        self._write = self._transport.write

    def data_received(self, data: bytes) -> None:
        """Parse what has come, and pass the answer on where it is whole."""
        errand = self._errand
        if errand is None:
            self._end("the service sent what nobody had asked for")
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._end("the answer is not HTTP/1.1", code="MalformedAnswer")
            return
        if self._begun > 1:
            self._end("more than one answer came", code="MalformedAnswer")
            return
        if self._is_whole:
            self._errand = None
            self._begun = 0
            self._is_whole = False
            try:
                self._owner.answered(self, errand)
            finally:
                self.headers.clear()
                self._parts.clear()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the errand that was under way."""
        self._end(
            f"the connection broke ({type(exc).__name__})"
            if exc
            else "the service closed the connection"
        )

    def _end(self, message: str, code: str = "ConnectionFailed") -> None:
        errand = self._errand
        self.close()
        failure = Failure(FailureKind.FAULT, code, message)
        self._owner.broken(self, errand, failure)
