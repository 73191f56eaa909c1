"""TLS between a channel and its socket, with less in between than the event loop's own.

The standard library does what needs care: the handshake, the certificate, the hostname,
the records. This moves the bytes, without the buffers, the flow control and the
exception for each answer that asyncio's own way has.
"""

import asyncio
import ssl
from typing import Final, cast

# As much as one read of a socket brings, whole records of 16 KiB at the most in it.
_READ_BYTES: Final = 256 * 1024


class TlsLayer(asyncio.Protocol, asyncio.Transport):
    """The socket's protocol below, and above the transport of a channel.

    Args:
        context: whom to trust.
        host: whose name the certificate must bear.
        above: told that it is connected once the handshake is done.
    """

    def __init__(
        self, context: ssl.SSLContext, host: str, above: asyncio.Protocol
    ) -> None:
        super().__init__()
        self._above = above
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(
            self._incoming, self._outgoing, server_hostname=host
        )
        self._below: asyncio.Transport
        self._broken_by: ssl.SSLError | None = None
        self._is_connected = False
        self._greeted: asyncio.Future[None]
        self._greeted = asyncio.get_running_loop().create_future()

    async def greeted(self) -> None:
        """Return when the handshake is done; otherwise the connection is closed.

        Raises:
            ssl.SSLError: the server is not one to trust, or does not speak TLS.
            ConnectionError: it has gone.
        """
        try:
            await self._greeted
        except BaseException:
            self._below.abort()
            raise

    # What the channel calls.

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Encrypt, and send."""
        try:
            self._tls.write(data)
        except ssl.SSLError as error:
            self._break(error)
        else:
            self._below.write(self._outgoing.read())

    def is_closing(self) -> bool:
        """Whether nothing more can be sent."""
        return self._below.is_closing()

    def abort(self) -> None:
        """Close without a word, as for a plain connection."""
        self._below.abort()

    def get_write_buffer_size(self) -> int:
        """Return how much the network has not taken yet."""
        return self._below.get_write_buffer_size()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the handshake."""
        self._below = cast("asyncio.Transport", transport)
        self._shake_hands()

    def data_received(self, data: bytes) -> None:
        """Decrypt, and pass on."""
        self._incoming.write(data)
        if self._is_connected:
            self._pass_on()
        else:
            self._shake_hands()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the handshake, or what is above."""
        why = self._broken_by or exc
        if self._is_connected:
            self._above.connection_lost(why)
        elif not self._greeted.done():
            lost = why or ConnectionResetError("closed during the TLS handshake")
            self._greeted.set_exception(lost)
            self._greeted.exception()  # who waited may have been cancelled meanwhile

    def _shake_hands(self) -> None:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
            return
        except ssl.SSLError as error:
            self._flush()  # the alert that tells the server why
            self._broken_by = error
            self._below.close()
            return
        self._flush()
        self._is_connected = True
        self._above.connection_made(self)
        if not self._greeted.done():
            self._greeted.set_result(None)
        self._pass_on()  # what came with the end of the handshake

    def _pass_on(self) -> None:
        """Pass on what is whole, without asking for what cannot be there."""
        incoming, tls, below = self._incoming, self._tls, self._below
        try:
            while (incoming.pending or tls.pending()) and not below.is_closing():
                data = tls.read(_READ_BYTES)
                if not data:  # the server has said that no more will come
                    below.close()
                    return
                self._above.data_received(data)
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            self._break(error)
            return
        if self._outgoing.pending:
            self._flush()

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._below.write(self._outgoing.read())

    def _break(self, error: ssl.SSLError) -> None:
        """End the connection; the event loop soon says that it is lost."""
        self._broken_by = error
        self._below.abort()
