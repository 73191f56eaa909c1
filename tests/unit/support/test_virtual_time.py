import asyncio
import threading

import pytest

from tests.support.virtual_time import VirtualTimeLoop


async def test_a_sleep_moves_the_clock_by_exactly_its_length() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    before = loop.time()
    await asyncio.sleep(3600)
    assert loop.time() - before == pytest.approx(3600)


async def test_timers_fire_in_their_order() -> None:
    order: list[int] = []

    async def sleeper(seconds: int) -> None:
        await asyncio.sleep(seconds)
        order.append(seconds)

    async with asyncio.TaskGroup() as group:
        for seconds in (300, 100, 200):
            group.create_task(sleeper(seconds))
    assert order == [100, 200, 300]


async def test_the_clock_stands_still_while_a_thread_works() -> None:
    is_released = threading.Event()
    threading.Timer(0.05, is_released.set).start()
    before = asyncio.get_running_loop().time()
    async with asyncio.timeout(10):
        assert await asyncio.to_thread(is_released.wait, 15)
    assert asyncio.get_running_loop().time() == before
