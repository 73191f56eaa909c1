"""The connections of one transport: opened as needed, the last one used goes first.

So a load that needs few of them keeps those warm, and the others end of old age.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from math import inf
from typing import Any, Final, cast

import aiohappyeyeballs
import msgspec

from ddbbulk.aws import Route, failure_of
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.transport.direct.channel import Channel
from ddbbulk.transport.direct.errand import Errand
from ddbbulk.transport.direct.tls import TlsLayer

# The service closes what was idle for a minute or so, without a word while a request is
# on its way: after 60 s or 90 s, by what users of its SDKs report.
IDLE_SECONDS: Final = 50.0
# https://www.rfc-editor.org/rfc/rfc8305#section-8: IPv6 may lead nowhere.
_NEXT_ADDRESS_SECONDS: Final = 0.25
CLOSED: Final = Failure(
    FailureKind.FAULT, "ConnectionFailed", "the transport was closed"
)


_ENDED: Final = Failure(
    FailureKind.FAULT, "ConnectionFailed", "the service closed the connection"
)


class _Deadline(msgspec.Struct):
    """When an answer has to be there, and how much of its request was unsent then."""

    due: float
    errand: Errand
    unsent: float


class Pool:
    """Gives each errand a connection to itself.

    Args:
        route: where to connect.
        limit: connections at the most.
        connect_seconds: how long one may take to open, TLS included.
        request_seconds: how long an answer may take from when its request was sent.
        tasks: where connections are opened.
        answered: told of each answer; it reads the channel before it returns.
        failed: told of each errand that ends without an answer.
    """

    def __init__(
        self,
        route: Route,
        *,
        limit: int,
        connect_seconds: float,
        request_seconds: float,
        tasks: asyncio.TaskGroup,
        answered: Callable[[Errand, Channel], None],
        failed: Callable[[Errand, Failure], None],
    ) -> None:
        self._route = route
        self._limit = limit
        self._connect_seconds = connect_seconds
        self._request_seconds = request_seconds
        self._tasks = tasks
        self._answered = answered
        self._failed = failed
        self._loop = asyncio.get_running_loop()
        self._now = self._loop.time
        self._channels: set[Channel] = set()
        self._idle: list[Channel] = []  # the longest idle one first
        self._opening: set[asyncio.Task[None]] = set()
        # As long as what its callers have in flight; they bound that.
        self._waiting: deque[Errand] = deque()
        # In the order of their deadlines, for every request has the same time.
        self._busy: dict[Channel, _Deadline] = {}
        self._alarm: asyncio.TimerHandle | None = None
        self._idle_alarm: asyncio.TimerHandle | None = None
        self._is_closed = False

    def send(self, errand: Errand) -> None:
        """Write an errand's request, now or as soon as there is a connection."""
        if self._is_closed:
            return
        now = self._now()
        while self._idle:
            channel = self._idle.pop()
            if channel.is_open and now - channel.idle_since < IDLE_SECONDS:
                self._begin(channel, errand, now)
                return
            self._discard(channel)
        self._waiting.append(errand)
        self._open_more()

    def give_up(self, errand: Errand) -> None:
        """Forget an errand; where it is on its way, its connection ends."""
        errand.is_given_up = True
        if errand in self._waiting:
            self._waiting.remove(errand)
        for channel, deadline in self._busy.items():
            if deadline.errand is errand:
                self._discard(channel)
                self._open_more()
                return

    def close(self) -> None:
        """End every connection; nobody is told of what was under way."""
        self._is_closed = True
        for alarm in (self._alarm, self._idle_alarm):
            if alarm is not None:
                alarm.cancel()
        for task in self._opening:
            task.cancel()
        self._waiting.clear()
        for channel in [*self._channels]:
            self._discard(channel)

    # What a channel calls.

    def answered(self, channel: Channel, errand: Errand) -> None:
        """Free the channel, and pass the answer on."""
        self._busy.pop(channel, None)
        if channel.is_reusable:
            self._release(channel)
        else:
            self._discard(channel)
            self._open_more()
        self._answered(errand, channel)

    def broken(self, channel: Channel, errand: Errand | None, why: Failure) -> None:
        """Forget the channel; what was on it has failed."""
        self._discard(channel)
        if self._is_closed:
            return
        self._open_more()
        if errand is not None:
            self._failed(errand, why)

    def _begin(self, channel: Channel, errand: Errand, now: float) -> None:
        self._watch(channel, errand, now)
        channel.begin(errand)

    def _watch(
        self, channel: Channel, errand: Errand, now: float, unsent: float = inf
    ) -> None:
        due = now + self._request_seconds
        self._busy[channel] = _Deadline(due, errand, unsent)
        if self._alarm is None:
            self._alarm = self._loop.call_at(due, self._time_out)

    def _release(self, channel: Channel) -> None:
        """Give a channel its next errand, or let it be idle."""
        now = self._now()
        if self._waiting:
            self._begin(channel, self._waiting.popleft(), now)
            return
        channel.idle_since = now
        self._idle.append(channel)
        if self._idle_alarm is None:
            self._idle_alarm = self._loop.call_at(now + IDLE_SECONDS, self._retire)

    def _discard(self, channel: Channel) -> None:
        self._channels.discard(channel)
        self._busy.pop(channel, None)
        if channel in self._idle:
            self._idle.remove(channel)
        channel.close()

    def _open_more(self) -> None:
        """Open a connection for each errand that waits, as far as the limit lets."""
        while (
            len(self._opening) < len(self._waiting)
            and len(self._channels) + len(self._opening) < self._limit
        ):
            task = self._tasks.create_task(self._open())
            self._opening.add(task)
            task.add_done_callback(self._opened)

    def _opened(self, task: asyncio.Task[None]) -> None:
        self._opening.discard(task)
        if not self._is_closed:
            self._open_more()

    async def _open(self) -> None:
        """Open a connection; where that fails, the errand that waits longest does."""
        try:
            async with asyncio.timeout(self._connect_seconds):
                channel = await self._connected()
        except Exception as error:  # noqa: BLE001 # whatever it is, the errand has failed
            if self._waiting:
                self._failed(self._waiting.popleft(), failure_of(error))
            return
        if channel.is_open:
            self._channels.add(channel)
            self._release(channel)
        elif self._waiting:
            self._failed(self._waiting.popleft(), _ENDED)

    async def _connected(self) -> Channel:
        """Connect to whichever of the host's addresses answers first."""
        route = self._route
        addresses = await self._addresses()
        eyeballs = cast("Any", aiohappyeyeballs)  # its types are loose
        connected: socket.socket = await eyeballs.start_connection(
            addresses, happy_eyeballs_delay=_NEXT_ADDRESS_SECONDS
        )
        channel = Channel(self)
        try:
            if route.tls is None:
                await self._loop.create_connection(lambda: channel, sock=connected)
            else:
                tls = TlsLayer(route.tls, route.host, channel)
                await self._loop.create_connection(lambda: tls, sock=connected)
                await tls.greeted()
        except BaseException:
            connected.close()
            raise
        return channel

    async def _addresses(self) -> list[Any]:
        host, port = self._route.host, self._route.port
        try:
            # A numeral needs no thread to look it up.
            return socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
            )
        except socket.gaierror:
            return await self._loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)

    def _time_out(self) -> None:
        """Fail the requests that have waited too long for their answers.

        One that is still being sent, and gets on, has not begun to wait.
        """
        self._alarm = None
        now = self._now()
        late: list[tuple[Channel, _Deadline]] = []
        for channel, deadline in self._busy.items():
            if deadline.due > now:
                self._alarm = self._loop.call_at(deadline.due, self._time_out)
                break
            late.append((channel, deadline))
        told = f"no answer within {self._request_seconds:g} s"
        failure = Failure(FailureKind.FAULT, "Timeout", told)
        for channel, deadline in late:
            if 0 < channel.unsent_bytes < deadline.unsent:
                del self._busy[channel]  # to be the last one
                self._watch(channel, deadline.errand, now, channel.unsent_bytes)
            else:
                self.broken(channel, deadline.errand, failure)

    def _retire(self) -> None:
        """Close the connections that the service will soon close."""
        self._idle_alarm = None
        now = self._now()
        for channel in [*self._idle]:
            if now - channel.idle_since < IDLE_SECONDS:
                due = channel.idle_since + IDLE_SECONDS
                self._idle_alarm = self._loop.call_at(due, self._retire)
                break
            self._discard(channel)
