import asyncio

import pytest

from ddbbulk.capacity.uninterrupted import uninterrupted


async def test_work_goes_on_while_its_caller_is_cancelled_again_and_again() -> None:
    done: list[str] = []

    async def work() -> str:
        await asyncio.sleep(10)
        done.append("work")
        return "result"

    async def caller() -> None:
        await uninterrupted(work())
        done.append("not reached")

    task = asyncio.create_task(caller())
    for _ in range(3):
        await asyncio.sleep(1)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == ["work"]
    assert asyncio.get_running_loop().time() == pytest.approx(10)


async def test_its_result_and_its_error_are_the_callers() -> None:
    async def fine() -> int:
        return 7

    async def broken() -> int:
        raise ValueError("broken")

    assert await uninterrupted(fine()) == 7
    with pytest.raises(ValueError, match="broken"):
        await uninterrupted(broken())


async def test_cancellation_counts_more_than_an_error() -> None:
    async def broken() -> int:
        await asyncio.sleep(1)
        raise ValueError("broken")

    task = asyncio.create_task(uninterrupted(broken()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
