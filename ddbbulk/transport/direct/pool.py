"""The connections of one transport: opened as needed, the last one used goes first.

So a load that needs few of them keeps those warm, and the others end of old age.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from ddbbulk.aws import Route, failure_of
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.transport.direct.channel import Channel
from ddbbulk.transport.direct.errand import Errand

# The service closes what was idle for a minute or so, without a word while a request is
# on its way (FACTS 6: 60 to 90 s).
IDLE_SECONDS: Final = 50.0
CLOSED: Final = Failure(
    FailureKind.FAULT, "ConnectionFailed", "the transport was closed"
)


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
        self._busy: dict[Channel, tuple[float, Errand]] = {}
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
        for channel, (_, carried) in self._busy.items():
            if carried is errand:
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
        deadline = now + self._request_seconds
        self._busy[channel] = deadline, errand
        if self._alarm is None:
            self._alarm = self._loop.call_at(deadline, self._time_out)
        channel.begin(errand)

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
        route = self._route
        try:
            async with asyncio.timeout(self._connect_seconds):
                _, channel = await self._loop.create_connection(
                    lambda: Channel(self),
                    route.host,
                    route.port,
                    ssl=route.tls,
                    server_hostname=route.host if route.tls else None,
                )
        except Exception as error:  # noqa: BLE001 # whatever it is, the errand has failed
            if self._waiting:
                self._failed(self._waiting.popleft(), failure_of(error))
            return
        self._channels.add(channel)
        self._release(channel)

    def _time_out(self) -> None:
        """Fail the requests that have waited too long for their answers."""
        self._alarm = None
        now = self._now()
        late: list[tuple[Channel, Errand]] = []
        for channel, (deadline, errand) in self._busy.items():
            if deadline > now:
                self._alarm = self._loop.call_at(deadline, self._time_out)
                break
            late.append((channel, errand))
        told = f"no answer within {self._request_seconds:g} s"
        for channel, errand in late:
            self.broken(channel, errand, Failure(FailureKind.FAULT, "Timeout", told))

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
