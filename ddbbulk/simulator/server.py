"""The simulator as a server with a thread of its own."""

import asyncio
import threading
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ddbbulk.errors import ConfigurationError
from ddbbulk.limits import ACCOUNT_UNITS
from ddbbulk.simulator.faults import Faults
from ddbbulk.simulator.quotas import DAILY_DECREASES, DECREASE_SECONDS, Quotas
from ddbbulk.simulator.rationing import DOUBLING_SECONDS, Rationing, read_partitions
from ddbbulk.simulator.serving import Serving, serve
from ddbbulk.simulator.settings import Settings


class Simulator:
    """A local DynamoDB that really throttles, on a thread of its own.

    Use it as ``with`` or as ``async with``; clients may live in any thread, also in the
    one that started it. Nothing is signed or checked for credentials.

    Args:
        host: the interface to listen on; only this machine unless told otherwise.
        port: the port; 0 takes a free one.
        data: a file that keeps tables and items; None keeps them in memory.
        latency_ms: how long an answer takes on average, half before and half after
            capacity is asked for.
        latency_jitter_ms: how far the latency differs, up and down.
        burst_seconds: how many seconds' units an unused table saves (AWS: up to 300).
        upstream: URL of a DynamoDB-compatible server: throttle in front of it.
        seed: of chance: which items of a batch are throttled, the latency, the faults.
        faults: what goes wrong, and how often: ``Faults``, or its words such as
            ``"throttle=0.05,partial=0.3,slow=0.02:2s"``.
        create_seconds: how long a new table is CREATING.
        update_seconds: how long UpdateTable leaves a table UPDATING.
        partitions: among how many partitions the provisioned throughput of a table or
            index is split: a number, or "auto", one for each 1,000 write (or 3,000
            read) units of its warm throughput. Each gives its even share and nothing
            of what others leave, as AWS does until its adaptive capacity lends it;
            beyond, KeyRangeThroughputExceeded. None: each partition key by itself gets
            1,000 write units a second.
        account_wcu: write units a second that all tables and indexes may consume
            together; None: without limit.
        account_rcu: likewise read units.
        doubling_seconds: how old the peak of an on-demand table must be before the
            table takes double of it (AWS: 30 minutes).
        quotas: refuse to provision more than 40,000 units for a table or index, or in
            all more than the account's limit, by default 80,000.
        daily_decreases: how often a day capacity may be lowered at any time.
        decrease_seconds: how long each later decrease has to wait for.

    Raises:
        ConfigurationError: a setting cannot work, or the port is taken.

    Example:
        >>> with Simulator() as simulator:
        ...     sorted(simulator.stats())
        ['faults', 'tables']
    """

    def __init__(  # noqa: PLR0913 -- each is a setting of its own, by keyword
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        data: str | Path | None = None,
        latency_ms: float = 0.0,
        latency_jitter_ms: float = 0.0,
        burst_seconds: float = 1.0,
        upstream: str | None = None,
        seed: int = 0,
        faults: Faults | str | None = None,
        create_seconds: float = 0.0,
        update_seconds: float = 0.2,
        partitions: int | str | None = None,
        account_wcu: float | None = None,
        account_rcu: float | None = None,
        doubling_seconds: float = DOUBLING_SECONDS,
        quotas: bool = False,
        daily_decreases: int = DAILY_DECREASES,
        decrease_seconds: float = DECREASE_SECONDS,
    ) -> None:
        self._settings = Settings(
            host=host,
            port=port,
            data=data,
            latency_ms=latency_ms,
            latency_jitter_ms=latency_jitter_ms,
            rationing=Rationing(
                burst_seconds=burst_seconds,
                partitions=read_partitions(partitions),
                account_wcu=account_wcu,
                account_rcu=account_rcu,
                doubling_seconds=doubling_seconds,
            ),
            quotas=Quotas(
                is_enforced=quotas,
                account_read=account_rcu or ACCOUNT_UNITS,
                account_write=account_wcu or ACCOUNT_UNITS,
                daily_decreases=daily_decreases,
                decrease_seconds=decrease_seconds,
            ),
            upstream=upstream,
            seed=seed,
            faults=Faults.parse(faults) if isinstance(faults, str) else faults,
            create_seconds=create_seconds,
            update_seconds=update_seconds,
        )
        self._thread: threading.Thread | None = None
        self._serving: Serving | None = None

    @property
    def endpoint_url(self) -> str:
        """Where clients find it, such as ``http://127.0.0.1:8000``."""
        return self._started().url

    def stats(self) -> dict[str, Any]:
        """What ``GET /_simulator/stats`` answers; after the end, how it ended."""
        return self._started().backend.statistics()

    def start(self) -> None:
        """Start to serve; returns when clients can connect."""
        if self._thread is not None:
            raise ConfigurationError("the simulator is already running")
        ready: Future[Serving] = Future()
        thread = threading.Thread(
            target=_run,
            args=(self._settings, ready),
            name="ddbbulk-simulator",
            daemon=True,
        )
        thread.start()
        self._serving = ready.result()
        self._thread = thread

    def stop(self) -> None:
        """Stop to serve and close the data file; harmless where it has stopped."""
        thread = self._thread
        if thread is None or self._serving is None:
            return
        self._thread = None
        self._serving.stop()
        thread.join()

    def wait(self) -> None:
        """Wait until it ends; what a signal raises gets through."""
        if self._thread is not None:
            self._thread.join()

    def _started(self) -> Serving:
        if self._serving is None:
            raise ConfigurationError("the simulator has not started: use it as `with`")
        return self._serving

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self.stop)


def _run(settings: Settings, ready: Future[Serving]) -> None:
    try:
        asyncio.run(serve(settings, ready))
    except BaseException as error:
        if ready.done():
            raise
        ready.set_exception(error)
