"""One measured run: a writer in a fresh process, then what the simulator saw of it."""

import multiprocessing
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Final

from peak_memory import peak_bytes
from servers import Server
from workloads import WORKLOADS, Workload
from writers import WRITERS, Job

Write = Callable[[Job], None]

_START_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a writer took, as its own process saw it.

    Args:
        elapsed_seconds: from the call that writes to its return.
        cpu_seconds: the process's, within that time.
        peak_bytes: the most memory that it ever had.
        ending: why it ended before all was written; empty where it did not.
    """

    elapsed_seconds: float
    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    ending: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run, as its process and the simulator saw it.

    Args:
        items: how many are in the table.
        floor_seconds: the time that what was written takes at the provisioned rates.
        window: highest consumption in one second, in units.
        index_window: the same on the index, where there is one.
    """

    items: int
    elapsed_seconds: float
    floor_seconds: float
    cpu_seconds: float
    peak_bytes: int
    write_units: float
    window: float
    index_window: float | None
    throttled_requests: int
    unprocessed_items: int
    ending: str


def measure(job: Job, *, limit_seconds: float, write: Write | None = None) -> Outcome:
    """Run a job in a fresh process; stop it when it takes too long.

    Args:
        job: what is to be done.
        limit_seconds: how long it may take.
        write: does it; None: the job's writer.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    work = write or WRITERS[job.writer]
    process = context.Process(target=_work, args=(work, job, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(_START_SECONDS):
            message = f"{job.writer}'s process did not start"
            raise TimeoutError(message)
        ours.recv()
        if ours.poll(limit_seconds):
            outcome: Outcome = ours.recv()
            return outcome
        return Outcome(
            elapsed_seconds=limit_seconds, ending=f"stopped after {limit_seconds:g} s"
        )
    except EOFError:
        message = f"{job.writer}'s process died"
        raise ChildProcessError(message) from None
    finally:
        process.kill()
        process.join()
        ours.close()


def measured_run(
    server: Server,
    job: Job,
    *,
    provisioned_wcu: int,
    limit_seconds: float,
    write: Write | None = None,
    workload: Workload | None = None,
) -> Run:
    """Return one run of a job against a fresh table; see ``measure``.

    Args:
        server: where the table is made.
        job: what is to be done.
        provisioned_wcu: of the table.
        limit_seconds: how long it may take.
        write: does it; None: the job's writer.
        workload: says what the table is like; None: the job's, by its name.
    """
    workload = workload or WORKLOADS[job.workload]
    with server.table(job.table, workload, wcu=provisioned_wcu):
        outcome = measure(job, limit_seconds=limit_seconds, write=write)
        stats = server.stats(job.table)
    index: Mapping[str, float] | None = stats["indexes"].get("index")
    floor_seconds = stats["write_units"] / provisioned_wcu
    index_wcu = workload.index_wcu(provisioned_wcu)
    if index is not None and index_wcu is not None:
        floor_seconds = max(floor_seconds, index["write_units"] / index_wcu)
    return Run(
        items=stats["items"],
        elapsed_seconds=outcome.elapsed_seconds,
        floor_seconds=floor_seconds,
        cpu_seconds=outcome.cpu_seconds,
        peak_bytes=outcome.peak_bytes,
        write_units=stats["write_units"],
        window=stats["max_window_units"],
        index_window=None if index is None else index["max_window_units"],
        throttled_requests=stats["throttled_requests"],
        unprocessed_items=stats["unprocessed_items"],
        ending=outcome.ending,
    )


def _work(write: Write, job: Job, pipe: Connection) -> None:
    pipe.send("ready")
    ending = ""
    cpu, started = time.process_time(), time.perf_counter()
    try:
        write(job)
    except Exception as error:  # noqa: BLE001 -- how a writer ends is a result
        ending = f"{type(error).__name__}: {error}".splitlines()[0]
    elapsed, cpu = time.perf_counter() - started, time.process_time() - cpu
    pipe.send(
        Outcome(
            elapsed_seconds=elapsed,
            cpu_seconds=cpu,
            peak_bytes=peak_bytes(),
            ending=ending,
        )
    )
