"""What does a request cost, on one core: by each transport, plain and over TLS?

``python benchmarks/transport_cost.py``: the bodies are written before the clock runs
(25 users each), so this is what comes after marshalling and before the answer is read:
signing, HTTP, the checksum. The client has one core to itself, nginx another. A round
measures every case once; it takes two minutes.
"""

import argparse
import asyncio
import multiprocessing
import os
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any, Final

import orjson

import ddbbulk
from ddbbulk.retry import Failure
from ddbbulk.transport import (
    Outcome,
    SubmittingTransport,
    Transport,
    Unmet,
    open_transport,
)
from recording import FOLDER, table, write_results
from servers import ACCESS_KEY, REGION
from sink import TABLE, Sink, running_sink
from workloads import Item, user

NAME: Final = "transport_cost"
REQUESTS: Final = 40_000
IN_FLIGHT: Final = 16
BATCH: Final = 25
# What is slow needs fewer of them.
SHARE: Final = {"direct": 1.0, "aioboto3": 0.05}
BOUNDS: Final = {"asyncio": 35.0, "uvloop": 22.0}  # µs, direct and plain
HEADERS: Final = (
    "transport",
    "loop",
    "scheme",
    "verdict",
    "requests/s",
    "CPU µs/request",
    "µs/item",
)
_LIMIT_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One way to send."""

    transport: str
    loop: str
    scheme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One case, as its own process saw it."""

    case: Case
    requests: int
    body_bytes: int
    elapsed_seconds: float
    cpu_seconds: float

    @property
    def microseconds(self) -> float:
        return self.cpu_seconds / self.requests * 1e6


def main() -> int:
    """Measure, print, write; return 1 where it was too slow."""
    options = _options()
    loops = [loop for loop in BOUNDS if loop == "asyncio" or find_spec(loop)]
    if options.quick:
        del loops[1:]
    cases = [
        Case(transport=transport, loop=loop, scheme=scheme)
        for transport, loop, scheme in product(SHARE, loops, ("http", "https"))
    ]
    cores = sorted(os.sched_getaffinity(0))
    runs: list[Run] = []
    with running_sink(core=cores[-1]) as sink:
        os.sched_setaffinity(0, {cores[0]})
        for _ in range(options.runs):
            for case in cases:
                runs.append(_in_a_process(case, sink, options.requests))
                print(f"{case}: {runs[-1].microseconds:.1f} µs", flush=True)
    rows = [_row(case, [run for run in runs if run.case == case]) for case in cases]
    sheet = table(HEADERS, rows)
    print(f"\n{sheet}")
    slow = [row for row in rows if row[3] == "too slow"]
    write_results(
        options.results,
        NAME,
        options={"requests": options.requests, "runs": options.runs},
        results={
            "bounds": BOUNDS,
            "in_flight": IN_FLIGHT,
            "runs": [asdict(run) for run in runs],
        },
        sheet=sheet,
    )
    return int(options.requests >= REQUESTS and bool(slow))


def _in_a_process(case: Case, sink: Sink, requests: int) -> Run:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    count = max(int(requests * SHARE[case.transport]), IN_FLIGHT)
    process = context.Process(
        target=_work, args=(case, sink, count, theirs), daemon=True
    )
    process.start()
    theirs.close()
    try:
        if not ours.poll(_LIMIT_SECONDS):
            message = f"{case} takes too long"
            raise TimeoutError(message)
        run: Run = ours.recv()
        return run
    finally:
        process.kill()
        process.join()


def _work(case: Case, sink: Sink, count: int, pipe: Any) -> None:  # noqa: ANN401 -- as multiprocessing gives it
    os.environ["AWS_ACCESS_KEY_ID"] = os.environ["AWS_SECRET_ACCESS_KEY"] = ACCESS_KEY
    os.environ["AWS_DEFAULT_REGION"] = REGION
    os.environ["AWS_CA_BUNDLE"] = str(sink.certificate)
    measuring = _measured(case, sink, count)
    if case.loop == "uvloop":
        import uvloop  # noqa: PLC0415 -- an extra

        pipe.send(uvloop.run(measuring))
    else:
        pipe.send(asyncio.run(measuring))


async def _measured(case: Case, sink: Sink, count: int) -> Run:
    body = _body()
    url = sink.plain_url if case.scheme == "http" else sink.tls_url
    async with (
        ddbbulk.connect(endpoint_url=url) as connection,
        AsyncExitStack() as stack,
    ):
        carrier = await open_transport(
            connection, table=TABLE, wanted=case.transport, stack=stack
        )
        await _send(carrier, body, IN_FLIGHT * 4)  # connects, and warms up
        cpu, started = time.process_time(), time.perf_counter()
        await _send(carrier, body, count)
        return Run(
            case=case,
            requests=count,
            body_bytes=len(body),
            elapsed_seconds=time.perf_counter() - started,
            cpu_seconds=time.process_time() - cpu,
        )


async def _send(carrier: Transport, body: bytes, count: int) -> None:
    if isinstance(carrier, SubmittingTransport):
        await _submit(carrier, body, count)
        return
    numbers = iter(range(count))

    async def work() -> None:
        for _ in numbers:
            _check(await carrier.batch_write(body))

    async with asyncio.TaskGroup() as tasks:
        for _ in range(IN_FLIGHT):
            tasks.create_task(work())


async def _submit(carrier: SubmittingTransport, body: bytes, count: int) -> None:
    ended = asyncio.get_running_loop().create_future()
    submitted = settled = 0

    def submit() -> None:
        nonlocal submitted
        submitted += 1
        carrier.submit("BatchWriteItem", body, settle)

    def settle(outcome: Outcome | Unmet) -> None:
        nonlocal settled
        settled += 1
        if isinstance(outcome, Failure):
            ended.set_exception(RuntimeError(outcome.message))
        elif submitted < count:
            submit()
        elif settled == count:
            ended.set_result(None)

    for _ in range(min(IN_FLIGHT, count)):
        submit()
    await ended


def _check(outcome: Outcome) -> None:
    if isinstance(outcome, Failure):
        raise RuntimeError(outcome.message)  # noqa: TRY004 -- an outcome, not a type


def _body() -> bytes:
    requests = [
        {"PutRequest": {"Item": _in_wire_form(user(number))}} for number in range(BATCH)
    ]
    content = {"RequestItems": {TABLE: requests}, "ReturnConsumedCapacity": "INDEXES"}
    return orjson.dumps(content)


def _in_wire_form(item: Item) -> dict[str, dict[str, str]]:
    return {
        name: {"S": value} if isinstance(value, str) else {"N": str(value)}
        for name, value in item.items()
    }


def _row(case: Case, runs: Sequence[Run]) -> list[str]:
    microseconds = median(run.microseconds for run in runs)
    rate = median(run.requests / run.elapsed_seconds for run in runs)
    verdict = ""
    if (case.transport, case.scheme) == ("direct", "http"):
        verdict = "kept" if microseconds <= BOUNDS[case.loop] else "too slow"
    return [
        case.transport,
        case.loop,
        case.scheme,
        verdict,
        f"{rate:,.0f}",
        f"{microseconds:.1f}",
        f"{microseconds / BATCH:.2f}",
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="show that it works")
    parser.add_argument("--results", type=Path, help="folder (benchmarks/results)")
    options = parser.parse_args()
    if options.quick:
        options.requests, options.runs = 100, 1
    elif options.results is None:
        options.results = FOLDER
    return options


if __name__ == "__main__":
    sys.exit(main())
