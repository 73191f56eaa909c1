import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from ddbbulk.cli.interrupts import on_interrupt

# It asks to be ended a second time in a loop that never comes to an end by itself.
STUBBORN = """
import asyncio, os, signal, sys
from ddbbulk.cli.interrupts import on_interrupt

signal.signal(signal.SIGINT, signal.default_int_handler)

async def main():
    with on_interrupt(lambda: print("asked", flush=True)):
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(0.1)
        os.kill(os.getpid(), signal.SIGINT)
        while True:
            pass

asyncio.run(main())
"""


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def number(request: pytest.FixtureRequest) -> Iterator[signal.Signals]:
    found: signal.Signals = request.param
    # Where the tests run in the background of a shell, Ctrl-C is ignored.
    before = signal.signal(found, signal.default_int_handler)
    yield found
    signal.signal(found, before)


async def test_a_signal_asks_to_stop(number: signal.Signals) -> None:
    asked = asyncio.Event()

    with on_interrupt(asked.set):
        os.kill(os.getpid(), number)

        await asked.wait()


async def test_the_handlers_are_afterwards_as_they_were(number: signal.Signals) -> None:
    before = signal.getsignal(number)

    with on_interrupt(lambda: None):
        assert signal.getsignal(number) is not before

    assert signal.getsignal(number) is before


async def test_an_ignored_signal_stays_ignored(number: signal.Signals) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with on_interrupt(lambda: pytest.fail("it was heard")):
            os.kill(os.getpid(), number)
            await asyncio.sleep(0)
    finally:
        signal.signal(number, before)


def test_the_second_signal_ends_at_once() -> None:
    done = subprocess.run(  # noqa: S603 - the program stands above
        [sys.executable, "-c", STUBBORN], capture_output=True, timeout=15, check=False
    )

    assert done.stdout == b"asked\n", done.stderr
    assert done.returncode == 130
